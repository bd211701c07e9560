public import LinearRegression

extension FittedModel {
  /// The model's errors on a table that has its features and its target; rows whose prediction would be missing are left
  /// out.
  ///
  /// - Parameters:
  ///   - table: the rows.
  ///   - weights: the column that weighs them, zero or more; nil for 1.
  ///   - unseen: what becomes of rows with a level that the fit did not see.
  ///   - unestimable: what becomes of rows whose prediction the fit does not determine.
  /// - Throws: ``TabularError`` where a column is missing or does not hold what it has to, or no row is left.
  public func evaluation(
    on table: Table, weights: String? = nil, unseen: UnseenPolicy = .error,
    unestimable: UnestimablePolicy = .missing
  ) throws(TabularError) -> Evaluation {
    let rows = try evaluationRows(
      table, weights, Policies(unseen: unseen, unestimable: unestimable))
    return try rows.design.evaluation(rows.model(self))
  }

  /// The errors of a model on rows that need not fit in memory.
  package struct EvaluatedRows {
    /// The errors on the rows with a prediction.
    package let evaluation: Evaluation
    /// Rows without a prediction for another reason than that they are not estimable, which are left out.
    package let missing: Int
    /// Rows that are not estimable: left out, unless they are kept.
    package let unestimable: RowTally
  }

  /// The model's errors on rows that need not fit in memory; see ``evaluation(on:weights:unseen:unestimable:)``.
  ///
  /// - Parameter progress: called with the number of rows that were read.
  /// - Throws: ``TabularError``: a column that is not there or does not hold what it has to; no row with a prediction,
  ///   or none with a weight; squares beyond a Double.
  package func evaluation(
    reading rows: some TableSource, weights: String? = nil, _ policies: Policies = Policies(),
    progress: (Int) -> Void = { _ in }
  ) throws(TabularError) -> EvaluatedRows {
    var whole: Evaluation?, rowCount = 0, missing = 0, hasPredictions = false, unestimable = RowTally()
    let columns = design.tableColumns(for: .evaluation).union([weights].compactMap { $0 })
    try rows.forEachBlock(columns: columns) { (block) throws(TabularError) in
      let rows = try evaluationRows(block, weights, policies), data = rows.design
      let hasWeight = data.weights?.contains { $0 > 0 } ?? true
      return (
        evaluation: data.y.rowCount > 0 && hasWeight ? try data.evaluation(rows.model(self)) : nil,
        evaluated: data.y.rowCount, rows: block.rowCount, unestimable: tally(rows.unestimable, block)
      )
    } take: { (block) throws(TabularError) in
      rowCount += block.rows
      hasPredictions = hasPredictions || block.evaluated > 0
      unestimable.merge(block.unestimable)
      missing +=
        block.rows - block.evaluated - (policies.unestimable == .keep ? 0 : block.unestimable.rowCount)
      if let part = block.evaluation {
        whole?.merge(part)
        whole = whole ?? part
      }
      progress(rowCount)
    }
    guard let whole else { throw nothingToEvaluate(rows.source, hasPredictions ? weights : nil) }
    if !(whole.residualSumOfSquares + whole.totalSumOfSquares).isFinite {
      throw .unusable(
        file: rows.source,
        message:
          "the squares of \"\(printable(target))\" or of its errors are beyond a Double; use another unit")
    }
    return EvaluatedRows(evaluation: whole, missing: missing, unestimable: unestimable)
  }

  /// - Parameter weights: the column of weights that are all zero; nil where no row has a prediction.
  private func nothingToEvaluate(_ source: String, _ weights: String?) -> TabularError {
    guard let weights else {
      return .unusable(
        file: source, message: "no row has a prediction; see what is missing, or which levels")
    }
    var design = design
    design.weights = weights
    return design.tabular(DataError.noWeight, source)
  }

  /// The rows of a table that have a prediction.
  private func evaluationRows(
    _ table: Table, _ weights: String?, _ policies: Policies
  ) throws(TabularError) -> FeatureRows {
    try rows(of: table, for: weights == nil ? .evaluation : .fit, weights: weights, policies)
  }
}
