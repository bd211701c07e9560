/// Statistics of a least-squares fit, for one target. A value is nil where it does not exist.
public struct FitStatistics: Equatable, Sendable, Codable {
  /// Σ w (y − ŷ)², w being the weights of the rows or 1.
  public let residualSumOfSquares: Double

  /// Σ w (y − ȳ)²; without an intercept Σ w y².
  public let totalSumOfSquares: Double

  /// n − rank
  public internal(set) var degreesOfFreedom: Int

  /// √(residual sum of squares / degrees of freedom). Nil without degrees of freedom, and for ridge.
  public internal(set) var residualStandardError: Double?

  /// 1 − residual / total sum of squares. Nil where y is constant.
  public let rSquared: Double?

  /// 1 − (1 − R²)(n − 1) / degrees of freedom; n instead of n − 1 without an intercept, as R does.
  public internal(set) var adjustedRSquared: Double?

  /// The F statistic of all features together against none. Nil where it does not exist.
  public internal(set) var fStatistic: Double?

  /// The probability of an F at least as large if no feature mattered.
  public internal(set) var fPValue: Double?

  /// Logarithm of the normal likelihood at the fit, ½ (Σ log w − n (log 2π + 1 − log n + log Σ w (y − ŷ)²)), as R's
  /// `logLik`. Nil where the fit is perfect.
  public internal(set) var logLikelihood: Double?

  /// Akaike's criterion, −2 log likelihood + 2 (rank + 1): the residual variance counts as a parameter.
  public internal(set) var aic: Double?

  /// The Bayesian criterion, −2 log likelihood + (rank + 1) log n.
  public internal(set) var bic: Double?

  /// Derives the statistics from the sums of squares.
  ///
  /// - Parameters:
  ///   - residual: Σ w (y − ŷ)² in units of `scale`².
  ///   - total: Σ w (y − ȳ)², or Σ w y² without an intercept, in the same units.
  ///   - scale: the unit of y that the sums are in: ratios stay right where squares in y's own unit would underflow.
  ///   - n: number of rows.
  ///   - rank: rank of the columns, the intercept's included.
  ///   - hasIntercept: whether the model has an intercept.
  ///   - logWeightSum: Σ log w.
  ///   - isLeastSquares: whether the residuals are those of a least-squares fit; F and likelihood exist only for them.
  ///   - isPenalized: whether there is a penalty, which leaves more degrees of freedom than n − rank: what is divided
  ///     by them is then nil.
  package init(
    residualSumOfSquares residual: Double, totalSumOfSquares total: Double, scale: Double = 1,
    observations n: Int, rank: Int, hasIntercept: Bool, logWeightSum: Double = 0, isLeastSquares: Bool = true,
    isPenalized: Bool = false
  ) {
    let freedom = n - rank, modelFreedom = rank - (hasIntercept ? 1 : 0)
    residualSumOfSquares = residual * scale * scale
    totalSumOfSquares = total * scale * scale
    degreesOfFreedom = freedom
    residualStandardError =
      freedom > 0 && !isPenalized ? (residual / Double(freedom)).squareRoot() * scale : nil
    // Least squares leave no more than there was, but for rounding; without features as much.
    let explained = isLeastSquares ? max(0, total - residual) : total - residual
    rSquared = total > 0 ? (modelFreedom > 0 ? (explained == 0 ? 0 : 1 - residual / total) : 0) : nil
    adjustedRSquared =
      freedom > 0 && !isPenalized
      ? rSquared.map { 1 - (1 - $0) * Double(n - (hasIntercept ? 1 : 0)) / Double(freedom) } : nil
    let f = (explained / Double(modelFreedom)) / (residual / Double(freedom))
    fStatistic = isLeastSquares && freedom > 0 && modelFreedom > 0 && f.isFinite && f >= 0 ? f : nil
    fPValue = fStatistic.map { FisherF.upperP($0, Double(modelFreedom), Double(freedom)) }
    let count = Double(n)
    let logSum = CLibrary.logarithm(residual) + 2 * CLibrary.logarithm(scale)
    let likelihood =
      (logWeightSum - count * (CLibrary.logarithm(2 * .pi) + 1 - CLibrary.logarithm(count) + logSum)) / 2
    logLikelihood = isLeastSquares && likelihood.isFinite ? likelihood : nil
    aic = logLikelihood.map { -2 * $0 + 2 * Double(rank + 1) }
    bic = logLikelihood.map { -2 * $0 + CLibrary.logarithm(count) * Double(rank + 1) }
  }
}

extension FitStatistics {
  /// The statistics with the F of another covariance of the coefficients; nil for none.
  package func with(_ test: WaldTest?) -> FitStatistics {
    var statistics = self
    (statistics.fStatistic, statistics.fPValue) = (test?.statistic, test?.pValue)
    return statistics
  }
}

extension FitStatistics {
  private enum Key: String, CodingKey {
    case residualSumOfSquares, totalSumOfSquares, degreesOfFreedom, residualStandardError, rSquared
    case adjustedRSquared, fStatistic, fPValue, logLikelihood, aic, bic
  }

  /// Decodes statistics; a sum of squares that is null is infinite.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    func number(_ key: Key) throws -> Double? {
      try container.decodeIfPresent(Double.self, forKey: key)
    }
    residualSumOfSquares = try number(.residualSumOfSquares) ?? .infinity
    totalSumOfSquares = try number(.totalSumOfSquares) ?? .infinity
    degreesOfFreedom = try container.decode(Int.self, forKey: .degreesOfFreedom)
    residualStandardError = try number(.residualStandardError)
    rSquared = try number(.rSquared)
    adjustedRSquared = try number(.adjustedRSquared)
    fStatistic = try number(.fStatistic)
    fPValue = try number(.fPValue)
    logLikelihood = try number(.logLikelihood)
    aic = try number(.aic)
    bic = try number(.bic)
  }

  /// Encodes all statistics; null for one that does not exist or is not finite.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(finite: residualSumOfSquares, forKey: .residualSumOfSquares)
    try container.encode(finite: totalSumOfSquares, forKey: .totalSumOfSquares)
    try container.encode(degreesOfFreedom, forKey: .degreesOfFreedom)
    try container.encode(finite: residualStandardError, forKey: .residualStandardError)
    try container.encode(finite: rSquared, forKey: .rSquared)
    try container.encode(finite: adjustedRSquared, forKey: .adjustedRSquared)
    try container.encode(finite: fStatistic, forKey: .fStatistic)
    try container.encode(finite: fPValue, forKey: .fPValue)
    try container.encode(finite: logLikelihood, forKey: .logLikelihood)
    try container.encode(finite: aic, forKey: .aic)
    try container.encode(finite: bic, forKey: .bic)
  }
}
