/// What stands between the operators of a formula, and what terms are products of: R's variables.
package enum Variable: Hashable, Sendable {
  /// A column as it is, a category where it holds words; or a function of columns.
  case expression(Expression)
  /// C(z) or factor(z): a column as a category.
  case category(CategoryCall)
  /// poly(x, k): x, x², …, xᵏ, or polynomials of these degrees that are orthogonal over the rows of the fit.
  case powers(PowersCall)
  /// ns(x, k) or bs(x, k): a basis of splines.
  case spline(SplineCall)

  /// As R prints it; a column as it is without backticks.
  package var name: String {
    switch self {
    case .expression(.column(let name)): name
    case .expression(let expression): expression.description
    case .category(let call): call.text
    case .spline(let call): call.text
    case .powers(let call): call.text
    }
  }

  /// The columns of a table that it is formed from, in order.
  package var columns: [String] {
    switch self {
    case .expression(let expression): expression.columns
    case .powers(let call): call.operand.columns
    case .category(let call): [call.column]
    case .spline(let call): call.operand.columns
    }
  }

  /// The column whose fields are the levels where it is a category; nil for numbers and comparisons.
  var levelColumn: String? {
    switch self {
    case .expression(.column(let name)): name
    case .category(let call): call.column
    default: nil
    }
  }

  /// Whether it is true or false in each row.
  var isLogical: Bool { if case .expression(let expression) = self { expression.isLogical } else { false } }

  /// The number behind it; nil for C(z).
  var expression: Expression? {
    switch self {
    case .expression(let expression): expression
    case .powers(let call): call.operand
    case .spline(let call): call.operand
    case .category: nil
    }
  }

  /// The contrasts that its levels are coded by; nil for columns that are 1 in the rows of a level.
  var contrasts: Contrasts? { if case .category(let call) = self { call.contrasts } else { nil } }

  /// Number of columns that a number has, of powers and splines too.
  var width: Int {
    switch self {
    case .powers(let call): call.degree
    case .spline(let call): call.columnCount
    case .expression, .category: 1
    }
  }

  /// The indices of the parts of a number: those of powers and splines count from 1.
  var numberIndices: Range<Int> {
    switch self {
    case .powers, .spline: 1..<width + 1
    case .expression, .category: 0..<1
    }
  }
}

/// A column as a category, as it stands in a formula: C(z), factor(z), C(factor(z), sum).
package struct CategoryCall: Hashable, Sendable, Codable {
  /// The column whose fields are the levels.
  var column: String

  /// As R prints it.
  var text: String

  /// The level that the others are compared with, by C(z, reference = "a"); nil for the first.
  var reference: String?

  /// The levels in order, by factor(z, levels = c("b", "a")); nil for those that are there, sorted.
  var levels: [Expression]?

  /// How the levels are coded; nil for treatment contrasts.
  var contrasts: Contrasts?
}

/// Powers of a number as they stand in a formula: poly(x, 3), poly(x, 2, raw = FALSE).
package struct PowersCall: Hashable, Sendable, Codable {
  /// What they are powers of.
  let operand: Expression

  /// The highest.
  let degree: Int

  /// Whether they are polynomials that are orthogonal over the rows of the fit.
  let isOrthogonal: Bool

  /// As R prints it.
  let text: String
}

extension Variable: Codable {
  private enum Key: String, CodingKey { case expression, powers, category, spline }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    if let call = try container.decodeIfPresent(CategoryCall.self, forKey: .category) {
      self = .category(call)
    } else if let call = try container.decodeIfPresent(PowersCall.self, forKey: .powers) {
      self = .powers(call)
    } else if let call = try container.decodeIfPresent(SplineCall.self, forKey: .spline) {
      self = .spline(call)
    } else {
      self = .expression(try container.decode(Expression.self, forKey: .expression))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .expression(let expression): try container.encode(expression, forKey: .expression)
    case .category(let call): try container.encode(call, forKey: .category)
    case .powers(let call): try container.encode(call, forKey: .powers)
    case .spline(let call): try container.encode(call, forKey: .spline)
    }
  }
}
