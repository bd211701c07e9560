// LAPACK: symmetric positive definite matrices.

/// A = L Lᵀ = Uᵀ U of a symmetric positive definite matrix: L lower triangular with a positive diagonal, U = Lᵀ.
///
/// ```swift
/// let cholesky = try Cholesky(factoring: A)
/// let x = try cholesky.solve(b)  // A x = b
/// cholesky.lower                 // L
/// ```
public struct Cholesky<Scalar: BLASScalar>: Sendable {
  /// √σ L, zeros above the diagonal.
  private let factor: ColumnMajor<Scalar>

  /// ‖σ A‖₁
  private let norm: Scalar

  /// σ, the power of two that what was factored is A times, and its root.
  private let scale: Scalar, root: Scalar

  /// Factors a symmetric positive definite matrix.
  ///
  /// - Parameters:
  ///   - a: A, n × n.
  ///   - triangle: the triangle of A that is read; what the other holds does not matter. Nil, the default, reads both,
  ///     which have to be equal up to n ε max |A|, and uses the upper one.
  /// - Throws: ``LAPACKError/notPositiveDefinite(order:)`` with the order of the first leading minor that is not
  ///   positive; ``LAPACKError/notSymmetric(row:column:)``; ``LAPACKError/nonFinite(argument:row:column:)``.
  /// - Precondition: A is square.
  /// - Complexity: n³/3 flops, on all cores where A is large; one copy. Uses `?potrf`.
  @specialized(where Scalar == Float, M == Matrix<Float>)
  @specialized(where Scalar == Double, M == Matrix<Double>)
  public init<M: RowMajor<Scalar>>(factoring a: M, triangle: Triangle? = nil) throws(LAPACKError) {
    var factor = try ColumnMajor(symmetric: a, triangle, "Cholesky")
    scale = factor.scaleToSafeRange(isEven: true)
    root = scale.squareRoot()
    norm = factor.symmetricNorm1()
    if let order = factorizeCholesky(&factor) { throw .notPositiveDefinite(order: order) }
    self.factor = factor
  }

  /// The order of A, n.
  public var order: Int { factor.rowCount }

  /// L, n × n.
  public var lower: Matrix<Scalar> { factor.times(1 / root).rowMajor }

  /// U = Lᵀ, n × n.
  public var upper: Matrix<Scalar> { factor.times(1 / root).transposed }

  /// L Lᵀ, n × n: A but for rounding.
  /// - Complexity: n³ flops.
  public func reconstructed() -> Matrix<Scalar> {
    syrk(factor.transposed, transpose: .transpose, alpha: 1 / scale)
  }

  /// det A, which is positive; 1 for an empty matrix. Overflows and underflows only where det A itself does.
  /// - Complexity: O(n).
  public var determinant: Scalar { diagonalProduct.value }

  /// ln det A, which does not overflow. (That of ``LU`` has a sign beside it.)
  /// - Complexity: O(n).
  public var logDeterminant: Scalar { diagonalProduct.logarithm.logarithm }

  private var diagonalProduct: ScaledProduct<Scalar> {
    var product = ScaledProduct<Scalar>()
    for element in factor.diagonal {
      product.multiply(by: element)
      product.multiply(by: element)
    }
    product.multiply(by: 1 / scale, times: order)
    return product
  }

  /// An estimate of κ₁(A) = ‖A‖₁ ‖A⁻¹‖₁; 1 for an empty matrix. Seldom too small by more than a factor of 3
  /// (Higham 1988, doi:10.1145/50063.214386).
  /// - Complexity: O(n²) flops. Uses `?pocon`; up to the order 8 κ₁(A) is computed from the factors, which is faster.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func conditionEstimate() -> Scalar { 1 / reciprocalCondition }

  /// 1 / κ₁(A), estimated.
  var reciprocalCondition: Scalar {
    if order == 0 { return 1 }
    if order <= largestOrderOfExactCondition {
      return smallReciprocalCondition(factor, isSymmetric: true, norm: norm)
    }
    return reciprocalConditionNumber("pocon", order, workPerColumn: 3) { result, work, integers in
      Scalar.routines.pocon(lowerTriangle, order, factor.elements, order, norm, result, work, integers)
    }
  }

  /// x with A x = b.
  ///
  /// - Parameter b: n elements.
  /// - Throws: ``LAPACKError/nonFinite(argument:row:column:)``, ``LAPACKError/overflow(result:)``.
  /// - Precondition: b has n elements.
  /// - Complexity: 2 n² flops. Uses `?potrs`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func solve(_ b: [Scalar]) throws(LAPACKError) -> [Scalar] {
    try solution(b, order, scale: scale, potrs)
  }

  /// X with A X = B.
  ///
  /// - Parameter b: B, n × k.
  /// - Returns: X, n × k.
  /// - Throws: ``LAPACKError/nonFinite(argument:row:column:)``, ``LAPACKError/overflow(result:)``.
  /// - Precondition: B has n rows.
  /// - Complexity: 2 n² k flops, on all cores where B is large; one copy of B. Uses `?potrs`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func solve(_ b: Matrix<Scalar>) throws(LAPACKError) -> Matrix<Scalar> {
    try solution(b, order, scale: scale, potrs)
  }

  @Sendable
  private func potrs(_ x: UnsafeMutablePointer<Scalar>, _ count: Int) {
    positiveInfo(
      "potrs", Scalar.routines.potrs(lowerTriangle, order, count, factor.elements, order, x, order))
  }

  /// A⁻¹, n × n, exactly symmetric. To solve a system, `solve` is faster and more accurate.
  ///
  /// - Throws: ``LAPACKError/overflow(result:)``.
  /// - Complexity: 2/3 n³ flops beyond the factorization. Uses `?potri`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func inverse() throws(LAPACKError) -> Matrix<Scalar> {
    if order == 0 { return .zeros(0, 0) }
    var result = factor
    let info = positiveInfo(
      "potri", Scalar.routines.potri(lowerTriangle, order, &result.elements, order))
    if info > 0 { throw .singular(index: info - 1) }
    result.mirrorLowerTriangle()
    result.multiply(by: scale)
    return try finite(result.transposed, "the inverse")
  }
}
