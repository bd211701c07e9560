// LAPACK: eigenvalues of symmetric matrices.

/// A = V diag(λ) Vᵀ of a symmetric matrix: real eigenvalues, orthonormal eigenvectors.
public struct SymmetricEigen<Scalar: BLASScalar>: Sendable {
  /// λ, in ascending order.
  public let values: [Scalar]

  /// V, n × n, one eigenvector per column, of norm 1; its sign is arbitrary.
  public let vectors: Matrix<Scalar>

  /// Eigenvalues and eigenvectors of a symmetric matrix.
  ///
  /// - Parameters:
  ///   - a: A, n × n.
  ///   - triangle: the triangle of A that is read; what the other holds does not matter. Nil, the default, reads both,
  ///     which have to be equal up to n ε max |A|, and uses the upper one.
  /// - Throws: ``LAPACKError/notSymmetric(row:column:)``, ``LAPACKError/nonFinite(argument:row:column:)``,
  ///   ``LAPACKError/noConvergence(remaining:)``, ``LAPACKError/overflow(result:)`` where an eigenvalue is beyond the
  ///   type.
  /// - Precondition: A is square.
  /// - Complexity: 9 n³ flops at most, one copy, workspace of 2 n² to 4 n² elements. Uses `?syevd`; on all cores
  ///   where A is large, with `?stedc` for the halves of the tridiagonal matrix.
  @specialized(where Scalar == Float, M == Matrix<Float>)
  @specialized(where Scalar == Double, M == Matrix<Double>)
  public init<M: RowMajor<Scalar>>(factoring a: M, triangle: Triangle? = nil) throws(LAPACKError) {
    let parts = try syevd(ColumnMajor(symmetric: a, triangle, "SymmetricEigen"), withVectors)
    (values, vectors) = (parts.values, parts.vectors.rowMajor)
  }

  /// λ alone, in ascending order.
  ///
  /// - Parameters: as for ``init(factoring:triangle:)``.
  /// - Throws: as ``init(factoring:triangle:)``.
  /// - Precondition: A is square.
  /// - Complexity: 4/3 n³ flops, half of them at the speed of memory, on all cores where A is large; one copy. Uses
  ///   `?syevd`, or `?sterf` for the tridiagonal matrix.
  public static func values(
    of a: some RowMajor<Scalar>, triangle: Triangle? = nil
  ) throws(LAPACKError) -> [Scalar] {
    try syevd(ColumnMajor(symmetric: a, triangle, "SymmetricEigen"), noVectors).values
  }

  /// V diag(λ) Vᵀ, n × n: A but for rounding.
  /// - Complexity: 2 n³ flops.
  public func reconstructed() -> Matrix<Scalar> {
    gemm(vectors.columns(0..<values.count, times: values[...]), vectors, transposeB: .transpose)
  }
}

/// The eigenvalues of a symmetric matrix given by its lower triangle, and its eigenvectors if asked for, or else what
/// is of no use.
private func syevd<Scalar: BLASScalar>(
  _ a: consuming ColumnMajor<Scalar>, _ job: CChar
) throws(LAPACKError) -> (values: [Scalar], vectors: ColumnMajor<Scalar>) {
  let parts = try uncheckedSyevd(a, job)
  if !parts.values.allSatisfy(\.isFinite) { throw .overflow(result: "an eigenvalue") }
  return parts
}

private func uncheckedSyevd<Scalar: BLASScalar>(
  _ a: consuming ColumnMajor<Scalar>, _ job: CChar
) throws(LAPACKError) -> (values: [Scalar], vectors: ColumnMajor<Scalar>) {
  let n = a.rowCount
  if n == 0 { return ([], a) }
  if n >= smallestParallelOrder { return try blockedSyevd(a, job) }
  var values: [Scalar] = zeros(n)
  let info = withWorkspaces("syevd") { work, lwork, integers, liwork in
    Scalar.routines.syevd(job, lowerTriangle, n, &a.elements, n, &values, work, lwork, integers, liwork)
  }
  if info > 0 { throw .noConvergence(remaining: info) }
  return (values, a)
}
