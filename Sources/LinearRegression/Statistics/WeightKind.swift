/// What the weights of rows mean. The coefficients are the same: they minimise Σ w (y − ŷ)². What differs is how many
/// observations there are, and so the standard errors: the definitions of Stata and GLM.jl.
public enum WeightKind: String, Sendable, Codable, CaseIterable {
  /// The variance of an error is σ² / w: a row is one observation, of a mean of w values for instance, as in R's `lm`.
  case analytic
  /// A row stands for w equal observations, w being a whole number: n = Σ w.
  case frequency
  /// A row was drawn with a probability in proportion to 1 / w. Standard errors need a ``RobustCovariance``: there are no
  /// others, and neither F, likelihood, AIC nor BIC.
  case probability
}

extension WeightKind {
  /// In words: "frequencies".
  package var named: String {
    switch self {
    case .analytic: "inverse variances"
    case .frequency: "frequencies"
    case .probability: "inverse probabilities"
    }
  }
}

extension LeastSquaresFit {
  /// The fit with the statistics of such weights.
  ///
  /// - Parameter weightSum: Σ w.
  /// - Throws: ``DataError/overflow(_:column:)`` for a sum of frequencies beyond 2⁵³.
  package func counting(_ kind: WeightKind, weightSum: Double) throws(DataError) -> LeastSquaresFit {
    var fit = self
    fit.weightKind = kind
    switch kind {
    case .analytic: return self
    case .probability: fit.statistics = statistics.map { $0.withoutLikelihood }
    case .frequency:
      guard let n = Int(exactly: weightSum.rounded()), n <= 1 << 53 else {
        throw .overflow(.weights, column: 0)
      }
      fit.statistics = statistics.map { $0.with(observations: n, of: observations, hasIntercept) }
      fit.observations = n
    }
    return fit
  }
}

extension FitStatistics {
  /// What needs neither variances nor a likelihood.
  fileprivate var withoutLikelihood: FitStatistics {
    var statistics = with(nil)
    (statistics.logLikelihood, statistics.aic, statistics.bic) = (nil, nil, nil)
    return statistics
  }

  /// The statistics of as many observations, of which `rows` were different; from ratios, for squares may underflow.
  fileprivate func with(observations n: Int, of rows: Int, _ hasIntercept: Bool) -> FitStatistics {
    var statistics = self
    let rank = rows - degreesOfFreedom, freedom = n - rank, ratio = Double(degreesOfFreedom) / Double(freedom)
    statistics.degreesOfFreedom = freedom
    statistics.residualStandardError =
      freedom > 0
      ? residualStandardError.map { $0 * ratio.squareRoot() }
        ?? (residualSumOfSquares / Double(freedom)).squareRoot() : nil
    statistics.adjustedRSquared =
      freedom > 0
      ? rSquared.map { 1 - (1 - $0) * Double(n - (hasIntercept ? 1 : 0)) / Double(freedom) } : nil
    let modelFreedom = Double(rank - (hasIntercept ? 1 : 0)), f = fStatistic.map { $0 / ratio }
    statistics.fStatistic = freedom > 0 && f?.isFinite == true ? f : nil
    statistics.fPValue = statistics.fStatistic.map { FisherF.upperP($0, modelFreedom, Double(freedom)) }
    let count = Double(n), s = statistics.residualStandardError ?? 0
    let logSum = 2 * CLibrary.logarithm(s) + CLibrary.logarithm(Double(max(1, freedom)))
    let likelihood = -count * (CLibrary.logarithm(2 * .pi) + 1 - CLibrary.logarithm(count) + logSum) / 2
    statistics.logLikelihood = logLikelihood != nil && likelihood.isFinite ? likelihood : nil
    statistics.aic = statistics.logLikelihood.map { -2 * $0 + 2 * Double(rank + 1) }
    statistics.bic = statistics.logLikelihood.map { -2 * $0 + CLibrary.logarithm(count) * Double(rank + 1) }
    return statistics
  }
}
