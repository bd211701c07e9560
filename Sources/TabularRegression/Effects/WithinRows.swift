internal import LinearAlgebra
internal import LinearRegression

/// Rows less their fixed effects, once these are known.
struct WithinRows: Sendable {
  let design: Design
  let rows: FixedEffectsRows
  let problem: FixedEffectsProblem

  /// The rows that take part in the fit less their effects, and for each category the level of each row of the block.
  ///
  /// - Throws: ``TabularError/unusable(file:message:)`` for a level that the first pass did not see.
  func block(
    _ block: DesignRows
  ) throws(TabularError) -> (left: WithinTransformation.Block, codes: [[Int32]]) {
    let codes = rows.codes(block)
    if codes.contains(where: { $0.contains(-1) }) {
      throw .unusable(file: block.source, message: "the file has changed while it was read; fit again")
    }
    return (problem.within(block.X.high, block.response, weights: block.weights, codes: codes), codes)
  }
}

/// The cluster of each level of a category in some rows.
struct LevelClusters: Sendable, Codable {
  let levels: [Int32]
  let clusters: [Int32]
  /// Whether each level is in one cluster.
  let areNested: Bool

  init(_ levels: [Int32], _ clusters: [Int32]) {
    var first: [Int32: Int32] = [:], areNested = true
    for (level, cluster) in zip(levels, clusters) {
      if let known = first[level] {
        areNested = areNested && known == cluster
      } else {
        first[level] = cluster
      }
    }
    let sorted = first.sorted { $0.key < $1.key }
    (self.levels, self.clusters, self.areNested) = (sorted.map(\.key), sorted.map(\.value), areNested)
  }
}

/// Whether each level of a category is in one cluster of a column.
struct Nesting {
  private var clusters: [Int32: Int32] = [:]
  private(set) var isNested = true

  /// - Parameter numbers: of the clusters of these rows.
  mutating func add(_ later: LevelClusters, _ numbers: [Int32]) {
    if !isNested { return }
    isNested = later.areNested
    for (level, cluster) in zip(later.levels, later.clusters) where isNested {
      let number = numbers[Int(cluster)]
      isNested = clusters.updateValue(number, forKey: level) ?? number == number
    }
    if !isNested { clusters = [:] }
  }
}
