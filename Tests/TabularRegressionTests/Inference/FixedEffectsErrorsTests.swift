import LinearAlgebra
import LinearRegression
import Testing

@testable import TabularRegression

/// Robust and clustered standard errors of fits with fixed effects: those of explicit dummies, but that levels within
/// clusters do not count in the small-sample factor, as in fixest and pyfixest 0.60.
@Suite struct FixedEffectsErrorsTests {
  private func table() throws -> Table {
    var generator = SeededGenerator(seed: 11)
    let n = 400
    let firm = (0..<n).map { _ in Int.random(in: 0..<30, using: &generator) }
    let year = (0..<n).map { _ in Int.random(in: 0..<8, using: &generator) }
    let x = firm.map { Double($0) / 10 + generator.nextNormal() },
      z = firm.map { _ in generator.nextNormal() }
    let y = (0..<n).map {
      1 + x[$0] - 2 * z[$0] + Double(firm[$0] % 7) + Double(year[$0]) + generator.nextNormal()
    }
    return try Table(columns: [
      "y": .numbers(y), "x": .numbers(x), "z": .numbers(z), "firm": .words(firm.map { "f\($0)" }),
      "industry": .words(firm.map { "i\($0 % 6)" }), "year": .words(year.map { "y\($0)" }),
    ])
  }

  /// The coefficients that count are what pyfixest's standard errors have been divided by.
  static let cases: [(effects: String, dummies: String, clusters: [String], counted: Int)] = [
    ("firm", "C(firm)", ["firm"], 3), ("firm", "C(firm)", ["industry"], 3),
    ("firm + year", "C(firm) + C(year)", ["firm"], 10),
    ("firm + year", "C(firm) + C(year)", ["industry"], 10),
    ("firm + year", "C(firm) + C(year)", ["year"], 32), ("year", "C(year)", ["firm"], 10),
  ]

  @Test(arguments: cases.indices)
  func clusters(index: Int) throws {
    let (effects, dummies, clusters, counted) = Self.cases[index], table = try table()
    let estimator = CovarianceEstimator.clustered(by: clusters)
    let model = try FittedModel.perTarget(
      Formula("y ~ x + z | \(effects)"), table, covariance: { _ in estimator }, plan: { _ in })[0]
    let whole = try FittedModel("y ~ x + z + \(dummies)", table).withCovariance(estimator, of: table)
    let n = Double(model.observations), k = n - Double(whole.statistics.degreesOfFreedom)
    let ratio = ((n - k) / (n - Double(counted))).squareRoot()
    for (row, own) in model.coefficientStatistics.enumerated() {
      let expected = try #require(whole.coefficientStatistics[row + 1].standardError) * ratio
      #expect(
        abs(try #require(own.standardError) - expected) <= 1e-10 * expected,
        "\(own.standardError! / expected - 1)")
      #expect(own.degreesOfFreedom == whole.coefficientStatistics[1].degreesOfFreedom)
    }
    #expect(model.statistics.fStatistic != nil)
  }

  @Test(arguments: [CovarianceEstimator.hc0, .hc1, .neweyWest(lags: 3)])
  func rows(estimator: CovarianceEstimator) throws {
    let table = try table()
    let model = try FittedModel.perTarget(
      Formula("y ~ x + z | firm + year"), table, covariance: { _ in estimator }, plan: { _ in })[0]
    let whole = try FittedModel("y ~ x + z + C(firm) + C(year)", table).withCovariance(estimator, of: table)
    for (own, expected) in zip(model.coefficientStatistics, whole.coefficientStatistics.dropFirst()) {
      let error = try #require(expected.standardError)
      #expect(
        abs(try #require(own.standardError) - error) <= 1e-10 * error, "\(own.standardError! / error - 1)")
    }
  }

  /// A cluster whose rows are all left out, because a level of theirs has no other row, is none.
  @Test func clustersOfRowsThatAreLeftOut() throws {
    var lines = ["y,x,firm,g"], generator = SeededGenerator(seed: 2)
    for row in 0..<60 {
      let y = generator.nextNormal() + Double(row % 5)
      lines.append("\(y),\(generator.nextNormal()),f\(row % 5),g\(row % 7)")
    }
    let estimator = CovarianceEstimator.clustered(by: ["g"]), formula = try Formula("y ~ x | firm")
    func model(_ lines: [String]) throws -> FittedModel {
      let table = try Table(csvText: lines.joined(separator: "\n"), source: "t")
      return try FittedModel.perTarget(formula, table, covariance: { _ in estimator }, plan: { _ in })[0]
    }
    let without = try model(lines), with = try model(lines + ["7,1,alone,h"])
    #expect(with.effects?.singletons == 1)
    #expect(with.robustCovariance?.clusterCounts == [7])
    #expect(with.robustCovariance?.factor == without.robustCovariance?.factor)
  }

  @Test func leveragesAreNotFormed() throws {
    let table = try table(), formula = try Formula("y ~ x | firm")
    #expect(throws: TabularError.self) {
      try FittedModel.perTarget(formula, table, covariance: { _ in .hc3 }, plan: { _ in })
    }
    let model = try FittedModel(formula, table)
    #expect(throws: TabularError.self) { try model.withCovariance(.hc1, of: table) }
  }
}

/// What is left of a target beside its effects may be a small share of it.
@Suite struct SmallShareTests {
  @Test func aTargetThatVariesLittleWithinLevels() throws {
    let table = try Table(columns: [
      "y": .numbers([5001, 5103, 5190, 6_000_000_000_099, 6_000_000_000_203, 6_000_000_000_300]),
      "x": .numbers([0, 1, 2, 0, 1, 2]), "a": .words(["p", "p", "p", "q", "q", "q"]),
    ])
    let model = try FittedModel("y ~ x | a", table), whole = try FittedModel("y ~ x + C(a)", table)
    let own = model.coefficientStatistics[0], expected = whole.coefficientStatistics[1]
    #expect(abs(try #require(own.estimate) - 97.5) < 1e-3)
    let error = try #require(expected.standardError)
    #expect(abs(try #require(own.standardError) - error) < 1e-3 * error)
    #expect(try #require(model.certificate).estimatedDigits < 7)
  }

  /// Levels that determine all regressors leave none to have robust errors of.
  @Test func effectsAlone() throws {
    let table = try Table(columns: [
      "y": .numbers([1, 2, 4, 3, 7, 5]), "k": .numbers([2, 2, 4, 4, 6, 6]),
      "a": .words(["p", "p", "q", "q", "r", "r"]),
    ])
    for estimator in [CovarianceEstimator.hc1, .clustered(by: ["a"]), .neweyWest(lags: 1)] {
      let model = try FittedModel.perTarget(
        Formula("y ~ k | a"), table, covariance: { _ in estimator }, plan: { _ in })[0]
      #expect(model.coefficientStatistics[0].standardError == nil && model.statistics.fStatistic == nil)
    }
  }
}
