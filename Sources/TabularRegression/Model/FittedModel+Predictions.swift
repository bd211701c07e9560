internal import LinearAlgebra
public import LinearRegression

extension FittedModel {
  /// Predictions for the rows of a table, whose columns are found by name: in any order, others beside them.
  ///
  /// - Returns: one prediction per row, in the target's units.
  /// - Throws: ``TabularError`` where a column is missing or holds something other than numbers, or a prediction overflows.
  public func predictions(from table: Table) throws(TabularError) -> [Double] {
    try predictions(features(of: table), table)
  }

  /// Predictions for the rows of a table, and the interval around each.
  ///
  /// - Parameters:
  ///   - table: the rows.
  ///   - interval: what the intervals are to cover: the mean of all observations there, or one more of weight 1.
  ///   - level: with which probability; between 0 and 1.
  /// - Throws: ``TabularError``: as ``predictions(from:)``; ``TabularError/noIntervals(reason:)``.
  public func predictions(
    from table: Table, interval: PredictionInterval, level: Double = 0.95
  ) throws(TabularError) -> [IntervalPrediction] {
    guard let covariance else { throw .noIntervals(reason: whyNoCovariance) }
    if statistics.degreesOfFreedom < 1 {
      throw .noIntervals(reason: "its fit has as many coefficients as rows")
    }
    let X = try features(of: table)
    let predictions = try predictions(X, table)
    let intervals = interval.around(
      predictions, leverages: covariance.leverages(X), statistics.residualStandardError,
      freedom: statistics.degreesOfFreedom, level: level)
    guard let intervals else {
      throw .unusable(
        file: table.source, message: "an interval is beyond a Double; check the units of its fields")
    }
    return intervals
  }

  /// The model's errors on a table that has its features and its target. Rows are not weighted.
  ///
  /// - Throws: ``TabularError`` where a column is missing or holds something other than numbers.
  public func evaluation(on table: Table) throws(TabularError) -> Evaluation {
    try Design(table, target: target, terms: terms).evaluation(model)
  }

  private func features(of table: Table) throws(TabularError) -> Matrix<Double> {
    try ExtendedMatrix(terms, of: table).high
  }

  private func predictions(_ X: Matrix<Double>, _ table: Table) throws(TabularError) -> [Double] {
    let predictions = model.predict(X).elements
    if let row = predictions.firstIndex(where: { !$0.isFinite }) { throw Self.beyond(row, table) }
    return predictions
  }

  private static func beyond(_ row: Int, _ table: Table) -> TabularError {
    .unusable(
      file: table.source,
      message:
        "the prediction for row \(row + 1) below the header is beyond a Double; check the units of its fields"
    )
  }

  private var whyNoCovariance: String {
    if training != nil { return "it was trained by SGD" }
    switch certificate?.solver {
    case .ridge: return "it has a ridge penalty"
    case .svd: return "it is the solution of least norm of columns that depend on each other"
    default: return "the spread of a column is beyond a Double"
    }
  }
}
