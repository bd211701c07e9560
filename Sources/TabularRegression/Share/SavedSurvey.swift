package import LinearRegression

/// What a formula has to know of all rows before they are reduced, found in some of them: levels, means, deviations.
///
/// Surveys of other rows are merged in the order of the rows; those of parts of the same files in any order.
package struct SavedSurvey: Sendable {
  let none: DesignSurvey
  /// Blocks that have rows.
  private(set) var blocks: Int
  /// Whether the design depends on all rows, as far as the first ones show; nil where that was not looked at.
  package private(set) var isNeeded: Bool?
  private(set) var contents: SavedLeaves<DesignSurvey>

  static let envelope = Envelope(
    formatName: "linreg-survey", version: 1, noun: "survey", remedy: "make it again")

  /// How text was read, in words.
  let reading: String

  /// The files that were read, or parts of them.
  private(set) var files: [FileLeaves.File]

  init(
    none: DesignSurvey, blocks: Int, reading: String, files: [FileLeaves.File],
    contents: SavedLeaves<DesignSurvey>
  ) {
    (self.none, self.blocks, self.reading, self.contents) = (none, blocks, reading, contents)
    self.files = files
  }

  /// What a pass over a part of files has found.
  init<Source, Reduction>(
    partOf pass: FormulaRows<Source, Reduction>.FirstPass, _ none: DesignSurvey, _ division: Division
  ) {
    self.init(
      none: none, blocks: pass.blocks, reading: division.reading, files: division.leaves.files,
      contents: .part(LeafParts(division, pass.surveys)))
  }

  static func join(_ survey: inout DesignSurvey, _ later: DesignSurvey) throws(TabularError) {
    try survey.merge(later)
  }

  /// Reads the rows of files, or of a part of them.
  ///
  /// - Parameters:
  ///   - formula: what to predict from what.
  ///   - source: where the rows come from.
  ///   - weights: name of the column that weighs the rows; nil for 1.
  ///   - weightKind: what the weights mean.
  ///   - missing: what becomes of rows in which a field is missing.
  ///   - progress: called with the number of rows that were read.
  /// - Throws: ``TabularError``: a column that is not there or does not hold what it has to.
  package init(
    _ formula: Formula, reading source: some TableSource, weights: String? = nil,
    weightKind: WeightKind = .analytic, missing: MissingPolicy = .refuse,
    progress: (Int) -> Void = { _ in }
  ) throws(TabularError) {
    let rows = Share.formulaRows(formula, source, weights, missing, weightKind)
    try self.init(rows, progress: progress)
  }

  /// Reads the rows of a formula.
  init<Source, Reduction: RowReduction>(
    _ rows: FormulaRows<Source, Reduction>, progress: (Int) -> Void
  ) throws(TabularError) {
    none = try rows.surveyOfNone()
    // A part may lack the level that others are compared with.
    isNeeded = try rows.needsSurvey() || none.namesReference
    let pass = try rows.firstPass(nil, progress: progress), division = rows.source.division
    (blocks, reading, files) = (pass.blocks, division.reading, division.leaves.files)
    contents = SavedLeaves(division, pass.surveys)
  }

  /// "blocks 17–18 of b.csv", what is missing; nil where nothing is.
  package var missingText: String? { contents.missingText }

  /// Number of rows that were read.
  package var rowCount: Int { contents.subtrees.reduce(0) { $0 + $1.value.rowCount } }

  /// Takes the survey of other rows.
  ///
  /// - Parameter name: what it is called in messages.
  package mutating func merge(_ other: SavedSurvey, named name: String) throws(TabularError) {
    guard none.isOfSameFit(as: other.none) else {
      throw .unusable(
        file: name,
        message: "it is a survey for another fit; merge surveys of one formula, with the same options")
    }
    if let fault = PartialShare.difference(reading, other.reading) {
      throw .unusable(file: name, message: fault)
    }
    if rowCount + other.rowCount > 1 << 53 || blocks + other.blocks > 1 << 53 {
      throw .unusable(file: name, message: "there are more rows than can be counted")
    }
    try contents.merge(other.contents, named: name, noun: "survey", Self.join)
    blocks += other.blocks
    files += other.files.filter { file in !files.contains { $0.isSame(as: file) } }
  }

  /// The first missing field that the policy does not allow; nil where there is none.
  var missingFault: MissingFault? { contents.subtrees.lazy.compactMap(\.value.missingFault).first }

  /// Whether it is a survey of a part of files, of these leaves.
  func isPart(of leaves: FileLeaves) -> Bool {
    if case .part(let parts) = contents { parts.leaves == leaves } else { false }
  }

  /// What all rows have.
  ///
  /// - Parameters:
  ///   - allowsMissing: whether leaves may be missing, as if they did not exist.
  ///   - name: what it is called in messages.
  /// - Throws: ``TabularError``: leaves that are missing; columns that hold numbers in one part and words in another.
  func whole(allowsMissing: Bool = false, named name: String) throws(TabularError) -> DesignSurvey {
    if let missingText, !allowsMissing {
      throw .unusable(
        file: name, message: "it lacks \(missingText); merge the surveys of all parts first")
    }
    return try contents.joined(Self.join).whole(Self.join) ?? none
  }

  /// Why it is none for rows of a formula with these options; nil where it is.
  func fault(for other: DesignSurvey, _ division: Division) -> String? {
    if !none.isOfSameFit(as: other) {
      return "it is a survey for another fit; make it with this formula and the same options"
    }
    if let fault = PartialShare.difference(division.reading, reading) { return fault }
    let other = division.leaves.files.first { file in
      file.bytes != nil && !files.contains { $0.isSame(as: file) }
    }
    if let other {
      return
        "it is a survey of other files, without \(printable(other.name)); make it of all files that are read"
    }
    return nil
  }
}

extension DesignSurvey {
  /// Whether two surveys are for one formula, and tables of the same columns.
  func isOfSameFit(as other: DesignSurvey) -> Bool {
    formula.text == other.formula.text && tableColumns == other.tableColumns && weights == other.weights
      && missing == other.missing && weightKind == other.weightKind
  }
}
