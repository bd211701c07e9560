internal import LinearRegression

/// What some of the leaves of files were reduced to: a part of a share, which knows what it lacks.
///
/// Parts of all leaves, merged in any order, become the share that one process would have made of the files, with the
/// same bits: the leaves and the tree follow from the data alone.
package struct PartialShare: Sendable {
  /// A share without rows, whose design lacks what only all rows tell.
  private(set) var none: Share
  private(set) var droppedRows: Int
  private(set) var parts: LeafParts<ShareRows>
  /// How text was read, in words.
  let reading: String

  /// What was found in the rows, where the design depends on it; nil where the design is known.
  private(set) var survey: SavedSurvey?

  init(
    none: Share, droppedRows: Int, parts: LeafParts<ShareRows>, reading: String, survey: SavedSurvey?
  ) {
    (self.none, self.droppedRows, self.parts, self.reading) = (none, droppedRows, parts, reading)
    self.survey = survey
  }

  /// A field that is missing, though the policy does not allow it.
  var fault: TabularError? { survey?.missingFault?.error }

  /// Whether it has no leaves.
  var isEmpty: Bool { parts.sections.isEmpty }

  /// Number of rows whose weight is not zero.
  package var observations: Int {
    parts.sections.reduce(0) { $0 + $1.tree.subtrees.reduce(0) { $0 + $1.value.factor.observations } }
  }

  /// "blocks 17–18 of b.csv", the leaves that are missing; nil where none are.
  package var missingText: String? { parts.missingText }

  /// Takes another part of the same files.
  ///
  /// - Parameter name: what it is called in messages.
  /// - Throws: ``TabularError``: parts of other files or another formula; leaves that are there already.
  package mutating func merge(_ other: PartialShare, named name: String) throws(TabularError) {
    if let difference = difference(to: other) { throw .unusable(file: name, message: difference) }
    var merged = self
    do throws(DataError) {
      try merged.parts.insert(other.parts) { (rows, later) throws(DataError) in try rows.merge(later) }
    } catch {
      throw none.design.tabular(error, name)
    }
    merged.none.widenRanges(to: other.none)
    if let survey = other.survey { try merged.survey?.merge(survey, named: name) }
    merged.droppedRows += other.droppedRows
    if !merged.isCountable {
      throw .unusable(file: name, message: "there are more rows than can be counted")
    }
    self = merged
  }

  /// Why two parts cannot be merged; nil where they can.
  private func difference(to other: PartialShare) -> String? {
    if let fault = parts.fault(with: other.parts) { return fault }
    if let fault = Self.difference(reading, other.reading) { return fault }
    guard none.formula == other.none.formula, none.design.weights == other.none.design.weights,
      none.design.weightKind == other.none.design.weightKind,
      none.design.missing == other.none.design.missing, (survey == nil) == (other.survey == nil),
      survey?.none.tableColumns == other.survey?.none.tableColumns,
      survey != nil || none.hasSameDesign(as: other.none)
    else { return "it is a part of another fit; merge parts of one formula, with the same options" }
    return nil
  }

  /// Why parts of text that was read in two ways cannot be merged; nil where they can.
  static func difference(_ reading: String, _ other: String) -> String? {
    func text(_ reading: String) -> String { reading.isEmpty ? "the usual ones" : printable(reading) }
    return reading == other
      ? nil
      : "the text was read with other options here (\(text(other))) than before (\(text(reading))); read all parts with the same"
  }

  /// The share of all leaves.
  ///
  /// - Parameters:
  ///   - isPart: whether others than these files follow, so that they may have other levels.
  ///   - allowsMissing: whether leaves may be missing, as if they did not exist.
  ///   - name: what the parts are called in messages.
  /// - Throws: ``TabularError``: leaves that are missing; what all rows have in common is no design.
  package func whole(
    isPart: Bool = true, allowsMissing: Bool = false, named name: String
  ) throws(TabularError) -> Share {
    if let missingText, !allowsMissing {
      throw .unusable(
        file: name,
        message: "it lacks \(missingText); merge the other parts, or add --incomplete to do without")
    }
    let tree: MergeTree<ShareRows>
    do throws(DataError) {
      tree = try parts.joined { (rows, later) throws(DataError) in try rows.merge(later) }
    } catch {
      throw none.design.tabular(error, name)
    }
    var share = Share(
      formula: none.formula, design: none.design, absorption: none.absorption, droppedRows: droppedRows,
      parts: tree)
    try share.checkSize(name)
    guard var survey = try survey?.whole(allowsMissing: allowsMissing, named: name) else { return share }
    if let absorption = none.absorption, absorption.isOpen {
      survey.take(levels: share.levels, of: none.design.column(of: absorption))
    }
    share.complete(try survey.design(isPart: isPart))
    return share
  }
}

extension Share {
  /// Whether rows of another share were computed with the same design; ranges may differ.
  fileprivate func hasSameDesign(as other: Share) -> Bool {
    design.names == other.design.names && design.hasIntercept == other.design.hasIntercept
      && design.targets == other.design.targets && absorption == other.absorption
      && design.difference(to: other.design) == nil
  }
}
