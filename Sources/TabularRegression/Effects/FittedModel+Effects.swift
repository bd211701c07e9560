internal import LinearAlgebra
internal import LinearRegression

extension FittedModel {
  /// Fits the models of a formula with fixed effects to rows that need not fit in memory, in two passes.
  ///
  /// Of the rows the sums of the levels are kept, and the combinations of levels.
  /// - Parameters:
  ///   - communicator: the ranks, of which each reads its part of the rows; sums are formed and solved by rank 0.
  ///   - keepsSingletons: whether rows stay that are the only one of a level.
  ///   - others: as those of the fit without effects.
  /// - Returns: nil on ranks but the first, and where rows are few and there are several ranks: they are left to one.
  /// - Throws: ``TabularError``, as the fit without effects; ``TabularError/notConverged(file:message:)``.
  static func withEffects(
    _ formula: Formula, reading source: some TableSource, on communicator: any Communicator = SingleProcess(),
    weights: String?, missing: MissingPolicy, method: LeastSquares, keepsSingletons: Bool,
    covariance: (Int) -> CovarianceEstimator?, blocksInMemory: Int, plan: (FitPlan) -> Void,
    solving: (Int) -> Void, progress: (Int) -> Void
  ) throws(TabularError) -> [FittedModel]? {
    try communicator.agree(try requirePlain(method, formula))
    var rows = FormulaRows<_, FixedEffectsRows>(
      formula: formula, source: source, weights: weights, missing: missing
    ) { design, _ in FixedEffectsRows(design) }
    rows.method = method
    try communicator.agree(try source.prepareToRepeat())
    let reduced: (rows: FixedEffectsRows, rowsInMemory: Int)?
    if communicator.size > 1 {
      reduced = try rows.reduced(on: communicator, few: blocksInMemory, progress: progress)
    } else {
      let survey = try rows.survey(keeping: blocksInMemory, progress: progress)
      if let table = survey.table {
        let (models, within) = try withEffects(
          formula.text, survey.design, table, method, keepsSingletons, plan, solving)
        return try Self.models(models, within, covariance, source, communicator, progress)
      }
      reduced = (
        try rows.reduction(survey, progress: progress),
        survey.blockRows * min(survey.blocks, Parallelism.threads)
      )
    }
    let within = try WithinRows.broadcast(on: communicator) { () throws(TabularError) in
      guard let (rows, rowsInMemory) = reduced else { return nil }
      plan(
        FitPlan(
          rows.design, rows: rows.rowCount, rowsInMemory: rowsInMemory, levels: rows.effectLevels.count))
      solving(rows.design.columns.count)
      return try rows.within(keepsSingletons: keepsSingletons, source.source)
    }
    guard let within else { return nil }
    let factor = try within.factor(source, on: communicator, progress: progress)
    var models: [FittedModel]?
    try communicator.onFirst { () throws(TabularError) in
      models = try reduced?.rows.models(formula.text, method, within, factor, source.source)
    }
    return try Self.models(models, within, covariance, source, communicator, progress)
  }

  /// The models with the standard errors that are asked for, from one more reading of the rows.
  ///
  /// - Parameter models: those of rank 0; nil on the others.
  private static func models(
    _ models: [FittedModel]?, _ within: WithinRows, _ covariance: (Int) -> CovarianceEstimator?,
    _ source: some TableSource, _ communicator: any Communicator, _ progress: (Int) -> Void
  ) throws(TabularError) -> [FittedModel]? {
    let isAsked = models.flatMap { covariance($0[0].observations) } != nil
    if try communicator.broadcast([isAsked ? 1 : 0]) != [1] { return models }
    let models = try broadcast(models, on: communicator)
    guard let estimator = covariance(models[0].observations) else { return models }
    let robust = try communicator.agree(
      try RobustRows(models, estimator, source: source.source, within: within))
    return try robust.models(source, on: communicator, progress: progress)
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
    try reduced.take(BlockRows(rows), of: table.source)
    plan(
      FitPlan(
        design, rows: reduced.rowCount, rowsInMemory: reduced.rowCount, levels: reduced.effectLevels.count))
    solving(design.columns.count)
    let within = try reduced.within(keepsSingletons: keepsSingletons, isExtended: true, table.source)
    let models = try reduced.models(formula, method, within, within.factor(rows), table.source)
    return (models, within)
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
