/// What a column's fields are, from the first one that is not missing.
enum ColumnKind: Sendable {
  /// All were missing so far; they are counted as numbers.
  case undecided
  case numbers
  case words
}

/// A column that grows field by field: numbers until the first word, or words from the first on.
///
/// A word below numbers makes the column neither: that is said where it is used, with the line.
struct ColumnBuilder {
  /// Its name, and its position in a record from 0.
  let name: String, field: Int
  private(set) var kind: ColumnKind
  private let format: TextFormat
  private var numbers: [Double] = []
  private var words = TableColumn.Words()
  private var codes: [String: Int32] = [:]
  private var fault: TableColumn.Fault?

  init(name: String, field: Int, kind: ColumnKind, format: TextFormat) {
    self.name = name
    self.field = field
    self.kind = kind
    self.format = format
  }

  /// Appends a field that stands on a line.
  mutating func append(_ bytes: ArraySlice<UInt8>, file: String, line: Int) {
    let text = bytes.trimmingSpaces()
    let number = DecimalNumber(text, format)
    if kind == .undecided {
      switch number {
      case .missing: break
      case .value, .tooLarge: kind = .numbers
      case .notANumber:
        kind = .words
        words.codes = Array(repeating: -1, count: numbers.count)
      }
    }
    if kind == .words {
      append(word: text, isMissing: number == .missing, file: file, line: line)
    } else {
      switch number {
      case .value(let value): numbers.append(value)
      case .missing: numbers.append(.nan)
      case .notANumber: add(.notANumber(name, file: file, line: line, field: field, text: text))
      case .tooLarge: add(.tooLarge(name, file: file, line: line, field: field, text: text))
      }
    }
  }

  private mutating func append(
    word: ArraySlice<UInt8>, isMissing: Bool, file: String, line: Int
  ) {
    if isMissing { return words.codes.append(-1) }
    guard let text = String(validating: word, as: UTF8.self) else {
      return add(.notUTF8(name, file: file, line: line, field: field))
    }
    if let code = codes[text] { return words.codes.append(code) }
    let code = Int32(words.levels.count)
    codes[text] = code
    words.levels.append(text)
    words.codes.append(code)
  }

  private mutating func add(_ other: TableColumn.Fault) {
    if fault == nil { fault = other } else { fault?.count += 1 }
  }

  /// The column.
  var column: TableColumn {
    TableColumn(
      name: name, values: fault.map { .mixed($0) } ?? (kind == .words ? .words(words) : .numbers(numbers)),
      field: field)
  }
}

extension TableColumn.Fault {
  /// - Parameter field: position of the field in its record, from 0.
  init(
    _ name: String, file: String, line: Int, field: Int, _ message: String, categoryMessage: String? = nil
  ) {
    let column = "column \"\(printable(name))\": "
    self.init(
      file: file, line: line, field: field + 1, message: column + message,
      categoryMessage: categoryMessage.map { column + $0 })
  }

  /// A word among numbers.
  static func notANumber(
    _ name: String, file: String, line: Int, field: Int, text: some Collection<UInt8>
  ) -> Self {
    let text = String(decoding: text.prefix(160), as: UTF8.self)
    return Self(
      name, file: file, line: line, field: field,
      "\(shown(text)) is not a number; correct it or leave the column out",
      categoryMessage:
        "\(shown(text)) is not a number; correct it, or make the column a category by C(\(FormulaParser.quoted(name)))"
    )
  }

  /// A number beyond the largest Double.
  static func tooLarge(
    _ name: String, file: String, line: Int, field: Int, text: some Collection<UInt8>
  ) -> Self {
    let text = String(decoding: text.prefix(40), as: UTF8.self)
    return Self(
      name, file: file, line: line, field: field,
      "\(printable(text)) is beyond the largest Double; use another unit")
  }

  /// A word that is not UTF-8.
  static func notUTF8(_ name: String, file: String, line: Int, field: Int) -> Self {
    Self(
      name, file: file, line: line, field: field,
      "the text is not UTF-8; save the file as UTF-8 or leave the column out")
  }
}
