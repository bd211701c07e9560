internal import LinearAlgebra
internal import LinearRegression

extension FittedModel {
  /// Confidence intervals of the coefficients, and how many times the other columns enlarge their variances.
  ///
  /// - Parameter level: with which probability an interval covers its coefficient.
  func intervalTable(level: Double) -> [String] {
    let rows = shownRows, all = coefficientStatistics, first = hasIntercept ? 1 : 0
    let intervals = rows.map { all[$0].confidenceInterval(level: level) }
    if !intervals.contains(where: { $0 != nil }) {
      return [
        "no confidence intervals: \(covariance == nil ? whyNoCovariance : "the fit has as many coefficients as rows")"
      ]
    }
    // Without an intercept columns are not compared with their means.
    let inflation =
      hasIntercept
      ? covariance?.varianceInflationFactors(of: design.columns.count).map { $0.flatMap(finite) } : nil
    var columns = [
      column("lower", pointAligned(intervals.map { $0?.lowerBound }, digits: 6)),
      column("upper", pointAligned(intervals.map { $0?.upperBound }, digits: 6)),
    ]
    if let inflation {
      columns.append(
        column("VIF", pointAligned(rows.map { $0 < first ? nil : inflation[$0 - first] }, digits: 4)))
    }
    let percent = formatted(level * 100, significantDigits: 6)
    return ["\(percent) % confidence intervals\(inflation == nil ? "" : ", and variance inflation factors")"]
      + coefficientTable(columns)
  }

  /// The likelihood and the criteria that it gives.
  var likelihoodLines: [String] {
    guard let likelihood = statistics.logLikelihood, let aic = statistics.aic, let bic = statistics.bic else {
      return [
        "no log-likelihood: \(training != nil || covariance == nil ? "this is no fit by least squares alone" : "the fit is perfect")"
      ]
    }
    return [
      "log-likelihood \(number(likelihood, digits: 6)), AIC \(number(aic, digits: 6)), BIC \(number(bic, digits: 6))"
    ]
  }
}
