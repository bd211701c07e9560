import Foundation
import LinearAlgebra
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// Leverages, residuals and influence of every row are R's, to 10 digits; R/influence.R makes the file.
@Suite struct InfluenceTests {
  struct Fixture: Decodable, Sendable {
    let power: [Double]
    let w: [Double]
    let gap: [Double?]
    let make: [String]
    let fits: [Fit]
  }

  struct Fit: Decodable, Sendable, CustomTestStringConvertible {
    let formula: String
    let weights: String?
    let fitted: [Double?]
    let residual: [Double?]
    let leverage: [Double?]
    let standardized: [Double?]
    let studentized: [Double?]
    let cooksDistance: [Double?]
    let dffits: [Double?]
    let terms: [String]
    let dfbetas: [[Double?]]
    var testDescription: String { "\(formula), weights \(weights ?? "1")" }

    enum CodingKeys: String, CodingKey {
      case formula, weights, fitted, residual, leverage, standardized, studentized, dffits, terms, dfbetas
      case cooksDistance = "cooks_distance"
    }
  }

  static let fixture: Fixture = {
    let data = try! Data(contentsOf: URL(fileURLWithPath: "\(FormulasByRTests.folder)/influence.json"))
    return try! JSONDecoder().decode(Fixture.self, from: data)
  }()

  /// R's mtcars with the columns of the fixture.
  static let text: String = {
    let cars = try! String(contentsOfFile: "\(FormulasByRTests.folder)/mtcars.csv", encoding: .utf8)
    let lines = cars.split(separator: "\n"), f = fixture
    return "\(lines[0]),power,w,gap,make\n"
      + lines.dropFirst().enumerated().map { row, line in
        "\(line),\(f.power[row]),\(f.w[row]),\(f.gap[row].map { "\($0)" } ?? ""),\(f.make[row])\n"
      }.joined()
  }()

  static func table() throws -> Table { try Table(csvText: text, source: "cars.csv") }

  /// The first value that has other digits, or is there and should not be.
  private func difference(_ actual: [Double], _ expected: [Double?], digits: Double = 1e-10) -> String? {
    if actual.count != expected.count { return "\(actual.count) values instead of \(expected.count)" }
    let scale = expected.reduce(0) { max($0, abs($1 ?? 0)) }
    for (index, (a, e)) in zip(actual, expected).enumerated() {
      guard let e else {
        if a.isNaN { continue }
        return "value \(index): \(a), not none"
      }
      if !(abs(a - e) <= digits * max(abs(e), 1e-2 * scale)) { return "value \(index): \(a), not \(e)" }
    }
    return nil
  }

