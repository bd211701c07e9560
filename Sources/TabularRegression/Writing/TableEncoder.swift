/// The bytes of a table in a file's format, block by block; blocks may be encoded on several threads.
package protocol TableEncoder: Sendable {
  /// What stands before the rows.
  ///
  /// - Parameter rows: how many there are; nil where that is not known yet. The bytes are as many whatever their
  ///   number.
  func header(_ names: [String], rows: Int?) -> [UInt8]

  /// The rows of a block.
  func rows(_ block: Table) throws(TabularError) -> [UInt8]

  /// Whether the header tells the number of rows.
  var countsRows: Bool { get }

  /// Whether the file has the columns' names; others have a file of names beside them.
  var holdsNames: Bool { get }
}

/// Writes a file of encoded blocks in constant memory, so that it is either whole or as it was before.
package struct TableWriter {
  private let path: String
  private let names: [String]
  private let encoder: any TableEncoder
  private let file: OutputFile
  /// Rows that wait for their number where the header cannot be put before them later, as in a pipe.
  private var waiting: [UInt8]?
  /// Rows written so far.
  package private(set) var rowCount = 0
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
    if encoder.countsRows && !file.canSeek {
      waiting = []
    } else {
      try file.write(encoder.header(names, rows: nil))
    }
  }

  /// Appends the encoder's bytes of some rows.
  package mutating func append(_ bytes: [UInt8], rows: Int) throws(TabularError) {
    rowCount += rows
    if waiting == nil { try file.write(bytes) } else { waiting! += bytes }
  }

  /// Ends the file.
  package mutating func finish() throws(TabularError) {
    if let waiting {
      try file.write(encoder.header(names, rows: rowCount))
      try file.write(waiting)
    } else if encoder.countsRows {
      try file.overwriteStart(encoder.header(names, rows: rowCount))
    }
    if !encoder.holdsNames && path != "-" {
      try Files.write(ColumnNames.file(names, beside: path), to: ColumnNames.path(beside: path))
    }
    try file.commit()
  }

  /// Leaves the file as it was.
  package func discard() { file.discard() }
}
