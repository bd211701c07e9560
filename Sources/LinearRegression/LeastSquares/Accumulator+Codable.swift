internal import LinearAlgebra

/// A share is saved as its counts, its units and the upper triangle of its factor, column by column. Reading one back
/// checks that everything fits.
extension LeastSquares.Accumulator: Codable {
  private enum Key: String, CodingKey {
    case features, targets, epsilon, observations, weightSum, logWeightSum, merges, shifts, scales, factor
  }

  /// Encodes the share; numbers come back bit for bit where the encoder keeps them.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(features, forKey: .features)
    try container.encode(targets, forKey: .targets)
    try container.encode(epsilon, forKey: .epsilon)
    try container.encode(observations, forKey: .observations)
    guard let factor else { return }
    try container.encode(factor.counts.weightSum, forKey: .weightSum)
    try container.encode(factor.counts.logWeightSum, forKey: .logWeightSum)
    try container.encode(factor.counts.merges, forKey: .merges)
    try container.encode(factor.units.shifts, forKey: .shifts)
    try container.encode(factor.units.scales, forKey: .scales)
    try container.encode(factor.triangle.packedColumns, forKey: .factor)
  }

  /// Decodes a share; whatever does not fit together is an error.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    func check(_ condition: Bool, _ key: Key, _ problem: String) throws {
      if condition { return }
      throw DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: problem)
    }
    let features = try container.decode(Int.self, forKey: .features)
    let targets = try container.decode(Int.self, forKey: .targets)
    try check(0...1_000_000 ~= features, .features, "\(features) features")
    try check(0...1_000_000 ~= targets, .targets, "\(targets) targets")
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
    var units = ColumnUnits(identity: 0)
    units.shifts = try container.decode([Double].self, forKey: .shifts)
    units.scales = try container.decode([Double].self, forKey: .scales)
    let columns = features + targets
    try check(units.shifts.count == columns && units.shifts.allSatisfy(\.isFinite), .shifts, "shifts")
    try check(
      units.scales.count == columns
        && units.scales.allSatisfy { $0 > 0 && $0.isFinite && $0.significand == 1 }, .scales, "scales")
    let packed = try container.decode([Double].self, forKey: .factor)
    let order = columns + 1
    try check(
      packed.count == order * (order + 1) / 2 && packed.allSatisfy(\.isFinite), .factor, "the factor")
    factor = TriangularFactor(
      DesignLayout(features: features, targets: targets, hasOnes: true), units, counts,
      UpperTriangularMatrix(order: order, packedColumns: packed))
  }
}
