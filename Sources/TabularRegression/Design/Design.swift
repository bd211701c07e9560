package import LinearRegression

/// The columns of a regression: a formula's terms, resolved with the levels, means and fills that were found in the
/// rows of the fit.
///
/// It is what a model keeps: it evaluates any block of rows, then and later, in the same way.
package struct Design: Hashable, Sendable {
  /// What is predicted.
  package var targets: [Expression]

  /// Name of the column that weighs the rows; nil where each counts the same.
  package var weights: String?

  /// What the weights mean.
  package var weightKind = WeightKind.analytic

  /// Numbers that are added to predictions with the coefficient 1: the fit is that of the targets less these.
  package var offsets: [Expression] = []

  /// The columns of a table whose levels have effects of their own, taken out of the rows; several in one for their
  /// combinations.
  package var effects: [[String]] = []

  /// Whether there is an intercept; it is not among the columns.
  package var hasIntercept: Bool

  /// What columns are products of.
  package var variables: [ResolvedVariable]

  /// The columns, in the order of the coefficients.
  package var columns: [Column]

  /// The columns of a table that the features are formed from.
  package var sources: [Source]

  /// The moments of what stands in scale() and center().
  package var centers: [Center]

  /// The orthogonal polynomials of poly(x, k, raw = FALSE).
  package var polynomials: [OrthogonalPolynomials] = []

  /// The splines of ns() and bs().
  package var splines: [Spline] = []

  /// What becomes of missing fields.
  package var missing: MissingPolicy

  /// The levels of what is true or false.
  static let truthValues = ["FALSE", "TRUE"]

  /// A variable, and the levels of a category in order; nil for numbers.
  package struct ResolvedVariable: Hashable, Sendable {
    package var variable: Variable
    package var levels: [String]?

    /// The contrast of a part, counted from 0: parts of a category are its levels, and behind them its contrasts. Nil for
    /// another part.
    func contrast(_ part: Part) -> Int? {
      guard variable.contrasts != nil, let levels, part.index >= levels.count else { return nil }
      return part.index - levels.count
    }

    /// The position of the level that others are compared with.
    var reference: Int { variable.contrasts == .sas ? max(0, (levels?.count ?? 0) - 1) : 0 }

    /// The indices that parts can have.
    var partIndices: Range<Int> {
      guard let levels else { return variable.numberIndices }
      return 0..<(variable.contrasts == nil ? levels.count : 2 * levels.count - 1)
    }
  }

  /// A column: a part, or the product of several. Most are a part, and need no memory of their own.
  package enum Column: Hashable, Sendable {
    case part(Part)
    case product([Part])

    init(parts: [Part]) { self = parts.count == 1 ? .part(parts[0]) : .product(parts) }

    package var parts: [Part] {
      switch self {
      case .part(let part): [part]
      case .product(let parts): parts
      }
    }
  }

  /// A part of a variable.
  package struct Part: Hashable, Sendable, Codable {
    /// Which variable.
    package var variable: Int
    /// The level that is 1, the others being 0, or the number of levels and that of a contrast, from 0; the exponent of
    /// poly(x, k), or the column of splines, from 1; 0 for a number.
    package var index: Int
  }

  /// A column of a table.
  package struct Source: Hashable, Sendable, Codable {
    package var name: String
    package var kind: Kind
    /// The least and the greatest number among the rows of the fit; nil for words.
    package var range: [Double]?
    /// What missing numbers are replaced by; nil where they are not.
    package var fill: Double?

    package enum Kind: String, Sendable, Codable {
      case numbers
      case words
      /// Words that are true or false in any case; the levels are FALSE and TRUE.
      case booleans
    }
  }

  /// What scale() and center() take away from their operand, and what scale() divides by.
  package struct Center: Hashable, Sendable, Codable {
    package var operand: Expression
    package var mean: Double
    package var deviation: Double
  }

  /// More columns than these LAPACK does not count: its room for singular values, some 4 p² numbers, is a number of 32
  /// bits. What fewer take is ``FitMemory``'s.
  static let mostColumns = 23_000

  /// What is predicted, as R prints it.
  package var target: String { Formula.name(of: targets) }

  /// Names of the columns, as R prints them.
  package var names: [String] { columns.map(name) }

  /// Names that tell the columns apart: where several have one name, as the level "b" of g and a column gb have, the
  /// place of the coefficient stands behind it, counted from 1 without the intercept; so behind a column with the
  /// intercept's name.
  package var distinctNames: [String] {
    let names = names
    var counts: [String: Int] = hasIntercept ? [FittedModel.interceptName: 1] : [:]
    for name in names { counts[name, default: 0] += 1 }
    if counts.values.allSatisfy({ $0 == 1 }) { return names }
    return names.enumerated().map { counts[$1]! > 1 ? "\($1) (term \($0 + 1))" : $1 }
  }

  /// Columns of a table that are read as words, of digits too.
  package var categories: Set<String> { Set(sources.filter { $0.kind != .numbers }.map(\.name)) }

  func name(of column: Column) -> String {
    switch column {
    case .part(let part): name(of: part)
    case .product(let parts): parts.map(name).joined(separator: ":")
    }
  }

  func name(of part: Part) -> String {
    let variable = variables[part.variable], name = variable.variable.name
    if let levels = variable.levels {
      guard let contrast = variable.contrast(part) else { return name + levels[part.index] }
      return name + (variable.variable.contrasts?.name(contrast, levels) ?? "")
    }
    return variable.variable.width > 1 ? "\(name)\(part.index)" : name
  }

  /// Whether a part is 1 in the rows of a level and 0 in others.
  func isIndicator(_ part: Part) -> Bool {
    variables[part.variable].levels != nil && variables[part.variable].contrast(part) == nil
  }

  /// Columns of a table that the features and the offsets are formed from.
  var featureColumns: [String] {
    variables.flatMap(\.variable.columns) + offsets.flatMap(\.columns) + effects.joined()
  }

  /// What stands in scale() and center().
  var centredOperands: Set<Expression> {
    Set((variables.compactMap(\.variable.expression) + targets + offsets).flatMap(\.centredOperands))
  }

  /// What orthogonal polynomials are formed of.
  var orthogonalKeys: Set<OrthogonalPolynomials.Key> {
    Set(variables.compactMap { OrthogonalPolynomials.Key($0.variable) })
  }

  /// What splines are formed of.
  var splineCalls: Set<SplineCall> {
    Set(variables.compactMap { if case .spline(let call) = $0.variable { call } else { nil } })
  }

  /// The offsets as a formula has them; nil where there are none.
  package var offsetText: String? {
    offsets.isEmpty ? nil : offsets.map { "offset(\($0))" }.joined(separator: " + ")
  }

  /// Columns of a table that the targets are formed from.
  var targetColumns: [String] { targets.flatMap(\.columns) }

  /// Columns of a table that are read.
  func tableColumns(for use: Use) -> Set<String> {
    Set(
      sources.map(\.name) + (use.needsTargets ? targetColumns : [])
        + (use.needsWeights ? [weights].compactMap { $0 } : []))
  }

  /// The design for one of the targets.
  func forTarget(_ index: Int) -> Design {
    targets.count == 1
      ? self : keeping(Array(columns.indices), targets: [targets[index]], intercept: hasIntercept)
  }

  /// The design without some of its columns, and what only they were formed from.
  func keeping(_ kept: [Int], targets: [Expression]? = nil, intercept: Bool) -> Design {
    var design = self
    if let targets { design.targets = targets }
    design.hasIntercept = intercept
    let used = Set(kept.flatMap { columns[$0].parts.map(\.variable) }).sorted()
    let positions = Dictionary(uniqueKeysWithValues: zip(used, used.indices))
    design.variables = used.map { variables[$0] }
    design.columns = kept.map { column in
      Column(
        parts: columns[column].parts.map { Part(variable: positions[$0.variable]!, index: $0.index) })
    }
    let names = Set(design.featureColumns)
    design.sources.removeAll { !names.contains($0.name) }
    let centred = design.centredOperands, orthogonal = design.orthogonalKeys, calls = design.splineCalls
    design.centers.removeAll { !centred.contains($0.operand) }
    design.polynomials.removeAll { !orthogonal.contains($0.key) }
    design.splines.removeAll { !calls.contains($0.call) }
    return design
  }
}
