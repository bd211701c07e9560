@testable import TabularRegression

/// Reads delimited text slowly and plainly, field by field: what the reader's tables and errors are compared with.
///
/// The text is a file: nothing here knows of blocks, threads or columns that are left out.
struct PlainReader {
  let name: String
  let options: ReadingOptions
  private let bytes: [UInt8]
  private var position = 0
  private var line = 1

  /// A record: where it begins, and its fields without quotes around them or spaces at either end.
  struct Record {
    var line: Int
    var fields: [[UInt8]] = []
  }

  init(_ text: [UInt8], name: String, options: ReadingOptions) {
    self.name = name
    self.options = options
    let text = text.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(text[3...]) : text
    bytes = Self.endsLinesInCR(text, options) ? Self.withLF(text) : text
    for _ in 0..<options.skippedLines {
      position = bytes[position...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
      line += 1
    }
  }

  /// Whether the first line, but for what is in quotes, ends in CR with something else than LF behind it.
  private static func endsLinesInCR(_ text: [UInt8], _ options: ReadingOptions) -> Bool {
    let isComment = options.comment.map { text.starts(with: $0.utf8) } ?? false
    let delimiter = options.delimiter?.asciiValue ?? UInt8(ascii: ",")
    var isQuoted = false, mayBegin = true
    for (index, byte) in text.enumerated() {
      if byte == UInt8(ascii: "\""), options.skippedLines == 0, !isComment {
        isQuoted = !isQuoted && mayBegin
        mayBegin = !isQuoted
      } else if !isQuoted, byte == 0x0A {
        return false
      } else if !isQuoted, byte == 0x0D {
        return index + 1 < text.count && text[index + 1] != 0x0A
      } else if byte != UInt8(ascii: " ") {
        mayBegin = byte == delimiter
      }
    }
    return false
  }

  private static func withLF(_ text: [UInt8]) -> [UInt8] {
    text.indices.compactMap { index in
      if text[index] == 0x0A, index > 0, text[index - 1] == 0x0D { return nil }
      return text[index] == 0x0D ? 0x0A : text[index]
    }
  }

  // MARK: Records

  private var delimiter: UInt8 { options.delimiter?.asciiValue ?? UInt8(ascii: ",") }
  private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }
  private var nextByte: UInt8? { position + 1 < bytes.count ? bytes[position + 1] : nil }
  private var isAtLineEnd: Bool {
    byte == UInt8(ascii: "\n")
      || byte == UInt8(ascii: "\r") && (nextByte ?? UInt8(ascii: "\n")) == UInt8(ascii: "\n")
  }
  private func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

  private mutating func skipLineEnd() {
    if byte == UInt8(ascii: "\r") { position += 1 }
    position += 1
    line += 1
  }

  private mutating func skipSpaces() {
    while let byte, isSpace(byte), byte != delimiter { position += 1 }
  }

  /// Spaces that are delimiters count as one.
  private mutating func skipRun() {
    while delimiter == UInt8(ascii: " "), byte == delimiter { position += 1 }
  }

  private mutating func skipComments() {
    guard let comment = options.comment else { return }
    while position < bytes.count, bytes[position...].starts(with: comment.utf8) {
      position = bytes[position...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
      line += 1
    }
  }

  /// Whether there was a blank line.
  private mutating func skipBlankLine() -> Bool {
    let start = position
    skipRun()
    if isAtLineEnd {
      skipLineEnd()
    } else if byte != nil || position == start {
      position = start
      return false
    }
    return true
  }

  private func error(_ record: Record, line: Int, _ message: String) -> TabularError {
    .malformed(file: name, line: line, column: record.fields.count + 1, message: message)
  }

  /// The next record; nil at the end of the text.
  mutating func next(keepsBlankLines: Bool) throws(TabularError) -> Record? {
    let (start, startLine) = (position, line)
    repeat { skipComments() } while skipBlankLine()
    if byte == nil { return nil }
    if keepsBlankLines { (position, line) = (start, startLine) }
    skipComments()
    var record = Record(line: line)
    skipRun()
    while true {
      record.fields.append(try field(record))
      if byte != delimiter { break }
      position += 1
      skipRun()
      if delimiter == UInt8(ascii: " "), isAtLineEnd || byte == nil { break }
    }
    if isAtLineEnd { skipLineEnd() }
    return record
  }

  private func nulByte(_ record: Record, line: Int) -> TabularError {
    error(
      record, line: line,
      "there is a NUL byte; the file is not text, or it is UTF-16: give --encoding utf16, or save it as UTF-8"
    )
  }

  private mutating func field(_ record: Record) throws(TabularError) -> [UInt8] {
    var text: [UInt8] = []
    skipSpaces()
    if byte == UInt8(ascii: "\"") {
      let opening = line
      position += 1
      while byte != UInt8(ascii: "\"") || nextByte == UInt8(ascii: "\"") {
        guard let byte else {
          throw error(
            record, line: opening, "the quote that opens here is never closed; add the closing quote")
        }
        if byte == UInt8(ascii: "\n") { line += 1 }
        text.append(byte)
        position += byte == UInt8(ascii: "\"") ? 2 : 1
      }
      if text.contains(0) { throw nulByte(record, line: opening) }
      position += 1
      skipSpaces()
      if byte != nil, byte != delimiter, !isAtLineEnd {
        throw error(
          record, line: line,
          "there is text behind a closing quote; double the quotes that belong to the text")
      }
    } else {
      while let byte, byte != delimiter, !isAtLineEnd {
        if byte == 0 {
          throw nulByte(record, line: line)
        }
        text.append(byte)
        position += 1
      }
    }
    text = Array(text.drop(while: isSpace))
    while let last = text.last, isSpace(last) { text.removeLast() }
    return text
  }

  // MARK: Columns

  private func isMissing(_ field: [UInt8]) -> Bool {
    func lowercase(_ text: some Sequence<UInt8>) -> [UInt8] {
      text.map { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 ? $0 | 0x20 : $0 }
    }
    return field.isEmpty || options.missingTexts.contains { lowercase($0.utf8) == lowercase(field) }
  }

  /// The number of a decimal text, infinite where it is too large; nil for another text.
  private func number(_ field: [UInt8]) -> Double? {
    let text = String(decoding: field, as: UTF8.self)
    return text.wholeMatch(of: /[+\-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+\-]?[0-9]+)?/) == nil
      ? nil : Double(text)
  }

