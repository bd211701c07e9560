/// Splits bytes into records and fields, as RFC 4180 has it: fields between commas (or other delimiters), in quotes where
/// they hold commas, newlines or (doubled) quotes; lines end in LF or CRLF, the last one need not.
///
/// Blank lines are skipped, unless records have one field: there a blank line is an empty field, except at the end. Spaces
/// around a quoted field do not belong to it.
struct CSVRecords {
  /// Where the bytes come from, for messages.
  let file: String
  private let bytes: [UInt8]
  private let delimiter: UInt8
  private var position: Int
  private let end: Int
  private var line: Int

  /// One field of a record.
  struct Field {
    /// Position in the record, from 0.
    let index: Int
    /// Line on which the record begins, from 1.
    let line: Int
    /// The text, without its quotes.
    let bytes: ArraySlice<UInt8>
  }

  /// Whether a blank line is a record with an empty field: where records have one field.
  var blankLinesAreFields = false

  /// Whether the file ends where the bytes do: blank lines there are no records.
  var endsFile = true

  /// Line on which the record last read begins, from 1.
  private(set) var recordLine: Int

  /// - Parameters:
  ///   - range: the bytes to split.
  ///   - line: the line on which they begin, from 1.
  init(_ bytes: [UInt8], _ range: Range<Int>, file: String, line: Int, delimiter: UInt8) {
    self.bytes = bytes
    self.file = file
    self.delimiter = delimiter
    self.line = line
    (position, end, recordLine) = (range.lowerBound, range.upperBound, line)
  }

  /// Reads the next record and calls `body` with each of its fields.
  ///
  /// - Parameter body: called with each field in order.
  /// - Returns: the number of fields; nil at the end of the file.
  mutating func nextRecord(
    _ body: (Field) throws(TabularError) -> Void
  ) throws(TabularError) -> Int? {
    let (start, startLine) = (position, line)
    while skipLineEnd() {}
    if position >= end && (start >= end || !blankLinesAreFields || endsFile) { return nil }
    if blankLinesAreFields { (position, line) = (start, startLine) }
    recordLine = line
    var index = 0
    while true {
      try body(Field(index: index, line: recordLine, bytes: try nextField(index)))
      index += 1
      if position < end, bytes[position] == delimiter {
        position += 1
        continue
      }
      _ = skipLineEnd()
      return index
    }
  }

  /// The bytes of a field; afterwards the position is at the comma or line end behind it, or at the end of the file.
  private mutating func nextField(_ index: Int) throws(TabularError) -> ArraySlice<UInt8> {
    let start = position
    skipSpaces()
    if position < end, bytes[position] == quote { return try nextQuotedField(index) }
    position = start
    while position < end, bytes[position] != delimiter, bytes[position] != newline {
      if bytes[position] == 0 {
        throw error(index, "there is a NUL byte; the file is not text, or it is UTF-16 (save it as UTF-8)")
      }
      position += 1
    }
    // The CR of a CRLF belongs to the line's end.
    if position > start, bytes[position - 1] == carriageReturn,
      position == end || bytes[position] == newline
    {
      position -= 1
    }
    return bytes[start..<position]
  }

  private mutating func nextQuotedField(_ index: Int) throws(TabularError) -> ArraySlice<UInt8> {
    let opening = line
    position += 1
    let start = position
    var unescaped: [UInt8]?  // only where there are doubled quotes
    while position < end {
      let byte = bytes[position]
      if byte == quote {
        if position + 1 < end, bytes[position + 1] == quote {
          if unescaped == nil { unescaped = Array(bytes[start..<position]) }
          unescaped?.append(quote)
          position += 2
          continue
        }
        let field = unescaped?[...] ?? bytes[start..<position]
        position += 1
        skipSpaces()
        guard position == end || bytes[position] == delimiter || isLineEnd(position) else {
          throw error(
            index, "there is text behind a closing quote; double the quotes that belong to the text")
        }
        return field
      }
      if byte == newline { line += 1 }
      unescaped?.append(byte)
      position += 1
    }
    throw .malformed(
      file: file, line: opening, column: index + 1,
      message: "the quote that opens here is never closed; add the closing quote")
  }

  private mutating func skipSpaces() {
    while position < end, isSpace(bytes[position]) { position += 1 }
  }

  private func isSpace(_ byte: UInt8) -> Bool { (byte == space || byte == tab) && byte != delimiter }

  private func isLineEnd(_ position: Int) -> Bool {
    bytes[position] == newline
      || bytes[position] == carriageReturn && (position + 1 == end || bytes[position + 1] == newline)
  }

  /// Moves over one line end; false where there is none.
  private mutating func skipLineEnd() -> Bool {
    guard position < end, isLineEnd(position) else { return false }
    if bytes[position] == carriageReturn { position += 1 }
    if position < end { position += 1 }
    line += 1
    return true
  }

  private func error(_ index: Int, _ message: String) -> TabularError {
    .malformed(file: file, line: line, column: index + 1, message: message)
  }
}

private let space = UInt8(ascii: " ")
private let tab = UInt8(ascii: "\t")
private let quote = UInt8(ascii: "\"")
private let newline = UInt8(ascii: "\n")
private let carriageReturn = UInt8(ascii: "\r")
