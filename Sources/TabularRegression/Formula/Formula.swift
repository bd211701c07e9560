/// Which column to predict from which others, in R's language.
///
/// ```
/// price ~ area + rooms          these two
/// price ~ . - id                all other columns but one
/// price ~ area - 1              no intercept; "+ 0" says the same
/// price ~ 1                     nothing but the intercept: the mean
/// price ~ area:rooms            their product; area*rooms has both columns too
/// price ~ (a + b + c)^2         all three, and the products of any two
/// price ~ area + C(zip)         a category: a column for each level but the first; factor(zip) too
/// price ~ C(zip, reference = "8001")
/// price ~ factor(zip, levels = c("8003", "8001"))
/// price ~ C(zip, SAS)           the last level is left out, not the first; sum, helmert, poly: other contrasts
/// price ~ area + I(rooms > 3)   true or false, as a category of two levels
/// price ~ I(zip %in% c("8001", "8003") & area > 50)
/// price ~ ns(area, 4) + bs(rooms, df = 5, degree = 2)
/// price ~ area | zip + year     an effect for each level of zip and of year, which are taken out of the rows
/// price ~ area | zip^year       one for each combination of both
/// price ~ area + offset(tax)    tax with the coefficient 1: price less tax is fitted, and tax is added to predictions
/// log(price) ~ poly(x, 3) + I(a/b) + sqrt(c)
/// `living area` ~ .             a name with other characters than letters, digits, "." and "_"
/// ```
/// A column of words is a category without C(…); one that holds numbers too is an error. What it means is R's, with two
/// differences: poly(x, k) has raw powers, of 1 to 20, unless raw = FALSE asks for R's orthogonal polynomials, and "."
/// leaves out columns that stand inside a C(…).
///
/// Functions are `I`, `log` (to a base: `log(x, 2)`), `log2`, `log10`, `log1p`, `exp`, `sqrt`, `abs`, `scale` and
/// `center`; inside them + − * / ^ are arithmetic, < <= > >= == != %in% compare, and & | ! join comparisons. `scale(x)` is x less its mean in standard deviations, `center(x)` x
/// less its mean; both are kept for predictions.
///
/// `ns(x, k)` has natural cubic splines and `bs(x, k)` B-splines of k degrees of freedom, with the arguments `df`, `knots`,
/// `degree` (of bs), `intercept` and `Boundary.knots` of R's package splines (Hastie 1992, Statistical Models in S,
/// chapter 7; de Boor 1978, A Practical Guide to Splines). Knots are at quantiles of x over the rows of the fit, and kept
/// for predictions; beyond the boundary knots natural splines are straight lines, B-splines the polynomials of the last
/// interval.
public struct Formula: Equatable, Sendable, CustomStringConvertible {
  /// The formula as it was written.
  public let text: String

  /// What is predicted: the name of a column, or an expression as R prints it.
  public var target: String { Self.name(of: targets) }

  /// Whether the model has an intercept.
  public let hasIntercept: Bool

  /// Whether it asks for nothing but the intercept, as y ~ 1 and y ~ -a do: the fit is then the mean.
  let isInterceptAlone: Bool

  /// The columns behind the bar whose levels have effects of their own; several in one for their combinations.
  package let effects: [[String]]

  /// Where the bar stands.
  let effectsPosition: Int

  /// What is predicted.
  let targets: [Expression]

  /// Number of targets.
  public var targetCount: Int { targets.count }

  /// What is predicted, for each target.
  package var targetNames: [String] { Self.names(of: targets) }

  /// What it is predicted from.
  let tree: TermTree

  /// What is added to predictions with the coefficient 1, each once.
  var offsets: [Expression] {
    var seen: Set<Expression> = []
    return tree.offsets.filter { seen.insert($0).inserted }
  }

  /// The formula as it was written.
  public var description: String { text }

  /// Degrees of poly(x, k).
  static let degrees = 1...20

