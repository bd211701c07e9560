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
    /// The exact least-squares solution for the same rows, with the decay's penalty if there is one.
    public let exact: LinearModel
    /// Features that the ones before them determine. SGD keeps them: without a decay it ends in the solution of least norm in standardised
    /// units, where an exact fit leaves them out.
    public let redundant: [Redundancy]
    /// Rows of a batch, as they were: chosen, where the settings leave that open, and no more than there are.
    public let batchSize: Int
    /// One report per epoch.
    public let epochs: [EpochReport]
    /// Why it ended.
    public let stopReason: StopReason
    /// The epoch whose parameters the model has: the last, or the best on validation rows.
    public let epoch: Int
    /// Rows that were held out or came from another file, to validate on; 0 without them.
    public let validationRows: Int
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
