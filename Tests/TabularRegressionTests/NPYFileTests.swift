import Foundation
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// Tables from files of NumPy's.
@Suite struct NPYFileTests {
  let folder = TemporaryFolder()

  private func file(_ bytes: [UInt8], _ name: String = "X.npy") throws -> String {
    try Data(bytes).write(to: URL(filePath: folder.path(name)))
    return folder.path(name)
  }

  /// What is said of a file with these bytes, without its folder; nil where it is read.
  private func refusal(_ bytes: [UInt8], names: [String]? = nil) throws -> String? {
    let path = try file(bytes)
    do throws(TabularError) {
      _ = try Table(npy: path, names: names)
      return nil
    } catch {
      return error.description.replacing(folder.path(""), with: "")
    }
  }

  private func bytes<Value>(_ values: [Value]) -> [UInt8] { values.withUnsafeBytes { Array($0) } }

  // MARK: Reading

  /// Every type, byte order and element order, as NumPy 2.4 wrote them: see Fixtures/make-npy.py.
  @Test func numpysFilesOfAllTypes() throws {
    let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    let files = try FileManager.default.contentsOfDirectory(atPath: fixtures.path).filter {
      $0.hasSuffix(".npy")
    }
    #expect(files.count == 42)
    for file in files {
      let table = try Table(npy: fixtures.appending(path: file).path)
      let expected = Matrix<Double>(rows: 4, columns: 3) { i, j in
        switch file.first {
        case "b": Double((3 * i + j) % 2)
        case "u": Double(3 * i + j)
        default: Double(3 * i + j - 2)
        }
      }
      #expect(table.columnNames == ["V1", "V2", "V3"], "\(file)")
      #expect(try table.matrix(table.columnNames) == expected, "\(file)")
    }
  }

