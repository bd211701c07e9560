import LinearRegression
import Testing

@testable import TabularRegression

/// What weights mean: a frequency stands for equal rows, a probability asks for robust errors.
@Suite struct WeightKindTests {
  private let counts = [3, 1, 2, 5, 1, 1, 4, 2, 0, 3, 1, 2]
  private let x = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12.5]
  private let z = [4, 1, 3, 9, 2, 7, 7, 1, 5, 6, 2, 8.0]
  private let y = [2.1, 3.9, 6.2, 8.4, 9.1, 12.8, 13.4, 16.9, 1, 20.3, 21.2, 26]
  private let g = ["a", "b", "a", "c", "b", "d", "c", "a", "d", "d", "b", "c"]

  private func table(_ repeats: [Int]? = nil, weights: [Double]? = nil) throws -> Table {
    let rows = x.indices.flatMap { Array(repeating: $0, count: repeats?[$0] ?? 1) }
    return try Table(columns: [
      "x": .numbers(rows.map { x[$0] }), "z": .numbers(rows.map { z[$0] }), "y": .numbers(rows.map { y[$0] }),
      "g": .words(rows.map { g[$0] }),
      "w": .numbers(rows.map { weights?[$0] ?? Double(counts[$0]) }),
    ])
  }

  private func agree(_ a: Double?, _ b: Double?) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    return abs(a - b) <= 1e-11 * abs(b)
  }

  private func frequencies(_ formula: String = "y ~ x + z") throws -> FittedModel {
    try FittedModel(formula, table(), weights: "w", method: LeastSquares(weightKind: .frequency))
  }

  @Test(arguments: ["y ~ x + z", "y ~ 0 + x + z", "y ~ x + g"])
  func frequenciesAreEqualRows(formula: String) throws {
    let model = try frequencies(formula), whole = try FittedModel(formula, table(counts))
    #expect(model.observations == 25 && whole.observations == 25)
    let (a, b) = (model.statistics, whole.statistics)
    #expect(a.degreesOfFreedom == b.degreesOfFreedom)
    for (a, b) in [
      (a.residualStandardError, b.residualStandardError), (a.rSquared, b.rSquared),
      (a.adjustedRSquared, b.adjustedRSquared), (a.fStatistic, b.fStatistic),
      (a.logLikelihood, b.logLikelihood), (a.aic, b.aic), (a.bic, b.bic),
    ] { #expect(agree(a, b)) }
    for (a, b) in zip(model.coefficientStatistics, whole.coefficientStatistics) {
      #expect(
        agree(a.estimate, b.estimate) && agree(a.standardError, b.standardError)
          && agree(a.tStatistic, b.tStatistic))
    }
  }

  @Test(arguments: [CovarianceEstimator.hc0, .hc1, .hc2, .hc3, .clustered(by: ["g"])])
  func robustErrorsOfFrequenciesAreThoseOfEqualRows(estimator: CovarianceEstimator) throws {
    let whole = try table(counts)
    let a = try frequencies().withCovariance(estimator, of: table())
    let b = try FittedModel("y ~ x + z", whole).withCovariance(estimator, of: whole)
    for (a, b) in zip(a.coefficientStatistics, b.coefficientStatistics) {
      #expect(agree(a.standardError, b.standardError) && a.degreesOfFreedom == b.degreesOfFreedom)
    }
  }

  @Test func frequenciesAreWholeNumbers() throws {
    var weights = counts.map(Double.init)
    weights[3] = 2.5
    let table = try table(weights: weights)
    let error = try #require(throws: TabularError.self) {
      try FittedModel("y ~ x", table, weights: "w", method: LeastSquares(weightKind: .frequency))
    }
    #expect(
      error.description
        == "table:4:5: column \"w\": 2.5 is no whole number; frequency weights count equal rows")
    #expect(throws: DataError.fractionalWeight(row: 1)) {
      try LeastSquares(weightKind: .frequency).fit([[1], [2], [4]], [1, 2, 3], weights: [1, 1.5, 1])
    }
  }

  @Test func orderOfTimeGoesWithoutFrequencies() throws {
    #expect(throws: TabularError.self) { try frequencies().withCovariance(.neweyWest(lags: 1), of: table()) }
  }

  @Test func probabilitiesHaveRobustErrorsAlone() throws {
    let table = try table()
    let model = try FittedModel("y ~ x", table, weights: "w", method: LeastSquares(weightKind: .probability))
    #expect(model.coefficientStatistics.allSatisfy { $0.standardError == nil && $0.estimate != nil })
    #expect(model.statistics.fStatistic == nil && model.statistics.aic == nil)
    #expect(throws: TabularError.self) { try model.predictions(from: table, interval: .confidence) }
    let robust = try model.withCovariance(.hc1, of: table)
    let analytic = try FittedModel("y ~ x", table, weights: "w").withCovariance(.hc1, of: table)
    #expect(robust.coefficientStatistics == analytic.coefficientStatistics)
    #expect(try robust.predictions(from: table, interval: .confidence).count == 12)
    #expect(throws: TabularError.self) { try robust.predictions(from: table, interval: .prediction) }
    let again = try FittedModel(json: robust.json)
    #expect(again == robust && again.weightKind == .probability)
  }

  @Test func residualsAreOfRowsOfOneObservation() throws {
    let table = try table(), model = try frequencies()
    #expect(throws: TabularError.self) { try Diagnostics(model, table) }
  }
}
