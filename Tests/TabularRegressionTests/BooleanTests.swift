import Foundation
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// Columns of TRUE and FALSE, however they are written.
@Suite struct BooleanTests {
  let folder = TemporaryFolder()

  private func path(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path(name)))
    return folder.path(name)
  }

  /// Rows of y and a flag.
  private func text(_ flags: [String]) -> String {
    "y,flag\n" + flags.enumerated().map { "\($0 * $0 % 7),\($1)\n" }.joined()
  }

  private let spellings = ["true", "False", "TRUE", "false", "True", "FALSE", "tRUE", "FALSE"]

  @Test func theFirstSpellingDecidesNothing() throws {
    for flags in [spellings, spellings.reversed()] {
      for formula in ["y ~ flag", "y ~ C(flag)"] {
        let name = formula == "y ~ flag" ? "flagTRUE" : "C(flag)TRUE"
        #expect(try FittedModel(formula, csv: [path("a.csv", text(flags))]).features == [name])
      }
      for reference in ["TRUE", "true", "True"] {
        let formula = "y ~ C(flag, reference = \"\(reference)\")"
        let model = try FittedModel(formula, csv: [path("a.csv", text(flags))])
        #expect(model.features.count == 1 && model.features[0].hasSuffix("FALSE"), "\(model.features)")
      }
    }
    // Beside another word each stands as it is.
    let words = try FittedModel(
      "y ~ flag", csv: [path("a.csv", text(["true", "True", "maybe", "true", "True"]))])
    #expect(words.features == ["flagmaybe", "flagtrue"])
  }

  /// In blocks, on threads, as a share of several files and as shares that are merged.
  @Test func allWaysAgree() throws {
    let flags = (0..<400).map { spellings[$0 * $0 % 8] }
    let whole = try FittedModel("y ~ flag", Table(csvText: text(flags), source: "a.csv"))
    for threads in [1, 3] {
      let reader = try TableReader(
        [.memory(Array(text(flags).utf8), name: "a.csv")], options: .init(), blockSize: 64)
      let model = try Parallelism.$threads.withValue(threads) {
        try FittedModel(Formula("y ~ flag"), reading: reader, blocksInMemory: 1)
      }
      #expect(model.features == ["flagTRUE"] && close(model, whole))
    }
    let rows = text(flags).split(separator: "\n")
    func share(_ range: Range<Int>) throws -> Share {
      let text = "y,flag\n" + rows[1...][range.lowerBound + 1..<range.upperBound + 1].joined(separator: "\n")
      return try Share("y ~ flag", Table(csvText: text, source: "part.csv"))
    }
    // One row has one level only.
    var merged = try share(0..<1)
    try merged.merge(share(1..<200))
    try merged.merge(share(200..<400))
    #expect(try merged.solve().features == ["flagTRUE"] && close(merged.solve(), whole))
  }

  /// A share that counts TRUE and FALSE does not know how they were written: beside other words that would matter.
  @Test func sharesOfTruthValuesAndOfWordsAreKeptApart() throws {
    func share(_ flags: [String]) throws -> Share {
      try Share("y ~ flag", Table(csvText: text(flags), source: "a.csv"))
    }
    var truths = try share(["true", "False", "true"]), words = try share(["maybe", "true", "no"])
    let message =
      "column \"flag\" holds other kinds of levels here than before; accumulate the files together"
    #expect(throws: TabularError.unusable(file: "b", message: message)) {
      try truths.merge(words, named: "b")
    }
    #expect(throws: TabularError.unusable(file: "b", message: message)) {
      try words.merge(truths, named: "b")
    }
  }

  /// The reference of a formula is one level of both shares, however it is written.
  @Test(arguments: [
    ("y ~ C(z, reference = \"2.0\")", ["1", "2", "3", "1", "2"], ["2", "3", "1", "2"]),
    ("y ~ C(z, reference = \"true\")", ["true", "FALSE", "TRUE"], ["false", "True", "true"]),
  ])
  func referencesOfShares(formula: String, first: [String], second: [String]) throws {
    let rows = text(first + second).split(separator: "\n").dropFirst().map(String.init)
    func table(_ rows: some Sequence<String>) throws -> Table {
      try Table(
        csvText: (["y,z"] + rows).joined(separator: "\n"), source: "t.csv", categories: ["z"])
    }
    var merged = try Share(formula, table(rows[..<first.count]))
    try merged.merge(Share(formula, table(rows[first.count...])))
    let whole = try FittedModel(formula, table(rows))
    #expect(try merged.solve().features == whole.features && close(merged.solve(), whole))
  }

  private func close(_ a: FittedModel, _ b: FittedModel) -> Bool {
    let pairs = zip(
      a.coefficientStatistics.compactMap(\.estimate), b.coefficientStatistics.compactMap(\.estimate))
    return pairs.allSatisfy { (x: Double, y: Double) in abs(x - y) <= 1e-9 * (1 + abs(y)) }
  }

  @Test func matricesHoldOnesAndZeros() throws {
    let path = folder.path("a.npy")
    try Table(csvText: "y,flag\n1,true\n2,FALSE\n3,\n4,True\n", source: "a.csv").write(npy: path)
    let flags = try Table(npy: path).numbers("flag")
    #expect(flags[0] == 1 && flags[1] == 0 && flags[2].isNaN && flags[3] == 1)
    let error = #expect(throws: TabularError.self) {
      try Table(csvText: "y,flag\n1,true\n2,maybe\n3,no\n", source: "a.csv").write(npy: path)
    }
    #expect(
      error?.description
        == "a.csv:3:2: column \"flag\": \"maybe\" is not a number, and a matrix holds only numbers; choose the columns that do (2 such fields in the column)"
    )
  }

  @Test func checksCountLevelsAsFitsDo() throws {
    let text =
      "y,flag,same,other\n1,true,TRUE,true\n2,FALSE,False,TRUE\n4,True,true,maybe\n3,false,false,no\n"
    let check = try TableCheck(path("a.csv", text), .csv)
    #expect(check.columns[1].values?.texts == ["TRUE", "FALSE"])
    #expect(check.columns[1].kind == .boolean)
    #expect(check.columns[3].values?.texts == ["true", "TRUE", "maybe", "no"])
    #expect(check.findings.contains { $0.kind == .duplicate && $0.column == "same" })
    // One level, in two spellings.
    let constant = try TableCheck(path("b.csv", "y,flag\n1,true\n2,TRUE\n"), .csv)
    #expect(constant.findings.map(\.kind) == [.oneLevel])
  }
}
