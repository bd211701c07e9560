/// The missing fields of a block of rows, in the columns that are used.
struct MissingFields {
  /// How many there are.
  private(set) var count = 0

  /// In how many columns.
  private(set) var columns = 0

  /// The first of them, row by row.
  private(set) var first: (row: Int, column: String)?

  /// Whether a field is missing in each row; empty where none is.
  private(set) var isMissing: [Bool] = []

  init(_ table: Table, in names: [String]) throws(TabularError) {
    for name in names {
      switch try table.find(name).roundedValues {
      case .numbers(let numbers):
        if Self.hasNaN(numbers) { add(name, numbers) { $0.isNaN } }
      case .words(let words): add(name, words.codes) { $0 < 0 }
      case .mixed(let fault): throw fault.error
      }
    }
  }

  private mutating func add<Field>(_ name: String, _ fields: [Field], _ isAbsent: (Field) -> Bool) {
    guard let top = fields.firstIndex(where: isAbsent) else { return }
    if isMissing.isEmpty { isMissing = Array(repeating: false, count: fields.count) }
    columns += 1
    for row in top..<fields.count where isAbsent(fields[row]) {
      count += 1
      isMissing[row] = true
    }
    if first.map({ top < $0.row }) ?? true { first = (top, name) }
  }

  /// Whether a number is missing: without a branch for each, for most columns have none.
  private static func hasNaN(_ numbers: [Double]) -> Bool {
    var found: UInt64 = 0
    for number in numbers { found |= number == number ? 0 : 1 }
    return found != 0
  }
}

/// Missing fields that a policy does not allow.
struct MissingFault: Sendable, Codable {
  let place: FieldPlace
  let field: Int?
  let column: String
  let message: String
  private(set) var count: Int
  /// Columns that have such fields; counted in one block where there are several.
  private(set) var columns: Int

  /// - Parameter message: what is wrong, and what to do.
  init?(_ fields: MissingFields, _ table: Table, _ message: (_ column: String) -> String) {
    guard let first = fields.first else { return nil }
    place = FieldPlace(table.places[first.row])
    field = table.field(of: first.column)
    column = first.column
    self.message = message(first.column)
    (count, columns) = (fields.count, fields.columns)
  }

  /// Whether counts that were read from a file can be those of fields.
  var isSound: Bool { [count, columns, place.line].allSatisfy { 0...1 << 53 ~= $0 } }

  mutating func merge(_ later: MissingFault) {
    count = min(count + later.count, 1 << 53)
    columns = max(columns, later.columns, column == later.column ? 1 : 2)
  }

  var error: TabularError {
    let all =
      count == 1
      ? "" : " (\(count) such fields in \(columns == 1 ? "the column" : "the columns that are used"))"
    return .malformed(
      file: place.file, line: place.line, column: field,
      message: "column \"\(printable(column))\": \(message)\(all)")
  }
}

/// The file and the line of a field.
struct FieldPlace: Sendable, Codable {
  let file: String
  let line: Int

  init(_ place: (file: String, line: Int)) { (file, line) = place }
}
