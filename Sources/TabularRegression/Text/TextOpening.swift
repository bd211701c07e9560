extension TextOrigin {
  /// The text from its beginning: UTF-8, with LF or CRLF at line ends.
  ///
  /// - Parameter delimiter: the byte between fields.
  /// - Throws: ``TabularError``: a file that cannot be read, or is no text in the encoding that was given.
  func text(_ options: ReadingOptions, _ delimiter: UInt8) throws(TabularError) -> any ByteStream {
    var bytes = PeekedBytes(try open())
    while bytes.beginning.count < 4, try bytes.readMore() {}
    try checkEncoding(bytes.beginning, options)
    switch options.encoding {
    case .utf8: break
    case .latin1: bytes = PeekedBytes(TranslatedBytes(bytes, Latin1()))
    case .utf16: bytes = PeekedBytes(TranslatedBytes(bytes, try UTF16Text(bytes.beginning, name)))
    }
    let ends = try LineEnds(bytes, options, delimiter)
    if ends == .otherwise {
      throw .malformed(
        file: name, line: 1, column: nil,
        message: "lines end in CR CR LF; save the file with LF or CRLF at line ends")
    }
    return ends == .carriageReturns ? TranslatedBytes(bytes, CarriageReturns()) : bytes
  }

  /// Throws where a file's first bytes show that it is in another encoding, or no text at all.
  private func checkEncoding(_ beginning: [UInt8], _ options: ReadingOptions) throws(TabularError) {
    func fault(_ message: String) -> TabularError {
      .malformed(file: name, line: 1, column: nil, message: message)
    }
    let isZero = beginning.prefix(4).map { $0 == 0 }
    if beginning.starts(with: [0xFF, 0xFE, 0, 0]) || beginning.starts(with: [0, 0, 0xFE, 0xFF])
      || isZero == [false, true, true, true] || isZero == [true, true, true, false]
    {
      throw fault("the text is UTF-32; save it as UTF-8")
    }
    let hasMark = beginning.starts(with: [0xFF, 0xFE]) || beginning.starts(with: [0xFE, 0xFF])
    if hasMark, options.encoding != .utf16 {
      throw fault("the text is UTF-16; give --encoding utf16, or save it as UTF-8")
    }
    if beginning.starts(with: [0xEF, 0xBB, 0xBF]), options.encoding != .utf8 {
      throw fault("the text is UTF-8, as its first bytes say; leave --encoding out")
    }
    // Of text that is passed over the beginning may be anything.
    if options.skippedLines <= 0, options.encoding != .utf8, let kind = FileKind(beginning) {
      throw fault(kind.descriptionAsTable)
    }
  }
}

/// What the first line of a text ends in.
private enum LineEnds {
  case usual
  case carriageReturns
  /// CR CR LF, as programs write that take CRLF for LF.
  case otherwise

  /// - Parameter delimiter: the byte between fields.
  init(_ bytes: PeekedBytes, _ options: ReadingOptions, _ delimiter: UInt8) throws(TabularError) {
    let (lf, cr, quote) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\""))
    var place = 0, isQuoted = false, mayBegin = true, hasLineEnd = false
    while try bytes.hold([0xEF, 0xBB, 0xBF], at: place) { place += 3 }
    // Quotes of the first record may hold line ends; those of a line that is passed over are only characters.
    var hasFields = options.skippedLines <= 0
    if let comment = options.comment, try bytes.hold(Array(comment.utf8), at: place) { hasFields = false }
    self = .usual
    while true {
      // A quote that is never closed does not make all of the file the first line.
      if hasLineEnd, place == bytes.beginning.count { return }
      guard let byte = try bytes.byte(at: place) else { return }
      if byte == lf || byte == cr { hasLineEnd = true }
      if byte == quote, hasFields {
        isQuoted = !isQuoted && mayBegin
        mayBegin = !isQuoted
      } else if !isQuoted, byte == lf {
        return
      } else if !isQuoted, byte == cr {
        let next = try bytes.byte(at: place + 1)
        if next == nil || next == lf { return }
        let isDoubled = next == cr ? try bytes.byte(at: place + 2) == lf : false
        self = isDoubled ? .otherwise : .carriageReturns
        return
      } else if byte != UInt8(ascii: " ") {
        mayBegin = byte == delimiter
      }
      place += 1
    }
  }
}

/// A stream whose first bytes have been looked at.
final class PeekedBytes: ByteStream {
  private let source: any ByteStream
  /// What has been looked at.
  private(set) var beginning: [UInt8] = []
  private var position = 0

  init(_ source: any ByteStream) { self.source = source }

  /// Whether it is the text of a file as it stands there.
  var isStoredText: Bool { source is FileBytes }

  /// Looks at more; false at the end.
  func readMore() throws(TabularError) -> Bool {
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    let count = try chunk.read(from: source)
    beginning += chunk[..<count]
    return count > 0
  }

  /// The byte at a place; nil behind the end.
  func byte(at place: Int) throws(TabularError) -> UInt8? {
    while place >= beginning.count { if try !readMore() { return nil } }
    return beginning[place]
  }

  /// Whether these bytes are at a place.
  func hold(_ bytes: [UInt8], at place: Int) throws(TabularError) -> Bool {
    for (index, byte) in bytes.enumerated() where try self.byte(at: place + index) != byte { return false }
    return true
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(TabularError) -> Int {
    if position == beginning.count { return try source.read(into: buffer) }
    let part = beginning[position...].prefix(buffer.count)
    buffer.copyBytes(from: part)
    position += part.count
    if position == beginning.count { (beginning, position) = ([], 0) }
    return part.count
  }
}

extension [UInt8] {
  /// Reads as many bytes as there are, or fewer, into places of the array; how many.
  ///
  /// - Parameter places: nil for all.
  mutating func read(from source: any ByteStream, into places: Range<Int>? = nil) throws(TabularError) -> Int
  {
    let places = places ?? 0..<count
    let result = withUnsafeMutableBytes { bytes -> Result<Int, TabularError> in
      Result { () throws(TabularError) in
        try source.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[places]))
      }
    }
    return try result.get()
  }
}
