internal import LinearAlgebra

/// A share is saved as its counts, its units, the weights and means of its levels, and the upper triangle of its factor,
/// column by column. Reading one back checks that everything fits.
extension LeastSquares.WithinAccumulator: Codable {
  private enum Key: String, CodingKey {
    case features, targets, epsilon, observations, weightSum, logWeightSum, merges, shifts, scales, factor
    case levelWeights, levelMeans, differences
  }

  /// Encodes the share; numbers come back bit for bit where the encoder keeps them.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(features, forKey: .features)
    try container.encode(targets, forKey: .targets)
    try container.encode(epsilon, forKey: .epsilon)
    try container.encode(observations, forKey: .observations)
    guard let factor else { return }
    try container.encode(factor.counts.weightSum, forKey: .weightSum)
    try container.encode(factor.counts.logWeightSum, forKey: .logWeightSum)
    try container.encode(factor.counts.merges, forKey: .merges)
    try container.encode(factor.shifts, forKey: .shifts)
    try container.encode(factor.scales, forKey: .scales)
    try container.encode(factor.factor.triangle.packedColumns, forKey: .factor)
    try container.encode(factor.factor.counts, forKey: .differences)
    try container.encode(factor.means.weights, forKey: .levelWeights)
    try container.encode(factor.means.elements, forKey: .levelMeans)
  }

  /// Decodes a share; whatever does not fit together is an error.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    func check(_ condition: Bool, _ key: Key, _ problem: String) throws {
      if condition { return }
      throw DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: problem)
    }
    func numbers(_ key: Key, _ count: Int) throws -> [Double] {
      let numbers = try container.decode([Double].self, forKey: key)
      try check(numbers.count == count && numbers.allSatisfy(\.isFinite), key, key.rawValue)
      return numbers
    }
    let features = try container.decode(Int.self, forKey: .features)
    let targets = try container.decode(Int.self, forKey: .targets)
    try check(0...1_000_000 ~= features, .features, "\(features) features")
    try check(1...1_000_000 ~= targets, .targets, "\(targets) targets")
    self.init(features: features, targets: targets)
    epsilon = try container.decode(Double.self, forKey: .epsilon)
    try check(epsilon >= 0 && epsilon < 1, .epsilon, "a precision of \(epsilon)")
    var counts = RowCounts()
    counts.observations = try container.decode(Int.self, forKey: .observations)
    try check(RowCounts.isCount(counts.observations), .observations, "\(counts.observations) observations")
    if counts.observations == 0 { return }
    counts.weightSum = try container.decode(Double.self, forKey: .weightSum)
    counts.logWeightSum = try container.decode(Double.self, forKey: .logWeightSum)
    counts.merges = try container.decode(Int.self, forKey: .merges)
    try check(RowCounts.isCount(counts.merges), .merges, "\(counts.merges) merges")
    try check(
      counts.weightSum > 0 && counts.weightSum.isFinite, .weightSum, "a weight of \(counts.weightSum)")
    try check(counts.logWeightSum.isFinite, .logWeightSum, "a weight of \(counts.logWeightSum)")
    let layout = DesignLayout(features: features, targets: targets, hasOnes: false), order = layout.order
    var units = ColumnUnits(identity: order)
    units.scales = try numbers(.scales, order)
    try check(units.scales.allSatisfy { $0 > 0 && $0.significand == 1 }, .scales, "scales")
    let weights = try container.decode([Double].self, forKey: .levelWeights)
    try check(weights.allSatisfy { $0 >= 0 && $0.isFinite }, .levelWeights, "weights of levels")
    try check(weights.contains { $0 > 0 }, .levelWeights, "no level has rows")
    let differences = try container.decode(RowCounts.self, forKey: .differences)
    try check(
      RowCounts.isCount(differences.observations) && RowCounts.isCount(differences.merges)
        && differences.weightSum >= 0 && differences.weightSum.isFinite
        && differences.logWeightSum.isFinite, .differences, "counts of differences")
    let factor = TriangularFactor<Double>(
      WithinFactor<Double>.flat(layout), units, differences,
      UpperTriangularMatrix(order: order, packedColumns: try numbers(.factor, order * (order + 1) / 2)))
    self.factor = WithinFactor(
      layout, shifts: try numbers(.shifts, order), counts,
      LevelMeans(width: order, weights: weights, elements: try numbers(.levelMeans, weights.count * order)),
      factor)
  }
}
