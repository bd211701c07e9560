// The short way to predictions gives what the general one gives, or leaves the rows to it.

import Foundation
import Hummingbird
import TabularRegression
import Testing

@testable import server

@Suite struct ShortWayTests {
  static let names = ["bmi", "bp"]

  func numbers(_ bytes: ByteBuffer) -> NumberRows? {
    NumberRows(bytes.readableBytesUInt8Span, names: Self.names.map { Array($0.utf8) })
  }

  /// The values that the general decoder finds, row by row.
  func values(_ text: String) throws -> [Double] {
    let table = try JSONRows(ByteBuffer(string: text)).table(
      columns: Self.names, order: Self.names, categories: [])
    let columns = try Self.names.map(table.column)
    return (0..<table.rowCount).flatMap { row in columns.map { $0[row] } }
  }

  @Test func numbersHaveTheBitsOfTheGeneralDecoder() throws {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<2_000 {
      let numbers = (0..<4).map { _ in
        let digits = (0..<1 + generator.nextInteger(below: 14)).map { _ in generator.nextInteger(below: 10) }
        let text = digits.map(String.init).joined(), point = generator.nextInteger(below: digits.count)
        let whole = Int(text.prefix(point)) ?? 0
        return "\(generator.nextInteger(below: 2) == 0 ? "-" : "")\(whole).\(text.dropFirst(point))"
      }
      let text = """
        {"rows": [{"bmi": \(numbers[0]), "age": 1,"bp":\(numbers[1])} ,\t{"bp": \(numbers[3]), "bmi":\(numbers[2])}]}
        """
      let rows = try #require(self.numbers(ByteBuffer(string: text)))
      #expect(rows.count == 2)
      #expect(try rows.values.map(\.bitPattern) == values(text).map(\.bitPattern), "\(text)")
      #expect(rows.values.map(\.bitPattern) == numbers.map { Double($0)!.bitPattern })
    }
  }

  @Test func whatItReadsTheGeneralDecoderReadsToo() throws {
    var damage = Damage(seed: 3), read = 0
    for _ in 0..<20_000 {
      let (bytes, _) = damage.body()
      guard let rows = numbers(ByteBuffer(bytes: bytes)) else { continue }
      read += 1
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(try rows.values == values(text), "\(text)")
    }
    #expect(read > 100)
  }

  @Test(arguments: [
    "", "{", #"{"rows":[]}"#, #"{"rows":[{"bmi":1,"bp":2}]}x"#, #"{"rows":[{"bmi":1,"bp":2},]}"#,
    #"{"rows":[{"bmi":1,"bp":2,}]}"#, #"{"rows":[{"bmi":1}]}"#, #"{"rows":[{"bmi":1,"bp":2,"bp":3}]}"#,
    #"{"rows":[{"bmi":1,"bp":null}]}"#, #"{"rows":[{"bmi":1,"b\u0070":2}]}"#,
    #"{"rows":[{"bmi":01,"bp":2}]}"#,
    #"{"rows":[{"bmi":1.,"bp":2}]}"#, #"{"rows":[{"bmi":.5,"bp":2}]}"#, #"{"rows":[{"bmi":1e3,"bp":2}]}"#,
    #"{"rows":[{"bmi":1234567890123456,"bp":2}]}"#, #"{"rows":[{"bmi":-,"bp":2}]}"#, #"{"rows":[[1]]}"#,
    #"{"rows":[[1,2,3]]}"#, #"{"rows":[[1,2],[1]]}"#, #"{"rows":[[1,2]],"level":0.9}"#, #"{"row":[[1,2]]}"#,
    #"{"rows":[{"bp":1,"bp":2}]}"#, #"{"rows":[{"bmi":1,"bp":2},[1,2]]}"#,
    #"{"rows":[{"bmi":1,"bp":2,"":3}]}"#,
    #"{"rows":[{"bmi":1,"bp":2,"zip":"x"}]}"#, #"{"rows":[{"bmi":- 1,"bp":2}]}"#,
  ])
  func otherTextsAreLeftToTheGeneralDecoder(_ text: String) {
    #expect(numbers(ByteBuffer(string: text)) == nil)
  }

  @Test(arguments: [
    ("progression ~ bmi + bp", true), ("progression ~ . - 1", true), ("progression ~ bmi:bp", false),
    ("progression ~ log(bmi)", false), ("progression ~ bmi + C(sex)", false),
    ("progression ~ bmi + offset(bp)", false), ("progression ~ poly(bmi, 2)", false),
  ])
  func onlyModelsOfNumbersAsTheyStandHaveIt(_ formula: String, _ isPlain: Bool) throws {
    let model = try FittedModel(formula, TestServer.patients)
    #expect((PlainModel(model) != nil) == isPlain)
  }

  @Test func modelsWithoutACoefficientDoNotHaveIt() throws {
    let table = try Table(csvText: "y,a,b\n1,1,2\n2,2,4\n4,3,6\n3,4,8\n", source: "rows")
    #expect(PlainModel(try FittedModel("y ~ a + b", table)) == nil)
  }
}
