/// Reads a formula, with the precedence that R gives its operators:
///
///     formula = response "~" sum
///     sum     = ["+" | "-"] product { ("+" | "-") product }
///     product = nested { ("*" | "/") nested }
///     nested  = crossed { "%in%" crossed }
///     crossed = power { ":" power }
///     power   = item [("^" | "**") integer]
///     item    = "0" | "1" | "." | name | function | "(" sum ")"
///
/// Inside functions, and before "~", operators are those of arithmetic: see ``arithmetic()``.
struct FormulaParser {
  private let text: String
  let characters: [Character]
  var position = 0

  /// How many parentheses are open: a limit keeps the recursion from running out of stack.
  var depth = 0

  init(_ text: String) {
    self.text = text
    characters = Array(text)
  }

  mutating func parse() throws(TabularError) -> (targets: [Expression], tree: TermTree) {
    let targets = try response()
    if !take("~") { throw error("\"~\" is missing between the column to predict and the others") }
    let tree = try sum()
    if position < characters.count {
      throw error(
        characters[position] == ")"
          ? "no parenthesis is open that this one closes" : "an operator is missing here; \(Self.language)")
    }
    return (targets, tree)
  }

  /// What is predicted: an expression, or several in cbind().
  private mutating func response() throws(TabularError) -> [Expression] {
    skipSpaces()
    if position == characters.count || characters[position] == "~" {
      throw error("a formula begins with the column to predict, as in y ~ a + b")
    }
    let start = position
    if try name() == "cbind", take("(") {
      var targets = [try arithmetic()]
      while take(",") { targets.append(try arithmetic()) }
      try close("cbind(")
      return targets
    }
    position = start
    return [try arithmetic()]
  }

  private mutating func sum() throws(TabularError) -> TermTree {
    var result: TermTree
    if take("-") {
      result = .negative(try product())
    } else {
      _ = take("+")
      result = try product()
    }
    while true {
      if take("+") {
        result = .operation(.sum, result, try product())
      } else if take("-") {
        result = .operation(.difference, result, try product())
      } else {
        return result
      }
    }
  }

  private mutating func product() throws(TabularError) -> TermTree {
    let start = position
    var result = try nested()
    while true {
      if take("*") {
        result = .operation(
          .crossing, try terms(result, start),
          try right { (parser) throws(TabularError) in try parser.nested() })
      } else if take("/") {
        result = .operation(
          .nesting, try terms(result, start),
          try right { (parser) throws(TabularError) in try parser.nested() })
      } else {
        return result
      }
    }
  }

  private mutating func nested() throws(TabularError) -> TermTree {
    let start = position
    var result = try crossed()
    while take("%in%") {
      result = .operation(
        .product, try terms(result, start),
        try right { (parser) throws(TabularError) in try parser.crossed() })
    }
    return result
  }

