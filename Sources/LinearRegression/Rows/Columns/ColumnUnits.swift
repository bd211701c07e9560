internal import LinearAlgebra

/// The units in which sums over rows are formed: z = (x − shift) · scale, column by column.
///
/// Shifts lie near the middle of a column, so that sums of squares do not cancel, on a grid that most data lie on too,
/// so that x − shift is exact for them. Scales are powers of two that bring deviations near 1: exact, and squares
/// cannot overflow. (Chan, Golub and LeVeque 1983, doi:10.1080/00031305.1983.10483115.)
struct ColumnUnits: Equatable, Codable, Sendable {
  var shifts: [Double]
  var scales: [Double]

  /// x itself.
  init(identity count: Int) {
    shifts = Array(repeating: 0, count: count)
    scales = Array(repeating: 1, count: count)
  }

  /// Guesses units for the columns of [X y] from at most 64 rows that lie evenly among all; rows of weight zero are
  /// absent.
  ///
  /// - Parameter centered: whether columns are shifted at all.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  init<Scalar>(sampling rows: Rows<Scalar>, centered: Bool) {
    let count = rows.columnCount
    self.init(identity: count)
    let sample = rows.sample(), n = sample.count
    guard n > 0 else { return }
    for j in 0..<count {
      var mean = 0.0, largest = 0.0
      if centered {
        for i in sample { mean += rows.element(i, j) / Double(n) }
        // NaN and infinity are for the pass to find, wherever they are.
        if !mean.isFinite { mean = 0 }
      }
      for i in sample {
        let deviation = abs(rows.element(i, j) - mean + rows.low(i, j))
        if deviation.isFinite { largest = max(largest, deviation) }
      }
      let first = sample[0]
      let isConstant =
        rows.hasLow(j)
        ? sample.allSatisfy {
          rows.element($0, j) == rows.element(first, j) && rows.low($0, j) == rows.low(first, j)
        }
        : largest <= 8 * Double.ulpOfOne * abs(mean)
      if centered && isConstant {
        // Constant as far as the sample goes; its mean need not be the same number.
        fit(j, mean: rows.element(first, j), spread: 0)
      } else {
        fit(j, mean: mean, spread: largest)
      }
    }
  }

  /// Sets the units of a column to its mean and the largest deviation from it.
  mutating func fit(_ j: Int, mean: Double, spread: Double) {
    shifts[j] = mean
    if spread > 0, spread.isFinite, abs(mean) > spread / 2 {
      // a grid of sixteenths of the spread
      let step = Double(sign: .plus, exponent: max(spread.exponent - 4, -1000), significand: 1)
      let rounded = (mean / step).rounded() * step
      if rounded.isFinite { shifts[j] = rounded }
    } else if spread > 0 {
      shifts[j] = 0
    }
    let magnitude = spread > 0 ? spread : abs(mean)
    guard magnitude > 0, magnitude.isFinite else { return scales[j] = 1 }
    scales[j] = Double(sign: .plus, exponent: min(max(-magnitude.exponent, -1022), 1022), significand: 1)
  }
}

extension Rows {
  /// At most 64 rows that count, spread evenly over all.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func sample() -> [Int] {
    let places = min(rowCount, 64)
    // From the middle of each part on, the next row that counts.
    return (0..<places).compactMap { place in
      let start = rowCount * place / places, end = rowCount * (place + 1) / places
      return ((start + end) / 2..<end).first { weight($0) > 0 } ?? (start..<end).first { weight($0) > 0 }
    }
  }

  /// Whether a feature's values in some rows are all integers, as counts, years and dummies are.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func areIntegers(_ feature: Int, in sample: [Int]) -> Bool {
    sample.allSatisfy { element($0, feature) == element($0, feature).rounded() }
  }
}

extension ColumnUnits {
  /// Units from the smallest and largest value of each column, in one pass.
  init<Scalar>(measuring rows: Rows<Scalar>, centered: Bool) {
    self.init(identity: rows.columnCount)
    let ranges = RowPass(
      rows: rows.rowCount,
      blockRows: rowsPerCacheBlock(rowBytes: rows.columnCount * MemoryLayout<Scalar>.stride)
    ).reduce(rows) { FiniteRanges<Scalar>(columns: rows.columnCount) }
    for j in 0..<rows.columnCount {
      let (low, high) = (ranges.low[j], ranges.high[j])
      guard low <= high else { continue }
      if !centered {
        fit(j, mean: 0, spread: max(abs(low), abs(high)))
      } else if low == high {
        fit(j, mean: low, spread: 0)
      } else {
        fit(j, mean: low / 2 + high / 2, spread: high / 2 - low / 2)
      }
    }
  }
}

/// The smallest and largest finite value of each column.
private struct FiniteRanges<Scalar: BLASScalar>: Reduction {
  var low: [Double]
  var high: [Double]

  init(columns: Int) {
    low = Array(repeating: .infinity, count: columns)
    high = Array(repeating: -.infinity, count: columns)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  mutating func add(_ block: Rows<Scalar>, _: inout Void) {
    for i in 0..<block.rowCount {
      let weight = block.weight(i)
      for j in 0..<block.columnCount {
        let value = block.element(i, j)
        if value.isFinite && weight > 0 {
          low[j] = min(low[j], value)
          high[j] = max(high[j], value)
        }
      }
    }
  }

  mutating func merge(_ later: FiniteRanges) {
    for j in low.indices {
      low[j] = min(low[j], later.low[j])
      high[j] = max(high[j], later.high[j])
    }
  }
}
