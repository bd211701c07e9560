public import LinearRegression

extension FittedModel {
  /// Trains a model by minibatch SGD to the end.
  ///
  /// - Parameters:
  ///   - formula: what to predict from what, with an intercept.
  ///   - table: the data.
  ///   - weights: name of the column that weighs the rows; nil for 1.
  ///   - missing: what becomes of rows in which a field is missing.
  ///   - method: the settings.
  ///   - report: called after each epoch.
  /// - Throws: ``TabularError``, as ``TableTraining``.
  /// - Complexity: as `SGD.train` and `LeastSquares.fit`.
  public init(
    training formula: Formula, _ table: Table, weights: String? = nil, missing: MissingPolicy = .refuse,
    method: SGD = SGD(), report: (EpochReport) -> Void = { _ in }
  ) throws(TabularError) {
    let training = try TableTraining(formula, table, weights: weights, missing: missing, method: method)
    while let next = try training.next() { report(next) }
    self = try training.model()
  }

  /// Trains a model by minibatch SGD to the end, as with a ``Formula`` of these names.
  ///
  /// - Parameters:
  ///   - table: the data.
  ///   - target: name of the column to predict.
  ///   - features: names of the columns to predict it from; nil for all the others.
  ///   - method: the settings.
  ///   - report: called after each epoch.
  /// - Throws: ``TabularError``, as ``TableTraining``.
  public init(
    training table: Table, target: String, features: [String]? = nil, method: SGD = SGD(),
    report: (EpochReport) -> Void = { _ in }
  ) throws(TabularError) {
    try self.init(
      training: Formula(target: target, features: features), table, method: method, report: report)
  }
}
