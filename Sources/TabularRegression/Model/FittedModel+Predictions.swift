internal import LinearAlgebra
public import LinearRegression

extension FittedModel {
  /// Predictions for the rows of a table, whose columns are found by name: in any order, others beside them.
  ///
  /// Missing fields are filled as they were in the fit.
  /// - Parameters:
  ///   - table: the rows; ``categories`` have been read as words.
  ///   - unseen: what becomes of rows with a level that the fit did not see.
  ///   - unestimable: what becomes of rows whose prediction the fit does not determine, for columns were left out as
  ///     redundant and the rows do not have their dependencies.
  ///   - response: whether they are of the mean of y where the target is log(y), log(y, b), log2, log10, log1p or sqrt of
  ///     y: the mean of g⁻¹(ŷ + e) over the residuals e of the fit's rows, weighed as they were (Duan's smearing
  ///     estimate, doi:10.1080/01621459.1983.10478017). For log(y) it is exp(ŷ) times the mean of exp(e). Of sqrt(y) what
  ///     is negative counts as 0; beyond 256 residuals they are taken in classes of about the same size.
  /// - Returns: one prediction per row, in the target's units or those of y; NaN where it is missing, because the model drops rows
  ///   with missing fields, or a policy says so.
  /// - Throws: ``TabularError`` where a column is missing or does not hold what it has to, or a prediction overflows;
  ///   ``TabularError/unusable(file:message:)`` for predictions of y by a model of another target, of SGD or of a share.
  /// - Complexity: O(rows · p), and as much for each column that was left out.
  public func predictions(
    from table: Table, unseen: UnseenPolicy = .error, unestimable: UnestimablePolicy = .missing,
    response: Bool = false
  ) throws(TabularError) -> [Double] {
    let rows = try rows(of: table, Policies(unseen: unseen, unestimable: unestimable))
    var predictions = try predictions(rows, table)
    if response { predictions = try onScaleOfResponse(predictions, rows, table) }
    return rows.spread(predictions, over: table.rowCount, missing: .nan)
  }

  /// Predictions for the rows of a table, and the interval around each: ŷ ± t · s √h for the mean of observations
  /// there, ŷ ± t · s √(h + 1 / w) for one more of weight w, h being the leverage: R's `predict.lm(…, weights = w)`.
  ///
  /// - Parameters:
  ///   - table: the rows.
  ///   - interval: what the intervals are to cover: the mean of all observations there, or one more.
  ///   - level: with which probability; between 0 and 1.
  ///   - weights: the column with the weight of each row, zero or more; nil for 1.
  ///   - unseen: what becomes of rows with a level that the fit did not see.
  ///   - unestimable: what becomes of rows whose prediction the fit does not determine.
  ///   - response: whether they are on the scale of y; the ends of intervals are then what the inverse makes of those of
  ///     g(y), so that a confidence interval of log(y) is one of the median of y.
  /// - Returns: as ``predictions(from:unseen:unestimable:response:)``, with NaN at both ends too; infinite ends for one more
  ///   observation of weight 0.
  /// - Throws: ``TabularError``: as ``predictions(from:unseen:unestimable:response:)``; ``TabularError/noIntervals(reason:)``;
  ///   ``TabularError/unusable(file:message:)`` for a level that is not between 0 and 1, and for weights of prediction
  ///   intervals where those of the fit are frequencies.
  /// - Complexity: O(rows · p²)
  public func predictions(
    from table: Table, interval: PredictionInterval, level: Double = 0.95, weights: String? = nil,
    unseen: UnseenPolicy = .error, unestimable: UnestimablePolicy = .missing, response: Bool = false
  ) throws(TabularError) -> [IntervalPrediction] {
    try requireIntervals(interval, level, weights: weights, table)
    let rows = try rows(
      of: table, for: .weightedPrediction, weights: weights,
      Policies(unseen: unseen, unestimable: unestimable), forLeverages: true)
    let predictions = try predictions(rows, table)
    var intervals = try intervals(
      interval, level, around: predictions, leverages: try relativeVariances(rows),
      weights: rows.design.weights, table)
    if response {
      intervals = try onScaleOfResponse(
        intervals, onScaleOfResponse(predictions, rows, table), table)
    }
    return rows.spread(
      intervals, over: table.rowCount,
      missing: IntervalPrediction(prediction: .nan, lower: .nan, upper: .nan))
  }

