internal import LinearAlgebra

/// Words, whose UTF-8 stands one behind the other in one array.
///
/// A `String` is made where one is asked for. Of a hundred thousand clusters or groups the strings themselves would take
/// most of the time: such words are numbered by ``WordCodes``, from their bytes.
package struct WordList: RandomAccessCollection, Sendable {
  private var text: [UInt8] = []

  /// Where each word ends in the text.
  private var ends: [Int] = []

  /// No words.
  package init() {}

  package init(_ words: some Sequence<String>) {
    for word in words { append(word) }
  }

  package var startIndex: Int { 0 }
  package var endIndex: Int { ends.count }

  package subscript(position: Int) -> String { String(decoding: bytes(position), as: UTF8.self) }

  /// The UTF-8 of a word.
  func bytes(_ position: Int) -> ArraySlice<UInt8> { text[start(position)..<ends[position]] }

  private func start(_ position: Int) -> Int { position == 0 ? 0 : ends[position - 1] }

  /// Whether all letters are ASCII, so that words of different bytes are different words.
  var isASCII: Bool { text.reduce(0, |) < 0x80 }

  mutating func reserveCapacity(_ words: Int, bytes: Int) {
    ends.reserveCapacity(words)
    text.reserveCapacity(bytes)
  }

  mutating func append(_ word: String) {
    var word = word
    word.withUTF8 { append(utf8: $0) }
  }

  /// Appends a word of another list.
  mutating func append(_ other: WordList, _ position: Int) {
    text.append(contentsOf: other.bytes(position))
    ends.append(text.count)
  }

  mutating func append(utf8 bytes: UnsafeBufferPointer<UInt8>) {
    text.append(contentsOf: bytes)
    ends.append(text.count)
  }

  /// The UTF-8 of each word, called in order.
  func mapUTF8<Result>(_ transform: (UnsafeBufferPointer<UInt8>) -> Result) -> [Result] {
    text.withUnsafeBufferPointer { text in
      var start = 0
      return ends.map { end in
        defer { start = end }
        return transform(UnsafeBufferPointer(rebasing: text[start..<end]))
      }
    }
  }

  /// Positions in the order of levels: by size where all words are numbers, else by their bytes.
  var sortedPositions: [Int] {
    var sizes: [Double] = []
    sizes.reserveCapacity(count)
    for position in indices {
      guard let size = DecimalNumber(bytes(position)).nearest else { return positionsByBytes }
      sizes.append(size)
    }
    return indices.sorted {
      sizes[$0] == sizes[$1] ? bytes($0).lexicographicallyPrecedes(bytes($1)) : sizes[$0] < sizes[$1]
    }
  }

  /// Positions by the bytes of the words, of which the first sixteen are compared as two numbers.
  private var positionsByBytes: [Int] {
    typealias Key = (high: UInt64, low: UInt64)
    let keys = mapUTF8 { bytes in
      (0..<Swift.min(16, bytes.count)).reduce(into: Key(0, 0)) { key, index in
        let byte = UInt64(bytes[index]) << UInt64(56 - index % 8 * 8)
        if index < 8 { key.high |= byte } else { key.low |= byte }
      }
    }
    return zip(keys, keys.indices).sorted { a, b in
      a.0 == b.0 ? bytes(a.1).lexicographicallyPrecedes(bytes(b.1)) : a.0 < b.0
    }.map(\.1)
  }
}

extension WordList: ExpressibleByArrayLiteral, CustomStringConvertible {
  package init(arrayLiteral words: String...) { self.init(words) }

  package var description: String { Array(self).description }
}

extension WordList: Equatable {
  package static func == (a: WordList, b: WordList) -> Bool {
    a.ends == b.ends && a.text == b.text
      // Letters with accents may be written in several ways.
      || a.count == b.count && !(a.isASCII && b.isASCII) && a.elementsEqual(b)
  }
}

extension WordList: Codable {
  private enum Key: String, CodingKey { case text, lengths }

  /// A file keeps words as a ``StoredArray`` of their UTF-8 and one of its lengths; any other encoder has them as they
  /// are.
  package init(from decoder: any Decoder) throws {
    guard decoder.userInfo[.arrayStore] != nil else {
      self.init(try [String](from: decoder))
      return
    }
    self.init()
    let container = try decoder.container(keyedBy: Key.self)
    text = try container.decode(StoredArray<UInt8>.self, forKey: .text).wrappedValue
    let lengths = try container.decode(StoredArray<Int32>.self, forKey: .lengths).wrappedValue
    var end = 0
    ends.reserveCapacity(lengths.count)
    // Parts of UTF-8 are UTF-8 where none begins in the middle of a character.
    for length in lengths
    where 0...text.count - end ~= Int(length) && (length == 0 || !UTF8.isContinuation(text[end])) {
      end += Int(length)
      ends.append(end)
    }
    guard ends.count == lengths.count, end == text.count, String(validating: text, as: UTF8.self) != nil
    else {
      throw DecodingError.dataCorruptedError(forKey: .text, in: container, debugDescription: "no such text")
    }
  }

  package func encode(to encoder: any Encoder) throws {
    guard encoder.userInfo[.arrayStore] != nil else { return try Array(self).encode(to: encoder) }
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(StoredArray(text), forKey: .text)
    try container.encode(StoredArray(indices.map { Int32(bytes($0).count) }), forKey: .lengths)
  }
}
