extension Expression: CustomStringConvertible {
  /// The expression as R prints it: I(a^2), log(a + 1).
  package var description: String {
    switch self {
    case .number(let value): Self.text(of: value)
    case .word(let word): Self.quoted(word)
    case .column(let name): FormulaParser.quoted(name)
    case .apply(let operation, let operands): Self.text(operation, operands)
    }
  }

  private static func text(_ operation: Operation, _ operands: [Expression]) -> String {
    if operation.isFunction || operation == .combine {
      return "\(operation.rawValue)(\(operands.map(\.description).joined(separator: ", ")))"
    }
    func text(_ operand: Expression, above precedence: Int) -> String {
      operand.precedence > precedence ? operand.description : "(\(operand))"
    }
    let own = operation.precedence
    switch operation {
    case .parentheses: return "(\(operands[0]))"
    case .not: return "!\(text(operands[0], above: own - 1))"
    case .negate: return "-\(text(operands[0], above: own - 1))"
    case .power:
      // Of several the last binds tightest, and takes a sign.
      return "\(text(operands[0], above: own))^\(text(operands[1], above: Operation.negate.precedence - 1))"
    default:
      let space = operation == .divide ? "" : " "
      // One comparison is no operand of another without parentheses.
      let left = text(operands[0], above: operation.isComparison ? own : own - 1)
      return "\(left)\(space)\(operation.rawValue)\(space)\(text(operands[1], above: own))"
    }
  }

  private var precedence: Int {
    if case .apply(let operation, _) = self { operation.precedence } else { Operation.highestPrecedence }
  }

  /// The shortest decimal text that reads back as the same number; whole numbers without a point.
  static func text(of value: Double) -> String {
    let text = value.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// A word in quotes, as R prints it.
  static func quoted(_ word: String) -> String {
    "\"\(word.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
  }
}

extension Expression.Operation {
  /// That of names, numbers and functions.
  fileprivate static let highestPrecedence = 9

  /// How tightly it binds, as in R: the higher the tighter.
  fileprivate var precedence: Int {
    switch self {
    case .or: 0
    case .and: 1
    case .not: 2
    case _ where isComparison: 3
    case .add, .subtract: 4
    case .multiply, .divide: 5
    case .isIn: 6
    case .negate: 7
    case .power: 8
    default: Self.highestPrecedence
    }
  }
}
