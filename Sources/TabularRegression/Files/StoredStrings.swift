internal import LinearAlgebra

/// Strings that a file keeps as a ``StoredArray``: their UTF-8 one behind the other, and its lengths. Any other encoder has them
/// as they are.
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
    var rest = text[...], strings: [String] = []
    strings.reserveCapacity(lengths.count)
    for length in lengths {
      guard length >= 0, length <= rest.count,
        let string = String(validating: rest.prefix(Int(length)), as: UTF8.self)
      else { break }
      strings.append(string)
      rest = rest.dropFirst(Int(length))
    }
    guard strings.count == lengths.count, rest.isEmpty else {
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
