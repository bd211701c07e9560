import Foundation
import TabularRegression
import TestSupport
import Testing

/// `linreg check`, run as a user would.
@Suite struct CheckCommandTests {
  let folder = TemporaryFolder()
  var location: URL { URL(fileURLWithPath: folder.path("")) }

  private func file(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path(name)))
  }

  /// Sixty rows with everything that can be said of a column.
  private var messy: String {
    let rows = (1...60).map { i in
      let area = i == 3 ? "" : "\(40 + i * 7 % 50).5"
      return
        "name\(i),\(i % 2 == 0 ? "red" : "blue"),\(area),\(area),\(1000 + i % 3),5,\(i % 7 == 0 ? 1 : 0),\(i == 50 ? "x" : "\(i)"),,\(3 * i),\(6 * i + 1),\(3 * i)"
    }
    return "id,colour,area,sameArea,zip,constant,flag,mixed,empty,price,cents,copy\n"
      + rows.joined(separator: "\n")
  }

  @Test func everythingThatCanBeSaidOfAColumn() throws {
    try file("messy.csv", messy)
    let outcome = try linreg("check", "messy.csv", "--target", "price", in: location)
    #expect(
      outcome
        == Outcome(
          status: 1,
          output: """
            messy.csv: 60 rows, 12 columns

            column    kind      missing      minimum         mean      maximum
            id        words           0  60 levels: name1, name2, name3, name…
            colour    words           0  2 levels: blue, red
            area      number          1         40.5      64.8898         89.5
            sameArea  number          1         40.5      64.8898         89.5
            zip       integer         0         1000         1001         1002
            constant  integer         0            5            5            5
            flag      boolean         0            0     0.133333            1
            mixed     mixed           -
            empty     missing        60
            price     integer         0            3         91.5          180
            cents     integer         0            7          184          361
            copy      integer         0            3         91.5          180

            would stop a fit
              "id" holds another word in every row; leave it out, or write C(id) if it is a
                category
              line 4: "area" lacks 1 of 60 values, here the first; fill them in or drop
                their rows
              line 4: "sameArea" lacks 1 of 60 values, here the first; fill them in or drop
                their rows
              line 51: column "mixed": "x" is not a number; correct it, or make the column a
                category by C(mixed)
              "empty" has no value in any row; leave it out

            worth a look
              "sameArea" is equal to "area" in every row; leave one of them out
              "zip" has only 3 different whole numbers; if they are names, take C(zip)
              "constant" is the same in every row; leave it out
              "cents" determines the target: their correlation is 1; leave it out unless it
                is known beforehand
              "copy" is equal to the target in every row; leave it out unless it is known
                beforehand

            """, error: ""))
    #expect(outcome.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  /// What `check` says below its table, with lines joined.
  private func findings(_ text: String, _ arguments: String...) throws -> (status: Int32, text: String) {
    try file("a.csv", text)
    let outcome = try linreg(["check", "a.csv"] + arguments, in: location)
    let parts = outcome.output.components(separatedBy: "\n\n").dropFirst(2)
    return (outcome.status, parts.joined(separator: "|").replacingOccurrences(of: "\n    ", with: " "))
  }

  @Test func whatStopsAFitIsSaidToStopOne() throws {
    let ten = 1...10
    let one = try findings("y\n1\n2\n")
    #expect(
      one
        == (
          1,
          "would stop a fit\n  there is one column only, and nothing to predict it from; see whether -d or -t splits it\n"
        ))
    let level = try findings("y,z\n" + ten.map { "\($0).5,w\n" }.joined())
    #expect(level == (1, "would stop a fit\n  \"z\" holds the same word in every row; leave it out\n"))
    let different = try findings("y,z\n" + ten.map { "\($0).5,w\($0)\n" }.joined())
    #expect(
      different
        == (
          1,
          "would stop a fit\n  \"z\" holds another word in every row; leave it out, or write C(z) if it is a category\n"
        ))
    let percent = try findings("y,a\n1.5,10%\n2.5,\"1,250.5%\"\n3.5,-0.5%\n3.7,10%\n")
    #expect(
      percent
        == (
          1,
          "would stop a fit\n  line 2: column \"a\": \"10%\" is a number that is not written as such; leave only digits, a point and a sign, or make the column a category by C(a)\n"
        ))
    let mixed = try findings("y,z\n1.5,a\n2.5,7\n3.5,b\n4.5,b\n")
    #expect(
      mixed
        == (
          1,
          "would stop a fit\n  line 3: column \"z\": \"7\" is a number among words; correct it, or make the column a category by C(z)\n"
        ))
    for (text, formula) in [
      ("y,z\n" + ten.map { "\($0).5,w\n" }.joined(), "y ~ z"), ("y\n1\n2\n", "y ~ ."),
      ("y,z\n" + ten.map { "\($0).5,w\($0)\n" }.joined(), "y ~ z"),
      ("y,z\n1.5,a\n2.5,7\n3.5,b\n4.5,b\n", "y ~ z"), ("y,z\n1.5,10%\n2.5,\"1,5\"\n3.5,-0.5%\n", "y ~ z"),
    ] {
      try file("a.csv", text)
      #expect(try linreg("fit", formula, "a.csv", in: location).status == 1, "\(formula): \(text)")
    }
  }

  /// All rows are looked at, and those that a fit would end at are counted.
  @Test func raggedRowsAreCounted() throws {
    let text = "y,a,b\n1.5,2,3\n4.5,5\n6.5,7,8,9\n1.7,x,2\n\n1.2,2,3\n7.5,3,3.5\n2.1,2\n"
    let expected =
      "would stop a fit\n  line 3: field 2: the row has 2 fields, the header has 3; give each row one field per column (3 such rows)"
      + "\n  line 5: column \"a\": \"x\" is not a number; correct it, or make the column a category by C(a)"
      + "\n  line 3: \"b\" lacks 2 of 7 values, here the first; fill them in or drop their rows\n"
    let found = try findings(text)
    #expect(found == (1, expected))
    // Rows in blocks of their own, which threads read.
    let rows = (1...200_000).map { $0 % 50_000 == 7 ? "\($0),1" : "\($0),1,2.5" }
    try file("long.csv", "y,a,b\n" + rows.joined(separator: "\n"))
    let outcome = try linreg("check", "long.csv", in: location)
    #expect(outcome.output.contains("line 8: field 2: the row has 2 fields"))
    #expect(outcome.output.contains("(4 such\n    rows)") || outcome.output.contains("(4 such rows)"))
  }

  @Test func whatIsWorthALook() throws {
    let numbered = try findings("id,y\n" + (1...12).map { "\(13 - $0),0.\($0)\n" }.joined())
    #expect(
      numbered
        == (
          0,
          "worth a look\n  \"id\" holds each whole number from 1 to 12 once; leave it out if it numbers the rows\n"
        ))
    let row = try findings("y,a\n1,2\n", "--target", "y")
    #expect(row == (0, "worth a look\n  there is one row only; a fit needs more rows than columns\n"))
    let constant = try findings("y,a\n1,2\n1,3\n", "--target", "y")
    #expect(
      constant
        == (0, "worth a look\n  the target \"y\" is the same in every row: nothing is to explain\n"))
    // Mean, range and deviation of 1 to 10.
    let gaps = try findings("id,y\n" + [1, 3, 3, 4, 4, 5, 8, 8, 9, 10].map { "\($0),0.\($0)\n" }.joined())
    #expect(!gaps.text.contains("each whole number"))
    // Codes and versions are words, among which a date may stand.
    let words = try findings("y,a\n1.5,2024-01-05\n2.5,12-B\n3.5,1.2.3\n3.7,1.2.3\n")
    #expect(words == (0, "nothing is wrong\n"))
    // The names of rows, as R and pandas write them.
    let named = try findings(
      ",y\n" + [1, 3, 3, 4, 4, 5, 8, 8, 9, 10].enumerated().map { "\($0),0.\($1)\n" }.joined())
    #expect(named == (0, "nothing is wrong\n"))
  }

  @Test func jsonHasTheSame() throws {
    try file("messy.csv", messy)
    let outcome = try linreg("check", "messy.csv", "--target", "price", "--json", in: location)
    #expect(outcome.status == 1)
    let check = try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(check["rows"] as? Int == 60)
    #expect(check["stopsFit"] as? Bool == true)
    let columns = try #require(check["columns"] as? [[String: Any]])
    #expect(
      columns.map { $0["name"] as? String }
        == messy.prefix { $0 != "\n" }.split(separator: ",").map(String.init))
    #expect(columns[1]["firstLevels"] as? [String] == ["blue", "red"])
    #expect(columns[2]["firstMissingLine"] as? Int == 4)
    #expect(columns[9]["mean"] as? Double == 91.5)
    let findings = try #require(check["findings"] as? [[String: Any]])
    #expect(
      findings.map { $0["kind"] as? String } == [
        "allDifferent", "missing", "missing", "mixed", "missing", "duplicate", "categoryLike", "constant",
        "targetCorrelation", "targetCopy",
      ])
    #expect(findings[1]["line"] as? Int == 4)
  }

  @Test func nothingIsWrong() throws {
    #expect(
      try linreg("check", "-", input: "x,y\n0,1\n1.5,3\n")
        == Outcome(
          status: 0,
          output: """
            standard input: 2 rows, 2 columns

            column  kind      missing      minimum         mean      maximum
            x       number          0            0         0.75          1.5
            y       integer         0            1            2            3

            nothing is wrong

            """, error: ""))
  }

  @Test(arguments: [
    (
      "a,b\n1,\"2\n", "line 2: field 2: the quote that opens here is never closed; add the closing\n    quote"
    ),
    ("", "line 1: the file is empty; it should begin with a line of column names"),
    ("a,b\n", "line 1: there are no rows below the header; add data"),
  ])
  func damage(text: String, expected: String) throws {
    try file("bad.csv", text)
    #expect(
      try linreg("check", "bad.csv", in: location)
        == Outcome(status: 1, output: "bad.csv\n\nwould stop a fit\n  \(expected)\n", error: ""))
  }

  @Test func matrices() throws {
    let path = folder.path("X.npy")
    try ([[1, 2], [.nan, 3], [3, .infinity]] as Matrix<Double>).write(npy: path)
    #expect(
      try linreg("check", "X.npy", "--names", "a,b", in: location)
        == Outcome(
          status: 1,
          output: """
            X.npy: 3 rows, 2 columns

            column  kind      missing      minimum         mean      maximum
            a       integer         1            1            2            3
            b       number          0            2          2.5            3

            would stop a fit
              row 2: "a" lacks 1 of 3 values, here the first; fill them in or drop their
                rows
              row 3: "b" has 1 infinite number, here the first; correct or drop them

            """, error: ""))
    // The same whatever the number of threads.
    try Matrix<Double>(rows: 400_000, columns: 3) { i, _ in Double(i % 1000) / 7 }.write(npy: path)
    let one = try linreg("check", "X.npy", "--json", "--target", "V1", "--threads", "1", in: location)
    #expect(one.status == 0)
    #expect(try linreg("check", "X.npy", "--json", "--target", "V1", "--threads", "2", in: location) == one)
  }

  @Test func filesAtFault() throws {
    #expect(
      try linreg("check", "none.csv", in: location)
        == Outcome(
          status: 1, output: "", error: "none.csv: cannot read the file: No such file or directory\n"))
    try file("x.csv", "x\n1\n")
    #expect(
      try linreg("check", "x.csv", "--target", "y", in: location)
        == Outcome(status: 1, output: "", error: "x.csv: there is no column \"y\"; the columns are x\n"))
  }
}
