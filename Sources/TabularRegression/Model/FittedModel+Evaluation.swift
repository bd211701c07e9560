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
    try Self.evaluations([self], reading: rows, unseen: unseen, progress: progress)[0]
  }

  /// The same of the models of several targets, in one reading.
  package static func evaluations(
    _ models: [FittedModel], reading rows: some TableSource, unseen: UnseenPolicy = .error,
    progress: (Int) -> Void = { _ in }
  ) throws(TabularError) -> [(evaluation: Evaluation, leftOut: Int)] {
    var wholes = [Evaluation?](repeating: nil, count: models.count), rowCount = 0
    let columns = models.reduce(into: Set()) { $0.formUnion($1.design.tableColumns(for: .evaluation)) }
    try rows.forEachBlock(columns: columns) { (block) throws(TabularError) in
      var parts: [Evaluation?] = []
      for model in models {
        let (data, linear) = try model.evaluationData(block, unseen)
        parts.append(data.y.rowCount > 0 ? try data.evaluation(linear) : nil)
      }
      return (parts: parts, rows: block.rowCount)
    } take: { (block) throws(TabularError) in
      rowCount += block.rows
      for (index, part) in block.parts.enumerated() {
        guard let part else { continue }
        wholes[index]?.merge(part)
        wholes[index] = wholes[index] ?? part
      }
      progress(rowCount)
    }
    var result: [(evaluation: Evaluation, leftOut: Int)] = []
    for (model, whole) in zip(models, wholes) {
      let whole = try model.checked(whole, rows.source)
      result.append((whole, rowCount - whole.observations))
    }
    return result
  }

  /// Throws where there is no evaluation, or its sums are beyond a Double.
  private func checked(_ evaluation: Evaluation?, _ source: String) throws(TabularError) -> Evaluation {
    guard let evaluation else {
      throw .unusable(
        file: source, message: "no row has a prediction; see what is missing, or which levels")
    }
    if !(evaluation.residualSumOfSquares + evaluation.totalSumOfSquares).isFinite {
      throw .unusable(
        file: source,
        message:
          "the squares of \"\(printable(target))\" or of its errors are beyond a Double; use another unit")
    }
    return evaluation
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
