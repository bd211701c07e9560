/// The fields of a column that a formula compares with words: z == "a".
struct ComparedWords {
  private var fields: TableColumn.Words
  /// Whether all fields of the fit's rows are true or false, in any case.
  private let areBoolean: Bool

  /// - Parameters:
  ///   - table: the rows; a number is compared as the text that it has as a level.
  ///   - kind: what the column held in the fit; nil where that is not known.
  init(_ name: String, _ table: Table, _ kind: Design.Source.Kind? = nil) throws(TabularError) {
    areBoolean = kind == .booleans
    switch try table.find(name).values {
    case .mixed(let fault): throw fault.ofPossibleCategory.error
    case .words(let words): fields = words
    case .numbers(let numbers):
      fields = TableColumn.Words(numbers.lazy.map { $0.isNaN ? nil : Expression.text(of: $0 + 0) })
    }
  }

  /// The rows of some positions alone.
  mutating func keep(_ rows: [Int]) { fields.codes = rows.map { fields.codes[$0] } }

  /// 1 in the rows whose field is one of some words, 0 in others, NaN where it is missing.
  func areAmong(_ words: [String], isNegated: Bool, _ rows: Range<Int>) -> ArraySlice<Double> {
    let levels = Set(words + words.map(Design.level)), truths = Set(words.compactMap(Design.boolean))
    let isAmong = fields.levels.map { field in
      levels.contains(field) || levels.contains(Design.level(field))
        || areBoolean && Design.boolean(field).map(truths.contains) ?? false
    }
    return fields.codes[rows].map { $0 < 0 ? .nan : isAmong[Int($0)] != isNegated ? 1 : 0 }[...]
  }
}
