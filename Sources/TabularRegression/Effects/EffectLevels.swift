internal import LinearAlgebra
internal import LinearRegression

/// The levels of the categories that have effects, counted as they come.
struct EffectLevels: Sendable {
  /// Those of each category.
  private var codes: [WordCodes]

  init(_ words: [WordList]) {
    codes = words.map { words in
      var codes = WordCodes(words)
      codes.prepare(for: 0)
      return codes
    }
  }

  /// Those of each category.
  var words: [WordList] { codes.map(\.words) }

  /// Number of levels of all categories.
  var count: Int { codes.reduce(0) { $0 + $1.words.count } }

  /// For each category the numbers of its levels in R's order.
  var order: [[Int]] { codes.map(\.words.sortedPositions) }

  /// The levels of rows as they are counted here, in a later reading of them.
  ///
  /// - Throws: ``TabularError/unusable(file:message:)`` for a level that has not been seen.
  func codes(_ rows: DesignRows) throws(TabularError) -> [[Int32]] {
    let found = rows.effectLevels.enumerated().map { category, levels in
      let numbers = codes[category].known(levels.words)
      return levels.codes.map { numbers[Int($0)] }
    }
    if found.contains(where: { $0.contains(-1) }) {
      throw .unusable(file: rows.source, message: "the file has changed while it was read; fit again")
    }
    return found
  }

  /// The same; levels that have not been seen are counted.
  mutating func countedCodes(_ rows: BlockRows) -> [[Int32]] {
    rows.effectLevels.indices.map { category in
      // Words that only rows have that were left out get no number.
      let used = TableColumn.Words(rows.effectLevels[category]).withoutUnused
      let numbers = codes[category].codes(of: used.levels)
      return used.codes.map { numbers[Int($0)] }
    }
  }
}

extension TableColumn.Words {
  fileprivate init(_ levels: DesignRows.LevelCodes) { self.init(codes: levels.codes, levels: levels.words) }
}

extension EffectLevels: Codable {
  func encode(to encoder: any Encoder) throws { try words.encode(to: encoder) }

  init(from decoder: any Decoder) throws { self.init(try [WordList](from: decoder)) }
}
