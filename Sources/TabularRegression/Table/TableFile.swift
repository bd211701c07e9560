/// What a file's table is written in.
package enum TableFormat: String, CaseIterable, Sendable {
  case csv, tsv, npy

  /// The format that a file's name ends in, before ".gz"; nil for another ending.
  package init?(endingOf path: String) {
    var parts = path.split(separator: ".", omittingEmptySubsequences: false).dropFirst()
    if parts.last?.lowercased() == "gz" { parts.removeLast() }
    guard let ending = parts.last else { return nil }
    self.init(rawValue: ending.lowercased())
  }
}

/// Files with a table in one of the formats, read in blocks of rows.
package enum TableFile: TableSource {
  case text(TableReader)
  case npy(NPYFile)

  /// Opens files: one matrix, or one or several texts with the same header.
  ///
  /// - Parameters:
  ///   - paths: the files; "-" is standard input.
  ///   - format: their format; nil as their names end, and CSV for another ending.
  ///   - options: how text is read; where they say nothing else, fields of TSV are separated by tabs, and those of each
  ///     file as its name ends where there is no format.
  ///   - asTheyArrive: whether rows of a pipe are handed out as soon as they are there.
  ///   - countsRaggedRows: whether rows of text with another number of fields than the header's are counted, and not
  ///     refused.
  ///   - part: the part of the leaves that is read; nil for all.
  /// - Throws: ``TabularError``: a file that cannot be read, or is not in its format.
  package init(
    _ paths: [String], _ format: TableFormat? = nil,
    options: ReadingOptions = ReadingOptions(), asTheyArrive: Bool = false, countsRaggedRows: Bool = false,
    part: Part? = nil
  ) throws(TabularError) {
    let formats = paths.map { format ?? TableFormat(endingOf: $0) ?? .csv }
    if let matrix = zip(paths, formats).first(where: { $0.1 == .npy })?.0 {
      if paths.count > 1 {
        throw .unusable(file: matrix, message: "a matrix is read alone; give one file, or convert it to CSV")
      }
      self = .npy(try NPYFile(matrix, names: options.names, part: part))
      return
    }
    if options.names != nil && options.hasHeader {
      throw .unusable(
        file: paths[0],
        message: "the text's first line names the columns; leave other names out, or read it without a header"
      )
    }
    var options = options
    if options.delimiter == nil, let format { options.delimiter = format == .tsv ? "\t" : "," }
    self = .text(
      try TableReader(
        paths, options: options, asTheyArrive: asTheyArrive, countsRaggedRows: countsRaggedRows,
        part: part))
  }

  private var rows: any TableSource {
    switch self {
    case .text(let reader): reader
    case .npy(let file): file
    }
  }

  package var source: String { rows.source }
  package var columnNames: [String] { rows.columnNames }

  package func prepareToRepeat() throws(TabularError) { try rows.prepareToRepeat() }

  package func firstBlock() throws(TabularError) -> Table { try rows.firstBlock() }

  package var matrix: NPYFile? { rows.matrix }
  package var division: Division { rows.division }

  /// Whether its numbers are of single precision.
  package var isSinglePrecision: Bool {
    if case .npy(let file) = self { file.isSinglePrecision } else { false }
  }

  package func forEachBlock<Result: Sendable>(
    columns: Set<String>?, work: @escaping @Sendable (Table) throws(TabularError) -> Result,
    take: (Result) throws(TabularError) -> Void
  ) throws(TabularError) {
    try rows.forEachBlock(columns: columns, work: work, take: take)
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
