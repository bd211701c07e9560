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

  /// Errors are tested with the rows of the fit alone.
  @Test func otherRowsAreRefused() throws {
    let table = rows(), model = try FittedModel("price ~ area + rooms", table)
    let test = try ErrorTestRows(.reset, model, named: "m")
    let others = Table(["area": [1, 2, 3], "rooms": [3, 1, 2], "price": [1, 1, 2]])
    let error = #expect(throws: TabularError.self) { try test.result(test.sums(others), source: "t.csv") }
    #expect(error?.description.contains("there are 3 rows, and 40 in the fit") == true)
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
