internal import LinearRegression

/// The rows that a formula is fitted to, on the one way that they take: a survey of all, the design that follows from
/// it, and a reduction of the design's columns, block by block.
///
/// The survey is a pass of its own where the design depends on all rows: by means, deviations, or levels but those of
/// one category that stands alone. Otherwise the first block tells the design, and rows are reduced as they are
/// surveyed.
struct FormulaRows<Source: TableSource, Reduction: RowReduction> {
  let formula: Formula
  var source: Source
  /// Name of the column that weighs the rows; nil for 1.
  let weights: String?
  /// What becomes of rows in which a field is missing.
  let missing: MissingPolicy
  /// Whether they are a part of the rows of a fit, so that others may have other levels.
  var isPart = false
  /// The fit that follows, for what it takes of memory.
  var method = LeastSquares()
  /// A reduction of no rows of a design, with a category that has no columns.
  let empty: (Design, Design.Absorption?) throws(TabularError) -> Reduction

  /// What the first pass has found.
  struct Survey {
    let design: Design
    /// The rows, where they are few.
    let table: Table?
    /// What all rows were reduced to, where the design was known before.
    let reduction: Reduction?
    /// How many blocks there are, and the rows of the largest.
    let blocks: Int
    let blockRows: Int
  }

  /// Throws where the reduction would take more memory than it may.
  func checkMemory(
    _ design: Design, _ absorption: Design.Absorption?, blockRows: Int, blocks: Int
  ) throws(TabularError) {
    // Each thread has a block and its part, as many parts wait twice, and along the tree the logarithm of their number.
    let parts = min(blocks, 3 * Parallelism.threads) + (Int.bitWidth - blocks.leadingZeroBitCount)
    let copies = Reduction.keepsDigits ? 2 : 1
    try design.checkMemory(
      absorption, rows: blockRows * min(blocks, Parallelism.threads) * copies,
      triangles: (Reduction.keepsTriangles ? parts : 0) + method.trianglesInMemory,
      source: source.source)
  }

  /// What the first pass over the rows that are read has found.
  struct FirstPass {
    /// As subtrees of the tree that they are merged along.
    var surveys = MergeTree<DesignSurvey>()
    /// What the rows were reduced to, where the design was known before.
    var reduction: Reduction?
    /// The column whose levels the reduction counts.
    var category: String?
    /// The rows, as long as they are few.
    var table = JoinedRows()
    var rowCount = 0
    var blocks = 0
    /// Rows of the largest block.
    var blockRows = 0
    /// Why rows could not be reduced, though they may be known to digits that a fit in memory can use.
    var failure: TabularError?

    /// What was found in all rows, but for levels that the reduction counts.
    func survey(_ none: DesignSurvey) throws(TabularError) -> DesignSurvey {
      try surveys.whole { (survey, later) throws(TabularError) in try survey.merge(later) } ?? none
    }
  }

  /// The design of all rows as the first ones tell it, and the category whose levels are left open; nil where it depends
  /// on all.
  func early() throws(TabularError) -> (design: Design, open: Design.Absorption?)? {
    try surveyOfNone().early(with: source.firstBlock(), leavesLevels: Reduction.countsLevels)
  }

  /// Whether a survey of all rows has to come before they can be reduced.
  func needsSurvey() throws(TabularError) -> Bool { try early() == nil }

  /// Reads the rows once: surveys them, and reduces them where that can be done at once.
  ///
  /// - Parameters:
  ///   - early: the design, if it is known.
  ///   - blocks: rows of so many blocks are kept.
  ///   - progress: called with the number of rows that were read.
  func firstPass(
    _ early: (design: Design, open: Design.Absorption?)?, keeping blocks: Int = 0, progress: (Int) -> Void
  ) throws(TabularError) -> FirstPass {
    var pass = FirstPass(), start = try surveyOfNone()
    if let early {
      try checkMemory(early.design, early.open, blockRows: 0, blocks: 1)
      pass.reduction = try empty(early.design, early.open)
      pass.category = early.open.map(early.design.column)
    }
    if let category = pass.category { start.leaveLevels(of: category) }
    try source.forEachBlock(columns: start.columns) { [start] (table) throws(TabularError) in
      var survey = start
      try survey.add(table)
      // A missing field is told of once all have been counted.
      let design = survey.hasMissingFault ? nil : early?.design
      let part = Result { () throws(TabularError) -> Reduction.Part? in
        guard let design else { return nil }
        return try Reduction.part(
          design.rows(of: table, isExtended: Reduction.keepsDigits, absorbing: early?.open))
      }
      return (survey: survey, part: part, table: table)
    } take: { (block) throws(TabularError) in
      try pass.surveys.append(block.survey, before: block.survey.height) {
        (survey, later) throws(TabularError) in try survey.merge(later)
      }
      switch block.part {
      case .success(let part?): try pass.reduction?.take(part, of: source.source)
      case .success(nil): break
      case .failure(let error): pass.failure = pass.failure ?? error
      }
      pass.blocks += 1
      if pass.blocks > blocks, let failure = pass.failure { throw failure }
      pass.blockRows = max(pass.blockRows, block.table.rowCount)
      if pass.blocks <= blocks { pass.table.append(block.table) } else { pass.table = JoinedRows() }
      pass.rowCount += block.table.rowCount
      progress(pass.rowCount)
    }
    return pass
  }

