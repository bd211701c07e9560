import Foundation
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

@Suite struct ModelFileTests {
  let folder = TemporaryFolder()
  let model: FittedModel

  init() throws {
    // Coefficients with long decimals, and one that is denormal.
    let rows = (0..<20).map {
      "\($0),\(1e300 / Double($0 * $0 + 1)),\(Double($0) / 7 + ($0 % 3 == 0 ? 0.3 : 0))"
    }
    model = try FittedModel(
      Table(csvText: (["x 1,\"größe, m\",y"] + rows).joined(separator: "\n"), source: "t.csv"), target: "y")
  }

  func path(_ name: String) -> String { folder.path(name) }

  /// The message of the error that reading bytes as a model ends in.
  func message(_ bytes: [UInt8]) -> String? {
    do throws(TabularError) {
      _ = try FittedModel(RandomAccessFile(bytes, name: "m"))
      return nil
    } catch {
      return error.description
    }
  }

  /// The same of the model's file with another text, and a checksum that fits.
  func message(_ text: String, by replacement: String, of model: FittedModel? = nil) -> String? {
    var file = OpenedFile(FittedModel.envelope.bytes(of: ModelContents(model ?? self.model)))
    file.replace(text, with: replacement)
    return message(file.sealed(FittedModel.envelope))
  }

  var bytes: [UInt8] { FittedModel.envelope.bytes(of: ModelContents(model)) }

