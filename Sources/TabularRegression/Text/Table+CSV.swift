internal import LinearAlgebra
internal import LinearRegression

extension Table {
  /// Reads a CSV file whose first line names the columns.
  ///
  /// - Parameters:
  ///   - path: the file, or "-" for standard input; what gzip has compressed is inflated.
  ///   - categories: columns whose fields are words, of digits too.
  /// - Throws: ``TabularError``: an unreadable file; no header, or one that repeats, omits or lacks names; a record
  ///   with more or fewer fields than the header; an unclosed quote; a column name that is not UTF-8; no rows. Fields
  ///   that are not numbers, or not UTF-8, are reported when their column is asked for.
  public init(csv path: String, categories: Set<String> = []) throws(TabularError) {
    try self.init(csv: [path], options: ReadingOptions(categories: categories))
  }

  /// Reads one or several CSV files with the same header as one table.
  ///
  /// - Parameters:
  ///   - paths: at least one file; "-" is standard input.
  ///   - options: how the text is read.
  /// - Throws: as ``init(csv:categories:)``; also where a file has other columns than the first.
  public init(csv paths: [String], options: ReadingOptions = ReadingOptions()) throws(TabularError) {
    try self.init(all: try TableReader(paths, options: options.keepingDigits()), isCancelled: { false })
  }

  /// Reads the text of a CSV file whose first line names the columns.
  ///
  /// - Parameters:
  ///   - text: the text.
  ///   - source: its name in messages.
  ///   - categories: columns whose fields are words, of digits too.
  /// - Throws: as ``init(csv:categories:)``.
  public init(csvText text: String, source: String, categories: Set<String> = []) throws(TabularError) {
    try self.init(csvText: text, source: source, options: ReadingOptions(categories: categories))
  }

  /// Reads the text of a CSV file.
  ///
  /// - Parameters:
  ///   - text: the text.
  ///   - source: its name in messages.
  ///   - options: how the text is read.
  /// - Throws: as ``init(csv:categories:)``.
  public init(csvText text: String, source: String, options: ReadingOptions) throws(TabularError) {
    let bytes = Array(text.utf8)
    // A short text is one block, also where each of its bytes becomes a character of three.
    let blockSize = min(TableReader.usualBlockSize, 3 * bytes.count + 3)
    try self.init(
      all: try TableReader(
        [.memory(bytes, name: source)], options: options.keepingDigits(), blockSize: blockSize),
      threads: bytes.count < blockSize ? 1 : Parallelism.threads, isCancelled: { false })
  }

  /// Reads one or several CSV files with the same header as one table, while the caller's actor does other things.
  ///
  /// - Parameters:
  ///   - paths: at least one file; "-" is standard input.
  ///   - options: how the text is read.
  /// - Throws: as ``init(csv:options:)``; ``TabularError/cancelled`` when the task is cancelled, which is noticed at
  ///   the next block.
  public static func reading(
    csv paths: [String], options: ReadingOptions = ReadingOptions()
  ) async throws(TabularError) -> Table {
    let signal = StopSignal()
    let table = try await inBackground {
      signal.request()
    } _: { () throws(TabularError) in
      try Table(
        all: TableReader(paths, options: options.keepingDigits()), isCancelled: { signal.isRequested })
    }
    if Task.isCancelled { throw .cancelled }
    return table
  }

  /// The rest of what a reader reads, as one table.
  init(
    all reader: TableReader, threads: Int = Parallelism.threads, isCancelled: @escaping @Sendable () -> Bool
  ) throws(TabularError) {
    var rows = JoinedRows()
    try reader.forEachBlock(threads: threads, isCancelled: isCancelled) { (block) in
      block
    } take: { (block) in
      rows.append(block)
    }
    self.init(reader.source, rows)
  }
}
