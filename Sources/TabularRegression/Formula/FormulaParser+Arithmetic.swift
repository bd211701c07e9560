extension FormulaParser {
  /// Comparisons joined by & and |, or one number.
  mutating func expression() throws(TabularError) -> Expression {
    var result = try conjunction()
    while try takeLogical("|") { result = .apply(.or, [result, try conjunction()]) }
    return result
  }

  private mutating func conjunction() throws(TabularError) -> Expression {
    var result = try negation()
    while try takeLogical("&") { result = .apply(.and, [result, try negation()]) }
    return result
  }

  private mutating func takeLogical(_ sign: String) throws(TabularError) -> Bool {
    if take(sign + sign) {
      throw error("\(sign)\(sign) compares single values; \(sign) compares row by row", at: position - 2)
    }
    return take(sign)
  }

  private mutating func negation() throws(TabularError) -> Expression {
    skipSpaces()
    let start = position
    if !take("!") { return try comparison() }
    try open(start)
    defer { depth -= 1 }
    return .apply(.not, [try negation()])
  }

  /// The signs of comparisons, those of two characters first.
  static let comparisons: [Expression.Operation] = [
    .lessOrEqual, .greaterOrEqual, .equal, .notEqual, .less, .greater,
  ]

  /// Two sums that are compared, a column that is compared with a word, or one sum.
  mutating func comparison() throws(TabularError) -> Expression {
    let left = try arithmetic()
    guard let sign = Self.comparisons.first(where: { take($0.rawValue) }) else { return left }
    skipSpaces()
    let place = position, word = try quotedWord()
    if word != nil, sign != .equal && sign != .notEqual || !left.isColumn {
      throw error("a column is compared with a word, by == or !=, as in z == \"a\"", at: place)
    }
    let right = if let word { Expression.word(word) } else { try arithmetic() }
    let result = Expression.apply(sign, [left, right])
    if let second = Self.comparisons.first(where: { take($0.rawValue) }) {
      throw error(
        "\"\(second.rawValue)\" compares two numbers, not three; put one comparison in parentheses",
        at: position - 1)
    }
    return result
  }

  /// The constants behind %in%: c("a", "b"), or one.
  mutating func constants(for left: Expression) throws(TabularError) -> Expression {
    skipSpaces()
    let start = position
    let set: Expression
    if try name() == "c", take("(") {
      var constants = [try constant()]
      while take(",") { constants.append(try constant()) }
      try close("c(")
      set = .apply(.combine, constants)
    } else {
      position = start
      set = try constant()
    }
    if !left.isColumn, set.constants.contains(where: \.isWord) {
      throw error("a column is looked for among words, as in z %in% c(\"a\", \"b\")", at: start)
    }
    return set
  }

  /// A number with its sign, or a word in quotes.
  mutating func constant() throws(TabularError) -> Expression {
    skipSpaces()
    let start = position
    if let word = try quotedWord() { return .word(word) }
    let isNegative = take("-")
    skipSpaces()
    guard let value = try number() else {
      throw error("a number or a word in quotes is missing here, as in c(1, 2) or c(\"a\", \"b\")", at: start)
    }
    return .number(isNegative ? -value : value)
  }

  /// A sum of products of powers, with signs; "^" binds tightest and from the right, as in R.
  mutating func arithmetic() throws(TabularError) -> Expression {
    var result = try arithmeticProduct()
    while let sign = ["+", "-"].first(where: { take($0) }) {
      result = .apply(sign == "+" ? .add : .subtract, [result, try arithmeticProduct()])
    }
    return result
  }

  private mutating func arithmeticProduct() throws(TabularError) -> Expression {
    var result = try member()
    while let sign = ["*", "/"].first(where: { take($0) }) {
      result = .apply(sign == "*" ? .multiply : .divide, [result, try member()])
    }
    return result
  }

  /// A number, or whether it is one of some.
  private mutating func member() throws(TabularError) -> Expression {
    let left = try signed()
    return take("%in%") ? .apply(.isIn, [left, try constants(for: left)]) : left
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
      let inside = try expression()
      try close("(")
      depth -= 1
      return .apply(.parentheses, [inside])
    }
    if position < characters.count, "\"'".contains(characters[position]) {
      throw error("a word stands behind ==, != or %in%, as in I(z == \"a\")")
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

  /// Throws where words are compared in what a function takes over all rows of a fit.
  func requireNumbers(_ operand: Expression, _ function: String, _ start: Int) throws(TabularError) {
    if !operand.wordColumns.isEmpty {
      throw error("\(function)() takes numbers, and no comparison with words", at: start)
    }
  }

  /// A function of one number whose parenthesis is open already.
  mutating func call(_ name: String, _ start: Int) throws(TabularError) -> Expression {
    guard let function = Expression.Operation(rawValue: name), function.isFunction else {
      switch name {
      case "C", "factor", "as.factor", "offset", "poly", "ns", "bs", "cbind":
        throw error("\(name)() stands by itself, not inside something else", at: start)
      case "lag":
        throw error(
          "lag() is not known, for rows of a table have no order in time; form the column beforehand",
          at: start)
      default:
        throw error("\(name)() is not known; there are \(Self.functions)", at: start)
      }
    }
    var operands = [try expression()]
    if function.isCentred && !operands[0].centredOperands.isEmpty {
      throw error("scale() and center() do not stand inside each other", at: start)
    }
    if function.isCentred { try requireNumbers(operands[0], name, start) }
    if function.operandCounts.contains(2), take(",") {
      takeName("base")
      operands.append(try arithmetic())
    }
    if position < characters.count, characters[position] == "," {
      throw error(
        function.operandCounts.contains(2)
          ? "\(name)() takes a column or expression, and a base" : "\(name)() takes one column or expression")
    }
    try close("\(name)(")
    return .apply(function, operands)
  }
}
