// LAPACK: the QR factorization.

/// A = Q R of an m × n matrix: Q with orthonormal columns, R upper triangular (trapezoidal where m < n), without
/// pivoting.
///
/// ```swift
/// let qr = try QR(factoring: A)
/// let x = try qr.solve(b)  // minimises ‖b − A x‖₂
/// qr.r
/// ```
///
/// It does not tell the rank of A: ``PivotedQR`` and ``SVD`` do.
public struct QR<Scalar: BLASScalar>: Sendable {
  /// Q as a product of blocks of reflectors, and R.
  private let reflectors: BlockReflectors<Scalar>

  /// σ, the power of two that what was factored is A times.
  private let scale: Scalar

  /// Factors a matrix of any shape.
  ///
  /// - Parameter a: A, m × n.
  /// - Throws: ``LAPACKError/nonFinite(argument:row:column:)``.
  /// - Complexity: 2 n² (m − n/3) flops for m ≥ n, on all cores where A is large; one copy. Uses `?geqrt`.
  @specialized(where Scalar == Float, M == Matrix<Float>)
  @specialized(where Scalar == Double, M == Matrix<Double>)
  public init<M: RowMajor<Scalar>>(factoring a: M) throws(LAPACKError) {
    try checkFinite(a, "A")
    var columns = ColumnMajor(a)
    scale = columns.scaleToSafeRange()
    reflectors = BlockReflectors(factoring: columns)
  }

  /// The number of rows of A, m.
  public var rowCount: Int { reflectors.factors.rowCount }

  /// The number of columns of A, n.
  public var columnCount: Int { reflectors.factors.columnCount }

  private var shape: Shape { Shape(rowCount, columnCount) }

  /// R, min(m, n) × n. Its diagonal may have either sign.
  public var r: Matrix<Scalar> {
    reflectors.factors.upperTrapezoid(rows: reflectors.count).times(1 / scale).rowMajor
  }

  /// The first min(m, n) columns of Q, an orthonormal basis of the columns of A where these are independent.
  /// - Complexity: 4 m n² − 2 … 4/3 n³ flops for m ≥ n, on all cores where A is large. Uses `?gemqrt`.
  public var q: Matrix<Scalar> { reflectors.orthogonalColumns(reflectors.count).rowMajor }

  /// All of Q, m × m.
  /// - Complexity: 4 (m² n − m n² + n³/3) flops for m ≥ n, on all cores where A is large. Uses `?gemqrt`.
  public var fullQ: Matrix<Scalar> { reflectors.orthogonalColumns(rowCount).rowMajor }

  /// Q B, or Qᵀ B, with all of Q, m × m, which is not formed.
  ///
  /// - Parameters:
  ///   - b: B, m × k.
  ///   - transpose: whether B is multiplied by Q or by Qᵀ.
  /// - Returns: m × k.
  /// - Precondition: B has m rows.
  /// - Complexity: 4 m n k flops for m ≥ n, on all cores where B is large; one copy of B. Uses `?gemqrt`.
  public func multiplyByQ(_ b: Matrix<Scalar>, transpose: Transpose = .none) -> Matrix<Scalar> {
    require(b.rowCount == rowCount, "multiplyByQ: Q is \(Shape(rowCount, rowCount)) but B is \(b.shape)")
    var product = ColumnMajor(b)
    reflectors.multiply(&product, transpose)
    return product.rowMajor
  }

  /// Q R, m × n: A but for rounding.
  /// - Complexity: as for ``multiplyByQ(_:transpose:)`` with n columns.
  public func reconstructed() -> Matrix<Scalar> {
    var product = reflectors.factors.upperTrapezoid(rows: rowCount)
    reflectors.multiply(&product, .none)
    return product.times(1 / scale).rowMajor
  }

  /// An estimate of κ₁(R) = ‖R‖₁ ‖R⁻¹‖₁ for m ≥ n, which κ₂(A) is within a factor of n of; infinity where R has a zero
  /// on its diagonal, 1 for an empty matrix.
  /// - Precondition: m ≥ n.
  /// - Complexity: O(n²) flops. Uses `?trcon`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func conditionEstimate() -> Scalar {
    require(rowCount >= columnCount, "conditionEstimate: A is \(shape), with fewer rows than columns")
    return 1 / triangularReciprocalCondition(reflectors.factors, columnCount, upperTriangle)
  }

  /// The least-squares solution: x that minimises ‖b − A x‖₂.
  ///
  /// - Parameter b: m elements.
  /// - Returns: n elements.
  /// - Throws: ``LAPACKError/singular(index:)`` where R has a zero on its diagonal,
  ///   ``LAPACKError/nonFinite(argument:row:column:)``, ``LAPACKError/overflow(result:)``.
  /// - Precondition: m ≥ n, and b has m elements.
  /// - Complexity: 4 m n flops. Uses `?gemqrt`, `?trtrs`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func solve(_ b: [Scalar]) throws(LAPACKError) -> [Scalar] {
    require(b.count == rowCount, "solve: A is \(shape) but b has \(b.count) elements")
    return try solve(Matrix(column: b)).elements
  }

  /// The least-squares solutions: X that minimises ‖B − A X‖₂ column by column.
  ///
  /// - Parameter b: B, m × k.
  /// - Returns: X, n × k.
  /// - Throws: ``LAPACKError/singular(index:)`` where R has a zero on its diagonal,
  ///   ``LAPACKError/nonFinite(argument:row:column:)``, ``LAPACKError/overflow(result:)``.
  /// - Precondition: m ≥ n, and B has m rows.
  /// - Complexity: 4 m n k flops; one copy of B. Uses `?gemqrt`, `?trtrs`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func solve(_ b: Matrix<Scalar>) throws(LAPACKError) -> Matrix<Scalar> {
    require(rowCount >= columnCount, "solve: A is \(shape), with fewer rows than columns; use PivotedQR")
    require(b.rowCount == rowCount, "solve: A is \(shape) but B is \(b.shape)")
    try checkFinite(b, "B")
    var x = ColumnMajor(b)
    let scaleOfB = x.scaleToSafeRange()
    reflectors.multiply(&x, .transpose)
    try solveTriangle(reflectors.factors, columnCount, upperTriangle, .none, &x)
    x.multiply(by: scale, over: scaleOfB)
    return try finite(x.firstRows(columnCount), "the solution")
  }
}
