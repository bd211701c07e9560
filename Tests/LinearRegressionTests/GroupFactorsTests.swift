import Foundation
import LinearAlgebra
import TestSupport
import Testing

@testable import LinearRegression

/// The fit of a group is that of its rows alone.
@Suite struct GroupFactorsTests {
  /// Rows of some groups, mixed.
  struct Mixture {
    let X: Matrix<Double>
    let y: Matrix<Double>
    let weights: [Double]?
    let groups: [Int32]

    func rows(of group: Int) -> [Int] { groups.indices.filter { groups[$0] == group } }

    /// The fit of a group's rows.
    func fit(_ group: Int, intercept: Bool) throws -> LeastSquaresFit {
      let rows = rows(of: group)
      return try LeastSquares(intercept: intercept, solver: .qr).fit(
        Matrix(rows: rows.count, columns: X.columnCount) { X[rows[$0], $1] },
        Matrix(column: rows.map { y[$0, 0] }), weights: weights.map { weights in rows.map { weights[$0] } })
    }

    func factors(intercept: Bool, blocks: Int = 1) -> GroupFactors {
      var factors = GroupFactors(features: X.columnCount, intercept: intercept)
      for block in 0..<blocks {
        let (start, end) = (groups.count * block / blocks, groups.count * (block + 1) / blocks)
        factors.grow(to: Int(groups[..<end].max() ?? -1) + 1)
        factors.add(
          Matrix(rows: end - start, columns: X.columnCount) { X[start + $0, $1] },
          Matrix(column: (start..<end).map { y[$0, 0] }), weights: weights.map { Array($0[start..<end]) },
          groups: Array(groups[start..<end]))
      }
      return factors
    }
  }

  /// - Parameter value: an element of X, of its normal one.
  func mixture(
    _ seed: UInt64, groups: Int = 7, rows: Int = 140, columns: Int = 4, weighted: Bool = false,
    offset: Double = 0, _ value: (Int, Int, Double) -> Double = { $2 }
  ) -> Mixture {
    var generator = SeededGenerator(seed: seed)
    let numbers = (0..<rows).map { _ in Int32(generator.next() % UInt64(groups)) }
    let X = Matrix<Double>(rows: rows, columns: columns) { i, j in
      value(i, j, generator.nextNormal() + offset)
    }
    let y = Matrix<Double>(rows: rows, columns: 1) { i, _ in
      (0..<columns).reduce(3 + generator.nextNormal()) { $0 + Double($1 - 1) * X[i, $1] }
    }
    let weights =
      weighted
      ? (0..<rows).map { _ in generator.next() % 5 == 0 ? 0 : 1 + generator.nextNormal().magnitude } : nil
    return Mixture(X: X, y: y, weights: weights, groups: numbers)
  }

  /// The largest relative difference to a fit.
  func error(_ solution: GroupSolution, _ fit: LeastSquaresFit) -> Double {
    let table = fit.coefficientStatistics()
    var pairs = zip(solution.coefficients.estimates, table.estimates).map { ($0, $1) }
    pairs += zip(solution.coefficients.standardErrors, table.standardErrors).map { ($0, $1) }
    pairs.append((solution.residualStandardError ?? .nan, fit.statistics[0].residualStandardError ?? .nan))
    pairs.append((solution.rSquared ?? .nan, fit.statistics[0].rSquared ?? .nan))
    if solution.observations != fit.observations || solution.coefficients.standardErrors.isEmpty {
      return .infinity
    }
    return pairs.reduce(0) { worst, pair in
      pair.0.isNaN && pair.1.isNaN
        ? worst : max(worst, pair.0.isNaN || pair.1.isNaN ? .infinity : abs(pair.0 - pair.1) / abs(pair.1))
    }
  }

  @Test(arguments: [true, false], [true, false])
  func agreesWithTheFitOfEachGroup(intercept: Bool, weighted: Bool) throws {
    let mixture = mixture(211, weighted: weighted)
    let factors = mixture.factors(intercept: intercept, blocks: 9)
    for group in 0..<7 {
      let worst = error(factors.solve(group), try mixture.fit(group, intercept: intercept))
      #expect(worst < 1e-12, "group \(group): \(worst)")
    }
  }

  /// Means a hundred million times as large as deviations cost no more than the numbers have lost themselves.
  @Test func largeMeansDoNotCancel() throws {
    let mixture = mixture(212, offset: 1e8)
    let factors = mixture.factors(intercept: true)
    for group in 0..<7 {
      let own = factors.solve(group), fit = try mixture.fit(group, intercept: true)
      #expect(difference(Array(own.coefficients.estimates.dropFirst()), fit.coefficients, factor: 1e5) == nil)
      #expect(own.limits.isEmpty)
    }
  }

