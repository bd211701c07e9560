/// A matrix factored as its structure allows: what `solve` picks.
///
/// ```swift
/// let factorization = try Factorization(factoring: A)
/// print(factorization)                 // "Cholesky"
/// let x = try factorization.solve(b)
/// ```
public enum Factorization<Scalar: BLASScalar>: Sendable {
  /// A square matrix with zeros outside one triangle, as it is: substitution.
  case triangular(Matrix<Scalar>, Triangle)

  /// A symmetric positive definite matrix.
  case cholesky(Cholesky<Scalar>)

  /// Any other square matrix.
  case lu(LU<Scalar>)

  /// A matrix that is not square: least squares, and of several solutions that of least norm.
  case leastSquares(PivotedQR<Scalar>)

  /// Looks at the structure of a matrix and factors it.
  ///
  /// Symmetric matrices with a positive diagonal are tried as positive definite, and factored by LU where they are not.
  ///
  /// - Parameter a: A, m × n.
  /// - Throws: ``LAPACKError/nonFinite(argument:row:column:)``.
  /// - Complexity: that of the factorization. The look ends at the first element that rules a structure out.
  @specialized(where Scalar == Float, M == Matrix<Float>)
  @specialized(where Scalar == Double, M == Matrix<Double>)
  public init<M: RowMajor<Scalar>>(factoring a: M) throws(LAPACKError) {
    let shape = a.shape
    if shape.rows != shape.columns {
      self = .leastSquares(try PivotedQR(factoring: a))
      return
    }
    let structure = a.withUnsafeElements(of: shape) { squareStructure($0, shape.rows) }
    switch structure {
    case .triangular(let triangle):
      try checkFinite(a, "A")
      self = .triangular(
        a.withUnsafeElements(of: shape) {
          Matrix(rows: shape.rows, columns: shape.rows, elements: Array($0))
        },
        triangle)
    case .symmetricWithPositiveDiagonal:
      do throws(LAPACKError) {
        self = .cholesky(try Cholesky(factoring: a, triangle: .upper))
      } catch .notPositiveDefinite {
        self = .lu(try LU(factoring: a))
      }
    case .general:
      self = .lu(try LU(factoring: a))
    }
  }

  /// An estimate of κ₁(A) = ‖A‖₁ ‖A⁻¹‖₁, infinity for a singular matrix; for least squares κ₁(R).
  /// - Complexity: O(n²) flops.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func conditionEstimate() -> Scalar { 1 / reciprocalCondition }

  var reciprocalCondition: Scalar {
    switch self {
    case .triangular(let matrix, let triangle):
      // LAPACK sees the transpose, whose ∞-norm is ‖A‖₁.
      triangularReciprocalCondition(
        safelyScaled(matrix).columns, matrix.rowCount, triangle.lapackOfRowMajor, norm: infinityNorm)
    case .cholesky(let cholesky): cholesky.reciprocalCondition
    case .lu(let lu): lu.reciprocalCondition
    case .leastSquares(let qr): 1 / qr.conditionEstimate()
    }
  }

