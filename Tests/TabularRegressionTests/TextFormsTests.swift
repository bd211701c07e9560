import Foundation
import TestSupport
import Testing

@testable import TabularRegression

/// Forms of text beside the usual one.
@Suite struct TextFormsTests {
  let folder = TemporaryFolder()

  private func path(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path(name)))
    return folder.path(name)
  }

  // MARK: Delimiters

  @Test func eachFileHasTheDelimiterOfItsEnding() throws {
    let paths = [
      try path("a.csv", "x,y\n1,u\n2,\"v\tw\"\n"), try path("b.tsv", "x\ty\n3\tu,v\n"),
      try path("c.TSV", "x\ty\n4\tu\n"), try path("d.txt", "x,y\n5,w\n"),
    ]
    let levels = ["u", "v\tw", "u,v", "w"]
    for paths in [paths, [paths[1], paths[0], paths[2], paths[3]]] {
      for table in [try Table(csv: paths), try Table(all: TableFile(paths))] {
        #expect(try Set(table.column("x")) == [1, 2, 3, 4, 5])
        guard case .words(let words) = try table.find("y").values else { return #expect(Bool(false)) }
        #expect(words.levels.sorted() == levels.sorted())
      }
    }
    // What is said holds for all.
    let tabs = ReadingOptions(delimiter: "\t")
    #expect(throws: TabularError.self) { try Table(csv: Array(paths[..<2]), options: tabs) }
    #expect(try Table(csv: [paths[1], paths[2]], options: tabs).rowCount == 2)
    #expect(
      try Table(all: TableFile([paths[0]], .csv)).columnNames == ["x", "y"]
        && TableFile([paths[1]], .csv, options: ReadingOptions(hasHeader: false)).columnNames == ["V1"])
    // Texts in memory have names only for messages.
    #expect(try Table(csvText: "x,y\n1,2\n", source: "t.tsv").columnNames == ["x", "y"])
  }

  // MARK: Lines

  private func table(_ text: String, _ options: ReadingOptions = ReadingOptions()) throws -> Table {
    try Table(csvText: text, source: "t.csv", options: options)
  }

  /// What a reader of blocks of any size gives: values of x and the lines of the rows, or the error.
  private func outcomes(_ bytes: [UInt8], _ options: ReadingOptions) -> Set<String> {
    var outcomes: Set<String> = []
    for size in [1, 2, 3, 5, 16, 1 << 20] {
      do {
        let reader = try TableReader([.memory(bytes, name: "t.csv")], options: options, blockSize: size)
        let table = try Table(all: reader, isCancelled: { false })
        outcomes.insert("\(try table.numbers("x")) \((0..<table.rowCount).map { table.places[$0].line })")
      } catch {
        outcomes.insert("\(error)")
      }
    }
    return outcomes
  }

  @Test func commentsAreNoRows() {
    let text = "# by X, \"who\n# 2\n\nx,y\n#,\"\n1,2\n\n# between\n2,\"a\n# in quotes\"\n 3,4\n#"
    #expect(
      outcomes(Array(text.utf8), ReadingOptions(comment: "#")) == ["[1.0, 2.0, 3.0] [6, 9, 11]"])
    #expect(
      outcomes(
        Array("//\nx\n/\n//1\n\n2\n\n// end\n\n".utf8), ReadingOptions(missingTexts: ["/"], comment: "//"))
        == ["[nan, nan, 2.0] [3, 5, 6]"])
    // What ends before it is a comment is a row.
    let slash = ReadingOptions(missingTexts: ["/"], comment: "//")
    #expect(outcomes(Array("x\n1\n/".utf8), slash) == ["[1.0, nan] [2, 3]"])
    // A line that holds them further on is a row, and without the option each line is one.
    #expect(
      outcomes(Array("x,y\n1,#\n".utf8), ReadingOptions(comment: "#")) == ["[1.0] [2]"])
    #expect(
      outcomes(Array("x,y\n#1,2\n1,2\n".utf8), ReadingOptions(delimiter: ";"))
        == ["t.csv: there is no column \"x\"; the columns are x,y"])
    // Names of rows below a comment.
    #expect(
      try! table("\"x\" \"y\"\n# c\n\"r\" 1 2\n", ReadingOptions(delimiter: " ", comment: "#")).columnNames
        == ["row.names", "x", "y"])
    for comment in ["", "#\n", "\0"] {
      #expect(throws: TabularError.self) { try table("x\n1\n", ReadingOptions(comment: comment)) }
    }
  }

  @Test func linesAtTheBeginningAreSkipped() {
    let text = Array("\u{FEFF}report, \"of\r\n\n1,2,3\nx,y\n1,2\n2,z\n".utf8)
    #expect(outcomes(text, ReadingOptions(skippedLines: 3)) == ["[1.0, 2.0] [5, 6]"])
    #expect(
      outcomes(text, ReadingOptions(skippedLines: 6))
        == ["t.csv:7: nothing follows the lines at the beginning that are skipped; skip fewer than 6"])
    #expect(outcomes(text, ReadingOptions(skippedLines: 60)).count == 1)
    #expect(
      outcomes(text, ReadingOptions(hasHeader: false, names: ["x", "y"], skippedLines: 4))
        == ["[1.0, 2.0] [5, 6]"])
    // What is skipped may begin as JSON does; what follows may not.
    #expect(outcomes(Array("{\"a\": 1}\nx\n1\n".utf8), ReadingOptions(skippedLines: 1)) == ["[1.0] [3]"])
  }

  @Test func linesMayEndInCarriageReturns() {
    for text in ["x,y\r1,2\r2,3\r", "x,y\r1,2\r2,3", "x,y\r1,2\r2,3\r\n", "x,y\r1,2\r\n2,3\n"] {
      #expect(
        outcomes(Array(text.utf8), ReadingOptions()) == ["[1.0, 2.0] [2, 3]"], "\(text.debugDescription)")
    }
    #expect(
      outcomes(Array("\u{FEFF}\"x\",\"y\rz\"\r1,2\r2,\"3\r4\"\r5,6".utf8), ReadingOptions())
        == ["[1.0, 2.0, 5.0] [3, 4, 6]"])
    #expect(
      outcomes(Array("# it's \"x\rx\r1\r".utf8), ReadingOptions(comment: "#")) == ["[1.0] [3]"])
    #expect(outcomes(Array("it's \"x\rx\r1\r".utf8), ReadingOptions(skippedLines: 1)) == ["[1.0] [3]"])
    #expect(
      outcomes(Array("x,y\r1,2\r3\r".utf8), ReadingOptions())
        == ["t.csv:3:1: the row has 1 field, the header has 2; give each row one field per column"])
    #expect(
      outcomes(Array("x,y\r\r\n1,2\r\r\n".utf8), ReadingOptions())
        == ["t.csv:1: lines end in CR CR LF; save the file with LF or CRLF at line ends"])
    // A quote inside a name opens nothing, and CR inside quotes is no line end.
    #expect(outcomes(Array("x,5\" pipe\n1,a\rb\n".utf8), ReadingOptions()) == ["[1.0] [2]"])
    #expect(outcomes(Array("x,\"a\rb\"\n1,2\n".utf8), ReadingOptions()) == ["[1.0] [2]"])
  }

  // MARK: Encodings

  private func utf16(_ text: String, isBigEndian: Bool, hasMark: Bool) -> [UInt8] {
    ((hasMark ? "\u{FEFF}" : "") + text).utf16.flatMap { (unit: UInt16) -> [UInt8] in
      let bytes = [UInt8(unit >> 8), UInt8(unit & 0xFF)]
      return isBigEndian ? bytes : bytes.reversed()
    }
  }

  @Test func encodings() throws {
    let text = "größe,y\n1,\"ü 😀 –\"\n2,€\n"
    func read(_ bytes: [UInt8], _ encoding: ReadingOptions.Encoding, _ size: Int) throws -> Table {
      try Table(
        all: TableReader(
          [.memory(bytes, name: "t.csv")], options: ReadingOptions(encoding: encoding), blockSize: size),
        isCancelled: { false })
    }
    for size in [1, 2, 7, 1 << 20] {
      for isBigEndian in [true, false] {
        for hasMark in [true, false] {
          for newline in ["\n", "\r\n", "\r"] {
            let text = text.replacingOccurrences(of: "\n", with: newline)
            let table = try read(utf16(text, isBigEndian: isBigEndian, hasMark: hasMark), .utf16, size)
            #expect(try table.column("größe") == [1, 2])
            #expect(
              try table.find("y").values == .words(TableColumn.Words(codes: [0, 1], levels: ["ü 😀 –", "€"])))
          }
        }
      }
      let latin1: [UInt8] =
        Array("gr".utf8) + [0xF6, 0xDF] + Array("e,y\n1,".utf8) + [0x80, 0x96, 0xFF, 0x0A]
      let table = try read(latin1, .latin1, size)
      #expect(try table.column("größe") == [1])
      #expect(try table.find("y").values == .words(TableColumn.Words(codes: [0], levels: ["€–ÿ"])))
    }
  }

  /// The bytes of "x\n1\n" and what is said of them.
  @Test func encodingsThatAreNotTheFiles() {
    let text = "x\n1\n", encodings = ReadingOptions.Encoding.allCases
    let utf32: [UInt8] = text.utf8.flatMap { (byte: UInt8) -> [UInt8] in [byte, 0, 0, 0] }
    func outcome(_ bytes: [UInt8], _ encoding: ReadingOptions.Encoding) -> String {
      outcomes(bytes, ReadingOptions(encoding: encoding)).sorted().joined(separator: "; ")
    }
    for encoding in encodings {
      for bytes in [utf32, [0xFF, 0xFE, 0, 0] + utf32, Array(utf32.reversed()), [0, 0, 0xFE, 0xFF]] {
        #expect(outcome(bytes, encoding) == "t.csv:1: the text is UTF-32; save it as UTF-8")
      }
    }
    for isBigEndian in [true, false] {
      for encoding in [ReadingOptions.Encoding.utf8, .latin1] {
        #expect(
          outcome(utf16(text, isBigEndian: isBigEndian, hasMark: true), encoding)
            == "t.csv:1: the text is UTF-16; give --encoding utf16, or save it as UTF-8")
      }
      #expect(
        outcome(Array(utf16("x\n\u{10000}\n", isBigEndian: isBigEndian, hasMark: true).dropLast(4)), .utf16)
          == "t.csv: the UTF-16 text ends within a character; copy the file again")
      #expect(
        outcome(utf16(text, isBigEndian: isBigEndian, hasMark: true) + [0x31], .utf16)
          == "t.csv: the UTF-16 text ends within a character; copy the file again")
    }
    #expect(
      outcome(utf16(text, isBigEndian: false, hasMark: false), .utf8)
        == "t.csv:1:1: there is a NUL byte; the file is not text, or it is UTF-16: give --encoding utf16, or save it as UTF-8"
    )
    #expect(
      outcome(Array(text.utf8), .utf16)
        == "t.csv:1: the text is not UTF-16: no byte of its beginning is zero; give its own --encoding, or none for UTF-8"
    )
    for encoding in [ReadingOptions.Encoding.latin1, .utf16] {
      #expect(
        outcome(Array("\u{FEFF}x\n1\n".utf8), encoding)
          == "t.csv:1: the text is UTF-8, as its first bytes say; leave --encoding out")
    }
    // Half of a pair is no character.
    let broken = utf16("x\n", isBigEndian: false, hasMark: true) + [0x3D, 0xD8, 0x41, 0, 0x0A, 0]
    #expect(
      outcome(broken, .utf16)
        == "t.csv:2:1: column \"x\": the text is not UTF-8; give its --encoding, save the file as UTF-8, or leave the column out"
    )
    #expect(outcome([], .utf16) == "t.csv:1: the file is empty; it should begin with a line of column names")
  }

  // MARK: Spaces

  @Test func runsOfSpacesAreOneDelimiter() throws {
    let options = ReadingOptions(delimiter: " ")
    let text = "  x     y\n  1   2.5\n\n 10  -3  \n     \n100  a\tb \r\n7 \" c \"\n   "
    #expect(outcomes(Array(text.utf8), options) == ["[1.0, 10.0, 100.0, 7.0] [2, 4, 6, 7]"])
    let table = try table("   \n\"a\"  b \n1  \" x  y \"  \n2 NA\n", options)
    #expect(table.columnNames == ["a", "b"])
    #expect(
      try table.find("b").values == .words(TableColumn.Words(codes: [0, -1], levels: ["x  y"])))
    #expect(
      outcomes(Array("x y\n1 2 3 \n".utf8), options)
        == ["t.csv:2:3: the row has 3 fields, the header has 2; give each row one field per column"])
    // One column: a line of spaces is a blank line, which is a row but at the end.
    #expect(outcomes(Array(" x\n 1\n  \n2\n \n".utf8), options) == ["[1.0, nan, 2.0] [2, 3, 4]"])
    // Other delimiters are one each.
    #expect(
      outcomes(Array("x\ty\n1\t\t2\n".utf8), ReadingOptions(delimiter: "\t"))
        == ["t.csv:2:3: the row has 3 fields, the header has 2; give each row one field per column"])
  }
}
