extension ColumnSummary {
  /// Words by size where all are numbers, else by their bytes.
  static func inOrder(_ words: Set<String>) -> [String] {
    var sized: [(size: Double, word: String)] = []
    for word in words {
      guard let size = DecimalNumber(Array(word.utf8)[...]).nearest else { return byBytes(words) }
      sized.append((size, word))
    }
    return sized.sorted {
      $0.size == $1.size ? $0.word.utf8.lexicographicallyPrecedes($1.word.utf8) : $0.size < $1.size
    }.map(\.word)
  }

  /// Words by their bytes, of which the first sixteen are compared as two numbers.
  private static func byBytes(_ words: Set<String>) -> [String] {
    let keyed = words.map { word in
      var word = word
      let key = word.withUTF8 { bytes in
        (0..<16).reduce(into: (high: 0 as UInt64, low: 0 as UInt64)) { key, index in
          let byte = index < bytes.count ? UInt64(bytes[index]) : 0
          if index < 8 { key.high = key.high << 8 | byte } else { key.low = key.low << 8 | byte }
        }
      }
      return (key: key, word: word)
    }
    return keyed.sorted { a, b in
      a.key == b.key ? a.word.utf8.lexicographicallyPrecedes(b.word.utf8) : a.key < b.key
    }.map(\.word)
  }
}
