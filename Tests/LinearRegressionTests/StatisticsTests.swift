import Foundation
import LinearRegression
import TestSupport
import Testing

/// Numbers that R 4.2 gives, to its 15 digits; R on whole data sets is held against in the tests of tables.
@Suite struct StatisticsTests {
  private func close(_ actual: Double?, _ expected: Double, _ tolerance: Double = 1e-13) -> Bool {
    guard let actual else { return false }
    return abs(actual - expected) <= tolerance * abs(expected)
  }

  /// The quantile that was formed last is kept; it is one of a level and of degrees of freedom. Of 1 and 3 of them the
  /// distribution is elementary: P(|T| < t) = 2/π (atan u + c u / (1 + u²)), u = t / √ν, c = 0 or 1.
  @Test func intervalsOfSeveralLevelsAndFitsDoNotMix() async throws {
    func fit(_ rows: Int) throws -> LeastSquaresFit {
      let x = (0..<rows).map { Double($0) }
      return try LeastSquares().fit(Matrix(column: x), x.map { $0 * $0 })
    }
    let fits = [(try fit(3), 1.0, 0.0), (try fit(5), 3, 1)], levels = [0.5, 0.9, 0.99]
    @Sendable func covers(_ fit: LeastSquaresFit, _ freedom: Double, _ c: Double, _ level: Double) -> Bool {
      let interval = fit.predict([2], interval: .prediction, level: level)!
      let h = fit.leverage([2])!, s = fit.statistics[0].residualStandardError!
      let u = (interval.upper - interval.prediction) / (s * (1 + h).squareRoot()) / freedom.squareRoot()
      return close(2 / .pi * (atan(u) + c * u / (1 + u * u)), level)
    }
    let wrong = await withTaskGroup(of: Int.self) { group in
      for thread in 0..<4 {
        group.addTask {
          let (fit, freedom, c) = fits[thread % 2]
          return (0..<600).count { !covers(fit, freedom, c, levels[$0 % 3]) }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(wrong == 0)
  }

  @Test func distributionsAsInR() {
    func coefficient(_ t: Double, freedom: Int) -> CoefficientStatistics {
      CoefficientStatistics(estimate: t, standardError: 1, degreesOfFreedom: freedom)
    }
    // 2 * pt(-abs(t), df)
    #expect(close(coefficient(2.5, freedom: 10).pValue, 0.0314468442366088))
    #expect(close(coefficient(-40, freedom: 100).pValue, 2.46210760214007e-63))
    #expect(close(coefficient(1e-3, freedom: 1).pValue, 0.999363380439839))
    #expect(close(coefficient(0, freedom: 3).pValue, 1))
    // qt(0.975, df), qt(0.995, df)
    let interval = coefficient(0, freedom: 5).confidenceInterval()
    #expect(close(interval?.upperBound, 2.57058183563631))
    #expect(close(coefficient(0, freedom: 431).confidenceInterval(level: 0.99)?.upperBound, 2.58728431842876))
    #expect(CoefficientStatistics(estimate: 1, standardError: nil, degreesOfFreedom: 0).pValue == nil)
    #expect(CoefficientStatistics(estimate: nil, standardError: nil, degreesOfFreedom: 3).tStatistic == nil)
  }

  /// lm(dist ~ speed, cars[1:8, ])
  @Test func aSmallFitAsInR() throws {
    let speed: Matrix<Double> = [[4], [4], [7], [7], [8], [9], [10], [10]]
    let fit = try LeastSquares().fit(speed, [2, 10, 4, 22, 16, 10, 18, 26])
    let table = fit.coefficientStatistics()
    let expected = RReference.cars
    for (row, numbers) in zip(table, expected.coefficients) {
      let actual = [row.estimate, row.standardError, row.tStatistic, row.pValue]
      #expect(zip(actual, numbers).allSatisfy { close($0, $1, 1e-12) })
    }
    let statistics = fit.statistics[0]
    let actual = [
      statistics.residualStandardError, statistics.rSquared, statistics.adjustedRSquared,
      statistics.fStatistic,
      statistics.fPValue, statistics.logLikelihood, statistics.aic, statistics.bic,
    ]
    for (value, number) in zip(actual, expected.summary) { #expect(close(value, number, 1e-12)) }
    for (kind, numbers) in [
      (PredictionInterval.confidence, expected.confidence), (.prediction, expected.prediction),
    ] {
      let interval = try #require(fit.predict([12], interval: kind, level: 0.9))
      #expect(close(interval.prediction, numbers[0], 1e-12))
      #expect(close(interval.lower, numbers[1], 1e-12) && close(interval.upper, numbers[2], 1e-12))
    }
  }

  /// Leverages are the diagonal of the hat matrix; they sum to the rank.
  @Test func leverageIsTheDiagonalOfTheHatMatrix() throws {
    var generator = SeededGenerator(seed: 110)
    let X: Matrix<Double> = generator.normalMatrix(25, 3), y: Matrix<Double> = generator.normalMatrix(25, 1)
    let weights = (0..<25).map { _ in 0.5 + generator.nextUniform() }
    let wide = Matrix<Double>(rows: 25, columns: 4) { i, j in j < 3 ? X[i, j] : X[i, 0] + 2 }
    for intercept in [true, false] {
      let fit = try LeastSquares(intercept: intercept).fit(intercept ? wide : X, y, weights: weights)
      let leverages = try (0..<25).map {
        try weights[$0] * #require(fit.leverage((intercept ? wide : X)[row: $0]))
      }
      #expect(difference([leverages.reduce(0, +)], [Double(fit.rank)], factor: 100) == nil)
      let all = try #require(fit.covariance).leverages(intercept ? wide : X)
      #expect(difference(zip(all, weights).map(*), leverages, factor: 10) == nil)
      // ∂ŷᵢ / ∂yᵢ, which is linear.
      var moved = y
      moved[7, 0] += 1
      let other = try LeastSquares(intercept: intercept).fit(intercept ? wide : X, moved, weights: weights)
      let row = (intercept ? wide : X)[row: 7]
      #expect(difference([other.predict(row) - fit.predict(row)], [leverages[7]], factor: 100) == nil)
    }
  }

  @Test func varianceInflation() throws {
    var generator = SeededGenerator(seed: 111)
    let X = Matrix<Double>(rows: 60, columns: 3) { _, _ in generator.nextNormal() }
    let mixed = Matrix<Double>(rows: 60, columns: 3) { i, j in
      j == 2 ? X[i, 0] + X[i, 1] + X[i, 2] / 3 : X[i, j]
    }
    let factors = try LeastSquares().fit(mixed, X[column: 0]).varianceInflationFactors
    for j in 0..<3 {
      let others = [0, 1, 2].filter { $0 != j }
      let fit = try LeastSquares().fit(
        Matrix(rows: 60, columns: 2) { mixed[$0, others[$1]] }, mixed[column: j])
      #expect(close(factors[j], 1 / (1 - fit.statistics[0].rSquared!), 1e-10))
    }
  }

  @Test func whatDoesNotExistIsNil() throws {
    let exact = try LeastSquares().fit([[1], [2], [3]] as Matrix<Double>, [2, 4, 6])
    #expect(exact.statistics[0].residualStandardError.map { $0 < 1e-14 } == true)
    let saturated = try LeastSquares().fit([[1], [2]] as Matrix<Double>, [2, 5])
    #expect(saturated.standardErrors.allSatisfy { $0 == nil })
    #expect(saturated.predict([1], interval: .confidence) == nil)
    #expect(
      try LeastSquares(ridgePenalty: 1).fit([[1], [2], [4]] as Matrix<Double>, [2, 5, 6]).leverage([1]) == nil
    )
  }
}

private struct RReference {
  let coefficients: [[Double]]
  let summary: [Double]
  let confidence: [Double]
  let prediction: [Double]

  static let cars = RReference(
    coefficients: [
      [-3.42319749216302, 8.5132470484241, -0.402102449593154, 0.701541197176059],
      [2.29467084639499, 1.1048248277061, 2.07695445363887, 0.0830841180526506],
    ],
    summary: [
      6.97659919008847, 0.418251757858847, 0.321293717501988, 4.31373980249034, 0.0830841180526507,
      -25.7412725837718, 57.4825451675435, 57.720869792583,
    ],
    confidence: [24.1128526645768, 13.0872394291313, 35.1384659000223],
    prediction: [24.1128526645768, 6.63856579666955, 41.5871395324841])
}
