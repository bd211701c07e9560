internal import LinearAlgebra
public import LinearRegression

extension FittedModel {
  /// Predictions for the rows of a table, whose columns are found by name: in any order, others beside them.
  ///
  /// Missing fields are filled as they were in the fit.
  /// - Parameters:
  ///   - table: the rows; ``categories`` have been read as words.
  ///   - unseen: what becomes of rows with a level that the fit did not see.
  /// - Returns: one prediction per row, in the target's units; NaN where it is missing, because the model drops rows
  ///   with missing fields, or `unseen` says so.
  /// - Throws: ``TabularError`` where a column is missing or does not hold what it has to, or a prediction overflows.
  public func predictions(
    from table: Table, unseen: UnseenPolicy = .error
  ) throws(TabularError) -> [Double] {
    let rows = try rows(of: table, unseen: unseen)
    return rows.spread(try predictions(rows, table), over: table.rowCount, missing: .nan)
  }

  /// Predictions for the rows of a table, and the interval around each.
  ///
  /// - Parameters:
  ///   - table: the rows.
  ///   - interval: what the intervals are to cover: the mean of all observations there, or one more of weight 1.
  ///   - level: with which probability; between 0 and 1.
  ///   - unseen: what becomes of rows with a level that the fit did not see.
  /// - Returns: as ``predictions(from:unseen:)``, with NaN at both ends too.
  /// - Throws: ``TabularError``: as ``predictions(from:unseen:)``; ``TabularError/noIntervals(reason:)``.
  public func predictions(
    from table: Table, interval: PredictionInterval, level: Double = 0.95, unseen: UnseenPolicy = .error
  ) throws(TabularError) -> [IntervalPrediction] {
    try requireIntervals()
    let rows = try rows(of: table, unseen: unseen, forLeverages: true)
    let intervals = try intervals(
      interval, level, around: try predictions(rows, table), leverages: leverages(rows), table)
    return rows.spread(
      intervals, over: table.rowCount,
      missing: IntervalPrediction(prediction: .nan, lower: .nan, upper: .nan))
  }

  /// One prediction per row that is kept, the same whatever rows are around it: blocks of a pipe end where a read does.
  func predictions(_ rows: FeatureRows, _ table: Table) throws(TabularError) -> [Double] {
    var predictions = (rows.condensed?.model ?? model).predictRowByRow(rows.design.X.high)
    if let offset = rows.design.offset { predictions = zip(predictions, offset).map(+) }
    if let row = predictions.firstIndex(where: { !$0.isFinite }) {
      throw table.rowFault(
        rows.design.blockRow(row), "the prediction is beyond a Double; check the units of its fields")
    }
    return predictions
  }

  /// The leverages of rows; nil where the model has no covariance.
  func leverages(_ rows: FeatureRows) -> [Double]? {
    covariance.map { rows.condensed?.leverages($0, rows.design) ?? $0.leverages(rows.design.X.high) }
  }

  /// Throws where there are no intervals around predictions.
  func requireIntervals() throws(TabularError) {
    if covariance == nil { throw .noIntervals(reason: whyNoCovariance) }
    if statistics.degreesOfFreedom < 1 {
      throw .noIntervals(reason: "its fit has as many coefficients as rows")
    }
  }

  /// The intervals around predictions.
  func intervals(
    _ interval: PredictionInterval, _ level: Double, around predictions: [Double], leverages: [Double]?,
    _ table: Table
  ) throws(TabularError) -> [IntervalPrediction] {
    let intervals = interval.around(
      predictions, leverages: leverages ?? [], statistics.residualStandardError,
      freedom: statistics.degreesOfFreedom, level: level)
    guard let intervals else {
      throw .unusable(
        file: table.source, message: "an interval is beyond a Double; check the units of its fields")
    }
    return intervals
  }

  /// Why the model has neither leverages nor intervals, as a clause.
  package var whyNoCovariance: String {
    if training != nil { return "it was trained by SGD" }
    switch certificate?.solver {
    case .ridge: return "it has a ridge penalty"
    case .svd: return "it is the solution of least norm of columns that depend on each other"
    default: return "the spread of a column is beyond a Double"
    }
  }
}
