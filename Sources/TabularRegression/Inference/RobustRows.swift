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

  /// What a block of rows comes to.
  struct Part: Sendable, Codable {
    var sums: [ScoreSums]
    /// The clusters of each column, in the order in which they stand in the block.
    var clusters: [[String]]
    /// For each column the cluster that an intersection is in; empty without intersections.
    var intersections: [[Int32]]
    /// For each category of fixed effects and each column of clusters.
    var levels: [[LevelClusters]] = []
    let rowCount: Int
  }

  /// Columns that are read.
  var columns: Set<String> {
    models.reduce(into: Set(estimator.clusters)) {
      $0.formUnion($1.design.tableColumns(for: $1.weights == nil ? .evaluation : .fit))
    }
  }

  /// The scores of a block.
  func part(_ block: Table) throws(TabularError) -> Part {
    if let within { return try part(block, within) }
    var part = Part(sums: [], clusters: [], intersections: [], rowCount: block.rowCount)
    var ways: [Scores.Clusters] = []
    for (model, scores) in zip(models, scores) {
      let rows = try model.rows(
        of: block, for: model.weights == nil ? .evaluation : .fit, weights: model.weights, .init(),
        forLeverages: true)
      // The rows are those of all targets, so that their clusters are too.
      if part.sums.isEmpty, !estimator.clusters.isEmpty {
        let words = try estimator.clusters.map { (name) throws(TabularError) in
          try Self.clusters(name, block, rows.design)
        }
        part.clusters = words.map(\.levels)
        ways = Scores.ways(words.map { ($0.codes, $0.levels.count) })
        part.intersections = Self.intersections(ways)
      }
      part.sums.append(
        scores.sums(
          rows.design.X.high, rows.design.response[column: 0], weights: rows.design.weights,
          levels: rows.condensed == nil ? nil : rows.design.levels?.codes, clusters: ways))
    }
    return part
  }

  /// The scores of a block, less the fixed effects.
  private func part(_ block: Table, _ within: WithinRows) throws(TabularError) -> Part {
    let rows = try within.design.rows(of: block), (left, codes) = try within.block(rows)
    var part = Part(sums: [], clusters: [], intersections: [], rowCount: block.rowCount)
    let words = try estimator.clusters.map { (name) throws(TabularError) in
      try Self.clusters(name, block, rows)
    }
    part.clusters = words.map(\.levels)
    let columns = words.map { words in
      (codes: left.rows.map { words.codes[$0] }, count: words.levels.count)
    }
    let ways = Scores.ways(columns)
    part.intersections = Self.intersections(ways)
    part.levels = codes.map { codes in
      let levels = left.rows.map { codes[$0] }
      return columns.map { LevelClusters(levels, $0.codes) }
    }
    for (target, scores) in scores.enumerated() {
      part.sums.append(
        scores.sums(left.X, left.y[column: target], weights: left.weights, clusters: ways))
    }
    return part
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
      if rows.kept == nil { return words }
      return TableColumn.Words(
        (0..<count).lazy.map { words.levels[Int(words.codes[rows.blockRow($0)])] })
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

/// The sums of all blocks, and the numbers of their clusters.
struct RobustSums {
  private var sums: [ScoreSums]
  private var clusters: [[String: Int32]]
  private var intersections: [Int: Int32] = [:]
  private(set) var rowCount = 0
  /// For each category of fixed effects and each column of clusters.
  private var nesting: [[LevelNesting]] = []

  init(_ rows: RobustRows) {
    let ways = [0, 1, 3][rows.estimator.clusters.count]
    sums = rows.models.map {
      ScoreSums(
        rows.estimator, coordinates: $0.covariance?.coordinateCount ?? 0,
        clusters: Array(repeating: 0, count: ways))
    }
    clusters = rows.estimator.clusters.map { _ in [:] }
  }

  /// Takes the sums of a block that follows.
  mutating func merge(_ part: RobustRows.Part) {
    rowCount += part.rowCount
    var numbers = zip(clusters.indices, part.clusters).map { way, words in
      words.map { word in
        let number = clusters[way][word] ?? Int32(clusters[way].count)
        clusters[way][word] = number
        return number
      }
    }
    if numbers.count == 2 {
      numbers.append(
        zip(part.intersections[0], part.intersections[1]).map { first, second in
          let key = Int(numbers[0][Int(first)]) << 32 | Int(numbers[1][Int(second)])
          let number = intersections[key] ?? Int32(intersections.count)
          intersections[key] = number
          return number
        })
    }
    if nesting.isEmpty { nesting = part.levels.map { $0.map { _ in LevelNesting() } } }
    for (category, ways) in part.levels.enumerated() {
      for (way, levels) in ways.enumerated() {
        nesting[category][way].add(
          levels.levels, clusters: levels.clusters.map { numbers[way][Int($0)] })
      }
    }
    for index in sums.indices { sums[index].merge(part.sums[index], clusters: numbers) }
  }

  /// The models with the covariances that the sums come to.
  func models(_ rows: RobustRows, source: String) throws(TabularError) -> [FittedModel] {
    var models: [FittedModel] = []
    for (model, sums) in zip(rows.models, sums) {
      do throws(DataError) {
        if sums.observations != model.observations, model.weightKind != .frequency {
          throw .noCovariance(
            "the fit has \(counted(model.observations, "row")), and these are \(sums.observations); give all that it was fitted to, and no others"
          )
        }
        let freedom = model.statistics.degreesOfFreedom
        // Levels within clusters do not count in sums over clusters (as in fixest, fixef.K = "nested").
        let counted = rows.within.map { within in
          let others = nesting.indices.filter { category in !nesting[category].contains(where: \.isNested) }
          return (model.covariance?.features.count ?? 0) + max(1, within.problem.rank(of: others))
        }
        models.append(
          model.with(
            try RobustCovariance(
              rows.estimator, sums, observations: model.observations,
              parameters: model.observations - freedom, counted: counted)))
      } catch {
        throw model.design.tabular(error, source)
      }
    }
    return models
  }
}
