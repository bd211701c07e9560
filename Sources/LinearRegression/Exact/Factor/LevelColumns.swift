/// Where the columns of a category stand among the features: one column for each level, 1 in its rows and else 0.
///
/// With an intercept the first level has none, and the intercept stands for it (treatment coding).
package struct LevelColumns: Hashable, Sendable {
  /// Number of features before them.
  package let first: Int

  /// Number of levels.
  package let levels: Int

  /// Whether the first level has no column, because there is an intercept.
  package let hasReference: Bool

  package init(first: Int, levels: Int, hasReference: Bool) {
    (self.first, self.levels, self.hasReference) = (first, levels, hasReference)
  }

  /// Their number.
  package var count: Int { levels - (hasReference ? 1 : 0) }

  /// Their positions.
  package var range: Range<Int> { first..<first + count }

  /// The position of a level's column; nil for the reference.
  package func column(of level: Int) -> Int? {
    hasReference ? (level == 0 ? nil : first + level - 1) : first + level
  }

  /// The position of one of the other features, from its number among them.
  package func position(ofOther feature: Int) -> Int { feature < first ? feature : feature + count }

  /// The level that the intercept stands for: the reference, or the last one with rows where it has none. Nil without
  /// an intercept.
  package func base(_ weights: [Double]) -> Int? {
    if !hasReference { return nil }
    return weights[0] > 0 ? 0 : weights.lastIndex { $0 > 0 }
  }
}
