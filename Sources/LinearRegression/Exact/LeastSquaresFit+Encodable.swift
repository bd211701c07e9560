extension LeastSquaresFit: Encodable {
  private enum Key: String, CodingKey {
    case model, hasIntercept, observations, rank, coefficients, statistics, certificate, covariance
  }

  /// Encodes the model, for each target its table of coefficients and its statistics, the certificate, and the
  /// covariance; a value that does not exist or is not finite is null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(model, forKey: .model)
    try container.encode(hasIntercept, forKey: .hasIntercept)
    try container.encode(observations, forKey: .observations)
    try container.encode(rank, forKey: .rank)
    try container.encode(statistics.indices.map { coefficientStatistics(target: $0) }, forKey: .coefficients)
    try container.encode(statistics, forKey: .statistics)
    try container.encode(certificate, forKey: .certificate)
    try container.encode(covariance, forKey: .covariance)
  }
}

extension IntervalPrediction: Encodable {
  private enum Key: String, CodingKey { case prediction, lower, upper }

  /// Encodes the prediction and both ends; one that is missing or infinite is null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(finite: prediction, forKey: .prediction)
    try container.encode(finite: lower, forKey: .lower)
    try container.encode(finite: upper, forKey: .upper)
  }
}

extension RidgeValidation: Encodable {
  private enum Key: String, CodingKey {
    case penalties, meanSquaredErrors, standardErrors, best, withinOneStandardError
  }

  /// Encodes penalties, their errors and both choices; an error that is not finite is null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(penalties, forKey: .penalties)
    try container.encode(finite: meanSquaredErrors, forKey: .meanSquaredErrors)
    try container.encode(finite: standardErrors, forKey: .standardErrors)
    try container.encode(best, forKey: .best)
    try container.encode(withinOneStandardError, forKey: .withinOneStandardError)
  }
}
