internal import LinearRegression

/// The rows of a formula on their way to a fit of each group: one pass over them, or two where the design depends on all
/// rows.
struct GroupedRows: Sendable {
  let formula: Formula

  /// The columns whose words tell the groups apart.
  let by: [String]

  let survey: DesignSurvey
  let source: String

  /// The groups so far.
  private(set) var keys: GroupKeys

  /// Nil before the first rows.
  private(set) var factors: GroupFactors?

  /// Rows that were left out, for a field was missing.
  private(set) var droppedRows = 0

  /// What the rows of a block come to.
  struct Part: Codable, Sendable {
    /// Nil where a missing field is told of once all have been counted.
    var rows: BlockRows?
    /// The words of all rows, for each column of the groups.
    var fields: [TableColumn.Words] = []
    /// Nil where the rows were surveyed before.
    var survey: DesignSurvey?
    /// Number of all rows.
    let rowCount: Int
  }

  /// - Throws: ``TabularError``: a column that is not there or has two parts to play, several targets.
  init(
    _ formula: Formula, by: [String], columns: [String], weights: String?, missing: MissingPolicy,
    source: String
  ) throws(TabularError) {
    if formula.targetNames.count > 1 {
      throw .unusable(
        file: source,
        message:
          "groups are fitted for one target, and there are \(listed(formula.targetNames)); give one at a time"
      )
    }
    try formula.requireNoEffects("groups are fitted without effects behind a bar; use C() for few levels")
    (self.formula, self.by, self.source) = (formula, by, source)
    let known = Set(columns)
    for name in by where !known.contains(name) {
      throw .noColumn(name, file: source, available: columns)
    }
    if by.isEmpty || Set(by).count < by.count {
      throw .unusable(file: source, message: "the columns of the groups are at least one, each named once")
    }
    if let name = by.first(where: (formula.namedColumns + [weights].compactMap { $0 }).contains) {
      throw .unusable(
        file: source,
        message:
          "column \"\(printable(name))\" tells the groups apart, and is the same in all rows of one; leave it out of the formula and the weights"
      )
    }
    survey = try DesignSurvey(
      formula, columns: columns.filter { !by.contains($0) }, weights: weights, missing: missing,
      source: source)
    keys = GroupKeys(columns: by.count)
  }

  /// The columns that are read.
  var columns: Set<String> { survey.columns.union(by) }

  /// The rows of a block under a design.
  ///
  /// - Parameter surveys: whether the rows are surveyed too.
  /// - Throws: ``TabularError``: a missing field of a group; as `Design.rows`.
  func part(_ table: Table, _ design: Design, surveys: Bool) throws(TabularError) -> Part {
    var part = Part(rowCount: table.rowCount)
    if surveys {
      var survey = survey
      try survey.add(table)
      part.survey = survey
      if survey.hasMissingFault { return part }
    }
    for name in by {
      let words = try table.find(name).words()
      if design.missing != .drop, let row = words.codes.firstIndex(of: -1) {
        throw table.fault(
          name, row: row, count: words.codes.count { $0 < 0 },
          "a field that tells the row's group is missing; fill it in, or drop such rows")
      }
      part.fields.append(words)
    }
    part.rows = BlockRows(
      try design.rows(of: table, isExtended: table.hasDigits && design.hasIntercept))
    return part
  }

  /// Takes the part of the next block.
  ///
  /// - Throws: ``TabularError``: more groups than there is memory for.
  mutating func take(_ part: Part, _ design: Design) throws(TabularError) {
    guard let rows = part.rows else { return }
    let all = keys.groups(of: part.fields)
    let groups = rows.kept.map { kept in kept.map { all[$0] } } ?? all
    var factors = factors ?? GroupFactors(features: design.columns.count, intercept: design.hasIntercept)
    self.factors = nil
    try FitMemory.check(bytes: factors.bytes(groups: keys.count), source: source) {
      "there are \(keys.count) groups of \(counted(design.columns.count, "column")); the fits"
    }
    factors.grow(to: keys.count)
    factors.add(
      rows.X, rows.response, low: rows.low, roundings: rows.roundings, weights: rows.weights, groups: groups)
    self.factors = factors
    droppedRows += rows.droppedRows + groups.count { $0 < 0 }
  }
}
