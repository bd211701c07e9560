import Foundation
import LinearAlgebra
import LinearRegression
import Testing

@testable import TabularRegression

/// Tests of coefficients and of errors, F of nested models and intervals are those of R's car, lmtest and stats, to 10
/// digits; R/tests.R makes the file.
@Suite struct TestsByRTests {
  struct Fixture: Decodable, Sendable {
    let hypotheses: [Hypothesis]
    let nested: [Nested]
    let residuals: [Residuals]
    let intervals: [Intervals]
  }

  struct Hypothesis: Decodable, Sendable, CustomTestStringConvertible {
    let formula: String
    let weights: String?
    let hypothesis: String
    let covariance: String?
    let estimates: [Double]
    let standardErrors: [Double]
    let f: Double
    let p: Double
    let restrictions: Int
    var testDescription: String { "\(formula): \(hypothesis)" }
  }

  struct Nested: Decodable, Sendable, CustomTestStringConvertible {
    let formulas: [String]
    let weights: String?
    let rss: [Double]
    let freedom: [Int]
    let difference: [Int]
    let sumOfSquares: [Double]
    let f: [Double]
    let p: [Double]
    let aic: [Double]
    let bic: [Double]
    var testDescription: String { formulas.joined(separator: ", ") }
  }

  struct Residuals: Decodable, Sendable, CustomTestStringConvertible {
    let formula: String
    let weights: String?
    /// Statistic and p.
    let durbinWatson: [Double]
    let breuschPagan: [Double]
    let koenker: [Double]
    let reset: [Double]
    let jarqueBera: [Double]
    var testDescription: String { formula }

    func values(_ test: ErrorTest) -> [Double] {
      switch test {
      case .durbinWatson: durbinWatson
      case .breuschPagan: breuschPagan
      case .koenker: koenker
      case .reset: reset
      case .jarqueBera: jarqueBera
      }
    }
  }

  struct Intervals: Decodable, Sendable, CustomTestStringConvertible {
    let formula: String
    let weights: String?
    let lower: [Double]
    let upper: [Double]
    let inflation: [Double]
    let logLikelihood: Double
    let aic: Double
    let bic: Double
    var testDescription: String { formula }
  }

  static let fixture: Fixture = {
    let data = try! Data(contentsOf: URL(fileURLWithPath: "\(FormulasByRTests.folder)/tests.json"))
    return try! JSONDecoder().decode(Fixture.self, from: data)
  }()

  static let path = "\(FormulasByRTests.folder)/mtcars.csv"

  private func model(_ text: String, _ weights: String?) throws -> (model: FittedModel, table: Table) {
    let formula = try Formula(text), table = try Table(csv: Self.path, categories: formula.categories)
    return (try FittedModel(formula, table, weights: weights), table)
  }

  private func expectEqual(_ a: [Double?], _ b: [Double], _ what: String, digits: Double = 1e-10) {
    #expect(a.count == b.count, "\(what)")
    for (a, b) in zip(a, b) {
      #expect(abs((a ?? .nan) - b) <= digits * abs(b), "\(what): \(a ?? .nan), not \(b)")
    }
  }

  @Test(arguments: fixture.hypotheses)
  func hypotheses(by R: Hypothesis) throws {
    var (model, table) = try model(R.formula, R.weights)
    if R.covariance == "HC3" { model = try model.withCovariance(.hc3, of: table) }
    if R.covariance == "HC1" { model = try model.withCovariance(.hc1, of: table) }
    let test = try HypothesisTest(R.hypothesis, on: model, named: "m")
    #expect(test.notes.isEmpty && test.test.restrictions == R.restrictions)
    // car's are less what the hypothesis says.
    expectEqual(test.restrictions.map { $0.estimate - $0.value }, R.estimates, "estimates")
    expectEqual(test.restrictions.map(\.standardError), R.standardErrors, "standard errors")
    expectEqual([test.test.statistic], [R.f], "F")
    expectEqual([test.test.pValue], [R.p], "p", digits: 1e-9)
    for one in test.restrictions {
      expectEqual([one.tStatistic * one.standardError], [one.estimate - one.value], "t")
    }
  }

