import ArgumentParser
import LinearRegression
import TabularRegression

/// Where rows are written that are worked on as they are read.
struct RowOutput {
  /// The file, "-" for standard output.
  let path: String
  /// Columns of the rows that are passed through.
  let passed: [String]
  /// Columns that are formed.
  let own: [String]
  /// Columns that are read.
  let columnsRead: Set<String>

  /// The format that the ending of a file's name says, CSV for none.
  static func format(_ path: String) -> TableFormat { TableFormat(endingOf: path) ?? .csv }

  /// Throws where two columns would have one name.
  static func checkNames(passed: [String], own: [String]) throws {
    var taken = Set(own)
    for name in passed where !taken.insert(name).inserted {
      throw ValidationError("--pass \(name): there would be two columns of that name.")
    }
  }

  /// Writes rows as they come.
  ///
  /// - Parameters:
  ///   - work: what a block becomes, and what is said of it.
  ///   - take: takes what is said of the blocks, in order.
  func write<Notes: Codable & Sendable>(
    _ file: TableFile, on communicator: any Communicator,
    _ work: @escaping @Sendable (Table) throws(TabularError) -> (table: Table, notes: Notes),
    take: (Notes) -> Void
  ) throws {
    switch Self.format(path) {
    case .csv: try write(file, CSVEncoder(), communicator, work, take)
    case .tsv: try write(file, CSVEncoder(delimiter: "\t"), communicator, work, take)
    case .npy: try write(file, NPYEncoder<Double>(), communicator, work, take)
    }
  }

  private func write<Notes: Codable & Sendable>(
    _ file: TableFile, _ encoder: some TableEncoder, _ communicator: any Communicator,
    _ work: @escaping @Sendable (Table) throws(TabularError) -> (table: Table, notes: Notes),
    _ take: (Notes) -> Void
  ) throws {
    var writer: TableWriter?
    try communicator.forEachBlock(of: file, columns: columnsRead) { (block) throws(TabularError) in
      let (table, notes) = try work(block)
      return EncodedBlock(bytes: try encoder.rows(table), rows: block.rowCount, notes: notes)
    } take: { (block) throws(TabularError) in
      if writer == nil { writer = try TableWriter(path, passed + own, encoder) }
      try writer?.append(block.bytes, rows: block.rows)
      take(block.notes)
    }
    try writer?.finish()
  }

  /// Prints all rows as JSON, an array for each column; those that are passed through stand in a member of their own.
  ///
  /// - Parameter key: the key of a column.
  func printJSON<Notes: Sendable>(
    _ file: TableFile, key: (String) -> String = { $0 },
    _ work: @escaping @Sendable (Table) throws(TabularError) -> (table: Table, notes: Notes),
    take: (Notes) -> Void
  ) throws {
    var rows = JoinedRows()
    try file.forEachBlock(columns: columnsRead) { (block) throws(TabularError) in
      try work(block)
    } take: { (block) in
      rows.append(block.table)
      take(block.notes)
    }
    let outer = try rows.columns.dropFirst(passed.count).map {
      "\(quotedForJSON(key($0.name))): \(try $0.json())"
    }
    let inner = try rows.columns.prefix(passed.count).map { "\(quotedForJSON($0.name)): \(try $0.json())" }
    let all = outer + (inner.isEmpty ? [] : ["\"columns\": {\(inner.joined(separator: ", "))}"])
    Terminal.print("{\(all.joined(separator: ", "))}")
  }
}
