package import LinearRegression

extension Share {
  /// The share of rows of which each rank reads a part: with the bits of one process that reads all.
  ///
  /// - Parameters:
  ///   - formula: what to predict from what.
  ///   - communicator: the ranks; all call this at the same place.
  ///   - part: the rows of this rank's part of the leaves.
  ///   - whole: all rows, for rank 0.
  ///   - weights: name of the column that weighs the rows; nil for 1.
  ///   - weightKind: what the weights mean.
  ///   - missing: what becomes of rows in which a field is missing.
  ///   - kept: where ranks keep what their parts were reduced to; nil for nowhere.
  ///   - progress: called with the number of rows that this rank has read.
  /// - Returns: nil on ranks but the first.
  /// - Throws: ``TabularError``, as in one process, on rank 0; on the others ``TabularError/elsewhere``.
  package init?<Source: TableSource>(
    _ formula: Formula, on communicator: any Communicator, part: Source,
    whole: () throws(TabularError) -> Source, weights: String? = nil, weightKind: WeightKind = .analytic,
    missing: MissingPolicy = .refuse, kept: KeptParts? = nil, progress: (Int) -> Void = { _ in }
  ) throws(TabularError) {
    var rows = Self.formulaRows(formula, part, weights, missing, weightKind)
    rows.isPart = true
    let ranked = RankedRows(communicator: communicator, rows: rows, kept: kept)
    var share = try ranked.reduced(few: 0, progress: progress)?.share
    try communicator.onFirst { () throws(TabularError) in
      if share != nil { return }
      // Without rows there is an error to tell.
      share = try Share(
        formula, reading: whole(), weights: weights, weightKind: weightKind, missing: missing,
        progress: progress)
    }
    guard let share else { return nil }
    self = share
  }
}

extension FittedModel {
  /// Fits a model exactly, by least squares, to rows of which each rank reads a part: with the bits of one process that
  /// reads all.
  ///
  /// - Parameters:
  ///   - formula: what to predict from what; it decides about the intercept too.
  ///   - communicator: the ranks; all call this at the same place.
  ///   - part: the rows of this rank's part of the leaves.
  ///   - whole: all rows, for rank 0, which is left to fit few rows.
  ///   - weights: name of the column that weighs the rows; nil for 1.
  ///   - missing: what becomes of rows in which a field is missing.
  ///   - method: the settings beside the intercept.
  ///   - kept: where ranks keep what their parts were reduced to; nil for nowhere.
  ///   - blocksInMemory: rows of so many blocks are few.
  ///   - keepsSingletons: whether rows stay that are the only one of a level that has an effect.
  ///   - covariance: the estimator for so many observations of a fit with effects; nil for independent errors.
  ///   - plan: called before a fit in memory.
  ///   - solving: called with the number of columns when all rows have been read, before they are solved.
  ///   - progress: called with the number of rows that this rank has read.
  /// - Returns: a model for each target on rank 0; nil on the others.
  /// - Throws: ``TabularError``, as the fit in one process, on rank 0; on the others ``TabularError/elsewhere``.
  /// - Complexity: as in one process, divided by the ranks; messages of O(p² log n) bytes.
  package static func perTarget<Source: TableSource>(
    _ formula: Formula, on communicator: any Communicator, part: Source,
    whole: () throws(TabularError) -> Source, weights: String? = nil, missing: MissingPolicy = .refuse,
    method: LeastSquares = LeastSquares(measuresResidual: true), kept: KeptParts? = nil,
    blocksInMemory: Int = FittedModel.blocksInMemory, keepsSingletons: Bool = false,
    covariance: (Int) -> CovarianceEstimator? = { _ in nil }, plan: (FitPlan) -> Void = { _ in },
    solving: (Int) -> Void = { _ in }, progress: (Int) -> Void = { _ in }
  ) throws(TabularError) -> [FittedModel]? {
    var models: [FittedModel]?
    if !formula.effects.isEmpty {
      models = try withEffects(
        formula, reading: part, on: communicator, weights: weights, missing: missing, method: method,
        keepsSingletons: keepsSingletons, covariance: covariance, blocksInMemory: blocksInMemory, plan: plan,
        solving: solving, progress: progress)
    } else if method.asksForExtended {
      var rows = ExtendedRows.formulaRows(formula, part, weights, missing)
      rows.method = method
      let ranked = RankedRows(communicator: communicator, rows: rows, kept: kept)
      let reduced = try ranked.reduced(few: blocksInMemory, progress: progress)
      models = try ranked.models(reduced, solving: solving, progress: progress)
    } else {
      var rows = Share.formulaRows(formula, part, weights, missing)
      rows.method = method
      let ranked = RankedRows(communicator: communicator, rows: rows, kept: kept)
      let share = try ranked.reduced(few: blocksInMemory, progress: progress)?.share
      try communicator.onFirst { () throws(TabularError) in
        guard let share else { return }
        solving(share.design.columns.count)
        models = try share.solvePerTarget(method, named: part.source)
      }
    }
    if formula.needsSmearing,
      try communicator.broadcast(models == nil ? [0] : [1]) == [1]
    {
      let smeared = try smeared(models ?? [], reading: part, on: communicator, progress: progress)
      if communicator.rank == 0 { models = smeared }
    }
    // Few rows are left to rank 0.
    try communicator.onFirst { () throws(TabularError) in
      if models != nil { return }
      models = try perTarget(
        formula, reading: whole(), weights: weights, missing: missing, method: method,
        blocksInMemory: blocksInMemory, keepsSingletons: keepsSingletons, covariance: covariance, plan: plan,
        solving: solving, progress: progress)
    }
    return models
  }
}
