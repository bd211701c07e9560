/// What stands between the operators of a formula, and what terms are products of: R's variables.
package enum Variable: Hashable, Sendable {
  /// A column as it is, a category where it holds words; or a function of columns.
  case expression(Expression)
  /// C(z): a column as a category, and the level that the others are compared with; nil for the first.
  case category(String, reference: String?)
  /// poly(x, k): x, x², …, xᵏ.
  case powers(Expression, degree: Int)

  /// As R prints it; a column as it is without backticks.
  package var name: String {
    switch self {
    case .expression(.column(let name)): name
    case .expression(let expression): expression.description
    case .category(let name, nil): "C(\(FormulaParser.quoted(name)))"
    case .category(let name, let reference?):
      "C(\(FormulaParser.quoted(name)), reference = \"\(reference)\")"
    case .powers(let expression, let degree): "poly(\(expression), \(degree))"
    }
  }

  /// The columns of a table that it is formed from, in order.
  package var columns: [String] {
    switch self {
    case .expression(let expression), .powers(let expression, _): expression.columns
    case .category(let name, _): [name]
    }
  }

  /// The number behind it; nil for C(z).
  var expression: Expression? {
    switch self {
    case .expression(let expression), .powers(let expression, _): expression
    case .category: nil
    }
  }
}

extension Variable: Codable {
  private enum Key: String, CodingKey { case expression, degree, category, reference }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    if let name = try container.decodeIfPresent(String.self, forKey: .category) {
      self = .category(name, reference: try container.decodeIfPresent(String.self, forKey: .reference))
      return
    }
    let expression = try container.decode(Expression.self, forKey: .expression)
    if let degree = try container.decodeIfPresent(Int.self, forKey: .degree) {
      self = .powers(expression, degree: degree)
    } else {
      self = .expression(expression)
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .expression(let expression):
      try container.encode(expression, forKey: .expression)
    case .category(let name, let reference):
      try container.encode(name, forKey: .category)
      try container.encodeIfPresent(reference, forKey: .reference)
    case .powers(let expression, let degree):
      try container.encode(expression, forKey: .expression)
      try container.encode(degree, forKey: .degree)
    }
  }
}
