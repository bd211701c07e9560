/// An expression of columns and numbers, such as log(a + 1): what may stand inside a function of a formula.
package indirect enum Expression: Hashable, Sendable {
  case number(Double)
  /// A word in quotes, which columns are compared with.
  case word(String)
  case column(String)
  case apply(Operation, [Expression])

  /// Operators and functions, under the names that they have in R.
  package enum Operation: String, Sendable, CaseIterable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case power = "^"
    /// 1 where it is true, 0 where it is not.
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case equal = "=="
    case notEqual = "!="
    /// Whether the first operand is one of the constants of the second.
    case isIn = "%in%"
    /// The constants that stand behind %in%.
    case combine = "c"
    case and = "&"
    case or = "|"
    case not = "!"
    case negate = "-x"
    /// Parentheses, which R prints as they were written.
    case parentheses = "()"
    /// Keeps arithmetic apart from the operators of formulas.
    case identity = "I"
    /// The natural logarithm, or that to the base that its second operand is.
    case log
    case log2, log10, log1p, exp, sqrt, abs
    /// Less the mean.
    case center
    /// Less the mean, in standard deviations (of n − 1).
    case scale

    var operandCounts: ClosedRange<Int> {
      switch self {
      case .add, .subtract, .multiply, .divide, .power, .isIn, .and, .or: 2...2
      case .log: 1...2
      case .combine: 1...Int.max
      default: isComparison ? 2...2 : 1...1
      }
    }

    /// Whether it is written as a name and parentheses.
    var isFunction: Bool {
      switch self {
      case .negate, .not, .parentheses, .combine: false
      default: operandCounts.contains(1)
      }
    }

    /// Whether it compares two numbers, or a column with a word.
    var isComparison: Bool {
      switch self {
      case .less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .notEqual: true
      default: false
      }
    }

    /// Whether it uses moments of its operand over all rows of the fit.
    var isCentred: Bool { self == .center || self == .scale }

    /// Whether it is true or false.
    var isLogical: Bool {
      switch self {
      case .isIn, .and, .or, .not: true
      default: isComparison
      }
    }
  }

  /// The columns that stand in it, in order.
  var columns: [String] {
    switch self {
    case .number, .word: []
    case .column(let name): [name]
    case .apply(_, let operands): operands.flatMap(\.columns)
    }
  }

  /// The columns that stand in it as numbers.
  var numberColumns: [String] {
    switch self {
    case .apply(_, let operands): wordTest == nil ? operands.flatMap(\.numberColumns) : []
    default: columns
    }
  }

  /// The columns whose fields are compared with words in it.
  var wordColumns: [String] {
    guard case .apply(_, let operands) = self else { return [] }
    return wordTest.map { [$0.column] } ?? operands.flatMap(\.wordColumns)
  }

  /// The column and the words where it compares a column with words: z == "a", z %in% c("a", "b").
  var wordTest: (column: String, words: [String])? {
    guard case .apply(let operation, let operands) = self, [.equal, .notEqual, .isIn].contains(operation),
      case .column(let name) = operands[0], operands[1].constants.contains(where: \.isWord)
    else { return nil }
    return (name, operands[1].constants.map(\.level))
  }

  /// Whether it is a column as it stands in a table.
  var isColumn: Bool { if case .column = self { true } else { false } }

  /// The value of a number.
  var constant: Double? { if case .number(let value) = self { value } else { nil } }

  /// Whether it is a word in quotes.
  var isWord: Bool { if case .word = self { true } else { false } }

  /// The constants that it is, or that c(…) has; empty where it is something else.
  var constants: [Expression] {
    switch self {
    case .number, .word: [self]
    case .apply(.combine, let operands): operands.flatMap(\.constants)
    default: []
    }
  }

  /// The text of a constant as a level.
  var level: String {
    if case .word(let text) = self { text } else { description }
  }

  /// The operands of scale() and center() in it.
  var centredOperands: [Expression] {
    guard case .apply(let operation, let operands) = self else { return [] }
    return (operation.isCentred ? operands : []) + operands.flatMap(\.centredOperands)
  }

  /// Whether it is a comparison, inside I() too: true or false, which R makes a category of two levels.
  var isLogical: Bool {
    guard case .apply(let operation, let operands) = self else { return false }
    return operation.isLogical || [.identity, .parentheses].contains(operation) && operands[0].isLogical
  }

  /// x and k where it is I(x^k) with a whole k that poly(x, k) could have too.
  var wholePower: (base: Expression, degree: Int)? {
    guard case .apply(.identity, let inner) = self, case .apply(.power, let operands) = inner[0],
      case .number(let exponent) = operands[1], let degree = Int(exactly: exponent),
      Formula.degrees.contains(degree)
    else { return nil }
    return (operands[0], degree)
  }
}

// MARK: In files

/// Numbers, names of columns, arrays of an operation and its operands, ["log", ["+", "a", 1]], and of a quote and a
/// word, ["'", "b"].
extension Expression: Codable {
  private static let quote = "'"

  package init(from decoder: any Decoder) throws {
    if let value = try? decoder.singleValueContainer().decode(String.self) {
      self = .column(value)
    } else if let value = try? decoder.singleValueContainer().decode(Double.self) {
      self = .number(value)
    } else {
      var items = try decoder.unkeyedContainer()
      let name = try items.decode(String.self)
      if name == Self.quote {
        self = .word(try items.decode(String.self))
        return
      }
      var operands: [Expression] = []
      while !items.isAtEnd { operands.append(try items.decode(Expression.self)) }
      guard let operation = Operation(rawValue: name), operation.operandCounts.contains(operands.count) else {
        throw DecodingError.dataCorrupted(
          .init(codingPath: decoder.codingPath, debugDescription: "\(name) of \(operands.count) operands"))
      }
      self = .apply(operation, operands)
    }
  }

  package func encode(to encoder: any Encoder) throws {
    switch self {
    case .number(let value):
      var container = encoder.singleValueContainer()
      try container.encode(value)
    case .word(let word):
      var items = encoder.unkeyedContainer()
      try items.encode(Self.quote)
      try items.encode(word)
    case .column(let name):
      var container = encoder.singleValueContainer()
      try container.encode(name)
    case .apply(let operation, let operands):
      var items = encoder.unkeyedContainer()
      try items.encode(operation.rawValue)
      for operand in operands { try items.encode(operand) }
    }
  }
}
