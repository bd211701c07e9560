internal import LinearAlgebra

/// What came out of a pass, as far as it tells whether the units were sound.
struct ColumnSizes {
  let counts: RowCounts

  /// Norm of each column of [X y], in units.
  let norms: [Double]

  /// Mean of each column, in units; zeros without an intercept.
  let offsets: [Double]

  /// Whether no column is too large, too small, or too far from its shift for its sums to keep their digits.
  func isSound(_ j: Int) -> Bool {
    let size = counts.weightSum.squareRoot(), norm = norms[j]
    guard norm.isFinite, norm < 1e100 * size else { return false }
    // Zeros are those of a column that is constant at its shift.
    if norm == 0 { return true }
    let spread = (norm * norm - offsets[j] * offsets[j] * size * size).squareRoot()
    return norm > 1e-100 * size && !(abs(offsets[j]) * size > 8 * spread)
  }
}

extension ColumnUnits {
  /// Reduces rows in these units and, where a column then comes out too large, too small or too far from its shift,
  /// once more in units that fit what was seen.
  ///
  /// - Parameter reduce: what came out, and the sizes of the columns of [X y].
  mutating func inSoundUnits<Scalar, Result>(
    _ rows: Rows<Scalar>, _ layout: DesignLayout, passes: inout Int,
    _ reduce: (ColumnUnits) -> (Result, ColumnSizes)
  ) throws(DataError) -> Result {
    for turn in 1...3 {
      passes += 1
      let (result, sizes) = reduce(self)
      if sizes.counts.observations == 0 { throw .noWeight }
      // A negative weight has no logarithm, and no column need show it.
      guard sizes.counts.weightSum.isFinite, !sizes.counts.logWeightSum.isNaN else {
        throw .overflow(.weights, column: 0)
      }
      let unsound = shifts.indices.filter { !sizes.isSound($0) }
      if unsound.isEmpty { return result }
      let overflow = sizes.norms.firstIndex { !$0.isFinite }
      if turn == 3 {
        if let overflow { throw .overflow(column: overflow, features: layout.features) }
        return result
      }
      let old = self
      if turn == 1 && overflow == nil && sizes.norms.indices.allSatisfy({ sizes.hasUsefulMean($0) }) {
        // Sums are good enough to tell where the middle is.
        for j in unsound {
          fit(j, mean: shifts[j] + sizes.offsets[j] / scales[j], spread: sizes.spread(j) / scales[j])
        }
      } else {
        passes += 1
        let measured = ColumnUnits(measuring: rows, centered: layout.hasOnes)
        for j in unsound {
          shifts[j] = measured.shifts[j]
          scales[j] = measured.scales[j]
        }
      }
      if self == old && overflow == nil { return result }
    }
    fatalError("unreachable: the last turn returns or throws")
  }
}

extension ColumnSizes {
  /// Whether the sums of a column are of a size that its mean can be taken from.
  fileprivate func hasUsefulMean(_ j: Int) -> Bool {
    let size = counts.weightSum.squareRoot()
    return norms[j] == 0 || norms[j] > 1e-100 * size && norms[j] < 1e100 * size
  }

  /// A bound on the standard deviation of a column, in units: what cancels is at least rounding.
  fileprivate func spread(_ j: Int) -> Double {
    let size = counts.weightSum.squareRoot(), root = norms[j] / size
    let left = max(0, root * root - offsets[j] * offsets[j]).squareRoot()
    return max(left, 1e-8 * abs(offsets[j]))
  }
}
