public import LinearRegression

extension FittedModel {
  /// The prediction for one row, whose fields have the names of columns.
  ///
  /// ```swift
  /// let price = try model.prediction(of: ["area": 88, "zip": "8003"])
  /// ```
  /// - Parameters:
  ///   - row: fields by name: those of the ``variables``, others beside them. One that is not there is missing. Of a
  ///     category a number is the level of its digits.
  ///   - source: what messages call the row.
  ///   - unseen: what becomes of a level that the fit did not see.
  ///   - unestimable: what becomes of a row whose prediction the fit does not determine.
  ///   - response: whether the prediction is on the scale of y where the target is log(y) or the like.
  /// - Returns: the prediction, in the target's units, with the bits of ``predictions(from:unseen:unestimable:response:)``; NaN
  ///   where it is missing, because the model drops rows with missing fields, or a policy says so.
  /// - Throws: ``TabularError`` where a field is missing or not what it has to be, or the prediction overflows.
  /// - Complexity: O(p), and as much for each column that was left out.
  public func prediction(
    of row: [String: Table.Field], source: String = "row", unseen: UnseenPolicy = .error,
    unestimable: UnestimablePolicy = .missing, response: Bool = false
  ) throws(TabularError) -> Double {
    try predictions(
      from: table(row, variables, source), unseen: unseen, unestimable: unestimable, response: response)[0]
  }

  /// The prediction for one row, and the interval around it; see
  /// ``predictions(from:interval:level:weights:unseen:unestimable:response:)``.
  ///
  /// - Parameters:
  ///   - row: fields by name, as for ``prediction(of:source:unseen:unestimable:response:)``.
  ///   - interval: what the interval is to cover: the mean of all observations there, or one more.
  ///   - level: with which probability; between 0 and 1.
  ///   - weights: the name of the row's weight, zero or more; nil for 1.
  ///   - source: what messages call the row.
  ///   - unseen: what becomes of a level that the fit did not see.
  ///   - unestimable: what becomes of a row whose prediction the fit does not determine.
  ///   - response: whether the prediction is on the scale of y where the target is log(y) or the like.
  /// - Returns: as ``prediction(of:source:unseen:unestimable:response:)``, with NaN at both ends too; infinite ends for one more
  ///   observation of weight 0.
  /// - Throws: ``TabularError``: as ``prediction(of:source:unseen:unestimable:response:)``;
  ///   ``TabularError/noIntervals(reason:)``; ``TabularError/unusable(file:message:)`` for a level that is not between
  ///   0 and 1, and for a weight of a prediction interval where those of the fit are frequencies.
  /// - Complexity: O(p²)
  public func prediction(
    of row: [String: Table.Field], interval: PredictionInterval, level: Double = 0.95,
    weights: String? = nil, source: String = "row", unseen: UnseenPolicy = .error,
    unestimable: UnestimablePolicy = .missing, response: Bool = false
  ) throws(TabularError) -> IntervalPrediction {
    let names = variables + (weights.map { variables.contains($0) ? [] : [$0] } ?? [])
    return try predictions(
      from: table(row, names, source), interval: interval, level: level, weights: weights, unseen: unseen,
      unestimable: unestimable, response: response)[0]
  }

  /// A table of one row.
  private func table(_ row: [String: Table.Field], _ names: [String], _ source: String) -> Table {
    let categories = categories
    return Table(source, names, rowCount: 1, categories) { index, fields in
      fields.values(of: [row[names[index]] ?? .missing])
    }
  }
}
