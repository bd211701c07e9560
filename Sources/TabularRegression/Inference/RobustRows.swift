internal import LinearAlgebra
internal import LinearRegression

/// The scores of the rows of a fit, summed up for its models one block after another.
struct RobustRows: Sendable {
  let models: [FittedModel]
  let estimator: CovarianceEstimator
  private let scores: [Scores]
  private let condensed: [FittedModel.Condensed?]
  /// What takes fixed effects out of the rows; nil where there are none.
  let within: WithinRows?

  /// - Parameters:
  ///   - name: what messages call the models; nil for what they call the rows.
  ///   - source: what they call the rows.
  /// - Throws: ``TabularError``: a model without standard errors or degrees of freedom, or a perfect fit.
  init(
    _ models: [FittedModel], _ estimator: CovarianceEstimator, named name: String? = nil,
    source: String, within: WithinRows? = nil
  ) throws(TabularError) {
    (self.models, self.estimator, self.within) = (models, estimator, within)
    let name = name ?? source
    condensed = models.map { $0.condensed(forLeverages: true) }
    var scores: [Scores] = []
    for (model, condensed) in zip(models, condensed) {
      if model.effects != nil, within == nil {
        throw .unusable(
          file: name,
          message:
            "with effects behind a bar other standard errors are formed with the fit: fit again with --vcov or --cluster"
        )
      }
      if within != nil, estimator == .hc2 || estimator == .hc3 {
        throw .unusable(
          file: source,
          message:
            "\(estimator.name) needs leverages, which are not formed with effects behind a bar; take HC1, or C() for few levels"
        )
      }
      guard let covariance = model.covariance else {
        throw .noStandardErrors(of: name, reason: model.whyNoCovariance)
      }
      let columns = condensed?.model ?? model.model
      do throws(DataError) {
        try estimator.check(model.weightKind)
        scores.append(
          Scores(
            covariance, estimator,
            positions: model.positions(condensed),
            coefficients: columns.coefficients, intercept: columns.intercept,
            low: condensed == nil ? model.lowModel : condensed?.low,
            unit: try model.statistics.unitOfScores(), weightKind: model.weightKind))
      } catch {
        throw model.design.tabular(error, source)
      }
      if case .neweyWest(let lags) = estimator, lags >= model.observations {
        throw .unusable(
          file: source,
          message:
            "the fit has \(counted(model.observations, "row")), fewer than \(lags + 1); take fewer --lags")
      }
    }
    self.scores = scores
  }

  /// Columns that are read.
  var columns: Set<String> {
    models.reduce(into: Set(estimator.clusters)) {
      $0.formUnion($1.design.tableColumns(for: $1.weights == nil ? .evaluation : .fit))
    }
  }

  /// The scores of a block, summed up.
  func part(_ block: Table) throws(TabularError) -> RobustSums {
    if let within { return try part(block, within) }
    var sums: [ScoreSums] = [], clusters: [WordList] = [], ways: [Scores.Clusters] = []
    for (model, (scores, condensed)) in zip(models, zip(scores, condensed)) {
      let rows = try model.rows(
        of: block, for: model.weights == nil ? .evaluation : .fit, weights: model.weights, .init(),
        forLeverages: true, isExtended: condensed == nil && model.needsAllDigits(of: block))
      // A row of weight 0 is absent; only in time it has its place.
      let design = estimator.clusters.isEmpty ? rows.design : rows.design.weighted
      // The rows are those of all targets, so that their clusters are too.
      if sums.isEmpty, !estimator.clusters.isEmpty {
        let words = try estimator.clusters.map { (name) throws(TabularError) in
          try Self.clusters(name, block, design)
        }
        clusters = words.map(\.levels)
        ways = Scores.ways(words.map { ($0.codes, $0.levels.count) })
      }
      sums.append(
        scores.sums(
          design.X.high, design.response[column: 0], low: (design.X.low, design.lowY),
          weights: design.weights, levels: rows.condensed == nil ? nil : design.levels?.codes, clusters: ways)
      )
    }
    return RobustSums(
      sums, clusters: clusters, intersections: Self.intersections(ways), rowCount: block.rowCount)
  }

