internal import LinearAlgebra
internal import LinearRegression

/// The scores of rows, summed up for the models of all targets; those of later rows are merged.
struct RobustSums: Sendable {
  /// One for each model.
  private(set) var sums: [ScoreSums]

  /// The clusters of each column, in the order in which they first stand in the rows.
  private(set) var clusters: [WordCodes]

  /// For each of two columns the cluster that an intersection is in; empty without intersections.
  private(set) var intersections: [[Int32]]

  /// For each category of fixed effects and each column of clusters.
  private(set) var nesting: [[LevelNesting]]

  /// Number of rows, those that were left out too.
  private(set) var rowCount: Int

  /// The number of each intersection; empty until others are to be counted as these are.
  private var pairs: [Int: Int32] = [:]

  init(
    _ sums: [ScoreSums], clusters: [WordList], intersections: [[Int32]], nesting: [[LevelNesting]] = [],
    rowCount: Int
  ) {
    (self.sums, self.clusters, self.intersections) = (sums, clusters.map(WordCodes.init), intersections)
    (self.nesting, self.rowCount) = (nesting, rowCount)
  }

  /// No rows.
  init(_ rows: RobustRows) {
    let columns = rows.estimator.clusters.count, ways = [0, 1, 3][columns]
    self.init(
      rows.models.map {
        ScoreSums(
          rows.estimator, coordinates: $0.covariance?.coordinateCount ?? 0,
          clusters: Array(repeating: 0, count: ways))
      }, clusters: Array(repeating: [], count: columns),
      intersections: columns == 2 ? [[], []] : [], rowCount: 0)
  }

  /// Number of rows whose weight is not zero.
  var observations: Int { sums[0].observations }

  /// A hash of the numbers, as the height of a leaf in a ``MergeTree``.
  var hash: UInt64 {
    var hash = LeafHash(UInt64(bitPattern: Int64(rowCount)))
    for sums in sums { hash.mix(sums.squares) }
    return hash.value
  }

  /// Takes the sums of later rows.
  ///
  /// - Precondition: they are of the same models and estimator.
  mutating func merge(_ later: RobustSums) {
    rowCount += later.rowCount
    let codes = clusters.indices.map { clusters[$0].codes(of: later.clusters[$0].words) }
    var ways = codes
    if codes.count == 2 { ways.append(numbered(later.intersections, codes)) }
    if nesting.isEmpty {
      nesting = later.nesting.map { $0.map { _ in LevelNesting([], clusters: []) } }
    }
    for (category, columns) in later.nesting.enumerated() {
      for (column, levels) in columns.enumerated() {
        nesting[category][column].merge(levels, clusters: codes[column])
      }
    }
    for index in sums.indices { sums[index].merge(later.sums[index], clusters: ways) }
  }

  /// The numbers of intersections; those that are new are counted.
  ///
  /// - Parameter numbers: those of the later clusters of each column.
  private mutating func numbered(_ later: [[Int32]], _ numbers: [[Int32]]) -> [Int32] {
    func key(_ first: Int32, _ second: Int32) -> Int { Int(first) << 32 | Int(second) }
    if pairs.isEmpty {
      for (number, pair) in zip(intersections[0], intersections[1]).enumerated() {
        pairs[key(pair.0, pair.1)] = Int32(number)
      }
    }
    return zip(later[0], later[1]).map { first, second in
      let pair = (numbers[0][Int(first)], numbers[1][Int(second)])
      if let number = pairs[key(pair.0, pair.1)] { return number }
      let number = Int32(intersections[0].count)
      pairs[key(pair.0, pair.1)] = number
      intersections[0].append(pair.0)
      intersections[1].append(pair.1)
      return number
    }
  }

  /// The models with the covariances that the sums come to.
  ///
  /// - Parameters:
  ///   - rows: what has the models and the estimator of these sums.
  ///   - source: what the rows are called in messages.
  ///   - advice: what to do where they are not all rows of the fit.
  func models(
    _ rows: RobustRows, source: String,
    advice: String = "give all that it was fitted to, and no others"
  ) throws(TabularError) -> [FittedModel] {
    var models: [FittedModel] = []
    for (model, sums) in zip(rows.models, sums) {
      do throws(DataError) {
        if let fault = Self.difference(sums, model) { throw .noCovariance("\(fault); \(advice)") }
        let freedom = model.statistics.degreesOfFreedom
        // Levels within clusters do not count in sums over clusters (as in fixest, fixef.K = "nested").
        let counted = rows.within?.problem.map { problem in
          let others = nesting.indices.filter { category in !nesting[category].contains(where: \.isNested) }
          return (model.covariance?.features.count ?? 0) + max(1, problem.rank(of: others))
        }
        models.append(
          model.with(
            try RobustCovariance(
              rows.estimator, sums, observations: model.observations,
              parameters: model.observations - freedom, counted: counted, rounding: model.residualRounding)))
      } catch {
        throw model.design.tabular(error, source)
      }
    }
    return models
  }
}

extension RobustSums {
  /// How the number of rows differs from that of the fit; nil where it does not.
  private static func difference(_ sums: ScoreSums, _ model: FittedModel) -> String? {
    if model.weightKind == .frequency {
      return sums.weightSum == Double(model.observations)
        ? nil
        : "the frequencies of the fit add up to \(model.observations), and those of these rows to \(Expression.text(of: sums.weightSum))"
    }
    return sums.observations == model.observations
      ? nil : "the fit has \(counted(model.observations, "row")), and these are \(sums.observations)"
  }
}

extension MergeTree<RobustSums> {
  /// Takes the sums of the next block.
  mutating func append(_ block: RobustSums) {
    // Blocks without rows are as if they were not there.
    if block.rowCount > 0 { append(block, before: block.hash) { $0.merge($1) } }
  }

  /// The sums of all blocks.
  func all(_ rows: RobustRows) -> RobustSums { whole { $0.merge($1) } ?? RobustSums(rows) }
}
