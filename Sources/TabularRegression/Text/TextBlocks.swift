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
      if asTheyArrive { try leaveBlankLines(&cut) } else { try addBlankLines(&cut) }
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

  /// The next record, however long it is.
  private mutating func firstRecord() throws(TabularError) -> Cut {
    while true {
      let record = buffer.withUnsafeBufferPointer {
        text_read_record($0.baseAddress! + start, end - start, format.delimiter, nil, 0)
      }
      if record.size > 0 { return (record.size, record.newlines) }
      if isAtEnd { return (end - start, scan(end - start).newlines) }
      try fill(2 * (end - start))
    }
  }

  /// Blank lines behind a block belong to it: whether they are rows depends on what follows.
  private mutating func addBlankLines(_ cut: inout Cut) throws(TabularError) {
    while true {
      if !isAtEnd, start + cut.size + 2 > end { try fill(cut.size + blockSize + 2) }
      let rest = buffer[start + cut.size..<end]
      // A CR that ends the file ends a line too.
      let length =
        rest.first == 0x0A || isAtEnd && rest.elementsEqual([0x0D])
        ? 1 : rest.starts(with: [0x0D, 0x0A]) ? 2 : 0
      if length == 0 { return }
      cut.size += length
      cut.newlines += 1
    }
  }

  /// Blank lines at a block's end are left for the next, where what follows has not arrived yet.
  private mutating func leaveBlankLines(_ cut: inout Cut) throws(TabularError) {
    while !isAtEnd {
      let block = buffer[start..<start + cut.size]
      guard let last = block.lastIndex(where: { $0 != 0x0A && $0 != 0x0D }) else {
        // Nothing but blank lines.
        try fill(end - start + 1)
        let contents = scan(end - start)
        cut = contents.quotes ? records(end - start) : (contents.end_of_lines, contents.newlines)
        if isAtEnd { cut.size = end - start }
        continue
      }
      let blank = block[last...].dropFirst().drop { $0 == 0x0D }.dropFirst()
      cut.size -= blank.count
      cut.newlines -= blank.count { $0 == 0x0A }
      return
    }
  }

  private func scan(_ size: Int) -> text_contents {
    buffer.withUnsafeBufferPointer { text_scan($0.baseAddress! + start, min(size, end - start)) }
  }

  /// The complete records among so many bytes.
  private func records(_ size: Int) -> Cut {
    var newlines = 0
    let size = buffer.withUnsafeBufferPointer {
      text_records($0.baseAddress! + start, min(size, end - start), format.delimiter, &newlines)
    }
    return (size, newlines)
  }

  // MARK: Files

  /// Opens the next file and moves behind its header.
  private mutating func openNext() throws(TabularError) {
    let origin = origins[nextOrigin]
    nextOrigin += 1
    (stream, isAtEnd, file, line) = (try origin.open(), false, origin.name, 1)
    beginsFile = true
    if options.delimiter == nil { format.delimiter = origin.usualDelimiter }
    (start, end) = (0, 0)
    while !isAtEnd, end < 4 { try fill(max(blockSize + 2, 4)) }
    let beginning = buffer[start..<end]
    if beginning.starts(with: [0xFF, 0xFE]) || beginning.starts(with: [0xFE, 0xFF]) {
      throw .malformed(file: file, line: 1, column: nil, message: "the text is UTF-16; save it as UTF-8")
    }
    if let kind = FileKind(beginning) {
      throw .malformed(file: file, line: 1, column: nil, message: kind.descriptionAsTable)
    }
    while buffer[start..<end].starts(with: [0xEF, 0xBB, 0xBF]) { start += 3 }
    var blank: Cut = (0, 0)
    try addBlankLines(&blank)
    start += blank.size
    line += blank.newlines
    let first = try firstRecord()
    let record = buffer[start..<start + first.size]
    if let ends = Self.oddLineEnds(record) {
      throw .malformed(
        file: file, line: 1, column: nil,
        message: "lines end in \(ends); save the file with LF or CRLF at line ends")
    }
    var header = Header(format: format, options: options)
    try header.read(record, file: file, line: line)
    let headerLine = line
    if options.hasHeader {
      start += first.size
      line += first.newlines
      if start == end { try fill(blockSize + 2) }
      // What begins with a quote may be the name of a row.
      let size = buffer[start..<end].first == UInt8(ascii: "\"") ? try firstRecord().size : 0
      try header.look(at: buffer[start..<start + size], file: file, line: line)
    }
    if nextOrigin == 1 {
      columnNames = header.names
      self.headerLine = headerLine
    } else {
      try header.check(against: columnNames, of: origins[0].name, file: file, line: headerLine)
    }
  }

  /// What other programs end lines in, where a file's first record shows that; a quote may hide it.
  private static func oddLineEnds(_ record: ArraySlice<UInt8>) -> String? {
    let quote = UInt8(ascii: "\"")
    guard let first = record.firstIndex(of: 0x0D), !record[..<first].contains(quote) else { return nil }
    let behind = record[(first + 1)...]
    if behind.starts(with: [0x0D, 0x0A]) { return "CR CR LF" }
    return behind.isEmpty || behind.first == 0x0A ? nil : "CR alone"
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