  @Test(arguments: fixture.fits)
  func agree(fit: Fit) throws {
    let table = try Self.table()
    let model = try FittedModel(fit.formula, table, weights: fit.weights, missing: .drop)
    let influence = Influence(model, passed: ["car"], dfbetas: true)
    let (rows, sums) = try influence.augmented(table)
    #expect(influence.note == nil && influence.noteOfOthers(sums) == nil)
    #expect(rows.columnNames.first == "car")
    for (name, values) in [
      ("fitted", fit.fitted), ("residual", fit.residual), ("leverage", fit.leverage),
      ("standardized", fit.standardized), ("studentized", fit.studentized),
      ("cooks_distance", fit.cooksDistance), ("dffits", fit.dffits),
    ] {
      var actual = try rows.numbers(name)
      // Where the leverage is 1 the residual is rounding.
      if name == "residual" {
        for row in actual.indices where fit.residual[row] == nil {
          if fit.fitted[row] != nil { #expect(abs(actual[row]) < 1e-12) }
          actual[row] = .nan
        }
      }
      #expect(difference(actual, values) == nil, "\(name)")
    }
    #expect(rows.columnNames.filter { $0.hasPrefix("dfbetas_") } == fit.terms.map { "dfbetas_\($0)" })
    for (term, values) in zip(fit.terms, fit.dfbetas) {
      #expect(difference(try rows.numbers("dfbetas_\(term)"), values) == nil, "\(term)")
    }
    let diagnosed = try model.diagnosedRows(of: table)
    #expect(difference(diagnosed.map { $0?.dffits ?? .nan }, fit.dffits) == nil)
  }

  /// The rows with the largest Cook's distances, over blocks of two rows.
  @Test func mostInfluential() throws {
    let fit = Self.fixture.fits[0], table = try Self.table()
    let influence = Influence(try FittedModel(fit.formula, table))
    let reader = try TableReader(
      [.memory(Array(Self.text.utf8), name: "cars.csv")], options: ReadingOptions(), blockSize: 200)
    var sums: Influence.Sums?, blocks = 0
    try reader.forEachBlock(columns: influence.columnsRead) { (block) throws(TabularError) in
      try influence.mostInfluential(5, block)
    } take: { (block) in
      blocks += 1
      if sums == nil { sums = block } else { sums?.merge(block) }
    }
    let order = fit.cooksDistance.indices.sorted { fit.cooksDistance[$0]! > fit.cooksDistance[$1]! }
    let all = try #require(sums)
    #expect(blocks > 5)
    #expect(all.top?.rows.map(\.line) == order.prefix(5).map { $0 + 2 })
    #expect(influence.noteOfOthers(all) == nil)
    #expect(all.text.split(separator: "\n").count == 6 && all.text.contains("cars.csv:\(order[0] + 2)"))
  }

  // MARK: What is not there

  @Test func otherRows() throws {
    let table = try Self.table(), influence = Influence(try FittedModel("mpg ~ wt + hp", table))
    let some = try Table(
      csvText: String(Self.text.split(separator: "\n").dropLast().joined(separator: "\n")), source: "some.csv"
    )
    #expect(
      influence.noteOfOthers(try influence.augmented(some).notes)?.contains("31 rows, the fit has 32") == true
    )
    let others = try Table(
      csvText: Self.text.replacingOccurrences(of: "Fiat 128,32.4", with: "Fiat 128,3.24"), source: "t.csv")
    #expect(
      influence.noteOfOthers(try influence.augmented(others).notes)?.contains("residual sum of squares")
        == true)
  }

  @Test func modelsWithoutInfluence() throws {
    let table = try Self.table()
    let ridge = Influence(
      try FittedModel("mpg ~ wt + hp", table, method: LeastSquares(ridgePenalty: 2)), dfbetas: true)
    #expect(ridge.names == ["fitted", "residual"] && ridge.note?.contains("a ridge penalty") == true)
    #expect(try ridge.augmented(table).table.numbers("residual").allSatisfy(\.isFinite))
    #expect(ridge.whyNone != nil)
    // A perfect fit, and one with as many coefficients as rows, have leverages alone.
    let line = Table(["x": [1, 2, 3, 5], "y": [2, 4, 6, 10]])
    let few = Table(["x": [1, 2], "y": [1, 3]])
    for (rows, reason) in [(line, "but rounding"), (few, "as many coefficients as rows")] {
      let influence = Influence(try FittedModel("y ~ x", rows), dfbetas: true)
      #expect(influence.note?.contains(reason) == true, "\(influence.note ?? "")")
      let augmented = try influence.augmented(rows).table
      #expect(try augmented.numbers("leverage").allSatisfy(\.isFinite))
      for name in influence.names.dropFirst(3) {
        #expect(try augmented.numbers(name).allSatisfy(\.isNaN), "\(name)")
      }
    }
  }

  /// Rows that stand for several, or were drawn, are no observation each.
  @Test(arguments: [WeightKind.frequency, .probability])
  func weightsOfOtherKinds(kind: WeightKind) throws {
    let table = try Self.table()
    let model = try FittedModel("mpg ~ wt", table, weights: "carb", method: LeastSquares(weightKind: kind))
    #expect(throws: TabularError.self) { try Influence(model).augmented(table) }
    #expect(throws: TabularError.self) { try model.diagnosedRows(of: table) }
    #expect(throws: TabularError.self) { try ErrorTestRows(.reset, model, named: "m") }
    // Hypotheses are tested with the errors that there are.
    #expect((try? HypothesisTest("wt", on: model, named: "m")) == nil || kind == .frequency)
    let other = ModelComparison.Member(
      name: "b",
      model: try FittedModel("mpg ~ wt + hp", table, weights: "carb", method: LeastSquares(weightKind: kind)))
    let comparison = ModelComparison([.init(name: "a", model: model), other])
    #expect((comparison.reason == nil) == (kind == .frequency), "\(comparison.reason ?? "")")
  }

  /// Fixed effects leave no leverages; hypotheses have the F of dummies.
  @Test func fixedEffects() throws {
    let table = try Self.table()
    let model = try FittedModel("mpg ~ wt + hp | cyl", table),
      dummies = try FittedModel("mpg ~ wt + hp + C(cyl)", table)
    let influence = Influence(model, dfbetas: true)
    #expect(throws: TabularError.self) { try influence.augmented(table) }
    #expect(throws: TabularError.self) { try influence.mostInfluential(3, table) }
    let tests = try [model, dummies].map { try HypothesisTest("wt = hp, hp = 0", on: $0, named: "m").test }
    #expect(abs(tests[0].statistic - tests[1].statistic) <= 1e-10 * tests[1].statistic)
    #expect(tests[0].degreesOfFreedom == tests[1].degreesOfFreedom)
    #expect(throws: TabularError.self) { try ErrorTestRows(.durbinWatson, model, named: "m") }
    let comparison = ModelComparison(
      [("a", try FittedModel("mpg ~ wt", table)), ("b", model)].map { .init(name: $0.0, model: $0.1) })
    #expect(comparison.reason?.contains("other fixed effects") == true)
  }

  // MARK: Many levels

  /// A category that was taken out of the rows gives the numbers of one with a column for each level.
  @Test(arguments: ["y ~ x + g + z", "y ~ 0 + g + x", "y ~ g + x"], [nil, "w"])
  func manyLevels(formula: String, weights: String?) throws {
    var random = SeededGenerator(seed: 31)
    var text = "y,x,z,g,w\n"
    for row in 0..<900 {
      let x = random.nextNormal(), z = random.nextNormal() + x, y = x - z + random.nextNormal()
      text += "\(y),\(x),\(z),g\(row < 420 ? row / 2 : random.nextInteger(below: 210)),\(row % 4)\n"
    }
    let table = try Table(csvText: text, source: "t.csv")
    let taken = Influence(try FittedModel(formula, table, weights: weights), dfbetas: true)
    let plain = Influence(
      try FittedModel(formula, table, weights: weights, method: LeastSquares(solver: .qr)), dfbetas: true)
    #expect(taken.model.covariance?.levels != nil && plain.model.covariance?.levels == nil)
    #expect(taken.note?.contains("levels of g have no DFBETAs") == true)
    let a = try taken.augmented(table).table, b = try plain.augmented(table).table
    #expect(taken.names.filter { $0.hasPrefix("dfbetas_") && !$0.hasPrefix("dfbetas_g") }.count > 0)
    for name in taken.names {
      let expected = try b.numbers(name).map { $0.isNaN ? nil : $0 }
      #expect(difference(try a.numbers(name), expected, digits: 1e-9) == nil, "\(name)")
    }
  }
}
