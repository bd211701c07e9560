internal import LinearAlgebra
public import LinearRegression

/// A linear model of named columns, fitted or trained: it knows its target and its features by name.
///
/// ```swift
/// let homes = try Table(csv: "homes.csv")
/// let model = try FittedModel("price ~ area + rooms", homes)
/// print(model.summary)
/// try model.write(to: "homes.model")
/// ```
public struct FittedModel: Equatable, Sendable {
  /// What was asked for, in R's language; for information.
  public let formula: String

  /// What it is predicted from and how that is computed, in the order of the model's weights.
  package let design: Design

  /// The coefficients, in the units of the columns. The weight of a feature that was left out is 0.
  public let model: LinearModel

  /// The table of coefficients: the intercept first (if there is one), then one per feature. The estimate is nil for
  /// one that was left out; there are no standard errors of a model trained by SGD.
  public internal(set) var coefficientStatistics: CoefficientTable

  /// Number of rows that the model was fitted on, those of weight 0 not counted.
  public let observations: Int

  /// Number of rows that were left out, for a field was missing.
  public let droppedRows: Int

  /// Residuals, R² and so on, on the rows that the model was fitted on.
  public internal(set) var statistics: FitStatistics

  /// How an exact fit was reached; features are counted in ``features``. Nil for a model trained by SGD.
  public let certificate: Certificate?

  /// (XᵀWX)⁻¹, from which intervals are computed. Nil for SGD, ridge and least norm, and where a column's spread is
  /// beyond Double.
  public let covariance: UnscaledCovariance?

  /// The covariance of the coefficients where the errors may have unequal variances or depend on each other, which
  /// standard errors, intervals and F are then formed from. Nil for that of independent errors of equal variance,
  /// s² (XᵀWX)⁻¹.
  public internal(set) var robustCovariance: RobustCovariance?

  /// The settings of an exact fit. Nil for a model trained by SGD.
  public let method: LeastSquares?

  /// How SGD reached the model. Nil for an exact fit.
  public let training: TrainingRun?

  /// What predictions on the scale of y take from the residuals, where the target is a function of y. Nil where it is a
  /// column or has no inverse, and where the rows were not read again: of SGD and of shares.
  package internal(set) var smearing: Smearing?

  /// The effects of the columns behind the bar; nil where there are none.
  package var effects: FixedEffects?

  /// What rounding to Doubles took from the coefficients of an exact fit; nil where it is nothing beside the residuals.
  package var lowModel: LinearModel?

  /// What is predicted: the name of a column, or an expression as R prints it.
  public var target: String { design.target }

  /// Names of the columns that it is predicted from, as R prints them: "area", "zipB", "log(area)".
  public var features: [String] { design.names }

  /// Names of the columns that a prediction is formed from: those that a row has to have.
  public var variables: [String] { design.sources.map(\.name) }

  /// Name of the column that weighs the rows; nil where each counts the same.
  public var weights: String? { design.weights }

  /// What the weights mean.
  public var weightKind: WeightKind { design.weightKind }

  /// Whether the model has an intercept.
  public var hasIntercept: Bool { design.hasIntercept }

  /// What becomes of rows in which a field is missing, then and now.
  public var missing: MissingPolicy { design.missing }

  /// Columns whose fields are words, of digits too: to be named where a table is read for predictions.
  public var categories: Set<String> { design.categories }
}

// MARK: Exactly

extension FittedModel {
  /// Fits a model exactly, by least squares.
  ///
  /// - Parameters:
  ///   - formula: what to predict from what; it decides about the intercept too.
  ///   - table: the data.
  ///   - weights: name of the column that weighs the rows; it is not part of ".". Nil for 1.
  ///   - missing: what becomes of rows in which a field is missing.
  ///   - method: the settings beside the intercept.
  ///   - keepsSingletons: whether rows stay that are the only one of a level behind a bar, as those of "b" in
  ///     y ~ x | firm where it has one row. They are left out by default, as in Stata's `reghdfe`: the coefficients are the
  ///     same, observations, R² and the factors of robust covariances are not.
  /// - Throws: ``TabularError``: a column that is not there or does not hold what it has to; a missing field that the
  ///   policy does not allow; no feature, or too many; what `LeastSquares.fit` refuses.
  /// - Complexity: as `LeastSquares.fit`.
  public init(
    _ formula: Formula, _ table: Table, weights: String? = nil, missing: MissingPolicy = .refuse,
    method: LeastSquares = LeastSquares(measuresResidual: true), keepsSingletons: Bool = false
  ) throws(TabularError) {
    try formula.requireOneTarget()
    self = try Self.perTarget(
      formula, table, weights: weights, missing: missing, method: method, keepsSingletons: keepsSingletons)[0]
  }

