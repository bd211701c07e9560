internal import LinearAlgebra
internal import LinearRegression

/// The contents of a model file: what the model cannot compute again.
struct ModelContents: Codable {
  var formula: String
  var design: Design
  @StoredArray var estimates: [Double]
  @StoredArray var standardErrors: [Double]
  var observations: Int
  var droppedRows: Int
  var statistics: FitStatistics
  var certificate: Certificate?
  var covariance: UnscaledCovariance?
  var robustCovariance: RobustCovariance?
  var method: LeastSquares?
  var training: TrainingRun?
  var smearing: Smearing?
  /// Not there without a bar in the formula.
  var effects: FixedEffects?
  /// Not there where rounding took nothing from the coefficients that residuals would miss.
  var lowModel: LinearModel?
  /// The models of the other targets of the formula; nil where there is one.
  var others: [ModelContents]?

  /// An exact fit without its certificate, or a trained model without its run.
  init(
    formula: String, design: Design, estimates: [Double], standardErrors: [Double], observations: Int,
    droppedRows: Int, statistics: FitStatistics
  ) {
    (self.formula, self.design, self.statistics) = (formula, design, statistics)
    (self.estimates, self.standardErrors) = (estimates, standardErrors)
    (self.observations, self.droppedRows) = (observations, droppedRows)
  }

  /// - Parameter others: models of the other targets of the formula.
  init(_ model: FittedModel, others: [FittedModel] = []) {
    self.others = others.isEmpty ? nil : others.map { ModelContents($0) }
    let table = model.coefficientStatistics
    (formula, design, statistics) = (model.formula, model.design, model.statistics)
    (estimates, standardErrors) = (table.estimates, table.standardErrors)
    (observations, droppedRows) = (model.observations, model.droppedRows)
    (certificate, covariance) = (model.certificate, model.covariance)
    (method, training, smearing) = (model.method, model.training, model.smearing)
    robustCovariance = model.robustCovariance
    (effects, lowModel) = (model.effects, model.lowModel)
  }

  /// What is wrong with the contents, in words; nil where they can be used.
  var fault: String? {
    if let fault = design.fault { return fault }
    if design.targets.count != 1 { return "there are several targets" }
    if droppedRows < 0 { return "the number of dropped rows is negative" }
    let features = design.columns.count, first = design.hasIntercept ? 1 : 0
    if estimates.count != first + features { return "the coefficients are not those of the terms" }
    let (rank, overflow) = observations.subtractingReportingOverflow(statistics.degreesOfFreedom)
    let most = estimates.count + (effects?.rank ?? 0)
    if observations < 1 || overflow || rank < 0 || rank > most || rank > observations {
      return "observations and degrees of freedom do not fit each other"
    }
    if !statistics.residualSumOfSquares.isFinite || !statistics.totalSumOfSquares.isFinite
      || estimates.contains(where: \.isInfinite)
    {
      return "a number is not finite"
    }
    if !standardErrors.isEmpty && standardErrors.count != estimates.count {
      return "the standard errors are not those of the coefficients"
    }
    if standardErrors.contains(where: { $0 < 0 }) { return "a standard error is negative" }
    for redundancy in (certificate?.redundant ?? []) + (training?.redundant ?? []) {
      if !([redundancy.feature] + redundancy.dependsOn.map(\.feature)).allSatisfy((0..<features).contains) {
        return "a redundant column is not among the terms"
      }
    }
    if let loss = certificate?.readingLoss, !(0...features).contains(loss.column) || !(loss.digits >= 0) {
      return "a column that lost digits is not among the columns"
    }
    if let lowModel, lowModel.featureCount != features || lowModel.targetCount != 1 || !lowModel.isFinite {
      return "what rounding took from the coefficients is not theirs"
    }
    if let smearing, !smearing.isSound || !Formula.needSmearing(design.targets) {
      return "the means of residuals are not those of the target"
    }
    return covarianceFault ?? trainingFault ?? effectsFault ?? othersFault
  }

  private var effectsFault: String? {
    guard let effects else { return design.effects.isEmpty ? nil : "the effects are not there" }
    return effects.fault(design.effects, redundant: certificate?.redundant.count ?? 0)
  }

  private var othersFault: String? {
    for other in others ?? [] {
      if other.others != nil { return "models stand inside each other" }
      if other.formula != formula || other.design.sources != design.sources {
        return "the models are not those of one formula"
      }
      if let fault = other.fault { return fault }
    }
    return nil
  }

  private var covarianceFault: String? {
    let misfit = "the covariance is not that of the coefficients"
    guard let covariance else { return robustCovariance == nil ? nil : misfit }
    if let levels = covariance.levels {
      if levels.columns != design.absorption(fewest: 2)?.columns
        || covariance.features.contains(where: levels.columns.range.contains)
      {
        return "the levels of the covariance are not those of a category"
      }
    }
    let first = design.hasIntercept ? 1 : 0
    var isUnaccounted = estimates.dropFirst(first).map { !$0.isNaN }
    for feature in [covariance.features, covariance.levels?.kept ?? []].joined() {
      guard isUnaccounted.indices.contains(feature), isUnaccounted[feature] else { return misfit }
      isUnaccounted[feature] = false
    }
    if let robustCovariance, robustCovariance.inner.rowCount != covariance.coordinateCount { return misfit }
    let isWhole = !isUnaccounted.contains(true) && (covariance.weightSum != nil) == design.hasIntercept
    return isWhole ? nil : misfit
  }

  private var trainingFault: String? {
    guard let training else { return certificate == nil ? "it does not say how it was fitted" : nil }
    if let fault = training.fault { return fault }
    return training.model == coefficients.model(hasIntercept: design.hasIntercept)
      && training.exact?.weights.firstNonFinite() == nil && training.exact?.intercept.isFinite == true
      ? nil : "it does not say how training went"
  }

  var coefficients: CoefficientTable {
    CoefficientTable(
      estimates: estimates, standardErrors: standardErrors,
      degreesOfFreedom: robustCovariance?.degreesOfFreedom ?? statistics.degreesOfFreedom)
  }

  /// The model.
  /// - Precondition: there is no fault.
  var model: FittedModel {
    var model = FittedModel(
      formula: formula, design: design, model: coefficients.model(hasIntercept: design.hasIntercept),
      coefficientStatistics: coefficients, observations: observations, droppedRows: droppedRows,
      statistics: statistics, certificate: certificate,
      covariance: covariance, robustCovariance: robustCovariance, method: method, training: training,
      smearing: smearing)
    (model.effects, model.lowModel) = (effects, lowModel)
    return model
  }
}
