import Foundation
import TestSupport
import Testing

/// Lists of names on the command line: quotes as in CSV, in every option that takes one.
@Suite struct NameListTests {
  let folder = TemporaryFolder()
  var location: URL { URL(fileURLWithPath: folder.path("")) }
  private let text = "x,\"a,b\",\"say \"\"hi\"\"\"\n1,2,3\n2,3,5\n3,5,4\n4,4,9\n"

  private func columns(_ list: String) throws -> Outcome {
    try linreg(
      "convert", "-", "-", "--from", "csv", "--to", "csv", "--columns", list, input: text, in: location)
  }

  @Test(arguments: [
    ("\"a,b\"", "\"a,b\""),
    ("\"a,b\",x", "\"a,b\",x"),
    (" x , \"a,b\" ", "x,\"a,b\""),
    ("\" a,b \"", "\"a,b\""),
    ("\"say \"\"hi\"\"\",x", "\"say \"\"hi\"\"\",x"),
    ("\"x\"", "x"),
    ("say \"hi\"", "\"say \"\"hi\"\"\""),
  ])
  func aNameInQuotesMayHoldCommas(list: String, header: String) throws {
    let outcome = try columns(list)
    #expect(outcome.error == "" && outcome.output.hasPrefix(header + "\n"), "\(outcome)")
  }

  @Test(arguments: [
    ("\"a,b", "a quote is never closed; close it, or double the quotes that belong to a name"),
    ("\"a,b\"x", "there is text behind a closing quote; double the quotes that belong to a name"),
  ])
  func quotesThatAreWrong(list: String, message: String) throws {
    let outcome = try columns(list)
    #expect(outcome.status == 2)
    #expect(outcome.error.contains(message), "\(outcome.error)")
  }

  @Test func everyOptionWithNames() throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path("t.csv")))
    func terms(_ arguments: String...) throws -> [String] {
      let outcome = try linreg(arguments, in: location)
      #expect(outcome.status == 0, "\(outcome.error)")
      return outcome.output.split(separator: "\n").filter { $0.hasPrefix("a,b") || $0.hasPrefix("x  ") }.map {
        String($0.prefix { $0 != " " })
      }
    }
    #expect(try terms("fit", "--target", "x", "t.csv", "--features", "\"a,b\"") == ["a,b"])
    #expect(try terms("fit", "--target", "x", "t.csv", "--exclude", "\"say \"\"hi\"\"\"") == ["a,b"])
    #expect(
      try linreg("accumulate", "`say \"hi\"` ~ x + `a,b`", "t.csv", "-o", "s.share", in: location).status == 0
    )
    #expect(try terms("solve", "s.share", "--drop", "\"a,b\"") == ["x"])
    #expect(try linreg("fit", "x ~ `a,b`", "t.csv", "-m", "m.json", in: location).status == 0)
    #expect(
      try linreg("predict", "m.json", "t.csv", "--pass", "\"a,b\",x", in: location).output
        .hasPrefix("\"a,b\",x,prediction\n2,1,"))
    #expect(
      try linreg(
        "convert", "-", "-", "--from", "csv", "--to", "csv", "--no-header", "--names", "\"a,b\",c",
        input: "1,2\n", in: location
      ).output == "\"a,b\",c\n1,2\n")
  }

  /// Commas inside parentheses stay part of a name.
  @Test func namesOfPowersNeedNoQuotes() throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path("t.csv")))
    #expect(
      try linreg("accumulate", "`a,b` ~ poly(x, 2)", "t.csv", "-o", "s.share", in: location).status == 0)
    let outcome = try linreg("solve", "s.share", "--drop", "poly(x, 2)2", in: location)
    #expect(outcome.status == 0 && !outcome.output.contains("poly(x, 2)2"), "\(outcome)")
  }
}
