internal import LinearRegression

/// The rows of a fit, read in one pass: all of them where they are few, else reduced to a share.
package enum ReducedRows {
  case table(Table, Design)
  case share(Share)

  /// Rows up to so many blocks stay in memory, where every solver can go through them again: some 16 MB of text.
  package static let blocksInMemory = 4

  /// Reads the rows of a formula.
  ///
  /// Means and deviations have to be known before rows are reduced, and levels but those of one category that stands
  /// alone: where a formula has any, rows that do not stay in memory are read twice; those of a pipe from a copy.
  /// - Parameters:
  ///   - formula: what to predict from what.
  ///   - rows: where the rows come from.
  ///   - weights: name of the column that weighs the rows; nil for 1.
  ///   - missing: what becomes of rows in which a field is missing.
  ///   - blocksInMemory: so many blocks stay in memory.
  ///   - progress: called with the number of rows that were read.
  /// - Throws: ``TabularError``: a column that is not there or does not hold what it has to; a missing field that the
  ///   policy does not allow; no feature, or too many; no place for a copy of a pipe's rows.
  /// - Complexity: as `LeastSquares.Factor.add`; memory for a few blocks and factors.
  package init(
    _ formula: Formula, reading rows: some TableSource, weights: String? = nil,
    missing: MissingPolicy = .refuse, blocksInMemory: Int = Self.blocksInMemory,
    progress: (Int) -> Void = { _ in }
  ) throws(TabularError) {
    var empty = try DesignSurvey(
      formula, columns: rows.columnNames, weights: weights, missing: missing, source: rows.source)
    var first = empty
    try first.add(rows.firstBlock())
    // Where nothing depends on the other rows, they are reduced as they are surveyed.
    let open = first.needsAllRows && !first.hasMissingFault ? try first.openDesign() : nil
    let early = first.needsAllRows || first.hasMissingFault ? open?.design : try first.design()
    if let early, open == nil, let matrix = rows.matrix,
      matrix.rowCount > blocksInMemory * matrix.blockRows,
      let share = try MatrixRows(early, matrix)?.share(formula.text, progress: progress)
    {
      self = .share(share)
      return
    }
    if early == nil { try rows.prepareToRepeat() }
    let absorption = open?.absorption
    let category = open?.category
    if let category { empty.leaveLevels(of: category) }
    let columns = Set(empty.columns), text = formula.text
    let start = empty
    var survey = start, tables = JoinedRows(), blocks = 0
    var share = early.map { Share(text, $0, absorbing: absorption) }
    try rows.forEachBlock(columns: columns) { (table) throws(TabularError) in
      var survey = start
      try survey.add(table)
      // A missing field is told of once all have been counted.
      return Piece(
        survey: survey,
        share: survey.hasMissingFault
          ? nil
          : try early.map { (design) throws(TabularError) in
            try Share(text, design, absorbing: absorption, table)
          },
        table: table)
    } take: { (piece) throws(TabularError) in
      try survey.merge(piece.survey)
      if let later = piece.share { try share?.join(later, named: rows.source) }
      blocks += 1
      if blocks <= blocksInMemory { tables.append(piece.table) } else { tables = JoinedRows() }
      progress(survey.rowCount)
    }
    if let category { survey.take(levels: share?.words ?? [], of: category) }
    let design = try survey.design()
    if blocks <= blocksInMemory {
      self = .table(Table(rows.source, tables), design)
    } else if var share {
      share.settle(design)
      self = .share(share)
    } else {
      self = .share(try Share(text, design, reading: rows, columns: columns, progress: progress))
    }
  }

  private struct Piece: Sendable {
    let survey: DesignSurvey
    let share: Share?
    let table: Table
  }
}

extension Share {
  /// Takes rows that need not fit in memory.
  ///
  /// - Parameters:
  ///   - formula: what to predict from what.
  ///   - rows: where the rows come from.
  ///   - weights: name of the column that weighs the rows; nil for 1.
  ///   - missing: what becomes of rows in which a field is missing.
  ///   - progress: called with the number of rows that were read.
  /// - Throws: ``TabularError``, as ``init(_:_:weights:missing:)``; no place for a copy of a pipe's rows where they are
  ///   read twice.
  /// - Complexity: as `LeastSquares.Factor.add`; memory for a few blocks and factors.
  package init(
    _ formula: Formula, reading rows: some TableSource, weights: String? = nil,
    missing: MissingPolicy = .refuse, progress: (Int) -> Void = { _ in }
  ) throws(TabularError) {
    // However few rows: each block is a leaf, so that shares merge to the bits of the undivided rows.
    let reduced = try ReducedRows(
      formula, reading: rows, weights: weights, missing: missing, blocksInMemory: 0, progress: progress)
    guard case .share(let share) = reduced else { preconditionFailure("a block stays in memory") }
    self = share
  }

  /// The share of a block.
  fileprivate init(
    _ formula: String, _ design: Design, absorbing absorption: Design.Absorption?, _ block: Table
  ) throws(TabularError) {
    self.init(formula, design, absorbing: absorption)
    try add(block, isBlock: true)
  }

  /// The share of all rows under a design that is there already.
  fileprivate init(
    _ formula: String, _ design: Design, reading rows: some TableSource, columns: Set<String>,
    progress: (Int) -> Void
  ) throws(TabularError) {
    var whole = Share(formula, design), count = 0
    let absorption = whole.absorption
    try rows.forEachBlock(columns: columns) { (table) throws(TabularError) in
      (share: try Share(formula, design, absorbing: absorption, table), rows: table.rowCount)
    } take: { (block) throws(TabularError) in
      try whole.join(block.share, named: rows.source)
      count += block.rows
      progress(count)
    }
    self = whole
  }
}
