internal import LinearAlgebra

/// Saved as its parts, R⁻¹ as its upper triangle, column after column. Reading one back checks that they fit.
extension UnscaledCovariance: Codable {
  private enum Key: String, CodingKey {
    case features, means, lowMeans, norms, inverse, weightSum, levels, first, weights
  }

  /// Encodes the covariance; numbers come back bit for bit where the encoder keeps them.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(StoredArray(features), forKey: .features)
    try container.encode(StoredArray(means), forKey: .means)
    if !lowMeans.isEmpty { try container.encode(StoredArray(lowMeans), forKey: .lowMeans) }
    try container.encode(StoredArray(norms), forKey: .norms)
    try container.encode(StoredArray(inverse.packedColumns), forKey: .inverse)
    // Null without one: the key is always there.
    try container.encode(weightSum, forKey: .weightSum)
    guard let levels else { return }
    var nested = container.nestedContainer(keyedBy: Key.self, forKey: .levels)
    try nested.encode(levels.columns.first, forKey: .first)
    try nested.encode(StoredArray(levels.weights), forKey: .weights)
    try nested.encode(StoredArray(levels.means.elements), forKey: .means)
  }

  /// Decodes a covariance; whatever does not fit together is an error.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let features = try container.decode(StoredArray<Int>.self, forKey: .features).wrappedValue
    try container.check(
      features.allSatisfy { $0 >= 0 && $0 < .max } && zip(features, features.dropFirst()).allSatisfy(<),
      .features,
      "features are not in order")
    let means = try container.numbers(.means, features.count)
    let lowMeans =
      container.contains(.lowMeans) ? try container.numbers(.lowMeans, features.count) : []
    let norms = try container.numbers(.norms, features.count)
    try container.check(norms.allSatisfy { $0 > 0 }, .norms, "a norm is not positive")
    let inverse = try container.numbers(.inverse, features.count * (features.count + 1) / 2)
    let weightSum = try container.decode(Double?.self, forKey: .weightSum)
    try container.check(weightSum.map { $0 > 0 && $0.isFinite } ?? true, .weightSum, "a sum of weights")
    var levels: Levels?
    if container.contains(.levels) {
      let nested = try container.nestedContainer(keyedBy: Key.self, forKey: .levels)
      let first = try nested.decode(Int.self, forKey: .first)
      let weights = try nested.numbers(.weights)
      try container.check(
        weights.count >= 2 && weights.allSatisfy { $0 >= 0 } && weights.contains { $0 > 0 }, .levels,
        "weights of levels")
      try container.check(0...Int.max - weights.count ~= first, .levels, "a first column")
      levels = Levels(
        columns: LevelColumns(first: first, levels: weights.count, hasReference: weightSum != nil),
        weights: weights,
        means: Matrix(
          rows: weights.count, columns: features.count,
          elements: try nested.numbers(.means, weights.count * features.count)))
    }
    self.init(
      features: features, means: means, norms: norms,
      inverse: UpperTriangularMatrix(order: features.count, packedColumns: inverse), weightSum: weightSum,
      levels: levels, lowMeans: lowMeans)
  }
}
