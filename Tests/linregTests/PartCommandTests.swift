import Foundation
import TestSupport
import Testing

/// accumulate --part → merge → solve, as several processes would.
@Suite struct PartCommandTests {
  let folder = TemporaryFolder()
  private var place: URL { URL(fileURLWithPath: folder.path("")) }

  /// Three blocks of 4 MiB: few rows, with long notes.
  init() throws {
    let note = String(repeating: "a note that nobody reads; ", count: 39)
    let rows = (0..<10_000).map { "\($0 * 31 % 1009),\($0 * 7919 % 10_007),\(note)\n" }
    try Data(("y,x,note\n" + rows.joined()).utf8).write(to: URL(fileURLWithPath: folder.path("t.csv")))
    for part in 1...3 {
      #expect(
        try linreg("accumulate", "y ~ x", "t.csv", "--part", "\(part)/3", "-o", "\(part)", in: place).status
          == 0)
    }
  }

  private func bytes(_ name: String) -> Data? { FileManager.default.contents(atPath: folder.path(name)) }

  @Test func partsInAnyOrderAreTheWhole() throws {
    #expect(try linreg("accumulate", "y ~ x", "t.csv", "-o", "whole", in: place).status == 0)
    for order in [["1", "2", "3"], ["3", "1", "2"]] {
      let merged = try linreg(["merge"] + order + ["-o", "all"], in: place)
      #expect(merged == Outcome(status: 0, output: "", error: "all: 10000 rows, 2 columns\n"))
      #expect(bytes("all") == bytes("whole"))
    }
  }

  @Test func aPartThatIsMergedTwiceIsRefused() throws {
    #expect(try linreg("merge", "1", "2", "-o", "first", in: place).status == 0)
    let fault = "block 2 of t.csv is here and before; merge each part once\n"
    #expect(
      try linreg("merge", "first", "2", "-o", "all", in: place)
        == Outcome(status: 1, output: "", error: "2: \(fault)"))
    try FileManager.default.copyItem(atPath: folder.path("2"), toPath: folder.path("copy"))
    #expect(
      try linreg("merge", "3", "2", "copy", "-o", "all", in: place)
        == Outcome(status: 1, output: "", error: "copy: \(fault)"))
    #expect(bytes("all") == nil)
  }

  @Test func aPartThatIsMissingIsNamed() throws {
    let merged = try linreg("merge", "3", "1", "-o", "some", in: place)
    #expect(merged.status == 0 && merged.error.hasSuffix(" rows; it lacks block 2 of t.csv\n"))
    let solved = try linreg("solve", "some", "-m", "model", in: place)
    let fault = "some: it lacks block 2 of t.csv; merge the other parts, or add --incomplete to do without\n"
    #expect(solved == Outcome(status: 1, output: "", error: fault))
    #expect(bytes("model") == nil)
    let without = try linreg("solve", "some", "--incomplete", "-m", "model", in: place)
    #expect(without.status == 0 && without.error == "some: this is the fit without block 2 of t.csv\n")
    #expect(bytes("model") != nil)
  }

  @Test func partsOfOtherFilesOrFitsAreRefused() throws {
    #expect(try linreg("accumulate", "y ~ 1", "t.csv", "--part", "2/3", "-o", "other", in: place).status == 0)
    #expect(
      try linreg("merge", "1", "other", "-o", "all", in: place)
        == Outcome(
          status: 1, output: "",
          error: "other: it is a part of another fit; merge parts of one formula, with the same options\n"))
    let text = try #require(bytes("t.csv"))
    try (text + Data("1,2,n\n".utf8)).write(to: URL(fileURLWithPath: folder.path("t.csv")))
    #expect(try linreg("accumulate", "y ~ x", "t.csv", "--part", "2/3", "-o", "later", in: place).status == 0)
    #expect(
      try linreg("merge", "1", "later", "3", "-o", "all", in: place)
        == Outcome(
          status: 1, output: "",
          error:
            "later: t.csv had another size or width when this part was made; make all parts again from the same file\n"
        ))
    #expect(bytes("all") == nil)
    for part in ["0/3", "4/3", "x", "1/0"] {
      #expect(try linreg("accumulate", "y ~ x", "t.csv", "--part", part, "-o", "all", in: place).status == 2)
    }
  }
}
