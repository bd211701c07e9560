internal import LinearAlgebra
internal import LinearRegression

extension FittedModel {
  /// Linear combinations of the coefficients, and the residual standard error that is the unit of their errors.
  ///
  /// - Parameters:
  ///   - L: combinations × coefficients, that of the intercept first (if there is one).
  ///   - source: what messages call the model.
  /// - Throws: ``TabularError/unusable(file:message:)`` for a model without standard errors, or combinations of the levels of a
  ///   category that was taken out of the rows where errors are not those of independent rows.
  /// - Precondition: L has a column for each coefficient.
  /// - Complexity: O(combinations · p²)
  func combinations(
    _ L: Matrix<Double>, named source: String
  ) throws(TabularError) -> (ScaledCombinations, unit: Double) {
    guard let covariance else { throw .noStandardErrors(of: source, reason: whyNoCovariance) }
    if let reason = whyNoStandardErrors { throw .noStandardErrors(of: source, reason: reason) }
    guard let s = statistics.residualStandardError else {
      throw .noStandardErrors(of: source, reason: "the fit has as many coefficients as rows")
    }
    let combinations = ScaledCombinations(of: L, in: covariance)
    if let robustCovariance, combinations.haveLevels {
      throw .unusable(
        file: source,
        message:
          "the levels of the model's category with many levels have no \(robustCovariance.estimator.name) standard errors; ask for other coefficients, or for the errors of independent rows"
      )
    }
    return (combinations, s)
  }

  /// The degrees of freedom that t and F of the coefficients have.
  package var inferenceDegreesOfFreedom: Int { coefficientStatistics.degreesOfFreedom }
}

extension FittedModel {
  /// Why a model with a covariance of independent errors has no standard errors by it, as a clause; nil where it has.
  var whyNoStandardErrors: String? {
    weightKind == .probability && robustCovariance == nil
      ? "its rows have probability weights, whose standard errors are robust ones; linreg vcov finds them in the rows"
      : nil
  }

  /// Throws where weights do not say how far the error of each row scatters, as residuals and influence are judged by.
  ///
  /// - Parameter source: what messages call the model or its rows.
  package func requireRowsOfOneObservation(named source: String) throws(TabularError) {
    if effects != nil {
      throw .unusable(
        file: source,
        message:
          "the model has fixed effects, and so no leverages, by which residuals and influence are judged; evaluate it"
      )
    }
    if weightKind == .analytic { return }
    throw .unusable(
      file: source,
      message:
        "the model has \(weightKind.rawValue) weights; residuals and influence are told of rows that are an observation each, of models without weights or with --weights"
    )
  }

  /// Why the predictions of rows have no variances though the model has a covariance, as a clause; nil where they have.
  var whyNoRelativeVariances: String? {
    guard let robustCovariance, covariance?.levels != nil else { return nil }
    return
      "the levels of the model's category with many levels have no \(robustCovariance.estimator.name) standard errors"
  }

  /// The variances of the predictions of rows in units of s²: their leverages, or uᵀΩu where the errors may have unequal
  /// variances or depend on each other; nil where the model has no covariance.
  ///
  /// - Throws: ``TabularError/noIntervals(reason:)`` where a category was taken out of the rows of such a fit, and where
  ///   a variance is lost in rounding.
  func relativeVariances(_ rows: FeatureRows) throws(TabularError) -> [Double]? {
    guard let robustCovariance, let covariance else { return leverages(rows) }
    if let reason = whyNoRelativeVariances { throw .noIntervals(reason: reason) }
    let U = covariance.coordinates(
      rows.design.X.high, columns: positions(rows.condensed), levels: rows.levelCodes)
    let variances = robustCovariance.variances(U)
    if variances.contains(where: \.isNaN) {
      throw .noIntervals(
        reason:
          "by its covariance the variance of a prediction is 0, or lost in rounding"
      )
    }
    return variances
  }

  /// How standard errors were estimated, in a word or two: "classical", "HC1", "clustered", "HAC, 3 lags"; nil where
  /// there are none.
  package var standardErrorKind: String? {
    if coefficientStatistics.allSatisfy({ $0.standardError == nil }) { return nil }
    guard let estimator = robustCovariance?.estimator else { return "classical" }
    if let lags = estimator.lags { return "\(estimator.name), \(counted(lags, "lag"))" }
    return estimator.clusters.isEmpty ? estimator.name : "clustered"
  }

  /// The coefficients that a covariance of clusters is of.
  private var clusteredCoefficients: Int {
    effects == nil ? observations - statistics.degreesOfFreedom : testedCoefficients
  }

  /// Whether there are fewer clusters than coefficients.
  var hasFewClusters: Bool {
    robustCovariance?.clusterCounts.min().map { $0 < clusteredCoefficients } ?? false
  }

  /// How standard errors were estimated, where errors were not taken as independent and of equal variance.
  var robustLines: [String] {
    let names = (hasIntercept ? [Self.interceptName] : []) + design.distinctNames
    let without = coefficientStatistics.indices.filter {
      coefficientStatistics[$0].estimate != nil && coefficientStatistics[$0].standardError == nil
    }
    let isOfRounding = robustCovariance != nil && covariance?.levels == nil && !without.isEmpty
    return estimatorLines
      + (isOfRounding
        ? [
          "  no standard error of \(listed(without.map { printable(names[$0]) })): \(without.count == 1 ? "its estimated variance is" : "their estimated variances are") 0, or lost in rounding"
        ]
        : [])
  }

  private var estimatorLines: [String] {
    guard let robustCovariance else { return whyNoStandardErrors.map { ["no standard errors: \($0)"] } ?? [] }
    let freedom = robustCovariance.degreesOfFreedom
    let factor = formatted(robustCovariance.factor, significantDigits: 6)
    switch robustCovariance.estimator {
    case .hc0, .hc2, .hc3: return ["standard errors \(robustCovariance.estimator.name)"]
    case .hc1: return ["standard errors HC1, with the factor n/(n - k) = \(factor)"]
    case .neweyWest(let lags):
      return [
        "standard errors of Newey and West, \(counted(lags, "lag")), with the factor n/(n - k) = \(factor)"
      ]
    case .clustered(let columns):
      let names = zip(columns, robustCovariance.clusterCounts).map { "\(printable($0)) (\($1) clusters)" }
      var lines = [
        "standard errors clustered by \(names.joined(separator: " and "))",
        "  factor G/(G - 1) (n - 1)/(n - k) = \(factor); t on \(counted(freedom, "degree")) of freedom",
      ]
      if robustCovariance.isRepaired {
        lines.append("  the covariance had negative eigenvalues, which were replaced by 0")
      }
      if hasFewClusters, let least = robustCovariance.clusterCounts.min() {
        lines.append(
          "  \(least) clusters for \(clusteredCoefficients) coefficients: errors are uncertain, and there is no F of all"
        )
      }
      return lines
    }
  }
}
