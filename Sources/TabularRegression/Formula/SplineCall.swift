/// A basis of splines as it stands in a formula, with R's arguments: ns(x, df = 4), bs(x, knots = c(2, 5)).
package struct SplineCall: Hashable, Sendable, Codable {
  /// What it is a basis in.
  let operand: Expression

  /// Whether they are natural cubic splines, ns(), linear outside the boundary knots; else B-splines, bs().
  let isNatural: Bool

  /// As R prints it.
  let text: String

  /// Degrees of freedom; nil where they follow from the knots.
  var df: Int?

  /// The knots between those of the boundary, increasing; nil for quantiles of the rows of the fit.
  var knots: [Double]?

  /// The degree of the pieces.
  var degree = 3

  /// Whether the basis has a column more, by which the constant is among the splines.
  var hasIntercept = false

  /// The boundary knots, increasing; nil for the range over the rows of the fit.
  var boundary: [Double]?

  /// Degrees of freedom, and knots, that a formula may ask for.
  static let counts = 1...1000

  /// Columns that the basis has without inner knots.
  var fewestColumns: Int { (isNatural ? 1 : degree) + (hasIntercept ? 1 : 0) }

  /// Number of knots between those of the boundary.
  var innerKnotCount: Int { knots?.count ?? max(0, (df ?? fewestColumns) - fewestColumns) }

  /// Number of columns.
  var columnCount: Int { fewestColumns + innerKnotCount }

  /// Whether nothing has to be known of the rows.
  var isComplete: Bool { boundary != nil && innerKnotCount == (knots?.count ?? 0) }

  /// Whether numbers from a file are such as a formula can have.
  var isSound: Bool {
    Formula.degrees.contains(degree) && (!isNatural || degree == 3)
      && (df.map(Self.counts.contains) ?? true) && (knots?.count ?? 0) <= Self.counts.upperBound
  }
}
