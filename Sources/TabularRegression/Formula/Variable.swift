/// What stands between the operators of a formula, and what terms are products of: R's variables.
package enum Variable: Hashable, Sendable {
  /// A column as it is, a category where it holds words; or a function of columns.
  case expression(Expression)
  /// C(z) or factor(z): a column as a category, and the level that the others are compared with; nil for the first.
  case category(String, reference: String?, function: CategoryFunction)
  /// poly(x, k): x, x², …, xᵏ, or polynomials of these degrees that are orthogonal over the rows of the fit.
  case powers(Expression, degree: Int, isOrthogonal: Bool)

  /// What makes a column a category; they differ in the names that R prints.
  package enum CategoryFunction: String, Sendable, Codable {
    case C
    case factor
    case asFactor = "as.factor"
  }

  /// As R prints it; a column as it is without backticks.
  package var name: String {
    switch self {
    case .expression(.column(let name)): name
    case .expression(let expression): expression.description
    case .category(let name, nil, let function): "\(function.rawValue)(\(FormulaParser.quoted(name)))"
    case .category(let name, let reference?, let function):
      "\(function.rawValue)(\(FormulaParser.quoted(name)), reference = \"\(reference)\")"
    case .powers(let expression, let degree, let isOrthogonal):
      "poly(\(expression), \(degree)\(isOrthogonal ? ", raw = FALSE" : ""))"
    }
  }

  /// The columns of a table that it is formed from, in order.
  package var columns: [String] {
    switch self {
    case .expression(let expression), .powers(let expression, _, _): expression.columns
    case .category(let name, _, _): [name]
    }
  }

  /// The column whose fields are the levels where it is a category; nil for numbers and comparisons.
  var levelColumn: String? {
    switch self {
    case .expression(.column(let name)), .category(let name, _, _): name
    default: nil
    }
  }

  /// Whether it is true or false in each row.
  var isLogical: Bool { if case .expression(let expression) = self { expression.isLogical } else { false } }

  /// The number behind it; nil for C(z).
  var expression: Expression? {
    switch self {
    case .expression(let expression), .powers(let expression, _, _): expression
    case .category: nil
    }
  }
}

extension Variable: Codable {
  private enum Key: String, CodingKey { case expression, degree, isOrthogonal, category, reference, function }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    if let name = try container.decodeIfPresent(String.self, forKey: .category) {
      self = .category(
        name, reference: try container.decodeIfPresent(String.self, forKey: .reference),
        function: try container.decode(CategoryFunction.self, forKey: .function))
      return
    }
    let expression = try container.decode(Expression.self, forKey: .expression)
    if let degree = try container.decodeIfPresent(Int.self, forKey: .degree) {
      self = .powers(
        expression, degree: degree, isOrthogonal: try container.decode(Bool.self, forKey: .isOrthogonal))
    } else {
      self = .expression(expression)
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .expression(let expression):
      try container.encode(expression, forKey: .expression)
    case .category(let name, let reference, let function):
      try container.encode(name, forKey: .category)
      try container.encodeIfPresent(reference, forKey: .reference)
      try container.encode(function, forKey: .function)
    case .powers(let expression, let degree, let isOrthogonal):
      try container.encode(expression, forKey: .expression)
      try container.encode(degree, forKey: .degree)
      try container.encode(isOrthogonal, forKey: .isOrthogonal)
    }
  }
}
