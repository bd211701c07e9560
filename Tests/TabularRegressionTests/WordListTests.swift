import Testing

@testable import TabularRegression

/// Lists of words, and the numbers that words get.
@Suite struct WordListTests {
  /// Short and long ones, letters of several bytes, and one word in two ways of writing it.
  private static let samples: [String] =
    [
      "", "a", "ä", "a\u{308}", "1234567", "12345678", "123456789012345", "1234567890123456",
      "größe der Stadt", "😀",
    ]
    + (0..<300).map { "w\($0)" } + (0..<40).map { "a word of more than fifteen bytes \($0)" }

  @Test func wordsComeBack() {
    let list = WordList(Self.samples)
    #expect(Array(list) == Self.samples && list.count == Self.samples.count)
    #expect(!list.isASCII && WordList(["a", "b"]).isASCII && WordList().isASCII)
    #expect(list.mapUTF8 { Array($0) } == Self.samples.map { Array($0.utf8) })
  }

  @Test func listsAreEqualWhereTheirWordsAre() {
    #expect(WordList(["ab", "c"]) != WordList(["a", "bc"]))
    #expect(WordList(["ä", "c"]) == WordList(["a\u{308}", "c"]))
    #expect(WordList(["ä"]) != WordList(["ä", "c"]))
  }

  /// As a dictionary numbers them.
  @Test func codesAreThoseOfADictionary() {
    var codes = WordCodes(), known: [String: Int32] = [:]
    for start in [0, 200, 0, 100] {
      let words = Self.samples[start...].reversed() + Self.samples.prefix(7)
      let expected = words.map { word in
        let code = known[word] ?? Int32(known.count)
        known[word] = code
        return code
      }
      #expect(codes.codes(of: WordList(words)) == expected)
    }
    #expect(codes.words.count == known.count && codes.words.allSatisfy { known[$0] != nil })
    // KELVIN SIGN is K.
    var twins = WordCodes()
    #expect(
      twins.codes(of: [
        "K", "\u{212A}", "\u{212A}g", "Kg", "a word of degrees K", "a word of degrees \u{212A}",
      ]) == [0, 0, 1, 1, 2, 2])
    // Words that were there before the first is looked for have their positions.
    var given = WordCodes(["x", "y"])
    #expect(given.codes(of: ["y", "z", "x"]) == [1, 2, 0] && Array(given.words) == ["x", "y", "z"])
  }

  /// Of words that stand for a level the level is kept, and found by each of them.
  @Test func wordsThatStandForOneLevelHaveItsCode() {
    var codes = WordCodes()
    let found = codes.codes(
      of: ["1.0", "1", "true", "TRUE", "1e0", "t", "01", "-0"], level: Design.levelAsItComes(utf8:))
    #expect(found == [0, 0, 1, 1, 0, 2, 3, 4])
    #expect(Array(codes.words) == ["1", "TRUE", "t", "01", "0"])
  }

  @Test func levelsOfBytesAreThoseOfWords() {
    let words =
      Self.samples + [
        "true", "True", "tRuE", "truck", "FALSE", "false", "False", "fALSY", "trUE ", "t", "f1234",
      ]
      + [
        "1.0", "1", "1e5", "100000", "+3", "-3", ".5", "0.50", "007", "1E2", "e", "E5", "-", "--3", "3-",
        "1.0.0",
      ]
      + ["nan", "inf", "0x1p3", "12345678901234567.0", " 1.0"]
    for word in words {
      let level = Array(word.utf8).withUnsafeBufferPointer { Design.levelAsItComes(utf8: $0) }
      #expect(level ?? word == Design.levelAsItComes(word), "\(word)")
    }
  }

  @Test func wordsAreSortedBySizeOrByTheirBytes() {
    let numbers: WordList = ["10", "9", "1e1", "-3", "0.5"]
    #expect(numbers.sortedPositions.map { numbers[$0] } == ["-3", "0.5", "9", "10", "1e1"])
    let list = WordList(Self.samples.reversed())
    let bytes = list.sortedPositions.map { Array(list[$0].utf8) }
    #expect(bytes.count == Self.samples.count)
    #expect(zip(bytes, bytes.dropFirst()).allSatisfy { !$1.lexicographicallyPrecedes($0) })
  }

  /// As each cluster has its level, rows whose clusters are written in several ways are in one.
  @Test func rowsOfOneLevelHaveOneCode() {
    let words = TableColumn.Words(codes: [0, 1, -1, 2, 1], levels: ["1", "b", "1.0"])
    #expect(words.asLevels == TableColumn.Words(codes: [0, 1, -1, 0, 1], levels: ["1", "b"]))
    let plain = TableColumn.Words(codes: [1, 0, -1], levels: ["b", "a"])
    #expect(plain.asLevels == plain)
  }
}