  /// Reads all rows once: surveys them, and reduces them where that can be done at once.
  ///
  /// - Parameters:
  ///   - blocks: rows of so many blocks are kept.
  ///   - progress: called with the number of rows that were read.
  /// - Throws: ``TabularError``: a column that is not there or does not hold what it has to; a missing field that the
  ///   policy does not allow; no feature, or too many; no place for a copy of a pipe's rows, which are read again.
  func survey(keeping blocks: Int, progress: (Int) -> Void) throws(TabularError) -> Survey {
    // The rows of a small matrix are kept, and not reduced.
    let isSmall = source.matrix.map { $0.rowCount <= blocks * $0.blockRows } ?? false
    let early = isSmall ? nil : try early()
    if early == nil { try source.prepareToRepeat() }
    var pass = try firstPass(early, keeping: blocks, progress: progress)
    var survey = try pass.survey(surveyOfNone())
    if let category = pass.category, let reduction = pass.reduction {
      survey.take(levels: reduction.levels, of: category)
    }
    let design = try survey.design(isPart: isPart)
    pass.reduction?.complete(design)
    return Survey(
      design: design, table: pass.blocks <= blocks ? Table(source.source, pass.table) : nil,
      reduction: pass.failure == nil ? pass.reduction : nil, blocks: pass.blocks, blockRows: pass.blockRows)
  }

  /// All rows, reduced: in one pass, or in two.
  func reduction(progress: (Int) -> Void = { _ in }) throws(TabularError) -> Reduction {
    let survey = try survey(keeping: 0, progress: progress)
    return try reduction(survey, progress: progress)
  }

  /// All rows, reduced: those that have been surveyed and not reduced are read again.
  func reduction(_ survey: Survey, progress: (Int) -> Void) throws(TabularError) -> Reduction {
    if let reduction = survey.reduction { return reduction }
    let design = survey.design, absorption = Reduction.countsLevels ? design.absorption(fewest: 2) : nil
    try checkMemory(design, absorption, blockRows: survey.blockRows, blocks: survey.blocks)
    var reduction = try empty(design, absorption)
    try reduction.take(design, source, progress: progress)
    return reduction
  }

  /// A survey of no rows.
  func surveyOfNone() throws(TabularError) -> DesignSurvey {
    if !Reduction.takesEffects { try formula.requireNoEffects() }
    return try DesignSurvey(
      formula, columns: source.columnNames, weights: weights, weightKind: method.weightKind, missing: missing,
      source: source.source)
  }
}

/// What the rows of a design are reduced to, one block after another.
protocol RowReduction: SendableMetatype {
  /// What a block is reduced to.
  associatedtype Part: Sendable

  /// Whether a category that stands alone needs no columns, for its levels are counted here.
  static var countsLevels: Bool { get }

  /// Whether each block is reduced to p² numbers.
  static var keepsTriangles: Bool { get }

  /// Whether columns are wanted to more digits than Doubles have.
  static var keepsDigits: Bool { get }

  /// Whether rows may be in categories whose levels have effects.
  static var takesEffects: Bool { get }

  /// That category, if there is one.
  var absorption: Design.Absorption? { get }

  /// The levels that were counted; none where ``countsLevels`` is false.
  var levels: [String] { get }

  /// What a block is reduced to; called on any thread.
  static func part(_ rows: DesignRows) throws(TabularError) -> Part

  /// Takes the part of the next block.
  ///
  /// - Parameter source: what the rows are called in messages.
  mutating func take(_ part: Part, of source: String) throws(TabularError)

  /// Takes the design of all rows, of which the first ones told the columns.
  mutating func complete(_ design: Design)
}

extension RowReduction {
  static var keepsDigits: Bool { false }
  static var takesEffects: Bool { false }
  var absorption: Design.Absorption? { nil }
  var levels: [String] { [] }

  /// Takes all rows under a design.
  ///
  /// - Parameters:
  ///   - use: what the rows are for.
  ///   - progress: called with the number of rows that were read.
  mutating func take(
    _ design: Design, _ source: some TableSource, for use: Design.Use = .fit,
    progress: (Int) -> Void = { _ in }
  ) throws(TabularError) {
    var count = 0
    let absorption = absorption
    try source.forEachBlock(columns: design.tableColumns(for: use)) { (table) throws(TabularError) in
      let rows = try design.rows(
        of: table, for: use, isExtended: Self.keepsDigits, absorbing: absorption)
      return (part: try Self.part(rows), rows: table.rowCount)
    } take: { (block) throws(TabularError) in
      try take(block.part, of: source.source)
      count += block.rows
      progress(count)
    }
  }
}
