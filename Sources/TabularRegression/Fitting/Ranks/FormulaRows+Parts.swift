internal import LinearRegression

/// What rows are reduced to that is a share, with or without more.
protocol ShareReduction: RowReduction {
  var share: Share { get }

  /// Whether the features, and whether the targets of some rows are known to more digits than Doubles have.
  var hasLow: (X: Bool, y: Bool) { get }
}

extension Share: ShareReduction {
  var share: Share { self }
  var hasLow: (X: Bool, y: Bool) { (false, false) }
}

extension ExtendedRows: ShareReduction {}

/// What the leaves that are read were reduced to.
struct PartialReduction: Codable {
  var share: PartialShare
  /// Blocks that have rows.
  var blocks: Int
  /// Why rows could not be reduced, though they may be known to digits that a fit in memory can use.
  var failure: TabularError?
  /// Whether the features, and whether the targets of some rows are known to more digits than Doubles have.
  var hasLowX: Bool
  var hasLowY: Bool

  /// Takes what another part was reduced to.
  mutating func merge(_ later: PartialReduction, named name: String) throws(TabularError) {
    blocks += later.blocks
    failure = failure ?? later.failure
    (hasLowX, hasLowY) = (hasLowX || later.hasLowX, hasLowY || later.hasLowY)
    try share.merge(later.share, named: name)
  }
}

// The rows of a part of the leaves, and what all rows have to tell before they are reduced.

extension FormulaRows where Reduction: ShareReduction {
  /// What the leaves that are read were reduced to.
  ///
  /// - Parameters:
  ///   - survey: of the rows of all leaves; nil where they can be reduced without.
  ///   - blocks: while there are no more blocks, rows that cannot be reduced are left out.
  ///   - progress: called with the number of rows that were read.
  /// - Throws: ``TabularError``, as ``survey(keeping:progress:)``.
  func partialReduction(
    knowing survey: DesignSurvey?, keeping blocks: Int = 0, progress: (Int) -> Void
  ) throws(TabularError) -> PartialReduction {
    if let survey {
      let design = try survey.design(isPart: isPart)
      let absorption = Reduction.countsLevels ? design.absorption(fewest: 2) : nil
      let none = try empty(design, absorption)
      var reduction = none
      try reduction.take(design, source, progress: progress)
      return partialReduction(reduction, none.share, nil, blocks: source.division.range.count)
    }
    if let share = try matrixReduction(progress: progress) {
      let none = Share(formula.text, share.share.design, absorbing: nil)
      return partialReduction(share, none, nil, blocks: source.division.range.count)
    }
    guard let early = try early() else { preconditionFailure("the design depends on all rows") }
    let pass = try firstPass(early, keeping: blocks, progress: progress)
    let none = try empty(early.design, early.open)
    var part = partialReduction(
      pass.reduction ?? none, none.share, SavedSurvey(partOf: pass, try surveyOfNone(), source.division),
      blocks: pass.blocks)
    part.failure = pass.failure
    return part
  }

  private func partialReduction(
    _ reduction: Reduction, _ none: Share, _ survey: SavedSurvey?, blocks: Int
  ) -> PartialReduction {
    let share = reduction.share
    return PartialReduction(
      share: PartialShare(
        none: none, droppedRows: share.droppedRows, parts: LeafParts(source.division, share.parts),
        reading: source.division.reading, survey: survey),
      blocks: blocks, hasLowX: reduction.hasLow.X, hasLowY: reduction.hasLow.y)
  }

  /// The rows of a matrix file that the formula takes as they are, reduced to a share; nil for other rows.
  private func matrixReduction(progress: (Int) -> Void) throws(TabularError) -> Reduction? {
    guard let rows = self as? FormulaRows<Source, Share> else { return nil }
    return try rows.matrixShare(progress: progress) as? Reduction
  }
}
