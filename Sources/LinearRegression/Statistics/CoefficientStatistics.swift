/// One coefficient of a least-squares fit, as a table of them shows it.
public struct CoefficientStatistics: Equatable, Sendable {
  /// The coefficient. Nil for a feature that was left out because others determine it.
  public let estimate: Double?

  /// √(s² (XᵀWX)⁻¹ⱼⱼ), s being the residual standard error. Nil without degrees of freedom.
  public let standardError: Double?

  /// n − rank
  public let degreesOfFreedom: Int

  /// estimate / standard error
  public var tStatistic: Double? {
    guard let estimate, let standardError, standardError > 0 else { return nil }
    return estimate / standardError
  }

  /// The probability of a t at least as far from zero if the coefficient were zero.
  public var pValue: Double? {
    tStatistic.map { StudentT.twoSidedP($0, freedom: Double(degreesOfFreedom)) }
  }

  /// The interval that covers the true coefficient with probability `level`.
  /// - Precondition: the level is between 0 and 1.
  public func confidenceInterval(level: Double = 0.95) -> ClosedRange<Double>? {
    guard let estimate, let standardError, degreesOfFreedom > 0 else { return nil }
    let half = StudentT.quantile(level: level, freedom: Double(degreesOfFreedom)) * standardError
    return half.isFinite ? estimate - half...estimate + half : nil
  }

  package init(estimate: Double?, standardError: Double?, degreesOfFreedom: Int) {
    self.estimate = estimate
    self.standardError = standardError
    self.degreesOfFreedom = degreesOfFreedom
  }
}

extension CoefficientStatistics: Encodable {
  private enum Key: String, CodingKey {
    case estimate, standardError, tStatistic, pValue, confidenceInterval, degreesOfFreedom
  }

  /// Encodes the row with t, p and the interval of level 0.95, as an array of its ends; null for what does not exist or
  /// is not finite.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(finite: estimate, forKey: .estimate)
    try container.encode(finite: standardError, forKey: .standardError)
    try container.encode(finite: tStatistic, forKey: .tStatistic)
    try container.encode(finite: pValue, forKey: .pValue)
    try container.encode(
      confidenceInterval().map { [$0.lowerBound, $0.upperBound] }, forKey: .confidenceInterval)
    try container.encode(degreesOfFreedom, forKey: .degreesOfFreedom)
  }
}
