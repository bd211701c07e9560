extension FormulaParser {
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
  mutating func call(_ name: String, _ start: Int) throws(TabularError) -> Expression {
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
