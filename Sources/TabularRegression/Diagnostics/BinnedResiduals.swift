/// Residuals over a column of numbers: how many rows lie in each bin of both, and for each bin of the column the sum and
/// the sum of squares of the residuals.
package struct BinnedResiduals: Equatable, Sendable, Codable {
  /// The column × residuals.
  package private(set) var counts: BinnedCounts
  /// Sums of residuals over the column; its axis is that of the counts.
  package private(set) var means: BinnedSums

  /// The residuals of a block of rows, as each column takes them.
  struct Block {
    static let axis = BinAxis(exponent: -1, first: -16, count: 32)
    /// u = e √w / s, and u².
    let powers: [SIMD2<Double>]
    /// Their positions on the axis.
    let positions: [Int32]

    init(_ residuals: [Double]) {
      powers = residuals.map {
        let u = min(max($0, -1e100), 1e100)
        return SIMD2(u, u * u)
      }
      positions = Self.axis.positions(residuals)
    }
  }

  /// No rows.
  init(columns: Int) {
    counts = BinnedCounts(BinAxis(count: columns), Block.axis)
    means = BinnedSums(BinAxis(count: columns))
  }

  /// Takes a block in.
  ///
  /// - Parameter range: the least and the greatest of the values, where that is known.
  /// - Precondition: there are as many values as residuals; they are finite, and within the range.
  mutating func add(_ values: [Double], _ block: Block, range: ClosedRange<Double>? = nil) {
    precondition(values.count == block.powers.count)
    if let range { counts.widen(toCover: range) } else { counts.widen(toCover: values) }
    means.widen(to: counts.x)
    let locator = BinAxis.Locator(counts.x), height = Block.axis.count
    var sums: [SIMD2<Double>] = Array(repeating: .zero, count: counts.x.count)
    // Positions are below the number of bins of each axis.
    counts.update { counts in
      sums.withUnsafeMutableBufferPointer { sums in
        block.powers.withUnsafeBufferPointer { powers in
          block.positions.withUnsafeBufferPointer { positions in
            values.withUnsafeBufferPointer { values in
              for row in values.indices {
                let bin = locator.position(values[row])
                counts[bin * height + Int(positions[row])] += 1
                sums[bin] += powers[row]
              }
            }
          }
        }
      }
    }
    means.update(counts: counts.countsOfX, adding: sums)
  }

  /// Takes others of its kind in.
  mutating func merge(_ later: BinnedResiduals) {
    counts.merge(later.counts)
    means.merge(later.means)
  }
}
