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
    /// e √w / s
    let residuals: [Double]
    /// Their positions on the axis.
    let positions: [Int32]

    init(_ residuals: [Double]) {
      self.residuals = residuals.map { min(max($0, -1e100), 1e100) }
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
  /// - Precondition: there are as many values as residuals; they are finite.
  mutating func add(_ values: [Double], _ block: Block) {
    precondition(values.count == block.residuals.count)
    counts.widen(toCover: values)
    means.widen(to: counts.x)
    let locator = BinAxis.Locator(counts.x), height = Block.axis.count
    // Positions are below the number of bins of each axis.
    counts.update { counts in
      means.update { numbers, sums, squares in
        for row in values.indices {
          let bin = locator.position(values[row]), residual = block.residuals[row]
          counts[bin * height + Int(block.positions[row])] += 1
          numbers[bin] += 1
          sums[bin] += residual
          squares[bin] += residual * residual
        }
      }
    }
  }

  /// Takes others of its kind in.
  mutating func merge(_ later: BinnedResiduals) {
    counts.merge(later.counts)
    means.merge(later.means)
  }
}
