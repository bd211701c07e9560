internal import LinearAlgebra
internal import LinearRegression

/// The rows of a fit with fixed effects, in the first of two passes: the sums of the levels, which are counted as they
/// come.
struct FixedEffectsRows {
  private var design: Design
  private(set) var sums: FixedEffectsSums
  /// The levels of each category, and their positions.
  private(set) var words: [[String]]
  private var positions: [[String: Int32]]
  private(set) var droppedRows = 0
  private(set) var rowCount = 0

  /// Number of levels of all categories.
  var levelCount: Int { words.reduce(0) { $0 + $1.count } }

  /// No rows of a design.
  init(_ design: Design) {
    self.design = design
    words = design.effects.map { _ in [] }
    positions = design.effects.map { _ in [:] }
    sums = FixedEffectsSums(
      features: design.columns.count, targets: design.targets.count, categories: design.effects.count)
  }

  /// The levels of rows as they are counted here, in a later reading of them.
  ///
  /// - Throws: ``TabularError/unusable(file:message:)`` for a level that has not been seen.
  func codes(_ rows: DesignRows) throws(TabularError) -> [[Int32]] {
    let codes = rows.effectLevels.enumerated().map { category, levels in
      let numbers = levels.words.map { positions[category][$0] ?? -1 }
      return levels.codes.map { numbers[Int($0)] }
    }
    if codes.contains(where: { $0.contains(-1) }) {
      throw .unusable(file: rows.source, message: "the file has changed while it was read; fit again")
    }
    return codes
  }

  /// The same; levels that have not been seen are counted.
  private mutating func countedCodes(_ rows: DesignRows) -> [[Int32]] {
    var result: [[Int32]] = []
    for (category, levels) in rows.effectLevels.enumerated() {
      // Words that only rows have that were left out get no number.
      var numbers = levels.words.map { positions[category][$0] ?? -1 }
      result.append(
        levels.codes.map { code in
          if numbers[Int(code)] < 0 {
            numbers[Int(code)] = Int32(words[category].count)
            positions[category][levels.words[Int(code)]] = numbers[Int(code)]
            words[category].append(levels.words[Int(code)])
          }
          return numbers[Int(code)]
        })
    }
    return result
  }

  /// Takes the next rows, and returns the levels of each as they are counted here.
  @discardableResult
  mutating func take(_ rows: DesignRows) throws(TabularError) -> [[Int32]] {
    let codes = countedCodes(rows)
    droppedRows += rows.droppedRows
    rowCount += rows.X.high.rowCount
    do throws(DataError) {
      try sums.add(
        rows.X.high, rows.response, low: (rows.X.low, rows.lowY), roundings: rows.roundings,
        weights: rows.weights, codes: codes, levels: words.map(\.count))
    } catch {
      throw rows.tabular(error)
    }
    return codes
  }
}

extension FixedEffectsRows: RowReduction {
  static var countsLevels: Bool { false }
  static var keepsTriangles: Bool { false }
  static var takesEffects: Bool { true }

  static func part(_ rows: DesignRows) throws(TabularError) -> DesignRows { rows }

  mutating func take(_ part: DesignRows, of source: String) throws(TabularError) { try take(part) }

  mutating func complete(_ design: Design) { self.design = design }
}

extension FixedEffectsRows {
  /// The effects of all columns, from which a second pass over the rows leads to the fit.
  func problem(keepsSingletons: Bool, _ source: String) throws(TabularError) -> FixedEffectsProblem {
    do throws(DataError) {
      var sums = sums
      if !keepsSingletons { sums.dropSingletons() }
      return try FixedEffectsProblem(sums)
    } catch {
      throw design.tabular(error, source)
    }
  }

  /// The models of all targets.
  ///
  /// - Parameter factor: of all rows less their effects.
  func models(
    _ formula: String, _ method: LeastSquares, _ problem: FixedEffectsProblem,
    _ factor: LeastSquares.Factor, _ source: String
  ) throws(TabularError) -> [FittedModel] {
    var method = method
    method.intercept = false
    let order = words.indices.map { category in
      ColumnSummary.inOrder(Set(words[category])).compactMap { positions[category][$0].map(Int.init) }
    }
    let fit: FixedEffectsFit
    do throws(DataError) {
      fit = try problem.fit(factor, method, order: order)
    } catch {
      throw design.tabular(error, source)
    }
    return design.targets.indices.map { target in
      var model = FittedModel(
        formula, design, fit.fit, target: target, method: method, droppedRows: droppedRows)
      model.effects = FixedEffects(fit, target: target, design.effects, words, order)
      return model
    }
  }
}

