// LAPACK: LU with partial pivoting, for square matrices without further structure.

/// P A = L U: L unit lower triangular with elements of at most 1 in magnitude, U upper triangular, P a permutation of
/// rows.
///
/// ```swift
/// let lu = try LU(factoring: A)
/// let x = try lu.solve(b)        // A x = b
/// lu.determinant
/// lu.conditionEstimate()         // digits lost, as a power of ten
/// ```
///
/// A singular matrix has the factorization too; it has no solution and no inverse.
public struct LU<Scalar: BLASScalar>: Sendable {
  /// U on and above the diagonal, L below it.
  private let factors: ColumnMajor<Scalar>

  /// Row i was exchanged with row pivots[i], one after the other; LAPACK counts from 1.
  private let pivots: [Int32]

  /// ‖σ A‖₁
  private let norm: Scalar

  /// σ, the power of two that what was factored is A times.
  private let scale: Scalar

  /// Position of the first zero on U's diagonal, from 0; nil where there is none.
  public let firstZeroPivot: Int?

  /// Factors a square matrix.
  ///
  /// - Parameter a: A, n × n.
  /// - Throws: ``LAPACKError/nonFinite(argument:row:column:)``; ``LAPACKError/overflow(result:)`` where pivots are so
  ///   small beside other elements that their reciprocals overflow.
  /// - Precondition: A is square.
  /// - Complexity: 2/3 n³ flops, on all cores where A is large; one copy. Uses `?getrf`.
  @specialized(where Scalar == Float, M == Matrix<Float>)
  @specialized(where Scalar == Double, M == Matrix<Double>)
  public init<M: RowMajor<Scalar>>(factoring a: M) throws(LAPACKError) {
    var factors = ColumnMajor(a)
    let shape = factors.shape
    require(shape.rows == shape.columns, "LU: A is \(shape), not square")
    try checkFinite(a, "A")
    scale = factors.scaleToSafeRange()
    norm = factors.norm1
    var pivots = [Int32](repeating: 0, count: shape.rows)
    firstZeroPivot = factorizeLU(&factors, &pivots)
    try factors.checkPivots()
    (self.factors, self.pivots) = (factors, pivots)
  }

  /// The order of A, n.
  public var order: Int { factors.rowCount }

  /// Whether U has a zero on its diagonal. Rounding hides most singular matrices: see ``conditionEstimate()``.
  public var isSingular: Bool { firstZeroPivot != nil }

  /// L, n × n, with ones on the diagonal.
  public var lower: Matrix<Scalar> { factors.unitLowerTrapezoid(columns: order).rowMajor }

  /// U, n × n.
  public var upper: Matrix<Scalar> { factors.upperTrapezoid(rows: order).times(1 / scale).rowMajor }

  /// P as a list: row i of L U is row `permutation[i]` of A.
  public var permutation: [Int] {
    var rows = Array(0..<order)
    for (i, pivot) in pivots.enumerated() { rows.swapAt(i, Int(pivot) - 1) }
    return rows
  }

  /// Pᵀ L U, n × n: A but for rounding.
  /// - Complexity: 2 n³ flops.
  public func reconstructed() -> Matrix<Scalar> {
    var inverse = permutation
    for (i, row) in permutation.enumerated() { inverse[row] = i }
    return gemm(lower, factors.upperTrapezoid(rows: order).rowMajor, alpha: 1 / scale).rows(inverse)
  }
}

extension LU {
  /// det A; 0 for a singular matrix, 1 for an empty one. Overflows and underflows only where det A itself does.
  /// - Complexity: O(n).
  public var determinant: Scalar { diagonalProduct.value }

  /// The sign of det A and ln |det A|, which does not overflow.
  /// - Complexity: O(n).
  public var logDeterminant: LogDeterminant<Scalar> { diagonalProduct.logarithm }

  private var diagonalProduct: ScaledProduct<Scalar> {
    var product = ScaledProduct<Scalar>()
    for (i, pivot) in pivots.enumerated() {
      let element = factors.elements[i * order + i]
      product.multiply(by: Int(pivot) == i + 1 ? element : -element)
    }
    product.multiply(by: 1 / scale, times: order)
    return product
  }

