internal import LinearAlgebra
public import LinearRegression

extension FittedModel {
  /// The model with standard errors, t, p, intervals and F by another estimator of the covariance of the coefficients,
  /// from the rows of the fit; the coefficients stay.
  ///
  /// ```swift
  /// let model = try FittedModel("price ~ area + rooms", homes)
  /// let clustered = try model.withCovariance(.clustered(by: ["street"]), of: homes)
  /// ```
  /// - Parameters:
  ///   - estimator: how it is estimated.
  ///   - table: the rows of the fit, with the columns of the clusters; for
  ///     ``/LinearRegression/CovarianceEstimator/neweyWest(lags:)`` in the order of time.
  /// - Throws: ``TabularError``: a model without standard errors or degrees of freedom; a perfect fit; rows that are not
  ///   those of the fit; a missing cluster; a single cluster; HC2 or HC3 with a row of leverage 1.
  /// - Complexity: O(rows p²)
  public func withCovariance(
    _ estimator: CovarianceEstimator, of table: Table
  ) throws(TabularError) -> FittedModel {
    let rows = try RobustRows([self], estimator, source: table.source)
    return try rows.part(table).models(rows, source: table.source)[0]
  }

  /// The models of all targets, as ``withCovariance(_:of:)`` has them, from rows that need not fit in memory.
  ///
  /// - Parameters:
  ///   - name: what messages call the models; nil for what they call the rows.
  ///   - communicator: the ranks, of which each has its part of the rows; the models are rank 0's.
  ///   - progress: called with the number of rows that were read.
  /// - Returns: nil on ranks but the first.
  package static func withCovariance(
    _ estimator: CovarianceEstimator, of models: [FittedModel], named name: String? = nil,
    reading source: some TableSource,
    on communicator: any Communicator = SingleProcess(), progress: (Int) -> Void = { _ in }
  ) throws(TabularError) -> [FittedModel]? {
    let rows = try RobustRows(models, estimator, named: name, source: source.source)
    return try rows.models(source, on: communicator, progress: progress)
  }

  /// The model with a covariance of its coefficients.
  func with(_ robust: RobustCovariance) -> FittedModel {
    guard let covariance, let s = statistics.residualStandardError else { return self }
    var model = self
    model.robustCovariance = robust
    model.coefficientStatistics = CoefficientTable(
      estimates: coefficientStatistics.estimates,
      standardErrors: covariance.standardErrors(robust, unit: s, coefficients: coefficientStatistics.count),
      degreesOfFreedom: robust.degreesOfFreedom)
    model.statistics = statistics.with(model.waldTest)
    return model
  }

  /// The rounding of residuals in units of the residual standard error.
  var residualRounding: Double {
    guard let covariance, let s = statistics.residualStandardError else { return .ulpOfOne }
    return covariance.rounding(
      ofResiduals: model.weights[column: 0], intercept: model.intercepts[0], unit: s)
  }

  /// Whether the scores of some rows need digits beyond Doubles: terms are large beside the residuals, or whole numbers
  /// have more.
  func needsAllDigits(of rows: Table) -> Bool {
    lowModel != nil || rows.columns.contains { $0.digits?.rounded != nil }
  }

  /// How many coefficients Wald's test of all is of.
  var testedCoefficients: Int { covariance?.features.count ?? 0 }

  /// Wald's test that all coefficients but the intercept's are 0; nil where ``whyNoWaldTest`` says why.
  private var waldTest: WaldTest? {
    // Where eigenvalues were replaced by 0, V is singular.
    guard let covariance, let robustCovariance, covariance.levels == nil, !robustCovariance.isRepaired,
      let s = statistics.residualStandardError
    else { return nil }
    let first = hasIntercept ? 1 : 0
    return robustCovariance.waldTest(
      covariance, coefficients: covariance.features.map { coefficientStatistics.estimates[first + $0] },
      unit: s)
  }

  /// Why there is no test of all coefficients where errors may have unequal variances or depend on each other, as a
  /// clause; nil where there is one, or nothing to test.
  var whyNoWaldTest: String? {
    guard statistics.fStatistic == nil, let covariance, let robustCovariance, !covariance.features.isEmpty
    else { return nil }
    if covariance.levels != nil {
      return
        "the levels of the category with many levels have no \(robustCovariance.estimator.name) standard errors"
    }
    if robustCovariance.isRepaired { return "the covariance had negative eigenvalues" }
    return "the covariance of the coefficients is singular to working precision"
  }
}

extension TabularError {
  /// A model has no standard errors.
  ///
  /// - Parameter source: what messages call the model.
  static func noStandardErrors(of source: String, reason: String) -> TabularError {
    .unusable(file: source, message: "the model has no standard errors: \(reason)")
  }
}
