internal import LinearAlgebra
internal import LinearRegression

// A file keeps levels as bytes, and the columns of a category's levels as the first and their number: there may be a
// million of them.

extension Design: Codable {
  private enum Key: String, CodingKey {
    case targets, weights, weightKind, offsets, hasIntercept, variables, columns, sources, centers,
      polynomials, splines, missing, effects
  }

  /// A column, or the columns of so many levels of a category, one behind the other.
  private struct Run: Codable {
    var parts: [Part]
    var count: Int?
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(targets, forKey: .targets)
    try container.encodeIfPresent(weights, forKey: .weights)
    if weightKind != .analytic { try container.encode(weightKind, forKey: .weightKind) }
    try container.encode(offsets, forKey: .offsets)
    try container.encode(hasIntercept, forKey: .hasIntercept)
    try container.encode(variables, forKey: .variables)
    try container.encode(
      encoder.userInfo[.arrayStore] == nil ? columns.map { Run(parts: $0.parts) } : runs, forKey: .columns)
    try container.encode(sources, forKey: .sources)
    try container.encode(centers, forKey: .centers)
    try container.encode(polynomials, forKey: .polynomials)
    if !splines.isEmpty { try container.encode(splines, forKey: .splines) }
    try container.encode(missing, forKey: .missing)
    if !effects.isEmpty { try container.encode(effects, forKey: .effects) }
  }

  private var runs: [Run] {
    let isLevel = variables.map { $0.levels != nil }
    var runs: [Run] = [], next: Part?
    for column in columns {
      if let next, column == .part(next) {
        runs[runs.count - 1].count = (runs[runs.count - 1].count ?? 1) + 1
      } else {
        runs.append(Run(parts: column.parts))
      }
      next = nil
      if case .part(let part) = column, isLevel[part.variable] {
        next = Part(variable: part.variable, index: part.index + 1)
      }
    }
    return runs
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    targets = try container.decode([Expression].self, forKey: .targets)
    weights = try container.decodeIfPresent(String.self, forKey: .weights)
    weightKind = try container.decodeIfPresent(WeightKind.self, forKey: .weightKind) ?? .analytic
    offsets = try container.decode([Expression].self, forKey: .offsets)
    hasIntercept = try container.decode(Bool.self, forKey: .hasIntercept)
    variables = try container.decode([ResolvedVariable].self, forKey: .variables)
    columns = []
    // No more than there can be, if each level has one column.
    var rest = variables.reduce(0) { $0 + ($1.levels?.count ?? 0) }
    for run in try container.decode([Run].self, forKey: .columns) {
      guard let count = run.count else {
        columns.append(Column(parts: run.parts))
        continue
      }
      guard count >= 1, count <= rest, run.parts.count == 1 && 0...Int.max - count ~= run.parts[0].index
      else {
        throw DecodingError.dataCorruptedError(
          forKey: .columns, in: container, debugDescription: "\(count) levels")
      }
      rest -= count
      let (variable, first) = (run.parts[0].variable, run.parts[0].index)
      columns += (first..<first + count).map { .part(Part(variable: variable, index: $0)) }
    }
    sources = try container.decode([Source].self, forKey: .sources)
    centers = try container.decode([Center].self, forKey: .centers)
    polynomials = try container.decode([OrthogonalPolynomials].self, forKey: .polynomials)
    splines = try container.decodeIfPresent([Spline].self, forKey: .splines) ?? []
    missing = try container.decode(MissingPolicy.self, forKey: .missing)
    effects = try container.decodeIfPresent([[String]].self, forKey: .effects) ?? []
  }
}

extension Design.ResolvedVariable: Codable {
  private enum Key: String, CodingKey { case variable, levels }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(variable, forKey: .variable)
    try container.encodeIfPresent(levels.map { WordList($0) }, forKey: .levels)
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    variable = try container.decode(Variable.self, forKey: .variable)
    levels = try container.decodeIfPresent(WordList.self, forKey: .levels).map(Array.init)
  }
}