  /// An estimate of κ₁(A) = ‖A‖₁ ‖A⁻¹‖₁: infinity for a singular matrix, 1 for an empty one. Seldom too small by more
  /// than a factor of 3 (Higham 1988, doi:10.1145/50063.214386). It does not tell of growth: there are matrices for which
  /// elements of U are 2ⁿ⁻¹ times as large as those of A, and solutions lose as many digits (Wilkinson 1961,
  /// doi:10.1145/321075.321076).
  /// - Complexity: O(n²) flops. Uses `?gecon`; up to the order 8 κ₁(A) is computed from the factors, which is faster.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func conditionEstimate() -> Scalar { 1 / reciprocalCondition }

  /// 1 / κ₁(A), estimated; 0 for a singular matrix.
  var reciprocalCondition: Scalar {
    if order == 0 { return 1 }
    if isSingular { return 0 }
    if order <= largestOrderOfExactCondition {
      return smallReciprocalCondition(factors, isSymmetric: false, norm: norm)
    }
    return reciprocalConditionNumber("gecon", order, workPerColumn: 4) { result, work, integers in
      Scalar.routines.gecon(order, factors.elements, order, norm, result, work, integers)
    }
  }

  /// x with A x = b, or Aᵀ x = b.
  ///
  /// - Parameters:
  ///   - b: n elements.
  ///   - transpose: whether the matrix of the system is A or Aᵀ.
  /// - Throws: ``LAPACKError/singular(index:)``, ``LAPACKError/nonFinite(argument:row:column:)``,
  ///   ``LAPACKError/overflow(result:)``. A matrix that is singular to working precision is not refused.
  /// - Precondition: b has n elements.
  /// - Complexity: 2 n² flops. Uses `?getrs`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func solve(_ b: [Scalar], transpose: Transpose = .none) throws(LAPACKError) -> [Scalar] {
    if let firstZeroPivot { throw .singular(index: firstZeroPivot) }
    return try solution(b, order, scale: scale) { x, count in getrs(x, count, transpose) }
  }

  /// X with A X = B, or Aᵀ X = B.
  ///
  /// - Parameters:
  ///   - b: B, n × k.
  ///   - transpose: whether the matrix of the system is A or Aᵀ.
  /// - Returns: X, n × k.
  /// - Throws: ``LAPACKError/singular(index:)``, ``LAPACKError/nonFinite(argument:row:column:)``,
  ///   ``LAPACKError/overflow(result:)``. A matrix that is singular to working precision is not refused.
  /// - Precondition: B has n rows.
  /// - Complexity: 2 n² k flops, on all cores where B is large; one copy of B. Uses `?getrs`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func solve(_ b: Matrix<Scalar>, transpose: Transpose = .none) throws(LAPACKError) -> Matrix<Scalar> {
    if let firstZeroPivot { throw .singular(index: firstZeroPivot) }
    return try solution(b, order, scale: scale) { x, count in getrs(x, count, transpose) }
  }

  private func getrs(_ x: UnsafeMutablePointer<Scalar>, _ count: Int, _ transpose: Transpose) {
    positiveInfo(
      "getrs", Scalar.routines.getrs(transpose, order, count, factors.elements, order, pivots, x, order))
  }

  /// A⁻¹, n × n. To solve a system, `solve` is faster and more accurate.
  ///
  /// - Throws: ``LAPACKError/singular(index:)``, ``LAPACKError/overflow(result:)``.
  /// - Complexity: 4/3 n³ flops beyond the factorization, 2 n³ on all cores where A is large. Uses `?getri`, `?getrs`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func inverse() throws(LAPACKError) -> Matrix<Scalar> {
    if order >= smallestParallelOrder { return try solve(.identity(order)) }
    if let firstZeroPivot { throw .singular(index: firstZeroPivot) }
    if order == 0 { return .zeros(0, 0) }
    var result = factors
    _ = withWorkspace("getri") { work, lwork in
      Scalar.routines.getri(order, &result.elements, order, pivots, work, lwork)
    }
    result.multiply(by: scale)
    return try finite(result.rowMajor, "the inverse")
  }
}