  @Test func comesBackBitForBit() throws {
    try model.write(to: path("model.json"))
    let copy = try FittedModel(contentsOf: path("model.json"))
    #expect(copy == model)
    #expect(
      copy.model.weights.elements.map(\.bitPattern) == model.model.weights.elements.map(\.bitPattern))
    #expect(copy.json == model.json)
    #expect([UInt8](try Data(contentsOf: URL(fileURLWithPath: path("model.json")))) == bytes)
    // Nothing else is left in the folder.
    #expect(try FileManager.default.contentsOfDirectory(atPath: path("")) == ["model.json"])
  }

  @Test func trainedModelsComeBackToo() throws {
    let table = try Table(csvText: "x,y\n1,1\n2,3\n3,4\n", source: "t.csv")
    let trained = try FittedModel(training: table, target: "y", method: SGD(epochs: 3, seed: .max))
    try trained.write(to: path("model.json"))
    #expect(try FittedModel(contentsOf: path("model.json")) == trained)
    let bare = try FittedModel(table, target: "y", method: LeastSquares(intercept: false))
    try bare.write(to: path("model.json"))
    #expect(try FittedModel(contentsOf: path("model.json")) == bare)
  }

  @Test func keysOfTheDesign() throws {
    let object = try #require(JSONSerialization.jsonObject(with: Data(model.json.utf8)) as? [String: Any])
    let keys: Set = [
      "target", "observations", "degreesOfFreedom", "coefficients", "residualStandardError", "rSquared",
      "adjustedRSquared", "fStatistic", "fPValue", "logLikelihood", "aic", "bic", "weights", "formula",
      "design", "missing", "droppedRows",
      "certificate", "covariance",
    ]
    #expect(keys.isSubset(of: object.keys))
    let coefficients = try #require(object["coefficients"] as? [[String: Any]])
    #expect(coefficients.map { $0["term"] as? String } == ["(Intercept)", "x 1", "größe, m"])
    let coefficientKeys: Set = [
      "term", "estimate", "standardError", "tStatistic", "pValue", "confidenceInterval",
    ]
    #expect(coefficientKeys.isSubset(of: coefficients[0].keys))
    let certificate = try #require(object["certificate"] as? [String: Any])
    #expect(
      Set(certificate.keys) == [
        "solver", "reason", "passes", "conditionNumber", "estimatedDigits", "rank", "normalEquationResidual",
        "redundant",
      ])
  }

  /// Every truncation, and every byte in turn, of the first line, the JSON and the arrays.
  @Test func damageIsAlwaysNoticed() {
    let bytes = bytes, start = bytes.firstIndex(of: 10)! + 1
    #expect(message(bytes) == nil)
    #expect((0..<bytes.count).allSatisfy { message(Array(bytes[..<$0])) != nil })
    for index in bytes.indices {
      var flipped = bytes
      flipped[index] ^= UInt8(1 << (index % 8))
      if message(flipped)?.contains("\n") != false { Issue.record("byte \(index)") }
    }
    #expect(
      message(Array(bytes[..<100]))
        == "m: the model file is damaged: it has \(100 - start) bytes where its first line says \(bytes.count - start); fit the model again"
    )
  }

  @Test func otherFilesAreRefused() throws {
    #expect(
      message(Array("x,y\n1,2\n".utf8))
        == "m: this is not a model file; give one that fit or train has written with -m")
    #expect(
      message(Array(model.json.utf8))
        == "m: this is JSON, as --json prints it, not a model file of swift-linear-regression")
    func version(_ number: Int) -> [UInt8] { Array("linreg-model \(number)".utf8) + bytes.dropFirst(15) }
    #expect(
      message(version(11)) == "m: the model file has version 11, this software reads up to 10; update it")
    // What version 9 had is read as it was.
    #expect(message(version(9)) == nil)
    #expect(
      message(version(8)) == "m: the model file has version 8, which is no longer read; fit the model again")
  }

  @Test func contentsOfAnotherKindAreRefused() {
    #expect(
      message("\"observations\":20", by: "\"observations\":\"twenty\"")
        == "m: the model file is damaged: \"observations\" does not have a value of its kind; fit the model again"
    )
    #expect(
      message("\"hasIntercept\":true,", by: "")
        == "m: the model file is damaged: \"hasIntercept\" is missing; fit the model again")
  }

  @Test func aFileThatCannotBeWrittenStaysAsItWas() throws {
    #expect(
      throws: TabularError.file(
        path: "/no/such/model.json", operation: .write, reason: "No such file or directory")
    ) {
      try model.write(to: "/no/such/model.json")
    }
    #expect(
      throws: TabularError.file(path: "/dev/full", operation: .write, reason: "No space left on device")
    ) {
      try model.write(to: "/dev/full")
    }
    // A link stays a link, and what it leads to is replaced.
    try Data("old".utf8).write(to: URL(fileURLWithPath: path("target.json")))
    try FileManager.default.createSymbolicLink(
      atPath: path("link.json"), withDestinationPath: path("target.json"))
    try model.write(to: path("link.json"))
    #expect(try FittedModel(contentsOf: path("target.json")) == model)
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: path("link.json")) == path("target.json"))
  }

  /// In whichever order they are, and however they are written.
  @Test func levelsThatStandTwiceAreRefused() throws {
    let table = try Table(csvText: "y,z\n1,a\n2,b\n4,c\n3,a\n", source: "t.csv")
    var contents = ModelContents(try FittedModel("y ~ z", table))
    for (levels, isSound) in [
      (["a", "b", "c"], true), (["c", "a", "b"], true), (["10", "9", "100"], true), (["b", "c", "a"], true),
      (["a", "b", "b"], false), (["a", "b", "a"], false), (["b", "a", "b"], false), (["a", "a", "b"], false),
      (["a", "\u{e9}", "e\u{301}"], false), (["\u{e9}", "a", "e\u{301}"], false),
    ] {
      contents.design.variables[0].levels = levels
      let found = message(FittedModel.envelope.bytes(of: contents))
      #expect((found == nil) == isSound, "\(levels): \(found ?? "")")
    }
  }

  /// A forged checksum does not help.
  @Test(arguments: [
    ("\"observations\":20", "\"observations\":-9223372036854775808"),
    ("\"observations\":20", "\"observations\":15"),
    ("\"degreesOfFreedom\":16", "\"degreesOfFreedom\":-17"),
    ("\"degreesOfFreedom\":16", "\"degreesOfFreedom\":-9223372036854775808"),
    ("\"residualSumOfSquares\":", "\"residualSumOfSquares\":\"inf\",\"x\":"),
    ("\"rSquared\":", "\"rSquared\":1e999,\"x\":"), ("\"estimates\":[", "\"estimates\":[0,0],\"x\":["),
    ("\"index\":0", "\"index\":9223372036854775807"), ("\"count\":2", "\"count\":3"),
    ("\"count\":2", "\"count\":-2"), ("\"count\":2", "\"count\":9223372036854775807"),
    ("\"count\":2", "\"count\":1"), ("\"inverse\":[", "\"inverse\":[0,1],\"x\":["),
    ("\"means\":[", "\"means\":[0,4],\"x\":["), ("\"features\":[", "\"features\":[0,3],\"x\":["),
    ("\"solver\":", "\"solver\":\"a\\nb\",\"x\":"),
  ])
  func hostileNumbersAreRefused(text: String, replacement: String) throws {
    let rows = (0..<20).map { "\($0),\(["a", "b", "c"][$0 % 3]),\($0 * $0 % 7)\n" }
    let model = try FittedModel("y ~ x + z", Table(csvText: "x,z,y\n" + rows.joined(), source: "t.csv"))
    let found = try #require(message(text, by: replacement, of: model))
    #expect(found.hasPrefix("m: the model file is damaged: ") && !found.contains("\n"))
  }

  @Test(arguments: [
    ("\"columns\":[", "\"columns\":[],\"x\":[", "there are no terms"),
    ("\"parts\":[", "\"parts\":[],\"x\":[", "a term has no variables, or one twice"),
    ("\"index\":0", "\"index\":1", "a level or power of a term is not there"),
    ("\"index\":0", "\"index\":-1", "a level or power of a term is not there"),
    ("\"variable\":0", "\"variable\":9223372036854775807", "a variable of a term is not there"),
    ("\"variable\":0", "\"variable\":1", "a term stands twice"),
    ("\"expression\":\"x 1\"", "\"expression\":\"x\"", "the columns are not those of the terms"),
    (
      "\"expression\":\"x 1\"", "\"expression\":[\"scale\",\"x 1\"]",
      "means and deviations are not those of the terms"
    ),
    (
      "\"expression\":\"x 1\"",
      "\"powers\":{\"operand\":\"x 1\",\"degree\":0,\"isOrthogonal\":false,\"text\":\"\"}",
      "a power is out of range"
    ),
    (
      "\"expression\":\"x 1\"", "\"category\":{\"column\":\"x 1\",\"text\":\"C(x 1)\"}",
      "a category has no levels"
    ),
    (
      "\"expression\":\"x 1\"",
      "\"spline\":{\"operand\":\"x 1\",\"isNatural\":true,\"text\":\"\",\"degree\":2,\"hasIntercept\":false}",
      "a spline is out of range"
    ),
    (
      "\"expression\":\"x 1\"",
      "\"spline\":{\"operand\":\"x 1\",\"isNatural\":true,\"text\":\"\",\"degree\":3,\"hasIntercept\":false,\"df\":1001}",
      "a spline is out of range"
    ),
    (
      "\"expression\":\"x 1\"",
      "\"spline\":{\"operand\":\"x 1\",\"isNatural\":true,\"text\":\"\",\"degree\":3,\"hasIntercept\":false}",
      "a level or power of a term is not there"
    ),
    (
      "\"droppedRows\":0", "\"droppedRows\":0,\"smearing\":{\"factor\":1}",
      "the means of residuals are not those of the target"
    ),
    ("\"targets\":[\"y\"]", "\"targets\":[\"y\",\"z\"]", "there are several targets"),
    ("\"missing\":\"refuse\"", "\"missing\":\"mean\"", nil),
    ("\"kind\":\"numbers\"", "\"fill\":1,\"kind\":\"numbers\"", "a fill is not that of the policy"),
    ("\"range\":[", "\"range\":[1,", "a range is none"),
    ("\"droppedRows\":0", "\"droppedRows\":-1", "the number of dropped rows is negative"),
    ("\"weightSum\":20", "\"weightSum\":null", "the covariance is not that of the coefficients"),
    ("\"ridgePenalty\":0", "\"ridgePenalty\":-1", Envelope.misfit),
    (
      "\"redundant\":[",
      "\"redundant\":[{\"feature\":2,\"dependsOn\":[],\"constant\":0,\"size\":1,\"tolerance\":0}",
      "a redundant column is not among the terms"
    ),
    (
      "\"redundant\":[",
      "\"redundant\":[{\"feature\":0,\"dependsOn\":[{\"feature\":-1,\"factor\":1}],\"constant\":0,\"size\":1,\"tolerance\":0}",
      Envelope.misfit
    ),
    (
      "\"redundant\":[",
      "\"redundant\":[{\"feature\":0,\"dependsOn\":[],\"constant\":0,\"size\":1,\"tolerance\":-1}",
      Envelope.misfit
    ),
    (
      "\"reason\":", "\"readingLoss\":{\"column\":3,\"digits\":2},\"reason\":",
      "a column that lost digits is not among the columns"
    ),
    ("\"reason\":", "\"readingLoss\":{\"column\":-1,\"digits\":2},\"reason\":", Envelope.misfit),
    ("\"certificate\":{", "\"x\":{", "it does not say how it was fitted"),
  ])
  func partsThatDoNotFitAreRefused(text: String, replacement: String, fault: String?) throws {
    #expect(
      message(text, by: replacement)
        == fault.map { "m: the model file is damaged: \($0); fit the model again" })
  }

  /// Numbers that JSON could not hold.
  @Test func arraysThatDoNotFitAreRefused() throws {
    var contents = ModelContents(model)
    func fault(_ change: (inout ModelContents) -> Void) -> String? {
      var contents = contents
      change(&contents)
      return message(FittedModel.envelope.bytes(of: contents))
    }
    func damaged(_ what: String) -> String { "m: the model file is damaged: \(what); fit the model again" }
    #expect(fault { _ in } == nil)
    #expect(fault { $0.estimates.append(1) } == damaged("the coefficients are not those of the terms"))
    #expect(fault { $0.estimates[1] = -.infinity } == damaged("a number is not finite"))
    #expect(fault { $0.estimates[1] = .nan } == damaged("the covariance is not that of the coefficients"))
    #expect(fault { $0.standardErrors[1] = -1 } == damaged("a standard error is negative"))
    #expect(
      fault { $0.standardErrors.removeLast() }
        == damaged("the standard errors are not those of the coefficients"))
    contents.certificate = nil
    contents.covariance = nil
    #expect(fault { _ in } == damaged("it does not say how it was fitted"))
  }

  @Test func replacingAFileKeepsItsPermissions() throws {
    try Data("old".utf8).write(to: URL(fileURLWithPath: path("model.json")))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path("model.json"))
    try model.write(to: path("model.json"))
    #expect(
      try FileManager.default.attributesOfItem(atPath: path("model.json"))[.posixPermissions] as? Int == 0o600
    )
    // A long name is no longer than the file system allows.
    let long = String(repeating: "m", count: 255)
    try model.write(to: path(long))
    #expect(try FittedModel(contentsOf: path(long)) == model)
  }
}
