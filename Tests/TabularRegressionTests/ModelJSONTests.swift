import Foundation
import LinearRegression
import Testing

@testable import TabularRegression

@Suite struct ModelJSONTests {
  static let table = try! Table(
    csvText: "y,a,b,t,z,g,w\n"
      + (0..<24).map { i in
        let (a, b) = (i, (i * i) % 7)
        return
          "\(3 * a - b + (i % 3)),\(a),\(b),\(a + 2 * b),\(["red", "blue", "green"][i % 3]),\(8 + i % 4),\(1 + i % 2)"
      }.joined(separator: "\n"),
    source: "t.csv")

  static let models: [(String, @Sendable () throws -> FittedModel)] = [
    ("exact", { try FittedModel("y ~ a + b", table) }),
    ("no intercept", { try FittedModel("y ~ a + z - 1", table) }),
    ("weights", { try FittedModel("log(y + 9) ~ a*z + C(g)", table, weights: "w") }),
    ("redundant", { try FittedModel("y ~ a + b + t", table) }),
    ("scaled", { try FittedModel("y ~ scale(a) + poly(b, 2, raw = FALSE) + I(a > 3) + offset(b)", table) }),
    ("ridge", { try FittedModel("y ~ a + b", table, method: LeastSquares(ridgePenalty: 2)) }),
    (
      "least norm",
      { try FittedModel("y ~ a + b + t", table, method: LeastSquares(redundancy: .minimumNorm)) }
    ),
    ("nothing but the mean", { try FittedModel("y ~ 1", table) }),
    ("no freedom", { try FittedModel("y ~ x", Table(csvText: "y,x\n1,2\n3,5\n", source: "t")) }),
    (
      "filled",
      { try FittedModel("y ~ x", Table(csvText: "y,x\n1,2\n3,5\n4,\n", source: "t"), missing: .mean) }
    ),
    (
      "trained",
      { try FittedModel(training: Formula("y ~ a + z"), table, method: SGD(epochs: 3, seed: .max)) }
    ),
    (
      "trained, redundant",
      { try FittedModel(training: Formula("y ~ a + b + t"), table, method: SGD(epochs: 3)) }
    ),
    (
      "many levels",
      {
        let rows = (0..<900).map { "\($0 % 13),\($0 % 11),l\($0 % 300)" }.joined(separator: "\n")
        return try FittedModel("y ~ x + l", Table(csvText: "y,x,l\n\(rows)", source: "t"))
      }
    ),
  ]

