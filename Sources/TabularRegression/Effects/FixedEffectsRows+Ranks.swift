internal import LinearRegression

extension FormulaRows where Reduction == FixedEffectsRows {
  /// A block of rows as a rank sends it, with what was found in it where the design is that of the first rows.
  private struct Block: Codable {
    var survey: DesignSurvey?
    /// Nil where a missing field is told of once all have been counted.
    var rows: BlockRows?
    var rowCount: Int
  }

  /// What all rows were reduced to, on rank 0; nil there where they are few, and on the others.
  ///
  /// Each rank reads its part and sends the columns to rank 0, which forms the sums of the levels in the order of the
  /// rows.
  /// - Parameters:
  ///   - few: rows of so many blocks are few.
  ///   - progress: called with the number of rows that were read.
  func reduced(
    on communicator: any Communicator, few: Int, progress: (Int) -> Void
  ) throws(TabularError) -> (rows: FixedEffectsRows, rowsInMemory: Int)? {
    if source.division.leaves.count <= few { return nil }
    if let matrix = source.matrix, matrix.rowCount <= few * matrix.blockRows { return nil }
    let start = try communicator.agree(try surveyOfNone())
    let early = try communicator.agree(try early()?.design)
    var known = early
    if known == nil { known = try surveyed(on: communicator, few: few, progress: progress) }
    guard let design = known else { return nil }
    try communicator.agree(try checkMemory(design, nil, blockRows: 0, blocks: 1))
    let isSurveyed = early == nil
    var surveys = MergeTree<DesignSurvey>(), reduction = try empty(design, nil)
    var blocks = 0, rowCount = 0, blockRows = 0
    try communicator.forEachBlock(
      of: source, columns: isSurveyed ? design.tableColumns(for: .fit) : start.columns
    ) { (table) throws(TabularError) in
      var block = Block(rowCount: table.rowCount)
      if !isSurveyed {
        var survey = start
        try survey.add(table)
        block.survey = survey
        if survey.hasMissingFault { return block }
      }
      block.rows = BlockRows(try design.rows(of: table))
      return block
    } take: { (block) throws(TabularError) in
      if let survey = block.survey {
        try surveys.append(survey, before: survey.height, SavedSurvey.join)
      }
      if let rows = block.rows { try reduction.take(rows, of: source.source) }
      (blocks, blockRows) = (blocks + 1, max(blockRows, block.rowCount))
      rowCount += block.rowCount
      progress(rowCount)
    }
    try communicator.onFirst { () throws(TabularError) in
      if communicator.rank != 0 || blocks <= few || isSurveyed { return }
      try reduction.complete((surveys.whole(SavedSurvey.join) ?? start).design())
    }
    return communicator.rank == 0 && blocks > few
      ? (reduction, blockRows * min(blocks, Parallelism.threads)) : nil
  }

  /// The design that a survey of all rows tells, on all ranks; nil where the rows are few.
  private func surveyed(
    on communicator: any Communicator, few: Int, progress: (Int) -> Void
  ) throws(TabularError) -> Design? {
    let survey = try RankedSurvey(communicator: communicator, rows: self).survey(few: few, progress: progress)
    return try communicator.agree(try survey?.design())
  }
}

extension WithinRows {
  /// A factor, and of how many rows of a file.
  private struct Leaf: Codable {
    let factor: LeastSquares.Factor
    let rowCount: Int
  }

  /// The factor of all rows less their effects, along the tree, on rank 0. Each block is a leaf.
  ///
  /// - Parameter progress: called with the number of rows that were read.
  func factor(
    _ source: some TableSource, on communicator: any Communicator, progress: (Int) -> Void
  ) throws(TabularError) -> LeastSquares.Factor {
    var tree = MergeTree<LeastSquares.Factor>(), count = 0
    func tabular<Result>(_ body: () throws(DataError) -> Result) throws(TabularError) -> Result {
      do throws(DataError) { return try body() } catch { throw design.tabular(error, source.source) }
    }
    try communicator.forEachBlock(of: source, columns: design.tableColumns(for: .fit)) {
      (table) throws(TabularError) in
      Leaf(factor: try factor(try design.rows(of: table)), rowCount: table.rowCount)
    } take: { (leaf) throws(TabularError) in
      try tabular { () throws(DataError) in
        try tree.append(leaf.factor, before: leaf.factor.hash) { (factor, later) throws(DataError) in
          try factor.merge(later)
        }
      }
      count += leaf.rowCount
      progress(count)
    }
    return try tabular { () throws(DataError) in
      try tree.whole { (factor, later) throws(DataError) in try factor.merge(later) }
        ?? transformation.emptyFactor
    }
  }
}
