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
/// A file is cut into pieces of equal size, and the rows that end in a piece are a block: a leaf.
struct TextBlocks {
  /// Names of the columns, the same in all files.
  private(set) var columnNames: [String] = []

  /// The leaves of all files, and which of them are read.
  private(set) var division = Division(FileLeaves([]), nil)

  private let origins: [TextOrigin]
  private let options: ReadingOptions
  private var nextOrigin = 0
  /// The leaves of each file that are read.
  private var ranges: [Range<Int>] = []
  /// Whether the open file has been moved in to the first of its leaves.
  private var hasBegun = false
  /// Newlines above the leaves of the first file that are read, where it is known that no quotes are there.
  var newlinesAbove: Int?
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
  ///
  /// - Parameter part: the part of the leaves that is read; nil for all.
  init(
    _ origins: [TextOrigin], format: TextFormat, options: ReadingOptions, blockSize: Int,
    asTheyArrive: Bool = false, part: Part? = nil
  ) throws(TabularError) {
    self.origins = origins
    self.options = options
    text = TextBuffer(format, blockSize: max(blockSize, 1), asTheyArrive: asTheyArrive)
    spare = SpareBuffers(size: text.roomForBlock)
    try openNext()
    // Of wide rows a block has more, up to 64 MiB: merging their factors takes as long as adding as many rows as
    // columns.
    let widening = max(1, columnNames.count / 512)
    if widening > 1, !asTheyArrive {
      text.blockSize = max(text.blockSize, min(64 << 20, text.blockSize * widening * widening))
      spare = SpareBuffers(size: text.roomForBlock)
    }
    let leaves = FileLeaves(
      try origins.map { (origin) throws(TabularError) in
        try origin.leaves(of: text.blockSize, options)
      })
    division = Division(leaves, part, options)
    ranges = leaves.ofEachFile(division.range)
  }

  /// Bytes of a leaf.
  var pieceSize: Int { text.blockSize }

  /// The next block, which stays the next; nil at the end of the last file.
  mutating func peek() throws(TabularError) -> TextBlock? {
    if peeked == nil { peeked = try next() }
    return peeked
  }

  /// The next block; nil at the end of the last file.
  mutating func next() throws(TabularError) -> TextBlock? {
    if let block = peeked.take() { return block }
    guard var cut = try nextCut() else { return nil }
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

  /// What the next block is to be, in this file or another; nil at the end of the last file.
  private mutating func nextCut() throws(TabularError) -> TextBuffer.Cut? {
    while true {
      let leaves = ranges[nextOrigin - 1]
      if !leaves.isEmpty {
        try beginLeaves()
        if !text.asTheyArrive || text.scan(text.blockSize).end_of_lines > 0 {
          try text.fill(1)
        } else {
          try text.fill(text.blockSize + 2)
        }
        if !text.isEmpty {
          let cut = try text.nextCut()
          let isLast = leaves.upperBound == division.leaves.files[nextOrigin - 1].leaves
          if isLast || text.pieceEnd <= leaves.upperBound * text.blockSize { return cut }
        }
      }
      guard let next = (nextOrigin..<origins.count).first(where: { !ranges[$0].isEmpty }) else { return nil }
      nextOrigin = next
      try openNext()
    }
  }

  /// Moves to the first of the file's leaves that are read.
  private mutating func beginLeaves() throws(TabularError) {
    if hasBegun { return }
    hasBegun = true
    let first = ranges[nextOrigin - 1].lowerBound
    if first == 0 { return }
    let start = text.position
    if let newlinesAbove, case .file(let path) = origins[nextOrigin - 1] {
      try text.pass(pieces: first, of: path, newlines: newlinesAbove)
    } else {
      try text.pass(pieces: first)
    }
    if columnNames.count == 1, text.position > start { text.pass(try text.linesWithoutRows()) }
    beginsFile = false
  }

  /// Opens the next file and moves behind its header.
  private mutating func openNext() throws(TabularError) {
    try text.open(origins[nextOrigin], options)
    nextOrigin += 1
    (beginsFile, hasBegun) = (true, false)
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
  let size: Int
  private let buffers = Mutex<[[UInt8]]>([])

  init(size: Int) { self.size = size }

  func take() -> [UInt8]? { buffers.withLock { $0.popLast() } }

  func put(_ buffer: consuming [UInt8]) {
    if buffer.count != size { return }
    let buffer = buffer
    buffers.withLock { if $0.count < 64 { $0.append(buffer) } }
  }
}
