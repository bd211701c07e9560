internal import LinearAlgebra

extension RobustCovariance: Codable {
  private enum Key: String, CodingKey {
    case estimator, factor, degreesOfFreedom, clusterCounts, isRepaired, inner, leastVariance
  }

  /// Encodes the covariance; numbers come back bit for bit where the encoder keeps them.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(estimator, forKey: .estimator)
    try container.encode(factor, forKey: .factor)
    try container.encode(degreesOfFreedom, forKey: .degreesOfFreedom)
    try container.encode(clusterCounts, forKey: .clusterCounts)
    try container.encode(isRepaired, forKey: .isRepaired)
    try container.encode(StoredArray(inner.elements), forKey: .inner)
    try container.encode(leastVariance, forKey: .leastVariance)
  }

  /// Decodes a covariance; whatever does not fit together is an error.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let estimator = try container.decode(CovarianceEstimator.self, forKey: .estimator)
    let factor = try container.decode(Double.self, forKey: .factor)
    try container.check(factor >= 1 && factor.isFinite, .factor, "a factor of \(factor)")
    let freedom = try container.count(.degreesOfFreedom)
    try container.check(freedom > 0, .degreesOfFreedom, "no degrees of freedom")
    let counts = try container.decode([Int].self, forKey: .clusterCounts)
    try container.check(
      counts.count == estimator.clusters.count && counts.allSatisfy { 2...1 << 53 ~= $0 }, .clusterCounts,
      "counts of clusters")
    let inner = try container.numbers(.inner), order = Int(Double(inner.count).squareRoot())
    try container.check(order * order == inner.count, .inner, "\(inner.count) numbers")
    let matrix = Matrix(rows: order, columns: order, elements: inner)
    try container.check(
      (0..<order).allSatisfy { i in matrix[i, i] >= 0 && (0..<i).allSatisfy { matrix[i, $0] == matrix[$0, i] }
      },
      .inner, "a matrix that is no covariance")
    let least = try container.decodeIfPresent(Double.self, forKey: .leastVariance) ?? 0
    try container.check(0...1 ~= least, .leastVariance, "a least variance of \(least)")
    self.init(
      estimator: estimator, factor: factor, degreesOfFreedom: freedom, clusterCounts: counts,
      isRepaired: try container.decode(Bool.self, forKey: .isRepaired), inner: matrix,
      leastVariance: least)
  }
}
