import Foundation
import LinearRegression
import TestSupport
import Testing

/// Data that a careless pass would stumble over.
@Suite struct AwkwardDataTests {
  /// Sentinel values under weight zero are no data at all.
  @Test(arguments: [1e6, -999, 1e9, 1e20])
  func rowsOfWeightZeroSetNothing(sentinel: Double) throws {
    for n in [200, 60_000] {
      let weights = (0..<n).map { $0 % 4 == 0 ? 1.0 : 0 }
      let X = Matrix<Double>(rows: n, columns: 2) { i, j in
        i % 4 == 0 ? (j == 0 ? sin(Double(i)) : cos(Double(2 * i))) : sentinel * Double(j + 1)
      }
      let y = (0..<n).map { $0 % 4 == 0 ? 1 + 2 * X[$0, 0] + 0.1 * cos(3 * Double($0)) : sentinel }
      let kept = (0..<n).filter { $0 % 4 == 0 }
      let fewer = try LeastSquares(precision: .extended).fit(
        Matrix(rows: kept.count, columns: 2) { X[kept[$0], $1] }, kept.map { y[$0] })
      for solver in [LeastSquares.Solver.automatic, .qr] {
        let fit = try LeastSquares(solver: solver, precision: .double).fit(X, y, weights: weights)
        #expect(fit.rank == 3 && fit.redundant.isEmpty)
        #expect(difference(fit.coefficients, fewer.coefficients, factor: 200) == nil, "\(solver) \(n)")
        #expect(difference([fit.intercept], [fewer.intercept], factor: 200) == nil)
      }
    }
  }

  @Test func redundancyIsJudgedByTheRowsThatCount() throws {
    let n = 1000
    let X = Matrix<Double>(rows: n, columns: 2) { i, j in
      i % 4 == 0 ? sin(Double(i)) * (j == 0 ? 1 : 3) : (j == 0 ? 1e8 : -2e8)
    }
    let y = (0..<n).map { sin(Double($0)) + cos(5 * Double($0)) }
    let fit = try LeastSquares().fit(X, y, weights: (0..<n).map { $0 % 4 == 0 ? 1 : 0 })
    #expect(fit.redundant.map(\.description) == ["x1 = 3 x0"])
  }

  /// A sample that misses where the data are, and an outlier that a middle between extremes would follow.
  @Test func shiftsFollowTheMean() throws {
    let n = 128_000
    var generator = SeededGenerator(seed: 150)
    let clean = (0..<n).map { _ in generator.nextNormal() }
    let sampled = Set((0..<64).map { n * (2 * $0 + 1) / 128 })
    let X = Matrix<Double>(rows: n, columns: 2) { i, j in
      j == 0 ? (sampled.contains(i) ? -1e6 : clean[i]) : i == 777 ? 1e6 : sin(Double(i))
    }
    let y = (0..<n).map { 3 + 2 * clean[$0] + generator.nextNormal() }
    let exact = try LeastSquares(precision: .extended).fit(X, y)
    let constant = Matrix<Double>(rows: n, columns: 3) { i, j in j < 2 ? X[i, j] : 1 }
    for solver in [LeastSquares.Solver.automatic, .qr] {
      for data in [X, constant] {
        let fit = try LeastSquares(solver: solver, precision: .double).fit(data, y)
        let truth = zip(fit.coefficients, exact.coefficients).reduce(abs(fit.intercept / exact.intercept - 1))
        {
          max($0, abs($1.0 / $1.1 - 1))
        }
        #expect(fit.certificate.estimatedDigits <= -log10(truth) + 1)
        #expect(truth < 1e-11)
      }
    }
  }

  /// Repeated values round the same way every time.
  @Test func biasedRounding() throws {
    let n = 400_000
    let X = Matrix<Double>(rows: n, columns: 1) { i, _ in Double(i % 10) * 0.1 }
    let y = (0..<n).map { 5 + X[$0, 0] + sin(Double($0)) }
    let exact = try LeastSquares(precision: .extended).fit(X, y)
    for (method, data) in [(LeastSquares(), X), (LeastSquares(measuresResidual: true), X)] {
      let fit = try method.fit(data, y)
      let error = max(
        abs(fit.coefficients[0] / exact.coefficients[0] - 1), abs(fit.intercept / exact.intercept - 1))
      #expect(fit.certificate.estimatedDigits <= -log10(error) + 1, "\(fit.certificate), error \(error)")
      #expect(error < 1e-13)
    }
    // The intercept is corrected as the weights are.
    let weights = [Double](repeating: 0.1, count: n)
    let dummy = Matrix<Double>(rows: n, columns: 1) { i, _ in i % 3 == 0 ? 1 : 0 }
    let sum = try LeastSquares(solver: .refinedCholesky).fit(
      dummy, (0..<n).map { 5 + dummy[$0, 0] }, weights: weights)
    #expect(abs(sum.intercept - 5) < 1e-14 && abs(sum.coefficients[0] - 1) < 1e-14)
  }

  @Test func constantTargetsAreNoRiddle() throws {
    let n = 20_000
    let X = Matrix<Double>(rows: n, columns: 2) { i, j in sin(Double(i * (j + 1))) }
    let y = Matrix<Double>(rows: n, columns: 3) { i, t in [cos(Double(i)), 7, 0][t] }
    for precision in [LeastSquares.Precision.double, .extended] {
      let fit = try LeastSquares(precision: precision).fit(X, y)
      #expect(fit.certificate.estimatedDigits > 10)
      #expect(fit.model.intercepts[1...] == [7, 0])
      #expect(fit.model.weights[0, 1] == 0 && fit.model.weights[1, 2] == 0)
      #expect(fit.statistics[1].residualSumOfSquares == 0 && fit.statistics[1].rSquared == nil)
    }
  }

