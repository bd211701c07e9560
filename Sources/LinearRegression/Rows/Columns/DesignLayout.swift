/// The columns that rows are reduced over: [1 X y] or [X y].
struct DesignLayout: Equatable, Sendable {
  /// p
  let features: Int

  /// k
  let targets: Int

  /// Whether a column of ones stands before the others: means are then taken out by the factorisation itself.
  let hasOnes: Bool

  /// Number of columns.
  var order: Int { firstFeature + columns }

  /// Number of columns of [X y].
  var columns: Int { features + targets }

  /// Position of the first feature.
  var firstFeature: Int { hasOnes ? 1 : 0 }
}
