/// The line above a table's rows that names the columns, or the first row where there is none.
struct Header {
  private(set) var names: [String] = []
  private let format: TextFormat
  private let options: ReadingOptions

  /// - Parameter options: they say whether the record holds names, and which those of the columns are otherwise.
  init(format: TextFormat, options: ReadingOptions) {
    self.format = format
    self.options = options
  }

  /// Reads the first record.
  mutating func read(_ records: inout CSVRecords) throws(TabularError) {
    let file = records.file
    guard options.hasHeader else {
      guard let count = try records.nextRecord({ _ in }) else {
        throw .malformed(file: file, line: 1, column: nil, message: "the file is empty; it should hold rows")
      }
      names = try ColumnNames(
        options.names, count: count, of: "the rows have",
        error: { .malformed(file: file, line: records.recordLine, column: nil, message: $1) }
      ).names
      return
    }
    var names: [String] = []
    let fields = try records.nextRecord { (field) throws(TabularError) in
      guard let name = String(validating: field.bytes.trimmingSpaces(), as: UTF8.self) else {
        throw .malformed(
          file: file, line: field.line, column: field.index + 1,
          message: "the column's name is not UTF-8; save the file as UTF-8")
      }
      names.append(name)
    }
    let line = fields == nil ? 1 : records.recordLine
    func error(_ index: Int?, _ message: String) -> TabularError {
      .malformed(file: file, line: line, column: index.map { $0 + 1 }, message: message)
    }
    guard fields != nil else {
      throw error(nil, "the file is empty; it should begin with a line of column names")
    }
    if names.allSatisfy({ if case .value = DecimalNumber(Array($0.utf8)[...]) { true } else { false } }) {
      throw error(
        nil, "the first line holds only numbers; put a line of column names above it, or give --no-header")
    }
    if names.count == 1, format.delimiter == UInt8(ascii: ","),
      let (_, separator) = [(";", "semicolons; give -d ';'"), ("\t", "tabs; give -t")].first(where: {
        names[0].contains($0.0)
      })
    {
      throw error(0, "the columns seem to be separated by \(separator), or separate them by commas")
    }
    if let unnamed = names.firstIndex(of: "") {
      throw error(unnamed, "the column has no name; name it, or write the file without its row index")
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
