// LAPACK: the singular value decomposition.

/// Which singular vectors a decomposition has.
public enum SingularVectors: Sendable {
  /// As many as there are singular values: U is m × min(m, n), V is n × min(m, n).
  case thin
  /// All: U is m × m, V is n × n.
  case full
}

/// The singular value decomposition A = U diag(σ) Vᵀ of an m × n matrix, with orthonormal columns in U and V.
///
/// ```swift
/// let svd = try SVD(factoring: A)
/// svd.values                  // σ, largest first
/// svd.rank()                  // how many of them are not rounding
/// svd.approximation(rank: 2)  // the closest matrix of rank 2
/// ```
public struct SVD<Scalar: BLASScalar>: Sendable {
  /// U, one left singular vector per column: m × min(m, n), or m × m.
  public let u: Matrix<Scalar>

  /// σ, the min(m, n) singular values, largest first.
  public let values: [Scalar]

  /// V, one right singular vector per column: n × min(m, n), or n × n.
  public let v: Matrix<Scalar>

  /// Decomposes a matrix.
  ///
  /// - Parameters:
  ///   - a: A, m × n.
  ///   - vectors: whether U and V have as many columns as there are singular values, or all.
  /// - Throws: ``LAPACKError/nonFinite(argument:row:column:)``, ``LAPACKError/noConvergence(remaining:)``,
  ///   ``LAPACKError/overflow(result:)`` where σ₁ is beyond the type.
  /// - Complexity: about 22 n³ flops for m = n, 6 m n² + 20 n³ for m ≫ n; one copy of A, workspace of about
  ///   3 min(m, n)² elements. Uses `?gesdd`; on all cores where A is large, with `?bdsdc` for the bidiagonal matrix,
  ///   which one does.
  @specialized(where Scalar == Float, M == Matrix<Float>)
  @specialized(where Scalar == Double, M == Matrix<Double>)
  public init<M: RowMajor<Scalar>>(factoring a: M, vectors: SingularVectors = .thin) throws(LAPACKError) {
    try checkFinite(a, "A")
    // LAPACK is given a matrix with at least as many rows as columns: A, or Aᵀ = V diag(σ) Uᵀ.
    if a.rowCount >= a.columnCount {
      let parts = try gesdd(ColumnMajor(a), vectors)
      self.init(u: parts.u.rowMajor, values: parts.values, v: parts.vt.transposed)
    } else {
      let parts = try gesdd(ColumnMajor(transposing: a), vectors)
      self.init(u: parts.vt.transposed, values: parts.values, v: parts.u.rowMajor)
    }
  }

  init(u: Matrix<Scalar>, values: [Scalar], v: Matrix<Scalar>) {
    (self.u, self.values, self.v) = (u, values, v)
  }

  /// σ alone: the min(m, n) singular values of A, largest first.
  ///
  /// - Throws: ``LAPACKError/nonFinite(argument:row:column:)``, ``LAPACKError/noConvergence(remaining:)``,
  ///   ``LAPACKError/overflow(result:)`` where σ₁ is beyond the type.
  /// - Complexity: 4 m n² − 4/3 n³ flops for m ≥ n, half of them at the speed of memory, on all cores where A is
  ///   large; one copy of A. Uses `?gesdd`, or `?bdsdc` for the bidiagonal matrix.
  public static func values(of a: some RowMajor<Scalar>) throws(LAPACKError) -> [Scalar] {
    try checkFinite(a, "A")
    let tall = a.rowCount >= a.columnCount
    return try gesdd(tall ? ColumnMajor(a) : ColumnMajor(transposing: a), nil).values
  }
}

extension SVD {
  /// The singular values up to this are rounding: max(m, n) ε σ₁.
  public var defaultTolerance: Scalar {
    Scalar(max(u.rowCount, v.rowCount)) * Scalar.ulpOfOne * (values.first ?? 0)
  }

  /// The numerical rank: the number of singular values above a tolerance.
  ///
  /// - Parameter relativeTolerance: the tolerance in units of σ₁; max(m, n) ε by default.
  /// - Precondition: 0 ≤ relativeTolerance < 1.
  public func rank(relativeTolerance: Scalar? = nil) -> Int {
    let shape = Shape(u.rowCount, v.rowCount)
    let tolerance = LinearAlgebra.relativeTolerance(relativeTolerance, shape, "rank: relativeTolerance")
    return values.prefix { $0 > tolerance * values[0] }.count
  }

  /// κ₂(A) = σ₁ / σ of the least singular value: infinity for a singular matrix, 1 for an empty one.
  public var conditionNumber: Scalar {
    guard let first = values.first, let last = values.last else { return 1 }
    return last == 0 ? .infinity : first / last
  }

