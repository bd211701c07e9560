internal import LinearAlgebra
internal import LinearRegression

/// What a survey finds in a column.
struct ColumnSummary: Sendable {
  /// Whether it stands where only numbers can.
  var isNumber = false
  /// Whether it stands in C(…).
  var isCategory = false
  /// Whether a policy may fill it.
  var isFilled = true

  /// Whether levels are counted here, and not where the rows are reduced.
  var countsLevels = true

  private(set) var kind = Kind.undecided
  private var least = Double.infinity
  private var greatest = -Double.infinity
  /// Of the numbers that are not missing; empty where nobody asks.
  private var moments = Moments()
  /// Levels in rows that are kept.
  private var words: Set<String> = []
  private var numbers: Set<Double> = []
  /// Of a column that is a category because it holds words.
  private var amongWords = NumbersAmongWords()

  enum Kind: String, Codable {
    /// Nothing but missing fields.
    case undecided
    case numbers
    case words
  }

  /// Whether a missing field can be replaced by a number.
  var canBeFilled: Bool { isFilled && !isCategory && kind != .words }

  /// What is wrong with a missing field, and what to do.
  func messageOfMissing(_ policy: MissingPolicy) -> String {
    if policy.fills {
      return isFilled
        ? "a level is missing (the field is empty, or a word such as NA in any case), which no number can fill; drop such rows"
        : "a number is missing; targets and weights are not filled: drop such rows"
    }
    return kind == .words || isCategory
      ? "a level is missing (the field is empty, or a word such as NA in any case); fill it in, or drop such rows"
      : "a number is missing; fill it in, or drop or fill such rows"
  }

  /// Finds out what the column holds.
  ///
  /// - Throws: ``TabularError`` where it is not what it was above, or not what it has to be.
  mutating func look(_ name: String, _ table: Table) throws(TabularError) {
    if isNumber {
      // What loses digits as a Double is refused where it is used as one.
      if try table.find(name).digits?.rounded == nil { _ = try table.numbers(name) }
      kind = .numbers
      return
    }
    let column = try table.find(name)
    switch isCategory ? column.values : column.roundedValues {
    case .mixed(let fault): throw fault.ofPossibleCategory.error
    case .words(let words):
      guard let row = words.codes.firstIndex(where: { $0 >= 0 }) else { return }
      if kind == .numbers {
        throw table.fault(
          name, row: row, count: words.codes.count { $0 >= 0 },
          "\(shown(words.levels[Int(words.codes[row])])) is not a number; correct it, or make the column a category by C(\(FormulaParser.quoted(name)))"
        )
      }
      kind = .words
      if !isCategory { amongWords.merge(NumbersAmongWords(column, words, table.places)) }
    case .numbers(let numbers):
      guard let row = numbers.firstIndex(where: { !$0.isNaN }) else { return }
      if kind == .words {
        throw table.fault(
          name, row: row, count: numbers.count { !$0.isNaN },
          "\(Expression.text(of: numbers[row])) is a number among words; correct it, or make the column a category by C(\(FormulaParser.quoted(name)))"
        )
      }
      kind = .numbers
    }
  }

  /// Takes the fields of a block; rows may be dropped.
  mutating func add(
    _ values: TableColumn.Values, _ isDropped: [Bool], needsMean: Bool
  ) throws(TabularError) {
    switch values {
    case .mixed(let fault): throw fault.error
    case .words where !countsLevels: break
    case .words(let column):
      var isThere = Array(repeating: false, count: column.levels.count)
      for (row, code) in column.codes.enumerated() where code >= 0 && (isDropped.isEmpty || !isDropped[row]) {
        isThere[Int(code)] = true
      }
      for (level, isThere) in zip(column.levels, isThere) where isThere {
        words.insert(isCategory ? Design.level(level) : level)
      }
    case .numbers(let column) where isDropped.isEmpty && !isCategory: widenRange(column)
    case .numbers(let column):
      for (row, value) in column.enumerated() where isDropped.isEmpty || !isDropped[row] {
        // Comparisons with NaN are false.
        if value < least { least = value }
        if value > greatest { greatest = value }
        if isCategory, countsLevels, !value.isNaN { numbers.insert(value + 0) }  // −0 is 0
      }
    }
    if needsMean, case .numbers(let column) = values { moments.merge(Moments(column.filter { !$0.isNaN })) }
  }

