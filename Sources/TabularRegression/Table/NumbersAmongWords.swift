/// Which fields of a column of words read as numbers, and which do not: a reduction over blocks of rows.
///
/// A column that holds both is damaged, or a category that its user has to name: the order of its rows does not decide.
struct NumbersAmongWords: Sendable {
  private(set) var numbers = Fields()
  private(set) var words = Fields()
  /// The column's name, and the position of its fields in the rows of the file, from 0.
  private var name = "", field = 0

  /// How many fields there are of one sort, and the first.
  struct Fields: Sendable {
    fileprivate(set) var count = 0
    fileprivate(set) var first: (file: String, line: Int, text: String)?

    fileprivate mutating func merge(_ later: Fields) {
      count += later.count
      first = first ?? later.first
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
        let place = places[row]
        fields.first = (place.file, place.line, words.levels[Int(words.codes[row])])
      }
      return fields
    }
    (numbers, self.words) = (fields(true), fields(false))
  }

  mutating func merge(_ later: Self) {
    if name.isEmpty { (name, field) = (later.name, later.field) }
    numbers.merge(later.numbers)
    words.merge(later.words)
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
    case .value, .tooLarge: true
    case .missing, .notANumber: false
    }
  }
}

/// The first of some words where all are numbers that are not written as such, with a percent sign, a currency, a
/// decimal comma or separators of thousands; nil where one is not.
func disguisedNumber(in words: [String]) -> String? {
  let pattern = /[+\-−]?[$€£]? ?(\d+|\d{1,3}([ .,']\d{3})+)([.,]\d+)? ?[%$€£]?/
  return words.allSatisfy({ $0.wholeMatch(of: pattern) != nil }) ? words.first : nil
}

/// What is said of a column of such numbers.
func disguisedNumbersMessage(_ name: String, _ example: String) -> String {
  "\"\(printable(name))\" holds numbers that are not written as such, as \(shown(example)); leave only digits, a point and a sign, or write C(\(FormulaParser.quoted(name))) if it is a category"
}
