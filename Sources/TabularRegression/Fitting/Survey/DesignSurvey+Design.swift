package import LinearRegression

extension DesignSurvey {
  /// The design for rows such as these.
  ///
  /// - Parameter isPart: whether the rows are a part of those of a fit, so that others may have other levels of a
  ///   category that stands alone: one level is enough then.
  /// - Throws: ``TabularError``: missing fields that the policy does not allow; a category without two levels or
  ///   without its reference; too many columns, or two of one name.
  package func design(isPart: Bool = false) throws(TabularError) -> Design {
    for name in used { if let fault = summaries[name]!.fault { throw fault } }
    if let missingFault { throw missingFault.error }
    if rowCount > 0, droppedRows == rowCount {
      throw .unusable(
        file: source, message: "every row has a missing field; leave the columns out that have most of them")
    }
    // Unused ones, such as those of terms that were taken away, stand among them without a column.
    let inTerms = Set(expansion.terms.joined())
    var variables: [Design.ResolvedVariable] = []
    for (index, variable) in expansion.variables.enumerated() {
      let levels =
        inTerms.contains(index) ? try levels(of: variable, mayLack: isPart && index == loneCategory) : nil
      variables.append(.init(variable: variable, levels: levels))
    }
    var design = try resolved(variables, try resolvedCenters(), try resolvedSplines())
    design.polynomials = try resolvedPolynomials()
    if !isPart, let column = design.columnBelowDoubles {
      throw .unusable(
        file: source,
        message:
          "\(printable(column)) is below the smallest number that a Double holds in every row; use another unit"
      )
    }
    return design
  }

  private func resolved(
    _ variables: [Design.ResolvedVariable], _ centers: [Design.Center], _ splines: [Spline]
  ) throws(TabularError) -> Design {
    let columns = try Design.columns(expansion, variables, source: source)
    return Design(
      targets: formula.targets, weights: weights, weightKind: weightKind, offsets: formula.offsets,
      effects: formula.effects, hasIntercept: expansion.hasIntercept && formula.effects.isEmpty,
      variables: variables,
      columns: columns, sources: features.map { summaries[$0]!.source($0, missing) }, centers: centers,
      splines: splines, missing: missing
    ).keeping(Array(columns.indices), intercept: expansion.hasIntercept && formula.effects.isEmpty)
  }

  /// The design of all rows as the first of them tell it, but for ranges, and for the levels of one category that
  /// stands alone, which may be left open. Nil where it depends on more, or where the first rows tell too little.
  ///
  /// - Parameters:
  ///   - first: the first rows.
  ///   - leavesLevels: whether levels may be left open.
  /// - Throws: as ``add(_:)`` and ``design()``.
  func early(
    with first: Table, leavesLevels: Bool
  ) throws(TabularError) -> (design: Design, open: Design.Absorption?)? {
    var survey = self
    try survey.add(first)
    return try survey.early(leavesLevels: leavesLevels)
  }

  private func early(leavesLevels: Bool) throws(TabularError) -> (design: Design, open: Design.Absorption?)? {
    let tellsKinds = rowCount == 0 || features.allSatisfy { summaries[$0]!.kind != .undecided }
    if missing == .mean || !centers.isEmpty || !polynomials.isEmpty || !samples.isEmpty || !tellsKinds
      || hasMissingFault
    {
      return nil
    }
    if rowCount > 0, droppedRows == rowCount { return nil }
    if categories.isEmpty { return (try design(), nil) }
    guard leavesLevels, let category = loneCategory else { return nil }
    let variables = expansion.variables.indices.map {
      // Two levels stand for those to come.
      Design.ResolvedVariable(
        variable: expansion.variables[$0],
        levels: $0 == category ? ["", " "] : expansion.variables[$0].isLogical ? Design.truthValues : nil)
    }
    let design = try resolved(variables, [], try resolvedSplines())
    guard var absorption = design.absorption(fewest: 2) else { return nil }
    absorption.isOpen = true
    return (design, absorption)
  }

  /// The variables of the terms that are categories.
  private var categories: Set<Int> {
    Set(expansion.terms.joined()).filter { isCategory(expansion.variables[$0]) }
  }

  /// The only category, where it stands alone in a term.
  private var loneCategory: Int? {
    guard categories.count == 1, let category = categories.first,
      expansion.terms.filter({ $0.contains(category) }) == [[category]]
    else { return nil }
    // Contrasts have a column that depends on the number of levels.
    if case .category(let call) = expansion.variables[category], call.contrasts != nil || call.levels != nil {
      return nil
    }
    return category
  }

  private func isCategory(_ variable: Variable) -> Bool {
    switch variable {
    case .expression(.column(let column)): summaries[column]!.kind == .words
    case .category: true
    default: false
    }
  }

