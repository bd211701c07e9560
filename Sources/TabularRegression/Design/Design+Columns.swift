// How terms become columns: contrasts, with R's rule for marginality.

extension Design {
  /// The columns of the terms.
  ///
  /// - Throws: ``TabularError/unusable(file:message:)`` for more than a factor can have.
  static func columns(
    _ expansion: TermExpansion, _ variables: [ResolvedVariable], source: String
  ) throws(TabularError) -> [Column] {
    let coding = Coding(expansion, variables)
    let counts = expansion.terms.indices.map { coding.columnCount(ofTerm: $0) }
    let total = counts.reduce(0) { $0.addingReportingOverflow($1).overflow ? .max : $0 + $1 }
    let absorbed = coding.absorbedTerm(counts, hasIntercept: expansion.hasIntercept)
    let levels = absorbed.map { counts[$0] } ?? 0
    if total - levels > mostColumns {
      throw .unusable(file: source, message: tooMany(total, expansion, variables, counts))
    }
    // Before the columns are listed: what a fit takes at least.
    try FitMemory.check(
      FitMemory.Need(
        features: total - levels, levels: levels, triangles: LeastSquares().trianglesInMemory),
      widest: widest(expansion, variables, counts), source: source)
    return expansion.terms.indices.flatMap { coding.columns(ofTerm: $0) }
  }

  private static func tooMany(
    _ total: Int, _ expansion: TermExpansion, _ variables: [ResolvedVariable], _ counts: [Int]
  ) -> String {
    tooMany(total, widest: widest(expansion, variables, counts))
  }

  /// The category with the most levels in the term with the most columns; nil where that has none.
  private static func widest(
    _ expansion: TermExpansion, _ variables: [ResolvedVariable], _ counts: [Int]
  ) -> (column: String, levels: Int)? {
    guard let largest = counts.indices.max(by: { counts[$0] < counts[$1] }) else { return nil }
    return widest(expansion.terms[largest].map { variables[$0] })
  }

  /// Why a fit that gives each level a column has too many; nil where it has not.
  var columnsFault: String? {
    columns.count <= Self.mostColumns ? nil : Self.tooMany(columns.count, widest: Self.widest(variables))
  }

  private static func tooMany(_ total: Int, widest: (column: String, levels: Int)?) -> String {
    guard let widest else {
      return "the formula has \(total) columns; a fit has \(mostColumns) at most: leave some out"
    }
    return
      "column \"\(printable(widest.column))\" has \(widest.levels) levels, and the formula \(total == .max ? "far too many" : "\(total)") columns; a fit has \(mostColumns) at most: leave it out, or join levels"
  }
}

/// Which parts of its variables a term takes.
private struct Coding {
  let terms: [[Int]]
  let variables: [Design.ResolvedVariable]
  private let known: Set<[Int]>
  /// The variable that takes the intercept's place, and the term in which it does.
  private var full: (term: Int, variable: Int)?

  init(_ expansion: TermExpansion, _ variables: [Design.ResolvedVariable]) {
    terms = expansion.terms
    self.variables = variables
    known = Set(terms)
    if expansion.hasIntercept { return }
    for (index, term) in terms.enumerated() {
      if let variable = term.first(where: { variables[$0].levels != nil }) {
        full = (index, variable)
        return
      }
    }
  }

  /// Whether the reference level has no column of its own: the term without this variable stands before it, alone or in
  /// another, and what remains for the variable are differences.
  private func hasContrasts(_ variable: Int, inTerm index: Int) -> Bool {
    if let full, full == (index, variable) { return false }
    let rest = terms[index].filter { $0 != variable }
    if rest.isEmpty || known.contains(rest) { return true }
    return terms[..<index].contains { Set($0).isSuperset(of: rest) }
  }

  private func parts(of variable: Int, inTerm index: Int) -> Range<Int> {
    guard let levels = variables[variable].levels else { return variables[variable].variable.numberIndices }
    if !hasContrasts(variable, inTerm: index) { return 0..<levels.count }
    return variables[variable].variable.contrasts == nil
      ? 1..<levels.count : levels.count..<2 * levels.count - 1
  }

  /// The term of the category that can be taken out of the rows, the one with the most columns; nil where there is
  /// none.
  func absorbedTerm(_ counts: [Int], hasIntercept: Bool) -> Int? {
    terms.indices.filter { index in
      guard terms[index].count == 1, case let variable = variables[terms[index][0]], variable.levels != nil,
        variable.variable.levelColumn != nil, !hasIntercept || variable.variable.contrasts == nil,
        hasContrasts(terms[index][0], inTerm: index) == hasIntercept
      else { return false }
      return !terms.contains { $0.count > 1 && $0.contains(terms[index][0]) }
    }.max { counts[$0] < counts[$1] }
  }

  /// Their number; `Int.max` for more than can be counted.
  func columnCount(ofTerm index: Int) -> Int {
    terms[index].reduce(1) { count, variable in
      let (product, overflow) = count.multipliedReportingOverflow(
        by: parts(of: variable, inTerm: index).count)
      return overflow ? .max : product
    }
  }

  /// The columns of a term; the parts of its first variable change fastest.
  func columns(ofTerm index: Int) -> [Design.Column] {
    terms[index].reduce([.product([])]) { columns, variable in
      parts(of: variable, inTerm: index).flatMap { part in
        columns.map { Design.Column(parts: $0.parts + [Design.Part(variable: variable, index: part)]) }
      }
    }
  }
}

extension Design {
  /// The table's columns of which each use keeps digits beyond Doubles: as a target, a feature, or powers, by
  /// themselves.
  var exactColumns: Set<String> {
    var exact: Set<String> = [], rounded = Set((weights.map { [$0] } ?? []) + offsets.flatMap(\.columns))
    for target in targets {
      if offsets.isEmpty, case .column(let name) = target {
        exact.insert(name)
      } else {
        rounded.formUnion(target.columns)
      }
    }
    let multiplied = Set(columns.lazy.map(\.parts).filter { $0.count > 1 }.joined().map(\.variable))
    for (index, variable) in variables.enumerated() {
      if variable.levels != nil {
        if variable.variable.isLogical { rounded.formUnion(variable.variable.columns) }
      } else if !multiplied.contains(index), let name = variable.variable.exactColumn {
        exact.insert(name)
      } else {
        rounded.formUnion(variable.variable.columns)
      }
    }
    return exact.subtracting(rounded)
  }
}

extension Variable {
  /// The column that it is, or powers of it; nil where it is something else.
  var exactColumn: String? {
    let base: Expression? =
      switch self {
      case .powers(let call): call.isOrthogonal ? nil : call.operand
      case .expression(let expression): expression.wholePower?.base ?? expression
      case .category, .spline: nil
      }
    if case .column(let name) = base { return name }
    return nil
  }
}