  @Test func allVersionsAndOneDimension() throws {
    for version: UInt8 in 1...3 {
      let path = try file(
        npy(dictionary("(3,)"), bytes([1.5, -0.0, .leastNonzeroMagnitude] as [Double]), version: version))
      let column = try Table(npy: path).column("V1")
      #expect(
        column.map(\.bitPattern) == ([1.5, -0.0, .leastNonzeroMagnitude] as [Double]).map(\.bitPattern))
    }
    // Elements need not be aligned to be copied.
    let path = try file(npy(dictionary("(1, 2)"), bytes([1.0, 2.0]), alignment: 75))
    #expect(try Table(npy: path).matrix(["V1", "V2"]) == [[1, 2]])
  }

  @Test func integersThatNoDoubleIsEqualTo() throws {
    func column(_ type: String, _ elements: [UInt8]) -> [UInt8] {
      npy(dictionary("(\(elements.count / 16), 2)", type: type), elements)
    }
    let exact: [Int64] = [1 << 53, -(1 << 53), .min, 1 << 62, 9_007_199_254_740_994, 0]
    let path = try file(column("<i8", bytes(exact)))
    #expect(try Table(npy: path).matrix(["V1", "V2"]).elements == exact.map(Double.init))
    #expect(
      try refusal(column("<i8", bytes([0, 1, 2, 9_007_199_254_740_993] as [Int64])))
        == "X.npy:2:2: column \"V2\": 9007199254740993 has more digits than a Double holds; write array.astype('<f8') if it may be rounded"
    )
    #expect(
      try refusal(column(">i8", bytes(([0, 1, .max, 2] as [Int64]).map(\.bigEndian))))
        == "X.npy:2:1: column \"V1\": 9223372036854775807 has more digits than a Double holds; write array.astype('<f8') if it may be rounded"
    )
    #expect(
      try refusal(column("<u8", bytes([.max, 0] as [UInt64])))
        == "X.npy:1:1: column \"V1\": 18446744073709551615 has more digits than a Double holds; write array.astype('<f8') if it may be rounded"
    )
  }

  @Test func notANumberIsMissing() throws {
    let path = try file(npy(dictionary("(3, 1)"), bytes([1, Double.nan, 3])))
    let table = try Table(npy: path)
    #expect(try table.numbers("V1").map(\.isNaN) == [false, true, false])
    #expect(
      throws: TabularError.malformed(
        file: path, line: 2, column: 1,
        message: "column \"V1\": a number is missing; fill it in, or drop or fill such rows")
    ) { try table.column("V1") }
  }

  /// Larger than a block, in both orders, on any number of threads: the same, in order, and only the columns asked for.
  @Test(arguments: [1, 2, 3])
  func blocksComeInOrder(threads: Int) throws {
    let rows = 70_001
    let values = (0..<2 * rows).map(Double.init)
    for (fortran, name) in [("False", "C.npy"), ("True", "F.npy")] {
      let path = try file(npy(dictionary("(\(rows), 2)", fortran: fortran), bytes(values)), name)
      var read: [Double] = [], first = 0, places: [Int] = []
      try Parallelism.$threads.withValue(threads) {
        try NPYFile(path, blockBytes: 1 << 20).forEachBlock(columns: ["V2"]) { (block) throws(TabularError) in
          (names: block.columnNames, values: try block.column("V2"), line: block.places[0].line)
        } take: { (block) throws(TabularError) in
          #expect(block.names == ["V2"])
          places.append(block.line - 1 - first)
          first += block.values.count
          read += block.values
        }
      }
      #expect(read == (0..<rows).map { fortran == "True" ? Double(rows + $0) : Double(2 * $0 + 1) })
      #expect(places.allSatisfy { $0 == 0 })
      #expect(fortran == "True" || places.count == 2)
    }
  }

  @Test func theFirstErrorInTheFileIsThrown() throws {
    struct Stop: Error {}
    let path = try file(npy(dictionary("(300000, 1)"), [UInt8](repeating: 0, count: 2_400_000)))
    var taken = 0
    #expect(throws: TabularError.unusable(file: "131073", message: "")) {
      try NPYFile(path, blockBytes: 1 << 20).forEachBlock { (block) throws(TabularError) in
        let line = block.places[0].line
        if line > 1 { throw .unusable(file: "\(line)", message: "") }
      } take: { () throws(TabularError) in
        taken += 1
      }
    }
    #expect(taken == 1)
    #expect(throws: TabularError.noColumn("y", file: path, available: ["V1"])) {
      try NPYFile(path).forEachBlock(columns: ["V1", "y"]) { _ in
      } take: { _ in
      }
    }
  }

  // MARK: Names

  @Test func namesAreGivenOrStandBesideTheFile() throws {
    let path = try file(npy(dictionary("(1, 2)"), bytes([1.0, 2.0])))
    #expect(try Table(npy: path).columnNames == ["V1", "V2"])
    _ = try file(Array("area, m²\r\nprice\n".utf8), "X.names")
    #expect(try Table(npy: path).columnNames == ["area, m²", "price"])
    #expect(try Table(npy: path, names: ["a", "b"]).columnNames == ["a", "b"])
    // Found by fuzzing: as in a header, spaces around a name are not part of it.
    #expect(try Table(npy: path, names: [" a", "b\t"]).columnNames == ["a", "b"])
  }

  @Test(arguments: [
    (
      "a\n",
      "X.names:2: its lines are 1 where the matrix has 2 columns; name each column once"
    ),
    ("a\nb\nc\n", "X.names:3: its lines are 3 where the matrix has 2 columns; name each column once"),
    ("a\n\n", "X.names:2: column 2 has no name; name it"),
    ("a\n \n", "X.names:2: column 2 has no name; name it"),
    ("a\na \n", "X.names:2: column 2 is named \"a\" as column 1 is; give each column its own name"),
    ("a\na\n", "X.names:2: column 2 is named \"a\" as column 1 is; give each column its own name"),
    ("", "X.names:1: its lines are 0 where the matrix has 2 columns; name each column once"),
  ])
  func namesThatDoNotFit(text: String, expected: String) throws {
    let matrix = npy(dictionary("(1, 2)"), bytes([1.0, 2.0]))
    _ = try file(Array(text.utf8), "X.names")
    #expect(try refusal(matrix) == expected)
    let names = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    let given = expected.replacing(#/X.names:\d: /#, with: "X.npy: ").replacing(
      "its lines", with: "the names given")
    #expect(try refusal(matrix, names: names) == given)
  }

  @Test func namesOfOtherEncodings() throws {
    _ = try file([0x61, 0x0a, 0xff, 0x0a], "X.names")
    #expect(
      try refusal(npy(dictionary("(1, 2)"), bytes([1.0, 2.0])))
        == "X.names:1: the names are not UTF-8; save the file as UTF-8")
  }

  // MARK: Refusals

  @Test(arguments: [
    ("|O", "its elements are pickled Python objects ('|O'), never loaded; write array.astype('<f8')"),
    ("<c16", "its elements are complex numbers ('<c16'); write array.real or array.imag"),
    ("<U4", "its elements are text ('<U4'); write array.astype('<f8')"),
    ("|S8", "its elements are text ('|S8'); write array.astype('<f8')"),
    ("<f16", "its elements are floating-point numbers of another width ('<f16'); write array.astype('<f8')"),
    ("<i3", "its elements are of type '<i3', not numbers that can be read; write array.astype('<f8')"),
    ("|i8", "its elements are of type '|i8', not numbers that can be read; write array.astype('<f8')"),
    ("<b8", "its elements are of type '<b8', not numbers that can be read; write array.astype('<f8')"),
    (
      "<M8[ns]", "its elements are of type '<M8[ns]', not numbers that can be read; write array.astype('<f8')"
    ),
    ("|V16", "its elements are of type '|V16', not numbers that can be read; write array.astype('<f8')"),
    ("f8", "its elements are of type 'f8', not numbers that can be read; write array.astype('<f8')"),
  ])
  func otherTypes(type: String, expected: String) throws {
    #expect(try refusal(npy(dictionary("(1, 2)", type: type), bytes([1.0, 2.0]))) == "X.npy: \(expected)")
  }

  @Test(arguments: [
    ("(-1, 2)", "its shape (-1, 2) has a negative dimension; write it again with numpy.save"),
    (
      "(4294967296, 4294967296)",
      "its shape (4294967296, 4294967296) is larger than any file; write it again with numpy.save"
    ),
    (
      "(1, 1, 2)",
      "its shape (1, 1, 2) has 3 dimensions where a matrix has two; write array.reshape(rows, columns)"
    ),
    ("()", "its shape () has 0 dimensions where a matrix has two; write array.reshape(rows, columns)"),
    (
      "(2, 2)",
      "its shape (2, 2) takes 32 bytes, but 16 follow the header: the file is truncated; copy or write it again"
    ),
    (
      "(1, 1)",
      "its shape (1, 1) takes 8 bytes, but 16 follow the header; write each array to a file of its own"
    ),
  ])
  func otherShapes(shape: String, expected: String) throws {
    for fortran in ["False", "True"] {
      let bytes = npy(dictionary(shape, fortran: fortran), bytes([1.0, 2.0]))
      #expect(try refusal(bytes) == "X.npy: \(expected)")
    }
  }

  @Test func emptyMatrices() throws {
    #expect(try refusal(npy(dictionary("(0, 3)"))) == "X.npy: it has 0 rows and 3 columns; add data")
    #expect(try refusal(npy(dictionary("(3, 0)"))) == "X.npy: it has 3 rows and 0 columns; add data")
  }

  @Test func headersThatLie() throws {
    #expect(
      try refusal([0x93] + Array("NUMPY".utf8) + [2, 0, 255, 255, 255, 255])
        == "X.npy: its header is said to have 4294967295 bytes, but the file ends 0 bytes into it; copy or write it again"
    )
    #expect(
      try refusal(npy("{'descr': '<f8', 'shape': (2,), }", bytes([1.0, 2.0])))
        == "X.npy: its header lacks the key 'fortran_order'; write it again with numpy.save")
    #expect(
      try refusal(
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), 'order': 'C', }", bytes([1.0, 2.0])))
        == "X.npy: its header has the key 'order', which is not one of the NPY format; write it again with numpy.save"
    )
  }

  // MARK: Writing

  @Test func tablesComeBack() throws {
    let table = try Table(csvText: "area, price\n1,0.1\n,-1e-300\n-0,3\n", source: "homes.csv")
    let path = folder.path("homes.npy")
    try table.write(npy: path)
    let again = try Table(npy: path)
    #expect(again.columnNames == ["area", "price"])
    for name in ["area", "price"] {
      #expect(try again.numbers(name).map(\.bitPattern) == table.numbers(name).map(\.bitPattern))
    }
    // The bytes are those of a matrix, and numpy.save's, but for the kind of blanks at the header's end.
    try Matrix<Double>([[1, 0.1], [.nan, -1e-300], [-0.0, 3]]).write(npy: folder.path("matrix.npy"))
    let bytes = try #require(FileManager.default.contents(atPath: path))
    let plain = try #require(FileManager.default.contents(atPath: folder.path("matrix.npy")))
    #expect(bytes != plain && bytes.count == plain.count)
    #expect(
      zip(bytes, plain).enumerated().allSatisfy { place, pair in
        pair.0 == pair.1 || 94..<127 ~= place && pair == (0x09, 0x20)
      })
    try table.write(npy: path, as: Float.self)
    #expect(try MappedMatrix<Float>(npy: path)[0, 1] == 0.1)
  }

  /// The header is as long whatever the number of rows, so that it can be written last.
  @Test func headersAreOfOneLength() {
    let encoder = NPYEncoder<Float>()
    var checksum = Checksum()
    [1, 2, 3].withUnsafeBytes { checksum.add($0) }
    for columns in [1, 1000] {
      let names = Array(repeating: "", count: columns)
      #expect(encoder.header(names, rows: nil).count == 128)
      #expect(encoder.header(names, rows: EncodedRows(count: .max, checksum: checksum)).count == 128)
    }
  }

  // MARK: A matrix and its names

  private func write(_ text: String, _ name: String) throws {
    try Table(csvText: text, source: "t.csv").write(npy: folder.path(name))
  }

  /// Names and numbers, or the message in place of both.
  private func contents(_ name: String) -> String {
    do throws(TabularError) {
      let table = try Table(npy: folder.path(name))
      return table.columns.map { "\($0.name) \((try? table.numbers($0.name)) ?? [])" }.joined(separator: ", ")
    } catch {
      return error.description.replacing(folder.path(""), with: "")
    }
  }

  /// Whichever of the two is of another writing, as after a program that was killed between the two: refused, not
  /// answered.
  @Test func namesOfAnotherMatrixAreRefused() throws {
    try write("a,b\n1,2\n3,5\n", "X.npy")
    try write("b,a\n2,1\n5,3\n", "Y.npy")
    #expect(contents("X.npy") == "a [1.0, 3.0], b [2.0, 5.0]")
    let refused =
      "X.names:1: these are the names of another matrix than X.npy; write both again, or remove this line if they are right"
    let (x, y) = (folder.path("X.names"), folder.path("Y.names"))
    for (path, other) in [(x, y), (folder.path("X.npy"), folder.path("Y.npy"))] {
      let own = try #require(FileManager.default.contents(atPath: path))
      try #require(FileManager.default.contents(atPath: other)).write(to: URL(filePath: path))
      #expect(contents("X.npy") == refused)
      try own.write(to: URL(filePath: path))
    }
    #expect(contents("X.npy") == "a [1.0, 3.0], b [2.0, 5.0]")
    // A matrix that another program has written over this one.
    try Matrix<Double>([[1, 2], [3, 5]]).write(npy: folder.path("X.npy"))
    #expect(contents("X.npy") == refused)
  }

  /// Both are moved together, or the names are written by hand.
  @Test func namesOfTheSameMatrixAreTaken() throws {
    try write("a,b\n1,2\n3,5\n", "X.npy")
    for ending in ["npy", "names"] {
      try FileManager.default.moveItem(atPath: folder.path("X.\(ending)"), toPath: folder.path("Z.\(ending)"))
    }
    #expect(contents("Z.npy") == "a [1.0, 3.0], b [2.0, 5.0]")
    _ = try file(Array("c\nd\n".utf8), "Z.names")
    #expect(contents("Z.npy") == "c [1.0, 3.0], d [2.0, 5.0]")
    try FileManager.default.removeItem(atPath: folder.path("Z.names"))
    #expect(contents("Z.npy") == "V1 [1.0, 3.0], V2 [2.0, 5.0]")
  }

  /// Lines are counted as they stand in the file, and equal tables give equal bytes.
  @Test func theLineOfTheMatrixIsALine() throws {
    try write("a,b\n1,2\n3,5\n", "X.npy")
    let names = try String(contentsOfFile: folder.path("X.names"), encoding: .utf8)
    #expect(names == "# linreg-names 6881a72f\na\nb\n")
    _ = try file(Array(names.replacing("b\n", with: "a\n").utf8), "X.names")
    #expect(
      contents("X.npy") == "X.names:3: column 2 is named \"a\" as column 1 is; give each column its own name")
  }

  @Test func aFileOfNamesOfOthersIsNotWrittenOver() throws {
    for text in ["", "1. Title: Iris Plants Database\n", "# linreg"] {
      _ = try file(Array(text.utf8), "iris.names")
      #expect(throws: TabularError.self) { try write("a,b\n1,2\n", "iris.npy") }
      #expect(try String(contentsOfFile: folder.path("iris.names"), encoding: .utf8) == text)
      #expect(!FileManager.default.fileExists(atPath: folder.path("iris.npy")))
    }
  }

  @Test func failuresLeaveWhatWasThere() throws {
    let path = try file(Array("old".utf8), "homes.npy")
    _ = try file(Array("# linreg-names 0\nold".utf8), "homes.names")
    func failure(_ text: String, _ write: (Table) throws -> Void) throws -> String? {
      do {
        try write(Table(csvText: text, source: "homes.csv"))
        return nil
      } catch { return "\(error)".replacing(folder.path(""), with: "") }
    }
    #expect(
      try failure("a,b\n1,red\n2,\n3,blue\n") { try $0.write(npy: path) }
        == "homes.csv:2:2: column \"b\": \"red\" is not a number, and a matrix holds only numbers; choose the columns that do (2 such fields in the column)"
    )
    #expect(
      try failure("a,b\n1,2\n3,1e39\n") { try $0.write(npy: path, as: Float.self) }
        == "homes.csv:3:2: column \"b\": 1e+39 is beyond the largest Float; keep Doubles or use another unit")
    #expect(
      try failure("a,\"b\nc\"\n1,2\n") { try $0.write(npy: path) }
        == "homes.names: the name \"b�c\" has a line break, and names are lines here; rename the column")
    #expect(
      try failure("a,b\n1,2\n") { try $0.write(npy: folder.path("nowhere/x.npy")) }
        == "nowhere/x.npy: cannot write the file: No such file or directory")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
    #expect(
      try String(contentsOfFile: folder.path("homes.names"), encoding: .utf8) == "# linreg-names 0\nold")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path("")).sorted() == [
        "homes.names", "homes.npy",
      ])
  }
}
