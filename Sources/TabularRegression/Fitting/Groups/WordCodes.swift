/// A number for each of many words, as they come.
///
/// Words of up to 15 bytes stand in one table of 24 bytes each, where a look takes one access to memory; a `Dictionary` of
/// strings takes several, which for a hundred thousand groups is most of the time of their fits.
struct WordCodes: Sendable {
  /// A word's bytes, its length in the highest, and its number; −1 where there is none.
  private struct Slot: Sendable {
    var low: UInt64 = 0
    var high: UInt64 = 0
    var code: Int32 = -1
  }

  /// A power of two of them, at most half of them taken.
  private var slots = [Slot](repeating: Slot(), count: 64)
  private var shortCount = 0
  private var long: [String: Int32] = [:]

  /// The number of a word; nil where it has none.
  subscript(word: String) -> Int32? {
    guard let key = Self.key(word) else { return long[word] }
    let code = slots[position(of: key)].code
    return code < 0 ? nil : code
  }

  /// Gives a word that has none a number.
  mutating func insert(_ word: String, _ code: Int32) {
    guard let key = Self.key(word) else {
      long[word] = code
      return
    }
    if 2 * shortCount >= slots.count { grow() }
    let position = position(of: key)
    if slots[position].code < 0 { shortCount += 1 }
    slots[position] = Slot(low: key.low, high: key.high, code: code)
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

  private mutating func grow() {
    let before = slots
    slots = [Slot](repeating: Slot(), count: 2 * before.count)
    for slot in before where slot.code >= 0 { slots[position(of: (slot.low, slot.high))] = slot }
  }

  /// The bytes and the length of a word; nil for a long one, and for one whose letters may be written in several ways.
  private static func key(_ word: String) -> (low: UInt64, high: UInt64)? {
    var word = word
    return word.withUTF8 { bytes in
      if bytes.count > 15 { return nil }
      var low: UInt64 = 0, high: UInt64 = 0
      for index in 0..<min(8, bytes.count) { low |= UInt64(bytes[index]) << (8 * UInt64(index)) }
      for index in 8..<max(8, bytes.count) { high |= UInt64(bytes[index]) << (8 * UInt64(index - 8)) }
      if (low | high) & 0x8080_8080_8080_8080 != 0 { return nil }
      return (low, high | UInt64(bytes.count) << 56)
    }
  }
}
