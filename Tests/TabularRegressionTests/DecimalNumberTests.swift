import Foundation
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// Numbers in text against `strtod`, which is correctly rounded.
@Suite struct DecimalNumberTests {
  @Test func randomDecimalsOfAllLengths() throws {
    var random = SeededGenerator(seed: 11)
    let count = ProcessInfo.processInfo.environment["DECIMALS"].flatMap { Int($0) } ?? 100_000
    var texts: [String] = []
    func digits(_ count: Int) -> String {
      String(decoding: (0..<count).map { _ in UInt8(48 + random.nextInteger(below: 10)) }, as: UTF8.self)
    }
    while texts.count < count {
      // Doubles of all exponents as they print, and with a digit more or fewer; decimals of all lengths.
      let value = Double(bitPattern: random.next())
      if value.isFinite {
        let text = "\(value)"
        texts.append(text)
        if !text.contains("e") { texts += [text + "5", String(text.dropLast())].filter { $0 != "-" } }
      }
      let sign = ["", "-", "+"][random.nextInteger(below: 3)]
      let length = random.nextInteger(below: 3) == 0 ? 40 : 20
      var text = sign + digits(1 + random.nextInteger(below: length))
      if random.nextInteger(below: 2) == 0 { text += "." + digits(random.nextInteger(below: length)) }
      if random.nextInteger(below: 3) == 0 {
        text += "eE".randomElement(using: &random)!.description
        text += ["", "-", "+"][random.nextInteger(below: 3)] + digits(1 + random.nextInteger(below: 3))
      }
      texts.append(text)
      // Half way between two doubles, and a hair beside.
      let integer = (1 << 53) + random.nextInteger(below: 1 << 52) * 2 + 1
      texts += ["\(integer)", "\(integer).0000000000000000000000000001", "\(integer)e-3"]
    }
    for text in texts {
      let expected = try #require(Double(text))
      let number = DecimalNumber(Array(text.utf8)[...])
      let isRight =
        switch number {
        case .value(let value):
          value.bitPattern == expected.bitPattern && !PlainReader.hasLostDigits(Array(text.utf8), expected)
        case .inexact(let value):
          value.bitPattern == expected.bitPattern && PlainReader.hasLostDigits(Array(text.utf8), expected)
        case .tooLarge: expected.isInfinite
        default: false
        }
      if !isRight { Issue.record("\(text): \(number), not \(expected)") }
    }
  }

  /// Whole blocks: short numbers are read there by other means.
  @Test(arguments: [true, false])
  func decimalsInRows(usesVectors: Bool) throws {
    var random = SeededGenerator(seed: 12), texts: [String] = []
    let count = ProcessInfo.processInfo.environment["DECIMALS"].flatMap { Int($0) } ?? 100_000
    for _ in 0..<count {
      let digits = (0..<1 + random.nextInteger(below: 18)).map { _ in
        UInt8(48 + random.nextInteger(below: 10))
      }
      var text = String(decoding: digits, as: UTF8.self)
      // With a point anywhere, at either end too.
      if random.nextInteger(below: 4) > 0 {
        let place = text.index(text.startIndex, offsetBy: random.nextInteger(below: digits.count + 1))
        text.insert(".", at: place)
      }
      text = ["", "-", "+", "-"][random.nextInteger(below: 4)] + text
      if let value = Double(text), !PlainReader.hasLostDigits(Array(text.utf8), value) { texts.append(text) }
    }
    let bytes = Array(("x,y\n" + texts.map { "\($0),\($0)" }.joined(separator: "\n")).utf8)
    let table = try Table(
      all: TableReader([.memory(bytes, name: "t.csv")], options: ReadingOptions(), usesVectors: usesVectors),
      isCancelled: { false })
    for name in ["x", "y"] {
      for (text, value) in zip(texts, try table.column(name)) {
        let expected = try #require(Double(text))
        if value.bitPattern != expected.bitPattern { Issue.record("\(text): \(value), not \(expected)") }
      }
    }
  }

  /// A number that stands for nothing does so however it is written.
  @Test(arguments: [true, false])
  func numbersThatStandForNothing(usesVectors: Bool) throws {
    var options = ReadingOptions()
    options.missingTexts = ["-9", ".0"]
    let text = "x,y,w\n" + String(repeating: "-9,1.5,a\n9,.0,-09\n-9.0,-9e0,-0\n", count: 20)
    let table = try Table(
      all: TableReader(
        [.memory(Array(text.utf8), name: "t.csv")], options: options, usesVectors: usesVectors),
      isCancelled: { false })
    func isNothing(_ name: String) throws -> [Bool] { try table.numbers(name).prefix(3).map(\.isNaN) }
    #expect(try isNothing("x") == [true, false, true])
    #expect(try isNothing("y") == [false, true, true])
    guard case .words(let words) = try table.find("w").values else {
      Issue.record("w is no column of words")
      return
    }
    #expect(words.codes.prefix(3) == [0, -1, -1])
  }

  static let extremes: [(String, Double)] = [
    ("2.4703282292062327e-324", 0), ("2.4703282292062328e-324", Double.leastNonzeroMagnitude),
    ("-1e-400", -0.0),
    ("0e99999999999999999999", 0), ("0.\(String(repeating: "0", count: 400))1e401", 1),
    ("1\(String(repeating: "0", count: 400))e-400", 1), ("1e-99999999999999999999", 0),
    ("1.7976931348623158e308", 1.7976931348623157e308), ("-0", -0.0), ("+.5", 0.5), ("5.", 5),
  ]
  @Test(arguments: extremes)
  func limits(text: String, expected: Double) {
    guard let value = DecimalNumber(Array(text.utf8)[...]).nearest else {
      Issue.record("\(text) is no number")
      return
    }
    #expect(value.bitPattern == expected.bitPattern)
  }

  @Test(arguments: [
    "1e309", "-1.7976931348623159e308", "1e99999999999999999999", "1\(String(repeating: "0", count: 309))",
    "0.\(String(repeating: "0", count: 99))1e500",
  ])
  func tooLarge(text: String) { #expect(DecimalNumber(Array(text.utf8)[...]) == .tooLarge) }

  @Test(arguments: [
    "+", "-", ".", "+-1", "--1", "1e", "1e+", "e5", ".e5", "1.2.3", "1 2", "0x1", "inf", "infinity", "-nan",
    "1_0", "1d5",
    "٣", "1,5", "nanx", "nul", "1e5.", "+inf",
  ])
  func notANumber(text: String) { #expect(DecimalNumber(Array(text.utf8)[...]) == .notANumber) }

  @Test(arguments: ["", " ", "\t ", "NA", "na", "N/a", " NaN", "nULL "])
  func missing(text: String) { #expect(DecimalNumber(Array(text.utf8)[...]) == .missing) }
}
