import LinearRegression
import TestSupport
import Testing

@Suite struct WeightsTests {
  /// Weights 0 … 3, and rows repeated as often.
  private func data(_ n: Int) -> (X: Matrix<Double>, y: Matrix<Double>, weights: [Double], rows: [Int]) {
    var generator = SeededGenerator(seed: 80)
    let X = generator.dyadicMatrix(n, 4), y = generator.dyadicMatrix(n, 2)
    let weights = (0..<n).map { _ in Double(generator.nextInteger(below: 4)) }
    return (X, y, weights, weights.indices.flatMap { Array(repeating: $0, count: Int(weights[$0])) })
  }

  @Test(arguments: [LeastSquares.Solver.automatic, .cholesky, .refinedCholesky, .qr])
  func aWeightOfTwoIsTwoEqualRows(solver: LeastSquares.Solver) throws {
    for n in [30, 5000] {
      let (X, y, weights, rows) = data(n)
      for intercept in [true, false] {
        let method = LeastSquares(intercept: intercept, solver: solver)
        let weighted = try method.fit(X, y, weights: weights)
        let repeated = try method.fit(
          Matrix(rows: rows.count, columns: 4) { X[rows[$0], $1] },
          Matrix(rows: rows.count, columns: 2) { y[rows[$0], $1] })
        #expect(difference(weighted.model.weights, repeated.model.weights, factor: 500) == nil)
        #expect(difference(weighted.model.intercepts, repeated.model.intercepts, factor: 500) == nil)
        // But observations are rows whose weight is not zero.
        #expect(weighted.observations == weights.count { $0 > 0 })
        let sums = (weighted.statistics[1].residualSumOfSquares, repeated.statistics[1].residualSumOfSquares)
        #expect(abs(sums.0 / sums.1 - 1) < 1e-12)
        #expect(weighted.statistics[0].degreesOfFreedom == weighted.observations - (intercept ? 5 : 4))
      }
    }
  }

  @Test func aWeightOfZeroIsNoRow() throws {
    let (X, y, weights, _) = data(40)
    let rows = weights.indices.filter { weights[$0] > 0 }
    let ones = weights.map { $0 > 0 ? 1.0 : 0 }
    let some = try LeastSquares().fit(X, y, weights: ones)
    let fewer = try LeastSquares().fit(
      Matrix(rows: rows.count, columns: 4) { X[rows[$0], $1] },
      Matrix(rows: rows.count, columns: 2) { y[rows[$0], $1] })
    #expect(difference(some.model.weights, fewer.model.weights, factor: 10) == nil)
    #expect(some.observations == fewer.observations)
    let pairs = zip(some.standardErrors, fewer.standardErrors).map { ($0!, $1!) }
    #expect(difference(pairs.map(\.0), pairs.map(\.1), factor: 10) == nil)
    #expect(
      some.statistics[0].logLikelihood.map { $0.rounded() }
        == fewer.statistics[0].logLikelihood.map { $0.rounded() })
  }

  @Test func badWeightsAreRefused() {
    let X: Matrix<Double> = [[1], [2], [3]]
    func error(_ weights: [Double]) -> DataError? {
      do throws(DataError) {
        _ = try LeastSquares().fit(X, [1, 2, 4], weights: weights)
        return nil
      } catch {
        return error
      }
    }
    #expect(error([1, -1, 1]) == .negativeWeight(row: 1))
    #expect(error([1, 1, .nan]) == .nonFinite(.weights, row: 2, column: 0))
    #expect(error([1, .infinity, 1]) == .nonFinite(.weights, row: 1, column: 0))
    #expect(error([0, 0, 0]) == .noWeight)
    #expect(error([1, 0, 1]) == nil)
    #expect(error([1e300, 1e-300, 1]) == nil)
  }
}
