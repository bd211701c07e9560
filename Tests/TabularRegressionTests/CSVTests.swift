import TabularRegression
import Testing

@Suite struct CSVTests {
  func table(_ text: String) throws -> Table { try Table(csvText: text, source: "homes.csv") }

  /// The message of the error that reading the text, or a column of it, ends in.
  func message(_ text: String, column: String? = nil) -> String? {
    do {
      let table = try table(text)
      if let column { _ = try table.column(column) }
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: ["\n", "\r\n"])
  func plain(newline: String) throws {
    let table = try table(["a,b", "1,2", "-3.5e2,+.25"].joined(separator: newline))
    #expect(table.columnNames == ["a", "b"])
    #expect(table.rowCount == 2)
    #expect(try table.column("a") == [1, -350])
    #expect(try table.matrix(["b", "a"]) == [[2, 1], [0.25, -350]])
  }

  @Test func quotesSpacesAndByteOrderMark() throws {
    let text = "\u{FEFF}\"area, m²\",\"the \"\"price\"\"\", rooms \r\n\"12\", 7 ,\t3\r\n\"1\n2\",8,4\r\n\r\n"
    let table = try table(text)
    #expect(table.columnNames == ["area, m²", "the \"price\"", "rooms"])
    #expect(table.rowCount == 2)
    #expect(try table.column("rooms") == [3, 4])
    // A field may go over two lines; it is no number then, and the record's first line is named.
    #expect(
      message(text, column: "area, m²")
        == "homes.csv:3:1: column \"area, m²\": \"1�2\" is not a number; correct it or leave the column out")
  }

