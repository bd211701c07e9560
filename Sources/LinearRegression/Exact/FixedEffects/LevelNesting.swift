internal import LinearAlgebra

/// Whether the levels of a category are nested in the clusters of rows, as persons are in the firm that they stay at: all
/// rows of a level are in one cluster. The effects of such a category do not count among the coefficients of a fit with
/// clustered errors (fixest's and reghdfe's rule). A reduction of blocks of rows.
package struct LevelNesting: Equatable, Sendable {
  /// Whether no level has been seen in two clusters.
  package private(set) var isNested = true

  /// The levels that have been seen, in order, and the cluster of each; none where they are not nested.
  private var levels: [Int32] = []
  private var clusters: [Int32] = []

  /// - Parameters:
  ///   - codes: the level of each row.
  ///   - numbers: the cluster of each row.
  /// - Precondition: there is a cluster for each row, and no number is negative.
  /// - Complexity: O(rows log rows)
  package init(_ codes: [Int32], clusters numbers: [Int32]) {
    precondition(codes.count == numbers.count)
    let pairs = Set(zip(codes, numbers).lazy.map { Int($0) << 32 | Int($1) }).sorted()
    levels = pairs.map { Int32($0 >> 32) }
    clusters = pairs.map { Int32(truncatingIfNeeded: $0) }
    // A level that stands there twice is in two clusters.
    if zip(levels, levels.dropFirst()).contains(where: ==) { setNotNested() }
  }

  private mutating func setNotNested() { (isNested, levels, clusters) = (false, [], []) }

  /// Joins with what later rows came to.
  ///
  /// - Parameter numbers: which cluster here each of the later ones is.
  /// - Complexity: O(levels)
  package mutating func merge(_ later: LevelNesting, clusters numbers: [Int32]) {
    if !isNested || !later.isNested { return setNotNested() }
    if later.levels.isEmpty { return }
    let (mine, own) = (levels, clusters)
    (levels, clusters) = ([], [])
    levels.reserveCapacity(mine.count + later.levels.count)
    clusters.reserveCapacity(mine.count + later.levels.count)
    var i = 0
    for (level, cluster) in zip(later.levels, later.clusters) {
      let number = numbers[Int(cluster)]
      while i < mine.count, mine[i] < level {
        append(mine[i], own[i])
        i += 1
      }
      if i < mine.count, mine[i] == level {
        if own[i] != number { return setNotNested() }
        i += 1
      }
      append(level, number)
    }
    levels += mine[i...]
    clusters += own[i...]
  }

  private mutating func append(_ level: Int32, _ cluster: Int32) {
    levels.append(level)
    clusters.append(cluster)
  }
}

extension LevelNesting: Codable {
  private enum Key: String, CodingKey { case isNested, levels, clusters }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(isNested, forKey: .isNested)
    try container.encode(StoredArray(levels), forKey: .levels)
    try container.encode(StoredArray(clusters), forKey: .clusters)
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    isNested = try container.decode(Bool.self, forKey: .isNested)
    levels = try container.decode(StoredArray<Int32>.self, forKey: .levels).wrappedValue
    clusters = try container.decode(StoredArray<Int32>.self, forKey: .clusters).wrappedValue
    try container.check(
      levels.count == clusters.count && (isNested || levels.isEmpty)
        && zip(levels, levels.dropFirst()).allSatisfy(<) && levels.first ?? 0 >= 0
        && clusters.allSatisfy { $0 >= 0 },
      .levels, "levels that are not in order")
  }

  /// Whether no cluster is beyond so many.
  package func hasClusters(below count: Int) -> Bool { clusters.allSatisfy { $0 < count } }
}
