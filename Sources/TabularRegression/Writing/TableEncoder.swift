/// The bytes of a table in a file's format, block by block; blocks may be encoded on several threads.
package protocol TableEncoder: Sendable {
  /// What stands before the rows.
  ///
  /// - Parameter rows: what they are; nil where that is not known yet. The bytes are as many whatever they are.
  func header(_ names: [String], rows: EncodedRows?) -> [UInt8]

  /// The rows of a block.
  func rows(_ block: Table) throws(TabularError) -> [UInt8]

  /// Whether the header tells the number of rows.
  var countsRows: Bool { get }

  /// Whether the file has the columns' names; others have a file of names beside them.
  var holdsNames: Bool { get }
}

/// How many rows have been encoded, and the checksum of their bytes.
package struct EncodedRows {
  var count = 0
  var checksum = Checksum()
}

/// Writes a file of encoded blocks in constant memory, so that it is either whole or as it was before, and so a file of
/// names beside it, where it has one.
package struct TableWriter {
  private let path: String
  private let names: [String]
  private let encoder: any TableEncoder
  private let file: OutputFile
  private let hasNamesBeside: Bool
  /// Rows that wait for their number where the header cannot be put before them later, as in a pipe.
  private var waiting: [UInt8]?
  private var rows = EncodedRows()
  /// Rows written so far.
  package var rowCount: Int { rows.count }
  /// Number of columns.
  package var columnCount: Int { names.count }

  /// Begins a file.
  ///
  /// - Parameters:
  ///   - path: the file, or "-" for standard output.
  ///   - names: the columns' names.
  ///   - encoder: its format.
  package init(_ path: String, _ names: [String], _ encoder: some TableEncoder) throws(TabularError) {
    (self.path, self.names, self.encoder) = (path, names, encoder)
    file = try OutputFile(path)
    hasNamesBeside = !encoder.holdsNames && file.isInFolder
    if hasNamesBeside { try ColumnNames.checkReplaceable(beside: path) }
    if encoder.countsRows && !file.canSeek {
      waiting = []
    } else {
      try file.write(encoder.header(names, rows: nil))
    }
  }

  /// Throws where a file could not be written, or something else would be lost by it, before the work that it is to
  /// hold is done.
  ///
  /// - Parameter inputs: the files that the rows come from.
  package static func check(
    _ path: String, _ format: TableFormat, besides inputs: [String]
  ) throws(TabularError) {
    for input in inputs { try Files.checkWritable(path, besides: input) }
    guard format == .npy, OutputFile.isInFolder(path) else { return }
    let names = ColumnNames.path(beside: path)
    for input in inputs {
      try Files.checkWritable(names, besides: input, subject: "the file of the columns' names")
    }
    try ColumnNames.checkReplaceable(beside: path)
  }

  /// Appends the encoder's bytes of some rows.
  package mutating func append(_ bytes: [UInt8], rows count: Int) throws(TabularError) {
    rows.count += count
    if encoder.countsRows { bytes.withUnsafeBytes { rows.checksum.add($0) } }
    if waiting == nil { try file.write(bytes) } else { waiting! += bytes }
  }

  /// Ends the file.
  package mutating func finish() throws(TabularError) {
    if let waiting {
      try file.write(encoder.header(names, rows: rows))
      try file.write(waiting)
    } else if encoder.countsRows {
      try file.overwriteStart(encoder.header(names, rows: rows))
    }
    guard hasNamesBeside else { return try file.commit() }
    let beside = try OutputFile(ColumnNames.path(beside: path))
    try beside.write(ColumnNames.file(names, beside: path, checksum: rows.checksum))
    // In this order: new names beside an old matrix are refused, old ones beside a new one might be somebody's own.
    try OutputFile.commit([beside, file])
  }
}
