/// A and B copied into LAPACK's layout, where the routines overwrite them: the solution takes B's place.
///
/// Very large or small numbers are multiplied by powers of two, each right-hand side by its own. The routines would
/// multiply all right-hand sides by one factor, and divide the solution by it again but not the residuals.
struct LeastSquaresProblem<Scalar: BLASScalar> {
  let rows: Int, columns: Int, targets: Int
  /// B has max(m, n) rows, for it goes in with m and comes out with n.
  let leadingDimensionOfB: Int
  var a: [Scalar], b: [Scalar]
  /// A and the columns of B are multiplied by 2 to the powers of these.
  private let exponentOfA: Int, exponentsOfB: [Int]

  init(_ a: some RowMajor<Scalar>, _ b: Matrix<Scalar>, _ routine: StaticString) throws(LAPACKError) {
    let shape = a.shape
    require(shape.rows == b.rowCount, "\(routine): A is \(shape) but B is \(b.shape)")
    try checkFinite(a, "A")
    try checkFinite(b, "B")
    (rows, columns, targets) = (shape.rows, shape.columns, b.columnCount)
    leadingDimensionOfB = max(rows, columns, 1)
    self.a = columnMajorElements(of: a, shape, leadingDimension: rows)
    self.b = columnMajorElements(of: b, b.shape, leadingDimension: leadingDimensionOfB)
    exponentOfA = exponentIntoRange(a.norm(.max))
    multiply(&self.a, 0..<self.a.count, byPowerOfTwo: exponentOfA)
    // Where the largest element of B is within the range, the routines multiply no column.
    exponentsOfB =
      exponentIntoRange(b.norm(.max)) == 0
      ? [] : (0..<targets).map { exponentIntoRange(Matrix(column: b[column: $0]).norm(.max)) }
    for (target, exponent) in exponentsOfB.enumerated() {
      multiply(&self.b, rowsOfB(target, 0..<rows), byPowerOfTwo: exponent)
    }
    // Without a right-hand side the routines return before they look at A's rank: give them one of zeros.
    if targets == 0 { self.b = Array(repeating: 0, count: leadingDimensionOfB) }
  }

  var isEmpty: Bool { rows == 0 || columns == 0 }

  mutating func call(
    _ routine: (
      _ m: Int, _ n: Int, _ k: Int, _ a: UnsafeMutablePointer<Scalar>, _ b: UnsafeMutablePointer<Scalar>,
      _ ldb: Int
    ) -> Int
  ) -> Int {
    a.withUnsafeMutableBufferPointer { a in
      b.withUnsafeMutableBufferPointer { b in
        routine(rows, columns, max(targets, 1), a.baseAddress!, b.baseAddress!, leadingDimensionOfB)
      }
    }
  }

  /// What a routine has left in B's place, in the units of the caller.
  func solution(
    rank: Int?, singularValues: [Scalar]?
  ) throws(LAPACKError) -> LeastSquaresSolution<Scalar> {
    var solution = b, singularValues = singularValues
    for target in 0..<targets {
      multiply(
        &solution, rowsOfB(target, 0..<columns), byPowerOfTwo: exponentOfA - exponent(ofColumn: target))
    }
    if let values = singularValues {
      singularValues = values.map { $0.times(powerOfTwo: -exponentOfA) }
      if singularValues!.contains(where: { !$0.isFinite }) { throw .overflow(result: "the singular values") }
    }
    // Rows n ..< m of B then hold Qᵀ of the residual.
    let leavesResiduals = rows > columns && (rank ?? columns) == columns
    return LeastSquaresSolution(
      solution: try finite(
        Matrix(
          columnMajor: solution, rows: columns, columns: targets, leadingDimension: leadingDimensionOfB),
        "the solution"),
      rank: rank, singularValues: singularValues,
      residualSumOfSquares: leavesResiduals
        ? (0..<targets).map { residualSumOfSquares($0, rows: columns..<rows) } : nil)
  }

  /// The sum of squares of some rows of a column of B, in the units of the caller.
  private func residualSumOfSquares(_ target: Int, rows: Range<Int>) -> Scalar {
    let norm = norm(Array(b[rowsOfB(target, rows)])).times(powerOfTwo: -exponent(ofColumn: target))
    return norm * norm
  }

  private func rowsOfB(_ target: Int, _ rows: Range<Int>) -> Range<Int> {
    let start = target * leadingDimensionOfB
    return start + rows.lowerBound..<start + rows.upperBound
  }

  private func exponent(ofColumn target: Int) -> Int { exponentsOfB.isEmpty ? 0 : exponentsOfB[target] }

  /// With no row or no column there is nothing to solve: zeros are the solution of least norm.
  func emptySolution(rank: Int?, singularValues: [Scalar]?) -> LeastSquaresSolution<Scalar> {
    LeastSquaresSolution(
      solution: .zeros(columns, targets), rank: rank, singularValues: singularValues,
      residualSumOfSquares: rows > columns
        ? (0..<targets).map { residualSumOfSquares($0, rows: 0..<rows) } : nil)
  }
}

/// The exponent of the power of two that brings a magnitude into the range in which LAPACK's least squares leave their
/// arguments as they are, from 2^−r to 2^r; 0 for zeros and within it.
///
/// LAPACK's range ends at the largest number times ε and the smallest over ε; this one is narrower by another ε.
private func exponentIntoRange<Scalar: BLASScalar>(_ magnitude: Scalar) -> Int {
  let largest = Int(Scalar.greatestFiniteMagnitude.exponent) - 2 * Scalar.significandBitCount
  if magnitude == 0 { return 0 }
  let exponent = Int(magnitude.exponent)
  return min(max(exponent, -largest), largest) - exponent
}

/// x ← 2ᵏ x for some elements.
private func multiply<Scalar: BLASScalar>(
  _ x: inout [Scalar], _ range: Range<Int>, byPowerOfTwo exponent: Int
) {
  if exponent == 0 { return }
  for i in range { x[i] = x[i].times(powerOfTwo: exponent) }
}

extension BLASScalar {
  fileprivate func times(powerOfTwo exponent: Int) -> Self {
    Self(sign: .plus, exponent: Exponent(exponent), significand: self)
  }
}