  @Test(arguments: fixture.nested)
  func nestedModels(by R: Nested) throws {
    let members = try R.formulas.map {
      ModelComparison.Member(name: $0, model: try model($0, R.weights).model)
    }
    let comparison = ModelComparison(members), statistics = members.map(\.model.statistics)
    #expect(comparison.reason == nil)
    expectEqual(statistics.map(\.residualSumOfSquares), R.rss, "RSS")
    #expect(statistics.map(\.degreesOfFreedom) == R.freedom)
    #expect(comparison.steps.map(\.degreesOfFreedom) == R.difference)
    expectEqual(comparison.steps.map(\.sumOfSquares), R.sumOfSquares, "sum of squares")
    expectEqual(comparison.steps.map(\.fStatistic), R.f, "F")
    expectEqual(comparison.steps.map(\.pValue), R.p, "p", digits: 1e-9)
    expectEqual(statistics.map(\.aic), R.aic, "AIC")
    expectEqual(statistics.map(\.bic), R.bic, "BIC")
    #expect(comparison.text(.text).split(separator: "\n").allSatisfy { $0.count <= 80 })
    // From the largest to the smallest the numbers are the same, but for their signs.
    let back = ModelComparison(members.reversed())
    expectEqual(back.steps.map(\.fStatistic), R.f.reversed(), "F")
    expectEqual(back.steps.map { -$0.sumOfSquares }, R.sumOfSquares.reversed(), "sum of squares")
  }

  /// Over all rows at once, and over blocks of one row and of several.
  @Test(arguments: fixture.residuals, [1, 300, 1 << 20])
  func errors(by R: Residuals, blockSize: Int) throws {
    let model = try model(R.formula, R.weights).model
    let text = Array(try Data(contentsOf: URL(fileURLWithPath: Self.path)))
    var options = ReadingOptions()
    options.categories = model.categories
    for test in ErrorTest.allCases {
      let rows = try ErrorTestRows(test, model, named: "m")
      let reader = try TableReader([.memory(text, name: "cars.csv")], options: options, blockSize: blockSize)
      var sums: ErrorTestRows.Sums?, blocks = 0
      try reader.forEachBlock(columns: rows.columnsRead) { (block) throws(TabularError) in
        Envelope.ofRanks.bytes(of: try rows.sums(block))
      } take: { (bytes) throws(TabularError) in
        let block: ErrorTestRows.Sums = try Envelope.ofRanks.open(RandomAccessFile(bytes, name: "block"))
        blocks += block.observations > 0 ? 1 : 0
        if sums == nil { sums = block } else { try sums?.merge(block, source: "cars.csv") }
      }
      if blockSize < 1000 { #expect(blocks > 4) }
      let result = try rows.result(sums, source: "cars.csv"), expected = R.values(test)
      expectEqual([result.statistic], [expected[0]], "\(test)")
      expectEqual([result.pValue], [expected[1]], "p of \(test)", digits: 1e-9)
    }
  }

  @Test(arguments: fixture.intervals)
  func intervals(by R: Intervals) throws {
    let model = try model(R.formula, R.weights).model
    let intervals = model.coefficientStatistics.map { $0.confidenceInterval(level: 0.9) }
    expectEqual(intervals.map { $0?.lowerBound }, R.lower, "lower ends")
    expectEqual(intervals.map { $0?.upperBound }, R.upper, "upper ends")
    // car's of a weighted fit are of the coefficients' correlations, ours of the weighted columns: the same.
    expectEqual(
      try #require(model.covariance).varianceInflationFactors(of: model.features.count), R.inflation, "VIF")
    let text = model.summary(intervals: 0.9)
    #expect(text.hasPrefix(model.summary + "\n\n90 % confidence intervals, and variance inflation factors\n"))
    for value in R.lower + R.upper { #expect(text.contains(formatted(value, significantDigits: 6))) }
    for value in R.inflation { #expect(text.contains(formatted(value, significantDigits: 4))) }
    for (name, value) in [("log-likelihood", R.logLikelihood), ("AIC", R.aic), ("BIC", R.bic)] {
      #expect(text.contains("\(name) \(formatted(value, significantDigits: 6))"))
    }
  }
}
