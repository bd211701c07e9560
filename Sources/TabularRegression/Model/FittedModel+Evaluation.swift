internal import LinearAlgebra
public import LinearRegression

extension FittedModel {
  /// The model's errors on a table that has its features and its target; rows whose prediction would be missing are
  /// left out.
  ///
  /// - Parameters:
  ///   - table: the rows.
  ///   - weights: the column that weighs them, zero or more; nil for 1.
  ///   - unseen: what becomes of rows with a level that the fit did not see.
  ///   - unestimable: what becomes of rows whose prediction the fit does not determine.
  ///   - response: whether errors are of y, on its scale, where the target is log(y) or the like: see
  ///     ``predictions(from:unseen:unestimable:response:)``.
  /// - Throws: ``TabularError`` where a column is missing or does not hold what it has to, or no row is left.
  public func evaluation(
    on table: Table, weights: String? = nil, unseen: UnseenPolicy = .error,
    unestimable: UnestimablePolicy = .missing, response: Bool = false
  ) throws(TabularError) -> Evaluation {
    let rows = try evaluationRows(
      table, weights, Policies(unseen: unseen, unestimable: unestimable))
    return try evaluation(rows, table, response: response)
  }

  private func evaluation(
    _ rows: FeatureRows, _ table: Table, response: Bool
  ) throws(TabularError) -> Evaluation {
    let data = rows.design
    if !response { return try data.evaluation(rows.model(self)) }
    let function = try responseFunction(table.source)
    let predictions = try onScaleOfResponse(predictions(rows, table), rows, table)
    do throws(DataError) {
      // The predictions are a column of the coefficient 1.
      return try LinearModel(coefficients: [1], intercept: 0).evaluate(
        Matrix(column: predictions), data.y.map(function.inverse), weights: data.weights)[0]
    } catch {
      throw data.tabular(error)
    }
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

  /// The model's errors on rows that need not fit in memory; see
  /// ``evaluation(on:weights:unseen:unestimable:response:)``.
  ///
  /// - Parameter progress: called with the number of rows that were read.
  /// - Throws: ``TabularError``: a column that is not there or does not hold what it has to; no row with a prediction,
  ///   or none with a weight; squares beyond a Double.
  package func evaluation(
    reading rows: some TableSource, weights: String? = nil, _ policies: Policies = Policies(),
    response: Bool = false, progress: (Int) -> Void = { _ in }
  ) throws(TabularError) -> EvaluatedRows {
    try Self.evaluations(
      [self], reading: rows, weights: weights, policies, response: response, progress: progress)[0]
  }

  /// The same of the models of several targets, in one reading.
  ///
  /// - Parameter communicator: the ranks, of which each has its part of the rows; the errors are rank 0's.
  package static func evaluations(
    _ models: [FittedModel], reading rows: some TableSource, weights: String? = nil,
    _ policies: Policies = Policies(), response: Bool = false,
    on communicator: any Communicator = SingleProcess(), progress: (Int) -> Void = { _ in }
  ) throws(TabularError) -> [EvaluatedRows] {
    var wholes = models.map { _ in EvaluatedBlocks() }, rowCount = 0
    let columns = models.reduce(into: Set([weights].compactMap { $0 })) {
      $0.formUnion($1.design.tableColumns(for: .evaluation))
    }
    try communicator.forEachBlock(of: rows, columns: columns) { (block) throws(TabularError) in
      var parts: [EvaluatedBlocks] = []
      for model in models { parts.append(try model.evaluated(block, weights, policies, response)) }
      return EvaluatedBlock(parts: parts, rows: block.rowCount)
    } take: { (block) throws(TabularError) in
      rowCount += block.rows
      for (index, part) in block.parts.enumerated() { wholes[index].merge(part) }
      progress(rowCount)
    }
    var result: [EvaluatedRows] = []
    if communicator.rank != 0 { return [] }
    for (model, whole) in zip(models, wholes) {
      result.append(
        EvaluatedRows(
          evaluation: try model.checked(whole, rows.source, weights),
          missing: rowCount - whole.predicted
            - (policies.unestimable == .keep ? 0 : whole.unestimable.rowCount),
          unestimable: whole.unestimable))
    }
    return result
  }

  /// What was found in a block, for each model.
  private struct EvaluatedBlock: Codable, Sendable {
    let parts: [EvaluatedBlocks]
    let rows: Int
  }

  /// What the blocks that have been read add up to.
  private struct EvaluatedBlocks: Codable, Sendable {
    /// The errors; nil where no row has a prediction and a weight.
    var evaluation: Evaluation? {
      get { sums.map(Evaluation.init) }
      set { sums = newValue?.sums }
    }
    private var sums: Evaluation.Sums?
    /// Rows with a prediction, of weight 0 too.
    var predicted = 0
    var unestimable = RowTally()

    init(evaluation: Evaluation? = nil, predicted: Int = 0, unestimable: RowTally = RowTally()) {
      (sums, self.predicted, self.unestimable) = (evaluation?.sums, predicted, unestimable)
    }

    mutating func merge(_ later: EvaluatedBlocks) {
      if let part = later.evaluation {
        evaluation?.merge(part)
        evaluation = evaluation ?? part
      }
      predicted += later.predicted
      unestimable.merge(later.unestimable)
    }
  }

  private func evaluated(
    _ block: Table, _ weights: String?, _ policies: Policies, _ response: Bool
  ) throws(TabularError) -> EvaluatedBlocks {
    let rows = try evaluationRows(block, weights, policies), data = rows.design
    let hasWeight = data.weights?.contains { $0 > 0 } ?? true
    return EvaluatedBlocks(
      evaluation: data.y.rowCount > 0 && hasWeight ? try evaluation(rows, block, response: response) : nil,
      predicted: data.y.rowCount, unestimable: tally(rows.unestimable, block))
  }

  /// Throws where there is no evaluation, or its sums are beyond a Double.
  private func checked(
    _ blocks: EvaluatedBlocks, _ source: String, _ weights: String?
  ) throws(TabularError) -> Evaluation {
    guard let evaluation = blocks.evaluation else {
      guard blocks.predicted > 0 else {
        throw .unusable(
          file: source, message: "no row has a prediction; see what is missing, or which levels")
      }
      var design = design
      design.weights = weights
      throw design.tabular(DataError.noWeight, source)
    }
    if !(evaluation.residualSumOfSquares + evaluation.totalSumOfSquares).isFinite {
      throw .unusable(
        file: source,
        message:
          "the squares of \"\(printable(target))\" or of its errors are beyond a Double; use another unit")
    }
    return evaluation
  }

  /// The rows of a table that have a prediction.
  private func evaluationRows(
    _ table: Table, _ weights: String?, _ policies: Policies
  ) throws(TabularError) -> FeatureRows {
    try rows(of: table, for: weights == nil ? .evaluation : .fit, weights: weights, policies)
  }
}
