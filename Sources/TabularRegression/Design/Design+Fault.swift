internal import LinearRegression

extension Design {
  /// What is wrong with a design from a file, in words; nil where it can be used.
  var fault: String? {
    if columns.isEmpty && effects.isEmpty && !(hasIntercept && variables.isEmpty) || targets.isEmpty {
      return "there are no terms"
    }
    if let fault = variablesFault ?? partsFault {
      return fault
    }
    let absorbed = absorption()?.columns.count ?? 0
    if columns.count - absorbed > Self.mostColumns { return "there are too many terms" }
    if let fault = sourcesFault ?? centersFault { return fault }
    if !effects.isEmpty, hasIntercept || effects.contains(where: \.isEmpty) { return "the effects are none" }
    return hasRepeatedColumn ? "a term stands twice" : nil
  }

  private var variablesFault: String? {
    for variable in variables {
      if case .powers(let call) = variable.variable, !Formula.degrees.contains(call.degree) {
        return "a power is out of range"
      }
      if case .spline(let call) = variable.variable, !call.isSound { return "a spline is out of range" }
      guard let levels = variable.levels else {
        if variable.variable.expression == nil || variable.variable.isLogical {
          return "a category has no levels"
        }
        continue
      }
      if variable.variable.isLogical ? levels != Self.truthValues : variable.variable.levelColumn == nil {
        return "a number has levels"
      }
      let tooMany = variable.variable.contrasts == .poly && levels.count > Contrasts.mostLevelsOfPolynomials
      if levels.isEmpty || tooMany || !Self.areDistinct(levels) {
        return "the levels are not those of a category"
      }
    }
    return nil
  }

  private var partsFault: String? {
    let indices = variables.map(\.partIndices)
    func fault(_ part: Part) -> String? {
      guard indices.indices.contains(part.variable) else { return "a variable of a term is not there" }
      return indices[part.variable].contains(part.index) ? nil : "a level or power of a term is not there"
    }
    for column in columns {
      switch column {
      case .part(let part): if let fault = fault(part) { return fault }
      case .product(let parts):
        // A variable twice would stand for a square.
        if parts.isEmpty || Set(parts.map(\.variable)).count != parts.count {
          return "a term has no variables, or one twice"
        }
        for part in parts { if let fault = fault(part) { return fault } }
        // The table of a product's levels has to fit into memory, as it did.
        let count = parts.filter(isIndicator).reduce(1.0) {
          $0 * Double(variables[$1.variable].levels?.count ?? 1)
        }
        if count > 1e8 { return "a term has too many levels" }
      }
    }
    return nil
  }

  /// Whether a column stands there twice. Those of a category that stands alone are one for each level: they may be a
  /// million, and need no set.
  private var hasRepeatedColumn: Bool {
    let range = absorption(fewest: 2)?.columns.range ?? 0..<0
    var others: Set<Set<Part>> = []
    return [columns[..<range.lowerBound], columns[range.upperBound...]].joined().contains {
      !others.insert(Set($0.parts)).inserted
    }
  }

  /// Whether each level stands there once. Where they are in order, as levels are behind the reference, no set of them
  /// is needed.
  private static func areDistinct(_ levels: [String]) -> Bool {
    func areOrdered(_ precedes: (String, String) -> Bool) -> Bool {
      zip(levels.dropFirst(), levels.dropFirst(2)).allSatisfy(precedes)
    }
    // Numbers are in order of their size, longer ones last. That says nothing of characters with several encodings.
    let inOrder =
      areOrdered(<)
      || areOrdered { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
        && levels.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } }
    return inOrder ? !levels.dropFirst().contains(levels[0]) : Set(levels).count == levels.count
  }

  private var sourcesFault: String? {
    let names = sources.map(\.name)
    if Set(names).count != names.count { return "a column stands twice" }
    let needed = Set(featureColumns)
    if Set(names) != needed { return "the columns are not those of the terms" }
    if !needed.isDisjoint(with: targetColumns) { return "the target is among the terms" }
    for source in sources {
      if let range = source.range,
        range.count != 2 || !(range[0] <= range[1]) || !range.allSatisfy(\.isFinite)
      {
        return "a range is none"
      }
      if let fill = source.fill, !fill.isFinite { return "a fill is not finite" }
      if (source.fill != nil) && !missing.fills { return "a fill is not that of the policy" }
    }
    return nil
  }

  private var centersFault: String? {
    let operands = Set(centers.map(\.operand)), needed = centredOperands
    if operands.count != centers.count || operands != needed
      || needed.contains(where: { !$0.centredOperands.isEmpty })
    {
      return "means and deviations are not those of the terms"
    }
    let keys = Set(polynomials.map(\.key))
    if keys.count != polynomials.count || keys != orthogonalKeys || !polynomials.allSatisfy(\.isSound) {
      return "polynomials are not those of the terms"
    }
    let calls = Set(splines.map(\.call))
    if calls.count != splines.count || calls != splineCalls || !splines.allSatisfy(\.isSound) {
      return "knots are not those of the terms"
    }
    return centers.allSatisfy { $0.mean.isFinite && $0.deviation > 0 && $0.deviation.isFinite }
      ? nil : "a mean or deviation is none"
  }
}

extension Design {
  /// The first product or power of columns that is below a Double in every row, though the columns are not zero: it
  /// would be taken for a column of zeros.
  var columnBelowDoubles: String? {
    let ranges = Dictionary(uniqueKeysWithValues: sources.map { ($0.name, $0.range ?? []) })
    let column = columns.first { column in
      let parts = column.parts.filter { variables[$0.variable].levels == nil }
      let degrees = parts.map { variables[$0.variable].variable.degree($0.index) }
      if parts.count < 2 && !degrees.contains(where: { $0 > 1 }) { return false }
      let sizes = parts.map { part in
        (variables[part.variable].variable.exactColumn.flatMap { ranges[$0] } ?? []).reduce(0) {
          max($0, abs($1))
        }
      }
      let largest = zip(sizes, degrees).reduce(1) { $0 * CLibrary.power($1.0, Double($1.1)) }
      return sizes.allSatisfy { $0 > 0 } && largest < .leastNormalMagnitude
    }
    return column.map(name)
  }
}

extension Variable {
  /// The power that a part is of the column, where it is one of a column.
  fileprivate func degree(_ index: Int) -> Int {
    switch self {
    case .powers: max(1, index)
    case .expression(let expression): expression.wholePower?.degree ?? 1
    case .category, .spline: 1
    }
  }
}
