public import LinearRegression

extension FittedModel {
  /// Fits a model exactly, by least squares, to the rows of CSV files, which need not fit in memory.
  ///
  /// ```swift
  /// let model = try FittedModel("price ~ area + C(zip)", csv: ["2024.csv", "2025.csv"])
  /// ```
  /// Up to some 16 MB of text are fitted as a ``Table`` is. Of more a triangular factor is formed in one pass; in two
  /// where a formula has several categories, a product of one, means or deviations. Where residuals in double-double
  /// are asked for (``/LinearRegression/LeastSquares/Precision-swift.enum/extended``), two to four passes follow, and a
  /// category takes one more; one of its own where the target is log(y) or another function whose inverse is known.
  /// - Parameters:
  ///   - formula: what to predict from what; it decides about the intercept too.
  ///   - paths: at least one file, all with the same columns; "-" is standard input. What gzip has compressed is
  ///     inflated.
  ///   - options: how the text is read.
  ///   - weights: name of the column that weighs the rows; it is not part of ".". Nil for 1.
  ///   - missing: what becomes of rows in which a field is missing.
  ///   - method: the settings beside the intercept.
  ///   - keepsSingletons: whether rows stay that are the only one of a level behind a bar.
  /// - Throws: ``TabularError``, as ``Table/init(csv:options:)`` and the fit of a ``Formula`` to a ``Table``.
  /// - Complexity: O(n p²) on all cores, and memory for a few blocks of rows.
  public init(
    _ formula: Formula, csv paths: [String], options: ReadingOptions = ReadingOptions(),
    weights: String? = nil, missing: MissingPolicy = .refuse,
    method: LeastSquares = LeastSquares(measuresResidual: true), keepsSingletons: Bool = false
  ) throws(TabularError) {
    var options = options
    options.categories.formUnion(formula.categories)
    try self.init(
      formula, reading: TableReader(paths, options: options.keepingDigits(method.precision)),
      weights: weights, missing: missing, method: method, keepsSingletons: keepsSingletons)
  }

  /// Fits a model exactly to the rows of CSV files: as with a ``Formula`` of this text.
  public init(
    _ formula: String, csv paths: [String], options: ReadingOptions = ReadingOptions(),
    weights: String? = nil, missing: MissingPolicy = .refuse,
    method: LeastSquares = LeastSquares(measuresResidual: true), keepsSingletons: Bool = false
  ) throws(TabularError) {
    try self.init(
      Formula(formula), csv: paths, options: options, weights: weights, missing: missing, method: method,
      keepsSingletons: keepsSingletons)
  }

  /// Rows up to so many blocks stay in memory, where every solver can go through them again: some 16 MB of text.
  package static let blocksInMemory = 4

  /// Fits a model exactly, by least squares, to rows that need not fit in memory.
  ///
  /// Few rows are fitted as a ``Table`` is. Of many a triangular factor is formed in one pass, or two where a formula
  /// has means, deviations or several categories; residuals in double-double take two to four more.
  /// - Parameters:
  ///   - formula: what to predict from what; it decides about the intercept too.
  ///   - source: where the rows come from.
  ///   - weights: name of the column that weighs the rows; it is not part of ".". Nil for 1.
  ///   - missing: what becomes of rows in which a field is missing.
  ///   - method: the settings beside the intercept.
  ///   - blocksInMemory: rows of so many blocks are fitted in memory.
  ///   - keepsSingletons: whether rows stay that are the only one of a level behind a bar.
  ///   - plan: called before a fit in memory, and before residuals in double-double.
  ///   - solving: called with the number of columns when all rows have been read, before they are solved.
  ///   - progress: called with the number of rows that were read.
  /// - Throws: ``TabularError``, as the fit of a ``Formula`` to a ``Table``.
  /// - Complexity: O(n p²) and memory for a few blocks of rows.
  package init(
    _ formula: Formula, reading source: some TableSource, weights: String? = nil,
    missing: MissingPolicy = .refuse, method: LeastSquares = LeastSquares(measuresResidual: true),
    blocksInMemory: Int = FittedModel.blocksInMemory, keepsSingletons: Bool = false,
    plan: (FitPlan) -> Void = { _ in },
    solving: (Int) -> Void = { _ in }, progress: (Int) -> Void = { _ in }
  ) throws(TabularError) {
    try formula.requireOneTarget()
    self = try Self.perTarget(
      formula, reading: source, weights: weights, missing: missing, method: method,
      blocksInMemory: blocksInMemory, keepsSingletons: keepsSingletons, plan: plan, solving: solving,
      progress: progress)[0]
  }