  /// - Parameter mayLack: whether rows to come may have other levels: one level is enough then, beside one without a
  ///   name.
  private func levels(of variable: Variable, mayLack: Bool) throws(TabularError) -> [String]? {
    let name: String, call: CategoryCall?
    switch variable {
    case .expression(.column(let column)) where summaries[column]!.kind == .words:
      (name, call) = (column, nil)
    case .category(let category): (name, call) = (category.column, category)
    default: return variable.isLogical ? Design.truthValues : nil
    }
    var levels = summaries[name]!.levels
    if levels.count == 1, mayLack { levels.append(Design.otherLevel) }
    if levels.count < 2 { throw Design.tooFewLevels(name, levels, source) }
    if variable.expression != nil, levels.count == rowCount - droppedRows, !mayLack {
      throw .unusable(
        file: source,
        message:
          "column \"\(printable(name))\" holds another word in every row; leave it out, or write C(\(FormulaParser.quoted(name))) if it is a category"
      )
    }
    if let given = call?.levels { levels = try inOrder(given, levels, name) }
    if call?.contrasts == .poly, levels.count > Contrasts.mostLevelsOfPolynomials {
      throw .unusable(
        file: source,
        message:
          "column \"\(printable(name))\" has \(levels.count) levels, and polynomial contrasts are for \(Contrasts.mostLevelsOfPolynomials) at most; use other contrasts, or poly()"
      )
    }
    guard let reference = call?.reference else { return levels }
    guard let position = levels.firstIndex(of: summaries[name]!.level(reference)) else {
      throw .unusable(
        file: source,
        message:
          "column \"\(printable(name))\" has no level \(shown(reference)) to compare others with; its levels are \(listed(levels))"
      )
    }
    let first = levels.remove(at: position)
    return [first] + levels
  }

  /// The levels that factor(z, levels = …) gives, which have to be all that are there.
  private func inOrder(
    _ given: [Expression], _ levels: [String], _ name: String
  ) throws(TabularError) -> [String] {
    let ordered = given.map { summaries[name]!.level($0.level) }
    if Set(ordered).count < ordered.count {
      throw .unusable(
        file: source,
        message: "levels of column \"\(printable(name))\" stand twice in the formula: \(listed(ordered))")
    }
    if let other = levels.first(where: { !ordered.contains($0) && $0 != Design.otherLevel }) {
      throw .unusable(
        file: source,
        message:
          "column \"\(printable(name))\" has the level \(shown(other)), which is not among those of the formula, \(listed(ordered)); add it, or leave the rows out"
      )
    }
    return ordered
  }

  /// The splines of the terms, in order.
  private func resolvedSplines() throws(TabularError) -> [Spline] {
    var resolved: [Spline] = [], sorted: [Expression: [Double]] = [:]
    for case .spline(let call) in Set(expansion.terms.joined()).sorted().map({ expansion.variables[$0] }) {
      let numbers = sorted[call.operand] ?? (samples[call.operand] ?? []).sorted()
      sorted[call.operand] = numbers
      resolved.append(try Spline(call, sorted: numbers, source: source))
    }
    return resolved
  }

  private func resolvedPolynomials() throws(TabularError) -> [OrthogonalPolynomials] {
    var resolved: [OrthogonalPolynomials] = []
    for (key, powers) in polynomials.sorted(by: { $0.key.description < $1.key.description }) {
      guard let found = powers.polynomials(of: key) else {
        throw .unusable(
          file: source,
          message:
            "\(printable(key.description)) needs more than \(counted(key.degree, "different number")), and powers within a Double; take a lower degree or another unit"
        )
      }
      resolved.append(found)
    }
    return resolved
  }

  private func resolvedCenters() throws(TabularError) -> [Design.Center] {
    var resolved: [Design.Center] = []
    for (operand, moments) in centers.sorted(by: { $0.key.description < $1.key.description }) {
      guard moments.count > 1, moments.deviation > 0, moments.deviation.isFinite else {
        throw .unusable(
          file: source,
          message:
            "\(printable(operand.description)) has no spread that scale() or center() could use; leave it out"
        )
      }
      resolved.append(
        Design.Center(operand: operand, mean: moments.mean, deviation: moments.deviation))
    }
    return resolved
  }
}

extension Design {
  /// The design of a formula for the rows of one table.
  ///
  /// - Throws: ``TabularError``.
  package init(
    _ formula: Formula, _ table: Table, weights: String? = nil, missing: MissingPolicy = .refuse,
    weightKind: WeightKind = .analytic, isPart: Bool = false
  ) throws(TabularError) {
    try formula.requireNoEffects()
    var survey = try DesignSurvey(
      formula, columns: table.columnNames, weights: weights, weightKind: weightKind, missing: missing,
      source: table.source)
    try survey.add(table)
    self = try survey.design(isPart: isPart)
  }
}
