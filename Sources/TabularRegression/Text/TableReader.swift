internal import CText
internal import LinearRegression
private import Synchronization

/// One or several files with the same header, read as one table, in blocks of rows.
///
/// Threads read blocks at the same time, of which only a few are in memory. Blocks end where the text alone decides, so
/// that results have the same bits whatever the number of threads.
package final class TableReader: Sendable {
  /// What messages about all rows call the table: the first file.
  package let source: String

  /// Names of the columns, in the file's order.
  package let columnNames: [String]

  private let origins: [TextOrigin]
  /// What the files were when they were opened.
  private let stamps: [FileStamp?]
  private let pipes: [PipeCopy]
  private let format: TextFormat
  private let options: ReadingOptions
  private let blockSize: Int
  private let asTheyArrive: Bool
  private let countsRaggedRows: Bool
  private let headerLine: Int
  private let firstKinds: Mutex<[ColumnKind]>
  /// The part of the leaves that is read; nil for all.
  private let part: Part?
  package let division: Division
  /// Bytes of a leaf.
  private let pieceSize: Int
  private let newlinesAbove = Mutex<Int?>(nil)
  /// The blocks of the first reading, until it begins.
  private let opened: Mutex<TextBlocks?>

  /// Bytes of a block: large enough for a read from disk, small enough for the cache of a core or two.
  package static let usualBlockSize = 1 << 22

  /// Opens files and reads the first one's header.
  ///
  /// - Parameters:
  ///   - paths: one or more; "-" is standard input. What gzip has compressed is inflated.
  ///   - blockSize: bytes of a block.
  ///   - asTheyArrive: whether rows of a pipe are handed out as soon as they are there, on one thread: blocks are then
  ///     as they come.
  ///   - countsRaggedRows: whether rows of another number of fields than the header's are counted, and not refused.
  ///   - part: the part of the leaves that is read; nil for all.
  package convenience init(
    _ paths: [String], options: ReadingOptions = ReadingOptions(), blockSize: Int = usualBlockSize,
    asTheyArrive: Bool = false, countsRaggedRows: Bool = false, part: Part? = nil
  ) throws(TabularError) {
    try self.init(
      paths.map(TextOrigin.init), options: options, blockSize: blockSize, asTheyArrive: asTheyArrive,
      countsRaggedRows: countsRaggedRows, part: part)
  }

  init(
    _ origins: [TextOrigin], options: ReadingOptions, blockSize: Int = usualBlockSize,
    asTheyArrive: Bool = false, countsRaggedRows: Bool = false, usesVectors: Bool = true, part: Part? = nil
  ) throws(TabularError) {
    if origins.isEmpty { throw .unusable(file: "table", message: "there is no file; give one or more") }
    self.origins = origins
    stamps = origins.map(\.stamp)
    self.blockSize = blockSize
    self.countsRaggedRows = countsRaggedRows
    source = origins[0].name
    self.options = options
    pipes = origins.compactMap { if case .pipe(let copy) = $0 { copy } else { nil } }
    self.asTheyArrive = asTheyArrive && !pipes.isEmpty
    self.part = part
    if part != nil, let pipe = pipes.first {
      throw .unusable(
        file: pipe.name, message: "a pipe is read once, by one process; give files to read parts of them")
    }
    format = try TextFormat(
      options, file: source, countsRaggedRows: countsRaggedRows, usesVectors: usesVectors)
    let blocks = try TextBlocks(
      origins, format: format, options: options, blockSize: blockSize, asTheyArrive: self.asTheyArrive,
      part: part)
    columnNames = blocks.columnNames
    headerLine = blocks.headerLine
    (division, pieceSize) = (blocks.division, blocks.pieceSize)
    firstKinds = Mutex(
      columnNames.map {
        options.verbatim.contains($0)
          ? text_verbatim : options.categories.contains($0) ? text_words : text_undecided
      })
    opened = Mutex(blocks)
  }

  package func prepareToRepeat() throws(TabularError) {
    for pipe in pipes { try pipe.keep() }
  }

  /// The first rows of all; those that are read here are read by ``forEachBlock(columns:threads:isCancelled:work:take:)``
  /// again.
  package func firstBlock() throws(TabularError) -> Table {
    let block = try opened.withLock { (blocks) throws(TabularError) -> TextBlock? in
      if division.range.lowerBound == 0, !division.range.isEmpty, let first = try blocks?.peek() {
        return first
      }
      if !division.isPart { return nil }
      precondition(pipes.isEmpty, "the first rows of a pipe are looked at before all are read")
      var whole = try TextBlocks(origins, format: format, options: options, blockSize: blockSize)
      return try whole.next()
    }
    guard let block else { throw noRows }
    var kinds = firstKinds.withLock { $0 }
    let table = try makeParser(nil).parse(block, &kinds)
    // What the first rows are is known above all parts.
    if part != nil { firstKinds.withLock { $0 = kinds } }
    return table
  }

  /// What stands in the leaves that are read, file by file: how many newlines, and whether there are quotes; nil for
  /// files that are not read, or not as they stand.
  ///
  /// - Complexity: one reading of the bytes, without their fields.
  func contents() throws(TabularError) -> [TextContents?] {
    let ranges = division.leaves.ofEachFile(division.range), size = pieceSize
    var found: [TextContents?] = []
    for (origin, leaves) in zip(origins, ranges) {
      guard case .file(let path) = origin, !leaves.isEmpty else {
        found.append(nil)
        continue
      }
      var contents = TextContents(), bytes = [UInt8](repeating: 0, count: 1 << 20)
      let file = try FileBytes(path, from: leaves.lowerBound * size)
      var left = leaves.count * size
      while left > 0 {
        let count = try bytes.read(from: file, into: 0..<min(bytes.count, left))
        if count == 0 { break }
        let scanned = bytes.withUnsafeBufferPointer { text_scan($0.baseAddress!, count) }
        contents.newlines += scanned.newlines
        contents.hasQuotes = contents.hasQuotes || scanned.quotes
        left -= count
      }
      found.append(contents)
    }
    return found
  }

  /// Takes in what stands in the leaves above those that are read, where it has no quotes: they then begin behind a
  /// newline, and need not be read.
  func begin(below contents: [TextContents?]) {
    let first = zip(division.leaves.ofEachFile(division.range), contents).first { !$0.0.isEmpty }
    guard let above = first?.1, !above.hasQuotes else { return }
    opened.withLock { $0?.newlinesAbove = above.newlines }
    newlinesAbove.withLock { $0 = above.newlines }
  }

  /// Reads all rows: each block is worked on by the thread that has read it, and what that gives is taken in the file's
  /// order by the caller's thread.
  ///
  /// A column's fields are numbers or words, as its first field is that is not missing. Blocks above that one have
  /// numbers, all of them missing.
  ///
  /// - Parameters:
  ///   - columns: the columns to read, which are there; nil for all. Others are not in the blocks.
  ///   - threads: how many threads read; `take` runs beside them.
  ///   - isCancelled: asked before each block; the reading ends there, as if there were no more rows.
  ///   - work: called with blocks of at least one row, by several threads at a time.
  ///   - take: called with the results in order.
  func forEachBlock<Result: Sendable>(
    columns: Set<String>? = nil, threads: Int = Parallelism.threads,
    isCancelled: @escaping @Sendable () -> Bool = { false },
    work: @escaping @Sendable (Table) throws(TabularError) -> Result,
    take: (Result) throws(TabularError) -> Void
  ) throws(TabularError) {
    if let missing = columns?.subtracting(columnNames).min() {
      throw .noColumn(missing, file: source, available: columnNames)
    }
    let (blocks, isFirst) = try takeBlocks()
    let input = BlockInput(blocks, firstKinds.withLock { $0 })
    var rows = 0
    for pipe in pipes { pipe.cancel(where: isCancelled) }
    try inOrder(threads: asTheyArrive ? 1 : threads) { () -> (position: Int, piece: BlockInput.Piece)? in
      if isCancelled() { return nil }
      let piece = input.next()
      // What had arrived may end within a row.
      return isCancelled() ? nil : piece.map { (position: $0.index, piece: $0) }
    } stop: {
      for pipe in pipes { pipe.cancel { true } }
    } makeWork: { [self] in
      let parser = makeParser(columns)
      return { (piece) throws(TabularError) in
        let table = try input.parse(piece, by: parser)
        return WorkedBlock(rows: table.rowCount, result: table.rowCount > 0 ? try work(table) : nil)
      }
    } take: { (block) throws(TabularError) in
      rows += block.rows
      if let result = block.result { try take(result) }
    }
    if rows == 0, part == nil, !isCancelled() { throw noRows }
    if !isFirst { try requireUnchanged() }
  }

  private func takeBlocks() throws(TabularError) -> (TextBlocks, isFirst: Bool) {
    if let blocks = opened.withLock({ $0.take() }) {
      for pipe in pipes { pipe.forget() }
      return (blocks, true)
    }
    try requireUnchanged()
    var blocks = try TextBlocks(
      origins, format: format, options: options, blockSize: blockSize, asTheyArrive: asTheyArrive,
      part: part)
    blocks.newlinesAbove = newlinesAbove.withLock { $0 }
    return (blocks, false)
  }

  /// Throws where a file that is read again has been written to.
  private func requireUnchanged() throws(TabularError) {
    for (origin, stamp) in zip(origins, stamps) where origin.stamp != stamp {
      throw FileStamp.changed(origin.name)
    }
  }

  private func makeParser(_ selected: Set<String>?) -> BlockParser {
    BlockParser(
      source: source, columnNames: columnNames, selected: selected, format: format,
      countsRaggedRows: countsRaggedRows, digits: options.digits)
  }

  private var noRows: TabularError {
    .malformed(
      file: source, line: headerLine, column: nil, message: "there are no rows below the header; add data")
  }
}

/// What is looked for in the bytes of a text.
struct TextContents: Codable {
  var newlines = 0
  var hasQuotes = false

  mutating func merge(_ later: TextContents) {
    newlines += later.newlines
    hasQuotes = hasQuotes || later.hasQuotes
  }
}

/// What became of a block.
private struct WorkedBlock<Result: Sendable>: Sendable {
  let rows: Int
  /// Nil where the block has no rows.
  let result: Result?
}
