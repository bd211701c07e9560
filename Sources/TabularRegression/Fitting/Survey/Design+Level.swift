extension Design {
  /// The level of C(…) that a field's text stands for: of a number its value, so that 2.0 and 2 are one level, and
  /// 1e+05 and 100000. Zeros in front stay, for a code may have them, and so do more digits than a Double tells apart.
  static func level(_ text: String) -> String {
    guard text.utf8.contains(where: { ".eE+-".utf8.contains($0) }),
      case .value(let value) = DecimalNumber(Array(text.utf8)[...])
    else { return text }
    let isDigit = { (byte: UInt8) in UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }
    let isZero = { (byte: UInt8) in byte == UInt8(ascii: "0") }
    let start = text.utf8.drop { !isDigit($0) && $0 != UInt8(ascii: ".") }
    let digits = start.prefix { isDigit($0) || $0 == UInt8(ascii: ".") }.filter(isDigit)
    let isCode = start.first.map(isZero) == true && start.dropFirst().first.map(isDigit) == true
    let significant = digits.drop(while: isZero).reversed().drop(while: isZero).count
    return isCode || significant > 15 ? text : Expression.text(of: value + 0)
  }

  /// The level, group or cluster that a field's text stands for where others are not known yet: TRUE and FALSE in any
  /// case are one each, and so are spellings of a number.
  static func levelAsItComes(_ word: String) -> String { boolean(word) ?? level(word) }

  /// The same of a word's UTF-8; nil where the word is its own level.
  static func levelAsItComes(utf8 word: UnsafeBufferPointer<UInt8>) -> String? {
    // Numbers begin with no letter, and only those with one of these bytes are written in several ways.
    let isLetter = word.first.map { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20 } ?? false
    let mayBeOther =
      isLetter
      ? ["true", "false"].contains {
        word.count == $0.utf8.count && zip(word, $0.utf8).allSatisfy { $0 | 0x20 == $1 }
      }
      : word.contains { ".eE+-".utf8.contains($0) }
    if !mayBeOther { return nil }
    let text = String(decoding: word, as: UTF8.self), level = levelAsItComes(text)
    return level == text ? nil : level
  }

  /// TRUE or FALSE where that is what a word says, in any case.
  static func boolean(_ word: String) -> String? {
    switch word.utf8.count {
    case 4 where word.uppercased() == "TRUE": "TRUE"
    case 5 where word.uppercased() == "FALSE": "FALSE"
    default: nil
    }
  }

  /// Whether words all say TRUE or FALSE, in any case: their levels are then these two, as R reads them.
  static func areBoolean(_ words: some Sequence<String>) -> Bool { words.allSatisfy { boolean($0) != nil } }
}

extension TableColumn.Words {
  /// Whether each word is its own level.
  var areLevels: Bool { levels.mapUTF8(Design.levelAsItComes(utf8:)).allSatisfy { $0 == nil } }

  /// The same rows with each level once, however it is written.
  var asLevels: TableColumn.Words {
    if areLevels { return self }
    var once = WordCodes()
    let known = once.codes(of: levels, level: Design.levelAsItComes(utf8:))
    return TableColumn.Words(codes: codes.map { $0 < 0 ? -1 : known[Int($0)] }, levels: once.words)
  }
}
