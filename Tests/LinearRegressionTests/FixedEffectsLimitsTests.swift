import Foundation
import LinearAlgebra
import Testing

@testable import LinearRegression

/// What rounding leaves of columns less their fixed effects, and of weights of very different size.
@Suite struct FixedEffectsLimitsTests {
  /// Rows of some categories, with weights or without.
  private struct Sample {
    var codes: [[Int32]] = []
    var counts: [Int] = []
    var weights: [Double]?
    var X = Matrix<Double>.zeros(0, 0)
    var y = Matrix<Double>.zeros(0, 0)

    var rows: Int { codes[0].count }

    func fit() throws(DataError) -> FixedEffectsFit {
      var sums = FixedEffectsSums(features: X.columnCount, targets: 1, categories: codes.count)
      try sums.add(X, y, weights: weights, codes: codes, levels: counts)
      let problem = try FixedEffectsProblem(sums)
      let factor = try problem.within.factor(X, y, weights: weights, codes: codes)
      return try problem.fit(factor, LeastSquares(), order: counts.map { Array(0..<$0) })
    }

    /// The coefficient and the standard error of a feature beside a column for each level.
    func explicitFit(feature: Int) throws -> (estimate: Double, error: Double, freedom: Int) {
      let levels = codes.indices.flatMap { category in (1..<counts[category]).map { (category, Int32($0)) } }
      let columns = Matrix<Double>(rows: rows, columns: 1 + levels.count) { row, column in
        if column == levels.count { return X[row, feature] }
        let (category, level) = levels[column]
        return codes[category][row] == level ? 1 : 0
      }
      let fit = try LeastSquares().fit(columns, y, weights: weights)
      return (
        fit.model.weights[levels.count, 0], try #require(fit.standardErrors.last ?? nil),
        fit.statistics[0].degreesOfFreedom
      )
    }
  }

  private func sample(
    rows: Int, levels: ClosedRange<Int>, categories: Int, _ generator: inout SeededGenerator
  ) -> Sample {
    var sample = Sample()
    sample.counts = (0..<categories).map { _ in Int.random(in: levels, using: &generator) }
    sample.codes = sample.counts.map { count in
      (0..<rows).map { _ in Int32.random(in: 0..<Int32(count), using: &generator) }
    }
    sample.y = Matrix.normal(rows, 1, using: &generator)
    return sample
  }

