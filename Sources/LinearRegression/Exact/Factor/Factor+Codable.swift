internal import LinearAlgebra

/// A factor is saved as its counts, its units, the means of its levels, and the upper triangle, column by column.
/// Reading one back checks that everything fits.
extension LeastSquares.Factor: Codable {
  private enum Key: String, CodingKey {
    case features, targets, grouping, epsilon, counts, shifts, scales, triangle, levelWeights, levelMeans,
      roundings
  }

  /// Encodes the factor; numbers come back bit for bit where the encoder keeps them.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(features, forKey: .features)
    try container.encode(targets, forKey: .targets)
    try container.encode(grouping, forKey: .grouping)
    try container.encode(epsilon, forKey: .epsilon)
    try container.encode(counts, forKey: .counts)
    if !roundings.isEmpty { try container.encode(StoredArray(roundings), forKey: .roundings) }
    try container.encode(StoredArray(units.shifts), forKey: .shifts)
    try container.encode(StoredArray(units.scales), forKey: .scales)
    try container.encode(StoredArray(triangle.packedColumns), forKey: .triangle)
    if grouping == .levels {
      try container.encode(StoredArray(means.weights), forKey: .levelWeights)
      try container.encode(StoredArray(means.elements), forKey: .levelMeans)
    }
  }

  /// Decodes a factor; whatever does not fit together is an error.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let features = try container.decode(Int.self, forKey: .features)
    let targets = try container.decode(Int.self, forKey: .targets)
    try container.check(0...1_000_000 ~= features, .features, "\(features) features")
    try container.check(0...1_000_000 ~= targets, .targets, "\(targets) targets")
    let grouping = try container.decode(Grouping.self, forKey: .grouping)
    let epsilon = try container.decode(Double.self, forKey: .epsilon)
    try container.check(epsilon >= 0 && epsilon < 1, .epsilon, "a precision of \(epsilon)")
    let counts = try container.decode(RowCounts.self, forKey: .counts)
    try container.check(counts.isSound, .counts, "counts of rows")
    let columns = features + targets
    var units = ColumnUnits(identity: columns)
    units.shifts = try container.numbers(.shifts, columns)
    try container.check(grouping != .none || units.shifts.allSatisfy { $0 == 0 }, .shifts, "shifts")
    units.scales = try container.numbers(.scales, columns)
    try container.check(
      zip(units.shifts, units.scales).allSatisfy { $1 > 0 && $1.significand == 1 && ($0 * $1).isFinite },
      .scales, "scales")
    var roundings: [Double] = []
    if container.contains(.roundings) {
      roundings = try container.numbers(.roundings, columns)
      try container.check(roundings.allSatisfy { $0 >= 0 }, .roundings, "errors of values")
    }
    let layout = DesignLayout(features: features, targets: targets, hasOnes: grouping == .one)
    let packed = try container.numbers(.triangle, layout.order * (layout.order + 1) / 2)
    let isEmpty = counts.observations == 0
    try container.check(!isEmpty || packed.allSatisfy { $0 == 0 }, .triangle, "a triangle of no rows")
    if grouping == .one, !isEmpty {
      try container.check(
        Self.isSame(abs(packed[0]), counts.weightSum.squareRoot()), .triangle, "another sum of weights")
    }
    self.init(layout, units, levels: grouping == .levels ? 0 : nil)
    (self.epsilon, self.counts, self.roundings) = (epsilon, counts, roundings)
    triangle = UpperTriangularMatrix(order: layout.order, packedColumns: packed)
    if grouping == .levels {
      let weights = try container.numbers(.levelWeights)
      try container.check(weights.allSatisfy { $0 >= 0 }, .levelWeights, "weights of levels")
      try container.check(
        isEmpty ? weights.allSatisfy { $0 == 0 } : Self.isSame(weights.reduce(0, +), counts.weightSum),
        .levelWeights, "another sum of weights")
      means = LevelMeans(
        width: columns, weights: weights,
        elements: try container.numbers(.levelMeans, weights.count * columns))
    }
  }

  /// Whether two positive numbers are the same but for rounding.
  private static func isSame(_ a: Double, _ b: Double) -> Bool { abs(a / b - 1) < 1e-6 }
}
