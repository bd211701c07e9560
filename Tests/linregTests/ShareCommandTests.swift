import Foundation
import TestSupport
import Testing

/// accumulate → merge → solve, as a user would.
@Suite struct ShareCommandTests {
  let folder = TemporaryFolder()
  private var place: URL { URL(fileURLWithPath: folder.path("")) }

  /// The diabetes data in three files; returns their names.
  private func parts() throws -> [String] {
    let lines = try String(contentsOfFile: diabetes, encoding: .utf8).split(separator: "\n")
    return try [1..<100, 100..<101, 101..<lines.count].enumerated().map { index, range in
      let text = ([lines[0]] + lines[range]).joined(separator: "\n")
      try text.write(toFile: folder.path("part\(index).csv"), atomically: true, encoding: .utf8)
      return "part\(index).csv"
    }
  }

  private struct Fit: Decodable {
    struct Coefficient: Decodable {
      var term: String
      var estimate: Double?
      var standardError: Double?
      var pValue: Double?
    }
    var coefficients: [Coefficient]
    var rSquared: Double
    var observations: Int
  }

  private func fit(_ outcome: Outcome) throws -> Fit {
    #expect(outcome.status == 0 && outcome.error == "")
    return try JSONDecoder().decode(Fit.self, from: Data(outcome.output.utf8))
  }

