internal import LinearAlgebra
public import LinearRegression

/// A linear model of named columns, fitted or trained: it knows its target and its features by name.
///
/// ```swift
/// let homes = try Table(csv: "homes.csv")
/// let model = try FittedModel("price ~ area + rooms", homes)
/// print(model.summary)
/// try model.write(to: "homes.json")
/// ```
public struct FittedModel: Equatable, Sendable {
  /// What was asked for, in R's language; for information.
  public let formula: String

  /// Name of the column that is predicted.
  public let target: String

  /// What it is predicted from, in the order of the model's weights.
  public let terms: [Term]

  /// Name of the column that weighs the rows; nil where each counts the same.
  public let weights: String?

  /// Whether the model has an intercept.
  public let hasIntercept: Bool

  /// The coefficients, in the units of the columns. The weight of a feature that was left out is 0.
  public let model: LinearModel

  /// The table of coefficients: the intercept first (if there is one), then one per feature. The estimate is nil for one that
  /// was left out; there are no standard errors of a model trained by SGD.
  public let coefficientStatistics: [CoefficientStatistics]

  /// Number of rows that the model was fitted on, those of weight 0 not counted.
  public let observations: Int

  /// Residuals, R² and so on, on the rows that the model was fitted on.
  public let statistics: FitStatistics

  /// How an exact fit was reached; features are counted in ``terms``. Nil for a model trained by SGD.
  public let certificate: Certificate?

  /// (XᵀWX)⁻¹, from which intervals are computed. Nil for SGD, ridge and least norm, and where a column's spread is beyond Double.
  public let covariance: UnscaledCovariance?

  /// The settings of an exact fit. Nil for a model trained by SGD.
  public let method: LeastSquares?

  /// How SGD reached the model. Nil for an exact fit.
  public let training: Training?

  /// Names of the terms.
  public var features: [String] { terms.map(\.name) }

  /// How SGD reached a model.
  public struct Training: Equatable, Sendable {
    /// The settings.
    public let method: SGD
    /// The exact least-squares solution for the same rows.
    public let exact: LinearModel
    /// One report per epoch.
    public let epochs: [EpochReport]
  }
}

// MARK: Exactly

extension FittedModel {
  /// Fits a model exactly, by least squares.
  ///
  /// - Parameters:
  ///   - formula: what to predict from what; it decides about the intercept too.
  ///   - table: the data.
  ///   - weights: name of the column that weighs the rows; it is not part of ".". Nil for 1.
  ///   - method: the settings beside the intercept.
  ///   - plan: called before the fit.
  /// - Throws: ``TabularError``: a column that is not there or holds something other than numbers; no feature; what
  ///   `LeastSquares.fit` refuses.
  /// - Complexity: as `LeastSquares.fit`.
  public init(
    _ formula: Formula, _ table: Table, weights: String? = nil,
    method: LeastSquares = LeastSquares(measuresResidual: true),
    plan: (FitPlan) -> Void = { _ in }
  ) throws(TabularError) {
    var method = method
    method.intercept = formula.hasIntercept
    try self.init(
      Design(
        table, target: formula.target, terms: formula.terms(in: table, weights: weights), weights: weights),
      method, formula.text, plan)
  }

  /// Fits a model exactly, by least squares: as with a ``Formula`` of this text.
  public init(
    _ formula: String, _ table: Table, weights: String? = nil,
    method: LeastSquares = LeastSquares(measuresResidual: true)
  ) throws(TabularError) {
    try self.init(Formula(formula), table, weights: weights, method: method)
  }

  /// Fits a model exactly, by least squares.
  ///
  /// - Parameters:
  ///   - table: the data.
  ///   - target: name of the column to predict.
  ///   - features: names of the columns to predict it from; nil for all the others.
  ///   - weights: name of the column that weighs the rows; it is not one of all the others. Nil for 1.
  ///   - method: the settings.
  ///   - plan: called before the fit.
  /// - Throws: ``TabularError``: a column that is not there or holds something other than numbers; no feature; what
  ///   `LeastSquares.fit` refuses.
  /// - Complexity: as `LeastSquares.fit`.
  public init(
    _ table: Table, target: String, features: [String]? = nil, weights: String? = nil,
    method: LeastSquares = LeastSquares(measuresResidual: true), plan: (FitPlan) -> Void = { _ in }
  ) throws(TabularError) {
    let features = features ?? table.columnNames.filter { $0 != target && $0 != weights }
    try self.init(
      Design(table, target: target, terms: features.map(Term.column), weights: weights), method,
      Formula.text(target: target, features: features, intercept: method.intercept), plan)
  }

