internal import CText

/// The text of a file that has been read and not cut into blocks yet.
struct TextBuffer {
  /// What messages call the file.
  private(set) var file = ""
  /// The line on which the text begins.
  private(set) var line = 1
  /// Bytes of the file above the text, as they are read: inflated, and as UTF-8.
  private(set) var position = 0
  /// How its fields are told apart.
  private(set) var format: TextFormat
  /// Bytes of the pieces into which a file is cut; as much is read at a time.
  var blockSize: Int
  /// The last piece of which the records have been cut, or lie above the text, ends behind so many bytes of the file.
  private(set) var pieceEnd = 0
  /// Whether no more is waited for than what is there.
  let asTheyArrive: Bool

  private var stream: (any ByteStream)?
  /// Whether all of the file has been read.
  private(set) var isAtEnd = false
  /// The text is from `start` on, up to `end`.
  private var bytes: [UInt8] = []
  private var start = 0
  private var end = 0

  /// Bytes of memory for a block: a record may begin above its piece, and a CRLF end behind it.
  var roomForBlock: Int { blockSize + blockSize / 64 + 2 }

  /// The longest record.
  static let longestRecord = 64 << 20

  init(_ format: TextFormat, blockSize: Int, asTheyArrive: Bool) {
    (self.format, self.blockSize, self.asTheyArrive) = (format, blockSize, asTheyArrive)
  }

  /// The text.
  var rest: ArraySlice<UInt8> { bytes[start..<end] }
  var isEmpty: Bool { start == end }

  /// Begins with a file, behind the lines at its beginning that are to be passed over.
  mutating func open(_ origin: TextOrigin, _ options: ReadingOptions) throws(TabularError) {
    if options.delimiter == nil { format.delimiter = origin.usualDelimiter }
    (stream, isAtEnd, file, line) = (try origin.text(options, format.delimiter), false, origin.name, 1)
    (start, end, position, pieceEnd) = (0, 0, 0, 0)
    while !isAtEnd, end < 3 { try fill(blockSize + 3) }
    while rest.starts(with: [0xEF, 0xBB, 0xBF]) { drop(3) }
    try skip(lines: options.skippedLines)
    if let kind = FileKind(rest) {
      throw .malformed(file: file, line: line, column: nil, message: kind.descriptionAsTable)
    }
  }

  /// Moves behind bytes.
  mutating func pass(_ cut: Cut) {
    drop(cut.size)
    line += cut.newlines
  }

  private mutating func drop(_ count: Int) {
    start += count
    position += count
  }

  /// Takes bytes out; they are the first ones of the result.
  mutating func take(_ cut: Cut, _ spare: SpareBuffers) -> [UInt8] {
    let left = start + cut.size..<end, count = left.count
    var block =
      (count <= spare.size ? spare.take() : nil) ?? [UInt8](repeating: 0, count: max(count, spare.size))
    swap(&block, &bytes)
    // The rest of the block's buffer begins the next.
    bytes.withUnsafeMutableBytes { to in
      block.withUnsafeBytes { from in
        to.copyMemory(from: UnsafeRawBufferPointer(rebasing: from[left]))
      }
    }
    if start > 0 {
      block.withUnsafeMutableBytes { bytes in
        bytes.baseAddress!.copyMemory(from: bytes.baseAddress! + start, byteCount: cut.size)
      }
    }
    (start, end) = (0, count)
    position += cut.size
    line += cut.newlines
    return block
  }

  // MARK: Records

  /// So many bytes, and newlines in them.
  typealias Cut = (size: Int, newlines: Int)

  /// The records that end in the next piece of the file in which one ends: so which they are is told by the file and
  /// the size of pieces alone, wherever reading has begun. Where rows are wanted as they arrive, those that are there.
  ///
  /// As long as there is no quote in a piece its records end with its last newline; otherwise they are walked through.
  mutating func nextCut() throws(TabularError) -> Cut {
    if asTheyArrive { return try arrivedRecords() }
    pieceEnd = max(pieceEnd + blockSize, (position / blockSize + 1) * blockSize)
    while true {
      try fill(pieceEnd - position + 2)
      let cut = recordsThatEnd(within: pieceEnd - position)
      if cut.size > 0 { return cut }
      let record = try firstRecord()
      pieceEnd = (position + record.size + blockSize - 1) / blockSize * blockSize
    }
  }

  private mutating func arrivedRecords() throws(TabularError) -> Cut {
    let cut = recordsThatEnd(within: blockSize)
    return cut.size > 0 ? cut : try firstRecord()
  }

  /// The records that end within so many bytes; all that is left where the file ends there.
  private func recordsThatEnd(within size: Int) -> Cut {
    let contents = scan(size)
    if isAtEnd, end - start <= size { return (end - start, contents.newlines) }
    return contents.quotes ? records(size) : (contents.end_of_lines, contents.newlines)
  }

  /// Moves behind the records that end in the file's first pieces.
  ///
  /// - Complexity: the text above is read and looked through for quotes and newlines, and walked through where it has
  ///   quotes.
  mutating func pass(pieces: Int) throws(TabularError) {
    while pieceEnd < pieces * blockSize {
      try fill(1)
      if isEmpty { return }
      let cut = try nextCut()
      // The record that ends in a later piece is the next block's.
      if pieceEnd > pieces * blockSize { return pieceEnd = pieces * blockSize }
      pass(cut)
    }
  }

