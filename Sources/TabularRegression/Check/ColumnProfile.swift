/// What a column of a table holds: a reduction over blocks of rows.
package struct ColumnProfile: Sendable, Codable {
  package let name: String
  /// Number of rows.
  package private(set) var rowCount = 0
  package private(set) var missing = Occurrences()
  /// Infinities, which no fit takes.
  package private(set) var infinite = Occurrences()
  /// Fields that are not numbers in a column of numbers, or the other way about.
  package var fault: TableColumn.Fault? { belowNumbers ?? amongWords.fault }
  /// Words below numbers.
  private var belowNumbers: TableColumn.Fault?
  /// Numbers in a column that began with a word.
  private var amongWords = NumbersAmongWords()
  /// Moments of the finite numbers.
  package private(set) var moments = Moments()
  /// The target's moments with the column's, of rows that have both.
  package private(set) var withTarget = Comoments()
  /// The words of the column, in the order in which they first stand there, or its whole numbers, with the count of
  /// each; nil once they are more than ``valueLimit``.
  private var spellings: Values? = Values()
  /// The same as a fit counts them: words that are all true or false are TRUE and FALSE.
  package var values: Values? {
    guard hasWords, let spellings, Design.areBoolean(spellings.texts) else { return spellings }
    var values = Values()
    for (text, count) in zip(spellings.texts, spellings.counts) {
      values.add(Design.boolean(text) ?? text, count: count)
    }
    return values
  }
  /// Whether all numbers are whole.
  package private(set) var isWhole = true
  package private(set) var hasWords = false
  /// Differs between columns whose fields do.
  private(set) var digest: UInt64 = 0xcbf2_9ce4_8422_2325

  /// More different words or whole numbers than this are not told apart.
  package static let valueLimit = 10_000

  /// How often something stands in a column, and where first.
  package struct Occurrences: Sendable, Equatable, Codable {
    package var count = 0
    package var firstLine: Int?

    mutating func add(_ line: @autoclosure () -> Int) {
      count += 1
      if firstLine == nil { firstLine = line() }
    }

    mutating func merge(_ later: Self) {
      count += later.count
      firstLine = firstLine ?? later.firstLine
    }
  }

  /// Different values with their counts.
  package struct Values: Sendable, Codable {
    package private(set) var texts: [String] = []
    package private(set) var counts: [Int] = []
    private var positions: [String: Int] = [:]

    mutating func add(_ text: String, count: Int = 1) {
      if let position = positions[text] {
        counts[position] += count
      } else {
        positions[text] = texts.count
        texts.append(text)
        counts.append(count)
      }
    }
  }

  /// What kind of fields the column has.
  package enum Kind: String, Sendable {
    case number, integer, boolean, words, mixed, missing
  }

  package var kind: Kind {
    if fault != nil || hasWords && moments.count > 0 { return .mixed }
    if missing.count == rowCount { return .missing }
    if hasWords {
      let words = Set(values?.texts.map { $0.lowercased() } ?? [""])
      return words == ["true", "false"] || words == ["yes", "no"] ? .boolean : .words
    }
    if !isWhole || infinite.count > 0 { return .number }
    return moments.minimum >= 0 && moments.maximum <= 1 ? .boolean : .integer
  }

  /// Whether all fields that are not missing are equal.
  package var isConstant: Bool {
    switch kind {
    case .mixed, .missing: false
    case .words: values?.texts.count == 1
    case .boolean where hasWords: false
    case .number, .integer, .boolean: moments.minimum == moments.maximum && infinite.count == 0
    }
  }

  /// Whether it holds each of so many whole numbers as there are rows once. Of more than ``valueLimit`` only range,
  /// mean and deviation are looked at, which are those of 1, 2, … n.
  var countsRows: Bool {
    if let values, values.texts.count != rowCount { return false }
    guard kind == .integer, rowCount >= 10, missing.count == 0 else { return false }
    let n = Double(rowCount), first = moments.minimum
    func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-9 * b }
    return moments.maximum - first == n - 1 && isClose(moments.mean - first + 1, (n + 1) / 2)
      && isClose(moments.deviation * moments.deviation, n * (n + 1) / 12)
  }

  /// Numbers or dates in another spelling, where most of the words are.
  var disguise: TableColumn.Fault? { hasWords ? amongWords.disguise : nil }

  /// Profiles a column of a block.
  ///
  /// - Parameter target: the target's numbers in the block, if there is one.
  init(_ column: TableColumn, in block: Table, target: [Double]?) {
    name = column.name
    rowCount = block.rowCount
    switch column.values {
    case .numbers(let numbers): add(numbers, block, target)
    case .words(let words):
      amongWords = NumbersAmongWords(column, words, block.places)
      add(words, block)
    case .mixed(let fault): belowNumbers = fault
    }
  }

  private mutating func add(_ numbers: [Double], _ block: Table, _ target: [Double]?) {
    var whole: [Double: Int] = [:]
    moments = Moments(numbers)
    digest = Self.digest(numbers)
    let areFinite = moments.count == numbers.count
    isWhole = !numbers.contains { $0.isFinite && $0 != $0.rounded() }
    if isWhole || !areFinite {
      for (row, number) in numbers.enumerated() {
        if number.isNaN {
          missing.add(block.places[row].line)
        } else if number.isInfinite {
          infinite.add(block.places[row].line)
        } else if isWhole && whole.count <= Self.valueLimit {
          whole[number, default: 0] += 1
        }
      }
    }
    if let target { withTarget = Comoments(numbers, target) }
    guard isWhole && whole.count <= Self.valueLimit else { return spellings = nil }
    for (number, count) in whole { spellings?.add("\(number)", count: count) }
  }

  /// One bit pattern counts for each number that is equal to itself, one for all that are missing. Four parts do not
  /// wait for each other.
  private static func digest(_ numbers: [Double]) -> UInt64 {
    func mixed(_ hash: UInt64, _ number: Double) -> UInt64 {
      let hash = (hash ^ (number.isNaN ? .max : (number + 0).bitPattern)) &* 0x100_0000_01b3
      return hash ^ (hash >> 29)
    }
    var (a, b, c, d) = (0xcbf2_9ce4_8422_2325 as UInt64, 1 as UInt64, 2 as UInt64, 3 as UInt64)
    let whole = numbers.count & ~3
    for row in stride(from: 0, to: whole, by: 4) {
      a = mixed(a, numbers[row])
      b = mixed(b, numbers[row + 1])
      c = mixed(c, numbers[row + 2])
      d = mixed(d, numbers[row + 3])
    }
    for number in numbers[whole...] { a = mixed(a, number) }
    return [b, c, d].reduce(a) { ($0 ^ $1) &* 0x100_0000_01b3 }
  }

  private mutating func add(_ words: TableColumn.Words, _ block: Table) {
    // A column of nothing but missing fields may be either.
    hasWords = words.codes.contains { $0 >= 0 }
    let digests = words.levels.map {
      (Design.boolean($0) ?? $0).utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
    var counts = [Int](repeating: 0, count: words.levels.count)
    for (row, code) in words.codes.enumerated() {
      digest = (digest ^ (code < 0 ? .max : digests[Int(code)])) &* 0x100_0000_01b3
      digest ^= digest >> 29
      if code < 0 { missing.add(block.places[row].line) } else { counts[Int(code)] += 1 }
    }
    guard words.levels.count <= Self.valueLimit else { return spellings = nil }
    for (level, count) in zip(words.levels, counts) where count > 0 { spellings?.add(level, count: count) }
  }

  /// Takes the same column of later rows.
  mutating func merge(_ later: Self) {
    rowCount += later.rowCount
    missing.merge(later.missing)
    infinite.merge(later.infinite)
    if belowNumbers == nil {
      belowNumbers = later.belowNumbers
    } else {
      belowNumbers?.count += later.belowNumbers?.count ?? 0
      if later.belowNumbers?.losesDigits == false { belowNumbers?.losesDigits = false }
    }
    amongWords.merge(later.amongWords)
    moments.merge(later.moments)
    withTarget.merge(later.withTarget)
    isWhole = isWhole && later.isWhole
    hasWords = hasWords || later.hasWords
    digest = (digest ^ later.digest) &* 0x100_0000_01b3
    if let other = later.spellings, spellings != nil {
      for (text, count) in zip(other.texts, other.counts) { spellings!.add(text, count: count) }
      if spellings!.texts.count > Self.valueLimit { spellings = nil }
    } else {
      spellings = nil
    }
  }
}
