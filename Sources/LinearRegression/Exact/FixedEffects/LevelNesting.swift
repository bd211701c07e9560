/// Whether the levels of a category are nested in the clusters of rows, as persons are in the firm that they stay at: all
/// rows of a level are in one cluster. The effects of such a category do not count among the coefficients of a fit with
/// clustered errors (fixest's and reghdfe's rule). A reduction of blocks of rows.
package struct LevelNesting: Sendable {
  /// Whether no level has been seen in two clusters.
  package private(set) var isNested = true

  /// The cluster of each level that has been seen; −1 for others.
  private var clusters: [Int32] = []

  package init() {}

  /// Takes rows.
  ///
  /// - Parameters:
  ///   - codes: the level of each row.
  ///   - clusters: the cluster of each row.
  /// - Precondition: there is a cluster for each row, and no code is negative.
  /// - Complexity: O(rows + levels)
  package mutating func add(_ codes: [Int32], clusters numbers: [Int32]) {
    precondition(codes.count == numbers.count)
    let missing = Int((codes.max() ?? -1) + 1) - clusters.count
    if missing > 0 { clusters += repeatElement(-1, count: missing) }
    for (code, number) in zip(codes, numbers) {
      if clusters[Int(code)] < 0 { clusters[Int(code)] = number }
      if clusters[Int(code)] != number { isNested = false }
    }
  }

  /// Joins with what later rows came to.
  package mutating func merge(_ later: LevelNesting) {
    isNested = isNested && later.isNested
    let seen = later.clusters.indices.filter { later.clusters[$0] >= 0 }
    add(seen.map { Int32($0) }, clusters: seen.map { later.clusters[$0] })
  }
}