  /// Moves behind the records that end in a file's first pieces, in which there are no quotes: behind the last newline.
  ///
  /// - Parameters:
  ///   - path: of the open file.
  ///   - newlines: how many there are in these pieces.
  /// - Complexity: as long as the record in which the last of the pieces ends.
  mutating func pass(pieces: Int, of path: String, newlines: Int) throws(TabularError) {
    guard (stream as? PeekedBytes)?.isStoredText ?? false else { return try pass(pieces: pieces) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16), end = pieces * blockSize
    while end > position {
      let first = max(position, end - bytes.count), count = end - first
      let file = try FileBytes(path, from: first)
      var filled = 0
      while filled < count {
        let more = try bytes.read(from: file, into: filled..<count)
        if more == 0 { return try pass(pieces: pieces) }
        filled += more
      }
      if let newline = bytes[..<count].lastIndex(of: UInt8(ascii: "\n")) {
        (stream, isAtEnd, start, self.end) = (try FileBytes(path, from: first + newline + 1), false, 0, 0)
        (position, line) = (first + newline + 1, newlines + 1)
        break
      }
      end = first
    }
    pieceEnd = max(pieceEnd, pieces * blockSize)
  }

  /// The bytes of a record, behind so many others.
  func bytes(of record: Cut, behind offset: Int = 0) -> ArraySlice<UInt8> {
    rest.dropFirst(offset).prefix(record.size)
  }

  /// The next record, however long it is, behind so many bytes.
  mutating func firstRecord(behind offset: Int = 0) throws(TabularError) -> Cut {
    while true {
      let record = record(behind: offset)
      if record.size > 0 { return (record.size, record.newlines) }
      if isAtEnd { return (end - start - offset, scan(end - start - offset, behind: offset).newlines) }
      try fillForRecord(2 * (end - start))
    }
  }

  /// The lines without a row that come next.
  mutating func linesWithoutRows() throws(TabularError) -> Cut {
    var lines: Cut = (0, 0)
    try addLinesWithoutRows(&lines)
    return lines
  }

  /// Lines without a row behind a block belong to it: whether blank ones are rows depends on what follows.
  mutating func addLinesWithoutRows(_ cut: inout Cut) throws(TabularError) {
    while true {
      let line = record(behind: cut.size)
      if line.field_count > 0 { return }
      if line.size > 0 {
        cut = (cut.size + line.size, cut.newlines + line.newlines)
      } else if isAtEnd {
        cut.size = end - start
        return
      } else {
        try fillForRecord(max(cut.size + blockSize + 2, end - start + 1))
      }
    }
  }

  /// Lines without a row at a block's end are left for the next, where what follows has not arrived yet.
  mutating func leaveLinesWithoutRows(_ cut: inout Cut) throws(TabularError) {
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
      bytes.withUnsafeBufferPointer {
        text_read_record($0.baseAddress! + start + offset, end - start - offset, format, nil, 0)
      }
    }
  }

  func scan(_ size: Int, behind offset: Int = 0) -> text_contents {
    bytes.withUnsafeBufferPointer {
      text_scan($0.baseAddress! + start + offset, min(size, end - start - offset))
    }
  }

  /// The complete records among so many bytes.
  private func records(_ size: Int, endsWithRow: Bool = false) -> Cut {
    var newlines = 0
    let size = format.withPointer { format in
      bytes.withUnsafeBufferPointer {
        text_records($0.baseAddress! + start, min(size, end - start), format, endsWithRow, &newlines)
      }
    }
    return (size, newlines)
  }

  // MARK: Bytes

  /// Moves behind the lines at a file's beginning that are to be passed over.
  private mutating func skip(lines: Int) throws(TabularError) {
    for _ in 0..<max(0, lines) where start < end || !isAtEnd {
      while !bytes[start..<end].contains(0x0A), !isAtEnd {
        drop(end - start)
        try fill(blockSize + 2)
      }
      drop((bytes[start..<end].firstIndex(of: 0x0A).map { $0 + 1 } ?? end) - start)
      line += 1
    }
    if start == end, !isAtEnd { try fill(blockSize + 2) }
    if start == end, isAtEnd, lines > 0 {
      throw .malformed(
        file: file, line: line, column: nil,
        message:
          "nothing follows the lines at the beginning that are skipped; skip fewer than \(lines)"
      )
    }
  }

  /// Reads until so many bytes are there, or the end is, as long as one record does not become too long.
  private mutating func fillForRecord(_ count: Int) throws(TabularError) {
    let most = Self.longestRecord + blockSize + 2
    if !isAtEnd, end - start >= most {
      throw .malformed(
        file: file, line: line, column: nil,
        message:
          "the row that begins here does not end within \(Self.longestRecord >> 20) MiB; is a quote not closed?"
      )
    }
    try fill(min(count, most))
  }

  /// Reads until so many bytes are there, or the end is; where rows are wanted as they arrive, until more are.
  mutating func fill(_ count: Int) throws(TabularError) {
    if isAtEnd || end - start >= count { return }
    if start + count > bytes.count {
      let rest = start..<end, size = max(roomForBlock, count)
      if size > bytes.count {
        var larger = [UInt8](repeating: 0, count: size)
        larger.withUnsafeMutableBytes { to in
          bytes.withUnsafeBytes { to.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[rest])) }
        }
        bytes = larger
      } else {
        bytes.withUnsafeMutableBytes {
          $0.baseAddress!.copyMemory(from: $0.baseAddress! + rest.lowerBound, byteCount: rest.count)
        }
      }
      (start, end) = (0, rest.count)
    }
    while end - start < count, !isAtEnd {
      guard let stream else { break }
      let room = end..<start + count
      let (read, error) = bytes.withUnsafeMutableBytes { bytes -> (Int, TabularError?) in
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
}
