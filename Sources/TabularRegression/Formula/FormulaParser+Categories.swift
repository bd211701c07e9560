// C(z), factor(z) and what may stand behind the column.

extension FormulaParser {
  /// A category whose parenthesis is open already: factor(z, levels = c("b", "a")), C(z, sum).
  mutating func category(_ function: String) throws(TabularError) -> CategoryCall {
    skipSpaces()
    let start = position
    guard let column = try name(), column != "." else { throw error("\(function)(z) takes a column") }
    var call = CategoryCall(column: column, text: Self.quoted(column))
    if function == "C", ["factor", "as.factor"].contains(column), characters[start] != "`", take("(") {
      call = try category(column)
    }
    if function == "C", take(",") {
      try takeCoding(&call)
    } else if function == "factor", take(",") {
      try takeLevels(&call)
    }
    if position < characters.count, characters[position] == "," {
      throw error(
        function == "C"
          ? "C(z) takes a column and its coding and nothing else"
          : function == "factor"
            ? "factor(z) takes a column and its levels and nothing else"
            : "as.factor(z) takes a column and nothing else; C(z, reference = \"level\") chooses the first level"
      )
    }
    try close("\(function)(")
    call.text = "\(function)(\(call.text))"
    return call
  }

  /// levels = c("b", "a")
  private mutating func takeLevels(_ call: inout CategoryCall) throws(TabularError) {
    skipSpaces()
    let start = position
    guard try name() == "levels", take("=") else {
      throw error("after the column of factor(z) only levels = c(\"b\", \"a\") may follow", at: start)
    }
    skipSpaces()
    let place = position, set = try constants(for: .column(call.column)), levels = set.constants
    if levels.count < 2 || Set(levels.map(\.level)).count < levels.count {
      throw error("levels are two or more, each once, as in c(\"b\", \"a\")", at: place)
    }
    call.levels = levels
    call.text += ", levels = \(set)"
  }

  /// reference = "x", or the name of contrasts: sum, contr.sum, "contr.sum".
  private mutating func takeCoding(_ call: inout CategoryCall) throws(TabularError) {
    skipSpaces()
    let start = position
    var written = "", named = try name()
    if named == "reference", take("=") {
      skipSpaces()
      guard let level = try quotedWord() else {
        throw error("the reference is a level in quotes, as in C(z, reference = \"a\")")
      }
      call.reference = level
      call.text += ", reference = \"\(level)\""
      return
    }
    if named == "contr", take("=") {
      (written, named) = ("contr = ", try spacedName())
    }
    let word = named == nil ? try quotedWord() : nil
    let coding = (named ?? word).map { $0.hasPrefix("contr.") ? String($0.dropFirst(6)) : $0 } ?? ""
    call.contrasts = Contrasts(rawValue: coding)
    if call.contrasts == nil, coding != "treatment" {
      throw error(
        "after the column of C(z) follows reference = \"level\" or a coding: treatment, SAS, sum, helmert or poly",
        at: start)
    }
    call.text += ", \(written)\(named ?? Expression.quoted(word ?? ""))"
  }
}