  @Test(arguments: models.indices)
  func aModelGoesThroughAString(index: Int) throws {
    let model = try Self.models[index].1()
    let copy = try FittedModel(json: model.json, source: "row 7")
    #expect(copy == model)
    #expect(copy.json == model.json)
    // Through an encoder that knows nothing of it, too.
    let decoded = try JSONDecoder().decode(FittedModel.self, from: JSONEncoder().encode(model))
    #expect(decoded == model)
    guard Set(model.variables).isSubset(of: Self.table.columnNames) else { return }
    func bits(_ model: FittedModel) throws -> [UInt64] {
      try model.predictions(from: Self.table).map(\.bitPattern)
    }
    #expect(try bits(copy) == bits(model) && bits(decoded) == bits(model))
    if model.covariance != nil {
      #expect(
        try copy.predictions(from: Self.table, interval: .prediction)
          == model.predictions(from: Self.table, interval: .prediction))
    }
  }

  private func message(_ text: String) -> String? {
    do throws(TabularError) {
      _ = try FittedModel(json: text, source: "row 7")
      return nil
    } catch {
      guard case .model("row 7", _) = error else { return "another error" }
      return error.description
    }
  }

  /// What software of version 9 has written, which is in the fuzzer's corpus.
  @Test(arguments: ["fit", "redundant", "train"])
  func textsOfVersion9(name: String) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Fuzz/Corpus/model-json/\(name)")
    let text = try String(contentsOf: file, encoding: .utf8)
    #expect(text.contains("\"version\":9"))
    let model = try FittedModel(json: text), row: [String: Table.Field] = ["a": 2, "z": "red"]
    let expected = ["fit": 3, "redundant": 3.487309644670051, "train": 3.4874411052067784][name]
    let prediction = try model.prediction(of: row, unestimable: .keep)
    #expect(abs(prediction - (expected ?? 0)) < 1e-13)
    #expect(model.json.contains("\"version\" : 10"))
  }

  @Test func textsThatAreNoModel() throws {
    let json = try FittedModel("y ~ a + b + t", Self.table).json
    func changed(_ text: String, _ other: String) -> String? {
      #expect(json.contains(text))
      return message(json.replacingOccurrences(of: text, with: other))
    }
    let start = "row 7: this is not a model's JSON, or it is damaged: "
    #expect(message("") == "\(start)its contents do not fit together; fit the model again")
    #expect(message("{}") == "\(start)\"format\" is missing; fit the model again")
    #expect(message("linreg-model 9 1656 0b2c2d97\n")?.hasPrefix(start) == true)
    #expect(
      changed("\"swift-linear-regression model\"", "\"other\"")
        == "row 7: this is not a model's JSON; give what FittedModel.json or fit --json has")
    #expect(
      changed("\"version\" : 10", "\"version\" : 11")
        == "row 7: the model has version 11, this software reads 9 to 10; fit the model again")
    #expect(changed("\"version\" : 10", "\"version\" : 9") == nil)
    let damaged = "row 7: the model's JSON is damaged: "
    #expect(
      changed("\"observations\" : 24", "\"observations\" : -1")
        == "\(damaged)observations and degrees of freedom do not fit each other; fit the model again")
    // A dependency of a column that is none.
    #expect(
      changed("\"tolerance\" : ", "\"tolerance\" : -")
        == "\(start)its contents do not fit together; fit the model again")
    #expect(
      changed("\"variable\" : 1", "\"variable\" : 7")
        == "\(damaged)a variable of a term is not there; fit the model again")
    #expect(throws: DecodingError.self) {
      let other = json.replacingOccurrences(of: "\"observations\" : 24", with: "\"observations\" : -1")
      return try JSONDecoder().decode(FittedModel.self, from: Data(other.utf8))
    }
  }

  @Test(arguments: [
    (
      "epoch\" : 3,\n  \"epochs", "epoch\" : 1000,\n  \"epochs",
      "the model is of epoch 1000, and the epochs are 3"
    ),
    (
      "epoch\" : 3,\n  \"epochs", "epoch\" : -7,\n  \"epochs",
      "the model is of epoch -7, and the epochs are 3"
    ),
    ("validationRows\" : 0", "validationRows\" : -3", "the validation rows are -3"),
    ("batchSize\" : 24", "batchSize\" : 0", "the batches have 0 rows"),
    ("batchSize\" : 24", "batchSize\" : 9007199254740993", "the batches have 9007199254740993 rows"),
    ("rank\" : 3", "rank\" : -1", "the rank is -1 of 4"), ("rank\" : 3", "rank\" : 5", "the rank is 5 of 4"),
    ("epoch\" : 2,", "epoch\" : 3,", "the reports of the epochs are not in order"),
  ])
  func aTrainingRunThatDoesNotFitTogether(part: String, other: String, fault: String) throws {
    let method = SGD(epochs: 3, learningRate: 0.001)
    let model = try FittedModel(training: Formula("y ~ a + b + t"), Self.table, method: method)
    let json = model.json
    #expect(try FittedModel(json: json) == model)
    #expect(json.contains(part), "\(json)")
    #expect(
      message(json.replacingOccurrences(of: part, with: other))
        == "row 7: the model's JSON is damaged: \(fault); fit the model again")
    // By the other way in, too.
    let run = String(decoding: try JSONEncoder.ofModels.encode(#require(model.training)), as: UTF8.self)
    #expect(throws: DecodingError.self) {
      try JSONDecoder.ofModels.decode(
        TrainingRun.self, from: Data(run.replacingOccurrences(of: part, with: other).utf8))
    }
  }

  @Test func aColumnThatLostDigitsHasToBeThere() throws {
    let rows = (0..<9).map { "\(1e9 + Double($0) / 7),\($0 * $0)" }.joined(separator: "\n")
    let model = try FittedModel("y ~ I(x + 1)", Table(csvText: "x,y\n\(rows)", source: "t"))
    #expect(try FittedModel(json: model.json) == model)
    let json = model.json
    let loss = try #require(json.firstRange(of: /"readingLoss" : \{\s*"column" : 0/))
    #expect(
      message(json.replacingCharacters(in: loss, with: "\"readingLoss\" : {\"column\" : 7"))
        == "row 7: the model's JSON is damaged: a column that lost digits is not among the columns; fit the model again"
    )
  }

  /// Whatever is changed, the text is refused or read as a model that can be used.
  @Test(arguments: [2, 3, 4, 11])
  func damageNeverTraps(index: Int) throws {
    let model = try Self.models[index].1()
    let lines = model.json.split(separator: "\n").map(String.init)
    func use(_ text: String) {
      guard let model = try? FittedModel(json: text) else { return }
      _ = try? model.predictions(from: Self.table)
      _ = try? model.predictions(from: Self.table, interval: .prediction)
      _ = (model.summary, model.json)
    }
    for (line, text) in lines.enumerated() {
      var others = lines
      others.remove(at: line)
      use(others.joined(separator: "\n"))
      guard let number = text.firstRange(of: /-?[0-9][0-9.e+\-]*/) else { continue }
      for replacement in ["0", "-1", "1", "2", "1e300", "null", "[]", "99999999999"] {
        others = lines
        others[line].replaceSubrange(number, with: replacement)
        use(others.joined(separator: "\n"))
      }
    }
    let bytes = Array(model.json.utf8)
    for count in stride(from: 0, to: bytes.count, by: 97) {
      use(String(decoding: bytes[..<count], as: UTF8.self))
    }
  }
}
