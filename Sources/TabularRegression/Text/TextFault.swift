internal import CText

/// What a column's fields are, from the first one that is not missing; as long as all are, they are counted as numbers.
typealias ColumnKind = text_kind

extension text_field {
  /// The field's bytes in the text that it was found in, with doubled quotes once.
  func bytes(in text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    let bytes = text[offset..<offset + length]
    if !doubled { return Array(bytes) }
    var isSecond = false
    return bytes.filter { byte in
      isSecond = byte == UInt8(ascii: "\"") && !isSecond
      return !isSecond
    }
  }
}

extension TableColumn.Fault {
  /// What is wrong with a record.
  ///
  /// - Parameters:
  ///   - line: the line on which the text begins, from 1.
  ///   - columns: number of columns.
  ///   - count: how many such records there are.
  init(_ fault: text_fault, file: String, line: Int, columns: Int, count: Int = 1) {
    var field = fault.field + 1
    let message: String
    switch fault.kind {
    case text_open_quote:
      message = "the quote that opens here is never closed; add the closing quote"
    case text_behind_quote:
      message = "there is text behind a closing quote; double the quotes that belong to the text"
    case text_nul:
      message =
        "there is a NUL byte; the file is not text, or it is UTF-16: give --encoding utf16, or save it as UTF-8"
    default:
      field = min(fault.field, columns + 1)
      message =
        "the row has \(counted(fault.field, "field")), the header has \(columns); give each row one field per column"
    }
    self.init(file: file, line: line + fault.line, field: field, message: message)
    self.count = count
  }

  /// What is wrong with a column's field.
  ///
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
    return noNumber(name, file, line, field, "\(shown(text)) is not a number; correct it")
  }

  /// A field that is no number here: the column is left out, or becomes a category where it may be one.
  private static func noNumber(
    _ name: String, _ file: String, _ line: Int, _ field: Int, _ message: String
  ) -> Self {
    Self(
      name, file: file, line: line, field: field, "\(message) or leave the column out",
      categoryMessage: "\(message), or make the column a category by C(\(FormulaParser.quoted(name)))")
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

  /// A whole number of more digits than a Double holds.
  static func inexact(
    _ name: String, file: String, line: Int, field: Int, text: some Collection<UInt8>
  ) -> Self {
    let text = printable(String(decoding: text.prefix(40), as: UTF8.self))
    return noNumber(
      name, file, line, field,
      "\(text) has more digits than a Double holds; round it, take a first value away from all (but weights)")
  }

  /// A word that is not UTF-8.
  static func notUTF8(_ name: String, file: String, line: Int, field: Int) -> Self {
    Self(
      name, file: file, line: line, field: field,
      "the text is not UTF-8; give its --encoding, save the file as UTF-8, or leave the column out")
  }
}
