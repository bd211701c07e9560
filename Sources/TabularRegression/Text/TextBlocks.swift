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
/// Where a block ends depends on the text and the block size alone. As long as no quote has been seen in a block it ends
/// behind a newline; otherwise its records are walked through, so that the next block begins with a row again.
struct TextBlocks {
  /// Names of the columns, the same in all files.
  private(set) var columnNames: [String] = []

  private let origins: [TextOrigin]
  /// Of the file that is read.
  private var format: TextFormat
  private let options: ReadingOptions
  private var blockSize: Int
  /// Whether a block ends where nothing more is there yet.
  private let asTheyArrive: Bool

  private var stream: (any ByteStream)?
  private var isAtEnd = false
  private var nextOrigin = 0
  private var nextIndex = 0
  private var beginsFile = true
  private var file = ""
  /// The first file's last line of the header.
  private(set) var headerLine = 1
  private var line = 1
  /// What has been read and not cut yet.
  private var buffer: [UInt8] = []
  private var start = 0
  private var end = 0
  /// A block that has been looked at.
  private var peeked: TextBlock?
  /// Memory of blocks that have been read.
  private(set) var spare: SpareBuffers

  /// A record may be so long.
  static let longestRecord = 64 << 20

  /// Opens the first file and reads its header.
  init(
    _ origins: [TextOrigin], format: TextFormat, options: ReadingOptions, blockSize: Int,
    asTheyArrive: Bool = false
  ) throws(TabularError) {
    self.origins = origins
    self.format = format
    self.options = options
    self.blockSize = max(blockSize, 1)
    spare = SpareBuffers(size: self.blockSize + 2)
    self.asTheyArrive = asTheyArrive
    try openNext()
    // Of wide rows a block has more, up to 64 MiB: merging their factors takes as long as adding as many rows as columns.
    let widening = max(1, columnNames.count / 512)
    if widening > 1, !asTheyArrive {
      self.blockSize = max(self.blockSize, min(64 << 20, self.blockSize * widening * widening))
      spare = SpareBuffers(size: self.blockSize + 2)
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
      if !asTheyArrive || scan(blockSize).end_of_lines == 0 { try fill(blockSize + 2) }
      if start < end { break }
      if nextOrigin == origins.count { return nil }
      try openNext()
    }
    var cut = try cut()
    if columnNames.count == 1 {
      if asTheyArrive { try leaveLinesWithoutRows(&cut) } else { try addLinesWithoutRows(&cut) }
    }
    var block = takeBuffer(cut.size)
    swap(&block, &buffer)
    let rest = start + cut.size..<end
    // The rest of the block's buffer begins the next.
    buffer.withUnsafeMutableBytes { to in
      block.withUnsafeBytes { from in
        to.copyMemory(from: UnsafeRawBufferPointer(rebasing: from[rest]))
      }
    }
    if start > 0 {
      block.withUnsafeMutableBytes { bytes in
        let (to, from) = (bytes.baseAddress!, bytes.baseAddress! + start)
        to.copyMemory(from: from, byteCount: cut.size)
      }
    }
    (start, end) = (0, rest.count)
    defer {
      line += cut.newlines
      nextIndex += 1
      beginsFile = false
    }
    return TextBlock(
      index: nextIndex, file: file, delimiter: format.delimiter, firstLine: line, bytes: block,
      count: cut.size, newlines: cut.newlines, beginsFile: beginsFile, endsFile: isAtEnd && rest.isEmpty)
  }

  // MARK: Where a block ends

  /// What the next block is to be: so many bytes from `start` on, and newlines in them.
  private typealias Cut = (size: Int, newlines: Int)

  private mutating func cut() throws(TabularError) -> Cut {
    let contents = scan(blockSize)
    if isAtEnd, end - start <= blockSize { return (end - start, contents.newlines) }
    let cut: Cut = contents.quotes ? records(blockSize) : (contents.end_of_lines, contents.newlines)
    return cut.size > 0 ? cut : try firstRecord()
  }

  /// The next record, however long it is, behind so many bytes.
  private mutating func firstRecord(behind offset: Int = 0) throws(TabularError) -> Cut {
    while true {
      let record = record(behind: offset)
      if record.size > 0 { return (record.size, record.newlines) }
      if isAtEnd { return (end - start - offset, scan(end - start - offset, behind: offset).newlines) }
      try fill(2 * (end - start))
    }
  }

  /// Lines without a row behind a block belong to it: whether blank ones are rows depends on what follows.
  private mutating func addLinesWithoutRows(_ cut: inout Cut) throws(TabularError) {
    while true {
      let line = record(behind: cut.size)
      if line.field_count > 0 { return }
      if line.size > 0 {
        cut = (cut.size + line.size, cut.newlines + line.newlines)
      } else if isAtEnd {
        cut.size = end - start
        return
      } else {
        try fill(max(cut.size + blockSize + 2, end - start + 1))
      }
    }
  }

  /// Lines without a row at a block's end are left for the next, where what follows has not arrived yet.
  private mutating func leaveLinesWithoutRows(_ cut: inout Cut) throws(TabularError) {
    while !isAtEnd {
      let rows = records(cut.size, endsWithRow: true)
      if rows.size > 0 { return cut = rows }
      try fill(end - start + 1)
      cut = isAtEnd ? (end - start, scan(end - start).newlines) : records(end - start)
    }
  }