  private mutating func crossed() throws(TabularError) -> TermTree {
    let start = position
    var result = try power()
    while take(":") {
      result = .operation(
        .product, try terms(result, start), try right { (parser) throws(TabularError) in try parser.power() })
    }
    return result
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

  /// The right operand of an operator.
  private mutating func right(
    _ rule: (inout FormulaParser) throws(TabularError) -> TermTree
  ) throws(TabularError) -> TermTree {
    let start = position
    return try terms(rule(&self), start)
  }

  /// Refuses 0 and 1, which stand for the intercept, as an operand that begins at a place.
  private func terms(_ tree: TermTree, _ place: Int) throws(TabularError) -> TermTree {
    if case .intercept = tree {
      let spaces = characters[place...].prefix { $0.isWhitespace }.count
      throw error("0 and 1 are for the intercept and can only be added or taken away", at: place + spaces)
    }
    return tree
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
      let inside = try sum()
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
    let variable = try function(name, start)
    depth -= 1
    return .variable(variable)
  }

  /// A function whose parenthesis is open already.
  private mutating func function(_ name: String, _ start: Int) throws(TabularError) -> Variable {
    switch name {
    case "C":
      skipSpaces()
      guard let column = try self.name(), column != "." else { throw error("C(z) takes a column") }
      let reference = take(",") ? try self.reference() : nil
      try close("C(")
      return .category(column, reference: reference)
    case "poly":
      let base = try arithmetic()
      if !take(",") { throw error("poly(x, k) takes a column, a comma and a degree") }
      skipSpaces()
      let start = position
      guard let degree = wholeNumber(), Formula.degrees.contains(degree) else {
        throw error("the degree of poly(x, k) is a whole number from 1 to 20", at: start)
      }
      if take(",") {
        skipSpaces()
        let start = position
        guard try self.name() == "raw", take("="), ["TRUE", "T"].contains(try spacedName()) else {
          throw error("poly(x, k) has raw powers; nothing else than raw = TRUE may follow", at: start)
        }
      }
      try close("poly(")
      return .powers(base, degree: degree)
    default:
      return .expression(try call(name, start))
    }
  }

  /// reference = "x"
  private mutating func reference() throws(TabularError) -> String {
    skipSpaces()
    let start = position
    guard try name() == "reference", take("=") else {
      throw error("after the column of C(z) only reference = \"level\" may follow", at: start)
    }
    skipSpaces()
    let opening = position
    guard position < characters.count, "\"'".contains(characters[position]) else {
      throw error("the reference is a level in quotes, as in C(z, reference = \"a\")")
    }
    guard let end = characters[(opening + 1)...].firstIndex(of: characters[opening]) else {
      throw error("the quote that opens here is never closed", at: opening)
    }
    position = end + 1
    return String(characters[(opening + 1)..<end])
  }
}

// MARK: Arithmetic

extension FormulaParser {
  /// A sum of products of powers, with signs; "^" binds tightest and from the right, as in R.
  mutating func arithmetic() throws(TabularError) -> Expression {
    var result = try arithmeticProduct()
    while true {
      if take("+") {
        result = .apply(.add, [result, try arithmeticProduct()])
      } else if take("-") {
        result = .apply(.subtract, [result, try arithmeticProduct()])
      } else {
        return result
      }
    }
  }

  private mutating func arithmeticProduct() throws(TabularError) -> Expression {
    var result = try signed()
    while true {
      if take("*") {
        result = .apply(.multiply, [result, try signed()])
      } else if take("/") {
        result = .apply(.divide, [result, try signed()])
      } else {
        return result
      }
    }
  }

  private mutating func signed() throws(TabularError) -> Expression {
    let start = position
    if take("-") || take("+") {
      let isMinus = characters[position - 1] == "-"
      try open(start)
      defer { depth -= 1 }
      let operand = try signed()
      return isMinus ? .apply(.negate, [operand]) : operand
    }
    let base = try operand()
    if !take("^"), !take("**") { return base }
    try open(position)
    defer { depth -= 1 }
    return .apply(.power, [base, try signed()])
  }

  private mutating func operand() throws(TabularError) -> Expression {
    skipSpaces()
    let start = position
    if let value = try number() { return .number(value) }
    if take("(") {
      try open(start)
      let inside = try arithmetic()
      try close("(")
      depth -= 1
      return inside
    }
    let isQuoted = position < characters.count && characters[position] == "`"
    guard let name = try name() else {
      throw error(
        position == characters.count
          ? "a column or number is missing at the end" : "a column or number is missing here")
    }
    if !isQuoted && name == "." { throw error("\".\" stands for columns, not for a number", at: start) }
    if isQuoted || !take("(") { return .column(name) }
    try open(start)
    let result = try call(name, start)
    depth -= 1
    return result
  }

