/// Words, numbered as they come.
///
/// Words of up to 15 bytes stand in one table of 24 bytes each, where a look takes one access to memory; a `Dictionary` of
/// strings takes several, which for a hundred thousand groups is most of the time of their fits.
struct WordCodes: Sendable {
  /// The words; their codes are their positions.
  private(set) var words: WordList

  /// A word's bytes, its length in the highest, and its code; −1 where there is none.
  private struct Slot: Sendable {
    var low: UInt64 = 0
    var high: UInt64 = 0
    var code: Int32 = -1
  }

  /// A power of two of them, at most half of them taken; empty until a word is looked for.
  private var slots: [Slot] = []
  private var shortCount = 0
  private var long: [String: Int32] = [:]

  /// Words of which none is there twice.
  init(_ words: WordList = WordList()) { self.words = words }

  /// The codes of words; those that are new get the next.
  ///
  /// - Parameter level: the word that another stands for; nil where it is itself.
  mutating func codes(
    of more: WordList, level: (UnsafeBufferPointer<UInt8>) -> String? = { _ in nil }
  ) -> [Int32] {
    prepare(for: more.count)
    return more.mapUTF8 { word in
      if let code = code(of: word) { return code }
      guard var level = level(word) else { return append(word) }
      let number = level.withUTF8 { code(of: $0) ?? append($0) }
      insert(word, number)
      return number
    }
  }

  /// The codes of words; −1 for one that is not there.
  func known(_ others: WordList) -> [Int32] {
    if slots.isEmpty {
      var codes = self
      codes.prepare(for: 0)
      return codes.known(others)
    }
    return others.mapUTF8 { code(of: $0) ?? -1 }
  }

  /// Gives a new word the next code.
  private mutating func append(_ word: UnsafeBufferPointer<UInt8>) -> Int32 {
    let code = Int32(words.count)
    words.append(utf8: word)
    insert(word, code)
    return code
  }

  private func code(of word: UnsafeBufferPointer<UInt8>) -> Int32? {
    switch Self.key(word) {
    case .short(let low, let high):
      let code = slots[position(of: (low, high))].code
      return code < 0 ? nil : code
    case .long(let text): return long[text]
    }
  }

  private mutating func insert(_ word: UnsafeBufferPointer<UInt8>, _ code: Int32) {
    switch Self.key(word) {
    case .short(let low, let high):
      if 2 * shortCount >= slots.count { resize(to: 2 * slots.count) }
      let position = position(of: (low, high))
      if slots[position].code < 0 { shortCount += 1 }
      slots[position] = Slot(low: low, high: high, code: code)
    case .long(let text): long[text] = code
    }
  }

  /// Makes the table, where there is none yet, for the words and so many others.
  mutating func prepare(for more: Int) {
    if !slots.isEmpty { return }
    var size = 64
    while size < 2 * (words.count + more) { size *= 2 }
    resize(to: size)
    let known = words
    var code: Int32 = 0
    _ = known.mapUTF8 { word in
      insert(word, code)
      code += 1
    }
  }

  private mutating func resize(to size: Int) {
    let before = slots
    slots = [Slot](repeating: Slot(), count: size)
    for slot in before where slot.code >= 0 { slots[position(of: (slot.low, slot.high))] = slot }
  }

  /// The slot of a word, or the one where it belongs.
  private func position(of key: (low: UInt64, high: UInt64)) -> Int {
    let mask = slots.count - 1
    var hash = (key.low ^ key.high &* 0x9E37_79B9_7F4A_7C15) &* 0xFF51_AFD7_ED55_8CCD
    hash ^= hash >> 32
    var position = Int(truncatingIfNeeded: hash &* 0xC4CE_B9FE_1A85_EC53 >> 24) & mask
    while slots[position].code >= 0, slots[position].low != key.low || slots[position].high != key.high {
      position = (position + 1) & mask
    }
    return position
  }

  /// What a word is looked for by.
  private enum Key {
    /// The bytes of an ASCII word, with their number in the highest.
    case short(low: UInt64, high: UInt64)
    /// A word that is long, or whose letters may be written in several ways.
    case long(String)
  }

  private static func key(_ word: UnsafeBufferPointer<UInt8>) -> Key {
    if let key = shortKey(word) { return key }
    var text = String(decoding: word, as: UTF8.self)
    if text.unicodeScalars.contains(where: { twins[$0] != nil }) {
      text = String(String.UnicodeScalarView(text.unicodeScalars.map { twins[$0] ?? $0 }))
      if let key = text.withUTF8(shortKey) { return key }
    }
    return .long(text)
  }

  /// Letters that Unicode takes for one of ASCII: KELVIN SIGN, GREEK QUESTION MARK and GREEK VARIA.
  private static let twins: [Unicode.Scalar: Unicode.Scalar] = [
    "\u{212A}": "K", "\u{37E}": ";", "\u{1FEF}": "`",
  ]

  private static func shortKey(_ word: UnsafeBufferPointer<UInt8>) -> Key? {
    let count = word.count
    if count > 15 { return nil }
    let low = number(word, 0..<min(8, count)), high = number(word, min(8, count)..<count)
    return (low | high) & 0x8080_8080_8080_8080 != 0
      ? nil : .short(low: low, high: high | UInt64(count) << 56)
  }

  /// At most eight bytes as a number, the first the lowest.
  private static func number(_ word: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> UInt64 {
    if range.count == 8 {
      return UInt64(
        littleEndian: UnsafeRawPointer(word.baseAddress! + range.lowerBound).loadUnaligned(as: UInt64.self))
    }
    var result: UInt64 = 0
    for index in range.reversed() { result = result << 8 | UInt64(word[index]) }
    return result
  }
}