  /// Whether a whole number has more than 15 digits, without zeros behind, and is not the Double.
  static func hasLostDigits(_ text: [UInt8], _ number: Double) -> Bool {
    var digits = text.map { UInt8($0 &- UInt8(ascii: "0")) }
    if let first = text.first, "+-".utf8.contains(first) { digits.removeFirst() }
    guard digits.allSatisfy({ $0 < 10 }), let first = digits.firstIndex(where: { $0 > 0 }) else {
      return false
    }
    digits.removeFirst(first)
    if digits.count - digits.reversed().prefix(while: { $0 == 0 }).count < 16 { return false }
    if digits.count > 38 { return true }
    return digits.reduce(UInt128(0)) { $0 * 10 + UInt128($1) } != UInt128(abs(number))
  }

  /// A column: numbers until the first word, or words from the first field on that is not missing.
  private func column(_ name: String, _ field: Int, _ records: [Record]) -> TableColumn {
    var numbers: [Double] = [], words = TableColumn.Words(), fault: TableColumn.Fault?
    var areWords = options.categories.contains(name), areNumbers = false
    for record in records {
      let text = record.fields[field], isMissing = isMissing(text), number = isMissing ? nil : number(text)
      areWords = areWords || !areNumbers && !isMissing && number == nil
      areNumbers = !areWords && (areNumbers || !isMissing)
      let word = String(validating: text, as: UTF8.self)
      let level = isMissing ? nil : words.levels.firstIndex(of: word ?? "") ?? words.levels.count
      let position = (file: self.name, line: record.line)
      var found: TableColumn.Fault?
      if areWords, !isMissing, word == nil {
        found = .notUTF8(name, file: position.file, line: position.line, field: field)
      } else if areNumbers, !isMissing, number == nil {
        found = .notANumber(name, file: position.file, line: position.line, field: field, text: text)
      } else if areNumbers, let number, number.isInfinite {
        found = .tooLarge(name, file: position.file, line: position.line, field: field, text: text)
      } else if areNumbers, let number, Self.hasLostDigits(text, number) {
        found = .inexact(name, file: position.file, line: position.line, field: field, text: text)
      }
      if let found { if fault == nil { fault = found } else { fault?.count += 1 } }
      numbers.append(number ?? .nan)
      words.codes.append(level.map(Int32.init) ?? -1)
      if areWords, level == words.levels.count { words.levels.append(word ?? "") }
    }
    return TableColumn(
      name: name, values: fault.map { .mixed($0) } ?? (areWords ? .words(words) : .numbers(numbers)),
      field: field)
  }

  /// The table below the line of names, or from the first line on where there is none.
  mutating func table(_ columnNames: [String]) throws(TabularError) -> Table {
    guard let first = try next(keepsBlankLines: false) else {
      preconditionFailure("the names are of another text")
    }
    var records: [Record] = [], record: Record? = options.hasHeader ? nil : first
    while true {
      if let record {
        let count = record.fields.count, columns = columnNames.count
        if count != columns {
          throw .malformed(
            file: name, line: record.line, column: min(count, columns + 1),
            message:
              "the row has \(count) field\(count == 1 ? "" : "s"), the header has \(columns); give each row one field per column"
          )
        }
        records.append(record)
      }
      record = try next(keepsBlankLines: columnNames.count == 1)
      if record == nil { break }
    }
    if records.isEmpty {
      throw .malformed(
        file: name, line: first.line, column: nil, message: "there are no rows below the header; add data")
    }
    return Table(
      source: name, columns: columnNames.enumerated().map { column($1, $0, records) },
      rowCount: records.count,
      places: RowPlaces(file: name, lines: records.map(\.line)))
  }
}
