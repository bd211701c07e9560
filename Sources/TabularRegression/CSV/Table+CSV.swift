extension Table {
  /// Reads a CSV file whose first line names the columns.
  ///
  /// - Parameters:
  ///   - path: the file, or "-" for standard input.
  ///   - categories: columns whose fields are words, of digits too.
  /// - Throws: ``TabularError``: an unreadable file; no header, or one that repeats, omits or lacks names; a record with
  ///   more or fewer fields than the header; an unclosed quote; a column name that is not UTF-8; no rows. Fields that are not
  ///   numbers are reported when their column's numbers are asked for.
  public init(csv path: String, categories: Set<String> = []) throws(TabularError) {
    try self.init(
      csvBytes: try Files.read(path), source: path == "-" ? "standard input" : path, categories: categories)
  }

  /// Reads the text of a CSV file whose first line names the columns.
  ///
  /// - Parameters:
  ///   - text: the text.
  ///   - source: its name in messages.
  ///   - categories: columns whose fields are words, of digits too.
  /// - Throws: as ``init(csv:categories:)``.
  public init(csvText text: String, source: String, categories: Set<String> = []) throws(TabularError) {
    try self.init(csvBytes: Array(text.utf8), source: source, categories: categories)
  }

  init(csvBytes bytes: [UInt8], source: String, categories: Set<String> = []) throws(TabularError) {
    var records = try CSVRecords(bytes, file: source)
    var columns = try Self.header(&records).map {
      ColumnBuilder(name: $0, isCategory: categories.contains($0))
    }
    var lines: [Int] = []
    while true {
      let fields = try records.nextRecord { (field) throws(TabularError) in
        guard field.index < columns.count else { return }  // counted, and reported below
        columns[field.index].append(field, file: source)
      }
      guard let fields else { break }
      if fields != columns.count {
        throw .malformed(
          file: source, line: records.recordLine,
          column: min(fields, columns.count) + (fields > columns.count ? 1 : 0),
          message:
            "the row has \(fields) \(fields == 1 ? "field" : "fields"), the header has \(columns.count); give each row one field per column"
        )
      }
      lines.append(records.recordLine)
    }
    if lines.isEmpty {
      throw .malformed(
        file: source, line: records.recordLine, column: nil,
        message: "there are no rows below the header; add data")
    }
    self.init(
      source: source, columns: columns.map(\.column), rowCount: lines.count,
      places: RowPlaces(file: source, lines: lines))
  }

  private static func header(_ records: inout CSVRecords) throws(TabularError) -> [String] {
    var names: [String] = []
    let file = records.file
    let fields = try records.nextRecord { (field) throws(TabularError) in
      guard let name = String(validating: field.bytes.trimmingSpaces(), as: UTF8.self) else {
        throw .malformed(
          file: file, line: field.line, column: field.index + 1,
          message: "the column's name is not UTF-8; save the file as UTF-8")
      }
      names.append(name)
    }
    let line = records.recordLine
    func error(_ index: Int?, _ message: String) -> TabularError {
      .malformed(file: file, line: line, column: index.map { $0 + 1 }, message: message)
    }
    guard fields != nil else {
      throw error(nil, "the file is empty; it should begin with a line of column names")
    }
    if names.allSatisfy({ if case .value = DecimalNumber(Array($0.utf8)[...]) { true } else { false } }) {
      throw error(nil, "the first line holds only numbers; put a line of column names above it")
    }
    if names.count == 1,
      let (_, separator) = [(";", "semicolons"), ("\t", "tabs")].first(where: { names[0].contains($0.0) })
    {
      throw error(0, "the columns seem to be separated by \(separator); separate them by commas")
    }
    if let unnamed = names.firstIndex(of: "") {
      throw error(unnamed, "the column has no name; name it, or write the file without its row index")
    }
    var first: [String: Int] = [:]
    for (index, name) in names.enumerated() {
      if let earlier = first.updateValue(index, forKey: name) {
        throw error(
          index, "the name \"\(name)\" stands over column \(earlier + 1) too; give each column its own name")
      }
    }
    records.recordsHaveOneField = names.count == 1
    return names
  }
}
