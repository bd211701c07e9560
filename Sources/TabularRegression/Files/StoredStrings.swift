internal import LinearAlgebra

/// Strings that a file keeps as a ``StoredArray``: their UTF-8 one behind the other, and its lengths. Any other encoder
/// has them as they are.
struct StoredStrings: Codable {
  let strings: [String]

  init(_ strings: [String]) { self.strings = strings }

  private enum Key: String, CodingKey { case text, lengths }

  init(from decoder: any Decoder) throws {
    guard decoder.userInfo[.arrayStore] != nil else {
      strings = try [String](from: decoder)
      return
    }
    let container = try decoder.container(keyedBy: Key.self)
    let text = try container.decode(StoredArray<UInt8>.self, forKey: .text).wrappedValue
    let lengths = try container.decode(StoredArray<Int32>.self, forKey: .lengths).wrappedValue
    var strings: [String] = [], end = 0
    strings.reserveCapacity(lengths.count)
    text.withUnsafeBufferPointer { text in
      // Parts of UTF-8 are UTF-8 where none begins in the middle of a character.
      for length in lengths
      where 0...text.count - end ~= Int(length) && (length == 0 || !UTF8.isContinuation(text[end])) {
        strings.append(String(decoding: text[end..<end + Int(length)], as: UTF8.self))
        end += Int(length)
      }
    }
    guard strings.count == lengths.count, end == text.count, String(validating: text, as: UTF8.self) != nil
    else {
      throw DecodingError.dataCorruptedError(forKey: .text, in: container, debugDescription: "no such text")
    }
    self.strings = strings
  }

  func encode(to encoder: any Encoder) throws {
    guard encoder.userInfo[.arrayStore] != nil else { return try strings.encode(to: encoder) }
    var text: [UInt8] = []
    text.reserveCapacity(strings.reduce(0) { $0 + $1.utf8.count })
    for string in strings { text += string.utf8 }
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(StoredArray(text), forKey: .text)
    try container.encode(StoredArray(strings.map { Int32($0.utf8.count) }), forKey: .lengths)
  }
}
