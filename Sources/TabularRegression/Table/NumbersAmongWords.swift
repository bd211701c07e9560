/// Which fields of a column of words read as numbers, and which do not: a reduction over blocks of rows.
///
/// A column that holds both is damaged, or a category that its user has to name: the order of its rows does not decide.
struct NumbersAmongWords: Sendable {
  private(set) var numbers = Fields()
  private(set) var words = Fields()

  /// How many fields there are of one sort, and the first.
  struct Fields: Sendable {
    private(set) var count = 0
    private(set) var first: (file: String, line: Int, text: String)?

    fileprivate mutating func add(_ text: String, at place: @autoclosure () -> (file: String, line: Int)) {
      count += 1
      if first == nil {
        let place = place()
        first = (place.file, place.line, text)
      }
    }

    fileprivate mutating func merge(_ later: Fields) {
      count += later.count
      first = first ?? later.first
    }
  }

  /// No rows.
  init() {}

  /// The fields of a block.
  init(_ column: TableColumn.Words, _ places: RowPlaces) {
    let isNumber = column.levels.map(Self.isNumber)
    for (row, code) in column.codes.enumerated() where code >= 0 {
      let code = Int(code)
      if isNumber[code] {
        numbers.add(column.levels[code], at: places[row])
      } else {
        words.add(column.levels[code], at: places[row])
      }
    }
  }

  var areMixed: Bool { numbers.count > 0 && words.count > 0 }

  mutating func merge(_ later: Self) {
    numbers.merge(later.numbers)
    words.merge(later.words)
  }

  /// What is wrong where there are both, at the first of those that are fewer; nil where there are not.
  ///
  /// - Parameter field: position of the column's fields in the rows of the file, from 0.
  func fault(_ name: String, field: Int) -> TableColumn.Fault? {
    guard areMixed, let number = numbers.first, let word = words.first else { return nil }
    let remedy = "correct it, or make the column a category by C(\(FormulaParser.quoted(name)))"
    var fault =
      words.count <= numbers.count
      ? TableColumn.Fault(
        name, file: word.file, line: word.line, field: field,
        "\(shown(word.text)) is not a number; \(remedy)")
      : TableColumn.Fault(
        name, file: number.file, line: number.line, field: field,
        "\(shown(number.text)) is a number among words; \(remedy)")
    fault.count = min(words.count, numbers.count)
    return fault
  }

  private static func isNumber(_ word: String) -> Bool {
    // Most words show at their first letter that they are none.
    guard let first = word.utf8.first, !(UInt8(ascii: "A")...UInt8(ascii: "z") ~= first) else { return false }
    return switch DecimalNumber(Array(word.utf8)[...]) {
    case .value, .tooLarge: true
    case .missing, .notANumber: false
    }
  }
}
