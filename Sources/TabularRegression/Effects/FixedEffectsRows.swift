internal import LinearAlgebra
internal import LinearRegression

/// The rows of a fit with fixed effects, in the first of two passes: the sums of the levels, which are counted as they
/// come.
struct FixedEffectsRows {
  private(set) var design: Design
  private(set) var sums: FixedEffectsSums
  private(set) var effectLevels: EffectLevels
  private(set) var droppedRows = 0
  private(set) var rowCount = 0

  /// No rows of a design.
  init(_ design: Design) {
    self.design = design
    effectLevels = EffectLevels(design.effects.map { _ in [] })
    sums = FixedEffectsSums(
      features: design.columns.count, targets: design.targets.count, categories: design.effects.count)
  }
}

extension FixedEffectsRows: RowReduction {
  static var countsLevels: Bool { false }
  static var keepsTriangles: Bool { false }
  static var takesEffects: Bool { true }

  static func part(_ rows: DesignRows) throws(TabularError) -> BlockRows { BlockRows(rows) }

  mutating func take(_ rows: BlockRows, of source: String) throws(TabularError) {
    let codes = effectLevels.countedCodes(rows)
    droppedRows += rows.droppedRows
    rowCount += rows.X.rowCount
    do throws(DataError) {
      try sums.add(
        rows.X, rows.response, low: rows.low, roundings: rows.roundings, weights: rows.weights, codes: codes,
        levels: effectLevels.words.map(\.count))
    } catch {
      throw design.tabular(error, source)
    }
  }

  mutating func complete(_ design: Design) { self.design = design }
}

extension FixedEffectsRows {
  /// What takes the effects of all columns out of rows; a second pass over these leads to the fit.
  func within(
    keepsSingletons: Bool, isExtended: Bool = false, _ source: String
  ) throws(TabularError) -> WithinRows {
    do throws(DataError) {
      var sums = sums
      if !keepsSingletons { sums.dropSingletons() }
      return WithinRows(design, effectLevels, try FixedEffectsProblem(sums), isExtended: isExtended)
    } catch {
      throw design.tabular(error, source)
    }
  }

  /// The models of all targets.
  ///
  /// - Parameters:
  ///   - within: what these rows have come to.
  ///   - factor: of all rows less their effects.
  func models(
    _ formula: String, _ method: LeastSquares, _ within: WithinRows, _ factor: LeastSquares.Factor,
    _ source: String
  ) throws(TabularError) -> [FittedModel] {
    guard let problem = within.problem else { return [] }
    var fitted = method
    fitted.intercept = false
    var method = fitted
    // What the levels add to a dependency is found with the fit.
    if method.redundancy == .refuse { method.redundancy = .drop }
    let order = effectLevels.order
    let fit: FixedEffectsFit
    do throws(DataError) {
      fit = try problem.fit(factor, method, order: order)
    } catch {
      throw design.tabular(error, source)
    }
    let models = design.targets.indices.map { target in
      var model = FittedModel(
        formula, design, fit.fit, target: target, method: fitted, droppedRows: droppedRows)
      model.effects = FixedEffects(
        fit, target: target, design.effects, effectLevels.words.map(Array.init), order)
      return model
    }
    if fitted.redundancy == .refuse, !fit.fit.certificate.redundant.isEmpty {
      throw .rankDeficient(
        file: source, dependencies: fit.fit.certificate.redundant.indices.map { models[0].dependencyText($0) }
      )
    }
    return models
  }
}