  /// Reads a formula.
  ///
  /// - Throws: ``TabularError/formula(_:position:message:)`` where it is not in the language.
  public init(_ text: String) throws(TabularError) {
    var parser = FormulaParser(text)
    let parts = try parser.parse()
    (targets, tree, effects, effectsPosition) = (parts.targets, parts.tree, parts.effects, parts.bar)
    self.text = text
    // With the effects of all levels there is no room for one of their sum.
    hasIntercept = effects.isEmpty && TermExpansion(tree, rest: []).hasIntercept
    isInterceptAlone = hasIntercept && !tree.hasRest && TermExpansion(tree, rest: []).terms.isEmpty
  }

  /// The formula that predicts a column from others, all given by name; nil for all the others.
  public init(target: String, features: [String]?, intercept: Bool = true) {
    let terms = features.map { $0.map { TermTree.variable(.expression(.column($0))) } } ?? [.rest]
    let sum = terms.isEmpty ? .intercept(true) : TermTree.sum(terms[...])
    targets = [.column(target)]
    text = Self.text(targets, features, intercept: intercept)
    tree = intercept ? sum : .operation(.difference, sum, .intercept(true))
    hasIntercept = intercept
    isInterceptAlone = false
    (effects, effectsPosition) = ([], 0)
  }

  /// Columns whose fields are to be read as words, of digits too: those that stand inside C(…) or are compared with
  /// words, and stand nowhere else as numbers.
  public var categories: Set<String> {
    let expressions = tree.variables.compactMap(\.expression) + targets + offsets
    // What "." stands for is not known: a column that is compared with words may be a number in it.
    let compared = tree.hasRest ? [] : expressions.flatMap(\.wordColumns)
    return categoryColumns.union(compared).union(effects.joined()).subtracting(
      expressions.flatMap(\.numberColumns))
  }

  /// Names of the columns that it is fitted to, the targets' first: those that rows have to have. Nil where "." stands
  /// for all others.
  public var variables: [String]? {
    var seen: Set<String> = []
    return tree.hasRest ? nil : namedColumns.filter { seen.insert($0).inserted }
  }

  private var categoryColumns: Set<String> {
    Set(tree.variables.filter { $0.expression == nil }.flatMap(\.columns))
  }

  /// The terms of the formula in a table with these columns. Neither the weights nor the names of the rows, which may
  /// be the first column, are among the columns of ".".
  func terms(columns: [String], weights: String?) -> TermExpansion {
    let others = categoryColumns.union(effects.joined()).union(targets.flatMap(\.columns)).union(
      weights.map { [$0] } ?? [])
    let named = columns.first == Table.rowNames ? columns.dropFirst() : columns[...]
    return TermExpansion(tree, rest: named.filter { !others.contains($0) }.map { .expression(.column($0)) })
  }

  /// Throws where there are several targets.
  package func requireOneTarget() throws(TabularError) {
    if targets.count > 1 {
      throw .formula(
        text, position: 0,
        message: "several targets can only be fitted exactly; predict one here")
    }
  }

  /// The columns that it names, without those of ".".
  var namedColumns: [String] {
    targets.flatMap(\.columns) + tree.variables.flatMap(\.columns) + offsets.flatMap(\.columns)
      + effects.joined()
  }

  /// The text of a formula; features are names, nil for all other columns.
  static func text(_ targets: [Expression], _ features: [String]?, intercept: Bool) -> String {
    let names = features.map { $0.map(FormulaParser.quoted) } ?? ["."]
    let left = targets.count == 1 ? targets[0].description : name(of: targets)
    return "\(left) ~ \(names.joined(separator: " + "))\(intercept ? "" : " - 1")"
  }

  static func names(of targets: [Expression]) -> [String] { targets.map { Variable.expression($0).name } }

  static func name(of targets: [Expression]) -> String {
    let names = names(of: targets)
    return names.count == 1 ? names[0] : "cbind(\(names.joined(separator: ", ")))"
  }
}