  private init(
    _ design: Design, _ method: LeastSquares, _ formula: String, _ plan: (FitPlan) -> Void
  ) throws(TabularError) {
    plan(FitPlan(design, method))
    let fit = try design.fit(method)
    self.init(
      formula: formula, target: design.target, terms: design.terms, weights: design.weightsColumn,
      hasIntercept: method.intercept, model: fit.model,
      coefficientStatistics: fit.coefficientStatistics(), observations: fit.observations,
      statistics: fit.statistics[0], certificate: fit.certificate, covariance: fit.covariance,
      method: method, training: nil)
  }
}

// MARK: By SGD

extension FittedModel {
  /// Trains a model by minibatch SGD; every report tells its distance to the exact solution.
  ///
  /// - Parameters:
  ///   - formula: what to predict from what, with an intercept.
  ///   - table: the data.
  ///   - method: the settings.
  ///   - report: called after each epoch.
  /// - Throws: ``TabularError``: a column that is not there or holds something other than numbers; no feature; a formula without
  ///   an intercept; divergence.
  /// - Complexity: as `LeastSquares.fit` and `SGD.train`.
  public init(
    training formula: Formula, _ table: Table, method: SGD, report: (EpochReport) -> Void = { _ in }
  ) throws(TabularError) {
    if !formula.hasIntercept {
      throw .formula(
        formula.text, position: 0, message: "SGD trains an intercept too; leave out \"- 1\" or \"+ 0\"")
    }
    try self.init(
      Design(table, target: formula.target, terms: formula.terms(in: table, weights: nil)), method,
      formula.text, report)
  }

  /// Trains a model by minibatch SGD; every report tells its distance to the exact solution.
  ///
  /// - Parameters:
  ///   - table: the data.
  ///   - target: name of the column to predict.
  ///   - features: names of the columns to predict it from; nil for all the others.
  ///   - method: the settings.
  ///   - report: called after each epoch.
  /// - Throws: ``TabularError``: a column that is not there or holds something other than numbers; no feature; divergence.
  /// - Complexity: as `LeastSquares.fit` and `SGD.train`.
  public init(
    training table: Table, target: String, features: [String]? = nil, method: SGD,
    report: (EpochReport) -> Void = { _ in }
  ) throws(TabularError) {
    let features = features ?? table.columnNames.filter { $0 != target }
    try self.init(
      Design(table, target: target, terms: features.map(Term.column)), method,
      Formula.text(target: target, features: features, intercept: true), report)
  }

  private init(
    _ design: Design, _ method: SGD, _ formula: String, _ report: (EpochReport) -> Void
  ) throws(TabularError) {
    var exact = try design.fit(LeastSquares())
    if !exact.redundant.isEmpty {
      // Of all solutions SGD, which starts near zero, comes closest to the one of least norm.
      exact = try design.fit(LeastSquares(redundancy: .minimumNorm))
    }
    let run = try design.train(method, exact: exact.model, report)
    let evaluation = try design.evaluation(run.model)
    let statistics = FitStatistics(
      residualSumOfSquares: evaluation.residualSumOfSquares, totalSumOfSquares: evaluation.totalSumOfSquares,
      observations: evaluation.observations, rank: exact.rank, hasIntercept: true, isLeastSquares: false)
    self.init(
      formula: formula, target: design.target, terms: design.terms, weights: nil, hasIntercept: true,
      model: run.model,
      coefficientStatistics: ([run.model.intercept] + run.model.coefficients).map {
        CoefficientStatistics(
          estimate: $0, standardError: nil, degreesOfFreedom: statistics.degreesOfFreedom)
      }, observations: exact.observations, statistics: statistics, certificate: nil, covariance: nil,
      method: nil, training: Training(method: method, exact: exact.model, epochs: run.epochs))
  }
}
