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
  ///     which have to be equal.
  /// - Throws: ``LAPACKError/notSymmetric(row:column:)``, ``LAPACKError/nonFinite(argument:row:column:)``,
  ///   ``LAPACKError/noConvergence(remaining:)``.
  /// - Precondition: A is square.
  /// - Complexity: 9 n³ flops at most, one copy, LAPACK's workspace of 2 n² elements. Uses `?syevd`.
  @specialized(where Scalar == Float, M == Matrix<Float>)
  @specialized(where Scalar == Double, M == Matrix<Double>)
  public init<M: RowMajor<Scalar>>(factoring a: M, triangle: Triangle? = nil) throws(LAPACKError) {
    var matrix = try ColumnMajor(symmetric: a, triangle, "SymmetricEigen")
    values = try syevd(&matrix, withVectors)
    vectors = matrix.rowMajor
  }

  /// λ alone, in ascending order.
  ///
  /// - Parameters: as for ``init(factoring:triangle:)``.
  /// - Throws: as ``init(factoring:triangle:)``.
  /// - Precondition: A is square.
  /// - Complexity: 4/3 n³ flops, half of them at the speed of memory; one copy. Uses `?syevd`.
  public static func values(
    of a: some RowMajor<Scalar>, triangle: Triangle? = nil
  ) throws(LAPACKError) -> [Scalar] {
    var matrix = try ColumnMajor(symmetric: a, triangle, "SymmetricEigen")
    return try syevd(&matrix, noVectors)
  }

  /// V diag(λ) Vᵀ, n × n: A but for rounding.
  /// - Complexity: 2 n³ flops.
  public func reconstructed() -> Matrix<Scalar> {
    gemm(vectors.columns(0..<values.count, times: values[...]), vectors, transposeB: .transpose)
  }
}

/// The eigenvalues of a symmetric matrix given by its lower triangle, and its eigenvectors in its place if asked for.
private func syevd<Scalar: BLASScalar>(
  _ a: inout ColumnMajor<Scalar>, _ job: CChar
) throws(LAPACKError) -> [Scalar] {
  let n = a.rowCount
  if n == 0 { return [] }
  if n >= smallestParallelOrder { return try blockedSyevd(&a, job) }
  var values: [Scalar] = zeros(n), size: Scalar = 0, integerCount: Int32 = 0
  positiveInfo(
    "syevd",
    Scalar.routines.syevd(
      job, lowerTriangle, n, &a.elements, n, &values, &size, -1, &integerCount, -1))
  var integers = [Int32](repeating: 0, count: max(1, Int(integerCount)))
  let info = withWorkspace("syevd") { work, lwork in
    Scalar.routines.syevd(
      job, lowerTriangle, n, &a.elements, n, &values, work, lwork, &integers, integers.count)
  }
  if info > 0 { throw .noConvergence(remaining: info) }
  return values
}
