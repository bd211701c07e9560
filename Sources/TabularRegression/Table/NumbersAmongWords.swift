/// Which fields of a column of words read as numbers, and which do not: a reduction over blocks of rows.
///
/// A column that holds both is damaged, or a category that its user has to name: the order of its rows does not decide.
struct NumbersAmongWords: Sendable, Codable {
  private(set) var numbers = Fields()
  private(set) var words = Fields()
  /// Numbers and dates that are not written as numbers, among so many words that were looked at.
  private var disguised: [DisguisedNumber: Fields] = [:]
  private var wordsSeen = 0

  /// So many words of a block are looked at, the first ones: of more words the order of the rows may decide.
  private static let mostWords = 100
  /// The column's name, and the position of its fields in the rows of the file, from 0.
  private var name = "", field = 0

  /// How many fields there are of one sort, and the first.
  struct Fields: Sendable, Codable {
    fileprivate(set) var count = 0
    fileprivate(set) var first: Field?

    fileprivate mutating func merge(_ later: Fields) {
      count = min(count + later.count, 1 << 53)
      first = first ?? later.first
    }
  }

  /// A field and where it stands.
  struct Field: Sendable, Codable {
    let file: String
    let line: Int
    let text: String

    init(_ place: (file: String, line: Int), _ text: String) {
      (file, line, self.text) = (place.file, place.line, text)
    }
  }

  /// No rows.
  init() {}

  /// The fields of a column, of which `words` are the values.
  init(_ column: TableColumn, _ words: TableColumn.Words, _ places: RowPlaces) {
    (name, field) = (column.name, column.field ?? 0)
    let isNumber = words.levels.map(Self.isNumber)
    func fields(_ areNumbers: Bool) -> Fields {
      var fields = Fields()
      if !isNumber.contains(areNumbers) { return fields }
      for code in words.codes where code >= 0 && isNumber[Int(code)] == areNumbers { fields.count += 1 }
      if let row = words.codes.firstIndex(where: { $0 >= 0 && isNumber[Int($0)] == areNumbers }) {
        fields.first = Field(places[row], words.levels[Int(words.codes[row])])
      }
      return fields
    }
    (numbers, self.words) = (fields(true), fields(false))
    let reader = DisguisedNumber.Reader()
    for (code, word) in words.levels.enumerated().prefix(Self.mostWords) where !isNumber[code] {
      wordsSeen += 1
      guard let kind = reader.kind(of: word) else { continue }
      if disguised[kind] == nil, let row = words.codes.firstIndex(of: Int32(code)) {
        disguised[kind] = Fields()
        disguised[kind]!.first = Field(places[row], word)
      }
      disguised[kind]?.count += 1
    }
  }

  /// Whether counts that were read from a file can be those of fields.
  var isSound: Bool {
    let all = [numbers, words] + disguised.values
    let counts = all.flatMap { [$0.count, $0.first?.line ?? 0] } + [wordsSeen, field]
    return counts.allSatisfy { 0...1 << 53 ~= $0 }
  }

  mutating func merge(_ later: Self) {
    if name.isEmpty { (name, field) = (later.name, later.field) }
    numbers.merge(later.numbers)
    words.merge(later.words)
    disguised.merge(later.disguised) { earlier, later in
      var fields = earlier
      fields.merge(later)
      return fields
    }
    wordsSeen = min(wordsSeen + later.wordsSeen, 1 << 53)
  }

  /// What is wrong where most words are numbers or dates in another spelling, at the first of them; nil where they are
  /// not.
  var disguise: TableColumn.Fault? {
    guard 2 * disguised.values.reduce(0, { $0 + $1.count }) > wordsSeen,
      let (kind, fields) = disguised.max(by: {
        ($0.value.count, $0.key.rawValue) < ($1.value.count, $1.key.rawValue)
      }),
      let first = fields.first
    else { return nil }
    return TableColumn.Fault(
      name, file: first.file, line: first.line, field: field,
      "\(shown(first.text)) is \(kind.rawValue); \(kind.remedy), or make the column a category by C(\(FormulaParser.quoted(name)))"
    )
  }

  /// What is wrong where there are both, at the first of those that are fewer; nil where there are not.
  var fault: TableColumn.Fault? {
    guard let number = numbers.first, let word = words.first else { return nil }
    var fault: TableColumn.Fault
    if words.count <= numbers.count {
      fault = .notANumber(name, file: word.file, line: word.line, field: field, text: word.text.utf8)
      fault = fault.ofPossibleCategory
    } else {
      fault = TableColumn.Fault(
        name, file: number.file, line: number.line, field: field,
        "\(shown(number.text)) is a number among words; correct it, or make the column a category by C(\(FormulaParser.quoted(name)))"
      )
    }
    fault.count = min(words.count, numbers.count)
    return fault
  }

  private static func isNumber(_ word: String) -> Bool {
    // Most words show at their first letter that they are none.
    guard let first = word.utf8.first, !(UInt8(ascii: "A")...UInt8(ascii: "z") ~= first) else { return false }
    return switch DecimalNumber(Array(word.utf8)[...]) {
    case .value, .tooLarge, .inexact: true
    case .missing, .notANumber: false
    }
  }
}
