/// Reads linear hypotheses on the coefficients of a model:
///
///     hypotheses = chain { "," chain }
///     chain      = sum { "=" sum }
///     sum        = ["+" | "-"] product { ("+" | "-") product }
///     product    = item { ("*" | "/") item }
///     item       = number | name | "(" sum ")"
///
/// A sum without "=" is to be 0. Names are those that the fit prints; one that does not begin with a letter, a point or a
/// parenthesis stands between backticks or double quotes.
struct HypothesisParser {
  /// A sum of multiples of coefficients and a number.
  struct Form {
    var terms: [Int: Double] = [:]
    var constant = 0.0

    static func + (a: Form, b: Form) -> Form {
      Form(terms: a.terms.merging(b.terms, uniquingKeysWith: +), constant: a.constant + b.constant)
    }

    static func / (a: Form, divisor: Double) -> Form {
      Form(terms: a.terms.mapValues { $0 / divisor }, constant: a.constant / divisor)
    }

    static func * (a: Form, factor: Double) -> Form {
      Form(terms: a.terms.mapValues { $0 * factor }, constant: a.constant * factor)
    }
  }

  let text: String
  private let characters: [Character]
  private var position = 0
  /// How many parentheses are open: a limit keeps the recursion from running out of stack.
  private var depth = 0
  private let places: [String: Int]
  /// Names, the longest first.
  private let names: [[Character]]
  /// The error of a name that is none of a coefficient.
  private let unknown: (String) -> TabularError

  /// - Parameters:
  ///   - names: of the coefficients, in order.
  ///   - unknown: the error of a name that is not among them.
  init(_ text: String, names: [String], unknown: @escaping (String) -> TabularError) {
    self.text = text
    characters = Array(text)
    places = Dictionary(zip(names, names.indices)) { first, _ in first }
    self.names = names.map(Array.init).sorted { $0.count > $1.count }
    self.unknown = unknown
  }

  /// The forms that are to be 0, at least one.
  ///
  /// - Throws: ``TabularError/formula(_:position:message:)``, or that of an unknown name.
  mutating func parse() throws(TabularError) -> [Form] {
    var forms: [Form] = []
    repeat {
      skipSpaces()
      if position == characters.count || characters[position] == "," {
        throw error("a hypothesis is missing here, such as a = b or a + 2*b = 1")
      }
      var left = try sum()
      if !take("=") {
        forms.append(left)
        continue
      }
      repeat {
        let right = try sum()
        forms.append(try checked(left + right * -1, at: position))
        left = right
      } while take("=")
    } while take(",")
    if position < characters.count {
      throw error(
        characters[position] == ")"
          ? "no parenthesis is open that this one closes"
          : "an operator is missing here: +, -, *, / or =; names with other characters stand in backticks")
    }
    return forms
  }

  private mutating func sum() throws(TabularError) -> Form {
    var result: Form
    if take("-") {
      result = try product() * -1
    } else {
      _ = take("+")
      result = try product()
    }
    while true {
      if take("+") {
        result = result + (try product())
      } else if take("-") {
        result = result + (try product()) * -1
      } else {
        return try checked(result, at: position)
      }
    }
  }

  private mutating func product() throws(TabularError) -> Form {
    var result = try item()
    while true {
      skipSpaces()
      let place = position
      if take("*") {
        let factor = try item()
        if !factor.terms.isEmpty && !result.terms.isEmpty {
          throw error("a hypothesis is linear: a coefficient is multiplied by a number", at: place)
        }
        result = try checked(
          factor.terms.isEmpty ? result * factor.constant : factor * result.constant, at: place)
      } else if take("/") {
        let divisor = try item()
        if !divisor.terms.isEmpty {
          throw error("a hypothesis is linear: a coefficient is divided by a number", at: place)
        }
        if divisor.constant == 0 { throw error("this divides by 0", at: place) }
        result = try checked(result / divisor.constant, at: place)
      } else {
        return result
      }
    }
  }

  /// Throws where a number is beyond Double.
  private func checked(_ form: Form, at place: Int) throws(TabularError) -> Form {
    if form.constant.isFinite && form.terms.values.allSatisfy(\.isFinite) { return form }
    throw error("a number is beyond a Double", at: place)
  }

  private mutating func item() throws(TabularError) -> Form {
    skipSpaces()
    guard position < characters.count else { throw error("a coefficient or a number is missing at the end") }
    let character = characters[position]
    if character == "`" || character == "\"" { return try quoted(character) }
    if character.isASCII && character.isNumber
      || character == "." && position + 1 < characters.count && characters[position + 1].isNumber
    {
      return try number()
    }
    if let place = takeName() { return Form(terms: [place: 1]) }
    if take("(") {
      depth += 1
      if depth > 100 { throw error("more than 100 parentheses are open") }
      let result = try sum()
      if !take(")") { throw error("a parenthesis is not closed") }
      depth -= 1
      return result
    }
    let word = word
    if word.isEmpty { throw error("a coefficient or a number is missing before this") }
    throw unknown(word)
  }

  private mutating func quoted(_ quote: Character) throws(TabularError) -> Form {
    let start = position
    guard let end = characters[(position + 1)...].firstIndex(of: quote) else {
      throw error("a quote is not closed", at: start)
    }
    let name = String(characters[start + 1..<end])
    guard let place = places[name] else { throw unknown(name) }
    position = end + 1
    return Form(terms: [place: 1])
  }

  private mutating func number() throws(TabularError) -> Form {
    let start = position
    func takeDigits(_ position: inout Int) {
      while position < characters.count, characters[position].isASCII, characters[position].isNumber {
        position += 1
      }
    }
    takeDigits(&position)
    if position < characters.count, characters[position] == "." {
      position += 1
      takeDigits(&position)
    }
    var end = position
    if end < characters.count, characters[end] == "e" || characters[end] == "E" {
      end += 1
      if end < characters.count, characters[end] == "+" || characters[end] == "-" { end += 1 }
      let digits = end
      takeDigits(&end)
      if end > digits { position = end }
    }
    guard let value = Double(String(characters[start..<position])), value.isFinite else {
      throw error("this is not a number, or beyond a Double", at: start)
    }
    return Form(constant: value)
  }

  /// Takes the longest name that stands here, and nothing that would go on with it.
  private mutating func takeName() -> Int? {
    let rest = characters[position...]
    for name in names where rest.starts(with: name) {
      let next = rest.dropFirst(name.count).first
      if let next, Self.goesOn(next), name.last.map(Self.goesOn) ?? false || next == ":" { continue }
      guard let place = places[String(name)] else { continue }
      position += name.count
      return place
    }
    return nil
  }

  private static func goesOn(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || "_.:([".contains(character)
  }

  /// What stands here up to an operator outside parentheses.
  private var word: String {
    var depth = 0, word = ""
    for character in characters[position...] {
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      if depth < 0 || depth == 0 && "=,+-*/ ".contains(character) { break }
      word.append(character)
    }
    return word
  }

  private mutating func skipSpaces() {
    while position < characters.count, characters[position].isWhitespace { position += 1 }
  }

  private mutating func take(_ character: Character) -> Bool {
    skipSpaces()
    guard position < characters.count, characters[position] == character else { return false }
    position += 1
    // "==" is the equals sign of other languages.
    if character == "=", position < characters.count, characters[position] == "=" { position += 1 }
    skipSpaces()
    return true
  }

  private func error(_ message: String, at place: Int? = nil) -> TabularError {
    .formula(text, position: place ?? position, message: message)
  }
}
