import Foundation
import TabularRegression
import TestSupport
import Testing

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

  /// The message of the error that reading a text as a model ends in.
  func message(_ text: String) throws -> String? {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path("m.json")))
    do {
      _ = try FittedModel(contentsOf: path("m.json"))
      return nil
    } catch {
      return "\(error)".replacingOccurrences(of: path(""), with: "")
    }
  }

  @Test func comesBackBitForBit() throws {
    try model.write(to: path("model.json"))
    let copy = try FittedModel(contentsOf: path("model.json"))
    #expect(copy == model)
    #expect(
      copy.model.weights.elements.map(\.bitPattern) == model.model.weights.elements.map(\.bitPattern))
    #expect(copy.json == model.json)
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

  @Test func everyTruncationIsRefused() throws {
    let bytes = Array(model.json.utf8)
    let end = bytes.lastIndex(of: UInt8(ascii: "}"))!
    for length in 0...end {
      #expect(try message(String(decoding: bytes[..<length], as: UTF8.self)) != nil, "\(length) bytes")
    }
    #expect(
      try message(String(model.json.prefix(100)))
        == "m.json: the file is not a model, or it is damaged or truncated: it does not hold one whole JSON object; give a file that fit or train has written with -m"
    )
  }

  @Test func otherFilesAreRefused() throws {
    #expect(try message("[1, 2]") != nil)
    #expect(try message("{}") == "m.json: this is not a model file of swift-linear-regression")
    #expect(
      try message(#"{"format": "other", "version": 1}"#)
        == "m.json: this is not a model file of swift-linear-regression")
  }

  @Test func newerVersionsAreRefused() throws {
    let newer = model.json.replacingOccurrences(of: "\"version\" : 5", with: "\"version\" : 7")
    #expect(newer != model.json)
    #expect(
      try message(newer) == "m.json: the model file has version 7, this software reads up to 6; update it")
    let older = model.json.replacingOccurrences(of: "\"version\" : 5", with: "\"version\" : 1")
    #expect(
      try message(older)
        == "m.json: the model file has version 1, which is no longer read; fit the model again")
  }

  @Test func damageIsRefused() throws {
    func damaged(_ text: String, by replacement: String) throws -> String? {
      #expect(model.json.contains(text))
      return try message(model.json.replacingOccurrences(of: text, with: replacement))
    }
    #expect(
      try damaged("\"term\" : \"x 1\"", by: "\"term\" : \"x 2\"")
        == "m.json: the model file is damaged: the coefficients are not those of the terms; fit the model again"
    )
    #expect(
      try damaged("\"x 1\"", by: "\"x 2\"")
        == "m.json: the model file is damaged: its checksum does not match its contents; fit the model again"
    )
    let estimate = model.model.coefficients[0]
    #expect(
      try damaged("\(estimate)", by: "\(estimate.nextUp)")
        == "m.json: the model file is damaged: its checksum does not match its contents; fit the model again"
    )
    #expect(
      try damaged("\"observations\" : 20", by: "\"observations\" : \"twenty\"")
        == "m.json: the model file is damaged: \"observations\" does not have a value of its kind; fit the model again"
    )
    #expect(
      try damaged("\"intercept\" : true,", by: "")
        == "m.json: the model file is damaged: \"intercept\" is missing; fit the model again")
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

  @Test(arguments: [
    ("\"observations\" : 20", "\"observations\" : -9223372036854775808"),
    ("\"observations\" : 20", "\"observations\" : 21"),
    ("\"rank\" : 3,", "\"rank\" : 9223372036854775807,"), ("\"version\" : 5", "\"version\" : -1"),
    ("\"degreesOfFreedom\" : 17", "\"degreesOfFreedom\" : -17"),
    ("\"residualSumOfSquares\" : ", "\"residualSumOfSquares\" : 1"),
    ("\"rSquared\" : ", "\"rSquared\" : 1e999, \"x\" : "),
    ("\"coefficients\" : [", "\"coefficients\" : [], \"x\" : ["),
  ])
  func hostileNumbersAreRefused(text: String, replacement: String) throws {
    #expect(model.json.contains(text))
    let found = try #require(try message(model.json.replacingOccurrences(of: text, with: replacement)))
    #expect(found.hasPrefix("m.json: the "))
    #expect(!found.contains("\n"))
  }

  /// What does not fit is found before the checksum is looked at: a forged one would not help.
  @Test(arguments: [
    ("\"columns\" : [", "\"columns\" : [], \"x\" : [", "there are no terms"),
    ("\"parts\" : [", "\"parts\" : [], \"x\" : [", "a term has no variables, or one twice"),
    ("\"index\" : 0", "\"index\" : 1", "a level or power of a term is not there"),
    ("\"index\" : 0", "\"index\" : -1", "a level or power of a term is not there"),
    ("\"variable\" : 0", "\"variable\" : 9223372036854775807", "a variable of a term is not there"),
    ("\"variable\" : 0", "\"variable\" : 1", "a term stands twice"),
    (
      "\"expression\" : \"x 1\"", "\"expression\" : [\"log\", \"x 1\"]",
      "the coefficients are not those of the terms"
    ),
    ("\"expression\" : \"x 1\"", "\"expression\" : \"x\"", "the columns are not those of the terms"),
    (
      "\"expression\" : \"x 1\"", "\"expression\" : [\"scale\", \"x 1\"]",
      "means and deviations are not those of the terms"
    ),
    ("\"expression\" : \"x 1\"", "\"expression\" : \"x 1\", \"degree\" : 0", "a power is out of range"),
    ("\"expression\" : \"x 1\"", "\"category\" : \"x 1\"", "a category has no levels"),
    (
      "\"expression\" : \"x 1\"", "\"expression\" : [\"log\", \"x 1\"], \"y\" : 0",
      "the coefficients are not those of the terms"
    ),
    (
      "\"variable\" : {\n          \"expression\"",
      "\"levels\" : [], \"variable\" : {\n          \"expression\"", "the levels are not those of a category"
    ),
    (
      "\"missing\" : \"refuse\",\n    \"sources\"", "\"missing\" : \"drop\",\n    \"sources\"",
      "the design is not that of the model"
    ),
    ("\"kind\" : \"numbers\"", "\"fill\" : 1, \"kind\" : \"numbers\"", "a fill is not that of the policy"),
    ("\"range\" : [", "\"range\" : [1, ", "a range is none"),
    ("\"droppedRows\" : 0", "\"droppedRows\" : -1", "the number of dropped rows is negative"),
    ("\"weightSum\" : 20", "\"weightSum\" : null", "the covariance is not that of the coefficients"),
    ("\"means\" : [", "\"means\" : [1, ", "the covariance is not that of the coefficients"),
    ("\"inverse\" : [", "\"inverse\" : [1, ", "the covariance is not that of the coefficients"),
    ("\"norms\" : [", "\"norms\" : [0, \"nan\"], \"x\" : [", "a norm is not positive"),
    ("\"standardError\" : ", "\"standardError\" : -1, \"x\" : ", "a standard error is negative"),
    ("\"ridgePenalty\" : 0", "\"ridgePenalty\" : -1", "the ridge penalty is negative"),
    (
      "\"redundant\" : [",
      "\"redundant\" : [{\"term\": \"z\", \"dependsOn\": [], \"factors\": [], \"constant\": 0}",
      "a redundant column is not among the terms"
    ),
    (
      "\"redundant\" : [",
      "\"redundant\" : [{\"term\": \"x 1\", \"dependsOn\": [], \"factors\": [1], \"constant\": 0}",
      "a dependency lacks factors"
    ),
  ])
  func partsThatDoNotFitAreRefused(text: String, replacement: String, fault: String) throws {
    #expect(model.json.contains(text))
    #expect(
      try message(model.json.replacingOccurrences(of: text, with: replacement))
        == "m.json: the model file is damaged: \(fault); fit the model again")
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
