internal import LinearRegression

/// Some of the rows of a share: their factor, and the words of a category's levels in the order in which they came.
struct ShareRows: Equatable, Sendable {
  private(set) var factor: LeastSquares.Factor

  /// The number of each level; none where rows are not in levels.
  private var codes: WordCodes

  /// The level that each number stands for.
  var words: WordList { codes.words }

  /// No rows of a design.
  ///
  /// - Parameter absorption: the category whose levels are taken out of the rows; nil for none.
  init(_ design: Design, _ absorption: Design.Absorption?) {
    self.init(
      LeastSquares.Factor(
        features: design.columns.count - (absorption?.columns.count ?? 0), targets: design.targets.count,
        grouping: absorption == nil ? .one : .levels))
  }

  init(_ factor: LeastSquares.Factor, words: WordList = []) {
    (self.factor, codes) = (factor, WordCodes(words))
  }

  /// Number of levels, those of rows without weight too.
  var levels: Int { max(factor.levels, words.count) }

  /// Whether there are rows in other levels than these; booleans are written in several ways.
  func hasRows(inOthersThan known: Set<String>) -> Bool {
    words.enumerated().contains { level, word in
      factor.hasRows(level: level) && !known.contains(word) && !known.contains(Design.boolean(word) ?? word)
    }
  }

  /// Whether there are neither rows nor levels.
  var isEmpty: Bool { factor.observations == 0 && words.isEmpty }

  /// Whether the levels have the same words and numbers, and the factors the same bits.
  static func == (a: ShareRows, b: ShareRows) -> Bool { a.factor == b.factor && a.words == b.words }

  /// Takes later rows of the same design.
  ///
  /// - Throws: ``DataError``: sums that are together beyond a Double.
  mutating func merge(_ later: ShareRows) throws(DataError) {
    var numbers: [Int32]?
    if !later.words.isEmpty {
      // Of rows without weight there are only the words.
      numbers = Array(codes.codes(of: later.words).prefix(later.factor.levels))
    }
    try factor.merge(later.factor, levels: numbers)
  }

  /// Gives each level another number, which stands for what the design says.
  mutating func renumber(_ numbers: [Int32]) throws(DataError) {
    if factor.grouping != .levels { return }
    var rows = ShareRows(factor.empty)
    try rows.factor.merge(factor, levels: Array(numbers.prefix(factor.levels)))
    self = rows
  }

  /// Takes a column for each level.
  mutating func takeColumns(_ columns: LevelColumns) { factor = factor.withColumns(columns) }
}