  /// A sum of functions of the levels is left out whatever their sizes, and nothing else is.
  @Test func sumsOfLevelsAreLeftOutAlone() throws {
    for seed in 1...300 as ClosedRange<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let n = Int.random(in: 40..<200, using: &generator)
      var sample = sample(rows: n, levels: 2...7, categories: 1 + Int(seed % 3), &generator)
      if seed % 2 == 0 {
        sample.weights = (0..<n).map { _ in exp(Double.random(in: -3...3, using: &generator)) }
      }
      let functions = sample.counts.map { count in
        let size = exp(Double.random(in: 0...23, using: &generator))
        return (0..<count).map { _ in size * generator.nextNormal() }
      }
      let codes = sample.codes
      let whole = (0..<n).map { row in zip(functions, codes).reduce(0) { $0 + $1.0[Int($1.1[row])] } }
      let noise = (0..<n).map { _ in 1e-4 * generator.nextNormal() }
      sample.X = Matrix(rows: n, columns: 2) { row, j in whole[row] * (j == 0 ? 1 : 1 + noise[row]) }
      let fit = try sample.fit(), certificate = fit.fit.certificate
      #expect(certificate.redundant.map(\.feature) == [0], "seed \(seed)")
      #expect(certificate.redundant.allSatisfy { $0.dependsOn.isEmpty }, "seed \(seed)")
      let expected = try sample.explicitFit(feature: 1), digits = certificate.estimatedDigits
      let error = abs(fit.fit.model.weights[1, 0] - expected.estimate)
      #expect(error <= 10 * pow(10, -digits) * max(abs(expected.estimate), expected.error), "seed \(seed)")
      #expect(digits > 9, "seed \(seed): \(digits)")
    }
  }

  /// Nor where levels meet their neighbours only, and their effects take many steps to find.
  @Test func sumsOfPoorlyConnectedLevelsAreLeftOutAlone() throws {
    let count = 1500, n = 4 * count
    var generator = SeededGenerator(seed: 11), sample = Sample()
    sample.counts = [count, count]
    sample.codes = [(0..<n).map { Int32($0 / 4) }, (0..<n).map { Int32(($0 / 4 + $0 % 2) % count) }]
    sample.y = Matrix.normal(n, 1, using: &generator)
    for size in [1, 1e5, 1e10] {
      let (f, g) = (0..<count).reduce(into: ([Double](), [Double]())) { functions, _ in
        functions.0.append(generator.nextNormal())
        functions.1.append(size * generator.nextNormal())
      }
      let noise = Matrix<Double>.normal(n, 1, using: &generator), codes = sample.codes
      sample.X = Matrix(rows: n, columns: 2) { row, j in
        let value = f[Int(codes[0][row])] + g[Int(codes[1][row])]
        return j == 0 ? value : value + 1e-4 * size * noise[row, 0]
      }
      let fit = try sample.fit()
      #expect(fit.iterations > 20)
      #expect(fit.fit.certificate.redundant.map(\.feature) == [0], "\(size)")
      // The same but for the levels' part.
      var alone = sample
      alone.X = Matrix(rows: n, columns: 1) { row, _ in 1e-4 * size * noise[row, 0] }
      let expected = try alone.fit().fit.model.weights[0, 0]
      #expect(abs(fit.fit.model.weights[1, 0] / expected - 1) < 1e-9, "\(size)")
    }
  }

  /// A column that is large and constant in one level is determined by what it is in the others.
  @Test func aLargeLevelDoesNotHideOthers() throws {
    var sample = Sample()
    sample.codes = [[0, 0, 0, 1, 1, 1, 2, 2, 2]]
    sample.counts = [3]
    sample.X = Matrix(column: [1e10, 1e10, 1e10, 2.8, 0.1, 1.3, 0.4, 2.2, 1.9])
    sample.y = Matrix(column: [1.1, 2.3, 0.7, 3.9, 4.2, 2.6, 5.5, 7.1, 6.3])
    let fit = try sample.fit().fit
    let error = abs(fit.model.weights[0, 0] / 0.21376811594202899 - 1)
    #expect(error <= pow(10, 1 - fit.certificate.estimatedDigits))
    #expect(4...6 ~= fit.certificate.estimatedDigits)
  }

  /// However much weights differ, the digits told are right, or the fit is refused; it is not where they differ by no
  /// more than a hundred million.
  @Test func digitsAreRightWhateverTheWeights() throws {
    var refused = 0
    for seed in 1...300 as ClosedRange<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let power = Double(4 * (1 + seed % 3))
      var sample = sample(rows: 14, levels: 3...4, categories: 2 + Int(seed / 3 % 2), &generator)
      sample.weights = (0..<14).map { _ in pow(10, Double.random(in: -power...power, using: &generator)) }
      sample.X = Matrix.normal(14, 1, using: &generator)
      let fit: LeastSquaresFit
      do throws(DataError) {
        fit = try sample.fit().fit
      } catch {
        #expect(error == .effectsInRounding && power > 5, "seed \(seed): \(error)")
        refused += 1
        continue
      }
      let (estimate, standardError, freedom) = try sample.explicitFit(feature: 0)
      let rounding = 10 * pow(10, -fit.certificate.estimatedDigits)
      #expect(
        abs(fit.model.weights[0, 0] - estimate) <= rounding * max(abs(estimate), standardError),
        "seed \(seed)")
      // Of three categories redundant levels are counted by pairs.
      let ratio = (Double(fit.statistics[0].degreesOfFreedom) / Double(freedom)).squareRoot()
      let own = try #require(fit.standardErrors.last ?? nil) * ratio
      #expect(abs(own - standardError) <= max(rounding, 1e-9) * standardError, "seed \(seed)")
    }
    #expect(5...100 ~= refused, "\(refused)")
  }

  /// R² and F are those of the data whatever the unit of the weights, and with a row that weighs more than all others
  /// have digits for.
  @Test func statisticsDoNotDependOnTheSizeOfWeights() throws {
    var sample = Sample()
    sample.codes = [[0, 0, 0, 1, 1, 1, 2, 2, 2]]
    sample.counts = [3]
    sample.X = Matrix(column: [0.2, 1.7, 0.9, 2.8, 0.1, 1.3, 0.4, 2.2, 1.9])
    sample.y = Matrix(column: [1.1, 2.3, 0.7, 3.9, 4.2, 2.6, 5.5, 7.1, 6.3])
    let weights = [1.0, 2, 1, 1, 3, 1, 2, 1, 1]
    func statistics(_ weights: [Double]) throws -> FitStatistics {
      sample.weights = weights
      return try sample.fit().fit.statistics[0]
    }
    let own = try statistics(weights)
    #expect(abs(try #require(own.fStatistic) - 13.1792408543935) < 1e-12)
    for factor in [1e-300, 1e-165, 1e154, 1e300] {
      let other = try statistics(weights.map { $0 * factor })
      #expect(abs(try #require(other.rSquared) - own.rSquared!) < 1e-14, "\(factor)")
      #expect(abs(try #require(other.fStatistic) / own.fStatistic! - 1) < 1e-13, "\(factor)")
    }
    for heavy in [1e14, 1e17] {
      let other = try statistics([heavy] + weights.dropFirst())
      #expect(abs(try #require(other.fStatistic) - 42.4181024881) < 1e-9, "\(heavy)")
    }
  }
}