  /// Shares of one column in scales far apart, in any order.
  @Test func sharesFarApart() throws {
    func share(_ scale: Double, _ y: [Double]) throws -> LeastSquares.Factor {
      var share = LeastSquares.Factor(features: 1)
      try share.add(Matrix(column: [0, scale, 2 * scale]), y)
      return share
    }
    for (a, b) in [(1e-300, 1e10), (1e-200, 1e200), (1, 8e307)] {
      let parts = [try share(a, [1, 2, 3]), try share(b, [1, 2, 4])]
      for order in [[0, 1], [1, 0]] {
        var merged = parts[order[0]]
        try merged.merge(parts[order[1]])
        let fit = try merged.solve()
        // Beside the large values the small ones are one and the same.
        #expect(abs(fit.coefficients[0] * b - 1) < 0.2 && fit.rank == 2)
      }
    }
  }

  @Test func everySolverKnowsThePenalty() throws {
    let X = Matrix<Double>(rows: 50, columns: 3) { i, j in
      j < 2 ? sin(Double(i * (j + 1))) : 0.3 * sin(Double(i))
    }
    let y = (0..<50).map { 1 + 2 * X[$0, 0] - X[$0, 1] + 0.1 * cos(7 * Double($0)) }
    let reference = try LeastSquares(ridgePenalty: 50).fit(X, y)
    #expect(reference.certificate.solver == .ridge)
    for solver in LeastSquares.Solver.allCases {
      for precision in LeastSquares.Precision.allCases {
        #expect(
          try LeastSquares(solver: solver, precision: precision, ridgePenalty: 50).fit(X, y) == reference)
      }
    }
    // However small the penalty, what is dependent to rounding stays so.
    let least = try LeastSquares(redundancy: .minimumNorm).fit(X, y)
    for penalty in [1e-300, 1e-30, 1e-20, 1e-14] {
      let fit = try LeastSquares(ridgePenalty: penalty).fit(X, y)
      #expect(difference(fit.coefficients, least.coefficients, factor: 1e5) == nil, "\(penalty)")
    }
  }

  @Test func squaresBeyondDoubleInCrossValidation() throws {
    let X = Matrix<Double>(rows: 60, columns: 2) { i, j in sin(Double(i * (j + 1))) }
    let y = (0..<60).map { 1 + 2 * X[$0, 0] + cos(7 * Double($0)) }
    let plain = try LeastSquares().crossValidate(X, y)
    let tiny = try LeastSquares().crossValidate(X, y.map { $0 * 0x1p-600 })
    #expect(tiny.best == plain.best && tiny.withinOneStandardError == plain.withinOneStandardError)
    #expect(throws: DataError.overflow(.targets, column: 0)) {
      try LeastSquares().crossValidate(X, y.map { $0 * 1e200 })
    }
  }

  @Test func lowPartsAndAbsentRowsAreLookedAtToo() throws {
    let X = Matrix<Double>(rows: 4, columns: 1) { i, _ in Double(i * i) }
    var low = Matrix<Double>.zeros(4, 1)
    low[2, 0] = .nan
    #expect(throws: DataError.nonFinite(.features, row: 2, column: 0)) {
      try LeastSquares().fit(X, Matrix(column: [1, 2, 3, 5]), low: low)
    }
    var share = LeastSquares.Factor(features: 1)
    #expect(throws: DataError.nonFinite(.targets, row: 1, column: 0)) {
      try share.add(X, [1, .nan, 3, 5], weights: [0, 0, 0, 0])
    }
    let none = Matrix<Double>.zeros(3, 0)
    #expect(throws: DataError.negativeWeight(row: 1)) {
      try LeastSquares().fit(none, Matrix.zeros(3, 0), weights: [1, -1, 1])
    }
    #expect(throws: DataError.noWeight) {
      try LeastSquares().fit(none, Matrix.zeros(3, 0), weights: [0, 0, 0])
    }
  }

  /// Rounding adds up over shares, and the certificate says so.
  @Test func manySmallShares() throws {
    let n = 4000
    var generator = SeededGenerator(seed: 151)
    let x = (0..<n).map { _ in generator.nextNormal() }.sorted()
    let X = Matrix<Double>(rows: n, columns: 2) { i, j in j == 0 ? x[i] : generator.nextNormal() }
    let y = (0..<n).map { 1 + 2 * X[$0, 0] - X[$0, 1] + generator.nextNormal() }
    let exact = try LeastSquares(precision: .extended).fit(X, y)
    var share = LeastSquares.Factor(features: 2)
    for i in 0..<n { try share.add(X[rows: i..<i + 1], [y[i]]) }
    let fit = try share.solve()
    let error = zip(fit.coefficients, exact.coefficients).reduce(0) { max($0, abs($1.0 / $1.1 - 1)) }
    #expect(fit.certificate.estimatedDigits <= -log10(error) + 1, "\(fit.certificate), error \(error)")
  }

  /// Integers are exact in Float too: nothing about them is uncertain.
  @Test func integersInFloatAreNotBlurred() throws {
    let X = Matrix<Float>(rows: 100, columns: 2) { i, j in 738_000 + Float(i) + (j == 1 && i == 50 ? 1 : 0) }
    let y = (0..<100).map { Float(sin(Double($0))) }
    let fit = try LeastSquares().fit(X, y)
    let wide = try LeastSquares().fit(Matrix<Double>(X), y.map(Double.init))
    #expect(fit.rank == 3 && fit.redundant.isEmpty)
    #expect(difference(fit.coefficients, wide.coefficients, factor: 10) == nil)
  }
}