  /// Takes numbers into the range; eight at a time, for one after the other would wait for the comparison before it.
  private mutating func widenRange(_ column: [Double]) {
    var lows = SIMD8<Double>(repeating: least), highs = SIMD8<Double>(repeating: greatest)
    let whole = column.count / 8 * 8
    column.withUnsafeBufferPointer { numbers in
      for start in stride(from: 0, to: whole, by: 8) {
        let eight = UnsafeRawPointer(numbers.baseAddress! + start).loadUnaligned(as: SIMD8<Double>.self)
        // Comparisons with NaN are false.
        lows.replace(with: eight, where: eight .< lows)
        highs.replace(with: eight, where: eight .> highs)
      }
    }
    for lane in 0..<8 {
      least = min(least, lows[lane])
      greatest = max(greatest, highs[lane])
    }
    for value in column[whole...] {
      if value < least { least = value }
      if value > greatest { greatest = value }
    }
  }

  /// Joins with what later rows hold; false where that is of another kind.
  mutating func merge(_ later: ColumnSummary) -> Bool {
    countsLevels = countsLevels && later.countsLevels
    if kind == .undecided { kind = later.kind }
    if later.kind != .undecided, later.kind != kind { return false }
    least = min(least, later.least)
    greatest = max(greatest, later.greatest)
    moments.merge(later.moments)
    words.formUnion(later.words)
    numbers.formUnion(later.numbers)
    amongWords.merge(later.amongWords)
    return true
  }

  /// What is wrong with a column that holds numbers and words, or numbers in another spelling; nil where it does not,
  /// or is a category by C(…).
  var fault: TabularError? { (amongWords.fault ?? amongWords.disguise)?.error }

  /// Takes the numbers that were found into a hash.
  func add(to hash: inout LeafHash) {
    for number in [least, greatest, moments.mean] { hash.mix(number) }
  }

  /// Takes the levels, where they were counted elsewhere.
  mutating func take(levels: [String]) { words.formUnion(levels) }

  /// Whether all words are true or false.
  private var isBoolean: Bool {
    kind == .words && !words.isEmpty && Design.areBoolean(words)
  }

  /// How the level that a formula names is written among ``levels``.
  func level(_ text: String) -> String {
    if isBoolean { return Design.boolean(text) ?? text }
    return levels.contains(text) ? text : Design.level(text)
  }

  /// The levels, sorted as R's factor() does in the C locale: words by their bytes, and numbers by size, those that are
  /// written as words too.
  var levels: [String] {
    if kind != .words {
      return countsLevels ? numbers.sorted().map(Expression.text) : Self.inOrder(words)
    }
    if isBoolean {
      return Design.truthValues.filter { level in words.contains { Design.boolean($0) == level } }
    }
    return Self.inOrder(words)
  }

  /// What a design keeps of the column.
  func source(_ name: String, _ policy: MissingPolicy) -> Design.Source {
    let fill: Double? =
      switch policy {
      case .mean where canBeFilled && moments.count > 0: moments.mean
      case .constant(let value) where canBeFilled: value
      default: nil
      }
    return Design.Source(
      name: name, kind: kind == .words ? (isBoolean ? .booleans : .words) : .numbers,
      range: kind == .words || least > greatest ? nil : [least, greatest], fill: fill)
  }
}

extension ColumnSummary: Codable {
  private enum Key: String, CodingKey {
    case isNumber, isCategory, isFilled, countsLevels, kind, range, moments, words, numbers, amongWords
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(isNumber, forKey: .isNumber)
    try container.encode(isCategory, forKey: .isCategory)
    try container.encode(isFilled, forKey: .isFilled)
    try container.encode(countsLevels, forKey: .countsLevels)
    try container.encode(kind, forKey: .kind)
    try container.encode(StoredArray([least, greatest]), forKey: .range)
    try container.encode(moments, forKey: .moments)
    try container.encode(WordList(Self.inOrder(words)), forKey: .words)
    try container.encode(StoredArray(numbers.sorted()), forKey: .numbers)
    try container.encode(amongWords, forKey: .amongWords)
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    isNumber = try container.decode(Bool.self, forKey: .isNumber)
    isCategory = try container.decode(Bool.self, forKey: .isCategory)
    isFilled = try container.decode(Bool.self, forKey: .isFilled)
    countsLevels = try container.decode(Bool.self, forKey: .countsLevels)
    kind = try container.decode(Kind.self, forKey: .kind)
    let range = try container.decode(StoredArray<Double>.self, forKey: .range).wrappedValue
    moments = try container.decode(Moments.self, forKey: .moments)
    words = Set(try container.decode(WordList.self, forKey: .words))
    let numbers = try container.decode(StoredArray<Double>.self, forKey: .numbers).wrappedValue
    self.numbers = Set(numbers)
    amongWords = try container.decode(NumbersAmongWords.self, forKey: .amongWords)
    guard range.count == 2, !range.contains(where: \.isNaN), numbers.allSatisfy(\.isFinite),
      amongWords.isSound
    else {
      throw DecodingError.dataCorruptedError(forKey: .range, in: container, debugDescription: "no range")
    }
    (least, greatest) = (range[0], range[1])
  }
}