  /// What begins behind so many bytes, as far as it is there.
  private func record(behind offset: Int) -> text_record {
    format.withPointer { format in
      buffer.withUnsafeBufferPointer {
        text_read_record($0.baseAddress! + start + offset, end - start - offset, format, nil, 0)
      }
    }
  }

  private func scan(_ size: Int, behind offset: Int = 0) -> text_contents {
    buffer.withUnsafeBufferPointer {
      text_scan($0.baseAddress! + start + offset, min(size, end - start - offset))
    }
  }

  /// The complete records among so many bytes.
  private func records(_ size: Int, endsWithRow: Bool = false) -> Cut {
    var newlines = 0
    let size = format.withPointer { format in
      buffer.withUnsafeBufferPointer {
        text_records($0.baseAddress! + start, min(size, end - start), format, endsWithRow, &newlines)
      }
    }
    return (size, newlines)
  }

  // MARK: Files

  /// Opens the next file and moves behind its header.
  private mutating func openNext() throws(TabularError) {
    let origin = origins[nextOrigin]
    nextOrigin += 1
    beginsFile = true
    if options.delimiter == nil { format.delimiter = origin.usualDelimiter }
    (stream, isAtEnd, file, line) = (try origin.text(options, format.delimiter), false, origin.name, 1)
    (start, end) = (0, 0)
    while !isAtEnd, end < 3 { try fill(blockSize + 3) }
    while buffer[start..<end].starts(with: [0xEF, 0xBB, 0xBF]) { start += 3 }
    try skipLines()
    if let kind = FileKind(buffer[start..<end]) {
      throw .malformed(file: file, line: line, column: nil, message: kind.descriptionAsTable)
    }
    var passed: Cut = (0, 0)
    try addLinesWithoutRows(&passed)
    start += passed.size
    line += passed.newlines
    let first = try firstRecord()
    let record = buffer[start..<start + first.size]
    var header = Header(format: format, options: options)
    try header.read(record, file: file, line: line)
    let headerLine = line
    if options.hasHeader {
      start += first.size
      line += first.newlines
      var passed: Cut = (0, 0)
      try addLinesWithoutRows(&passed)
      // What begins with a quote may be the name of a row.
      if start + passed.size < end, buffer[start + passed.size] == UInt8(ascii: "\"") {
        let size = try firstRecord(behind: passed.size).size, row = start + passed.size
        try header.look(at: buffer[row..<row + size], file: file, line: line + passed.newlines)
      }
    }
    if nextOrigin == 1 {
      columnNames = header.names
      self.headerLine = headerLine
    } else {
      try header.check(against: columnNames, of: origins[0].name, file: file, line: headerLine)
    }
  }

  /// Moves behind the lines at a file's beginning that are to be passed over.
  private mutating func skipLines() throws(TabularError) {
    for _ in 0..<max(0, options.skippedLines) where start < end || !isAtEnd {
      while !buffer[start..<end].contains(0x0A), !isAtEnd {
        (start, end) = (0, 0)
        try fill(blockSize + 2)
      }
      start = buffer[start..<end].firstIndex(of: 0x0A).map { $0 + 1 } ?? end
      line += 1
    }
    if start == end, !isAtEnd { try fill(blockSize + 2) }
    if start == end, isAtEnd, options.skippedLines > 0 {
      throw .malformed(
        file: file, line: line, column: nil,
        message:
          "nothing follows the lines at the beginning that are skipped; skip fewer than \(options.skippedLines)"
      )
    }
  }

  /// Reads until so many bytes are there, or the end is; where rows are wanted as they arrive, until more are.
  private mutating func fill(_ count: Int) throws(TabularError) {
    if isAtEnd || end - start >= count { return }
    let count = min(count, max(Self.longestRecord, blockSize + 2))
    if end - start >= count {
      throw .malformed(
        file: file, line: line, column: nil,
        message:
          "the row that begins here does not end within \(Self.longestRecord >> 20) MiB; is a quote not closed?"
      )
    }
    if start + count > buffer.count {
      var larger = [UInt8](repeating: 0, count: max(blockSize + 2, start + count))
      larger.withUnsafeMutableBytes { to in buffer.withUnsafeBytes { to.copyMemory(from: $0) } }
      buffer = larger
    }
    while end - start < count, !isAtEnd {
      guard let stream else { break }
      let room = end..<start + count
      let (read, error) = buffer.withUnsafeMutableBytes { bytes -> (Int, TabularError?) in
        do throws(TabularError) {
          return (try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[room])), nil)
        } catch {
          return (0, error)
        }
      }
      if let error { throw error }
      if read == 0 { isAtEnd = true }
      end += read
      if asTheyArrive { break }
    }
    if isAtEnd { stream = nil }
  }

  /// A buffer for what follows a block of so many bytes.
  private mutating func takeBuffer(_ size: Int) -> [UInt8] {
    let rest = end - start - size
    if rest <= blockSize + 2, let buffer = spare.take() { return buffer }
    return [UInt8](repeating: 0, count: max(rest, blockSize + 2))
  }
}

/// Memory of blocks that have been read, for later ones; taken and given back by several threads, none of which waits for another's
/// reading.
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
