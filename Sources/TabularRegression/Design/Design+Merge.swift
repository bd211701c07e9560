extension Design {
  /// The expression of a column that is one number; nil for parts of a category and products.
  func number(_ column: Int) -> Expression? {
    guard columns[column].parts.count == 1 else { return nil }
    let part = columns[column].parts[0], variable = variables[part.variable]
    if variable.levels != nil { return nil }
    switch variable.variable {
    case .expression(let expression): return expression
    case .powers(let call):
      if call.isOrthogonal { return nil }
      let base = call.operand
      return part.index == 1
        ? base : .apply(.identity, [.apply(.power, [base, .number(Double(part.index))])])
    case .category, .spline: return nil
    }
  }

  /// What rows of another design with the same columns were computed with that these were not; nil for nothing.
  func difference(to other: Design) -> String? {
    func value(_ fill: Double?) -> String { fill.map(Expression.text) ?? "nothing" }
    for (mine, theirs) in zip(sources, other.sources) where mine.fill != theirs.fill {
      return
        "missing \"\(printable(mine.name))\" are filled with \(value(theirs.fill)) here and \(value(mine.fill)) before; fill all with one constant"
    }
    if missing != other.missing {
      return "missing fields are treated by \(other.missing) here and by \(missing) before; use one policy"
    }
    for (mine, theirs) in zip(centers, other.centers) where mine != theirs {
      return
        "the mean of \(printable("\(mine.operand)")) is \(Expression.text(of: theirs.mean)) here and \(Expression.text(of: mine.mean)) before; leave scale() and center() out"
    }
    for (mine, theirs) in zip(polynomials, other.polynomials) where mine != theirs {
      return
        "\(printable(mine.key.description)) has other polynomials here than before, for they are those of the rows; use raw powers, poly(x, k)"
    }
    for (mine, theirs) in zip(splines, other.splines) where mine != theirs {
      return
        "\(printable(mine.call.text)) has other knots here than before, for they are those of the rows; give knots and Boundary.knots"
    }
    if offsets != other.offsets {
      func text(_ design: Design) -> String { design.offsetText.map(printable) ?? "no offset" }
      return "there is \(text(other)) here and \(text(self)) before; merge shares of one formula"
    }
    if variables != other.variables {
      return "levels of a category differ from those before; merge shares of one formula and the same levels"
    }
    return columns == other.columns ? nil : "terms differ from those before; merge shares of one formula"
  }

  /// Takes the ranges of other rows into those of the fit.
  package mutating func widenRanges(to other: Design) {
    for index in sources.indices {
      guard let theirs = other.sources.first(where: { $0.name == sources[index].name })?.range else {
        continue
      }
      let mine = sources[index].range ?? theirs
      sources[index].range = [min(mine[0], theirs[0]), max(mine[1], theirs[1])]
    }
  }

  /// The levels of a category in the rows of two designs, in order; nil for no category.
  ///
  /// - Throws: ``TabularError/unusable(file:message:)`` where they hold numbers in one and words in the other.
  func commonLevels(
    _ other: Design, _ absorption: Absorption?, file: String
  ) throws(TabularError) -> [String]? {
    guard let absorption else { return nil }
    let variable = variables[absorption.variable], name = variable.variable.columns[0]
    let mine = variable.levels!, theirs = other.variables[absorption.variable].levels!
    if mine == theirs { return mine }
    func kind(_ design: Design) -> Source.Kind? { design.sources.first { $0.name == name }?.kind }
    if kind(self) != kind(other) {
      throw .unusable(
        file: file,
        message:
          "column \"\(printable(name))\" holds other kinds of levels here than before; accumulate the files together"
      )
    }
    // A reference that the formula names is the first level of both, however the formula writes it.
    let reference: String? =
      if case .category(let call) = variable.variable, call.reference != nil { mine[0] } else { nil }
    var all = ColumnSummary.inOrder(Set(mine + theirs).subtracting([Self.otherLevel]))
    if let first = reference { all = [first] + all.filter { $0 != first } }
    return all.count < 2 ? all + [Self.otherLevel] : all
  }

  /// Stands for levels that the rows of other shares may have, beside the only level of a category. A field without
  /// text is missing, and so no level.
  static let otherLevel = ""

  /// The error of a category that has no two levels.
  static func tooFewLevels(_ name: String, _ levels: [String], _ source: String) -> TabularError {
    .unusable(
      file: source,
      message:
        "column \"\(printable(name))\" is a category with \(levels.isEmpty ? "no level" : "one level only, \(shown(levels[0]))"); leave it out"
    )
  }
}
