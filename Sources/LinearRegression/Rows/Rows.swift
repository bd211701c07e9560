internal import LinearAlgebra

/// Rows in memory: X, n × p, y, n × k, and a weight for each row or none. The whole is the source of a pass, a part of
/// it one of its blocks.
struct Rows<Scalar: BLASScalar>: RowSource {
  /// X, row-major. Nil may stand for an empty matrix.
  var X: UnsafePointer<Scalar>?

  /// What X lacks beyond its precision, where columns are known to more digits than they are stored with.
  var lowX: UnsafePointer<Double>?

  /// What y lacks beyond its precision.
  var lowY: UnsafePointer<Double>?

  /// y, row-major.
  var y: UnsafePointer<Scalar>?

  /// One weight per row; nil for 1.
  var weights: UnsafePointer<Scalar>?

  /// The level of each row, where rows are in the levels of a category; nil else.
  var levels: UnsafePointer<Int32>?

  /// n
  var rowCount: Int

  /// p
  let featureCount: Int

  /// k
  let targetCount: Int

  /// Calls `body` with the rows of X, n × p, and y, n × k.
  static func with<Result, Failure>(
    _ X: some RowMajor<Scalar>, _ y: some RowMajor<Scalar>, weights: [Scalar]? = nil,
    levels: [Int32]? = nil, low: (X: Matrix<Double>?, y: Matrix<Double>?) = (nil, nil),
    _ body: (Rows) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(X.rowCount == y.rowCount && (weights.map { $0.count == X.rowCount } ?? true))
    precondition(low.X.map { $0.shape == X.shape } ?? true)
    precondition(low.y.map { $0.shape == y.shape } ?? true)
    precondition(levels.map { $0.count == X.rowCount } ?? true)
    return try X.withUnsafeElements { (elements) throws(Failure) in
      try y.withUnsafeElements { (targets) throws(Failure) in
        try withOptional(weights) { (weights) throws(Failure) in
          try withOptional(low.X?.elements) { (lowX) throws(Failure) in
            try withOptional(low.y?.elements) { (lowY) throws(Failure) in
              try withOptional(levels) { (levels) throws(Failure) in
                try body(
                  Rows(
                    X: elements.baseAddress, lowX: lowX, lowY: lowY, y: targets.baseAddress, weights: weights,
                    levels: levels, rowCount: X.rowCount, featureCount: X.columnCount,
                    targetCount: y.columnCount))
              }
            }
          }
        }
      }
    }
  }

  func block(_ rows: Range<Int>) -> Rows {
    var block = self
    block.X = X.map { $0 + rows.lowerBound * featureCount }
    block.lowX = lowX.map { $0 + rows.lowerBound * featureCount }
    block.lowY = lowY.map { $0 + rows.lowerBound * targetCount }
    block.y = y.map { $0 + rows.lowerBound * targetCount }
    block.weights = weights.map { $0 + rows.lowerBound }
    block.levels = levels.map { $0 + rows.lowerBound }
    block.rowCount = rows.count
    return block
  }

  /// p + k
  var columnCount: Int { featureCount + targetCount }

  /// The weight of a row.
  @inline(__always)
  func weight(_ row: Int) -> Scalar { weights.map { $0[row] } ?? 1 }

  /// Whether a column of [X y] is known to more digits than it is stored with.
  func hasLow(_ column: Int) -> Bool { (column < featureCount ? lowX : lowY) != nil }

  /// What an element in a row of [X y] lacks beyond its precision.
  func low(_ row: Int, _ column: Int) -> Double {
    column < featureCount
      ? lowX.map { $0[row * featureCount + column] } ?? 0
      : lowY.map { $0[row * targetCount + column - featureCount] } ?? 0
  }

  /// The element in a row of [X y].
  @inline(__always)
  func element(_ row: Int, _ column: Int) -> Double {
    column < featureCount
      ? Double(X.unsafelyUnwrapped[row * featureCount + column])
      : Double(y.unsafelyUnwrapped[row * targetCount + column - featureCount])
  }
}

extension Rows {
  /// Σ of the weights; n without them.
  var totalWeight: Double {
    guard let weights else { return Double(rowCount) }
    return (0..<rowCount).reduce(0) { $0 + Double(weights[$1]) }
  }

  /// The first target whose values are not all 0, but their squares are, as Doubles.
  var targetWithoutSquares: Int? {
    (featureCount..<columnCount).first { column in
      let largest = (0..<rowCount).reduce(0) { max($0, abs(element($1, column))) }
      return largest > 0 && largest * largest < .leastNormalMagnitude
    }.map { $0 - featureCount }
  }

  /// The first value that is not finite in some rows.
  ///
  /// - Parameters:
  ///   - positions: where the rows are; nil where they follow each other.
  ///   - places: which of them.
  func firstNonFinite(
    _ positions: UnsafePointer<Int32>?, _ places: Range<Int>
  ) -> (DataError.Variable, row: Int, column: Int)? {
    for place in places {
      let row = positions.map { Int($0[place]) } ?? place
      if let weights, !weights[row].isFinite { return (.weights, row, 0) }
      for j in 0..<columnCount where !element(row, j).isFinite {
        return j < featureCount ? (.features, row, j) : (.targets, row, j - featureCount)
      }
    }
    return nil
  }
}

/// Calls `body` with an array's elements, or with nil.
private func withOptional<Element, Result, Failure>(
  _ array: [Element]?, _ body: (UnsafePointer<Element>?) throws(Failure) -> Result
) throws(Failure) -> Result {
  guard let array else { return try body(nil) }
  return try array.withUnsafeBufferPointer { (buffer) throws(Failure) in try body(buffer.baseAddress) }
}

extension Rows {
  /// Calls `body` with copies of the rows at some positions.
  func at<Result>(_ positions: ArraySlice<Int32>, _ body: (Rows) -> Result) -> Result {
    func copy<Element: BLASScalar>(_ source: UnsafePointer<Element>?, columns: Int) -> Matrix<Element>? {
      guard let source else { return nil }
      let elements = [Element](unsafeUninitializedCapacity: positions.count * columns) { target, count in
        positions.withUnsafeBufferPointer {
          RowKernel.gather(
            source, columns: columns, at: $0.baseAddress!, count: $0.count, into: target.baseAddress)
        }
        count = positions.count * columns
      }
      return Matrix(rows: positions.count, columns: columns, elements: elements)
    }
    if positions.isEmpty { return body(block(0..<0)) }
    let none = Matrix<Scalar>.zeros(positions.count, 0)
    return Rows.with(
      copy(X, columns: featureCount) ?? none, copy(y, columns: targetCount) ?? none,
      weights: copy(weights, columns: 1)?.elements,
      levels: levels.map { levels in positions.map { levels[Int($0)] } },
      low: (copy(lowX, columns: featureCount), copy(lowY, columns: targetCount)), body)
  }
}
