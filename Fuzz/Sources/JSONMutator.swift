import LinearAlgebra

/// Changes JSON without breaking it: other numbers, words and arrays where there were some, elements that are left out,
/// repeated or put in each other's place. Bytes that are changed at random seldom decode at all.
struct JSONMutator {
  private var text: [UInt8]
  private var generator: SeededGenerator

  init(_ text: [UInt8], seed: UInt64) {
    (self.text, generator) = (text, SeededGenerator(seed: seed))
  }

  /// The text after one to four changes.
  mutating func mutated() -> [UInt8] {
    for _ in 0...generator.nextInteger(below: 4) { change() }
    return text
  }

  private mutating func pick<Element>(_ choices: [Element]) -> Element {
    choices[generator.nextInteger(below: choices.count)]
  }

  private mutating func change() {
    let tokens = Self.tokens(text)
    let values = tokens.indices.filter { Self.begins(text[tokens[$0].lowerBound], "-0123456789\"tfn[{") }
    if values.isEmpty { return text += "0".utf8 }
    let numbers = values.filter { Self.begins(text[tokens[$0].lowerBound], "-0123456789") }
    let token = pick(values), extent = extent(tokens, from: token)
    switch generator.nextInteger(below: 8) {
    case 0...2 where !numbers.isEmpty:
      let range = tokens[pick(numbers)]
      text.replaceSubrange(range, with: other(than: Array(text[range])))
    case 3: text.replaceSubrange(extent, with: pick(Self.words).utf8)
    case 4: text.replaceSubrange(extent, with: text[self.extent(tokens, from: pick(values))])
    case 5: text.insert(contentsOf: [UInt8(ascii: ",")] + text[extent], at: extent.upperBound)
    default: remove(extent)
    }
  }

  private static let numbers =
    [
      "0", "1", "2", "3", "-1", "0.5", "-0.0", "1e-320", "1e-160", "1e-16", "1e16", "1e160", "1e308",
      "-1e308",
      "1048576", "2147483647", "2147483648", "4294967296", "9007199254740992", "9007199254740993",
      "2305843009213693952", "9223372036854775806", "9223372036854775807", "-9223372036854775808",
      "18446744073709551615",
    ]

  private static let words = [
    "null", "true", "false", "[]", "{}", "0", "1", "\"nan\"", "\"inf\"", "\"-inf\"", "[0]", "[1,2]",
    "\"none\"", "\"one\"", "\"levels\"", "\"automatic\"", "\"step\"", "\"cosine\"", "\"inverseScaling\"",
  ]

  /// A number of note, or one near the one that is there.
  private mutating func other(than number: [UInt8]) -> [UInt8] {
    let old = String(decoding: number, as: UTF8.self)
    switch generator.nextInteger(below: 6) {
    case 0: return Array((old.hasPrefix("-") ? String(old.dropFirst()) : "-" + old).utf8)
    case 1: if let whole = Int(old) { return Array("\(whole &+ pick([-1, 1]))".utf8) }
    case 2:
      if let value = Double(old) {
        let near = value * pick([0, 0.5, 2, 1e-8, 1e8]) + pick([0, 1e-9, 1])
        if near.isFinite { return Array("\(near)".utf8) }
      }
    default: break
    }
    return Array(pick(Self.numbers).utf8)
  }

  /// Takes an element out, with a comma beside it.
  private mutating func remove(_ extent: Range<Int>) {
    var extent = extent
    let comma = UInt8(ascii: ",")
    if extent.upperBound < text.count, text[extent.upperBound] == comma {
      extent = extent.lowerBound..<extent.upperBound + 1
    } else if extent.lowerBound > 0, text[extent.lowerBound - 1] == comma {
      extent = extent.lowerBound - 1..<extent.upperBound
    }
    text.removeSubrange(extent)
  }

  // MARK: Tokens

  private static func begins(_ byte: UInt8, _ characters: String) -> Bool { characters.utf8.contains(byte) }

  /// Where the tokens are: strings, words, numbers, and each other character that is no blank.
  private static func tokens(_ text: [UInt8]) -> [Range<Int>] {
    var tokens: [Range<Int>] = [], position = 0
    while position < text.count {
      let start = position, byte = text[position]
      position += 1
      if byte == UInt8(ascii: "\"") {
        while position < text.count, text[position] != UInt8(ascii: "\"") {
          position += text[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        position = min(position + 1, text.count)
      } else if !begins(byte, "[]{},: \n") {
        while position < text.count, !begins(text[position], "[]{},:\" \n") { position += 1 }
      } else if begins(byte, " \n") {
        continue
      }
      tokens.append(start..<position)
    }
    return tokens
  }

  /// An element: a token, an array or object to its end, or a key with its value.
  private func extent(_ tokens: [Range<Int>], from first: Int) -> Range<Int> {
    var depth = 0, last = first
    while last < tokens.count {
      let byte = text[tokens[last].lowerBound]
      if Self.begins(byte, "[{") { depth += 1 }
      if Self.begins(byte, "]}") { depth -= 1 }
      let isKey = last + 1 < tokens.count && text[tokens[last + 1].lowerBound] == UInt8(ascii: ":")
      if depth <= 0, !isKey, byte != UInt8(ascii: ":") { break }
      last += 1
    }
    return tokens[first].lowerBound..<tokens[min(last, tokens.count - 1)].upperBound
  }
}
