public import LinearRegression

extension FittedModel {
  /// The model's errors on a table that has its features and its target. Rows are not weighted; those whose prediction
  /// would be missing are left out.
  ///
  /// - Parameters:
  ///   - table: the rows.
  ///   - unseen: what becomes of rows with a level that the fit did not see.
  ///   - unestimable: what becomes of rows whose prediction the fit does not determine.
  /// - Throws: ``TabularError`` where a column is missing or does not hold what it has to, or no row is left.
  public func evaluation(
    on table: Table, unseen: UnseenPolicy = .error, unestimable: UnestimablePolicy = .missing
  ) throws(TabularError) -> Evaluation {
    let rows = try rows(of: table, for: .evaluation, Policies(unseen: unseen, unestimable: unestimable))
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

  /// The model's errors on rows that need not fit in memory; see ``evaluation(on:unseen:unestimable:)``.
  ///
  /// - Parameter progress: called with the number of rows that were read.
  /// - Throws: ``TabularError``: a column that is not there or does not hold what it has to; no row with a prediction;
  ///   squares beyond a Double.
  package func evaluation(
    reading rows: some TableSource, _ policies: Policies = Policies(),
    progress: (Int) -> Void = { _ in }
  ) throws(TabularError) -> EvaluatedRows {
    var whole: Evaluation?, rowCount = 0, missing = 0, unestimable = RowTally()
    try rows.forEachBlock(columns: design.tableColumns(for: .evaluation)) { (block) throws(TabularError) in
      let rows = try self.rows(of: block, for: .evaluation, policies), data = rows.design
      return (
        evaluation: data.y.rowCount > 0 ? try data.evaluation(rows.model(self)) : nil,
        evaluated: data.y.rowCount, rows: block.rowCount, unestimable: tally(rows.unestimable, block)
      )
    } take: { (block) throws(TabularError) in
      rowCount += block.rows
      unestimable.merge(block.unestimable)
      missing +=
        block.rows - block.evaluated - (policies.unestimable == .keep ? 0 : block.unestimable.rowCount)
      if let part = block.evaluation {
        whole?.merge(part)
        whole = whole ?? part
      }
      progress(rowCount)
    }
    guard let whole else {
      throw .unusable(
        file: rows.source, message: "no row has a prediction; see what is missing, or which levels")
    }
    if !(whole.residualSumOfSquares + whole.totalSumOfSquares).isFinite {
      throw .unusable(
        file: rows.source,
        message:
          "the squares of \"\(printable(target))\" or of its errors are beyond a Double; use another unit")
    }
    return EvaluatedRows(evaluation: whole, missing: missing, unestimable: unestimable)
  }
}