  @Test func threePartsAreTheWhole() throws {
    let files = try parts()
    for (index, file) in files.enumerated() {
      let outcome = try linreg("accumulate", "progression ~ .", file, "-o", "\(index).share", in: place)
      let rows = [99, 1, 342][index]
      #expect(
        outcome
          == Outcome(
            status: 0, output: "",
            error: "\(index).share: \(rows) \(rows == 1 ? "row" : "rows"), 11 columns\n"))
    }
    let merged = try linreg("merge", "2.share", "0.share", "1.share", "-o", "all.share", "--json", in: place)
    #expect(merged == Outcome(status: 0, output: "{\"observations\": 442, \"columns\": 11}\n", error: ""))
    let solved = try fit(linreg("solve", "all.share", "--json", in: place))
    let whole = try fit(linreg("fit", "progression ~ .", diabetes, "--json"))
    #expect(solved.observations == 442)
    for (a, b) in zip(solved.coefficients, whole.coefficients) {
      #expect(a.term == b.term)
      #expect(abs(a.estimate! / b.estimate! - 1) < 1e-12, "\(a.term)")
      #expect(abs(a.standardError! / b.standardError! - 1) < 1e-12)
      #expect(abs(a.pValue! / b.pValue! - 1) < 1e-10)
    }
    // All files at once, from standard input too, and the same bytes every time.
    let again = try linreg(
      ["accumulate", "progression ~ .", "part0.csv", "-", "part2.csv", "-o", "once.share"],
      input: String(contentsOfFile: folder.path("part1.csv"), encoding: .utf8), in: place)
    #expect(again.status == 0)
    let once = try fit(linreg("solve", "once.share", "--json", in: place))
    #expect(abs(once.rSquared / whole.rSquared - 1) < 1e-12)
    let bytes = try ["a", "b"].map { name in
      _ = try linreg("merge", "0.share", "1.share", "2.share", "-o", name, in: place)
      return try Data(contentsOf: URL(fileURLWithPath: folder.path(name)))
    }
    #expect(bytes[0] == bytes[1])
  }

  @Test func withoutTheData() throws {
    _ = try linreg("accumulate", "progression ~ .", diabetes, "-o", folder.path("d.share"))
    let dropped = try fit(linreg("solve", "d.share", "--drop", "age", "--drop", "tc", "--json", in: place))
    let direct = try fit(linreg("fit", "progression ~ . - age - tc", diabetes, "--json"))
    for (a, b) in zip(dropped.coefficients, direct.coefficients) {
      #expect(abs(a.estimate! / b.estimate! - 1) < 1e-11)
    }
    let other = try fit(linreg("solve", "d.share", "--target", "bmi", "--no-intercept", "--json", in: place))
    #expect(other.coefficients.map(\.term).contains("progression") == false)
    let ridge = try fit(linreg("solve", "d.share", "--ridge", "100", "--json", in: place))
    let ridgeDirect = try fit(linreg("fit", "progression ~ .", diabetes, "--ridge", "100", "--json"))
    #expect(abs(ridge.rSquared / ridgeDirect.rSquared - 1) < 1e-12)
    let model = try linreg("solve", "d.share", "-m", "model.json", in: place)
    #expect(model.status == 0 && model.output.contains("progression on 10 features, 442 observations"))
    #expect(try linreg("predict", "model.json", diabetes, in: place).status == 0)
  }

  @Test func whatGoesWrongLeavesFilesAlone() throws {
    let files = try parts()
    _ = try linreg("accumulate", "progression ~ .", files[0], "-o", "a.share", in: place)
    _ = try linreg("accumulate", "progression ~ . - age", files[2], "-o", "b.share", in: place)
    let before = try Data(contentsOf: URL(fileURLWithPath: folder.path("a.share")))
    #expect(
      try linreg("merge", "a.share", "b.share", "-o", "c.share", in: place)
        == Outcome(
          status: 1, output: "",
          error: "b.share: the column \"age\" is missing here; merge shares of one formula\n"))
    try Data(before.dropLast()).write(to: URL(fileURLWithPath: folder.path("cut.share")))
    let size = before.count - before.firstIndex(of: 10)! - 1
    #expect(
      try linreg("solve", "cut.share", in: place)
        == Outcome(
          status: 1, output: "",
          error:
            "cut.share: the share is damaged: it has \(size - 1) bytes where its first line says \(size); accumulate it again\n"
        ))
    #expect(try linreg("merge", "a.share", "cut.share", "-o", "c.share", in: place).status == 1)
    #expect(!FileManager.default.fileExists(atPath: folder.path("c.share")))
    #expect(
      try linreg("merge", "a.share", "b.share", "-o", "a.share", in: place).error
        == "a.share: this is the input; write to another file\n")
    #expect(try linreg("merge", "a.share", "a.share", "-o", "c.share", in: place).status == 2)
    #expect(
      try linreg("solve", "a.share", "--drop", "progression", in: place).error
        == "a.share: \"progression\" is the target; leave out another column\n")
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("a.share"))) == before)
    #expect(try linreg("accumulate", "progression ~ .", files[0], "-o", files[0], in: place).status == 1)
    #expect(try linreg("accumulate", "progression ~ .", files[0], in: place).status == 2)
    #expect(try linreg("solve", "a.share", "--drop", "nothing", in: place).status == 1)
    #expect(
      try linreg("solve", "none.share", in: place).error
        == "none.share: cannot read the file: No such file or directory\n")
    #expect(
      try linreg("solve", files[0], in: place).error
        == "part0.csv: this is not a share of swift-linear-regression\n")
  }

  @Test func severalTargetsAreSolvedOneByOne() throws {
    let formula = "cbind(progression, bmi) ~ age + bp"
    #expect(
      try linreg("accumulate", formula, diabetes, "-o", "s.share", in: place).error
        == "s.share: 442 rows, 4 columns\n")
    let fit = try linreg("fit", formula, diabetes, "--solver", "qr", "-m", "fit.model", in: place).output
    let solved = try linreg("solve", "s.share", "-m", "solved.model", in: place).output
    let coefficients = { (text: String) in text.split(separator: "\n").filter { $0.contains("age") } }
    #expect(solved.contains("Response bmi:\n\n") && coefficients(solved) == coefficients(fit))
    #expect(coefficients(solved).count == 2)
    let one = try linreg("solve", "s.share", "--target", "bmi", in: place).output
    #expect(!one.contains("Response") && coefficients(one) == [coefficients(solved)[1]])
    #expect(
      try linreg("solve", "s.share", "--drop", "bmi", in: place).error
        == "s.share: \"bmi\" is the target; leave out another column\n")
    // What the file has: summary, predictions, evaluations.
    #expect(try linreg("summary", "solved.model", in: place).output == solved)
    let rows = try linreg("predict", "fit.model", diabetes, "--pass", "age", in: place).output
    #expect(rows.hasPrefix("age,prediction_progression,prediction_bmi\n59,"))
    let evaluation = try linreg("evaluate", "fit.model", diabetes, "--json", in: place).output
    #expect(evaluation.hasPrefix("{\"targets\": [\n{\"observations\": 442,"))
    #expect(
      try linreg("predict", "fit.model", diabetes, "--pass", "prediction_bmi", in: place).status != 0)
  }

  /// Commas inside parentheses are part of a name.
  @Test func listsOfWhatIsDropped() throws {
    let rows = (0..<30).map { "\($0 * 7 % 11).5,\($0 % 6),\($0 * 3 % 8),\(["r", "g"][$0 % 2])\n" }
    try Data(("y,x,u,z\n" + rows.joined()).utf8).write(to: URL(fileURLWithPath: folder.path("l.csv")))
    let place = URL(fileURLWithPath: folder.path(""))
    let formula = "y ~ u + poly(x, 3) + C(z, reference = \"r\")"
    #expect(try linreg("accumulate", formula, "l.csv", "-o", "l.share", in: place).status == 0)
    func terms(_ drop: String) throws -> [String] {
      let lines = try linreg("solve", "l.share", "--drop", drop, in: place).output.split(separator: "\n")
      return lines.dropFirst(2).prefix { !$0.hasPrefix("residual") }.map {
        $0.components(separatedBy: "  ")[0]
      }
    }
    #expect(
      try terms("poly(x, 3)2, u") == [
        "(Intercept)", "poly(x, 3)1", "poly(x, 3)3", "C(z, reference = \"r\")g",
      ])
    #expect(
      try terms("C(z, reference = \"r\")g,poly(x, 3)") == ["(Intercept)", "u"])
    #expect(try linreg("solve", "l.share", "--drop", "u,", in: place).status == 2)
  }
}
