import Foundation
import TestSupport
import Testing

/// Categories, missing fields and several targets, by the command.
@Suite struct MissingCommandTests {
  let folder = TemporaryFolder()

  static let homes = """
    zip,area,rooms,price
    8001,50,2,500
    8002,60,,520
    8001,80,3,760
    8003,70,3,640
    8002,90,4,810
    8003,100,4,905
    8001,40,1,410
    8002,75,3,690

    """

  /// A name that ends in .tsv stands for tabs where nothing else is said.
  @Test func delimitersAndNullValues() throws {
    let commas = "y,x\n1,2\n-9,9\n2,4\n4,7\n"
    try Data(commas.utf8).write(to: URL(fileURLWithPath: folder.path("c.tsv")))
    try Data(commas.replacingOccurrences(of: ",", with: "\t").utf8).write(
      to: URL(fileURLWithPath: folder.path("t.tsv")))
    func fit(_ arguments: String...) throws -> Outcome {
      try linreg(
        ["fit", "y ~ x"] + arguments + ["--missing", "drop"], in: URL(fileURLWithPath: folder.path("")))
    }
    let expected = try fit("t.tsv", "--null-value", "-9")
    #expect(expected.status == 0 && expected.output.hasPrefix("y on 1 feature, 3 observations"))
    #expect(try fit("c.tsv", "-d", ",", "--null-value", "-9") == expected)
    let tabs = try fit("c.tsv")
    #expect(tabs.status == 1 && tabs.error.hasPrefix("c.tsv: there is no column \"y\""))
    #expect(try fit("t.tsv", "-d", ",").status == 1)
  }

  /// The empty text says that nothing else is missing, in one argument or two.
  @Test(arguments: [["--null-value", ""], ["--null-value="]])
  func theEmptyTextIsAnEmptyField(option: [String]) throws {
    func convert(_ options: [String]) throws -> Outcome {
      try linreg(
        ["convert", "-", "-", "--from", "csv", "--to", "csv"] + options, input: "x,y\nNA,1.50\n,2\n")
    }
    #expect(try convert(option) == Outcome(status: 0, output: "x,y\nNA,1.5\n,2\n", error: ""))
    #expect(try convert(option + ["--null-value=NA"]).output == "x,y\n,1.5\n,2\n")
    let word = try linreg(["check", "-"] + option, input: "x,y\n1,NA\n2,\n3,NA\n4,u\n")
    #expect(word.output.contains("y       words           1  2 levels: NA, u"), "\(word)")
  }

  @Test func categoriesAndDroppedRows() throws {
    let model = folder.path("m.json")
    let fit = try linreg(
      "fit", "price ~ area + rooms + C(zip)", "-", "--missing", "drop", "-m", model, input: Self.homes)
    #expect(fit.error == "")
    #expect(
      fit.output.hasPrefix(
        "price on 4 features, 7 observations: exact least squares\n1 row with a missing field left out\n\nterm "
      ))
    #expect(fit.output.contains("\nC(zip)8002 ") && fit.output.contains("\nC(zip)8003 "))
    #expect(try linreg("summary", model).output == fit.output)
    let rows = "rooms,zip,area\n3,8001,80\n,8002,60\n3,8009,80\n"
    #expect(
      try linreg("predict", model, "-", input: rows)
        == Outcome(
          status: 1, output: "",
          error:
            "standard input:4:2: column \"zip\": the level \"8009\" was not there in the fit, which had 8001, 8002, 8003; correct it, or predict nothing (--unseen missing) or the reference (--unseen reference) for it\n"
        ))
    let missing = try linreg("predict", model, "-", "--unseen", "missing", input: rows).output
    let lines = missing.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 5 && lines[0] == "prediction" && lines[2] == "\"\"" && lines[3] == "\"\"")
    let reference = try linreg("predict", model, "-", "--unseen", "reference", "--json", input: rows).output
    #expect(reference == "{\"predictions\": [\(lines[1]), null, \(lines[1])]}\n")
    let evaluated = try linreg("evaluate", model, "-", input: Self.homes)
    #expect(
      evaluated.error == "linreg: 1 row has no prediction and is left out\n"
        || evaluated.error == "1 row has no prediction and is left out\n")
  }

  @Test func refusedUnlessSaidOtherwise() throws {
    #expect(
      try linreg("fit", "price ~ rooms", "-", input: Self.homes)
        == Outcome(
          status: 1, output: "",
          error:
            "standard input:3:3: column \"rooms\": a number is missing; fill it in, or drop or fill such rows\n"
        ))
    #expect(
      try linreg("fit", "price ~ log(rooms - 2)", "-", "--missing", "drop", input: Self.homes).error
        == "standard input:2:3: log(rooms - 2) is not a finite number where rooms is 2; correct the row, leave it out, or change the formula\n"
    )
    let filled = try linreg("fit", "price ~ rooms", "-", "--missing", "-1.5", input: Self.homes)
    #expect(filled.output.contains("\nmissing numbers filled by -1.5\n"))
    let trained = try linreg(
      "train", "price ~ rooms + C(zip)", "-", "--missing", "mean", "--quiet", input: Self.homes)
    #expect(trained.output.contains("\nmissing numbers filled by the mean of their column\n"))
    #expect(try linreg("fit", "price ~ rooms", "-", "--missing", "some", input: Self.homes).status == 2)
  }

  @Test func severalTargets() throws {
    let outcome = try linreg("fit", "cbind(price, log(area)) ~ zip", "-", input: Self.homes)
    #expect(outcome.output.hasPrefix("Response price:\n\nprice on 1 feature, 8 observations"))
    #expect(outcome.output.contains("\n\n\nResponse log(area):\n\nlog(area) on 1 feature"))
    let json = try linreg("fit", "cbind(price, area) ~ zip", "-", "--json", input: Self.homes).output
    let object = try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    let targets = try #require(object["targets"] as? [[String: Any]])
    #expect(targets.map { $0["target"] as? String } == ["price", "area"])
    #expect(
      try linreg("train", "cbind(price, area) ~ zip", "-", input: Self.homes).error
        == "formula: several targets can only be fitted exactly; predict one here\n  cbind(price, area) ~ zip\n  ^\n"
    )
  }
}
