extension DesignInput {
  /// 1 for each kept row where a comparison is true, 0 for the others: positions among ``Design/truthValues``.
  func truths(_ variable: Variable) throws(TabularError) -> [Int32] {
    guard let expression = variable.expression else { return [] }
    let values = evaluator.values(expression, 0..<rowCount)
    if let row = values.firstIndex(where: \.isNaN) {
      throw evaluator.fault(variable.name, [expression], at: row, ofBlock: blockRow(row), table)
    }
    return values.map { $0 == 1 ? 1 : 0 }
  }

  /// The level of each row, 0 where it is left out; empty for a variable that is no category.
  static func levels(
    _ variable: Design.ResolvedVariable, _ design: Design, _ table: Table, _ unseen: UnseenPolicy,
    _ isLeftOut: inout [Bool]
  ) throws(TabularError) -> [Int32] {
    guard let levels = variable.levels, let name = variable.variable.levelColumn else { return [] }
    let kind = design.sources.first { $0.name == name }?.kind
    var positions: [String: Int32] = [:]
    if case .words(let words) = try table.find(name).values, words.levels.count < levels.count / 8 {
      // Few of many levels are looked for.
      let wanted = Set(words.levels + words.levels.map(Design.level) + Design.truthValues)
      for (index, level) in levels.enumerated() where wanted.contains(level) {
        positions[level] = Int32(index)
      }
    } else {
      positions = Dictionary(uniqueKeysWithValues: zip(levels, levels.indices.map(Int32.init)))
    }
    /// −1 for one that is not known.
    func position(_ word: String) -> Int32 {
      let level = kind == .booleans ? Design.boolean(word) ?? word : word
      return positions[level] ?? positions[Design.level(level)]
        ?? (unseen == .reference ? Int32(variable.reference) : -1)
    }
    var codes: [Int32]
    let isMissing: (Int) -> Bool
    let text: (Int) -> String
    switch try table.find(name).values {
    case .mixed(let fault): throw fault.error
    case .words(let words):
      let known = words.levels.map(position)
      codes = words.codes.map { $0 < 0 ? 0 : known[Int($0)] }
      isMissing = { words.codes[$0] < 0 }
      text = { words.levels[Int(words.codes[$0])] }
    case .numbers(let numbers):
      var known: [Double: Int32] = [:]
      codes = numbers.map { value in
        if value.isNaN { return 0 }
        if let code = known[value] { return code }
        let code = position(Expression.text(of: value + 0))
        known[value] = code
        return code
      }
      isMissing = { numbers[$0].isNaN }
      text = { Expression.text(of: numbers[$0]) }
    }
    guard codes.contains(-1) else { return codes }
    if isLeftOut.isEmpty { isLeftOut = Array(repeating: false, count: codes.count) }
    let unknown = codes.indices.filter { codes[$0] < 0 && !isMissing($0) && !isLeftOut[$0] }
    if unseen == .error, let row = unknown.first {
      throw table.fault(
        name, row: row, count: unknown.count,
        "the level \(shown(text(row))) was not there in the fit, which had \(listed(levels)); correct it, or predict nothing (--unseen missing) or the reference (--unseen reference) for it"
      )
    }
    for row in unknown { isLeftOut[row] = true }
    for row in codes.indices where codes[row] < 0 { codes[row] = 0 }
    return codes
  }

  /// The same of whole numbers that lie close enough for a table of all between the least and the greatest; nil for
  /// others, and where one is missing.
  private static func wholeLevels(asTheyCome numbers: [Double]) -> (codes: [Int32], words: WordList)? {
    var least = Double.infinity, greatest = -Double.infinity, areWhole = true
    for number in numbers {
      // Comparisons with NaN are false.
      areWhole = areWhole && number == number.rounded(.towardZero)
      least = min(least, number)
      greatest = max(greatest, number)
    }
    guard areWhole, greatest - least < Double(max(1 << 10, min(numbers.count, 1 << 28))), abs(least) < 0x1p53
    else {
      return nil
    }
    var known = [Int32](repeating: -1, count: Int(greatest - least) + 1), words = WordList()
    let codes = numbers.map { number in
      let place = Int(number - least)
      if known[place] < 0 {
        known[place] = Int32(words.count)
        words.append(Expression.text(of: number + 0))  // −0 is 0
      }
      return known[place]
    }
    return (codes, words)
  }

  /// The levels of columns that have effects, or of their combinations, in the kept rows.
  static func effectLevels(
    _ effects: [[String]], _ table: Table, _ kept: [Int]?
  ) throws(TabularError) -> [DesignRows.LevelCodes] {
    var result: [DesignRows.LevelCodes] = []
    for columns in effects {
      var joined: (codes: [Int32], words: WordList)?
      for name in columns {
        let variable = Variable.category(CategoryCall(column: name, text: name))
        let levels = try levels(
          asTheyCome: Design.ResolvedVariable(variable: variable, levels: nil), table)
        // TRUE and FALSE in any case are one level each.
        let once = TableColumn.Words(codes: levels.codes, levels: levels.words).asLevels
        var next = (codes: once.codes, words: once.levels)
        if let kept { next.codes = kept.map { next.codes[$0] } }
        if columns.count > 1 { next.words = WordList(next.words.lazy.map(escaped)) }
        joined = joined.map { combined($0, next) } ?? next
      }
      if let joined { result.append(DesignRows.LevelCodes(codes: joined.codes, words: joined.words)) }
    }
    return result
  }

  /// A word of a combination "a^b": a "^" in it has a backslash before it, so that each combination has a name of its
  /// own.
  private static func escaped(_ word: String) -> String {
    word.utf8.contains { $0 == UInt8(ascii: "^") || $0 == UInt8(ascii: "\\") }
      ? String(word.flatMap { "^\\".contains($0) ? ["\\", $0] : [$0] }) : word
  }

  /// The combinations of two categories' levels, counted as they come.
  private static func combined(
    _ first: (codes: [Int32], words: WordList), _ second: (codes: [Int32], words: WordList)
  ) -> (codes: [Int32], words: WordList) {
    var numbers: [SIMD2<Int32>: Int32] = [:], words = WordList()
    let codes = zip(first.codes, second.codes).map { a, b in
      let key = SIMD2(a, b)
      if let number = numbers[key] { return number }
      let number = Int32(words.count)
      numbers[key] = number
      words.append("\(first.words[Int(a)])^\(second.words[Int(b)])")
      return number
    }
    return (codes, words)
  }

  /// The level of each row and the levels, counted as they come; 0 where one is missing, and the row left out.
  static func levels(
    asTheyCome variable: Design.ResolvedVariable, _ table: Table
  ) throws(TabularError) -> (codes: [Int32], words: WordList) {
    switch try table.find(variable.variable.columns[0]).values {
    case .mixed(let fault): throw fault.error
    case .words(var column):
      // Where no word has another level, nor is one of two truth values, each is its own.
      if case .category = variable.variable, !column.areLevels {
        let levels = WordList(column.levels.lazy.map(Design.level))
        var once = TableColumn.Words(), positions: [String: Int32] = [:]
        once.append(TableColumn.Words(codes: column.codes, levels: levels), &positions)
        column = once
      }
      return (column.codes.map { max($0, 0) }, column.levels)
    case .numbers(let numbers):
      if let levels = wholeLevels(asTheyCome: numbers) { return levels }
      let words = try table.find(variable.variable.columns[0]).words()
      return (words.codes.map { max($0, 0) }, words.levels)
    }
  }
}
