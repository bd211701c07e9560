internal import LinearRegression

/// What a formula has to know of all rows before they are reduced, found in some of them: levels, means, deviations.
///
/// Surveys of other rows are merged in the order of the rows; those of parts of the same files in any order.
package struct SavedSurvey: Sendable {
  private let none: DesignSurvey
  /// Whether the design depends on all rows, as far as the first ones show; nil where that was not looked at.
  package private(set) var isNeeded: Bool?
  private var contents: Contents

  private enum Contents: Sendable {
    case whole(MergeTree<DesignSurvey>)
    case part(LeafParts<DesignSurvey>)
  }

  static let envelope = Envelope(
    formatName: "linreg-survey", version: 1, noun: "survey", remedy: "make it again")

  private static func join(_ survey: inout DesignSurvey, _ later: DesignSurvey) throws(TabularError) {
    try survey.merge(later)
  }

  /// Reads the rows of files, or of a part of them.
  ///
  /// - Parameters:
  ///   - formula: what to predict from what.
  ///   - source: where the rows come from.
  ///   - weights: name of the column that weighs the rows; nil for 1.
  ///   - missing: what becomes of rows in which a field is missing.
  ///   - progress: called with the number of rows that were read.
  /// - Throws: ``TabularError``: a column that is not there or does not hold what it has to.
  package init(
    _ formula: Formula, reading source: some TableSource, weights: String? = nil,
    missing: MissingPolicy = .refuse, progress: (Int) -> Void = { _ in }
  ) throws(TabularError) {
    let rows = Share.formulaRows(formula, source, weights, missing)
    try self.init(rows, progress: progress)
  }

  /// Reads the rows of a formula.
  init<Source>(
    _ rows: FormulaRows<Source, Share>, progress: (Int) -> Void
  ) throws(TabularError) {
    none = try rows.surveyOfNone()
    isNeeded = try rows.needsSurvey()
    let pass = try rows.firstPass(nil, progress: progress), division = rows.source.division
    contents = division.isWhole ? .whole(pass.surveys) : .part(LeafParts(division, pass.surveys))
  }

  /// "blocks 17–18 of b.csv", what is missing; nil where nothing is.
  package var missingText: String? {
    if case .part(let parts) = contents { parts.missingText } else { nil }
  }

  /// Number of rows that were read.
  package var rowCount: Int { subtrees.reduce(0) { $0 + $1.value.rowCount } }

  private var subtrees: [MergeTree<DesignSurvey>.Subtree] {
    switch contents {
    case .whole(let tree): tree.subtrees
    case .part(let parts): parts.sections.flatMap(\.tree.subtrees)
    }
  }

  /// Takes the survey of other rows.
  ///
  /// - Parameter name: what it is called in messages.
  package mutating func merge(_ other: SavedSurvey, named name: String) throws(TabularError) {
    guard none.isOfSameFit(as: other.none) else {
      throw .unusable(
        file: name,
        message: "it is a survey for another fit; merge surveys of one formula, with the same options")
    }
    switch (contents, other.contents) {
    case (.whole(var tree), .whole(let later)):
      for part in later.subtrees { try tree.append(part.value, before: part.before, Self.join) }
      contents = .whole(tree)
    case (.part(var parts), .part(let others)):
      if let fault = parts.fault(with: others) { throw .unusable(file: name, message: fault) }
      try parts.insert(others, Self.join)
      contents = parts.missing.isEmpty ? .whole(try parts.joined(Self.join)) : .part(parts)
    default:
      throw .unusable(
        file: name,
        message:
          "a survey of a part of files and one of others cannot be merged; merge those of all parts of the files first"
      )
    }
  }

  /// What all rows have.
  ///
  /// - Parameter name: what it is called in messages.
  /// - Throws: ``TabularError``: leaves that are missing; columns that hold numbers in one part and words in another.
  func whole(named name: String) throws(TabularError) -> DesignSurvey {
    guard case .whole(let tree) = contents else {
      throw .unusable(
        file: name, message: "it lacks \(missingText ?? "rows"); merge the surveys of all parts first")
    }
    return try tree.whole(Self.join) ?? none
  }

  /// Whether it is for a formula with these options.
  func isFor(_ other: DesignSurvey) -> Bool { none.isOfSameFit(as: other) }
}

extension DesignSurvey {
  /// Whether two surveys are for one formula, and tables of the same columns.
  fileprivate func isOfSameFit(as other: DesignSurvey) -> Bool {
    formula.text == other.formula.text && tableColumns == other.tableColumns && weights == other.weights
      && missing == other.missing
  }
}

extension SavedSurvey {
  /// Whether a regular file holds a survey.
  package static func isIn(_ path: String) -> Bool { envelope.begins(path) }

  /// Writes a file: whole, or not at all.
  package func write(to path: String) throws(TabularError) { try Self.envelope.write(Record(self), to: path) }

  var fileBytes: [UInt8] { Self.envelope.bytes(of: Record(self)) }

  /// Reads a file.
  ///
  /// - Parameter path: the file, or "-" for standard input.
  package init(contentsOf path: String) throws(TabularError) { try self.init(Self.envelope.file(path)) }

  init(_ file: RandomAccessFile) throws(TabularError) {
    let record: Record = try Self.envelope.open(file)
    guard let survey = try record.survey() else { throw Self.envelope.damaged(name: file.name) }
    self = survey
  }

  /// The contents of a survey's file.
  private struct Record: Codable {
    var none: DesignSurvey
    /// The leaves of the files; not there where they are all.
    var leaves: FileLeaves?
    var sections: [Section]

    /// Consecutive leaves.
    struct Section: Codable {
      var first: Int?
      var end: Int?
      var parts: [Part]
    }

    struct Part: Codable {
      var height: UInt64
      var rows: DesignSurvey
    }

    init(_ survey: SavedSurvey) {
      func parts(_ tree: MergeTree<DesignSurvey>) -> [Part] {
        tree.subtrees.map { Part(height: $0.before, rows: $0.value) }
      }
      none = survey.none
      switch survey.contents {
      case .whole(let tree): sections = [Section(parts: parts(tree))]
      case .part(let found):
        leaves = found.leaves
        sections = found.sections.map {
          Section(first: $0.range.lowerBound, end: $0.range.upperBound, parts: parts($0.tree))
        }
      }
    }

    /// The survey; nil where its parts do not fit.
    func survey() throws(TabularError) -> SavedSurvey? {
      var found: [LeafParts<DesignSurvey>.Section] = []
      for section in sections {
        var tree = MergeTree<DesignSurvey>()
        for part in section.parts {
          guard part.rows.isOfSameFit(as: none) else { return nil }
          try tree.append(part.rows, before: part.height, SavedSurvey.join)
        }
        let (first, end) = (section.first ?? 0, section.end ?? 1)
        guard 0 <= first, first < end else { return nil }
        found.append(.init(range: first..<end, tree: tree))
      }
      guard let leaves else {
        return found.count == 1 ? SavedSurvey(none: none, contents: .whole(found[0].tree)) : nil
      }
      return LeafParts(leaves, found).map { SavedSurvey(none: none, contents: .part($0)) }
    }
  }

  private init(none: DesignSurvey, contents: Contents) { (self.none, self.contents) = (none, contents) }
}
