import Foundation
import LinearAlgebra
import LinearRegression
import Testing

@testable import TabularRegression

/// What hypotheses are read as, and what is refused.
@Suite struct HypothesisTests {
  private let names = ["(Intercept)", "a", "b", "a:b", "log(a)", "poly(x, 2)1", "2nd", "a b", "-c"]

  /// Terms by name, and the number that is added.
  private func forms(_ text: String) throws -> [(terms: [String: Double], constant: Double)] {
    var parser = HypothesisParser(text, names: names) { .unusable(file: "names", message: "no \($0)") }
    return try parser.parse().map { form in
      (Dictionary(uniqueKeysWithValues: form.terms.map { (names[$0], $1) }), form.constant)
    }
  }

  @Test(arguments: [
    ("a = b", [["a": 1.0, "b": -1]], [0.0]),
    ("a", [["a": 1]], [0]),
    ("a = b = 0", [["a": 1, "b": -1], ["b": 1]], [0, 0]),
    ("2*a + b = 1", [["a": 2, "b": 1]], [-1]),
    (" -a/4 - (b - 1.5e1)*2 == -.5 ", [["a": -0.25, "b": -2]], [30.5]),
    ("a:b = a, log(a) - 3", [["a:b": 1, "a": -1], ["log(a)": 1]], [0, -3]),
    ("(Intercept) = 1", [["(Intercept)": 1]], [-1]),
    ("poly(x, 2)1 = `2nd`", [["poly(x, 2)1": 1, "2nd": -1]], [0]),
    ("a b = 2", [["a b": 1]], [-2]),
    ("\"a b\" = 2 * `-c`", [["a b": 1, "-c": -2]], [0]),
    ("a + a = a", [["a": 1]], [0]),
  ])
  func forms(text: String, terms: [[String: Double]], constants: [Double]) throws {
    let read = try forms(text)
    #expect(read.map(\.terms) == terms && read.map(\.constant) == constants)
  }

  @Test(arguments: [
    ("", 0, "a hypothesis is missing"), ("a = b,", 6, "a hypothesis is missing"),
    ("a =", 3, "missing at the end"),
    ("a * b", 2, "linear"), ("1 / a", 2, "linear"), ("a / 0", 2, "divides by 0"), ("(a", 2, "not closed"),
    ("a)", 1, "no parenthesis is open"), ("2 a", 2, "an operator is missing"), ("`a", 0, "not closed"),
    ("1e999 = a", 0, "beyond a Double"), ("a = 1e300*1e300", 9, "beyond a Double"),
    ("a + = b", 4, "missing before this"),
    ("1e308 + 1e308 = a", 14, "beyond a Double"), ("a = 1e-320/1e-320, 1/1e-320", 20, "beyond a Double"),
    (String(repeating: "(", count: 5000), 101, "more than 100"),
  ])
  func faults(text: String, position: Int, message: String) throws {
    let error = try #require(throws: TabularError.self) { _ = try forms(text) }
    guard case .formula(_, let place, let found) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(place == position && found.contains(message), "\(place): \(found)")
  }

  @Test(arguments: [("c", "c"), ("a:c", "a:c"), ("ab = 1", "ab"), ("log(b)", "log(b)"), ("`x`", "x")])
  func unknownNames(text: String, name: String) throws {
    #expect(throws: TabularError.unusable(file: "names", message: "no \(name)")) { _ = try forms(text) }
  }

  // MARK: Models

  private func rows() -> Table {
    var random = SeededGenerator(seed: 41)
    let a = (0..<40).map { _ in random.nextNormal() }, b = (0..<40).map { _ in random.nextNormal() }
    return Table([
      "area": a, "rooms": b, "total": zip(a, b).map { $0 + $1 },
      "price": zip(a, b).map { 2 * $0 + $1 + random.nextNormal() }, "exact": zip(a, b).map { 2 * $0 - $1 },
    ])
  }

  private func fault(_ text: String, on model: FittedModel) -> String {
    do throws(TabularError) {
      _ = try HypothesisTest(text, on: model, named: "homes.model")
      return "nothing"
    } catch {
      return error.description
    }
  }

