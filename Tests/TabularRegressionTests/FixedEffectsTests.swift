import Foundation
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// Effects behind a bar are those of explicit dummies, to 12 digits, and of pyfixest, to 8: on connected, disconnected
/// and nearly disconnected levels.
@Suite struct FixedEffectsTests {
  /// What pyfixest makes of a formula; PyFixest/effects.py writes them.
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let formula: String
    let weights: String?
    let columns: [String: [Double?]]
    let terms: [String]
    let estimates: [Double]
    let standardErrors: [Double]
    let observations: Int
    let degreesOfFreedom: Int
    let withinRSquared: Double
    let rSquared: Double

    var testDescription: String { name }

    func table() throws -> Table {
      let names = columns.keys.sorted()
      return try Table(
        names: names, columns: names.map { .numbers(columns[$0]!.map { $0 ?? .nan }) })
    }

    /// The formula with a dummy for each level.
    var dummies: String {
      let sides = formula.split(separator: "|")
      let effects = sides[1].split(separator: "+").map { "C(\($0.trimmingCharacters(in: .whitespaces)))" }
      return "\(sides[0])+ \(effects.joined(separator: " + "))"
    }
  }

  static let cases: [Case] = {
    let folder = "\(#filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" })/PyFixest"
    return try! JSONDecoder().decode(
      [Case].self, from: Data(contentsOf: URL(fileURLWithPath: "\(folder)/effects.json")))
  }()

  /// The model of all rows, or without those that are the only one of a level; the formula may be a text too.
  func model(
    _ formula: String, _ table: Table, weights: String? = nil, keepsSingletons: Bool = false
  ) throws -> FittedModel {
    let model = try FittedModel(
      formula, table, weights: weights, missing: .drop, keepsSingletons: keepsSingletons)
    let all = try FittedModel.perTarget(
      Formula(formula), table, weights: weights, missing: .drop, keepsSingletons: keepsSingletons)
    #expect(all == [model])
    return model
  }

  private func areClose(_ a: Double?, _ b: Double?, _ tolerance: Double) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    return abs(a - b) <= tolerance * max(abs(a), abs(b))
  }

  @Test(arguments: cases)
  func agreeWithPyFixest(_ expected: Case) throws {
    let model = try model(expected.formula, expected.table(), weights: expected.weights)
    let kept = zip(model.features, model.coefficientStatistics).filter { $0.1.estimate != nil }
    #expect(kept.map(\.0) == expected.terms)
    // pyfixest counts one redundant level for each category but the first, however many components there are.
    let effects = try #require(model.effects)
    let surplus = effects.categories.dropFirst().reduce(0) { $0 + $1.redundantLevels - 1 }
    #expect(model.statistics.degreesOfFreedom == expected.degreesOfFreedom + surplus)
    let factor =
      (Double(model.statistics.degreesOfFreedom) / Double(expected.degreesOfFreedom)).squareRoot()
    for (index, row) in kept.map(\.1).enumerated() {
      #expect(areClose(row.estimate, expected.estimates[index], 1e-8))
      #expect(areClose(row.standardError.map { $0 * factor }, expected.standardErrors[index], 1e-8))
    }
    #expect(model.observations == expected.observations)
    #expect(areClose(effects.withinRSquared, expected.withinRSquared, 1e-8))
    #expect(areClose(model.statistics.rSquared, expected.rSquared, 1e-8))
  }

  @Test(arguments: cases.filter { !$0.formula.contains("^") && $0.name != "a constant regressor" })
  func agreeWithDummies(_ expected: Case) throws {
    let table = try expected.table()
    let effects = try model(expected.formula, table, weights: expected.weights, keepsSingletons: true)
    let dummies = try FittedModel(
      expected.dummies, table, weights: expected.weights, missing: .drop)
    let (own, others) = (effects.coefficientStatistics, dummies.coefficientStatistics.dropFirst())
    for (a, b) in zip(own, others) {
      #expect(areClose(a.estimate, b.estimate, 1e-12))
      #expect(areClose(a.standardError, b.standardError, 1e-12))
      #expect(areClose(a.pValue, b.pValue, 1e-9))
    }
    let (s, t) = (effects.statistics, dummies.statistics)
    #expect(s.degreesOfFreedom == t.degreesOfFreedom && effects.observations == dummies.observations)
    for (a, b) in [
      (s.residualSumOfSquares, t.residualSumOfSquares), (s.totalSumOfSquares, t.totalSumOfSquares),
      (s.rSquared, t.rSquared), (s.adjustedRSquared, t.adjustedRSquared), (s.fStatistic, t.fStatistic),
      (s.logLikelihood, t.logLikelihood), (s.aic, t.aic), (s.bic, t.bic),
    ] as [(Double?, Double?)] {
      #expect(areClose(a, b, 1e-12))
    }
    let predictions = zip(try effects.predictions(from: table), try dummies.predictions(from: table))
    #expect(predictions.allSatisfy { $0.isNaN ? $1.isNaN : abs($0 - $1) <= 1e-11 * (1 + abs($0)) })
    let (e, d) = (try effects.evaluation(on: table), try dummies.evaluation(on: table))
    #expect(areClose(e.residualSumOfSquares, d.residualSumOfSquares, 1e-11))
  }

  private func named(_ name: String) throws -> Case { try #require(Self.cases.first { $0.name == name }) }

  @Test func singletonsAreLeftOutOneByOne() throws {
    let expected = try named("singletons"), table = try expected.table()
    let model = try model(expected.formula, table)
    #expect(model.effects?.singletons == 360 - expected.observations)
    #expect(model.effects?.singletons == 10)
    #expect(model.summary.contains("10 rows left out: the only ones of a level"))
    // The levels of rows that were left out have no effect.
    #expect(throws: TabularError.self) { try model.predictions(from: table) }
    #expect(try model.predictions(from: table, unseen: .missing).count { $0.isNaN } == 10)
  }

  @Test func aRegressorThatLevelsDetermineIsNamed() throws {
    let expected = try named("a constant regressor")
    let model = try model(expected.formula, expected.table())
    #expect(model.summary.contains("x3 = levels of a: left out"))
    #expect(model.dependencyNotes.contains("x3 = levels of a"))
    let error = #expect(throws: TabularError.self) { try HypothesisTest("x3 = 0", on: model, named: "m") }
    #expect(error?.description.contains("was left out of the fit (x3 = levels of a), and") == true)
    // A row whose x3 is not that of its level has no prediction.
    let row = try Table(columns: [
      "x1": .numbers([0, 0]), "x2": .numbers([0, 0]), "x3": .numbers([1.5, 2.5]), "a": .numbers([1, 1]),
      "b": .numbers([0, 0]),
    ])
    let predictions = try model.predictions(from: row)
    #expect(!predictions[0].isNaN && predictions[1].isNaN)
    #expect(try !model.predictions(from: row, unestimable: .keep)[1].isNaN)
  }

  @Test func levelsThatNothingConnectsHaveNoPrediction() throws {
    let expected = try named("disconnected"), model = try model(expected.formula, expected.table())
    let effects = try #require(model.effects)
    // a: 0 to 19 meets b: 0 to 4, and 20 to 39 meets 5 to 9.
    #expect(effects.categories[1].redundantLevels == 3)
    let table = try Table(columns: [
      "x1": .numbers([0, 0]), "x2": .numbers([0, 0]), "a": .numbers([3, 3]), "b": .numbers([2, 7]),
    ])
    let predictions = try model.predictions(from: table)
    #expect(!predictions[0].isNaN && predictions[1].isNaN)
    // The first level of b in each component is the reference.
    let b = effects.categories[1]
    #expect(zip(b.levels, b.estimates).filter { $0.1 == 0 }.map(\.0) == ["0", "5", "10"])
  }

  @Test func threeWaysTellWhatIsNotDetermined() throws {
    // The third category meets the first only within one of two components of the others.
    let a = (0..<240).map { Double($0 % 8) }, b = a.map { ($0 < 4 ? 0.0 : 2) }
    let rows = a.indices
    let table = try Table(columns: [
      "y": .numbers(rows.map { Double($0 * $0 % 17) }), "x": .numbers(rows.map { Double($0 * 7 % 31) }),
      "a": .numbers(a), "b": .numbers(zip(b, rows).map { $0 + Double($1 / 8 % 2) }),
      "c": .numbers(zip(b, rows).map { $0 * 2 + Double($1 / 16 % 3) }),
    ])
    let model = try model("y ~ x | a + b + c", table)
    let mixed = try Table(columns: [
      "x": .numbers([1, 1, 1]), "a": .numbers([0, 0, 0]), "b": .numbers([1, 2, 1]), "c": .numbers([0, 0, 4]),
    ])
    #expect(try model.predictions(from: mixed).map(\.isNaN) == [false, true, true])
  }

  @Test func filesOfModelsAndJSONPredictTheSame() throws {
    let expected = try named("a constant regressor"), table = try expected.table()
    let model = try model(expected.formula, table)
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).model").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try model.write(to: path)
    #expect(try FittedModel(contentsOf: path) == model)
    let other = try FittedModel(json: model.json)
    #expect(other.effects == model.effects)
    let predictions = try model.predictions(from: table)
    #expect(try other.predictions(from: table) == predictions)
    #expect(try FittedModel(contentsOf: path).predictions(from: table) == predictions)
  }

  @Test func bitsDoNotDependOnThreadsAndBlocks() throws {
    let expected = try named("three ways"), table = try expected.table()
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).csv").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try table.write(csv: path)
    let formula = try Formula(expected.formula)
    func model(threads: Int) throws -> FittedModel {
      try Parallelism.$threads.withValue(threads) {
        let options = ReadingOptions(categories: formula.categories)
        let reader = try TableReader([path], options: options, blockSize: 2000)
        return try FittedModel(formula, reading: reader, blocksInMemory: 0)
      }
    }
    let models = try [1, 2, 8].map(model)
    #expect(models[0] == models[1] && models[0] == models[2])
    let whole = try self.model(expected.formula, table)
    for (a, b) in zip(models[0].coefficientStatistics, whole.coefficientStatistics) {
      #expect(areClose(a.estimate, b.estimate, 1e-12) && areClose(a.standardError, b.standardError, 1e-12))
    }
  }

  /// Each combination of words has a name of its own, and the same in three columns.
  @Test func combinationsHaveNamesOfTheirOwn() throws {
    let rows = 0..<24
    let table = try Table(columns: [
      "y": .numbers(rows.map { Double($0 * $0 % 11) }), "x": .numbers(rows.map { Double($0 * 5 % 7) }),
      "a": .words(rows.map { ["u^v", "u"][$0 % 2] }), "b": .words(rows.map { ["w", "v^w"][$0 / 2 % 2] }),
      "c": .words(rows.map { _ in "z" }),
    ])
    let model = try model("y ~ x | a^b^c", table)
    #expect(
      model.effects?.categories[0].levels == ["u\\^v^v\\^w^z", "u\\^v^w^z", "u^v\\^w^z", "u^w^z"])
    #expect(try model.predictions(from: table).allSatisfy { !$0.isNaN })
  }

  @Test func effectsAlone() throws {
    let expected = try named("connected"), table = try expected.table()
    let model = try model("y ~ 1 | a + b", table)
    let dummies = try FittedModel("y ~ C(a) + C(b)", table)
    #expect(model.coefficientStatistics.isEmpty)
    #expect(areClose(model.statistics.residualSumOfSquares, dummies.statistics.residualSumOfSquares, 1e-12))
    #expect(areClose(model.statistics.fStatistic, dummies.statistics.fStatistic, 1e-12))
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).csv").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try model.writeEffects(csv: path)
    let effects = try Table(csv: path, categories: ["level"])
    #expect(effects.rowCount == 23 + 11 && effects.columnNames == ["effect", "level", "estimate"])
    #expect(areClose(try effects.column("estimate")[0], dummies.model.intercept, 1e-11))
    // Tabs where the name asks for them.
    let folder = TemporaryFolder()
    try model.writeEffects(csv: folder.path("effects.tsv"))
    let options = ReadingOptions(delimiter: "\t", categories: ["level"])
    let tabbed = try Table(csv: [folder.path("effects.tsv")], options: options)
    #expect(try tabbed.column("estimate") == effects.column("estimate"))
  }

  @Test(arguments: [
    ("y ~ x | 3", "3 is not a column"), ("y ~ x | log(a)", "a function cannot stand behind the bar"),
    ("y ~ x | a*b", "combined by ^"), ("y ~ x |", "a column is missing behind the bar"),
    ("y ~ x | y", "\"y\" is the target"), ("y ~ x | x", "\"x\" is among the terms before the bar"),
    ("y ~ x | a | b", "one bar"), ("y ~ x | a + a", "stands twice"), ("y ~ x | .", "names of columns"),
  ])
  func wrongFormulas(_ text: String, _ message: String) {
    #expect {
      try Formula(text)
    } throws: {
      guard case .formula(_, let position, let found)? = $0 as? TabularError else { return false }
      return found.contains(message) && position >= 6
    }
  }

  @Test func whatCannotTakeEffectsSaysSo() throws {
    let expected = try named("connected"), table = try expected.table()
    #expect(throws: TabularError.self) {
      try FittedModel(expected.formula, table, method: LeastSquares(ridgePenalty: 1))
    }
    #expect(throws: TabularError.self) {
      try FittedModel(expected.formula, table, method: LeastSquares(precision: .extended))
    }
    #expect(throws: TabularError.self) { try Share(Formula(expected.formula), table) }
    #expect(throws: TabularError.self) { try TableTraining(Formula(expected.formula), table) }
    let model = try model(expected.formula, table)
    #expect(throws: TabularError.self) { try model.predictions(from: table, interval: .confidence) }
    #expect(throws: TabularError.self) { try Diagnostics(model, table) }
    #expect(throws: TabularError.self) { try Influence(model).augmented(table) }
    #expect(throws: TabularError.self) { try model.withCovariance(.hc1, of: table) }
    let frequencies = LeastSquares(weightKind: .frequency)
    #expect(throws: TabularError.self) {
      try FittedModel(expected.formula, table, weights: "w", method: frequencies)
    }
    let other = try self.model("y ~ x1 + x2 | a", table)
    let members = [other, model].map { ModelComparison.Member(name: "m", model: $0) }
    #expect(ModelComparison(members).reason == "no F: m and m have other fixed effects")
    #expect(throws: TabularError.self) { try FittedModel("y ~ x1", table).writeEffects(csv: "/tmp/none.csv") }
  }
}
