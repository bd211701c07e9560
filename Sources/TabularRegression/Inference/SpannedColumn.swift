/// A column of a model, in a form that is the same where two formulas write the same space in different ways.
///
/// Models do not keep their rows: whether one's columns span those of another is judged by what the formulas say. That
/// x and I(x^2) span what poly(x, 2) does is known, and that all codings of a category do beside an intercept; of other
/// columns the expression or the name has to be the same.
enum SpannedColumn: Hashable {
  case intercept
  /// The product of some factors, and how often each stands in it.
  case product([Factor: Int])

  enum Factor: Hashable {
    case power(Expression, Int)
    case level(column: String, String)
    /// One of the columns that code a category beside an intercept, whatever the coding.
    case difference(column: String, Int)
    case named(String)
  }
}

extension FittedModel {
  /// The columns that were estimated.
  var spannedColumns: Set<SpannedColumn> {
    let first = hasIntercept ? 1 : 0, estimates = coefficientStatistics.estimates
    let columns = design.columns.indices.filter { !estimates[first + $0].isNaN }.map { design.columns[$0] }
    let spans = Spans(design, columns, hasConstant: hasIntercept || effects != nil)
    return Set(columns.map(spans.column)).union(hasIntercept ? [.intercept] : [])
  }
}

/// Which columns of a model may be exchanged for others that span the same.
private struct Spans {
  let design: Design
  /// For each variable the parts that are columns by themselves.
  private var alone: [Int: [Int]] = [:]
  /// Whether the columns span the constant: with an intercept, effects, or all levels of a category.
  private var hasConstant: Bool

  init(_ design: Design, _ columns: [Design.Column], hasConstant: Bool) {
    self.design = design
    for case .part(let part) in columns { alone[part.variable, default: []].append(part.index) }
    self.hasConstant =
      hasConstant || alone.contains { design.variables[$0].levels?.count == $1.count }
  }

  func column(_ column: Design.Column) -> SpannedColumn {
    guard case .part(let part) = column else {
      return .product(Dictionary(column.parts.map { (factor($0), 1) }, uniquingKeysWith: +))
    }
    let variable = design.variables[part.variable], parts = alone[part.variable] ?? []
    // All levels of a category are the constant and the differences between levels.
    if let levels = variable.levels, parts.count == levels.count, part.index == parts.last {
      return .intercept
    }
    return .product([besideConstant(part, parts) ?? factor(part): 1])
  }

  /// What stands for a column that is a part by itself, beside a constant; nil where that is nothing else.
  ///
  /// - Parameter parts: those of its variable that are columns by themselves.
  private func besideConstant(_ part: Design.Part, _ parts: [Int]) -> SpannedColumn.Factor? {
    if !hasConstant { return nil }
    let variable = design.variables[part.variable]
    if let levels = variable.levels {
      guard parts.count >= levels.count - 1 else { return nil }
      return .difference(column: name(variable), parts.firstIndex(of: part.index) ?? 0)
    }
    switch variable.variable {
    case .powers(let call) where call.isOrthogonal && parts.count == call.degree:
      return .power(call.operand, part.index)
    case .expression(.apply(let operation, let operands)) where operation.isCentred:
      return .power(operands[0], 1)
    default: return nil
    }
  }

  /// A part, as it is in products too.
  private func factor(_ part: Design.Part) -> SpannedColumn.Factor {
    let variable = design.variables[part.variable]
    if let levels = variable.levels, design.isIndicator(part) {
      return .level(column: name(variable), levels[part.index])
    }
    switch variable.variable {
    case .powers(let call) where !call.isOrthogonal: return .power(call.operand, part.index)
    case .expression(let expression) where variable.levels == nil:
      let power = expression.wholePower
      return .power(power?.base ?? expression.plain, power?.degree ?? 1)
    default: return .named(design.name(of: part))
    }
  }

  /// What the levels are of: a column, or a comparison.
  private func name(_ variable: Design.ResolvedVariable) -> String {
    variable.variable.levelColumn ?? variable.variable.expression?.plain.description ?? variable.variable.name
  }
}

extension Expression {
  /// Without I() and parentheses around it.
  fileprivate var plain: Expression {
    guard case .apply(let operation, let operands) = self, [.identity, .parentheses].contains(operation)
    else { return self }
    return operands[0].plain
  }
}
