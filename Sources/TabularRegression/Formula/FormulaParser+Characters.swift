extension FormulaParser {
  static let language =
    "a formula has names, \".\", functions, 0, 1, parentheses and the operators + - * / : ^ %in%"

  static let functions =
    "C, factor, offset, poly, ns, bs, I, log, log2, log10, log1p, exp, sqrt, abs, scale and center"

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

  /// Moves over the name of an argument and "=", if they follow.
  @discardableResult mutating func takeName(_ argument: String) -> Bool {
    let start = position
    let isNamed = take(argument) && take("=")
    if !isNamed { position = start }
    skipSpaces()
    return isNamed
  }

  mutating func spacedName() throws(TabularError) -> String? {
    skipSpaces()
    return try name()
  }

  /// A plain name or one in backticks; nil where none begins.
  mutating func name() throws(TabularError) -> String? {
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
  mutating func number() throws(TabularError) -> Double? {
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

  /// A word in quotes of either kind; nil where none begins.
  mutating func quotedWord() throws(TabularError) -> String? {
    let opening = position
    guard opening < characters.count, "\"'".contains(characters[opening]) else { return nil }
    guard let end = characters[(opening + 1)...].firstIndex(of: characters[opening]) else {
      throw error("the quote that opens here is never closed", at: opening)
    }
    position = end + 1
    return String(characters[(opening + 1)..<end])
  }

  mutating func wholeNumber() -> Int? {
    let start = position
    while isDigit(at: position) { position += 1 }
    return Int(String(characters[start..<position]))
  }

  func error(_ message: String, at place: Int? = nil) -> TabularError {
    .formula(text, position: place ?? position, message: message)
  }
}
