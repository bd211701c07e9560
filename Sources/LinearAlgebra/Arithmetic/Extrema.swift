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

// A NaN is kept by both conditions: it is taken where it comes, and nothing is smaller or larger than it.

/// The extremum of `count` elements, at least one; NaN where one is. Eight are compared side by side.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func extremumOfElements<Scalar: BLASScalar>(
  _ which: Extremum, _ x: UnsafePointer<Scalar>, _ count: Int
) -> Scalar {
  @inline(__always)
  func find(
    _ lanes: (SIMD8<Scalar>) -> SIMD8<Scalar>, _ one: (Scalar) -> Scalar,
    _ replaceLanes: (SIMD8<Scalar>, SIMD8<Scalar>) -> SIMDMask<SIMD8<Scalar>.MaskStorage>,
    _ replaces: (Scalar, Scalar) -> Bool
  ) -> Scalar {
    var found = one(x[0]), i = 1
    if count >= 8 {
      var best = SIMD8<Scalar>(repeating: found)
      i = 0
      while i + 8 <= count {
        let next = lanes(UnsafeRawPointer(x + i).loadUnaligned(as: SIMD8<Scalar>.self))
        best.replace(with: next, where: replaceLanes(next, best) .| (next .!= next))
        i += 8
      }
      for lane in 0..<8 where replaces(best[lane], found) || best[lane].isNaN { found = best[lane] }
    }
    while i < count {
      let next = one(x[i])
      if replaces(next, found) || next.isNaN { found = next }
      i += 1
    }
    return found
  }
  return switch which {
  case .minimum: find({ $0 }, { $0 }, { $0 .< $1 }, { $0 < $1 })
  case .maximum: find({ $0 }, { $0 }, { $0 .> $1 }, { $0 > $1 })
  case .largestMagnitude:
    find({ $0.replacing(with: -$0, where: $0 .< 0) }, { abs($0) }, { $0 .> $1 }, { $0 > $1 })
  }
}

/// The extremum of each column, of at least one row.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func extremaOfColumns<Scalar: BLASScalar>(
  _ which: Extremum, _ x: UnsafePointer<Scalar>, _ rows: Int, _ columns: Int
) -> [Scalar] {
  Array(unsafeUninitializedCapacity: columns) { found, initialized in
    let found = found.baseAddress!
    @inline(__always)
    func find(_ one: (Scalar) -> Scalar, _ replaces: (Scalar, Scalar) -> Bool) {
      for j in 0..<columns { (found + j).initialize(to: one(x[j])) }
      for i in 1..<Swift.max(1, rows) {
        let row = x + i * columns
        for j in 0..<columns {
          let next = one(row[j])
          found[j] = replaces(next, found[j]) || next != next ? next : found[j]
        }
      }
    }
    switch which {
    case .minimum: find({ $0 }, { $0 < $1 })
    case .maximum: find({ $0 }, { $0 > $1 })
    case .largestMagnitude: find({ abs($0) }, { $0 > $1 })
    }
    initialized = columns
  }
}
