internal import CText

/// The line above a table's rows that names the columns, or the first row where there is none.
struct Header {
  private(set) var names: [String] = []
  /// Whether the first name is in quotes.
  private var hasQuotes = false
  private let format: TextFormat
  private let options: ReadingOptions

  /// What separates fields of other files than those with commas, and how it is said.
  private static let separators = [
    (";", "semicolons; give -d ';'"), ("\t", "tabs; give -t"), ("|", "vertical bars; give -d '|'"),
  ]

  /// - Parameter options: they say whether the record holds names, and which those of the columns are otherwise.
  init(format: TextFormat, options: ReadingOptions) {
    self.format = format
    self.options = options
  }

  /// Reads a file's first record, which is on a line; no bytes where the file is empty.
  mutating func read(_ record: ArraySlice<UInt8>, file: String, line: Int) throws(TabularError) {
    let line = record.isEmpty ? 1 : line
    func error(_ index: Int?, _ message: String) -> TabularError {
      .malformed(file: file, line: line, column: index.map { $0 + 1 }, message: message)
    }
    let fields = try fields(record, file: file, line: line)
    guard options.hasHeader else {
      if fields.isEmpty { throw error(nil, "the file is empty; it should hold rows") }
      names = try ColumnNames(
        options.names, count: fields.count, of: "the rows have", error: { error(nil, $1) }
      ).names
      return
    }
    var names: [String] = []
    for field in fields {
      guard let name = String(validating: field, as: UTF8.self) else {
        throw error(
          names.count, "the column's name is not UTF-8; give its --encoding, or save the file as UTF-8")
      }
      names.append(name)
    }
    if names.isEmpty { throw error(nil, "the file is empty; it should begin with a line of column names") }
    if names.allSatisfy({ DecimalNumber(Array($0.utf8)[...]).nearest != nil }) {
      throw error(
        nil, "the first line holds only numbers; put a line of column names above it, or give --no-header")
    }
    if names[0].lowercased().hasPrefix("sep="), names.joined().count <= 5 {
      throw error(
        0, "the line tells a spreadsheet what separates fields; pass over it by --skip 1, and give that as -d"
      )
    }
    if names.count == 1, format.delimiter == UInt8(ascii: ","),
      let (_, separator) = Self.separators.first(where: { names[0].contains($0.0) })
    {
      throw error(0, "the columns seem to be separated by \(separator), or separate them by commas")
    }
    // As R and pandas write them.
    if names[0].isEmpty, names.count > 1 { names[0] = Table.rowNames }
    hasQuotes = record.first == UInt8(ascii: "\"")
    if let unnamed = names.firstIndex(of: "") {
      throw error(
        unnamed,
        unnamed == names.count - 1
          ? "the line ends in a delimiter, so that the last column has no name; name it, or end lines without one"
          : "the column has no name; name it")
    }
    var first: [String: Int] = [:]
    for (index, name) in names.enumerated() {
      if let earlier = first.updateValue(index, forKey: name) {
        throw error(
          index,
          "the name \"\(printable(name))\" stands over column \(earlier + 1) too; give each column its own name"
        )
      }
    }
    self.names = names
  }

  /// Takes the first row below the names: where it has one field more, and names and the first field are in quotes,
  /// that field is the row's name, as R's write.table has it. A delimiter that ends the row makes no field more.
  mutating func look(at row: ArraySlice<UInt8>, file: String, line: Int) throws(TabularError) {
    if row.isEmpty || !hasQuotes || names.contains(Table.rowNames) { return }
    let fields = try fields(row, file: file, line: line)
    if fields.count == names.count + 1, fields.last?.isEmpty == false {
      names.insert(Table.rowNames, at: 0)
    }
  }

  /// The fields of a record.
  private func fields(
    _ record: ArraySlice<UInt8>, file: String, line: Int
  ) throws(TabularError) -> [[UInt8]] {
    if record.isEmpty { return [] }
    var fields = Array(repeating: text_field(), count: record.count { $0 == format.delimiter } + 1)
    return try record.withUnsafeBufferPointer { (bytes) throws(TabularError) -> [[UInt8]] in
      let found = format.withPointer {
        text_read_record(bytes.baseAddress, bytes.count, $0, &fields, fields.count)
      }
      if found.fault.kind != text_sound {
        throw TableColumn.Fault(found.fault, file: file, line: line, columns: fields.count).error
      }
      return fields.prefix(found.field_count).map { $0.bytes(in: bytes) }
    }
  }

  /// Throws where an earlier file has other columns.
  func check(
    against others: [String], of first: String, file: String, line: Int
  ) throws(TabularError) {
    func error(_ index: Int?, _ message: String) -> TabularError {
      .malformed(
        file: file, line: line, column: index.map { $0 + 1 },
        message: "\(message); give all files the same columns in the same order")
    }
    if let index = zip(names, others).enumerated().first(where: { $1.0 != $1.1 })?.offset {
      throw error(
        index,
        "the column is \"\(printable(names[index]))\", in \(first) it is \"\(printable(others[index]))\"")
    }
    if names.count != others.count {
      throw error(
        nil,
        "there \(names.count == 1 ? "is 1 column" : "are \(names.count) columns"), in \(first) \(others.count)"
      )
    }
  }
}
