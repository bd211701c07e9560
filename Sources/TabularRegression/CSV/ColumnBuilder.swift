/// A column that grows field by field: numbers until the first word, or words from the first on.
///
/// A word below numbers makes the column neither: that is said where it is used, with the line. A column that is declared a
/// category takes everything as words.
struct ColumnBuilder {
  let name: String
  /// Whether every field is a word, of digits too.
  let isCategory: Bool
  private var numbers: [Double] = []
  private var words = TableColumn.Words()
  private var codes: [String: Int32] = [:]
  private var kind = Kind.undecided
  private var fault: TableColumn.Fault?

  private enum Kind {
    /// Nothing but missing fields so far; they are counted as numbers.
    case undecided
    case numbers
    case words
  }

  init(name: String, isCategory: Bool = false) {
    self.name = name
    self.isCategory = isCategory
    if isCategory { kind = .words }
  }

  /// Appends a field.
  mutating func append(_ field: CSVRecords.Field, file: String) {
    if fault != nil {
      if case .value = DecimalNumber(field.bytes) { return }
      fault?.count += 1
      return
    }
    if kind == .words { return append(word: field.bytes) }
    switch DecimalNumber(field.bytes) {
    case .value(let value):
      kind = .numbers
      numbers.append(value)
    case .missing:
      numbers.append(.nan)
    case .notANumber where kind == .undecided:
      kind = .words
      words.codes = Array(repeating: -1, count: numbers.count)
      append(word: field.bytes)
    case let other:
      let text = String(decoding: field.bytes.prefix(160), as: UTF8.self)
      let message =
        other == .tooLarge
        ? "\(printable(String(text.prefix(40)))) is beyond the largest Double; use another unit"
        : "\(shown(text)) is not a number; correct it or leave the column out"
      fault = TableColumn.Fault(
        file: file, line: field.line, field: field.index + 1,
        message: "column \"\(printable(name))\": \(message)")
    }
  }

  private mutating func append(word bytes: ArraySlice<UInt8>) {
    if DecimalNumber(bytes) == .missing { return words.codes.append(-1) }
    let text = String(decoding: bytes.trimmingSpaces(), as: UTF8.self)
    if let code = codes[text] { return words.codes.append(code) }
    let code = Int32(words.levels.count)
    codes[text] = code
    words.levels.append(text)
    words.codes.append(code)
  }

  /// The column.
  var column: TableColumn {
    TableColumn(
      name: name, values: fault.map { .mixed($0) } ?? (kind == .words ? .words(words) : .numbers(numbers)))
  }
}
