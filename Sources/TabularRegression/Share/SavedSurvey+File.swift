internal import LinearRegression

extension SavedSurvey {
  /// Writes a file: whole, or not at all.
  package func write(to path: String) throws(TabularError) { try Self.envelope.write(self, to: path) }

  var fileBytes: [UInt8] { Self.envelope.bytes(of: self) }

  /// Reads a file.
  ///
  /// - Parameter path: the file, or "-" for standard input.
  package init(contentsOf path: String) throws(TabularError) { try self.init(Self.envelope.file(path)) }

  init(_ file: RandomAccessFile) throws(TabularError) { self = try Self.envelope.open(file) }
}

extension SavedSurvey: Codable {
  private enum Key: String, CodingKey { case none, blocks, reading, files }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(none, forKey: .none)
    try container.encode(blocks, forKey: .blocks)
    try container.encode(reading, forKey: .reading)
    try container.encode(files, forKey: .files)
    try contents.encode(to: encoder)
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let none = try container.decode(DesignSurvey.self, forKey: .none)
    self.init(
      none: none, blocks: try container.count(.blocks),
      reading: try container.decode(String.self, forKey: .reading),
      files: try container.decode([FileLeaves.File].self, forKey: .files),
      contents: try SavedLeaves(from: decoder, join: Self.join) { $0.isOfSameFit(as: none) })
    let rows = contents.subtrees.reduce(0.0) { $0 + Double($1.value.rowCount) }
    try container.check(rows <= 0x1p53, .blocks, "more rows than can be counted")
  }
}
