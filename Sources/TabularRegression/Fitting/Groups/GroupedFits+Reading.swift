internal import LinearRegression

extension GroupedFits {
  /// Fits a formula to each group of the rows of CSV files, which need not fit in memory.
  ///
  /// - Parameters:
  ///   - formula: what to predict from what; "." is without the columns of the groups.
  ///   - columns: names of the columns whose words tell the groups apart.
  ///   - paths: at least one file, all with the same columns; "-" is standard input.
  ///   - options: how the text is read.
  ///   - weights: name of the column that weighs the rows; nil for 1.
  ///   - missing: what becomes of rows in which a field is missing; a row without a group is refused or dropped.
  /// - Throws: ``TabularError``: a column that is not there; a column of the groups in the formula; several targets; more
  ///   groups than there is memory for; as the fit of a ``Formula`` to a ``Table``.
  /// - Complexity: 3 n (p + 2)² flops, and 4 (p + 2)(p + 3) bytes and its words for each group.
  public init(
    _ formula: Formula, by columns: [String], csv paths: [String], options: ReadingOptions = ReadingOptions(),
    weights: String? = nil, missing: MissingPolicy = .refuse
  ) throws(TabularError) {
    var options = options
    options.categories.formUnion(formula.categories.union(columns))
    let reader = try TableReader(paths, options: options.keepingDigits())
    // One process is the first of its ranks.
    guard
      let fits = try GroupedFits(formula, by: columns, reading: reader, weights: weights, missing: missing)
    else { throw .elsewhere }
    self = fits
  }

  /// Fits a formula to each group of the rows of CSV files: as with a ``Formula`` of this text.
  public init(
    _ formula: String, by columns: [String], csv paths: [String], options: ReadingOptions = ReadingOptions(),
    weights: String? = nil, missing: MissingPolicy = .refuse
  ) throws(TabularError) {
    try self.init(
      Formula(formula), by: columns, csv: paths, options: options, weights: weights, missing: missing)
  }

  /// Fits a formula to each group of the rows of a table.
  ///
  /// - Throws: ``TabularError``, as for files.
  public init(
    _ formula: Formula, by columns: [String], _ table: Table, weights: String? = nil,
    missing: MissingPolicy = .refuse
  ) throws(TabularError) {
    var rows = try GroupedRows(
      formula, by: columns, columns: table.columnNames, weights: weights, missing: missing,
      source: table.source)
    var survey = rows.survey
    try survey.add(table)
    let design = try survey.design()
    try rows.take(rows.part(table, design, surveys: false), design)
    self.init(rows, design)
  }

  /// Fits a formula to each group of rows that need not fit in memory.
  ///
  /// - Parameters:
  ///   - communicator: the ranks, of which each reads its part of the rows; they are added to their groups by rank 0.
  ///   - progress: called with the number of rows that were read.
  /// - Returns: nil on ranks but the first.
  package init?(
    _ formula: Formula, by columns: [String], reading source: some TableSource,
    on communicator: any Communicator = SingleProcess(), weights: String? = nil,
    missing: MissingPolicy = .refuse, progress: (Int) -> Void = { _ in }
  ) throws(TabularError) {
    var rows = try communicator.agree(
      try GroupedRows(
        formula, by: columns, columns: source.columnNames, weights: weights, missing: missing,
        source: source.source))
    let early = try communicator.agree(
      try rows.survey.early(with: source.firstBlock(), leavesLevels: false)?.design)
    let surveys = early != nil
    let design: Design
    if let early {
      design = early
    } else {
      design = try rows.survey.surveying(source, on: communicator, progress: progress)
    }
    var survey = rows.survey, count = 0
    try communicator.forEachBlock(of: source, columns: rows.columns) { [rows] (table) throws(TabularError) in
      try rows.part(table, design, surveys: surveys)
    } take: { (part) throws(TabularError) in
      if let later = part.survey { try survey.merge(later) }
      try rows.take(part, design)
      count += part.rowCount
      progress(count)
    }
    var whole = design
    try communicator.onFirst { () throws(TabularError) in if surveys { whole = try survey.design() } }
    if communicator.rank != 0 { return nil }
    self.init(rows, whole)
  }
}

extension DesignSurvey {
  /// The design that all rows tell, on all ranks.
  fileprivate func surveying(
    _ source: some TableSource, on communicator: any Communicator, progress: (Int) -> Void
  ) throws(TabularError) -> Design {
    var survey = self
    try communicator.agree(try source.prepareToRepeat())
    try communicator.forEachBlock(of: source, columns: columns) { [self] (table) throws(TabularError) in
      var own = self
      try own.add(table)
      return own
    } take: { (later) throws(TabularError) in
      try survey.merge(later)
      progress(survey.rowCount)
    }
    if communicator.size == 1 { return try survey.design() }
    let bytes = try communicator.broadcast(Envelope.ofRanks.bytes(of: try survey.design()))
    return try Envelope.ofRanks.open(RandomAccessFile(bytes, name: "MPI")) as Design
  }
}
