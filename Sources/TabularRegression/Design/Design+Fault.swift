extension Design {
  /// What is wrong with a design from a file, in words; nil where it can be used.
  var fault: String? {
    if columns.isEmpty && !(hasIntercept && variables.isEmpty) || targets.isEmpty {
      return "there are no terms"
    }
    if let fault = variablesFault ?? partsFault {
      return fault
    }
    let absorbed = absorption()?.columns.count ?? 0
    if columns.count - absorbed > Self.mostColumns { return "there are too many terms" }
    if let fault = sourcesFault ?? centersFault { return fault }
    let names = names
    return Set(names).count == names.count ? nil : "a term stands twice"
  }

  private var variablesFault: String? {
    for variable in variables {
      if case .powers(_, let degree) = variable.variable, !Formula.degrees.contains(degree) {
        return "a power is out of range"
      }
      guard let levels = variable.levels else {
        if variable.variable.expression == nil { return "a category has no levels" }
        continue
      }
      switch variable.variable {
      case .category, .expression(.column): break
      default: return "a number has levels"
      }
      if levels.isEmpty || Set(levels).count != levels.count {
        return "the levels are not those of a category"
      }
    }
    return nil
  }

  private var partsFault: String? {
    for column in columns {
      // A variable twice would stand for a square.
      if column.parts.isEmpty || Set(column.parts.map(\.variable)).count != column.parts.count {
        return "a term has no variables, or one twice"
      }
      for part in column.parts {
        guard variables.indices.contains(part.variable) else { return "a variable of a term is not there" }
        let variable = variables[part.variable]
        let isThere: Bool
        if let levels = variable.levels {
          isThere = levels.indices.contains(part.index)
        } else if case .powers(_, let degree) = variable.variable {
          isThere = (1...degree).contains(part.index)
        } else {
          isThere = part.index == 0
        }
        if !isThere { return "a level or power of a term is not there" }
      }
    }
    // The table of a product's levels has to fit into memory, as it did.
    for column in columns {
      let count = column.parts.reduce(1.0) { $0 * Double(variables[$1.variable].levels?.count ?? 1) }
      if count > 1e8 { return "a term has too many levels" }
    }
    return nil
  }

  private var sourcesFault: String? {
    let names = sources.map(\.name)
    if Set(names).count != names.count { return "a column stands twice" }
    let needed = Set(variables.flatMap(\.variable.columns))
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
    let operands = Set(centers.map(\.operand))
    let expressions = variables.compactMap(\.variable.expression) + targets
    let needed = Set(expressions.flatMap(\.centredOperands))
    if operands.count != centers.count || operands != needed
      || needed.contains(where: { !$0.centredOperands.isEmpty })
    {
      return "means and deviations are not those of the terms"
    }
    return centers.allSatisfy { $0.mean.isFinite && $0.deviation > 0 && $0.deviation.isFinite }
      ? nil : "a mean or deviation is none"
  }
}