  /// Units at the ends of a Double, and a column whose first deviations are much smaller than those that follow.
  @Test func unitsDoNotMatter() throws {
    let plain = mixture(213)
    let scales = [1e-150, 1e200, 1, 1e-280], factors = plain.factors(intercept: true)
    let scaled = Mixture(
      X: Matrix(rows: 140, columns: 4) { plain.X[$0, $1] * scales[$1] }, y: plain.y,
      weights: Array(repeating: 1e-250, count: 140), groups: plain.groups)
    let others = scaled.factors(intercept: true)
    for group in 0..<7 {
      let (a, b) = (factors.solve(group), others.solve(group))
      for (j, scale) in scales.enumerated() {
        #expect(abs(b.coefficients.estimates[j + 1] * scale / a.coefficients.estimates[j + 1] - 1) < 1e-12)
        #expect(
          abs(b.coefficients.standardErrors[j + 1] * scale / a.coefficients.standardErrors[j + 1] - 1) < 1e-12
        )
      }
      #expect(abs((b.rSquared ?? 0) - (a.rSquared ?? 1)) < 1e-13)
      #expect(abs((b.residualStandardError ?? 0) * 1e125 / (a.residualStandardError ?? 1) - 1) < 1e-12)
    }
    let growing = mixture(214, groups: 1, rows: 40) { i, j, value in j == 1 && i < 20 ? value * 1e-100 : value
    }
    #expect(try error(growing.factors(intercept: true).solve(0), growing.fit(0, intercept: true)) < 1e-12)
    let beyond = mixture(214, groups: 1, rows: 40) { i, j, value in j == 1 && i < 20 ? value * 1e-200 : value
    }
    #expect(try error(beyond.factors(intercept: true).solve(0), beyond.fit(0, intercept: true)) < 1e-12)
  }

  @Test func redundantFeaturesAreThoseOfTheUsualFit() throws {
    // Feature 2 is the sum of the first two in all groups; feature 3 is constant in group 1 alone.
    var mixture = mixture(215)
    let groups = mixture.groups, X = mixture.X
    mixture = Mixture(
      X: Matrix(rows: 140, columns: 4) { i, j in
        j == 2 ? X[i, 0] + X[i, 1] : j == 3 && groups[i] == 1 ? 0.1 : X[i, j]
      }, y: mixture.y, weights: nil, groups: groups)
    let factors = mixture.factors(intercept: true)
    for group in 0..<7 {
      let own = factors.solve(group), fit = try mixture.fit(group, intercept: true)
      #expect(own.limits == [.redundant(fit.redundant.map(\.feature))])
      #expect(own.limits == [.redundant(group == 1 ? [2, 3] : [2])])
      #expect(error(own, fit) < 1e-12)
    }
  }

  @Test func theSameBitsForAnyNumberOfThreads() throws {
    let mixture = mixture(216, groups: 500, rows: 9000, weighted: true)
    func bits(_ threads: Int) -> [UInt64] {
      Parallelism.$threads.withValue(threads) {
        let factors = mixture.factors(intercept: true, blocks: 3)
        return (0..<500).flatMap { group in
          let table = factors.solve(group).coefficients
          return (table.estimates + table.standardErrors).map(\.bitPattern)
        }
      }
    }
    let one = bits(1)
    for threads in [2, 3, 8] { #expect(bits(threads) == one) }
  }

  /// Longley's data as one group among rows of others: the digits of a triangular factor.
  @Test func keepsTheDigitsOfLongley() throws {
    let problem = ReferenceProblem.nist[5], rows = problem.y.count
    let X = problem.features.high
    let mixture = Mixture(
      X: Matrix(rows: 2 * rows, columns: 6) { i, j in i % 2 == 0 ? X[i / 2, j] : Double((i * (j + 3)) % 17) },
      y: Matrix(rows: 2 * rows, columns: 1) { i, _ in problem.y[i / 2] }, weights: nil,
      groups: (0..<2 * rows).map { Int32($0 % 2) })
    let own = mixture.factors(intercept: true).solve(0)
    let fit = try LeastSquares(solver: .qr).fit(X, Matrix(column: problem.y))
    let digits = ReferenceProblem.digits(own.coefficients.estimates, certified: problem.estimates)
    let digitsOfQR = ReferenceProblem.digits(
      [fit.intercept] + fit.coefficients, certified: problem.estimates)
    #expect(digits >= min(11, digitsOfQR - 0.5), "\(digits) digits, \(digitsOfQR) by a factor of all rows")
    #expect(
      ReferenceProblem.digits(own.coefficients.standardErrors, certified: problem.standardErrors) >= 11)
  }

  @Test func whatAGroupLacksIsSaid() throws {
    var factors = GroupFactors(features: 1, intercept: true)
    factors.grow(to: 8)
    func add(_ group: Int32, _ x: [Double], _ y: [Double], weights: [Double]? = nil) {
      factors.add(
        Matrix(column: x), Matrix(column: y), weights: weights,
        groups: Array(repeating: group, count: x.count))
    }
    add(1, [1, 2], [3, 4], weights: [0, 0])
    add(2, [1], [3])
    add(3, [1, 2], [3, 5])
    add(4, [1, 2, 4], [3, 5, 9])
    add(5, [1, 2, 4], [0.1, 0.1, 0.1])
    add(6, [1, 2, 4], [1e308, -1e308, 1e308])
    add(7, [0.1, 0.1, 0.1], [1, 2, 4])
    let limits = (0..<8).map { factors.solve($0).limits }
    #expect(limits[0] == [.noRows])
    #expect(limits[1] == [.noWeight])
    #expect(limits[2] == [.redundant([0]), .constantTarget, .noDegreesOfFreedom])
    #expect(limits[3] == [.noDegreesOfFreedom])
    #expect(limits[4] == [.perfect])
    #expect(limits[5] == [.constantTarget])
    #expect(limits[6] == [.overflow])
    #expect(limits[7] == [.redundant([0])])
    for group in [0, 1, 6] { #expect(factors.solve(group).coefficients.estimates.allSatisfy { $0.isNaN }) }
    for group in 0..<7 { #expect(factors.solve(group).coefficients.standardErrors.isEmpty) }
    #expect(factors.solve(3).coefficients.estimates == [1, 2])
    #expect(factors.solve(5).coefficients.estimates == [0.1, 0])
    #expect(factors.solve(5).rSquared == nil && factors.solve(5).residualStandardError == nil)
  }
}
