internal import LinearAlgebra
public import LinearRegression

/// A run of minibatch SGD on named columns that can be watched, stopped, saved and gone on with.
///
/// ```swift
/// let training = try TableTraining("price ~ area + rooms", homes)
/// while let report = try training.next() { print(report.epoch, report.loss) }
/// try training.model().write(to: "homes.model")
/// ```
/// The steps are those of ``/LinearRegression/Training`` on the same rows.
public final class TableTraining {
  /// The settings.
  public var method: SGD { training.method }

  /// What was asked for, in R's language.
  public let formula: String

  /// Number of rows that an epoch visits, those that are held out among them.
  public let rowCount: Int

  /// Rows of a batch, as they are: chosen, if the settings leave that open, and no more than there are.
  public var batchSize: Int { training.batchSize }

  /// Features of so many bytes stay in memory.
  package static let bytesInMemory = 64 << 20

  private let data: TrainingRows
  private let training: any RowTraining

  /// Prepares a run: takes the first passes over the data.
  ///
  /// - Parameters:
  ///   - formula: what to predict from what, with an intercept.
  ///   - table: the data.
  ///   - weights: name of the column that weighs the rows; it is not part of ".". Nil for 1.
  ///   - missing: what becomes of rows in which a field is missing.
  ///   - validation: other rows with the same columns, to validate on; nil for those that the settings hold out.
  ///   - method: the settings.
  ///   - stopSignal: what asks the run to stop.
  /// - Throws: ``TabularError``: a column that is not there or holds something other than numbers; no feature; a
  ///   formula without an intercept.
  /// - Complexity: as `Training`.
  public convenience init(
    _ formula: Formula, _ table: Table, weights: String? = nil, missing: MissingPolicy = .refuse,
    validation: Table? = nil, method: SGD = SGD(), stopSignal: StopSignal = StopSignal()
  ) throws(TabularError) {
    try Self.check(formula, method, validation: validation?.source)
    let design = try Design(formula, table, weights: weights, missing: missing)
    try design.checkMemory(
      nil, rows: table.rowCount, triangles: LeastSquares().trianglesInMemory, source: table.source)
    let data = try TrainingRows(design, table)
    let others = try validation.map { (table) throws(TabularError) in
      try TrainingRows(design, table, for: .evaluation)
    }
    try self.init(formula.text, data, others, method, stopSignal)
  }

  /// Prepares a run on rows that need not fit in memory: where they are many, their columns are kept in a temporary
  /// file.
  ///
  /// - Parameters:
  ///   - bytesInMemory: columns of so many bytes stay in memory.
  ///   - progress: called with the number of rows that were read.
  /// - Throws: ``TabularError``, as ``init(_:_:weights:missing:validation:method:stopSignal:)``; no place for the file.
  package convenience init(
    _ formula: Formula, reading rows: TableFile, weights: String? = nil, missing: MissingPolicy = .refuse,
    validation: TableFile? = nil, method: SGD = SGD(), bytesInMemory: Int = TableTraining.bytesInMemory,
    stopSignal: StopSignal = StopSignal(), progress: (Int) -> Void = { _ in }
  ) throws(TabularError) {
    try Self.check(formula, method, validation: validation?.source)
    let data = try FormulaRows(formula: formula, source: rows, weights: weights, missing: missing) {
      design, _ in
      TrainingRows(design, source: rows.source, bytesInMemory: bytesInMemory)
    }.reduction(progress: progress)
    try self.init(formula.text, data, Self.rows(validation, data), method, stopSignal)
  }

  /// Prepares a run on rows of which each rank reads a part: they are sent to rank 0, which takes the steps, with the
  /// bits of one process that reads all.
  ///
  /// - Parameters:
  ///   - communicator: the ranks; all call this at the same place.
  ///   - part: the rows of this rank's part of the leaves.
  ///   - validation: rows to validate on, which rank 0 reads.
  /// - Returns: nil on ranks but the first.
  /// - Throws: ``TabularError``, as in one process, on rank 0; on the others ``TabularError/elsewhere``.
  package convenience init?(
    _ formula: Formula, on communicator: any Communicator, part: TableFile, weights: String? = nil,
    missing: MissingPolicy = .refuse, validation: TableFile? = nil, method: SGD = SGD(),
    bytesInMemory: Int = TableTraining.bytesInMemory, stopSignal: StopSignal = StopSignal(),
    progress: (Int) -> Void = { _ in }
  ) throws(TabularError) {
    try communicator.agree(try Self.check(formula, method, validation: validation?.source))
    let rows = FormulaRows(formula: formula, source: part, weights: weights, missing: missing) {
      (design, _) in
      TrainingRows(design, source: part.source, bytesInMemory: bytesInMemory)
    }
    guard let data = try TrainingRows.of(rows, on: communicator, progress: progress) else { return nil }
    try self.init(formula.text, data, Self.rows(validation, data), method, stopSignal)
  }

  /// Rows to validate on, kept as those that are learnt from.
  private static func rows(
    _ validation: TableFile?, _ data: TrainingRows
  ) throws(TabularError) -> TrainingRows? {
    guard let validation else { return nil }
    var others = TrainingRows(
      data.design, source: validation.source, bytesInMemory: data.isInFile ? -1 : .max)
    try others.take(data.design, validation, for: .evaluation)
    return others
  }

