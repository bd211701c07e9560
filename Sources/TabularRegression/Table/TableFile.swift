/// What a file's table is written in.
package enum TableFormat: String, CaseIterable, Sendable {
  case csv, tsv, npy

  /// The format that a file's name ends in; nil for another ending.
  package init?(endingOf path: String) {
    guard let dot = path.lastIndex(of: ".") else { return nil }
    self.init(rawValue: path[path.index(after: dot)...].lowercased())
  }
}

/// A file with a table in one of the formats, read in blocks of rows.
package enum TableFile: Sendable {
  case csv(String)
  case npy(NPYFile)

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: the file, or "-" for standard input.
  ///   - format: its format.
  ///   - names: the columns' names, of a format that has none.
  package init(_ path: String, _ format: TableFormat, names: [String]? = nil) throws(TabularError) {
    self = format == .npy ? .npy(try NPYFile(path, names: names)) : .csv(path)
  }

  /// Whether its numbers are of single precision.
  package var isSinglePrecision: Bool {
    if case .npy(let file) = self { file.isSinglePrecision } else { false }
  }

  /// Reads the rows in blocks.
  ///
  /// - Parameters:
  ///   - columns: the columns that are read; nil for all.
  ///   - work: works on a block, on any thread.
  ///   - take: takes the blocks' results in the file's order, on the caller's thread.
  package func forEachBlock<Result: Sendable>(
    columns: Set<String>? = nil, work: @Sendable (Table) throws(TabularError) -> Result,
    take: (Result) throws(TabularError) -> Void
  ) throws(TabularError) {
    switch self {
    case .npy(let file): try file.forEachBlock(columns: columns, work: work, take: take)
    case .csv(let path): try take(work(try Table(csv: path)))
    }
  }
}

extension Table {
  /// Some of the columns, in the order of the names.
  ///
  /// - Throws: ``TabularError/noColumn(_:file:available:)``.
  package func selecting(_ names: [String]) throws(TabularError) -> Table {
    var columns: [TableColumn] = []
    for name in names { columns.append(try find(name)) }
    return Table(source: source, columns: columns, rowCount: rowCount, places: places)
  }
}
