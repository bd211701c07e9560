// Sums over all elements, by row and by column.

extension RowMajor {
  /// Σ over all elements; 0 where there are none.
  ///
  /// Added up in Double, pairwise in blocks of 512, and rounded once: the error is at most 64 + log₂(count) units in
  /// the last place of Double, relative to the sum of magnitudes. NaN where an element is; infinite or NaN where a
  /// part of the sum overflows.
  /// - Complexity: O(rowCount · columnCount), at the speed of memory.
  public func sum() -> Scalar { Scalar(sum(of: .value)) }

  /// The mean of all elements; NaN where there are none, or where one is NaN. Added up as in ``sum()``, and divided:
  /// where the sum overflows in Double, so does the mean, though it may be within the range. So do those of rows and
  /// columns.
  /// - Complexity: O(rowCount · columnCount), at the speed of memory.
  public func mean() -> Scalar { Scalar(sum(of: .value) / (Double(rowCount) * Double(columnCount))) }

  /// The sum of each row: rowCount numbers, each added up as in ``sum()``.
  /// - Complexity: O(rowCount · columnCount).
  public func rowSums() -> [Scalar] { rowSums(of: .value).map { Scalar($0) } }

  /// The mean of each row: rowCount numbers; NaN where rows have no elements, or one that is NaN.
  /// - Complexity: O(rowCount · columnCount).
  public func rowMeans() -> [Scalar] {
    let count = Double(columnCount)
    return rowSums(of: .value).map { Scalar($0 / count) }
  }

  /// The sum of each column: columnCount numbers, each added up in Double, pairwise in blocks of 128 rows, and rounded
  /// once.
  /// - Complexity: O(rowCount · columnCount).
  public func columnSums() -> [Scalar] { columnSums(of: .value).map { Scalar($0) } }

  /// The mean of each column: columnCount numbers; NaN where columns have no elements, or one that is NaN.
  /// - Complexity: O(rowCount · columnCount).
  public func columnMeans() -> [Scalar] {
    let count = Double(rowCount)
    return columnSums(of: .value).map { Scalar($0 / count) }
  }
}

/// What is added up of each element.
enum Summand {
  case value, magnitude, square
}

extension RowMajor {
  /// Σ over all elements, in Double.
  func sum(of summand: Summand) -> Double {
    withUnsafeElements { elements in
      elements.isEmpty ? 0 : pairwiseSum(of: summand, elements.baseAddress!, elements.count)
    }
  }

  /// Σ over each row, in Double.
  func rowSums(of summand: Summand) -> [Double] {
    let shape = shape
    return withUnsafeElements(of: shape) { elements in
      if elements.isEmpty { return Array(repeating: 0, count: shape.rows) }
      return (0..<shape.rows).map {
        pairwiseSum(of: summand, elements.baseAddress! + $0 * shape.columns, shape.columns)
      }
    }
  }

  /// Σ over each column, in Double.
  func columnSums(of summand: Summand) -> [Double] {
    let shape = shape
    return withUnsafeElements(of: shape) { elements in
      if elements.isEmpty { return Array(repeating: 0, count: shape.columns) }
      return pairwiseColumnSums(of: summand, elements.baseAddress!, shape.rows, shape.columns)
    }
  }
}

/// Σ over `count` elements, in Double: blocks of 512 by eight sums side by side, and the blocks' sums pairwise (Higham
/// 1993, doi:10.1137/0914050).
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func pairwiseSum<Scalar: BLASScalar>(of summand: Summand, _ x: UnsafePointer<Scalar>, _ count: Int) -> Double
{
  let block = 512
  if count > block {
    let half = (count / 2 + block - 1) / block * block
    return pairwiseSum(of: summand, x, half) + pairwiseSum(of: summand, x + half, count - half)
  }
  @inline(__always)
  func add(_ lanes: (SIMD8<Double>) -> SIMD8<Double>, _ one: (Double) -> Double) -> Double {
    var sums = SIMD8<Double>(), rest = 0.0, i = 0
    while i + 8 <= count {
      sums += lanes(SIMD8<Double>(UnsafeRawPointer(x + i).loadUnaligned(as: SIMD8<Scalar>.self)))
      i += 8
    }
    while i < count {
      rest += one(Double(x[i]))
      i += 1
    }
    let four = sums.lowHalf + sums.highHalf, two = four.lowHalf + four.highHalf
    return two[0] + two[1] + rest
  }
  return switch summand {
  case .value: add({ $0 }, { $0 })
  case .magnitude: add({ $0.replacing(with: -$0, where: $0 .< 0) }, { abs($0) })
  case .square: add({ $0 * $0 }, { $0 * $0 })
  }
}

/// Σ over each column of consecutive rows, in Double: blocks of 128 rows, and the blocks' sums pairwise.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func pairwiseColumnSums<Scalar: BLASScalar>(
  of summand: Summand, _ x: UnsafePointer<Scalar>, _ rows: Int, _ columns: Int
) -> [Double] {
  let block = 128
  if rows > block {
    let half = (rows / 2 + block - 1) / block * block
    var sums = pairwiseColumnSums(of: summand, x, half, columns)
    let others = pairwiseColumnSums(of: summand, x + half * columns, rows - half, columns)
    for j in 0..<columns { sums[j] += others[j] }
    return sums
  }
  return Array(unsafeUninitializedCapacity: columns) { sums, initialized in
    sums.initialize(repeating: 0)
    let sums = sums.baseAddress!
    @inline(__always)
    func add(_ one: (Double) -> Double) {
      var i = 0
      while i + 4 <= rows {  // four at once, for each time the sums are read and written
        let (a, b) = (x + i * columns, x + (i + 1) * columns)
        let (c, d) = (x + (i + 2) * columns, x + (i + 3) * columns)
        for j in 0..<columns {
          sums[j] += (one(Double(a[j])) + one(Double(b[j]))) + (one(Double(c[j])) + one(Double(d[j])))
        }
        i += 4
      }
      while i < rows {
        let row = x + i * columns
        for j in 0..<columns { sums[j] += one(Double(row[j])) }
        i += 1
      }
    }
    switch summand {
    case .value: add { $0 }
    case .magnitude: add { abs($0) }
    case .square: add { $0 * $0 }
    }
    initialized = columns
  }
}