  /// The scores of a block, less the fixed effects.
  private func part(_ block: Table, _ within: WithinRows) throws(TabularError) -> RobustSums {
    let rows = try within.rows(of: block), (left, codes) = try within.block(rows)
    let words = try estimator.clusters.map { (name) throws(TabularError) in
      try Self.clusters(name, block, rows)
    }
    // Clusters of other rows alone do not count.
    let used = words.map { $0.of(left.rows) }
    let ways = Scores.ways(used.map { ($0.codes, $0.levels.count) })
    let nesting = codes.map { codes in
      let levels = left.rows.map { codes[$0] }
      return used.map { LevelNesting(levels, clusters: $0.codes) }
    }
    return RobustSums(
      scores.enumerated().map { target, scores in
        scores.sums(left.X, left.y[column: target], weights: left.weights, clusters: ways)
      }, clusters: used.map(\.levels), intersections: Self.intersections(ways), nesting: nesting,
      rowCount: block.rowCount)
  }

  /// The sums of all blocks, along the tree. Each block is a leaf.
  ///
  /// - Parameters:
  ///   - communicator: the ranks, of which each has its part of the rows; the sums are rank 0's.
  ///   - progress: called with the number of rows that were read.
  func sums(
    _ source: some TableSource, on communicator: any Communicator = SingleProcess(),
    progress: (Int) -> Void
  ) throws(TabularError) -> MergeTree<RobustSums> {
    var tree = MergeTree<RobustSums>(), count = 0
    try communicator.forEachBlock(of: source, columns: columns) { (block) throws(TabularError) in
      try part(block)
    } take: { (part) in
      count += part.rowCount
      tree.append(part)
      progress(count)
    }
    return tree
  }

  /// The models with the covariance that all rows come to, on rank 0; nil on the others.
  func models(
    _ source: some TableSource, on communicator: any Communicator, progress: (Int) -> Void
  ) throws(TabularError) -> [FittedModel]? {
    let sums = try sums(source, on: communicator, progress: progress)
    var models: [FittedModel]?
    try communicator.onFirst { () throws(TabularError) in
      models = try sums.all(self).models(self, source: source.source)
    }
    return models
  }

  /// The clusters of the rows that a fit keeps.
  private static func clusters(
    _ name: String, _ block: Table, _ rows: DesignRows
  ) throws(TabularError) -> TableColumn.Words {
    let count = rows.X.high.rowCount
    func check(_ isMissing: (Int) -> Bool) throws(TabularError) {
      if let row = (0..<count).lazy.map(rows.blockRow).first(where: isMissing) {
        throw block.fault(
          name, row: row, "the row's cluster is missing; complete the field, or leave the row out of the fit")
      }
    }
    switch try block.find(name).values {
    case .mixed(let fault): throw fault.error
    case .numbers(let numbers):
      try check { numbers[$0].isNaN }
      return TableColumn.Words((0..<count).lazy.map { Expression.text(of: numbers[rows.blockRow($0)] + 0) })
    case .words(let words):
      try check { words.codes[$0] < 0 }
      let levels = words.asLevels
      return rows.kept.map(levels.of) ?? levels
    }
  }

  /// For each of two columns the cluster that an intersection is in.
  private static func intersections(_ ways: [Scores.Clusters]) -> [[Int32]] {
    if ways.count < 3 { return [] }
    var found = [[Int32]](repeating: Array(repeating: 0, count: ways[2].count), count: 2)
    for (row, code) in ways[2].codes.enumerated() {
      for way in found.indices { found[way][Int(code)] = ways[way].codes[row] }
    }
    return found
  }
}