extension FittedModel {
  /// Fits the models of a formula with fixed effects to rows that need not fit in memory, in two passes.
  ///
  /// Of the rows the sums of the levels are kept, and the combinations of levels.
  /// - Parameters:
  ///   - keepsSingletons: whether rows stay that are the only one of a level.
  ///   - others: as those of the fit without effects.
  /// - Throws: ``TabularError``, as the fit without effects; ``TabularError/notConverged(file:message:)``.
  static func withEffects(
    _ formula: Formula, reading source: some TableSource, weights: String?, missing: MissingPolicy,
    method: LeastSquares, keepsSingletons: Bool, covariance: (Int) -> CovarianceEstimator?,
    blocksInMemory: Int, plan: (FitPlan) -> Void,
    solving: (Int) -> Void, progress: (Int) -> Void
  ) throws(TabularError) -> [FittedModel] {
    try requirePlain(method, formula)
    var rows = FormulaRows<_, FixedEffectsRows>(
      formula: formula, source: source, weights: weights, missing: missing
    ) { design, _ in FixedEffectsRows(design) }
    rows.method = method
    try source.prepareToRepeat()
    let survey = try rows.survey(keeping: blocksInMemory, progress: progress)
    if let table = survey.table {
      let (models, within) = try withEffects(
        formula.text, survey.design, table, method, keepsSingletons, plan, solving)
      return try Self.models(models, within, covariance, source, progress)
    }
    let reduced = try rows.reduction(survey, progress: progress), design = survey.design
    plan(
      FitPlan(
        design, rows: reduced.rowCount,
        rowsInMemory: survey.blockRows * min(survey.blocks, Parallelism.threads),
        levels: reduced.levelCount))
    solving(design.columns.count)
    let problem = try reduced.problem(keepsSingletons: keepsSingletons, source.source)
    var tree = MergeTree<LeastSquares.Factor>(), count = 0
    func tabular<Result>(_ body: () throws(DataError) -> Result) throws(TabularError) -> Result {
      do throws(DataError) { return try body() } catch { throw design.tabular(error, source.source) }
    }
    try source.forEachBlock(columns: design.tableColumns(for: .fit)) { (table) throws(TabularError) in
      let rows = try design.rows(of: table), codes = try reduced.codes(rows)
      do throws(DataError) {
        let factor = try problem.factor(rows.X.high, rows.response, weights: rows.weights, codes: codes)
        return (factor: factor, rows: table.rowCount)
      } catch {
        throw rows.tabular(error)
      }
    } take: { (block) throws(TabularError) in
      try tabular { () throws(DataError) in
        try tree.append(block.factor, before: block.factor.hash) { (factor, later) throws(DataError) in
          try factor.merge(later)
        }
      }
      count += block.rows
      progress(count)
    }
    let factor = try tabular { () throws(DataError) in
      try tree.whole { (factor, later) throws(DataError) in try factor.merge(later) } ?? problem.emptyFactor
    }
    let models = try reduced.models(formula.text, method, problem, factor, source.source)
    let within = WithinRows(design: design, rows: reduced, problem: problem, isExtended: false)
    return try Self.models(models, within, covariance, source, progress)
  }

  /// The models with the standard errors that are asked for, from one more reading of the rows.
  private static func models(
    _ models: [FittedModel], _ within: WithinRows, _ covariance: (Int) -> CovarianceEstimator?,
    _ source: some TableSource, _ progress: (Int) -> Void
  ) throws(TabularError) -> [FittedModel] {
    guard let estimator = covariance(models[0].observations) else { return models }
    let robust = try RobustRows(models, estimator, source: source.source, within: within)
    return try robust.sums(source, progress: progress).all(robust).models(robust, source: source.source)
  }

  /// The same of the rows of a table.
  static func withEffects(
    _ formula: Formula, _ table: Table, weights: String?, missing: MissingPolicy, method: LeastSquares,
    keepsSingletons: Bool, covariance: (Int) -> CovarianceEstimator?, plan: (FitPlan) -> Void
  ) throws(TabularError) -> [FittedModel] {
    try requirePlain(method, formula)
    var survey = try DesignSurvey(
      formula, columns: table.columnNames, weights: weights, missing: missing, source: table.source)
    try survey.add(table)
    let (models, within) = try withEffects(
      formula.text, try survey.design(), table, method, keepsSingletons, plan, { _ in })
    guard let estimator = covariance(models[0].observations) else { return models }
    let robust = try RobustRows(models, estimator, source: table.source, within: within)
    return try robust.part(table).models(robust, source: table.source)
  }

  private static func withEffects(
    _ formula: String, _ design: Design, _ table: Table, _ method: LeastSquares, _ keepsSingletons: Bool,
    _ plan: (FitPlan) -> Void, _ solving: (Int) -> Void
  ) throws(TabularError) -> (models: [FittedModel], within: WithinRows) {
    try design.checkMemory(
      nil, rows: table.rowCount, triangles: method.trianglesInMemory, source: table.source)
    let rows = try design.rows(of: table, isExtended: true)
    var reduced = FixedEffectsRows(design)
    let codes = try reduced.take(rows)
    plan(
      FitPlan(design, rows: reduced.rowCount, rowsInMemory: reduced.rowCount, levels: reduced.levelCount))
    solving(design.columns.count)
    let problem = try reduced.problem(keepsSingletons: keepsSingletons, table.source)
    let factor: LeastSquares.Factor
    do throws(DataError) {
      factor = try problem.factor(
        rows.X.high, rows.response, low: (rows.X.low, rows.lowY), weights: rows.weights, codes: codes)
    } catch {
      throw rows.tabular(error)
    }
    let models = try reduced.models(formula, method, problem, factor, table.source)
    return (models, WithinRows(design: design, rows: reduced, problem: problem, isExtended: true))
  }

  /// Throws where a method cannot take effects out of the rows.
  private static func requirePlain(_ method: LeastSquares, _ formula: Formula) throws(TabularError) {
    if method.weightKind != .analytic {
      try formula.requireNoEffects(
        "effects behind a bar go with weights as --weights has them, not with frequencies or probabilities")
    }
    if !method.isPlain {
      try formula.requireNoEffects(
        "effects behind a bar are fitted by least squares alone: without a penalty, another solver or precision, or the least norm"
      )
    }
  }
}
