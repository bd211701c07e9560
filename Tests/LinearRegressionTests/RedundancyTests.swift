import LinearRegression
import TestSupport
import Testing

@Suite struct RedundancyTests {
  private func data(_ n: Int) -> (X: Matrix<Double>, y: Matrix<Double>) {
    var generator = SeededGenerator(seed: 70)
    let x = generator.dyadicMatrix(n, 3)
    // 3 = 5 + x0 − 2 x1, 4 constant, 5 = x2
    let X = Matrix<Double>(rows: n, columns: 6) { i, j in
      j < 3 ? x[i, j] : j == 3 ? 5 + x[i, 0] - 2 * x[i, 1] : j == 4 ? 0.1 : x[i, 2]
    }
    return (X, generator.dyadicMatrix(n, 1))
  }

  @Test(arguments: [20, 40_000])
  func laterColumnsAreLeftOutAndNamed(rows: Int) throws {
    let (X, y) = data(rows)
    let fit = try LeastSquares().fit(X, y)
    let kept = try LeastSquares().fit(Matrix(rows: rows, columns: 3) { X[$0, $1] }, y)
    #expect(fit.rank == 4)
    #expect(fit.redundant.map(\.description) == ["x3 = 5 + x0 - 2 x1", "x4 = 0.1", "x5 = x2"])
    #expect(fit.redundant[0].dependsOn.map(\.feature) == [0, 1])
    #expect(difference(fit.redundant[0].dependsOn.map(\.factor), [1, -2], factor: 100) == nil)
    #expect(difference(Array(fit.coefficients[0..<3]), kept.coefficients, factor: 1000) == nil)
    #expect(fit.coefficients[3...] == [0, 0, 0])
    let table = fit.coefficientStatistics()
    #expect(table.map { $0.estimate == nil } == [false, false, false, false, true, true, true])
    #expect(table[4].standardError == nil && table[4].pValue == nil)
    #expect(fit.varianceInflationFactors.map { $0 == nil } == [false, false, false, true, true, true])
  }

  @Test func refuseSaysWhich() {
    let (X, y) = data(20)
    let error = #expect(throws: DataError.self) { try LeastSquares(redundancy: .refuse).fit(X, y) }
    #expect(
      error?.description
        == "columns depend on others: x3 = 5 + x0 - 2 x1, x4 = 0.1, x5 = x2; leave them out")
  }

  @Test func leastNormAgreesWithGelsd() throws {
    let (X, y) = data(20)
    let fit = try LeastSquares(redundancy: .minimumNorm).fit(X, y)
    #expect(fit.certificate.solver == .svd && fit.rank == 4)
    #expect(fit.standardErrors.allSatisfy { $0 == nil })
    // In standardised units, as the documentation says.
    let means = (0..<6).map { j in X[column: j].reduce(0, +) / 20 }
    let norms = (0..<6).map { j in norm(X[column: j].map { $0 - means[j] }) }
    let Z = Matrix<Double>(rows: 20, columns: 6) { i, j in
      norms[j] < 1e-12 ? 0 : (X[i, j] - means[j]) / norms[j]
    }
    let mean = y.elements.reduce(0, +) / 20
    let v = try gelsd(Z, y.map { $0 - mean }, rcond: 1e-10).solution.elements
    let w = (0..<6).map { norms[$0] < 1e-12 ? 0 : v[$0] / norms[$0] }
    #expect(difference(fit.coefficients, w, factor: 100) == nil)
    // Where nothing is redundant it is the ordinary fit.
    let plain = Matrix<Double>(rows: 20, columns: 3) { X[$0, $1] }
    let full = try LeastSquares(redundancy: .minimumNorm).fit(plain, y)
    #expect(difference(full.coefficients, try LeastSquares().fit(plain, y).coefficients, factor: 100) == nil)
    #expect(full.standardErrors.allSatisfy { $0 != nil })
  }

  @Test func moreColumnsThanRows() throws {
    var generator = SeededGenerator(seed: 71)
    for (n, p) in [(5, 9), (1, 3), (30, 400), (40, 600)] {
      let X: Matrix<Double> = generator.normalMatrix(n, p), y: Matrix<Double> = generator.normalMatrix(n, 1)
      let fit = try LeastSquares().fit(X, y)
      #expect(fit.rank == n)
      #expect(fit.redundant.map(\.feature) == Array(n - 1..<p))
      #expect(difference(fit.predict(X), y, factor: 1e5) == nil)
      #expect(fit.statistics[0].degreesOfFreedom == 0)
      #expect(fit.standardErrors.allSatisfy { $0 == nil })
      let shortest = try LeastSquares(redundancy: .minimumNorm).fit(X, y)
      #expect(difference(shortest.predict(X), y, factor: 1e5) == nil)
    }
  }

  @Test func zerosWithoutAnIntercept() throws {
    let X: Matrix<Double> = [[1, 0], [2, 0], [3, 0]]
    let fit = try LeastSquares(intercept: false).fit(X, [2, 4, 7])
    #expect(fit.rank == 1)
    #expect(fit.redundant.map(\.description) == ["x1 = 0"])
    // A constant is no constant where there is no intercept.
    let ones: Matrix<Double> = [[1, 1], [2, 1], [3, 1]]
    #expect(try LeastSquares(intercept: false).fit(ones, [2, 4, 7]).rank == 2)
    let none = try LeastSquares(intercept: false).fit(Matrix<Double>.zeros(3, 1), [1, 2, 3])
    #expect(none.rank == 0 && none.coefficients == [0])
    #expect(none.statistics[0].residualSumOfSquares == 14)
  }
}
