import Foundation
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

@Suite struct CSVEncoderTests {
  private func text(_ columns: [TableColumn], _ encoder: CSVEncoder = CSVEncoder()) throws -> String {
    let rows = columns.reduce(0) { count, column in
      switch column.values {
      case .numbers(let numbers): numbers.count
      case .words(let words): words.codes.count
      case .mixed: count
      }
    }
    let table = Table(
      source: "t", columns: columns, rowCount: rows, places: RowPlaces(file: "t", firstLine: 2))
    return String(decoding: encoder.header(table.columnNames) + (try encoder.rows(table)), as: UTF8.self)
  }

  @Test func numbersAreShortAsInPython() throws {
    let numbers: [(Double, String)] = [
      (0, "0"), (-0.0, "-0"), (1, "1"), (-100_000, "-100000"), (1e15, "1000000000000000"), (1e16, "1e+16"),
      (0x1p53, "9007199254740992"), (0.1, "0.1"), (1e-4, "0.0001"), (1e-5, "1e-05"),
      (0.000123456789012345, "0.000123456789012345"), (1.0 / 3, "0.3333333333333333"),
      (-.greatestFiniteMagnitude, "-1.7976931348623157e+308"), (.leastNonzeroMagnitude, "5e-324"),
      (123_456_789_012.5, "123456789012.5"), (.infinity, "inf"), (-.infinity, "-inf"),
    ]
    let column = TableColumn(name: "x", values: .numbers(numbers.map(\.0)))
    #expect(try text([column]) == (["x"] + numbers.map(\.1)).joined(separator: "\n") + "\n")
    let single = CSVEncoder(isSinglePrecision: true)
    #expect(
      try text(
        [TableColumn(name: "x", values: .numbers([Double(0.1 as Float), 1.0 / 3, 16_777_216, 1e10]))], single)
        == "x\n0.1\n0.33333334\n16777216\n10000000000\n")
  }

  /// What is read back has the same bits: random ones, and whole numbers, decimals and powers of two.
  @Test func numbersComeBackToTheBit() throws {
    var generator = SeededGenerator(seed: 6)
    var numbers = (0..<100_000).map { _ in Double(bitPattern: generator.next()) }.filter(\.isFinite)
    numbers += (0..<50_000).map { _ in
      Double(Int64(truncatingIfNeeded: generator.next() >> (generator.next() % 64)))
    }
    numbers += (0..<50_000).map { _ in Double(generator.next() % 100_000_000) / 10_000 }
    numbers += (-1074..<1024).map { Double(sign: .minus, exponent: $0, significand: 1) }
    let table = try Table(csvText: text([TableColumn(name: "x", values: .numbers(numbers))]), source: "t")
    #expect(try table.column("x").map(\.bitPattern) == numbers.map(\.bitPattern))
    let floats =
      (0..<100_000).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: generator.next())) }
      .filter(\.isFinite)
      // The only one whose shortest digits, 7.038531e-26, would come back as its neighbour (all were tried).
      + [0x1.5c87fap-84, -0x1.5c87fap-84]
    let column = TableColumn(name: "x", values: .numbers(floats.map(Double.init)))
    let again = try Table(csvText: text([column], CSVEncoder(isSinglePrecision: true)), source: "t").column(
      "x")
    #expect(again.map { Float($0).bitPattern } == floats.map(\.bitPattern))
  }

  @Test func quotesWhereTheyAreNeeded() throws {
    let words = TableColumn.Words(
      codes: [0, 1, 2, -1, 3, 4, 5], levels: ["red", "a,b", "say \"hi\"", "two\nlines", " edge", "tab\there"])
    let column = TableColumn(name: "the, \"name\"", values: .words(words))
    let numbers = TableColumn(name: "x", values: .numbers([1, 2, .nan, 4, 5, 6, 7]))
    #expect(
      try text([column, numbers])
        == "\"the, \"\"name\"\"\",x\nred,1\n\"a,b\",2\n\"say \"\"hi\"\"\",\n,4\n\"two\nlines\",5\n\" edge\",6\ntab\there,7\n"
    )
    #expect(
      try text([column, numbers], CSVEncoder(delimiter: "\t"))
        == "\"the, \"\"name\"\"\"\tx\nred\t1\na,b\t2\n\"say \"\"hi\"\"\"\t\n\t4\n\"two\nlines\"\t5\n\" edge\"\t6\n\"tab\there\"\t7\n"
    )
  }

  /// A blank line at the end of a file would be no row.
  @Test func theOnlyColumnsMissingFieldsAreQuoted() throws {
    let written = try text([TableColumn(name: "x", values: .numbers([1, .nan, 3, .nan]))])
    #expect(written == "x\n1\n\"\"\n3\n\"\"\n")
    #expect(try Table(csvText: written, source: "t").numbers("x").map(\.isNaN) == [false, true, false, true])
  }

  @Test func tablesAreWrittenWholeOrNotAtAll() throws {
    let folder = TemporaryFolder(), path = folder.path("t.csv")
    let table = try Table(csvText: "name,x\nAnna,1\n\"B, C\",\n", source: "t")
    try table.write(csv: path)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "name,x\nAnna,1\n\"B, C\",\n")
    let mixed = try Table(csvText: "x\n1\nred\n", source: "t")
    #expect(throws: TabularError.self) { try mixed.write(csv: path) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("")) == ["t.csv"])
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "name,x\nAnna,1\n\"B, C\",\n")
  }
}
