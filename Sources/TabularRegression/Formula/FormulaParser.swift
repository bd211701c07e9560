/// Reads a formula, with the precedence that R gives its operators:
///
///     formula = response "~" sum ["|" effects]
///     effects = name { "^" name } { "+" name { "^" name } }
///     sum     = ["+" | "-"] product { ("+" | "-") product }
///     product = nested { ("*" | "/") nested }
///     nested  = crossed { "%in%" crossed }
///     crossed = power { ":" power }
///     power   = item [("^" | "**") integer]
///     item    = "0" | "1" | "." | name | function | "(" sum ")" | "(" comparison ")"
///
/// Inside functions, and before "~", operators are those of arithmetic and logic: see ``expression()``. A right side
/// that compares a column, and z %in% c("a", "b"), are true or false too.
struct FormulaParser {
  let text: String
  let characters: [Character]
  var position = 0

  /// How many parentheses are open: a limit keeps the recursion from running out of stack.
  var depth = 0

  init(_ text: String) {
    self.text = text
    characters = Array(text)
  }

  /// What was read of a formula.
  struct Parts {
    var targets: [Expression]
    var tree: TermTree
    var effects: [[String]] = []
    /// Where the bar stands.
    var bar = 0
  }

  mutating func parse() throws(TabularError) -> Parts {
    let targets = try response()
    if !take("~") { throw error("\"~\" is missing between the column to predict and the others") }
    let tree = try comparedSum(), bar = position
    if take("|") {
      return Parts(
        targets: targets, tree: tree, effects: try effects(targets, tree),
        bar: bar + characters[bar...].prefix { $0.isWhitespace }.count)
    }
    if position < characters.count {
      if isAtComparison { throw error("comparisons stand inside I(), as in I(x > 3)") }
      throw error(
        characters[position] == ")"
          ? "no parenthesis is open that this one closes" : "an operator is missing here; \(Self.language)")
    }
    return Parts(targets: targets, tree: tree)
  }

  /// What is predicted: an expression, or several in cbind().
  private mutating func response() throws(TabularError) -> [Expression] {
    skipSpaces()
    if position == characters.count || characters[position] == "~" {
      throw error("a formula begins with the column to predict, as in y ~ a + b")
    }
    let start = position
    if try name() == "cbind", take("(") {
      var targets = [try expression()]
      while take(",") { targets.append(try expression()) }
      try close("cbind(")
      return targets
    }
    position = start
    return [try expression()]
  }

  /// Whether a sign of a comparison follows.
  private var isAtComparison: Bool {
    Self.comparisons.contains { characters[position...].starts(with: $0.rawValue) }
  }

  /// Terms, or a comparison of one column: x > 3.
  private mutating func comparedSum() throws(TabularError) -> TermTree {
    let start = position
    let terms = try sum()
    skipSpaces()
    guard case .variable(.expression) = terms, isAtComparison else { return terms }
    position = start
    return .variable(.expression(try comparison()))
  }

  private mutating func sum() throws(TabularError) -> TermTree {
    var terms: [TermTree]
    if take("-") {
      terms = [.negative(try takenAway())]
    } else {
      _ = take("+")
      terms = [try product()]
    }
    while let sign = ["+", "-"].first(where: { take($0) }) {
      if sign == "+" {
        terms.append(try product())
      } else {
        terms = [.operation(.difference, .sum(terms[...]), try takenAway())]
      }
    }
    return .sum(terms[...])
  }

  /// What stands behind a minus.
  private mutating func takenAway() throws(TabularError) -> TermTree {
    skipSpaces()
    let place = position, term = try product()
    if !term.offsets.isEmpty {
      throw error("an offset is added, not taken away: offset(-x) is its negative", at: place)
    }
    return term
  }

  /// The operators between terms that bind tighter than signs, the loosest first.
  private static let operators: [[(text: String, operation: TermTree.Operator)]] = [
    [("*", .crossing), ("/", .nesting)], [("%in%", .product)], [(":", .product)],
  ]

  /// Operands between operators that bind as tightly as those of a level, or tighter.
  private mutating func product(_ level: Int = 0) throws(TabularError) -> TermTree {
    if level == Self.operators.count { return try power() }
    let start = position
    var result = try product(level + 1)
    while let found = Self.operators[level].first(where: { take($0.text) }) {
      let left = try terms(result, start), place = position
      if found.text == "%in%", let set = try setOfConstants(behind: left) {
        result = set
        continue
      }
      result = .operation(found.operation, left, try terms(product(level + 1), place))
    }
    return result
  }

  /// Whether a column is one of some constants: z %in% c("a", "b"); nil where no constants follow.
  private mutating func setOfConstants(behind left: TermTree) throws(TabularError) -> TermTree? {
    skipSpaces()
    let start = position
    let isSet = try name() == "c" && take("(")
    position = start
    guard isSet || position < characters.count && "\"'-0123456789".contains(characters[position]),
      case .variable(.expression(let expression)) = left
    else { return nil }
    return .variable(.expression(.apply(.isIn, [expression, try constants(for: expression)])))
  }

  private mutating func power() throws(TabularError) -> TermTree {
    let start = position
    let base = try item()
    if !take("^"), !take("**") { return base }
    skipSpaces()
    let place = position
    guard let exponent = wholeNumber(), exponent > 0 else {
      throw error("the power of terms is a whole number, 1 or more; I(a^2) is a column squared", at: place)
    }
    return .power(try terms(base, start), exponent)
  }

  /// Refuses offsets, and 0 and 1, which stand for the intercept, as an operand that begins at a place.
  private func terms(_ tree: TermTree, _ place: Int) throws(TabularError) -> TermTree {
    let message: String
    switch tree {
    case .intercept: message = "0 and 1 are for the intercept and can only be added or taken away"
    case .offset: message = "an offset is added, and stands in no product"
    default: return tree
    }
    throw error(message, at: place + characters[place...].prefix { $0.isWhitespace }.count)
  }

  private mutating func item() throws(TabularError) -> TermTree {
    skipSpaces()
    let start = position
    if let value = try number() {
      if value == 0 || value == 1 { return .intercept(value == 1) }
      throw error(
        "\(Expression.text(of: value)) is not a column; the only numbers are 1 and 0, for the intercept",
        at: start)
    }
    if take("(") {
      try open(start)
      let inside = try comparedSum()
      try close("(")
      depth -= 1
      return inside
    }
    let isQuoted = position < characters.count && characters[position] == "`"
    guard let name = try name() else {
      throw error(
        position == characters.count
          ? "a column is missing at the end" : "a column is missing here; \(Self.language)")
    }
    if isQuoted { return .variable(.expression(.column(name))) }
    if name == "." { return .rest }
    if !take("(") { return .variable(.expression(.column(name))) }
    try open(start)
    defer { depth -= 1 }
    if name != "offset" { return .variable(try function(name, start)) }
    let expression = try expression()
    try close("offset(")
    return .offset(expression)
  }
}
