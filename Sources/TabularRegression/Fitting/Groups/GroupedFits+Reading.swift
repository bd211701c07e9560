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
    try self.init(
      formula, by: columns, reading: TableReader(paths, options: options.keepingDigits()), weights: weights,
      missing: missing)
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
  /// - Parameter progress: called with the number of rows that were read.
  package init(
    _ formula: Formula, by columns: [String], reading source: some TableSource, weights: String? = nil,
    missing: MissingPolicy = .refuse, progress: (Int) -> Void = { _ in }
  ) throws(TabularError) {
    var rows = try GroupedRows(
      formula, by: columns, columns: source.columnNames, weights: weights, missing: missing,
      source: source.source)
    let early = try rows.survey.early(with: source.firstBlock(), leavesLevels: false)?.design
    var survey = rows.survey
    if early == nil {
      try source.prepareToRepeat()
      try source.forEachBlock(columns: survey.columns) { [survey] (table) throws(TabularError) in
        var own = survey
        try own.add(table)
        return own
      } take: { (later) throws(TabularError) in
        try survey.merge(later)
        progress(survey.rowCount)
      }
    }
    let design: Design
    if let early { design = early } else { design = try survey.design() }
    let surveys = early != nil
    var count = 0
    try source.forEachBlock(columns: rows.columns) { [rows] (table) throws(TabularError) in
      (part: try rows.part(table, design, surveys: surveys), rows: table.rowCount)
    } take: { (block) throws(TabularError) in
      if let later = block.part.survey { try survey.merge(later) }
      try rows.take(block.part, design)
      count += block.rows
      progress(count)
    }
    self.init(rows, surveys ? try survey.design() : design)
  }
}