  /// Fits the models of the targets of a formula at once: of cbind(y1, y2) ~ a, or of one.
  ///
  /// They share the rows: one is left out of all where a field of any target is missing, as in R.
  /// - Returns: a model for each target, in order.
  /// - Throws: ``TabularError``, as the fit of a ``Formula`` to a ``Table``.
  /// - Complexity: as `LeastSquares.fit`.
  public static func perTarget(
    _ formula: Formula, _ table: Table, weights: String? = nil, missing: MissingPolicy = .refuse,
    method: LeastSquares = LeastSquares(measuresResidual: true), keepsSingletons: Bool = false
  ) throws(TabularError) -> [FittedModel] {
    try perTarget(
      formula, table, weights: weights, missing: missing, method: method, keepsSingletons: keepsSingletons,
      plan: { _ in })
  }

  /// The same; `plan` is called before the fit.
  ///
  /// - Parameters:
  ///   - penalties: a ridge penalty for each target; nil for that of the method.
  ///   - keepsSingletons: whether rows stay that are the only one of a level that has an effect.
  ///   - covariance: the estimator for so many observations of a fit with effects; nil for independent errors.
  package static func perTarget(
    _ formula: Formula, _ table: Table, weights: String? = nil, missing: MissingPolicy = .refuse,
    method: LeastSquares = LeastSquares(measuresResidual: true), penalties: [Double]? = nil,
    keepsSingletons: Bool = false, covariance: (Int) -> CovarianceEstimator? = { _ in nil },
    plan: (FitPlan) -> Void
  ) throws(TabularError) -> [FittedModel] {
    if !formula.effects.isEmpty {
      let models = try withEffects(
        formula, table, weights: weights, missing: missing, method: method, keepsSingletons: keepsSingletons,
        covariance: covariance, plan: plan)
      return try smeared(models, over: table)
    }
    var method = method
    method.intercept = formula.hasIntercept
    // One penalty is enough for a category with many levels to need its columns.
    if let largest = penalties?.max() { method.ridgePenalty = largest }
    let data = try DesignRows(
      formula, table, weights: weights, missing: missing, method: method)
    plan(FitPlan(data, method))
    return try smeared(data.models(formula.text, method, penalties), over: table)
  }

  /// Fits a model exactly, by least squares: as with a ``Formula`` of this text.
  public init(
    _ formula: String, _ table: Table, weights: String? = nil, missing: MissingPolicy = .refuse,
    method: LeastSquares = LeastSquares(measuresResidual: true), keepsSingletons: Bool = false
  ) throws(TabularError) {
    try self.init(
      Formula(formula), table, weights: weights, missing: missing, method: method,
      keepsSingletons: keepsSingletons)
  }

  /// Fits a model exactly, by least squares: as with a ``Formula`` of these names.
  ///
  /// - Parameters:
  ///   - table: the data.
  ///   - target: name of the column to predict.
  ///   - features: names of the columns to predict it from; nil for all the others.
  ///   - weights: name of the column that weighs the rows; it is not one of all the others. Nil for 1.
  ///   - missing: what becomes of rows in which a field is missing.
  ///   - method: the settings.
  /// - Throws: ``TabularError``, as the fit of a ``Formula`` to a ``Table``.
  /// - Complexity: as `LeastSquares.fit`.
  public init(
    _ table: Table, target: String, features: [String]? = nil, weights: String? = nil,
    missing: MissingPolicy = .refuse,
    method: LeastSquares = LeastSquares(measuresResidual: true)
  ) throws(TabularError) {
    let formula = Formula(target: target, features: features, intercept: method.intercept)
    try self.init(formula, table, weights: weights, missing: missing, method: method)
  }

  /// The model of an exact fit of a design, for one of its targets.
  package init(
    _ formula: String, _ design: Design, _ fit: LeastSquaresFit, target: Int = 0, method: LeastSquares,
    droppedRows: Int
  ) {
    self.init(
      formula: formula, design: design.forTarget(target), model: fit.model.ofTarget(target),
      coefficientStatistics: fit.coefficientStatistics(target: target), observations: fit.observations,
      droppedRows: droppedRows, statistics: fit.statistics[target],
      certificate: fit.certificate.ofTarget(target, features: fit.model.featureCount),
      covariance: fit.covariance, method: method, training: nil, lowModel: fit.lowModel?.ofTarget(target))
  }
}

extension Certificate {
  /// The certificate of one of several targets: the digits that another has lost are not those of its model.
  fileprivate func ofTarget(_ target: Int, features: Int) -> Certificate {
    guard let loss = readingLoss, loss.column >= features else { return self }
    let isOwn = loss.column == features + target
    return Certificate(
      solver: solver, reason: reason, passes: passes, conditionNumber: conditionNumber, rank: rank,
      redundant: redundant, estimatedDigits: estimatedDigits,
      readingLoss: isOwn ? ReadingLoss(column: features, digits: loss.digits) : nil,
      normalEquationResidual: normalEquationResidual)
  }
}
