internal import LinearAlgebra
public import LinearRegression

/// A linear model of named columns, fitted or trained: it knows its target and its features by name.
///
/// ```swift
/// let homes = try Table(csv: "homes.csv")
/// let model = try FittedModel(homes, target: "price")
/// print(model.summary)
/// try model.write(to: "homes.json")
/// ```
public struct FittedModel: Equatable, Sendable {
  /// Name of the column that is predicted.
  public let target: String

  /// Names of the columns that it is predicted from, in the order of the model's weights.
  public let features: [String]

  /// Whether the model has an intercept.
  public let hasIntercept: Bool

  /// The coefficients, in the units of the columns.
  public let model: LinearModel

  /// Number of rows that the model was fitted on.
  public let observations: Int

  /// Residuals, R² and so on, on the rows that the model was fitted on.
  public let statistics: FitStatistics

  /// How an exact fit was reached. Nil for a model trained by SGD.
  public let certificate: Certificate?

  /// How SGD reached the model. Nil for an exact fit.
  public let training: Training?

  /// What is known about an exact fit.
  public struct Certificate: Equatable, Sendable {
    /// The LAPACK routine or algorithm that answered.
    public let solver: String
    /// Rank of the columns, the intercept's included.
    public let rank: Int
  }

  /// How SGD reached a model.
  public struct Training: Equatable, Sendable {
    /// The settings.
    public let method: SGD
    /// The exact least-squares solution for the same rows.
    public let exact: LinearModel
    /// One report per epoch.
    public let epochs: [EpochReport]
  }

  /// Fits a model exactly, by least squares.
  ///
  /// - Parameters:
  ///   - table: the data.
  ///   - target: name of the column to predict.
  ///   - features: names of the columns to predict it from; nil for all the others.
  ///   - intercept: whether the model has an intercept.
  /// - Throws: ``TabularError``: a column that is not there or holds something other than numbers; no feature.
  /// - Complexity: as `LeastSquares.fit`.
  public init(
    _ table: Table, target: String, features: [String]? = nil, intercept: Bool = true
  ) throws(TabularError) {
    let problem = try TableProblem(table, target: target, features: features)
    let fit = try problem.fit(intercept: intercept)
    self.init(
      target: target, features: problem.features, hasIntercept: intercept, model: fit.model,
      observations: fit.observations, statistics: fit.statistics[0],
      certificate: Certificate(solver: "qr", rank: fit.rank), training: nil)
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
    let problem = try TableProblem(table, target: target, features: features)
    let exact = try problem.fit(intercept: true)
    let run = try problem.train(method, exact: exact.model, report)
    let evaluation = try problem.evaluation(run.model)
    self.init(
      target: target, features: problem.features, hasIntercept: true, model: run.model,
      observations: exact.observations,
      statistics: FitStatistics(
        residualSumOfSquares: evaluation.residualSumOfSquares,
        totalSumOfSquares: evaluation.totalSumOfSquares,
        observations: evaluation.observations, rank: exact.rank, hasIntercept: true, isLeastSquares: false),
      certificate: nil, training: Training(method: method, exact: exact.model, epochs: run.epochs))
  }

  init(
    target: String, features: [String], hasIntercept: Bool, model: LinearModel, observations: Int,
    statistics: FitStatistics, certificate: Certificate?, training: Training?
  ) {
    self.target = target
    self.features = features
    self.hasIntercept = hasIntercept
    self.model = model
    self.observations = observations
    self.statistics = statistics
    self.certificate = certificate
    self.training = training
  }

  /// Predictions for the rows of a table, whose columns are found by name: in any order, others beside them.
  ///
  /// - Returns: one prediction per row, in the target's units.
  /// - Throws: ``TabularError`` where a feature is missing or holds something other than numbers, or a prediction overflows.
  public func predictions(from table: Table) throws(TabularError) -> [Double] {
    let predictions = model.predict(try table.matrix(features)).elements
    if let row = predictions.firstIndex(where: { !$0.isFinite }) {
      throw .unusable(
        file: table.source,
        message:
          "the prediction for row \(row + 1) below the header is beyond a Double; check the units of its fields"
      )
    }
    return predictions
  }

  /// The model's errors on a table that has its features and its target.
  ///
  /// - Throws: ``TabularError`` where a column is missing or holds something other than numbers.
  public func evaluation(on table: Table) throws(TabularError) -> Evaluation {
    try TableProblem(table, target: target, features: features).evaluation(model)
  }
}

/// The columns of a regression, taken out of a table.
private struct TableProblem {
  let source: String
  let target: String
  let features: [String]
  let X: Matrix<Double>
  let y: Matrix<Double>

  init(_ table: Table, target: String, features: [String]?) throws(TabularError) {
    y = Matrix(column: try table.column(target))
    let features = features ?? table.columnNames.filter { $0 != target }
    if features.isEmpty {
      throw .unusable(
        file: table.source,
        message: "there is no column beside the target \"\(target)\" to predict it from; add a feature")
    }
    if features.contains(target) {
      throw .unusable(
        file: table.source,
        message: "the target \"\(target)\" is among the features; leave it out of one of the two")
    }
    if let repeated = features.first(where: { name in features.count { $0 == name } > 1 }) {
      throw .unusable(file: table.source, message: "the feature \"\(repeated)\" is named twice; name it once")
    }
    X = try table.matrix(features)
    self.target = target
    self.features = features
    source = table.source
  }

  func fit(intercept: Bool) throws(TabularError) -> LeastSquaresFit {
    do throws(DataError) {
      return try LeastSquares(intercept: intercept).fit(X, y)
    } catch {
      throw tabular(error)
    }
  }

  func train(
    _ method: SGD, exact: LinearModel, _ report: (EpochReport) -> Void
  ) throws(TabularError) -> TrainingRun {
    do throws(TrainingError) {
      return try method.train(X, y, exact: exact, report: report)
    } catch {
      switch error {
      case .data(let error): throw tabular(error)
      case .diverged(let divergence): throw .diverged(divergence)
      }
    }
  }

  func evaluation(_ model: LinearModel) throws(TabularError) -> Evaluation {
    do throws(DataError) {
      return try model.evaluate(X, y)[0]
    } catch {
      throw tabular(error)
    }
  }

  /// The error under the names of the columns. A table holds finite numbers only, so that it is about their spread.
  func tabular(_ error: DataError) -> TabularError {
    guard case .overflow(let variable, let column) = error else {
      return .unusable(file: source, message: error.description)
    }
    let name = variable == .targets ? target : features[column]
    return .unusable(
      file: source,
      message:
        "column \"\(name)\" has values whose spread, squares or coefficient are beyond a Double; use another unit"
    )
  }
}
