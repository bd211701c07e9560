internal import CText

/// Tables as CSV text: numbers in the fewest digits that read back to the same bits, missing fields empty, other fields
/// in quotes where they need them.
package struct CSVEncoder: TableEncoder {
  /// What stands between fields.
  package let delimiter: UInt8
  /// Whether numbers have the digits that a Float needs.
  package let isSinglePrecision: Bool

  package init(delimiter: Character = ",", isSinglePrecision: Bool = false) {
    self.delimiter = delimiter.asciiValue!
    self.isSinglePrecision = isSinglePrecision
  }

  /// With tabs for a file whose name ends in .tsv, and commas for others.
  package init(endingOf path: String) {
    self.init(delimiter: TableFormat(endingOf: path) == .tsv ? "\t" : ",")
  }

  package var countsRows: Bool { false }
  package var holdsNames: Bool { true }

  package func header(_ names: [String], rows: EncodedRows? = nil) -> [UInt8] {
    Array(names.map(quoted).joined(separator: [delimiter])) + [UInt8(ascii: "\n")]
  }

  package func rows(_ block: Table) throws(TabularError) -> [UInt8] {
    var fields: [Fields] = [], rowBytes = block.columns.count
    for column in block.columns {
      switch column.values {
      case .numbers(let numbers):
        if isSinglePrecision { try block.requireSinglePrecision(column.name) }
        fields.append(.numbers(numbers))
        rowBytes += Int(number_text_capacity)
      case .words(let words):
        let texts = words.levels.map(quoted)
        fields.append(.words(words.codes, texts))
        rowBytes += texts.reduce(0) { max($0, $1.count) }
      case .mixed(let fault): throw fault.error
      }
    }
    // A blank line would be no row, so that the missing field of a row's only column is a pair of quotes.
    let missing = fields.count == 1 ? quoted("") : []
    return [UInt8](unsafeUninitializedCapacity: block.rowCount * (rowBytes + missing.count)) {
      buffer, count in
      for row in 0..<block.rowCount {
        for field in fields {
          let start = count
          switch field {
          case .numbers(let numbers):
            count += text(of: numbers[row], buffer.baseAddress! + count)
          case .words(let codes, let texts) where codes[row] >= 0:
            for byte in texts[Int(codes[row])] {
              buffer[count] = byte
              count += 1
            }
          case .words: break
          }
          if count == start {
            for byte in missing {
              buffer[count] = byte
              count += 1
            }
          }
          buffer[count] = delimiter
          count += 1
        }
        buffer[count - 1] = UInt8(ascii: "\n")
      }
    }
  }

  /// What a column's fields are made of.
  private enum Fields {
    case numbers([Double])
    /// Positions among texts, −1 where a field is missing.
    case words([Int32], [[UInt8]])
  }

  /// Writes a number's text; the result is its length.
  private func text(of number: Double, _ text: UnsafeMutablePointer<UInt8>) -> Int {
    text.withMemoryRebound(to: CChar.self, capacity: Int(number_text_capacity)) {
      Int(isSinglePrecision ? format_float(Float(number), $0) : format_double(number, $0))
    }
  }

  /// A field's text, in quotes where it has a delimiter, a quote, a line end, or a space at its end, or is empty.
  private func quoted(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8), quote = UInt8(ascii: "\"")
    let isPlain =
      !bytes.isEmpty && bytes[...].trimmingSpaces().count == bytes.count
      && bytes.allSatisfy {
        $0 != delimiter && $0 != quote && $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r")
      }
    if isPlain { return bytes }
    return [quote] + bytes.flatMap { $0 == quote ? [quote, quote] : [$0] } + [quote]
  }
}

extension Table {
  /// Writes the table as a CSV file with a line of names: whole, or not at all.
  ///
  /// Numbers have the fewest digits that read back to the same bits; a missing field is empty.
  /// - Throws: ``TabularError``: a file that cannot be written, which is then as it was before; a column that holds
  ///   numbers and other things.
  public func write(csv path: String) throws(TabularError) { try write(path, CSVEncoder()) }

  func write(_ path: String, _ encoder: some TableEncoder) throws(TabularError) {
    var writer = try TableWriter(path, columnNames, encoder)
    try writer.append(try encoder.rows(self), rows: rowCount)
    try writer.finish()
  }
}
