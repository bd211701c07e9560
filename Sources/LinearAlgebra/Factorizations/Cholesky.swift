// LAPACK: symmetric positive definite matrices.

/// The Cholesky factor of a symmetric positive definite matrix: A = UᵀU or A = LLᵀ.
///
/// - Parameters:
///   - a: A, n × n, of which only `triangle` is read.
///   - triangle: `.upper` for U, `.lower` for L.
/// - Returns: the factor, n × n, zeros in the other triangle.
/// - Throws: ``LAPACKError/notPositiveDefinite(order:)``; ``LAPACKError/nonFinite(argument:row:column:)`` where an
///   element of the triangle is NaN or infinite (`?potrf` does not report one on the diagonal).
/// - Precondition: A is square.
/// - Complexity: n³/3 flops, one copy. Uses `?potrf`.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func potrf<Scalar: BLASScalar>(_ a: Matrix<Scalar>, triangle: Triangle) throws(LAPACKError) -> Matrix<
  Scalar
> {
  let n = a.rowCount
  require(a.columnCount == n, "potrf: A is \(a.shape), not square")
  var factor = Matrix(rows: n, columns: n) { i, j in (triangle == .upper ? i <= j : i >= j) ? a[i, j] : 0 }
  try checkFinite(factor, "A")
  if n == 0 { return factor }
  let info = factor.withUnsafeMutableElements {
    positiveInfo("potrf", Scalar.routines.potrf(triangle.lapackOfRowMajor, n, $0.baseAddress!, n))
  }
  if info > 0 { throw .notPositiveDefinite(order: info) }
  return factor
}

/// Solves A X = B with the Cholesky factor of A.
///
/// - Parameters:
///   - factor: U or L from ``potrf(_:triangle:)``, n × n.
///   - triangle: the one given to `potrf`.
///   - b: B, n × k.
/// - Returns: X, n × k.
/// - Precondition: the shapes fit.
/// - Complexity: 2 n² k flops, three copies of B. Uses `?potrs`.
public func potrs<Scalar: BLASScalar>(
  factor: Matrix<Scalar>, triangle: Triangle, _ b: Matrix<Scalar>
) -> Matrix<Scalar> {
  let n = factor.rowCount
  require(factor.columnCount == n, "potrs: the factor is \(factor.shape), not square")
  require(b.rowCount == n, "potrs: the factor is \(factor.shape) but B is \(b.shape)")
  if b.isEmpty { return b }
  var x = columnMajorElements(of: b, leadingDimension: n)
  factor.withUnsafeElements { factor in
    x.withUnsafeMutableBufferPointer { x in
      _ = positiveInfo(
        "potrs",
        Scalar.routines.potrs(
          triangle.lapackOfRowMajor, n, b.columnCount, factor.baseAddress!, n, x.baseAddress!, n))
    }
  }
  return Matrix(columnMajor: x, rows: n, columns: b.columnCount, leadingDimension: n)
}

/// An estimate of 1 / κ₁(A), κ₁(A) = ‖A‖₁ ‖A⁻¹‖₁, from the Cholesky factor of A.
///
/// - Parameters:
///   - factor: U or L from ``potrf(_:triangle:)``, n × n.
///   - triangle: the one given to `potrf`.
///   - norm: ‖A‖₁, the largest sum of magnitudes in a column of A.
/// - Returns: the reciprocal condition number, between 0 (singular to working precision) and 1; 1 for n = 0. The
///   estimate is seldom off by more than a factor of 10 (Higham 1988, doi:10.1145/50063.214386).
/// - Precondition: the factor is square.
/// - Complexity: O(n²) flops. Uses `?pocon`.
public func pocon<Scalar: BLASScalar>(factor: Matrix<Scalar>, triangle: Triangle, norm: Scalar) -> Scalar {
  let n = factor.rowCount
  require(factor.columnCount == n, "pocon: the factor is \(factor.shape), not square")
  if n == 0 { return 1 }
  var reciprocal: Scalar = 0
  var work = [Scalar](repeating: 0, count: 3 * n)
  var integerWork = [Int32](repeating: 0, count: n)
  factor.withUnsafeElements { factor in
    _ = positiveInfo(
      "pocon",
      Scalar.routines.pocon(
        triangle.lapackOfRowMajor, n, factor.baseAddress!, n, norm, &reciprocal, &work, &integerWork))
  }
  return reciprocal
}

extension Matrix {
  /// ‖A‖₁: the largest sum of magnitudes in a column; 0 for an empty matrix.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func norm1() -> Scalar {
    var sums = [Scalar](repeating: 0, count: columnCount)
    for i in 0..<rowCount {
      for j in 0..<columnCount { sums[j] += abs(self[i, j]) }
    }
    return sums.max() ?? 0
  }
}
