internal import LinearRegression

extension Diagnostics {
  /// What diagnostics need of the fit.
  struct Fit: Equatable, Sendable, Codable {
    let target: String
    /// Rows of the fit, n.
    let observations: Int
    /// Coefficients that were estimated, p.
    let rank: Int
    /// n − p
    let degreesOfFreedom: Int
    let residualSumOfSquares: Double
    let totalSumOfSquares: Double
    let hasIntercept: Bool
    /// Whether the model was fitted by least squares alone, so that residuals are at right angles to its columns.
    let isLeastSquares: Bool
    /// What residuals are divided by, s: the residual standard error, where that is known.
    let unit: Double
    /// Whether the residuals of the fit are but rounding.
    let isPerfect: Bool
  }
}

extension Diagnostics.Fit {
  init(_ model: FittedModel) {
    let statistics = model.statistics, n = model.observations
    target = model.target
    observations = n
    rank = n - statistics.degreesOfFreedom
    degreesOfFreedom = statistics.degreesOfFreedom
    residualSumOfSquares = statistics.residualSumOfSquares
    totalSumOfSquares = statistics.totalSumOfSquares
    hasIntercept = model.hasIntercept
    isLeastSquares = model.covariance != nil
    isPerfect = statistics.residualSumOfSquares <= 1e-26 * statistics.totalSumOfSquares
    let errors = [
      statistics.residualStandardError, (statistics.residualSumOfSquares / Double(max(1, n))).squareRoot(),
      (statistics.totalSumOfSquares / Double(max(1, n))).squareRoot(),
    ]
    unit = errors.lazy.compactMap { $0 }.first { $0 > 0 && $0.isFinite } ?? 1
  }
}
