import Foundation
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// Records in NumPy's files, whose fields are columns; and numbers of two bytes.
@Suite struct NPYRecordTests {
  let folder = TemporaryFolder()
  private let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(
    path: "Fixtures/Records")

  private func path(_ bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: URL(filePath: folder.path("X.npy")))
    return folder.path("X.npy")
  }

  private func refusal(_ fields: String, shape: String = "(1,)", _ elements: [UInt8]) throws -> String? {
    let bytes = npy("{'descr': \(fields), 'fortran_order': False, 'shape': \(shape), }", elements)
    let path = try path(bytes)
    do throws(TabularError) {
      _ = try Table(npy: path)
      return nil
    } catch {
      return error.description.replacing(folder.path(""), with: "")
    }
  }

  /// As NumPy 2.4 wrote them: see Fixtures/make-npy.py.
  @Test(arguments: [
    ("packed", ["a", "y", "h", "b", "n"]), ("aligned", ["a", "y", "h", "b", "n"]), ("some", ["a", "h"]),
    ("titles", ["a", "y", "h", "b", "n"]), ("latin", ["größe", "y"]), ("letters", ["長さ", "y"]),
  ])
  func numpysRecords(name: String, columns: [String]) throws {
    let file = fixtures.appending(path: "\(name).npy").path
    let table = try Table(npy: file)
    #expect(table.columnNames == columns)
    for column in columns {
      let expected: [Double] = column == "b" ? [0, 1, 1] : column == "n" ? [0, 1, 2] : [0, -1, -2]
      #expect(try table.column(column) == expected, "\(column)")
    }
    #expect(try NPYFile(file).isSinglePrecision == false)
    // Names that are given take the place of the fields'.
    let names = columns.indices.map { "c\($0)" }
    #expect(try Table(npy: file, names: names).columnNames == names)
    #expect(throws: TabularError.self) { try Table(npy: file, names: ["c"]) }
  }

  /// In blocks, by threads, and to the fit of the same numbers as text.
  @Test func rowsOfManyBlocks() throws {
    let rows = (0..<1000).map { (Double($0), Double($0 * $0 % 11)) }
    let elements = rows.flatMap { x, y in
      withUnsafeBytes(of: Int32(x).littleEndian) { Array($0) } + [UInt8](repeating: 7, count: 4)
        + withUnsafeBytes(of: y.bitPattern.littleEndian) { Array($0) }
    }
    let path = try path(
      npy(
        "{'descr': [('x', '<i4'), ('', '|V4'), ('y', '<f8')], 'fortran_order': True, 'shape': (1000,), }",
        elements))
    let text = "x,y\n" + rows.map { "\($0.0),\($0.1)\n" }.joined()
    let expected = try FittedModel("y ~ x", Table(csvText: text, source: "t.csv"))
    for threads in [1, 3] {
      let model = try Parallelism.$threads.withValue(threads) {
        try FittedModel(Formula("y ~ x"), reading: NPYFile(path, blockBytes: 100))
      }
      #expect(model.features == ["x"])
      for (a, b) in zip(model.coefficientStatistics, expected.coefficientStatistics) {
        #expect(abs((a.estimate ?? .nan) - (b.estimate ?? .nan)) < 1e-12)
      }
    }
    #expect(throws: TabularError.self) { try MappedMatrix<Double>(npy: path) }
  }

  @Test func recordsThatAreNotColumns() throws {
    let eight = [UInt8](repeating: 0, count: 8)
    #expect(
      Table.outcome(fixtures.appending(path: "text.npy").path).hasSuffix(
        "its field 'word' is of type '<U5', no number; write the others, as array[['a', 'b']]"))
    for (fields, message) in [
      ("[('a', [('b', '<f8')])]", "its field 'a' has fields of its own; write those as fields of all"),
      (
        "[('a', '<f4', (2,))]",
        "its field 'a' is an array of its own; write its columns as fields of their own"
      ),
      ("[]", "its records have no field; write those of numbers"),
      ("[('', '|V8')]", "it has 1 rows and 0 columns; add data"),
      ("[('a', '|V8')]", "its field 'a' is of type '|V8', no number; write the others, as array[['a', 'b']]"),
      ("[('', '<f8')]", "column 1 has no name; name it"),
      (
        "[('a', '<f4'), ('a', '<f4')]",
        "column 2 is named \"a\" as column 1 is; give each column its own name"
      ),
      ("[('a\\\\n', '<f8')]", "the name 'a\\\\n' of a field has an escape; give the field a plain name"),
      (
        "[('a' '<f8')]",
        "its header is malformed: ',' should stand at byte 26, not '''; write it again with numpy.save"
      ),
      (
        "[('a', '<f8'), ('', '|V99999999999')]",
        "its field '' is of type '|V99999999999', no number; write the others, as array[['a', 'b']]"
      ),
    ] { #expect(try refusal(fields, eight) == "X.npy: \(message)", "\(fields)") }
    #expect(
      try refusal("[('a', '<f8')]", shape: "(1, 1)", eight)
        == "X.npy: its records are in 2 dimensions, and rows are in one; write array.ravel()")
    #expect(
      try refusal("[('a', '<f8')]", shape: "(0,)", []) == "X.npy: it has 0 rows and 1 columns; add data")
    #expect(
      try refusal("[('a', '<f8')]", shape: "(2,)", eight)
        == "X.npy: its shape (2,) takes 16 bytes, but 8 follow the header: the file is truncated; copy or write it again"
    )
    // A shape without elements may claim any number of columns.
    #expect(
      try Table.outcome(path(npy(dictionary("(0, 99999999999)")))).hasSuffix(
        "it has 0 rows and 99999999999 columns; add data"))
  }

  /// Every number of two bytes is what Float16 makes of it, where there is that type.
  @Test func numbersOfTwoBytes() throws {
    let bits = (0...UInt16.max).map { $0 }
    for isBigEndian in [false, true] {
      let elements = bits.flatMap { (unit: UInt16) -> [UInt8] in
        withUnsafeBytes(of: isBigEndian ? unit.bigEndian : unit.littleEndian) { Array($0) }
      }
      let path = try path(npy(dictionary("(65536,)", type: isBigEndian ? ">f2" : "<f2"), elements))
      let numbers = try Table(npy: path).numbers("V1")
      #expect(try NPYFile(path).isSinglePrecision)
      #if !(os(macOS) && arch(x86_64))
        let expected = bits.map { Double(Float16(bitPattern: $0)) }
        #expect(zip(numbers, expected).allSatisfy { $0.isNaN ? $1.isNaN : $0.bitPattern == $1.bitPattern })
      #endif
      #expect(
        numbers[0x3C00] == 1 && numbers[0x7BFF] == 65504 && numbers[1] == 0x1p-24
          && numbers[0xFC00] == -.infinity)
    }
  }
}

extension Table {
  /// The error that reading a file ends in.
  fileprivate static func outcome(_ path: String) -> String {
    do throws(TabularError) {
      return "\(try Table(npy: path).rowCount) rows"
    } catch {
      return error.description
    }
  }
}
