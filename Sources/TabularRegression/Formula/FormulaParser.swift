/// Reads a formula from left to right:
///
///     formula = name "~" ["+" | "-"] item { ("+" | "-") item }
///     item    = "0" | "1" | "." | name | "poly" "(" name "," integer ")"
struct FormulaParser {
  private let text: String
  private let characters: [Character]
  private var position = 0

  init(_ text: String) {
    self.text = text
    characters = Array(text)
  }

  mutating func parse() throws(TabularError) -> (target: String, steps: [Formula.Step], hasIntercept: Bool) {
    skipSpaces()
    guard let target = try name() else {
      throw error("a formula begins with the column to predict, as in y ~ a + b")
    }
    skipSpaces()
    guard take("~") else {
      throw error(
        characters[position...].contains("~")
          ? "the column to predict is one column as it is; form another in the file first"
          : "\"~\" is missing between the column to predict and the others")
    }
    var steps: [Formula.Step] = []
    var hasIntercept = true
    var isFirst = true
    while true {
      skipSpaces()
      let sign = position
      let isAdded: Bool
      if take("+") {
        isAdded = true
      } else if take("-") {
        isAdded = false
      } else if isFirst {
        isAdded = true
      } else if position == characters.count {
        return (target, steps, hasIntercept)
      } else {
        throw error(
          "*:^/%".contains(characters[position])
            ? "interactions are not part of formulas here; put the product into the file as a column"
            : "\"+\" or \"-\" is missing here; \(Self.language)")
      }
      isFirst = false
      skipSpaces()
      let start = position
      switch try item() {
      case .intercept(let isOne): hasIntercept = isOne == isAdded
      case .step(let step) where isAdded: steps.append(step)
      case .step(.add(let name, degree: 1)) where !isCall(start): steps.append(.remove(name))
      case .step: throw error("only columns can be taken away", at: sign)
      }
    }
  }

  private enum Item {
    case intercept(Bool)
    case step(Formula.Step)
  }

  private mutating func item() throws(TabularError) -> Item {
    let start = position
    if let number = digits() {
      if number == "0" || number == "1" { return .intercept(number == "1") }
      throw error("\(number) is not a column; the only numbers are 1 and 0, for the intercept", at: start)
    }
    let isQuoted = position < characters.count && characters[position] == "`"
    guard let name = try name() else {
      throw error(
        position == characters.count
          ? "a column is missing at the end" : "a column is missing here; \(Self.language)")
    }
    if isQuoted { return .step(.add(name, degree: 1)) }
    if name == "." { return .step(.addRest) }
    guard isCall(start) else { return .step(.add(name, degree: 1)) }
    if name != "poly" { throw error("\(name)() is not known; the only function is poly(x, k)", at: start) }
    return .step(try powers())
  }

  private mutating func powers() throws(TabularError) -> Formula.Step {
    skipSpaces()
    _ = take("(")
    skipSpaces()
    guard let column = try name(), column != "." else { throw error("poly(x, k) takes a column first") }
    skipSpaces()
    guard take(",") else { throw error("poly(x, k) takes a column, a comma and a degree") }
    skipSpaces()
    let start = position
    guard let text = digits(), let degree = Int(text), Formula.degrees.contains(degree) else {
      throw error("the degree of poly(x, k) is a whole number from 1 to 20", at: start)
    }
    skipSpaces()
    guard take(")") else {
      throw error("\")\" is missing after the degree; poly(x, k) has raw powers and no further arguments")
    }
    return .add(column, degree: degree)
  }
}

// MARK: Characters

extension FormulaParser {
  private static let language = "a formula has names, \".\", poly(x, k), 0, 1, \"+\" and \"-\""

  /// Whether a name can stand without backticks.
  static func isPlain(_ name: String) -> Bool {
    guard let first = name.first, name != "." else { return false }
    return startsName(first) && name.allSatisfy(continuesName)
  }

  private static func startsName(_ character: Character) -> Bool {
    character.isLetter || character == "." || character == "_"
  }

  private static func continuesName(_ character: Character) -> Bool {
    startsName(character) || character.isNumber
  }

  /// Whether the name that begins here is followed by an opening parenthesis.
  private func isCall(_ start: Int) -> Bool {
    characters[start...].drop(while: Self.continuesName).drop(while: \.isWhitespace).first == "("
  }

  private mutating func skipSpaces() {
    while position < characters.count, characters[position].isWhitespace { position += 1 }
  }

  private mutating func take(_ character: Character) -> Bool {
    guard position < characters.count, characters[position] == character else { return false }
    position += 1
    return true
  }

  /// A plain name or one in backticks; nil where none begins.
  private mutating func name() throws(TabularError) -> String? {
    guard position < characters.count else { return nil }
    let start = position
    if take("`") {
      guard let end = characters[position...].firstIndex(of: "`") else {
        throw error("the backtick that opens here is never closed", at: start)
      }
      defer { position = end + 1 }
      if end == position { throw error("there is no name between the backticks", at: start) }
      return String(characters[position..<end])
    }
    guard Self.startsName(characters[start]) else { return nil }
    while position < characters.count, Self.continuesName(characters[position]) { position += 1 }
    return String(characters[start..<position])
  }

  private mutating func digits() -> String? {
    let start = position
    while position < characters.count, ("0"..."9").contains(characters[position]) { position += 1 }
    return position > start ? String(characters[start..<position]) : nil
  }

  private func error(_ message: String, at place: Int? = nil) -> TabularError {
    .formula(text, position: place ?? position, message: message)
  }
}
