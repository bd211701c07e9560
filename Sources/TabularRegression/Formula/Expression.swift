/// An expression of columns and numbers, such as log(a + 1): what may stand inside a function of a formula.
package indirect enum Expression: Hashable, Sendable {
  case number(Double)
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
    case negate = "-x"
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
      case .add, .subtract, .multiply, .divide, .power: 2...2
      case .log: 1...2
      default: isComparison ? 2...2 : 1...1
      }
    }

    /// Whether it is written as a name and parentheses.
    var isFunction: Bool { self != .negate && operandCounts.contains(1) }

    /// Whether it compares two numbers.
    var isComparison: Bool {
      switch self {
      case .less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .notEqual: true
      default: false
      }
    }

    /// Whether it uses moments of its operand over all rows of the fit.
    var isCentred: Bool { self == .center || self == .scale }

    /// How tightly it binds: the higher the tighter.
    fileprivate var precedence: Int {
      switch self {
      case _ where isComparison: 0
      case .add, .subtract: 1
      case .multiply, .divide: 2
      case .negate: 3
      case .power: 4
      default: 5
      }
    }
  }

  /// The columns that stand in it, in order.
  var columns: [String] {
    switch self {
    case .number: []
    case .column(let name): [name]
    case .apply(_, let operands): operands.flatMap(\.columns)
    }
  }

  /// The operands of scale() and center() in it.
  var centredOperands: [Expression] {
    guard case .apply(let operation, let operands) = self else { return [] }
    return (operation.isCentred ? operands : []) + operands.flatMap(\.centredOperands)
  }

  /// Whether it is a comparison, inside I() too: true or false, which R makes a category of two levels.
  var isLogical: Bool {
    guard case .apply(let operation, let operands) = self else { return false }
    return operation.isComparison || operation == .identity && operands[0].isLogical
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

// MARK: As text

extension Expression: CustomStringConvertible {
  /// The expression as R prints it: I(a^2), log(a + 1).
  package var description: String {
    switch self {
    case .number(let value): Self.text(of: value)
    case .column(let name): FormulaParser.quoted(name)
    case .apply(let operation, let operands): Self.text(operation, operands)
    }
  }

  private static func text(_ operation: Operation, _ operands: [Expression]) -> String {
    if operation.isFunction {
      return "\(operation.rawValue)(\(operands.map(\.description).joined(separator: ", ")))"
    }
    func text(_ operand: Expression, above precedence: Int) -> String {
      operand.precedence > precedence ? operand.description : "(\(operand))"
    }
    let own = operation.precedence
    switch operation {
    case .negate: return "-\(text(operands[0], above: own - 1))"
    case .power:
      // Of several the last binds tightest, and takes a sign.
      return "\(text(operands[0], above: own))^\(text(operands[1], above: Operation.negate.precedence - 1))"
    default:
      let space = operation == .divide ? "" : " "
      // One comparison is no operand of another without parentheses.
      return
        "\(text(operands[0], above: operation.isComparison ? own : own - 1))\(space)\(operation.rawValue)\(space)\(text(operands[1], above: own))"
    }
  }

  private var precedence: Int {
    if case .apply(let operation, _) = self { operation.precedence } else { 5 }
  }

  /// The shortest decimal text that reads back as the same number; whole numbers without a point.
  static func text(of value: Double) -> String {
    let text = value.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

// MARK: In files

/// Numbers, names of columns, and arrays of an operation and its operands: ["log", ["+", "a", 1]].
extension Expression: Codable {
  package init(from decoder: any Decoder) throws {
    if let value = try? decoder.singleValueContainer().decode(String.self) {
      self = .column(value)
    } else if let value = try? decoder.singleValueContainer().decode(Double.self) {
      self = .number(value)
    } else {
      var items = try decoder.unkeyedContainer()
      let name = try items.decode(String.self)
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
