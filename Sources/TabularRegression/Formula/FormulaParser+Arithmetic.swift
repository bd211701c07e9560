extension FormulaParser {
  /// Two sums that are compared, or one.
  mutating func comparison() throws(TabularError) -> Expression {
    let left = try arithmetic()
    // Those of two characters first.
    let signs: [Expression.Operation] = [.lessOrEqual, .greaterOrEqual, .equal, .notEqual, .less, .greater]
    guard let sign = signs.first(where: { take($0.rawValue) }) else { return left }
    let result = Expression.apply(sign, [left, try arithmetic()])
    if let second = signs.first(where: { take($0.rawValue) }) {
      throw error(
        "\"\(second.rawValue)\" compares two numbers, not three; put one comparison in parentheses",
        at: position - 1)
    }
    return result
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
    var result = try signed()
    while let sign = ["*", "/"].first(where: { take($0) }) {
      result = .apply(sign == "*" ? .multiply : .divide, [result, try signed()])
    }
    return result
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
      let inside = try comparison()
      try close("(")
      depth -= 1
      return inside
    }
    if position < characters.count, "\"'".contains(characters[position]) {
      throw error("only numbers are computed with and compared; C(z) has a column for each level of z")
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
  mutating func call(_ name: String, _ start: Int) throws(TabularError) -> Expression {
    guard let function = Expression.Operation(rawValue: name), function.isFunction else {
      switch name {
      case "C", "factor", "as.factor", "offset", "poly", "cbind":
        throw error("\(name)() stands by itself, not inside something else", at: start)
      default:
        throw error("\(name)() is not known; there are \(Self.functions)", at: start)
      }
    }
    var operands = [try comparison()]
    if function.isCentred && !operands[0].centredOperands.isEmpty {
      throw error("scale() and center() do not stand inside each other", at: start)
    }
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
