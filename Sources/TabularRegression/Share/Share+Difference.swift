internal import LinearRegression

extension Share {
  /// Why two shares cannot be merged; nil where they can.
  func difference(to other: Share) -> String? {
    func quoted(_ name: String) -> String { "\"\(printable(name))\"" }
    if target != other.target {
      return
        "the target is \(quoted(other.target)) here and \(quoted(target)) before; merge shares of one formula"
    }
    if design.weights != other.design.weights {
      func named(_ name: String?) -> String { name.map { "column \(quoted($0))" } ?? "nothing" }
      return
        "rows are weighed by \(named(other.design.weights)) here and by \(named(design.weights)) before; merge shares of one formula"
    }
    if design.weightKind != other.design.weightKind {
      return
        "the weights are \(other.design.weightKind.named) here and \(design.weightKind.named) before; merge shares whose weights mean the same"
    }
    let (comparable, others) = (comparableDesign, other.comparableDesign)
    for (a, b) in zip(comparable.variables, others.variables) where a.variable == b.variable {
      if let levels = a.levels, let found = b.levels, levels != found {
        return
          "the levels of \(quoted(a.variable.columns[0])) are \(listed(found)) here and \(listed(levels)) before, and \(comparable.needOfLevels(a)); accumulate the files together, or survey them first"
      }
    }
    let mine = comparable.names, theirs = others.names
    let (known, found) = (Set(mine), Set(theirs))
    if let missing = mine.first(where: { !found.contains($0) }) {
      return "the column \(quoted(missing)) is missing here; merge shares of one formula"
    }
    if let extra = theirs.first(where: { !known.contains($0) }) {
      return "the column \(quoted(extra)) stands only here; merge shares of one formula"
    }
    if let index = mine.indices.first(where: { mine[$0] != theirs[$0] }) {
      return
        "column \(index + 1) is \(quoted(theirs[index])) here and \(quoted(mine[index])) before; merge shares of one formula"
    }
    if design.hasIntercept != other.design.hasIntercept {
      return
        "the formula \(other.design.hasIntercept ? "has an" : "is without") intercept here; merge shares of one formula"
    }
    return comparable.difference(to: others)
  }

  /// The design without what shares need not have in common: the levels of a category that stands alone.
  private var comparableDesign: Design {
    absorption.map { design.withLevels(["", ""], of: $0) } ?? design
  }
}

extension Design {
  /// Why a category has to have the same levels in all shares, as a clause.
  fileprivate func needOfLevels(_ category: ResolvedVariable) -> String {
    if category.variable.contrasts != nil { return "contrasts are formed of those of all rows" }
    let isInProduct = columns.contains { column in
      column.parts.count > 1 && column.parts.contains { variables[$0.variable] == category }
    }
    return isInProduct
      ? "products are formed of those of all rows" : "of several categories only one may have others"
  }
}
