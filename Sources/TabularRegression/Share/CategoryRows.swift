internal import LinearRegression

/// The rows of a share whose formula has a category that stands alone: its levels are taken out of the rows, and need not
/// be known before.
struct CategoryRows: Equatable, Sendable {
  /// The category.
  private(set) var absorption: Design.Absorption

  private(set) var rows: LeastSquares.WithinAccumulator

  /// The levels in the order in which they came; empty where the design knows them.
  private(set) var words: [String] = []
  /// The number of each; empty until others are to be counted as these are.
  private var codes: [String: Int32] = [:]

  /// No rows of a design.
  init(_ design: Design, _ absorption: Design.Absorption) {
    self.init(
      absorption,
      LeastSquares.WithinAccumulator(
        features: design.columns.count - absorption.columns.count, targets: design.targets.count))
  }

  init(_ absorption: Design.Absorption, _ rows: LeastSquares.WithinAccumulator) {
    self.absorption = absorption
    self.rows = rows
  }

  /// Takes rows.
  mutating func add(_ data: RegressionData) throws(DataError) {
    let others = try data.reduced()
    if absorption.isOpen {
      try add(others, data.rows.levels?.words ?? [])
    } else {
      try rows.merge(others)
    }
  }

  /// Joins with rows of the same design.
  mutating func join(_ other: CategoryRows) throws(DataError) {
    if absorption.isOpen { try add(other.rows, other.words) } else { try rows.merge(other.rows) }
  }

  /// Takes rows whose levels are these words.
  private mutating func add(
    _ others: LeastSquares.WithinAccumulator, _ levels: [String]
  ) throws(DataError) {
    if words.isEmpty {
      rows = others
      words = levels
      return
    }
    if codes.isEmpty { for (index, word) in words.enumerated() { codes[word] = Int32(index) } }
    let numbers = levels.map { number(of: $0) }
    // Of rows without weight there are only the words.
    try rows.merge(others, levels: Array(numbers.prefix(others.levels)))
  }

  private mutating func number(of word: String) -> Int32 {
    if let code = codes[word] { return code }
    let code = Int32(words.count)
    codes[word] = code
    words.append(word)
    return code
  }

  /// Counts levels as a design does.
  ///
  /// - Parameters:
  ///   - design: the design; it has the levels of all rows that count.
  ///   - levels: what the levels were so far; nil for the words as they came.
  mutating func settle(_ design: Design, from levels: [String]? = nil) throws(DataError) {
    let variable = design.variables[absorption.variable], all = variable.levels ?? []
    let numbers = Dictionary(uniqueKeysWithValues: zip(all, all.indices.map(Int32.init)))
    let isBoolean = design.sources.contains { $0.kind == .booleans && variable.variable.columns == [$0.name] }
    // A word of rows that are left out is no level, and has no weight.
    let renumbered = (levels ?? words).map { word in
      numbers[isBoolean ? Design.boolean(word) ?? word : word] ?? 0
    }
    var settled = LeastSquares.WithinAccumulator(features: rows.features, targets: rows.targets)
    try settled.merge(rows, levels: Array(renumbered.prefix(rows.levels)))
    let columns = absorption.columns
    absorption = Design.Absorption(
      variable: absorption.variable,
      columns: LevelColumns(first: columns.first, levels: all.count, hasReference: columns.hasReference))
    (rows, words, codes) = (settled, [], [:])
  }

  /// Why there are too many levels; nil where there are not.
  func fault(_ design: Design) -> String? {
    Design.levelsFault(
      design.variables[absorption.variable].variable.columns[0], levels: max(rows.levels, words.count),
      others: rows.features + rows.targets)
  }
}
