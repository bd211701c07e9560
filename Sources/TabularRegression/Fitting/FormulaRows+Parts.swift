internal import LinearRegression

// The rows of a part of the leaves, and what all rows have to tell before they are reduced.

extension FormulaRows where Reduction == Share {
  /// Whether the rows can be reduced as they are read, so that no survey of all has to come before.
  func needsSurvey() throws(TabularError) -> Bool { try early() == nil }

  /// What the leaves that are read were reduced to.
  ///
  /// - Parameters:
  ///   - survey: of the rows of all leaves; nil where they can be reduced without.
  ///   - blocks: while there are no more blocks, what cannot be reduced is left out, and told to `found`.
  ///   - progress: called with the number of rows that were read.
  ///   - found: called with the number of blocks that have rows, and why some could not be reduced.
  /// - Throws: ``TabularError``, as ``survey(keeping:progress:)``.
  func partialShare(
    knowing survey: DesignSurvey?, keeping blocks: Int = 0, progress: (Int) -> Void,
    found: (Int, TabularError?) -> Void = { _, _ in }
  ) throws(TabularError) -> PartialShare {
    if let survey {
      let design = try survey.design(isPart: isPart), absorption = design.absorption(fewest: 2)
      let none = Share(formula.text, design, absorbing: absorption)
      var share = none
      try share.take(design, source, progress: progress)
      return partialShare(share, none: none, nil)
    }
    if let share = try matrixShare(progress: progress) {
      found(source.division.range.count, nil)
      return partialShare(share, none: Share(formula.text, share.design, absorbing: nil), nil)
    }
    guard let early = try early() else { preconditionFailure("the design depends on all rows") }
    let pass = try firstPass(early, keeping: blocks, progress: progress)
    found(pass.blocks, pass.failure)
    let none = Share(formula.text, early.design, absorbing: early.open)
    return partialShare(pass.reduction ?? none, none: none, try pass.survey(surveyOfNone()))
  }

  private func partialShare(_ share: Share, none: Share, _ survey: DesignSurvey?) -> PartialShare {
    PartialShare(
      none: none, droppedRows: share.droppedRows, parts: LeafParts(source.division, share.parts),
      survey: survey)
  }
}
