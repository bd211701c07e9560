public import LinearRegression

extension FittedModel {
  /// The model's errors on a table that has its features and its target. Rows are not weighted; those whose prediction
  /// would be missing are left out.
  ///
  /// - Throws: ``TabularError`` where a column is missing or does not hold what it has to, or no row is left.
  public func evaluation(
    on table: Table, unseen: UnseenPolicy = .error
  ) throws(TabularError) -> Evaluation {
    let (data, model) = try evaluationData(table, unseen)
    return try data.evaluation(model)
  }

  /// The model's errors on rows that need not fit in memory; see ``evaluation(on:unseen:)``.
  ///
  /// - Parameter progress: called with the number of rows that were read.
  /// - Returns: the errors, and the number of rows without a prediction, which are left out.
  /// - Throws: ``TabularError``: a column that is not there or does not hold what it has to; no row with a prediction;
  ///   squares beyond a Double.
  package func evaluation(
    reading rows: some TableSource, unseen: UnseenPolicy = .error, progress: (Int) -> Void = { _ in }
  ) throws(TabularError) -> (evaluation: Evaluation, leftOut: Int) {
    var whole: Evaluation?, rowCount = 0
    try rows.forEachBlock(columns: design.tableColumns(for: .evaluation)) { (block) throws(TabularError) in
      let (data, model) = try evaluationData(block, unseen)
      return (part: data.y.rowCount > 0 ? try data.evaluation(model) : nil, rows: block.rowCount)
    } take: { (block) throws(TabularError) in
      rowCount += block.rows
      guard let part = block.part else { return progress(rowCount) }
      whole?.merge(part)
      whole = whole ?? part
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
    return (whole, rowCount - whole.observations)
  }

  /// The rows of a table that have a prediction, and the model of their columns.
  private func evaluationData(
    _ table: Table, _ unseen: UnseenPolicy
  ) throws(TabularError) -> (DesignRows, LinearModel) {
    let condensed = condensed()
    let data = try design.rows(
      of: table, for: .evaluation, unseen: unseen, absorbing: condensed?.absorption,
      effects: condensed?.effects)
    return (data, condensed?.model ?? model)
  }
}