  private static func check(
    _ formula: Formula, _ method: SGD, validation: String?
  ) throws(TabularError) {
    try formula.requireNoEffects()
    if !formula.hasIntercept {
      throw .formula(
        formula.text, position: 0, message: "SGD trains an intercept too; leave out \"- 1\" or \"+ 0\"")
    }
    try formula.requireOneTarget()
    if let validation, method.validationFraction > 0 {
      throw .unusable(
        file: validation, message: "rows to validate on come from a file or are held out, not both")
    }
  }

  private init(
    _ formula: String, _ data: TrainingRows, _ validation: TrainingRows?, _ method: SGD,
    _ stopSignal: StopSignal
  ) throws(TabularError) {
    (self.formula, self.data) = (formula, data)
    rowCount = data.y.rowCount
    func begin<M: RowMajor<Double>>(_ X: M, validation other: M?) throws(TrainingError) -> Training<M> {
      try Training(
        method, X, data.y, weights: data.weights,
        validation: other.flatMap { X in validation.map { (X, $0.y) } }, stopSignal: stopSignal)
    }
    let X = try data.X(), other = try validation?.X()
    do throws(TrainingError) {
      switch (X, other) {
      case (.memory(let X), nil): training = try begin(X, validation: nil)
      case (.memory(let X), .memory(let other)): training = try begin(X, validation: other)
      case (.file(let X), nil): training = try begin(X, validation: nil)
      case (.file(let X), .file(let other)): training = try begin(X, validation: other)
      default: preconditionFailure("rows to validate on are kept as the others are")
      }
    } catch {
      if error == .data(.noRows), method.validationFraction > 0, rowCount > 0 {
        throw .unusable(
          file: data.source,
          message:
            "with a validation fraction of \(method.validationFraction) no row is left to learn from; use a smaller one, or none"
        )
      }
      throw data.tabular(error)
    }
  }

  /// Where the rows come from, for messages.
  var source: String { data.source }

  /// The target, the terms, and the weights if there are any.
  var columnNames: [String] {
    [data.design.target] + data.design.names
      + [data.design.weights, data.design.offsetText].compactMap { $0 }
  }

  var state: TrainingState { training.state }

  func restore(_ state: TrainingState) throws(TrainingError) { try training.restore(state) }

  /// One report for each epoch that is finished.
  public var epochs: [EpochReport] { training.epochs }

  /// Why the run has ended; nil while it can go on.
  public var stopReason: StopReason? { training.stopReason }

  /// Rows of the current epoch that were used.
  public var rowsDone: Int { training.rowsDone }

  /// Rows used since the run began, those of earlier epochs included.
  public var rowsUsed: Int { training.rowsUsed }

  /// Whether the run has used its epochs and could go on, were there more.
  package var couldUseMoreEpochs: Bool { stopReason == .epochs && method.settingWithHorizon == nil }

  /// Goes on to the end of the epoch; nil if the run had ended or was asked to stop.
  ///
  /// - Throws: ``TabularError/diverged(_:)``, or a column whose values went beyond Double.
  public func next() throws(TabularError) -> EpochReport? { try advance(rows: rowCount) }

  /// Goes on by so many rows, or to the end of the epoch if that is nearer; returns the report of an epoch that is
  /// finished now.
  ///
  /// - Throws: as ``next()``.
  public func advance(rows: Int) throws(TabularError) -> EpochReport? {
    do throws(TrainingError) {
      return try training.advance(rows: rows)
    } catch {
      throw data.tabular(error)
    }
  }

  /// The model that the run has come to, beside the exact solution for the rows that it learns from.
  ///
  /// - Throws: ``TabularError``: coefficients or errors beyond Double.
  /// - Complexity: one pass over the rows; where distances are not measured or p is above 2048, that of
  ///   `LeastSquares.fit` too.
  public func model() throws(TabularError) -> FittedModel {
    let run: TrainingRun, evaluation: Evaluation
    do throws(TrainingError) {
      run = try training.runBesideExact()
      evaluation = try training.evaluation(of: run.model)[0]
    } catch {
      throw data.tabular(error)
    }
    let statistics = FitStatistics(
      residualSumOfSquares: evaluation.residualSumOfSquares, totalSumOfSquares: evaluation.totalSumOfSquares,
      observations: evaluation.observations, rank: run.rank ?? 1, hasIntercept: true, isLeastSquares: false)
    return FittedModel(
      formula: formula, design: data.design, model: run.model,
      coefficientStatistics: CoefficientTable(
        estimates: [run.model.intercept] + run.model.coefficients,
        degreesOfFreedom: statistics.degreesOfFreedom),
      observations: evaluation.observations, droppedRows: data.droppedRows, statistics: statistics,
      certificate: nil, covariance: nil, method: nil, training: run)
  }
}

/// A run on rows of any type.
private protocol RowTraining: AnyObject {
  var method: SGD { get }
  var batchSize: Int { get }
  var epochs: [EpochReport] { get }
  var stopReason: StopReason? { get }
  var rowsDone: Int { get }
  var rowsUsed: Int { get }
  var state: TrainingState { get }
  func restore(_ state: TrainingState) throws(TrainingError)
  func advance(rows: Int) throws(TrainingError) -> EpochReport?
  func runBesideExact() throws(TrainingError) -> TrainingRun
  func evaluation(of model: LinearModel) throws(TrainingError) -> [Evaluation]
}

extension Training: RowTraining {}