  /// The same for each target of a formula.
  ///
  /// - Parameters:
  ///   - keepsSingletons: whether rows stay that are the only one of a level that has an effect.
  ///   - covariance: the estimator for so many observations of a fit with effects; nil for independent errors.
  package static func perTarget(
    _ formula: Formula, reading source: some TableSource, weights: String? = nil,
    missing: MissingPolicy = .refuse, method: LeastSquares = LeastSquares(measuresResidual: true),
    blocksInMemory: Int = FittedModel.blocksInMemory, keepsSingletons: Bool = false,
    covariance: (Int) -> CovarianceEstimator? = { _ in nil },
    plan: (FitPlan) -> Void = { _ in },
    solving: (Int) -> Void = { _ in }, progress: (Int) -> Void = { _ in }
  ) throws(TabularError) -> [FittedModel] {
    func inMemory(_ table: Table, _ design: Design) throws(TabularError) -> [FittedModel] {
      var method = method
      method.intercept = design.hasIntercept
      let data = try design.rowsOfFit(table, method)
      plan(FitPlan(data, method))
      solving(design.columns.count)
      return try smeared(data.models(formula.text, method), over: table)
    }
    // Rows are read again where targets are functions of y.
    func finished(_ models: [FittedModel]) throws(TabularError) -> [FittedModel] {
      formula.needsSmearing ? try smeared(models, reading: source, progress: progress) : models
    }
    if !formula.effects.isEmpty {
      // One process is the first of its ranks.
      return try finished(
        withEffects(
          formula, reading: source, weights: weights, missing: missing, method: method,
          keepsSingletons: keepsSingletons, covariance: covariance, blocksInMemory: blocksInMemory,
          plan: plan,
          solving: solving, progress: progress) ?? [])
    }
    if formula.needsSmearing { try source.prepareToRepeat() }
    if method.asksForExtended {
      var rows = ExtendedRows.formulaRows(formula, source, weights, missing)
      rows.method = method
      try source.prepareToRepeat()
      let survey = try rows.survey(keeping: blocksInMemory, progress: progress)
      if let table = survey.table { return try inMemory(table, survey.design) }
      let reduced = try rows.reduction(survey, progress: progress)
      plan(
        FitPlan(
          survey.design, method, rows: reduced.share.observations,
          rowsInMemory: survey.blockRows * min(survey.blocks, Parallelism.threads)))
      solving(survey.design.columns.count)
      return try finished(
        reduced.models(source, method) { (design, plan) throws(TabularError) in
          try ExtendedRows.sums(design, source, plan, progress: progress).whole { $0.merge($1) }
            ?? ExtendedSums(plan)
        })
    }
    var rows = Share.formulaRows(formula, source, weights, missing)
    rows.method = method
    if method.weightKind != .frequency, let matrix = source.matrix,
      matrix.rowCount > blocksInMemory * matrix.blockRows,
      let share = try rows.matrixShare(progress: progress)
    {
      solving(share.design.columns.count)
      return try finished(share.solvePerTarget(method, named: source.source))
    }
    let survey = try rows.survey(keeping: blocksInMemory, progress: progress)
    if let table = survey.table { return try inMemory(table, survey.design) }
    let share = try rows.reduction(survey, progress: progress)
    solving(share.design.columns.count)
    return try finished(share.solvePerTarget(method, named: source.source))
  }
}

extension ReadingOptions {
  /// The same, with the digits that a fit can use.
  package func keepingDigits(_ precision: LeastSquares.Precision = .automatic) -> ReadingOptions {
    var options = self
    options.digits = precision == .extended ? .all : .ofSmallFiles
    return options
  }

  /// The same, with the digits that residuals of a model need.
  package func keepingDigits(for model: FittedModel) -> ReadingOptions {
    model.lowModel == nil ? self : keepingDigits(model.method?.precision ?? .automatic)
  }
}
