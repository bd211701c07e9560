// Minima and maxima over all elements, by row and by column.

extension RowMajor {
  /// The smallest element; nil where there are none, NaN where an element is.
  /// - Complexity: O(rowCount · columnCount), at the speed of memory.
  public func min() -> Scalar? { extremum(.minimum) }

  /// The largest element; nil where there are none, NaN where an element is.
  /// - Complexity: O(rowCount · columnCount), at the speed of memory.
  public func max() -> Scalar? { extremum(.maximum) }

  /// The smallest element of each row: rowCount numbers; NaN where rows have no elements, or one that is NaN.
  /// - Complexity: O(rowCount · columnCount).
  public func rowMinima() -> [Scalar] { rowExtrema(.minimum) }

  /// The largest element of each row: rowCount numbers; NaN where rows have no elements, or one that is NaN.
  /// - Complexity: O(rowCount · columnCount).
  public func rowMaxima() -> [Scalar] { rowExtrema(.maximum) }

  /// The smallest element of each column: columnCount numbers; NaN where columns have no elements, or one that is NaN.
  /// - Complexity: O(rowCount · columnCount).
  public func columnMinima() -> [Scalar] { columnExtrema(.minimum) }

  /// The largest element of each column: columnCount numbers; NaN where columns have no elements, or one that is NaN.
  /// - Complexity: O(rowCount · columnCount).
  public func columnMaxima() -> [Scalar] { columnExtrema(.maximum) }
}

/// Which of several numbers is looked for.
enum Extremum {
  case minimum, maximum, largestMagnitude
}

extension RowMajor {
  /// The extremum of all elements; nil where there are none.
  func extremum(_ which: Extremum) -> Scalar? {
    withUnsafeElements { elements in
      elements.isEmpty ? nil : extremumOfElements(which, elements.baseAddress!, elements.count)
    }
  }

  private func rowExtrema(_ which: Extremum) -> [Scalar] {
    let shape = shape
    return withUnsafeElements(of: shape) { elements in
      if elements.isEmpty { return Array(repeating: .nan, count: shape.rows) }
      return (0..<shape.rows).map {
        extremumOfElements(which, elements.baseAddress! + $0 * shape.columns, shape.columns)
      }
    }
  }

  private func columnExtrema(_ which: Extremum) -> [Scalar] {
    let shape = shape
    return withUnsafeElements(of: shape) { elements in
      if elements.isEmpty { return Array(repeating: .nan, count: shape.columns) }
      return extremaOfColumns(which, elements.baseAddress!, shape.rows, shape.columns)
    }
  }
}

/// found(j) ← the extremum of found(j) and x(j), of `count` pairs.
///
/// A NaN is kept, for it is taken where it comes, and nothing is smaller or larger than it.
@inline(__always)
private func takeExtrema<Scalar: BLASScalar>(
  _ which: Extremum, _ x: UnsafePointer<Scalar>, into found: UnsafeMutablePointer<Scalar>, count: Int
) {
  @inline(__always)
  func take(_ value: (Scalar) -> Scalar, _ replaces: (Scalar, Scalar) -> Bool) {
    for j in 0..<count {
      let next = value(x[j]), best = found[j]
      let better = replaces(next, best) ? next : best
      found[j] = next == next ? better : next
    }
  }
  switch which {
  case .minimum: take({ $0 }, { $0 < $1 })
  case .maximum: take({ $0 }, { $0 > $1 })
  case .largestMagnitude: take({ abs($0) }, { $0 > $1 })
  }
}

/// The minimum or maximum of each column, of at least one row.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func extremaOfColumns<Scalar: BLASScalar>(
  _ which: Extremum, _ x: UnsafePointer<Scalar>, _ rows: Int, _ columns: Int
) -> [Scalar] {
  Array(unsafeUninitializedCapacity: columns) { found, initialized in
    let found = found.baseAddress!
    found.initialize(from: x, count: columns)
    for i in 1..<Swift.max(1, rows) { takeExtrema(which, x + i * columns, into: found, count: columns) }
    initialized = columns
  }
}

/// The extremum of `count` elements, at least one: that of the columns of so many rows of 64, and of what is left.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func extremumOfElements<Scalar: BLASScalar>(
  _ which: Extremum, _ x: UnsafePointer<Scalar>, _ count: Int
) -> Scalar {
  let width = 64, rows = count / width
  var best = which == .largestMagnitude ? abs(x[0]) : x[0]
  for i in rows * width..<count { takeExtrema(which, x + i, into: &best, count: 1) }
  if rows == 0 { return best }
  return withUnsafeTemporaryAllocation(of: Scalar.self, capacity: width) { found in
    found.initialize(repeating: best)
    let found = found.baseAddress!
    for i in 0..<rows { takeExtrema(which, x + i * width, into: found, count: width) }
    for j in 0..<width { takeExtrema(which, found + j, into: &best, count: 1) }
    return best
  }
}
