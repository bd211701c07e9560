package import LinearRegression

extension FittedModel {
  /// Fits a model exactly, by least squares, to rows that need not fit in memory.
  ///
  /// Few rows are fitted as a ``Table`` is. Of many a triangular factor is formed in one pass, or two where a formula has categories,
  /// means or deviations.
  /// - Parameters:
  ///   - formula: what to predict from what; it decides about the intercept too.
  ///   - rows: where the rows come from.
  ///   - weights: name of the column that weighs the rows; it is not part of ".". Nil for 1.
  ///   - missing: what becomes of rows in which a field is missing.
  ///   - method: the settings beside the intercept.
  ///   - blocksInMemory: rows of so many blocks are fitted in memory.
  ///   - plan: called before a fit in memory.
  ///   - progress: called with the number of rows that were read.
  /// - Throws: ``TabularError``, as ``init(_:_:weights:missing:method:plan:)``.
  /// - Complexity: O(n p²) and memory for a few blocks of rows.
  package init(
    _ formula: Formula, reading rows: some TableSource, weights: String? = nil,
    missing: MissingPolicy = .refuse, method: LeastSquares = LeastSquares(measuresResidual: true),
    blocksInMemory: Int = ReducedRows.blocksInMemory, plan: (FitPlan) -> Void = { _ in },
    progress: (Int) -> Void = { _ in }
  ) throws(TabularError) {
    let reduced = try ReducedRows(
      formula, reading: rows, weights: weights, missing: missing, blocksInMemory: blocksInMemory,
      progress: progress)
    switch reduced {
    case .share(let share): self = try share.solve(method, named: rows.source)
    case .table(let table, let design):
      var method = method
      method.intercept = design.hasIntercept
      let data = try RegressionData(design, table)
      plan(FitPlan(data, method))
      self.init(formula.text, design, try data.fit(method), method: method, droppedRows: data.droppedRows)
    }
  }
}