  /// One prediction per row that is kept, the same whatever rows are around it: blocks of a pipe end where a read does.
  func predictions(_ rows: FeatureRows, _ table: Table) throws(TabularError) -> [Double] {
    var predictions = rows.model(self).predictRowByRow(rows.design.X.high)
    if let offset = rows.design.offset { predictions = zip(predictions, offset).map(+) }
    if let row = predictions.firstIndex(where: { !$0.isFinite }) {
      throw table.rowFault(
        rows.design.blockRow(row), "the prediction is beyond a Double; check the units of its fields")
    }
    return predictions
  }

  /// Whether rows have leverages: not without a covariance, and not where effects were taken out of them.
  var hasLeverages: Bool { covariance != nil && effects == nil }

  /// The leverages of rows; nil where the model has no covariance, or fixed effects.
  func leverages(_ rows: FeatureRows) -> [Double]? {
    effects != nil
      ? nil
      : covariance.map { rows.condensed?.leverages($0, rows.design) ?? $0.leverages(rows.design.X.high) }
  }

  /// The leverages of rows, and the products of neighbouring ones; nil where the model has no covariance.
  func leveragesAndNeighbours(_ rows: FeatureRows) -> (leverages: [Double], neighbours: [Double])? {
    if effects != nil { return nil }
    return covariance.map { covariance in
      covariance.leveragesAndNeighbours(
        rows.design.X.high, columns: positions(rows.condensed), levels: rows.levelCodes)
    }
  }

  /// The coordinates of rows in which leverages are sums of squares; nil where the model has no covariance.
  func coordinates(_ rows: FeatureRows) -> Matrix<Double>? {
    if effects != nil { return nil }
    return covariance?.coordinates(
      rows.design.X.high, columns: positions(rows.condensed), levels: rows.levelCodes)
  }

  /// The column of X of each feature that the covariance has.
  func positions(_ condensed: Condensed?) -> [Int] {
    (covariance?.features ?? []).map { condensed?.absorption.position(ofOther: $0, effects: true) ?? $0 }
  }

  /// Throws where there are no intervals of a level around predictions.
  func requireIntervals(
    _ interval: PredictionInterval, _ level: Double, weights: String?, _ table: Table
  ) throws(TabularError) {
    guard level > 0, level < 1 else {
      throw .unusable(
        file: table.source,
        message:
          "the level of an interval is \(Expression.text(of: level)); give one between 0 and 1, such as 0.95")
    }
    if let reason = whyNoIntervals(interval) { throw .noIntervals(reason: reason) }
    if interval == .prediction, weightKind == .frequency, weights != nil {
      throw .unusable(
        file: table.source,
        message:
          "the weights of the fit are frequencies, which count rows and say nothing of the variance of one; leave the weights of prediction intervals out"
      )
    }
  }

  /// Why the model has no intervals of this kind, as a clause; nil where it has.
  package func whyNoIntervals(_ interval: PredictionInterval) -> String? {
    if covariance == nil || effects != nil { return whyNoCovariance }
    if let reason = whyNoStandardErrors ?? whyNoRelativeVariances { return reason }
    if interval == .prediction, weightKind == .probability {
      return
        "probability weights do not tell how far single observations scatter; ask for confidence intervals"
    }
    return statistics.degreesOfFreedom < 1 ? "its fit has as many coefficients as rows" : nil
  }

  /// The intervals around predictions.
  func intervals(
    _ interval: PredictionInterval, _ level: Double, around predictions: [Double], leverages: [Double]?,
    weights: [Double]?, _ table: Table
  ) throws(TabularError) -> [IntervalPrediction] {
    let intervals = interval.around(
      predictions, leverages: leverages ?? [], weights: weights, statistics.residualStandardError,
      freedom: inferenceDegreesOfFreedom, level: level)
    guard let intervals else {
      throw .unusable(
        file: table.source, message: "an interval is beyond a Double; check the units of its fields")
    }
    return intervals
  }

  /// Why the model has neither leverages nor intervals, as a clause.
  package var whyNoCovariance: String {
    if training != nil { return "it was trained by SGD" }
    if effects != nil { return "its fixed effects have no standard errors" }
    switch certificate?.solver {
    case .ridge: return "it has a ridge penalty"
    case .svd: return "it is the solution of least norm of columns that depend on each other"
    default: return "the spread of a column is beyond a Double"
    }
  }
}
