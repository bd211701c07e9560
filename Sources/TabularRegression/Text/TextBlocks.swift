private import CText
private import Synchronization

/// Whole rows of a table's text: what is read at a time.
struct TextBlock: Sendable {
  /// Position among the blocks of all files, from 0.
  let index: Int
  let file: String
  /// The byte between the file's fields.
  let delimiter: UInt8
  /// Line on which the block begins, from 1.
  let firstLine: Int
  /// The text is the first `count` of the bytes.
  var bytes: [UInt8]
  let count: Int
  let newlines: Int
  /// Whether the file's rows begin with it.
  let beginsFile: Bool
  /// Whether nothing follows in the file.
  let endsFile: Bool

  /// Whether it is all rows of a file that is small.
  var isSmallFile: Bool { beginsFile && endsFile && count <= TableReader.usualBlockSize }
}

// Safe: nothing else uses the stream.
extension TextBlocks: @unchecked Sendable {}

/// Cuts the text of one or several files behind their headers into blocks that begin and end with rows.
///
/// Where a block ends depends on the text and the block size alone. As long as no quote has been seen in a block it
/// ends behind a newline; otherwise its records are walked through, so that the next block begins with a row again.
struct TextBlocks {
  /// Names of the columns, the same in all files.
  private(set) var columnNames: [String] = []

  private let origins: [TextOrigin]
  private let options: ReadingOptions
  private var nextOrigin = 0
  private var nextIndex = 0
  private var beginsFile = true
  /// The first file's last line of the header.
  private(set) var headerLine = 1
  /// What has been read and not cut yet.
  private var text: TextBuffer
  /// A block that has been looked at.
  private var peeked: TextBlock?
  /// Memory of blocks that have been read.
  private(set) var spare: SpareBuffers

  /// Opens the first file and reads its header.
  init(
    _ origins: [TextOrigin], format: TextFormat, options: ReadingOptions, blockSize: Int,
    asTheyArrive: Bool = false
  ) throws(TabularError) {
    self.origins = origins
    self.options = options
    text = TextBuffer(format, blockSize: max(blockSize, 1), asTheyArrive: asTheyArrive)
    spare = SpareBuffers(size: text.blockSize + 2)
    try openNext()
    // Of wide rows a block has more, up to 64 MiB: merging their factors takes as long as adding as many rows as
    // columns.
    let widening = max(1, columnNames.count / 512)
    if widening > 1, !asTheyArrive {
      text.blockSize = max(text.blockSize, min(64 << 20, text.blockSize * widening * widening))
      spare = SpareBuffers(size: text.blockSize + 2)
    }
  }

  /// The next block, which stays the next; nil at the end of the last file.
  mutating func peek() throws(TabularError) -> TextBlock? {
    if peeked == nil { peeked = try next() }
    return peeked
  }

  /// The next block; nil at the end of the last file.
  mutating func next() throws(TabularError) -> TextBlock? {
    if let block = peeked.take() { return block }
    while true {
      if !text.asTheyArrive || text.scan(text.blockSize).end_of_lines == 0 {
        try text.fill(text.blockSize + 2)
      }
      if !text.isEmpty { break }
      if nextOrigin == origins.count { return nil }
      try openNext()
    }
    var cut = try text.nextCut()
    if columnNames.count == 1 {
      if text.asTheyArrive {
        try text.leaveLinesWithoutRows(&cut)
      } else {
        try text.addLinesWithoutRows(&cut)
      }
    }
    let line = text.line, bytes = text.take(cut, spare)
    defer {
      nextIndex += 1
      beginsFile = false
    }
    return TextBlock(
      index: nextIndex, file: text.file, delimiter: text.format.delimiter, firstLine: line, bytes: bytes,
      count: cut.size, newlines: cut.newlines, beginsFile: beginsFile, endsFile: text.isAtEnd && text.isEmpty)
  }

  /// Opens the next file and moves behind its header.
  private mutating func openNext() throws(TabularError) {
    try text.open(origins[nextOrigin], options)
    nextOrigin += 1
    beginsFile = true
    text.pass(try text.linesWithoutRows())
    let first = try text.firstRecord(), headerLine = text.line
    var header = Header(format: text.format, options: options)
    try header.read(text.bytes(of: first), file: text.file, line: headerLine)
    if options.hasHeader {
      text.pass(first)
      let passed = try text.linesWithoutRows()
      // What begins with a quote may be the name of a row.
      if text.rest.dropFirst(passed.size).first == UInt8(ascii: "\"") {
        let row = try text.firstRecord(behind: passed.size)
        try header.look(
          at: text.bytes(of: row, behind: passed.size), file: text.file, line: text.line + passed.newlines)
      }
    }
    if nextOrigin == 1 {
      columnNames = header.names
      self.headerLine = headerLine
    } else {
      try header.check(against: columnNames, of: origins[0].name, file: text.file, line: headerLine)
    }
  }
}

/// Memory of blocks that have been read, for later ones; taken and given back by several threads, none of which waits
/// for another's reading.
final class SpareBuffers: Sendable {
  private let size: Int
  private let buffers = Mutex<[[UInt8]]>([])

  init(size: Int) { self.size = size }

  func take() -> [UInt8]? { buffers.withLock { $0.popLast() } }

  func put(_ buffer: consuming [UInt8]) {
    if buffer.count != size { return }
    let buffer = buffer
    buffers.withLock { if $0.count < 64 { $0.append(buffer) } }
  }
}