  /// x with A x = b; for least squares the x of least norm among those that minimise ‖b − A x‖₂.
  ///
  /// - Parameter b: m elements.
  /// - Returns: n elements.
  /// - Throws: ``LAPACKError/singular(index:)``, ``LAPACKError/nonFinite(argument:row:column:)``,
  ///   ``LAPACKError/overflow(result:)``. A matrix that is singular to working precision is not refused.
  /// - Precondition: b has m elements.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func solve(_ b: [Scalar]) throws(LAPACKError) -> [Scalar] {
    switch self {
    case .triangular(let matrix, let triangle):
      require(b.count == matrix.rowCount, "solve: A is \(matrix.shape) but b has \(b.count) elements")
      return try substitute(matrix, triangle, Matrix(column: b)).elements
    case .cholesky(let cholesky): return try cholesky.solve(b)
    case .lu(let lu): return try lu.solve(b)
    case .leastSquares(let qr): return try qr.solve(b)
    }
  }

  /// X with A X = B, as `solve` for each column of B.
  ///
  /// - Parameter b: B, m × k.
  /// - Returns: X, n × k.
  /// - Throws: as for one column.
  /// - Precondition: B has m rows.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func solve(_ b: Matrix<Scalar>) throws(LAPACKError) -> Matrix<Scalar> {
    switch self {
    case .triangular(let matrix, let triangle): try substitute(matrix, triangle, b)
    case .cholesky(let cholesky): try cholesky.solve(b)
    case .lu(let lu): try lu.solve(b)
    case .leastSquares(let qr): try qr.solve(b)
    }
  }

  /// A⁻¹, n × n.
  ///
  /// - Throws: ``LAPACKError/singular(index:)``, ``LAPACKError/overflow(result:)``.
  /// - Precondition: A is square.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func inverse() throws(LAPACKError) -> Matrix<Scalar> {
    switch self {
    case .triangular(let matrix, _): return try solve(.identity(matrix.rowCount))
    case .cholesky(let cholesky): return try cholesky.inverse()
    case .lu(let lu): return try lu.inverse()
    case .leastSquares(let qr):
      let shape = Shape(qr.rowCount, qr.columnCount)
      fatalError("inverse: A is \(shape), not square; use the pseudoinverse")
    }
  }

  /// Throws where A is square and singular to working precision.
  func checkCondition() throws(LAPACKError) {
    switch self {
    case .leastSquares: return
    case .triangular(let matrix, _):
      if let index = (0..<matrix.rowCount).first(where: { matrix[$0, $0] == 0 }) {
        throw .singular(index: index)
      }
    case .cholesky: break
    case .lu(let lu): if let index = lu.firstZeroPivot { throw .singular(index: index) }
    }
    let reciprocal = reciprocalCondition
    if !(reciprocal >= Scalar.ulpOfOne) { throw .illConditioned(reciprocalCondition: Double(reciprocal)) }
  }
}

extension Factorization: CustomStringConvertible {
  /// What was picked, in a few words: "upper triangular", "lower triangular", "Cholesky", "LU", or "least squares by
  /// QR with column pivoting".
  public var description: String {
    switch self {
    case .triangular(_, .upper): "upper triangular"
    case .triangular(_, .lower): "lower triangular"
    case .cholesky: "Cholesky"
    case .lu: "LU"
    case .leastSquares: "least squares by QR with column pivoting"
    }
  }
}

/// X with T X = B, by substitution. LAPACK sees Tᵀ in the memory of T.
private func substitute<Scalar: BLASScalar>(
  _ matrix: Matrix<Scalar>, _ triangle: Triangle, _ b: Matrix<Scalar>
) throws(LAPACKError) -> Matrix<Scalar> {
  let n = matrix.rowCount
  require(b.rowCount == n, "solve: A is \(matrix.shape) but B is \(b.shape)")
  try checkFinite(b, "B")
  let (columns, scale) = safelyScaled(matrix)
  var x = ColumnMajor(b)
  let scaleOfB = x.scaleToSafeRange()
  try solveTriangle(columns, n, triangle.lapackOfRowMajor, .transpose, &x)
  x.multiply(by: scale, over: scaleOfB)
  return try finite(x.rowMajor, "the solution")
}

/// The transpose of a matrix, column by column, times a power of two that takes it to the middle of the numbers.
private func safelyScaled<Scalar: BLASScalar>(
  _ matrix: Matrix<Scalar>
) -> (columns: ColumnMajor<Scalar>, scale: Scalar) {
  var columns = ColumnMajor(transposing: matrix)
  let scale = columns.scaleToSafeRange()
  return (columns, scale)
}

/// What can be seen of a square matrix without arithmetic.
private enum SquareStructure {
  case triangular(Triangle), symmetricWithPositiveDiagonal, general
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func squareStructure<Scalar: BLASScalar>(
  _ a: UnsafeBufferPointer<Scalar>, _ n: Int
) -> SquareStructure {
  var isUpper = true, isLower = true, i = 0
  while i < n && (isUpper || isLower) {
    let row = UnsafeBufferPointer(rebasing: a[i * n..<(i + 1) * n])
    if isUpper && row[..<i].contains(where: { $0 != 0 }) { isUpper = false }
    if isLower && row[(i + 1)...].contains(where: { $0 != 0 }) { isLower = false }
    i += 1
  }
  if isUpper || isLower { return .triangular(isUpper ? .upper : .lower) }
  for i in 0..<n where !(a[i * n + i] > 0) { return .general }
  return firstAsymmetry(a, n, tolerance: 0) == nil ? .symmetricWithPositiveDiagonal : .general
}