  /// A function of one number whose parenthesis is open already.
  fileprivate mutating func call(_ name: String, _ start: Int) throws(TabularError) -> Expression {
    guard let function = Expression.Operation(rawValue: name), function.isFunction else {
      switch name {
      case "C", "poly", "cbind":
        throw error("\(name)() stands by itself, not inside something else", at: start)
      case "factor", "as.factor":
        throw error("\(name)() is not known; C(z) makes a column a category", at: start)
      default:
        throw error("\(name)() is not known; there are \(Self.functions)", at: start)
      }
    }
    let operand = try arithmetic()
    if function.isCentred && !operand.centredOperands.isEmpty {
      throw error("scale() and center() do not stand inside each other", at: start)
    }
    if position < characters.count, characters[position] == "," {
      throw error("\(name)() takes one column or expression")
    }
    try close("\(name)(")
    return .apply(function, [operand])
  }
}

// MARK: Characters

extension FormulaParser {
  static let language =
    "a formula has names, \".\", functions, 0, 1, parentheses and the operators + - * / : ^ %in%"

  private static let functions =
    "C, poly, I, log, log2, log10, log1p, exp, sqrt, abs, scale and center"

  /// A name as it stands in a formula.
  static func quoted(_ name: String) -> String { isPlain(name) ? name : "`\(name)`" }

  /// Whether a name can stand without backticks.
  private static func isPlain(_ name: String) -> Bool {
    guard let first = name.first, name != "." else { return false }
    return startsName(first) && name.allSatisfy(continuesName)
  }

  private static func startsName(_ character: Character) -> Bool {
    character.isLetter || character == "." || character == "_"
  }

  private static func continuesName(_ character: Character) -> Bool {
    startsName(character) || character.isNumber
  }

  mutating func skipSpaces() {
    while position < characters.count, characters[position].isWhitespace { position += 1 }
  }

  /// Moves over spaces, the text if it follows, and spaces behind it.
  mutating func take(_ text: String) -> Bool {
    skipSpaces()
    guard characters[position...].starts(with: text) else { return false }
    position += text.count
    return true
  }

  /// One more level of parentheses or signs.
  func checkDepth(at place: Int) throws(TabularError) {
    if depth > 100 { throw error("there are too many levels of parentheses and signs", at: place) }
  }

  mutating func open(_ place: Int) throws(TabularError) {
    depth += 1
    try checkDepth(at: place)
  }

  mutating func close(_ opened: String) throws(TabularError) {
    if !take(")") { throw error("\")\" is missing after \"\(opened)\"") }
  }

  private mutating func spacedName() throws(TabularError) -> String? {
    skipSpaces()
    return try name()
  }

  /// A plain name or one in backticks; nil where none begins.
  private mutating func name() throws(TabularError) -> String? {
    guard position < characters.count else { return nil }
    let start = position
    if characters[start] == "`" {
      guard let end = characters[(start + 1)...].firstIndex(of: "`") else {
        throw error("the backtick that opens here is never closed", at: start)
      }
      if end == start + 1 { throw error("there is no name between the backticks", at: start) }
      position = end + 1
      return String(characters[(start + 1)..<end])
    }
    guard Self.startsName(characters[start]) else { return nil }
    while position < characters.count, Self.continuesName(characters[position]) { position += 1 }
    return String(characters[start..<position])
  }

  private func isDigit(at place: Int) -> Bool {
    place < characters.count && ("0"..."9").contains(characters[place])
  }

  /// A number with an optional point and exponent; nil where none begins.
  private mutating func number() throws(TabularError) -> Double? {
    let start = position
    var end = start
    func skipDigits() { while isDigit(at: end) { end += 1 } }
    skipDigits()
    if end < characters.count, characters[end] == ".", end > start || isDigit(at: end + 1) {
      end += 1
      skipDigits()
    }
    if end == start { return nil }
    if end < characters.count, "eE".contains(characters[end]) {
      let isSigned = end + 1 < characters.count && "+-".contains(characters[end + 1])
      if isDigit(at: end + (isSigned ? 2 : 1)) {
        end += isSigned ? 2 : 1
        skipDigits()
      }
    }
    guard let value = Double(String(characters[start..<end])), value.isFinite else {
      throw error("the number is beyond a Double", at: start)
    }
    position = end
    return value
  }

  private mutating func wholeNumber() -> Int? {
    let start = position
    while isDigit(at: position) { position += 1 }
    return Int(String(characters[start..<position]))
  }

  func error(_ message: String, at place: Int? = nil) -> TabularError {
    .formula(text, position: place ?? position, message: message)
  }
}