  /// As pandas and R write the names of rows: under no name, or with a header one name short.
  @Test(
    arguments: [
      (",x,y\nr1,1,2\nr2,2,3.5\nr3,3,4\n", ","),
      ("\"\",\"x\",\"y\"\n\"1\",1,2\n\"2\",2,3.5\n\"3\",3,4\n", ","),
      ("\"x\" \"y\"\n\"r1\" 1 2\n\"r2\" 2 3.5\n\"r3\" 3 4\n", " "),
    ] as [(String, Character)])
  func namesOfRowsAreNotAmongTheFeatures(text: String, delimiter: Character) throws {
    let table = try Table(csvText: text, source: "t.csv", options: ReadingOptions(delimiter: delimiter))
    #expect(table.columnNames == ["row.names", "x", "y"])
    #expect(try table.column("y") == [2, 3.5, 4])
    #expect(try FittedModel("y ~ .", table).features == ["x"])
    #expect(
      try FittedModel("y ~ . + row.names", Table(csvText: ",x,y\n1,1,2\n4,2,3\n2,2,1\n", source: "t.csv"))
        .features == ["x", "row.names"])
  }

  @Test func byteOrderMarksMayBeRepeated() throws {
    #expect(try table("\u{FEFF}\u{FEFF}a,b\n1,2\n").columnNames == ["a", "b"])
  }

  @Test func everyDecimalIsReadToTheNearestDouble() throws {
    let numbers = [
      "0.1", "1e-400", "5e-324", "1.7976931348623157e308", "12345678901234567890123456.0", "-0",
      "9007199254740993e0", "9007199254740994", "123456789012345000000000000", "36893488147419103232",
    ]
    let values = try table("x\n" + numbers.joined(separator: "\n")).column("x")
    #expect(values.map(\.bitPattern) == numbers.map { Double($0)!.bitPattern })
  }

  /// Two identifiers would become one.
  @Test(arguments: [
    "9007199254740993", "-9007199254740993", "00009007199254740993",
    "1234567890123456789012345678901234567890",
  ])
  func wholeNumbersThatNoDoubleHoldsAreRefused(number: String) throws {
    let text = "x,y\n1,2\n\(number),3\n\(number),3\n"
    #expect(
      message(text, column: "x")
        == "homes.csv:3:1: column \"x\": \(number) has more digits than a Double holds; round it, take a first value away from all (but weights) or leave the column out (2 such fields in the column)"
    )
    #expect(try table(text).column("y") == [2, 3, 3])
    let words = try Table(csvText: text, source: "t.csv", options: ReadingOptions(categories: ["x"]))
    #expect(try FittedModel("y ~ C(x)", words).features.count == 1)
  }

  @Test func wordsMatterOnlyInColumnsThatAreUsed() throws {
    let text = "name,x\nAnna,1\nBert,2\n"
    #expect(try table(text).column("x") == [1, 2])
    #expect(
      message(text, column: "name")
        == "homes.csv:2:1: column \"name\": \"Anna\" is not a number; correct it or leave the column out (2 such fields in the column)"
    )
  }

  @Test(arguments: [
    ("", "homes.csv:1: the file is empty; it should begin with a line of column names"),
    ("\n\n", "homes.csv:1: the file is empty; it should begin with a line of column names"),
    ("a,b\n", "homes.csv:1: there are no rows below the header; add data"),
    (
      "a,b\n1,2\n3\n",
      "homes.csv:3:1: the row has 1 field, the header has 2; give each row one field per column"
    ),
    (
      "a,b\n1,2,3\n",
      "homes.csv:2:3: the row has 3 fields, the header has 2; give each row one field per column"
    ),
    (
      "a,b,a\n1,2,3\n",
      "homes.csv:1:3: the name \"a\" stands over column 1 too; give each column its own name"
    ),
    (
      "1,2\n3,4\n",
      "homes.csv:1: the first line holds only numbers; put a line of column names above it, or give --no-header"
    ),
    ("a,,b\n0,1,2\n", "homes.csv:1:2: the column has no name; name it"),
    (
      "a,b,\n1,2,\n",
      "homes.csv:1:3: the line ends in a delimiter, so that the last column has no name; name it, or end lines without one"
    ),
    (
      "sep=;\na;b\n",
      "homes.csv:1:1: the line tells a spreadsheet what separates fields; pass over it by --skip 1, and give that as -d"
    ),
    ("a,b\r\r\n1,2\r\r\n", "homes.csv:1: lines end in CR CR LF; save the file with LF or CRLF at line ends"),
    (
      "a,b\n1,\"x\u{0}y\"\n",
      "homes.csv:2:2: there is a NUL byte; the file is not text, or it is UTF-16: give --encoding utf16, or save it as UTF-8"
    ),
    // Names of rows are in quotes, and so is the header above them; a decimal comma is not, and no delimiter at the end.
    (
      "x,y\n\"a\",1,2\n",
      "homes.csv:2:3: the row has 3 fields, the header has 2; give each row one field per column"
    ),
    (
      "\"x\",\"y\"\n\"a\",1,\n",
      "homes.csv:2:3: the row has 3 fields, the header has 2; give each row one field per column"
    ),
    (
      "x,y\n1,5,2\n",
      "homes.csv:2:3: the row has 3 fields, the header has 2; give each row one field per column"
    ),
    (
      "a;b\n1;2\n",
      "homes.csv:1:1: the columns seem to be separated by semicolons; give -d ';', or separate them by commas"
    ),
    (
      "a\tb\n1\t2\n",
      "homes.csv:1:1: the columns seem to be separated by tabs; give -t, or separate them by commas"
    ),
    (
      "PK\u{3}\u{4}\u{14}\0\0",
      "homes.csv:1: this is an archive, such as a spreadsheet or NumPy's .npz; save the table as CSV, or an array as .npy: numpy.save('x.npy', numpy.load('x.npz')['x'])"
    ),
    ("PAR1\u{15}", "homes.csv:1: this is a Parquet file; save the table as CSV"),
    ("<html><body>", "homes.csv:1: this is HTML or XML; save the table as CSV"),
    ("<!DOCTYPE html>", "homes.csv:1: this is HTML or XML; save the table as CSV"),
    (
      "<T>,<P>\n1,2,3\n",
      "homes.csv:2:3: the row has 3 fields, the header has 2; give each row one field per column"
    ),
    (
      "{\n  \"a\" : 1\n}\n",
      "homes.csv:1: this is JSON, as --json prints it; save the table as CSV"
    ),
    ("linreg-share 3 1 0\nx", "homes.csv:1: this is a share; linreg solve makes a model of it"),
    (
      "linreg-checkpoint 1 1 0\nx", "homes.csv:1: this is a checkpoint; linreg train --resume goes on from it"
    ),
    ("a,b\n1,\"2\n3,4\n", "homes.csv:2:2: the quote that opens here is never closed; add the closing quote"),
    (
      "a,b\n1,\"2\"3\n",
      "homes.csv:2:2: there is text behind a closing quote; double the quotes that belong to the text"
    ),
    (
      "a,b\n1,\u{0}2\n",
      "homes.csv:2:2: there is a NUL byte; the file is not text, or it is UTF-16: give --encoding utf16, or save it as UTF-8"
    ),
  ])
  func malformed(text: String, expected: String) {
    #expect(message(text) == expected)
  }

  @Test(arguments: [
    ("x", "\"x\" is not a number; correct it or leave the column out"),
    ("1.2.3", "\"1.2.3\" is not a number; correct it or leave the column out"),
    ("1 2", "\"1 2\" is not a number; correct it or leave the column out"),
    ("0x10", "\"0x10\" is not a number; correct it or leave the column out"),
    ("inf", "\"inf\" is not a number; correct it or leave the column out"),
    ("-", "\"-\" is not a number; correct it or leave the column out"),
    ("1e", "\"1e\" is not a number; correct it or leave the column out"),
    (".", "\".\" is not a number; correct it or leave the column out"),
    ("1e999", "1e999 is beyond the largest Double; use another unit"),
    ("", "a number is missing; fill it in, or drop or fill such rows"),
    ("NA", "a number is missing; fill it in, or drop or fill such rows"),
    ("nan", "a number is missing; fill it in, or drop or fill such rows"),
  ])
  func notANumber(field: String, expected: String) {
    #expect(message("a,b\n1,2\n3,\(field)\n", column: "b") == "homes.csv:3:2: column \"b\": \(expected)")
  }

  @Test func unknownColumnsAreListed() {
    #expect(
      message("a,b\n1,2\n", column: "c") == "homes.csv: there is no column \"c\"; the columns are a, b")
    #expect(
      message("a b\n1 2\n", column: "b")
        == "homes.csv: there is no column \"b\", but \"a b\" alone; where spaces separate the columns, give -d ' '"
    )
  }

  @Test func filesThatCannotBeRead() {
    #expect(
      throws: TabularError.file(path: "/no/such.csv", operation: .read, reason: "No such file or directory")
    ) {
      try Table(csv: "/no/such.csv")
    }
    #expect(throws: TabularError.file(path: "/", operation: .read, reason: "Is a directory")) {
      try Table(csv: "/")
    }
  }

  @Test func aTableOfNoFiles() {
    let error = TabularError.unusable(file: "table", message: "there is no file; give one or more")
    #expect(throws: error) { try Table(csv: []) }
    #expect(throws: error) { try FittedModel("y ~ x", csv: []) }
  }

  @Test func spacesAroundQuotesAndDoubledQuotes() throws {
    #expect(try table("a, \"b\" ,\"c\"\n1, \"2\" ,3\n").columnNames == ["a", "b", "c"])
    // Time in proportion to length: a copy for every doubled quote would take minutes here.
    let field = String(repeating: "\"\"", count: 300_000)
    #expect(try table("a,b\n\"\(field)\",2\n").column("b") == [2])
  }

  @Test func linesAreCountedInsideQuotes() {
    #expect(
      message("a,b\n\"1\n2\",3\nx,4\n5\n")
        == "homes.csv:5:1: the row has 1 field, the header has 2; give each row one field per column")
  }

  @Test func blankLines() throws {
    #expect(try table("a,b\n\n1,2\n\n\n3,4\n\n").column("b") == [2, 4])
    // In a table of one column a blank line is a field; left out, rows would no longer match.
    #expect(try table("a\n1\n2\n\n\n").column("a") == [1, 2])
    #expect(
      message("a\n1\n\n2\n", column: "a")
        == "homes.csv:3:1: column \"a\": a number is missing; fill it in, or drop or fill such rows")
  }

  @Test func otherLineEnds() {
    #expect(
      message("a,b\n1\r2,3\n", column: "a")
        == "homes.csv:2:1: column \"a\": \"1�2\" is not a number; correct it or leave the column out")
  }
}
