// What stands behind a bar: columns whose levels have effects of their own, as in fixest and pyfixest.

extension FormulaParser {
  /// A term behind the bar, and where it stands.
  private struct EffectTerm {
    var columns: [String] = []
    var position: Int
  }

  /// The terms behind a bar, which has been read: columns, or with ^ their combinations, added.
  ///
  /// - Parameters:
  ///   - targets: what stands before "~".
  ///   - tree: what stands between "~" and the bar.
  mutating func effects(_ targets: [Expression], _ tree: TermTree) throws(TabularError) -> [[String]] {
    var terms: [EffectTerm] = []
    repeat {
      skipSpaces()
      var term = EffectTerm(position: position)
      repeat { term.columns.append(try effectColumn()) } while take("^")
      terms.append(term)
    } while take("+")
    if position < characters.count {
      throw error(
        characters[position] == "|"
          ? "a formula has one bar; instruments are not fitted"
          : "behind the bar columns are added, and combined by ^, as in y ~ x | firm + year^month")
    }
    let others = Set(tree.variables.flatMap(\.columns) + tree.offsets.flatMap(\.columns))
    let predicted = Set(targets.flatMap(\.columns))
    var seen: Set<Set<String>> = []
    for term in terms {
      if let name = term.columns.first(where: predicted.contains) {
        throw error("\"\(name)\" is the target; leave it out behind the bar", at: term.position)
      }
      if let name = term.columns.first(where: others.contains) {
        throw error("\"\(name)\" is among the terms before the bar; use it on one side", at: term.position)
      }
      if Set(term.columns).count < term.columns.count || !seen.insert(Set(term.columns)).inserted {
        throw error("a column stands twice behind the bar", at: term.position)
      }
    }
    return terms.map(\.columns)
  }

  private mutating func effectColumn() throws(TabularError) -> String {
    skipSpaces()
    let start = position
    if let value = try number() {
      throw error(
        "\(Expression.text(of: value)) is not a column; behind the bar stand columns whose levels have effects of their own",
        at: start)
    }
    guard let name = try name(), name != "." || characters[start] == "`" else {
      throw error(
        position == characters.count && start == position
          ? "a column is missing behind the bar, as in y ~ x | firm"
          : "behind the bar stand names of columns, as in y ~ x | firm + year", at: start)
    }
    if take("(") {
      throw error("a function cannot stand behind the bar; name a column of the file", at: start)
    }
    return name
  }
}

extension Formula {
  /// The name of a term behind the bar: its columns, joined by "^".
  static func name(ofEffect columns: [String]) -> String { columns.joined(separator: "^") }

  /// "firm + year"; nil without effects.
  package var effectsText: String? {
    effects.isEmpty ? nil : effects.map(Self.name(ofEffect:)).joined(separator: " + ")
  }

  /// Throws where there are fixed effects.
  package func requireNoEffects(
    _ message: String =
      "effects behind a bar are fitted by least squares alone, by the command fit without a penalty"
  ) throws(TabularError) {
    if !effects.isEmpty { throw .formula(text, position: effectsPosition, message: message) }
  }
}
