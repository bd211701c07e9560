internal import LinearRegression

extension PartialShare {
  static let envelope = Envelope(
    formatName: "linreg-part", version: 1, noun: "part of a share", remedy: "accumulate it again")

  /// Writes a file: whole, or not at all.
  ///
  /// - Throws: ``TabularError/file(path:operation:reason:)``; a file that was there before is then as it was.
  package func write(to path: String) throws(TabularError) {
    try Self.envelope.write(self, to: path)
  }

  var fileBytes: [UInt8] { Self.envelope.bytes(of: self) }

  init(_ file: RandomAccessFile) throws(TabularError) { self = try Self.envelope.open(file) }
}

extension PartialShare: Codable {
  package func encode(to encoder: any Encoder) throws { try PartialShareRecord(self).encode(to: encoder) }

  package init(from decoder: any Decoder) throws {
    guard let share = try PartialShareRecord(from: decoder).share else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: Envelope.misfit))
    }
    self = share
  }
}

/// The contents of a part of a share.
private struct PartialShareRecord: Codable {
  var formula: String
  var design: Design
  /// Whether rows are in the levels of a category, and whether the design does not know these.
  var isInLevels: Bool
  var isOpen: Bool
  var droppedRows: Int
  var survey: SavedSurvey?
  var reading: String
  var leaves: FileLeaves
  var sections: [Section]

  /// Consecutive leaves.
  struct Section: Codable {
    var first: Int
    var end: Int
    var parts: [StoredSubtree]
  }

  init(_ share: PartialShare) {
    (formula, design) = (share.none.formula, share.none.design)
    let inLevels = share.none.absorption != nil
    (isInLevels, isOpen) = (inLevels, share.none.absorption?.isOpen ?? false)
    (droppedRows, survey, leaves) = (share.droppedRows, share.survey, share.parts.leaves)
    reading = share.reading
    sections = share.parts.sections.map {
      Section(
        first: $0.range.lowerBound, end: $0.range.upperBound,
        parts: $0.tree.subtrees.map { StoredSubtree($0, inLevels: inLevels) })
    }
  }

  /// The part; nil where its parts do not fit.
  var share: PartialShare? {
    guard design.fault == nil, 0...1 << 53 ~= droppedRows, isInLevels || !isOpen else { return nil }
    var absorption = isInLevels ? design.absorption(fewest: 2) : nil
    if isInLevels && absorption == nil { return nil }
    absorption?.isOpen = isOpen
    if isOpen && survey == nil { return nil }
    if let survey, survey.none.formula.text != formula || !survey.isPart(of: leaves) { return nil }
    // Levels are told by the survey where the design does not know them.
    let known = absorption.flatMap { isOpen ? nil : Set(design.variables[$0.variable].levels ?? []) }
    let none = Share(formula, design, absorbing: absorption)
    var found: [LeafParts<ShareRows>.Section] = []
    for section in sections {
      var tree = MergeTree<ShareRows>()
      guard 0 <= section.first, section.first < section.end else { return nil }
      for part in section.parts {
        guard
          let rows = part.value(
            features: design.columns.count - (absorption?.columns.count ?? 0), targets: design.targets.count,
            inLevels: isInLevels)
        else { return nil }
        if let known, rows.hasRows(inOthersThan: known) { return nil }
        do throws(DataError) {
          try tree.append(rows, before: part.height) { (rows, later) throws(DataError) in
            try rows.merge(later)
          }
        } catch {
          return nil
        }
      }
      found.append(.init(range: section.first..<section.end, tree: tree))
    }
    guard let parts = LeafParts(leaves, found) else { return nil }
    let share = PartialShare(
      none: none, droppedRows: droppedRows, parts: parts, reading: reading, survey: survey)
    return share.isCountable ? share : nil
  }
}

extension PartialShare {
  /// Whether the rows are no more than 2⁵³.
  var isCountable: Bool {
    parts.sections.flatMap(\.tree.subtrees).reduce(Double(droppedRows)) {
      $0 + Double($1.value.factor.observations)
    } <= 0x1p53
  }
}