  @Test func refusals() throws {
    let table = rows(), model = try FittedModel("price ~ area + rooms + total", table)
    #expect(
      fault("aera = 0", on: model)
        == "homes.model: there is no coefficient \"aera\"; is \"area\" meant? they are (Intercept), area, rooms, total"
    )
    #expect(
      fault("area = total", on: model)
        == "homes.model: \"total\" was left out of the fit (total = area + rooms), and has no coefficient; test the others"
    )
    #expect(
      fault("area = rooms, 2*rooms = 2*area + 1", on: model)
        == "homes.model: -2 area + 2 rooms = 1 contradicts the restrictions before it; leave one of them out")
    #expect(fault("1 = 2", on: model).contains("does not hold for any coefficients"))
    #expect(fault("area = area", on: model).contains("nothing to test"))
    let perfect = try FittedModel("exact ~ area + rooms", table)
    #expect(fault("area = 2", on: perfect).contains("but rounding"))
    let ridge = try FittedModel("price ~ area", table, method: LeastSquares(ridgePenalty: 1))
    #expect(fault("area", on: ridge).contains("a ridge penalty"))
    let full = try FittedModel("y ~ x", Table(["x": [1, 2], "y": [3, 1]]))
    #expect(fault("x", on: full).contains("as many coefficients as rows"))
  }

  @Test func redundantRestrictionsAreLeftOut() throws {
    let model = try FittedModel("price ~ area + rooms", rows())
    let test = try HypothesisTest("area = rooms, rooms = 1, area + rooms = 2", on: model, named: "m")
    #expect(test.test.restrictions == 2 && test.restrictions.count == 2)
    #expect(test.notes == ["area + rooms = 2 follows from the other restrictions, and is left out"])
    let two = try HypothesisTest("area = rooms, rooms = 1", on: model, named: "m")
    #expect(test.test == two.test)
  }

  /// A hypothesis is the same in any units of the features, of y, and in any order and combination of its restrictions.
  @Test func unitsDoNotMatter() throws {
    let a = [0.2, 1.7, 0.9, 2.8, 0.1, 1.3, 0.4], c = [1.0, 3, 2, 7, 1, 0, 5]
    let y = [1.1, 2.3, 0.7, 3.9, 4.2, 2.6, 5.5]
    func model(_ a: [Double], _ c: [Double], _ y: [Double]) throws -> FittedModel {
      try FittedModel("y ~ a + c", Table(["a": a, "c": c, "y": y]))
    }
    let plain = try model(a, c, y)
    let f = try HypothesisTest("a = 0, c = 0", on: plain, named: "m").test.statistic
    #expect(abs(f - (try #require(plain.statistics.fStatistic))) < 1e-12 * f)
    let scaled = try model(a.map { $0 * 1e-6 }, c.map { $0 * 1e6 }, y)
    for text in [
      "a + 1e12*c = 0, c = 0", "c = 0, a + 1e12*c = 0", "a = 0, c = 0", "1e-200*a = 0, 1e200*c = 0",
    ] {
      let test = try HypothesisTest(text, on: scaled, named: "m").test
      #expect(test.restrictions == 2 && abs(test.statistic - f) < 1e-11 * f, "\(text): \(test.statistic)")
    }
    _ = try HypothesisTest("a + 1e12*c = 1, c = 1e-7", on: scaled, named: "m")
    // Squares of s are below the smallest Double.
    let small = try model(a, c, y.map { $0 * 1e-170 })
    #expect(abs(try HypothesisTest("a = 0, c = 0", on: small, named: "m").test.statistic - f) < 1e-11 * f)
    let one = try HypothesisTest("c = 0", on: small, named: "m").restrictions[0]
    let row = small.coefficientStatistics[2]
    #expect(abs(one.tStatistic - (try #require(row.tStatistic))) < 1e-12 * abs(one.tStatistic))
  }

  /// F of coefficients that depend on each other keeps digits as the fit's does: by 80 digits it is 27.5505933138.
  @Test func dependentCoefficients() throws {
    let ends = [7.0, 7, 5, 8, 2, 7, 2, 8, 2, 1, 6, 8]
    let y = [7.3, 8, 5.4, 8.3, 0.3, 7.4, 3.1, 6.5, 4, 0.2, 5, 8]
    let model = try FittedModel("y ~ x + I(x^2)", Table(["x": ends.map { 3_000_000 + $0 }, "y": y]))
    let test = try HypothesisTest("x = 0, I(x^2) = 0", on: model, named: "m").test
    // κ ε, not κ² ε.
    let tolerance = 9e6 * Double.ulpOfOne * 27.6
    #expect(abs(test.statistic - 27.5505933138) < tolerance, "\(test.statistic)")
  }

  /// One restriction has F = t², that of the table of coefficients; all have the F of the fit.
  @Test func agreesWithTheTable() throws {
    let model = try FittedModel("price ~ area + rooms", rows())
    let one = try HypothesisTest("rooms", on: model, named: "m"),
      t = try #require(model.coefficientStatistics[2].tStatistic)
    #expect(abs(one.test.statistic - t * t) < 1e-12 * t * t)
    let all = try HypothesisTest("area = rooms = 0", on: model, named: "m")
    let f = try #require(model.statistics.fStatistic)
    #expect(abs(all.test.statistic - f) < 1e-12 * f)
  }

  /// Levels that were taken out of the rows have the tests of levels with columns.
  @Test func manyLevels() throws {
    var random = SeededGenerator(seed: 43)
    var text = "y,x,g\n"
    for row in 0..<1000 { text += "\(random.nextNormal()),\(random.nextNormal()),g\(row % 210)\n" }
    let table = try Table(csvText: text, source: "t.csv"),
      hypothesis = "gg5 = gg7, x = 0, (Intercept) + gg100 = 1"
    let taken = try FittedModel("y ~ x + g", table)
    let plain = try FittedModel("y ~ x + g", table, method: LeastSquares(solver: .qr))
    #expect(taken.covariance?.levels != nil && plain.covariance?.levels == nil)
    let a = try HypothesisTest(hypothesis, on: taken, named: "m"),
      b = try HypothesisTest(hypothesis, on: plain, named: "m")
    #expect(abs(a.test.statistic - b.test.statistic) < 1e-9 * b.test.statistic)
  }

  // MARK: Comparisons

  @Test func whyThereIsNoF() throws {
    let table = rows()
    func member(_ formula: String, weights: String? = nil, _ rows: Table? = nil) throws
      -> ModelComparison.Member
    {
      .init(name: formula, model: try FittedModel(formula, rows ?? table, weights: weights))
    }
    let one = try member("price ~ area")
    for (other, reason) in [
      (try member("price ~ rooms"), "not nested"), (try member("total ~ area + rooms"), "other targets"),
      (try member("price ~ area"), "the same columns"), (try member("exact ~ area"), "other targets"),
    ] {
      let comparison = ModelComparison([one, other])
      #expect(
        comparison.steps.isEmpty && comparison.reason?.contains(reason) == true, "\(comparison.reason ?? "")")
    }
    // Other rows: another number, or another target of as many.
    let few = Table(["area": [1, 2, 3, 4], "price": [1, 3, 2, 5], "rooms": [1, 1, 2, 7]])
    let others = Table(["area": [1, 2, 3, 4], "price": [1, 3, 2, 6], "rooms": [1, 1, 2, 7]])
    #expect(
      ModelComparison([one, try member("price ~ area + rooms", few)]).reason?.contains("40 and 4 of them")
        == true)
    for formula in ["price ~ area + rooms", "price ~ 0 + area"] {
      let comparison = ModelComparison([try member("price ~ area", few), try member(formula, others)])
      #expect(comparison.reason?.contains("their targets differ") == true, "\(comparison.reason ?? "")")
    }
    // Without an intercept the total is that of other squares, of the same rows.
    #expect(ModelComparison([try member("price ~ 0 + area"), one]).reason == nil)
    let robust = ModelComparison.Member(name: "robust", model: try one.model.withCovariance(.hc1, of: table))
    #expect(ModelComparison([robust, try member("price ~ area + rooms")]).reason?.contains("HC1") == true)
  }

  /// Formulas that write the same columns in different ways, smaller models first.
  @Test(arguments: [
    ("price ~ area", "price ~ poly(area, 2)"), ("price ~ I(area^2) + area", "price ~ poly(area, 3)"),
    ("price ~ I(area)", "price ~ poly(area, 2, raw = FALSE)"),
    ("price ~ scale(area)", "price ~ area + rooms"),
    ("price ~ C(side)", "price ~ area + C(side, sum)"), ("price ~ 0 + side", "price ~ area + C(side, SAS)"),
    ("price ~ C(side, reference = \"s\")", "price ~ area + C(side, helmert)"),
    ("price ~ area:I(area) + area", "price ~ area + area:I(area) + rooms"),
    ("price ~ rooms:I(area^2) + rooms", "price ~ rooms*poly(area, 2)"),
    ("price ~ exp(area)", "price ~ poly(exp(area), 2)"),
    ("price ~ I(rooms > 0)", "price ~ area + (rooms > 0)"),
    ("price ~ rooms", "price ~ side*scale(rooms)"),
    ("price ~ rooms:side", "price ~ rooms:C(side, sum) + area"),
  ])
  func sameColumnsWrittenOtherwise(smaller: String, larger: String) throws {
    let table = try tableWithSides()
    let members = try [smaller, larger].map {
      ModelComparison.Member(name: $0, model: try FittedModel($0, table))
    }
    let comparison = ModelComparison(members)
    #expect(comparison.reason == nil && comparison.steps.count == 1)
    // F is that of the sums of squares, which would be negative if the models were not nested.
    let step = try #require(comparison.steps.first)
    #expect(
      step.sumOfSquares / Double(step.degreesOfFreedom) >= -1e-9
        * members[0].model.statistics.totalSumOfSquares)
  }

  @Test(arguments: [
    ("price ~ poly(area, 2)", "price ~ area + I(area^2)", "the same columns, written otherwise"),
    ("price ~ side", "price ~ 0 + side", "the same columns, written otherwise"),
    ("price ~ area", "price ~ ns(area, 3)", "not nested by their formulas"),
    ("price ~ area", "price ~ area:I(area)", "not nested by their formulas"),
    ("price ~ 0 + area", "price ~ 0 + poly(area, 2, raw = FALSE)", "not nested by their formulas"),
    ("price ~ rooms*side", "price ~ rooms*C(side, sum) + area", "not nested by their formulas"),
    ("price ~ 0 + area", "price ~ 0 + scale(area) + rooms", "not nested by their formulas"),
  ])
  func otherColumns(one: String, other: String, reason: String) throws {
    let table = try tableWithSides()
    let comparison = ModelComparison(
      try [one, other].map { .init(name: $0, model: try FittedModel($0, table)) })
    #expect(comparison.reason?.contains(reason) == true, "\(comparison.reason ?? "")")
  }

  private func tableWithSides() throws -> Table {
    let table = rows(), n = table.rowCount
    return try Table(columns: [
      "price": .numbers(table.column("price")), "area": .numbers(table.column("area")),
      "rooms": .numbers(table.column("rooms")), "side": .words((0..<n).map { ["n", "e", "s"][$0 * 7 % 3] }),
    ])
  }

  /// More models than fit 80 columns are in tables below each other, and each is in one.
  @Test func manyModelsAreFolded() throws {
    let table = rows()
    let formulas = (1...12).map { "price ~ poly(area, \($0 % 4 + 1)) + rooms" }
    let comparison = ModelComparison(
      try formulas.map { .init(name: $0, model: try FittedModel($0, table)) })
    let lines = comparison.text(.text, stars: true).split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 80 })
    let headings = lines.filter { $0.hasPrefix("term ") }
    #expect(headings.count > 1)
    let numbers = headings.flatMap { $0.split(separator: " ").dropFirst() }
    #expect(numbers == (1...12).map { "(\($0))" })
    #expect(lines.count { $0.hasPrefix("BIC ") } == headings.count)
    // The other formats have no width.
    #expect(comparison.text(.markdown).split(separator: "\n").count { $0.hasPrefix("| term |") } == 1)
  }

  /// RESET does not depend on the unit of the weights.
  @Test func resetOfLargeWeights() throws {
    func result(_ unit: Double) throws -> (statistic: Double, freedom: [Int]) {
      let table = Table([
        "y": [1.1, 2.3, 0.7, 3.9, 4.2, 2.6, 5.5, 7.1], "x": [0.2, 1.7, 0.9, 2.8, 0.1, 1.3, 0.4, 2.2],
        "w": [1, 2, 1, 1, 3, 1, 2, 1].map { $0 * unit },
      ])
      let model = try FittedModel("y ~ x", table, weights: "w")
      let rows = try ErrorTestRows(.reset, model, named: "m")
      let found = try rows.result(try rows.sums(table), source: "t")
      return (found.statistic, found.degreesOfFreedom)
    }
    let plain = try result(1), large = try result(0x1p800)
    #expect(plain.freedom == [2, 4] && large.freedom == plain.freedom)
    #expect(abs(large.statistic - plain.statistic) <= 1e-11 * plain.statistic)
  }

  /// Errors are tested with the rows of the fit alone.
  @Test func otherRowsAreRefused() throws {
    let table = rows(), model = try FittedModel("price ~ area + rooms", table)
    let test = try ErrorTestRows(.reset, model, named: "m")
    let others = Table(["area": [1, 2, 3], "rooms": [3, 1, 2], "price": [1, 1, 2]])
    let error = #expect(throws: TabularError.self) { try test.result(test.sums(others), source: "t.csv") }
    #expect(error?.description.contains("the fit has 40 rows, and these are 3;") == true)
    for test in ErrorTest.allCases {
      #expect(throws: TabularError.self) {
        try ErrorTestRows(test, FittedModel("exact ~ area + rooms", table), named: "m")
      }
    }
    #expect(throws: TabularError.self) {
      try ErrorTestRows(.koenker, FittedModel("price ~ 1", table), named: "m")
    }
  }
}
