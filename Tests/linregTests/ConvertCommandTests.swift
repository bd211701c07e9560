import Foundation
import TabularRegression
import TestSupport
import Testing

/// `linreg convert`, run as a user would.
@Suite struct ConvertCommandTests {
  let folder = TemporaryFolder()
  var location: URL { URL(fileURLWithPath: folder.path("")) }

  private func file(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path(name)))
  }

  private func contents(_ name: String) throws -> String {
    try String(contentsOfFile: folder.path(name), encoding: .utf8)
  }

  private func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path("")).sorted()
  }

  private let done = Outcome(status: 0, output: "", error: "")

  @Test func thereAndBack() throws {
    let text = "\"area, m²\",price,rooms\n0.1,-1e-300,3\n,12345678.9,-0\n1e+300,0.0001,5e-324\n"
    try file("homes.csv", text)
    #expect(try linreg("convert", "homes.csv", "homes.npy", in: location) == done)
    #expect(try files() == ["homes.csv", "homes.names", "homes.npy"])
    #expect(try contents("homes.names").hasSuffix("\narea, m²\nprice\nrooms\n"))
    #expect(try linreg("convert", "homes.npy", "again.csv", in: location) == done)
    #expect(try contents("again.csv") == text)
    // Through pipes, without the file of names.
    #expect(
      try linreg("convert", "homes.npy", "-", "--to", "csv", "--names", "a,b,c", in: location).output
        == "a,b,c" + text.drop { $0 != "\n" })
    #expect(
      try linreg("convert", "-", "piped.npy", "--from", "csv", input: text, in: location) == done)
    #expect(
      FileManager.default.contents(atPath: folder.path("piped.npy"))
        == FileManager.default.contents(atPath: folder.path("homes.npy")))
  }

  /// The names' file may be the input, or somebody's text.
  @Test func namesAreNotWrittenOverOtherFiles() throws {
    try file("Y.names", "a,b\n1,2\n")
    func refused(_ error: String) -> Outcome { Outcome(status: 1, output: "", error: error + "\n") }
    #expect(
      try linreg("convert", "Y.names", "Y.npy", "--from", "csv", in: location)
        == refused("Y.names: the file of the columns' names is the input; write to another file"))
    try file("s.csv", "a,b\n1,2\n")
    let others = refused(
      "Y.names: the names of the columns go here, and linreg has not written this file; move it, or write to another name than Y.npy"
    )
    #expect(try linreg("convert", "s.csv", "Y.npy", in: location) == others)
    #expect(try linreg("fit", "b ~ 1", "s.csv", "-m", "m", in: location).status == 0)
    #expect(try linreg("predict", "m", "s.csv", "-o", "Y.npy", in: location) == others)
    #expect(try files() == ["Y.names", "m", "s.csv"])
    #expect(try contents("Y.names") == "a,b\n1,2\n")
    // Devices have no neighbours.
    #expect(try linreg("convert", "s.csv", "/dev/null", "--to", "npy", in: location) == done)
    #expect(!FileManager.default.fileExists(atPath: "/dev/null.names"))
  }

  /// From text to text fields are not read as numbers: more digits than a Double has stay, and so do zeros and words.
  @Test(arguments: [
    (
      "id,x\n9007199254740993,1.50\n9007199254740992,NA\n", ["--to", "csv"],
      "id,x\n9007199254740993,1.50\n9007199254740992,NA\n"
    ),
    ("a,b\n1,x\nx,1\n", ["--to", "csv"], "a,b\n1,x\nx,1\n"),
    ("a,b\nx,1\n1,x\n", ["--to", "csv"], "a,b\nx,1\n1,x\n"),
    ("a,b\n\" A \", B \n\"\",\"a \"\"b\"\"\"\n", ["--to", "csv"], "a,b\n\" A \",B\n,\"a \"\"b\"\"\"\n"),
    ("a,b\n1.50,NA\n", ["--to", "tsv"], "a\tb\n1.50\tNA\n"),
    ("a,b\n1.50,NA\n", ["--to", "csv", "--null-value", "NA"], "a,b\n1.5,\n"),
    ("a,b\n1.50,0.1\n", ["--to", "csv", "--float"], "a,b\n1.5,0.1\n"),
  ])
  func textStaysText(text: String, options: [String], expected: String) throws {
    let outcome = try linreg(["convert", "-", "-", "--from", "csv"] + options, input: text, in: location)
    #expect(outcome == Outcome(status: 0, output: expected, error: ""))
  }

  @Test func columnsAreChosenInOrder() throws {
    try file("homes.csv", "name,price,area\nAnna,1,2\nBert,3,4\n")
    #expect(
      try linreg("convert", "homes.csv", "-", "--to", "tsv", "--columns", "area,name", in: location).output
        == "area\tname\n2\tAnna\n4\tBert\n")
    #expect(try linreg("convert", "homes.csv", "homes.npy", "--columns", "area,price", in: location) == done)
    #expect(
      try linreg("convert", "homes.npy", "-", "--to", "csv", in: location).output == "area,price\n2,1\n4,3\n")
  }

  @Test func singlePrecision() throws {
    try file("x.csv", "x\n0.1\n0.30000000000000004\n")
    #expect(try linreg("convert", "x.csv", "x.npy", "--float", in: location) == done)
    #expect(try MappedMatrix<Float>(npy: folder.path("x.npy"))[0, 0] == 0.1)
    // Floats stay floats, and need fewer digits.
    #expect(try linreg("convert", "x.npy", "y.npy", in: location) == done)
    #expect(try MappedMatrix<Float>(npy: folder.path("y.npy"))[1, 0] == 0.3)
    #expect(try linreg("convert", "y.npy", "-", "--to", "csv", in: location).output == "x\n0.1\n0.3\n")
  }

  @Test func aMatrixIntoAPipe() throws {
    try file("x.csv", "x\n1\n2\n")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c", "\"$0\" convert x.csv - --to npy | \"$0\" convert - y.csv --from npy --names x", executable.path,
    ]
    process.currentDirectoryURL = location
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(try contents("y.csv") == "x\n1\n2\n")
    #expect(try files() == ["x.csv", "y.csv"])
  }

  @Test(arguments: [
    (
      ["words.csv", "out.npy"],
      "words.csv:2:1: column \"name\": \"Anna\" is not a number, and a matrix holds only numbers; choose the columns that do (2 such fields in the column)"
    ),
    (
      ["words.csv", "out.npy", "--columns", "y"],
      "words.csv: there is no column \"y\"; the columns are name, x"
    ),
    (
      ["ragged.csv", "out.npy"],
      "ragged.csv:3:1: the row has 1 field, the header has 2; give each row one field per column"
    ),
    (
      ["large.csv", "out.npy", "--float"],
      "large.csv:3:1: column \"x\": 1e+39 is beyond the largest Float; keep Doubles or use another unit"
    ),
    (["none.csv", "out.npy"], "none.csv: cannot read the file: No such file or directory"),
    (["words.csv", "no/out.csv"], "no/out.csv: cannot write the file: No such file or directory"),
    (["words.csv", "./words.csv"], "./words.csv: this is the input; write to another file"),
    (
      ["words.csv", "out.npy", "--names", "a,b"],
      "words.csv: the text's first line names the columns; leave other names out, or read it without a header"
    ),
    (
      ["words.csv", "out.npy", "--names", "a", "--no-header"],
      "words.csv:1: the names given are 1 where the rows have 2 columns; name each column once"
    ),
    (
      ["words.csv", "out.csv", "--from", "npy"],
      "words.csv: this is not an NPY file: it does not begin with \\x93NUMPY; write one with numpy.save"
    ),
  ])
  func failuresAreOneLineAndNothingIsWritten(arguments: [String], expected: String) throws {
    try file("words.csv", "name,x\nAnna,1\nBert,2\n")
    try file("ragged.csv", "a,b\n1,2\n3\n")
    try file("large.csv", "x\n1\n1e39\n")
    let outcome = try linreg(["convert"] + arguments, in: location)
    #expect(outcome == Outcome(status: 1, output: "", error: expected + "\n"))
    #expect(try files() == ["large.csv", "ragged.csv", "words.csv"])
  }

  @Test(arguments: [
    (["x", "y.csv"], "Error: x ends in none of .csv, .tsv, .npy; give its format with --from."),
    (
      ["x.csv", "y.csv.gz"],
      "Error: y.csv.gz: compressed files are read, not written; leave .gz out, and use gzip on the result."
    ),
    (["x.csv", "-"], "Error: Which format? Give --to csv or --to npy."),
    (["x.csv", "y.npy", "--columns", "a,b,a"], "Error: --columns names \"a\" twice."),
    (
      ["x.csv", "-", "--to", "csv", "--json"],
      "Error: --json and the table cannot both go to standard output."
    ),
  ])
  func usage(arguments: [String], expected: String) throws {
    let outcome = try linreg(["convert"] + arguments, in: location)
    #expect(outcome.status == 2)
    #expect(outcome.error.split(separator: "\n").first.map(String.init) == expected)
  }

  @Test func jsonTellsWhatWasWritten() throws {
    try file("x.csv", "a,b\n1,2\n")
    #expect(
      try linreg("convert", "x.csv", "x.npy", "--json", in: location).output
        == "{\"rows\": 1, \"columns\": 2}\n")
  }

  @Test func aFullDiskLeavesTheOldFile() throws {
    try file("x.csv", "a,b\n1,2\n")
    try file("x.npy", "old")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "ulimit -f 0; exec \"$0\" convert x.csv x.npy 2>/dev/null", executable.path]
    process.currentDirectoryURL = location
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    #expect(try contents("x.npy") == "old")
    #expect(try files() == ["x.csv", "x.npy"])
  }
}
