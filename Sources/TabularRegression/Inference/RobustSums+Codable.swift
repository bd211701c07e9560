internal import LinearAlgebra
internal import LinearRegression

// Sums as files keep them and ranks tell each other; whatever does not fit together is an error.

extension RobustSums: Codable {
  private enum Key: String, CodingKey { case sums, clusters, intersections, nesting, rowCount }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(sums, forKey: .sums)
    try container.encode(clusters.map(\.words), forKey: .clusters)
    try container.encode(intersections.map { StoredArray($0) }, forKey: .intersections)
    if !nesting.isEmpty { try container.encode(nesting, forKey: .nesting) }
    try container.encode(rowCount, forKey: .rowCount)
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    self.init(
      try container.decode([ScoreSums].self, forKey: .sums),
      clusters: try container.decode([WordList].self, forKey: .clusters),
      intersections: try container.decode([StoredArray<Int32>].self, forKey: .intersections)
        .map(\.wrappedValue),
      nesting: try container.decodeIfPresent([[LevelNesting]].self, forKey: .nesting) ?? [],
      rowCount: try container.count(.rowCount))
    let counts = clusters.map(\.words.count)
    try container.check(
      clusters.allSatisfy { Set($0.words).count == $0.words.count }, .clusters,
      "clusters that are there twice")
    try container.check(
      intersections.count == (counts.count == 2 ? 2 : 0)
        && zip(intersections, counts).allSatisfy { cells, count in
          cells.count == intersections[0].count && cells.allSatisfy { 0..<count ~= Int($0) }
        }, .intersections, "intersections of other clusters")
    let ways = counts + intersections.prefix(1).map(\.count)
    try container.check(
      !sums.isEmpty
        && sums.allSatisfy {
          $0.clusterCounts == ways && $0.fullLeverageRows <= $0.observations && $0.observations <= rowCount
        }, .sums, "sums of other rows")
    try container.check(
      nesting.allSatisfy { columns in
        columns.count == counts.count && zip(columns, counts).allSatisfy { $0.hasClusters(below: $1) }
      }, .nesting, "levels in other clusters")
  }

  /// Whether they can be the sums of an estimator for models with so many coordinates.
  func areSums(of estimator: CovarianceEstimator, coordinates: [Int]) -> Bool {
    clusters.count == estimator.clusters.count && nesting.isEmpty
      && sums.map(\.coordinates) == coordinates && sums.allSatisfy { $0.lags == estimator.lags }
  }
}
