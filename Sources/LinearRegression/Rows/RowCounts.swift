internal import LinearAlgebra

/// How many rows a reduction has seen, and their weights.
struct RowCounts: Equatable, Codable, Sendable {
  /// Rows whose weight is not zero.
  var observations = 0

  /// Σ of the weights; the number of rows without them.
  var weightSum = 0.0

  /// The least weight that is not zero; 0 without rows, 1 without weights.
  var leastWeight = 0.0

  /// Σ of the logarithms of the weights that are not zero, for the likelihood.
  var logWeightSum = 0.0

  /// How many merges lie above a row at most: each rounds once more.
  var merges = 0

  /// Whether counts that were read from a file can be those of rows: sums of many do not overflow.
  var isSound: Bool {
    isCountable && weightSum.isFinite && logWeightSum.isFinite
      && (observations == 0 ? weightSum == 0 : weightSum > 0)
      && (observations == 0 ? leastWeight == 0 : leastWeight > 0 && leastWeight <= weightSum)
  }

  /// Whether numbers are from 0 to 2⁵³: exact in a Double, and far from where the sum of two overflows.
  var isCountable: Bool { [observations, merges].allSatisfy { 0...1 << 53 ~= $0 } }

  /// Counts a block and writes the square roots of its weights, if it has any.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  mutating func add<Scalar>(_ block: Rows<Scalar>, roots: inout [Double]) {
    guard let weights = block.weights else {
      observations += block.rowCount
      weightSum += Double(block.rowCount)
      takeLeast(block.rowCount > 0 ? 1 : 0)
      return
    }
    for i in 0..<block.rowCount {
      let weight = Double(weights[i])
      // NaN for a negative weight: the sums show it, and the scan that follows says where.
      roots[i] = weight.squareRoot()
      if weight == 0 { continue }
      observations += 1
      weightSum += weight
      takeLeast(weight)
      logWeightSum += CLibrary.logarithm(weight)
    }
  }

  private mutating func takeLeast(_ weight: Double) {
    if weight > 0, leastWeight == 0 || weight < leastWeight { leastWeight = weight }
  }

  mutating func merge(_ later: RowCounts) {
    observations += later.observations
    weightSum += later.weightSum
    takeLeast(later.leastWeight)
    logWeightSum += later.logWeightSum
    merges = max(merges, later.merges) + 1
  }
}

extension RowCounts {
  /// Leaves out one row that was counted.
  mutating func leaveOut(_ weight: Double) {
    observations -= 1
    weightSum -= weight
    if weight != 1 { logWeightSum -= CLibrary.logarithm(weight) }
  }
}
