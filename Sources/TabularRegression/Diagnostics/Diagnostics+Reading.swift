extension Diagnostics {
  /// The diagnostics of a model on a table that has its features, its target and, where the fit weighed rows, its
  /// weights.
  ///
  /// - Parameters:
  ///   - model: the model.
  ///   - table: the rows of the fit, or others.
  /// - Throws: ``TabularError`` where a column is missing or does not hold what it has to, or no row has a prediction.
  /// - Complexity: O(rows · p²)
  public init(_ model: FittedModel, _ table: Table) throws(TabularError) {
    try model.requireRowsOfOneObservation(named: table.source)
    var diagnostics = Diagnostics(model, source: table.source)
    try diagnostics.add(model, table, weights: model.weights, .init())
    try diagnostics.requireRows()
    self = diagnostics
  }

  /// The diagnostics of a model on rows that need not fit in memory, in one reading.
  ///
  /// - Parameters:
  ///   - communicator: the ranks, of which each has its part of the rows; the diagnostics are rank 0's.
  ///   - progress: called with the number of rows that were read.
  /// - Returns: nil on ranks but the first.
  /// - Throws: ``TabularError``, as ``init(_:_:)``.
  package init?(
    _ model: FittedModel, reading rows: some TableSource, _ policies: FittedModel.Policies = .init(),
    on communicator: any Communicator = SingleProcess(), progress: (Int) -> Void = { _ in }
  ) throws(TabularError) {
    try model.requireRowsOfOneObservation(named: rows.source)
    let none = Diagnostics(model, source: rows.source), weights = model.weights
    let columns = model.design.tableColumns(for: .evaluation).union([weights].compactMap { $0 })
    var whole: Diagnostics?
    try communicator.forEachBlock(of: rows, columns: columns) { (block) throws(TabularError) in
      var part = none
      try part.add(model, block, weights: weights, policies)
      return part
    } take: { (part) in
      if whole == nil { whole = part } else { whole?.merge(part) }
      progress(whole?.rowsRead ?? 0)
    }
    if communicator.rank != 0 { return nil }
    self = whole ?? none
    try requireRows()
  }

  /// Throws where no row has a prediction.
  private func requireRows() throws(TabularError) {
    if let row = largestScaled.rows.first, !(abs(row.scaled) < 1e50) {
      throw .malformed(
        file: row.file, line: row.line, column: nil,
        message: "the residual is beyond 10⁵⁰ times the error of the fit; check the units of the fields")
    }
    if observations > 0 { return }
    throw .unusable(
      file: source, message: "no row has a prediction and a weight; see what is missing, or which levels")
  }
}