  /// U diag(σ) Vᵀ, m × n.
  /// - Complexity: 2 m n min(m, n) flops.
  public func reconstructed() -> Matrix<Scalar> { approximation(rank: values.count) }

  /// The matrix of rank `rank` that is closest to A in the 2-norm and in the Frobenius norm: the first terms of
  /// A = Σ σᵢ uᵢ vᵢᵀ (Eckart and Young 1936, doi:10.1007/BF02288367).
  ///
  /// - Returns: m × n. Its distance from A is σ of the first term left out, in the 2-norm.
  /// - Precondition: `rank` is between 0 and min(m, n).
  /// - Complexity: 2 m n rank flops.
  public func approximation(rank: Int) -> Matrix<Scalar> {
    require(
      rank >= 0 && rank <= values.count, "approximation: rank \(rank) of \(values.count) singular values")
    return gemm(u.columns(0..<rank, times: values[..<rank]), v.columns(0..<rank), transposeB: .transpose)
  }

  /// The Moore–Penrose pseudoinverse A⁺ = V diag(1/σ) Uᵀ, over the singular values above a tolerance.
  ///
  /// - Parameter relativeTolerance: as for ``rank(relativeTolerance:)``.
  /// - Returns: n × m.
  /// - Complexity: 2 m n rank flops.
  public func pseudoinverse(relativeTolerance: Scalar? = nil) -> Matrix<Scalar> {
    let rank = rank(relativeTolerance: relativeTolerance)
    let scaled = v.columns(0..<rank, times: values[..<rank].map { 1 / $0 }[...])
    return gemm(scaled, u.columns(0..<rank), transposeB: .transpose)
  }

  /// An orthonormal basis of the x with A x = 0: the right singular vectors whose singular values are rounding.
  ///
  /// - Parameter relativeTolerance: as for ``rank(relativeTolerance:)``.
  /// - Returns: n × (n − rank), one vector per column.
  /// - Precondition: V is n × n: m ≥ n, or the decomposition has full vectors.
  public func nullspace(relativeTolerance: Scalar? = nil) -> Matrix<Scalar> {
    require(
      v.columnCount == v.rowCount, "nullspace: V is \(v.shape), not square; decompose with vectors: .full")
    return v.columns(rank(relativeTolerance: relativeTolerance)..<v.columnCount)
  }
}

/// The singular values, and the vectors asked for, of a matrix with at least as many rows as columns.
func gesdd<Scalar: BLASScalar>(
  _ a: consuming ColumnMajor<Scalar>, _ vectors: SingularVectors?
) throws(LAPACKError) -> (u: ColumnMajor<Scalar>, values: [Scalar], vt: ColumnMajor<Scalar>) {
  let parts = try uncheckedGesdd(a, vectors)
  if !parts.values.allSatisfy(\.isFinite) { throw .overflow(result: "a singular value") }
  return parts
}

private func uncheckedGesdd<Scalar: BLASScalar>(
  _ a: consuming ColumnMajor<Scalar>, _ vectors: SingularVectors?
) throws(LAPACKError) -> (u: ColumnMajor<Scalar>, values: [Scalar], vt: ColumnMajor<Scalar>) {
  let (m, n) = (a.rowCount, a.columnCount)
  let uCount = vectors == nil ? 0 : vectors == .full ? m : n
  var u = ColumnMajor<Scalar>(zeros: m, uCount), vt = ColumnMajor<Scalar>(zeros: vectors == nil ? 0 : n, n)
  if n == 0 {
    // No singular value, and any orthonormal basis will do for U.
    for i in 0..<uCount { u.elements[i * m + i] = 1 }
    return (u, [], vt)
  }
  if n >= smallestParallelOrder { return try blockedGesdd(a, vectors) }
  var values: [Scalar] = zeros(n)
  var integers = [Int32](repeating: 0, count: 8 * n)
  let info = withWorkspace("gesdd") { work, lwork in
    Scalar.routines.gesdd(
      vectors.lapack, m, n, &a.elements, m, &values, &u.elements, m, &vt.elements, n, work, lwork, &integers)
  }
  if info > 0 { throw .noConvergence(remaining: info) }
  return (u, values, vt)
}

extension SingularVectors? {
  /// LAPACK's `jobz`.
  fileprivate var lapack: CChar {
    switch self {
    case .thin: CChar(UInt8(ascii: "S"))
    case .full: CChar(UInt8(ascii: "A"))
    case nil: noVectors
    }
  }
}
