/// The groups of rows: one for each combination of words in the columns that group them, numbered as they come.
struct GroupKeys: Sendable {
  /// For each column, the code of each word. What is written in several ways is one word, as in a category.
  private var words: [WordCodes]

  /// For each column but the first, the number of each pair of a combination in the columns before it and its code.
  private var pairs: [[UInt64: Int32]]

  /// For each column but the first, the pairs.
  private var members: [[(before: Int32, code: Int32)]]

  init(columns: Int) {
    words = Array(repeating: WordCodes(), count: columns)
    pairs = Array(repeating: [:], count: max(0, columns - 1))
    members = Array(repeating: [], count: max(0, columns - 1))
  }

  /// Number of groups.
  var count: Int { members.last?.count ?? words[0].words.count }

  /// The group of each row of a block; −1 where a field is missing.
  ///
  /// - Parameter fields: a column of words for each column.
  mutating func groups(of fields: [TableColumn.Words]) -> [Int32] {
    var groups = codes(of: fields[0], 0)
    for (index, column) in fields.enumerated().dropFirst() {
      let codes = codes(of: column, index)
      for row in groups.indices {
        groups[row] = groups[row] < 0 || codes[row] < 0 ? -1 : pair(index - 1, groups[row], codes[row])
      }
    }
    return groups
  }

  /// The words of a group, one for each column.
  func words(of group: Int) -> [String] {
    var result: [String] = [], group = group
    for index in members.indices.reversed() {
      let member = members[index][group]
      result.append(words[index + 1].words[Int(member.code)])
      group = Int(member.before)
    }
    result.append(words[0].words[group])
    return result.reversed()
  }

  /// The groups in the order of their words: those of the first column as levels are sorted, then those of the second.
  var sorted: [Int] {
    var ranks = words.map { Self.places($0.words.sortedPositions) }
    // The rank of a combination: that of the columns before it counts first.
    for index in members.indices {
      let (before, own) = (ranks[index], ranks[index + 1])
      let keys = members[index].map { UInt64(before[Int($0.before)]) << 32 | UInt64(own[Int($0.code)]) }
      ranks[index + 1] = Self.places(keys.indices.sorted { keys[$0] < keys[$1] })
    }
    let last = ranks[ranks.count - 1]
    var groups = Array(repeating: 0, count: last.count)
    for (group, rank) in last.enumerated() { groups[Int(rank)] = group }
    return groups
  }

  /// The place of each index in a list of all.
  private static func places(_ order: [Int]) -> [Int32] {
    var places = Array(repeating: 0 as Int32, count: order.count)
    for (place, index) in order.enumerated() { places[index] = Int32(place) }
    return places
  }

  /// The code of each field of a block.
  private mutating func codes(of column: TableColumn.Words, _ index: Int) -> [Int32] {
    let known = words[index].codes(of: column.levels, level: Design.levelAsItComes(utf8:))
    return column.codes.map { $0 < 0 ? -1 : known[Int($0)] }
  }

  private mutating func pair(_ index: Int, _ before: Int32, _ code: Int32) -> Int32 {
    let key = UInt64(UInt32(bitPattern: before)) << 32 | UInt64(UInt32(bitPattern: code))
    if let number = pairs[index][key] { return number }
    let number = Int32(members[index].count)
    pairs[index][key] = number
    members[index].append((before, code))
    return number
  }
}

extension TableColumn {
  /// The fields as words, numbers as R prints them, for their own sake or as levels.
  ///
  /// - Throws: ``TabularError`` where numbers and other things are mixed.
  func words() throws(TabularError) -> Words {
    switch values {
    case .mixed(let fault): throw fault.error
    case .words(let words): return words
    case .numbers(let numbers):
      var known: [Double: Int32] = [:], words = Words()
      words.codes = numbers.map { value in
        if value.isNaN { return -1 as Int32 }
        if let code = known[value] { return code }
        let code = Int32(words.levels.count)
        known[value] = code
        words.levels.append(Expression.text(of: value + 0))  // −0 is 0
        return code
      }
      return words
    }
  }
}
