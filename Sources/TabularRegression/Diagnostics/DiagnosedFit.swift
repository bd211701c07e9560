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
    let isWeighed: Bool
    let unitName: UnitName

    /// What the unit is.
    enum UnitName: String, Sendable, Codable {
      case standardError, meanSquare, spread, one
    }
  }
}

extension Diagnostics.Fit {
  init(_ model: FittedModel) {
    let statistics = model.statistics, n = model.observations
    target = model.target
    isWeighed = model.weights != nil
    observations = n
    rank = n - statistics.degreesOfFreedom
    degreesOfFreedom = statistics.degreesOfFreedom
    residualSumOfSquares = statistics.residualSumOfSquares
    totalSumOfSquares = statistics.totalSumOfSquares
    hasIntercept = model.hasIntercept
    isLeastSquares = model.covariance != nil
    let isExact = statistics.residualSumOfSquares <= 1e-26 * statistics.totalSumOfSquares
    isPerfect = isExact
    let hasNoResiduals = isExact || statistics.degreesOfFreedom < 1
    let meanSquare = (statistics.residualSumOfSquares / Double(max(1, n))).squareRoot()
    let spread = (statistics.totalSumOfSquares / Double(max(1, n))).squareRoot()
    let units: [(Double?, UnitName)] =
      hasNoResiduals
      ? [(spread, .spread)]
      : [(statistics.residualStandardError, .standardError), (meanSquare, .meanSquare), (spread, .spread)]
    let known = units.first { unit, _ in unit.map { $0 > 0 && $0.isFinite } ?? false }
    (unit, unitName) = (known?.0 ?? 1, known?.1 ?? .one)
  }
}
