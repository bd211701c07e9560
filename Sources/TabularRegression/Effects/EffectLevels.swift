internal import LinearAlgebra
internal import LinearRegression

/// The levels of the categories that have effects, counted as they come.
struct EffectLevels: Sendable {
  /// Those of each category.
  private(set) var words: [[String]]
  private var positions: [[String: Int32]]

  init(_ words: [[String]]) {
    self.words = words
    positions = words.map { words in
      Dictionary(zip(words, words.indices.map(Int32.init))) { first, _ in first }
    }
  }

  /// Number of levels of all categories.
  var count: Int { words.reduce(0) { $0 + $1.count } }

  /// For each category the numbers of its levels in R's order.
  var order: [[Int]] {
    words.indices.map { category in
      ColumnSummary.inOrder(Set(words[category])).compactMap { positions[category][$0].map(Int.init) }
    }
  }

  /// The levels of rows as they are counted here, in a later reading of them.
  ///
  /// - Throws: ``TabularError/unusable(file:message:)`` for a level that has not been seen.
  func codes(_ rows: DesignRows) throws(TabularError) -> [[Int32]] {
    let codes = rows.effectLevels.enumerated().map { category, levels in
      let numbers = levels.words.map { positions[category][$0] ?? -1 }
      return levels.codes.map { numbers[Int($0)] }
    }
    if codes.contains(where: { $0.contains(-1) }) {
      throw .unusable(file: rows.source, message: "the file has changed while it was read; fit again")
    }
    return codes
  }

  /// The same; levels that have not been seen are counted.
  mutating func countedCodes(_ rows: BlockRows) -> [[Int32]] {
    var result: [[Int32]] = []
    for (category, levels) in rows.effectLevels.enumerated() {
      // Words that only rows have that were left out get no number.
      var numbers = levels.words.map { positions[category][$0] ?? -1 }
      result.append(
        levels.codes.map { code in
          if numbers[Int(code)] < 0 {
            numbers[Int(code)] = Int32(words[category].count)
            positions[category][levels.words[Int(code)]] = numbers[Int(code)]
            words[category].append(levels.words[Int(code)])
          }
          return numbers[Int(code)]
        })
    }
    return result
  }
}

extension EffectLevels: Codable {
  func encode(to encoder: any Encoder) throws { try words.map { WordList($0) }.encode(to: encoder) }

  init(from decoder: any Decoder) throws {
    self.init(try [WordList](from: decoder).map(Array.init))
  }
}
