/// What makes UTF-8 with usual line ends of bytes, piece by piece.
protocol ByteTranslation {
  /// Appends what the next bytes stand for.
  mutating func translate(_ bytes: ArraySlice<UInt8>, into text: inout [UInt8])

  /// Called at the end of the bytes.
  func finish() throws(TabularError)
}

extension ByteTranslation {
  func finish() throws(TabularError) {}
}

/// A stream's bytes, translated as they come.
final class TranslatedBytes<Translation: ByteTranslation>: ByteStream {
  private let source: any ByteStream
  private var translation: Translation
  private var chunk = [UInt8](repeating: 0, count: 1 << 16)
  /// What has been translated, and how much of that has been read.
  private var text: [UInt8] = []
  private var position = 0

  init(_ source: any ByteStream, _ translation: Translation) {
    (self.source, self.translation) = (source, translation)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(TabularError) -> Int {
    while position == text.count {
      let count = try chunk.read(from: source)
      if count == 0 {
        try translation.finish()
        return 0
      }
      (text, position) = ([], 0)
      text.reserveCapacity(2 * count)
      translation.translate(chunk[..<count], into: &text)
    }
    let part = text[position...].prefix(buffer.count)
    buffer.copyBytes(from: part)
    position += part.count
    return part.count
  }
}

/// CR as LF, and CRLF as one LF.
struct CarriageReturns: ByteTranslation {
  private var isBehindCR = false

  init() {}

  mutating func translate(_ bytes: ArraySlice<UInt8>, into text: inout [UInt8]) {
    for byte in bytes {
      let isCR = byte == UInt8(ascii: "\r"), isLF = byte == UInt8(ascii: "\n")
      if !(isLF && isBehindCR) { text.append(isCR ? UInt8(ascii: "\n") : byte) }
      isBehindCR = isCR
    }
  }
}

/// ISO 8859-1, and Windows-1252 where that has a character and ISO 8859-1 a control.
struct Latin1: ByteTranslation {
  /// The characters of 0x80 to 0x9F.
  private static let windows = Array(
    "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ".unicodeScalars)

  func translate(_ bytes: ArraySlice<UInt8>, into text: inout [UInt8]) {
    for byte in bytes {
      if byte < 0x80 {
        text.append(byte)
      } else {
        text += UTF8.encode(byte < 0xA0 ? Self.windows[Int(byte) - 0x80] : Unicode.Scalar(byte))!
      }
    }
  }
}

/// UTF-16 in either byte order. What is no character becomes bytes that are no UTF-8, and is named where it stands.
struct UTF16Text: ByteTranslation {
  private let name: String
  private let isBigEndian: Bool
  /// The first byte of two.
  private var first: UInt8?
  /// The first unit of a pair.
  private var high: UInt16?

  /// - Parameters:
  ///   - beginning: the first bytes: a mark tells their order, or where there is none the zeros of characters of ASCII.
  ///   - name: what messages call the text.
  init(_ beginning: [UInt8], _ name: String) throws(TabularError) {
    self.name = name
    if beginning.starts(with: [0xFE, 0xFF]) || beginning.starts(with: [0xFF, 0xFE]) {
      isBigEndian = beginning[0] == 0xFE
      return
    }
    let zeros = (0...1).map { parity in beginning.indices.count { $0 % 2 == parity && beginning[$0] == 0 } }
    if zeros == [0, 0], !beginning.isEmpty {
      throw .malformed(
        file: name, line: 1, column: nil,
        message:
          "the text is not UTF-16: no byte of its beginning is zero; give its own --encoding, or none for UTF-8"
      )
    }
    isBigEndian = zeros[0] > zeros[1]
  }

  mutating func translate(_ bytes: ArraySlice<UInt8>, into text: inout [UInt8]) {
    for byte in bytes {
      guard let earlier = first.take() else {
        first = byte
        continue
      }
      let unit = isBigEndian ? UInt16(earlier) << 8 | UInt16(byte) : UInt16(byte) << 8 | UInt16(earlier)
      append(unit, &text)
    }
  }

  private mutating func append(_ unit: UInt16, _ text: inout [UInt8]) {
    if let high = high.take() {
      if UTF16.isTrailSurrogate(unit) {
        let code = 0x10000 + UInt32(high & 0x3FF) << 10 + UInt32(unit & 0x3FF)
        text += UTF8.encode(Unicode.Scalar(code)!)!
        return
      }
      text.append(0xFF)
    }
    if UTF16.isLeadSurrogate(unit) {
      high = unit
    } else if let scalar = Unicode.Scalar(unit) {
      if unit < 0x80 { text.append(UInt8(unit)) } else { text += UTF8.encode(scalar)! }
    } else {
      text.append(0xFF)
    }
  }

  func finish() throws(TabularError) {
    if first != nil || high != nil {
      throw .unusable(file: name, message: "the UTF-16 text ends within a character; copy the file again")
    }
  }
}
