import LinearRegression
import TestSupport
import Testing

@Suite struct RidgeTests {
  private func data(_ n: Int) -> (X: Matrix<Double>, y: Matrix<Double>) {
    var generator = SeededGenerator(seed: 100)
    let X = Matrix<Double>(rows: n, columns: 4) { _, j in
      generator.nextNormal() * [1, 100, 0.01, 1][j] + [0, 5, 1, -3][j]
    }
    return (X, Matrix(rows: n, columns: 2) { i, t in X[i, 0] + X[i, 3] * Double(t) + generator.nextNormal() })
  }

  /// (ZᵀZ + λ) w = Zᵀy with columns of mean 0 and standard deviation 1 is what defines the fit.
  @Test(arguments: [0.5, 10, 1e4])
  func solvesThePenalisedNormalEquations(penalty: Double) throws {
    let (X, y) = data(80)
    let fit = try LeastSquares(ridgePenalty: penalty).fit(X, y)
    #expect(fit.certificate.solver == .ridge && fit.covariance == nil)
    let scale = try Standardization(X)
    let z = Matrix<Double>(rows: 80, columns: 4) { (X[$0, $1] - scale.means[$1]) / scale.scales[$1] }
    for t in 0..<2 {
      let mean = y[column: t].reduce(0, +) / 80
      let w = (0..<4).map { fit.model.weights[$0, t] * scale.scales[$0] }
      let residual = zip(y[column: t], gemv(z, w)).map { $0 - mean - $1 }
      let gradient = zip(gemv(z, residual, transpose: .transpose), w).map { $0 - penalty * $1 }
      #expect(difference(gradient, [0, 0, 0, 0], factor: 100, scale: 80 * norm(residual)) == nil)
      // The intercept is not penalised: it passes through the means.
      let center = (0..<4).reduce(fit.model.intercepts[t]) { $0 + fit.model.weights[$1, t] * scale.means[$1] }
      #expect(difference([center], [mean], factor: 100) == nil)
      let sum = dot(residual, residual)
      #expect(abs(fit.statistics[t].residualSumOfSquares / sum - 1) < 1e-12)
      #expect(fit.statistics[t].fStatistic == nil && fit.statistics[t].aic == nil)
    }
  }

  @Test func theWholePathFromOneFactor() throws {
    let (X, y) = data(80)
    var share = LeastSquares.Factor(features: 4, targets: 2)
    try share.add(X, y)
    let penalties = [0, 0.1, 1, 100, 1e8]
    let path = try share.ridgePath(penalties)
    for (penalty, fit) in zip(penalties, path).dropFirst() {
      let alone = try LeastSquares(ridgePenalty: penalty).fit(X, y)
      #expect(difference(fit.model.weights, alone.model.weights, factor: 100) == nil)
    }
    #expect(
      difference(path[0].model.weights, try LeastSquares().fit(X, y).model.weights, factor: 1000) == nil)
    #expect(path[4].coefficientsAreSmall)
  }

  @Test func moreColumnsThanRows() throws {
    var generator = SeededGenerator(seed: 101)
    let X: Matrix<Double> = generator.normalMatrix(10, 30), y: Matrix<Double> = generator.normalMatrix(10, 1)
    let fit = try LeastSquares(ridgePenalty: 1).fit(X, y)
    #expect(fit.coefficients.allSatisfy { $0.isFinite })
    #expect(fit.statistics[0].residualSumOfSquares > 0)
  }

  /// Held against fits that leave the rows of a fold out, one by one: as many folds as rows need no knowledge of who is
  /// where. A fold counts as much as it weighs, and rows without weight take no part.
  @Test(arguments: [false, true])
  func crossValidationIsWhatLeavingRowsOutGives(isWeighted: Bool) throws {
    let (X, y) = data(24)
    let weights = (0..<24).map { isWeighted ? [2.5, 0, 1, 0.25, 4][$0 % 5] : 1 }
    let rows = (0..<24).filter { weights[$0] > 0 }, total = rows.reduce(0) { $0 + weights[$1] }
    let penalties = [0.01, 1, 30]
    let result = try LeastSquares().crossValidate(
      X, y, weights: isWeighted ? weights : nil, penalties: penalties, folds: rows.count, seed: 3)
    for (index, penalty) in penalties.enumerated() {
      var errors: [Double] = []
      for held in rows {
        let others = rows.filter { $0 != held }
        let fit = try LeastSquares(ridgePenalty: penalty).fit(
          Matrix(rows: others.count, columns: 4) { X[others[$0], $1] },
          Matrix(rows: others.count, columns: 2) { y[others[$0], $1] }, weights: others.map { weights[$0] })
        let prediction = fit.predict(X[rows: held..<held + 1])
        errors.append(
          (0..<2).reduce(0) { $0 + (y[held, $1] - prediction[0, $1]) * (y[held, $1] - prediction[0, $1]) } / 2
        )
      }
      let mean = zip(rows, errors).reduce(0) { $0 + weights[$1.0] * $1.1 } / total
      let spread = zip(rows, errors).reduce(0) { $0 + weights[$1.0] * ($1.1 - mean) * ($1.1 - mean) } / total
      #expect(abs(result.meanSquaredErrors[index] / mean - 1) < 1e-10)
      #expect(
        abs(result.standardErrors[index] / (spread / Double(rows.count - 1)).squareRoot() - 1) < 1e-10)
    }
    #expect(penalties.contains(result.best) && result.withinOneStandardError >= result.best)
    #expect(throws: DataError.fewerRowsThanFolds(rows: rows.count, folds: 25)) {
      try LeastSquares().crossValidate(X, y, weights: weights, folds: 25)
    }
  }

  @Test(arguments: [true, false])
  func aPathOfRowsHasTheFitOfEachPenalty(intercept: Bool) throws {
    var generator = SeededGenerator(seed: 104)
    let X: Matrix<Double> = generator.normalMatrix(40, 3), y: Matrix<Double> = generator.normalMatrix(40, 2)
    let weights = (0..<40).map { Double($0 % 4) }
    let method = LeastSquares(intercept: intercept), penalties = [0.5, 3, 100]
    let path = try method.ridgePath(penalties, X, y, weights: weights)
    for (fit, penalty) in zip(path, penalties) {
      let expected = try LeastSquares(intercept: intercept, ridgePenalty: penalty).fit(X, y, weights: weights)
      #expect(difference(fit.model.weights, expected.model.weights, factor: 50) == nil)
      #expect(difference(fit.model.intercepts, expected.model.intercepts, factor: 50) == nil)
      #expect(fit.certificate.solver == .ridge && fit.observations == 30 && fit.hasIntercept == intercept)
    }
    let flat = try method.ridgePath([3], X, y[column: 1], weights: weights)[0]
    #expect(difference(flat.coefficients, path[1].model.weights[column: 1], factor: 50) == nil)
    #expect(throws: DataError.noWeight) { try method.ridgePath([1], X, y, weights: weights.map { _ in 0 }) }
    #expect(throws: DataError.noRows) {
      try method.ridgePath([1], Matrix<Double>.zeros(0, 1), Matrix.zeros(0, 1))
    }
  }

  @Test func crossValidationChoosesWell() throws {
    var generator = SeededGenerator(seed: 102)
    let X: Matrix<Float> = generator.normalMatrix(5000, 20)
    let y = Matrix<Float>(rows: 5000, columns: 1) { i, _ in X[i, 0] + Float(generator.nextNormal()) * 3 }
    let method = LeastSquares()
    let one = try Parallelism.$threads.withValue(1) { try method.crossValidate(X, y, folds: 5, seed: 1) }
    #expect(one.penalties.count == 61 && one.penalties[0] == 0)
    // A factor in the weights changes the unit of penalties and nothing else.
    let weighted = try method.crossValidate(
      X, y, weights: Array(repeating: 0x1p20, count: 5000), folds: 5, seed: 1)
    #expect(abs(weighted.best / one.best / 0x1p20 - 1) < 1e-12)
    #expect(
      try Parallelism.$threads.withValue(3) { try method.crossValidate(X, y, folds: 5, seed: 1) } == one)
    #expect(try method.crossValidate(X, y, folds: 5, seed: 2) != one)
    // The noise is 9; a penalty of nothing and one that leaves nothing are both worse.
    let least = one.meanSquaredErrors.min()!
    #expect(least > 8 && least < 10)
    #expect(one.meanSquaredErrors.last! > least && one.withinOneStandardError >= one.best)
    #expect(throws: DataError.fewerRowsThanFolds(rows: 3, folds: 10)) {
      try method.crossValidate(Matrix<Double>.zeros(3, 1), Matrix.zeros(3, 1))
    }
  }

  /// Each row held out in turn: the error of a penalty is the mean square of what the other rows miss it by.
  @Test func asManyFoldsAsRows() throws {
    var generator = SeededGenerator(seed: 12)
    let n = 30
    let X: Matrix<Double> = generator.normalMatrix(n, 3)
    let y = (0..<n).map { 2 * X[$0, 0] - X[$0, 2] + generator.nextNormal() }
    let validation = try LeastSquares().crossValidate(X, y, penalties: [0, 5], folds: n)
    for (penalty, error) in zip(validation.penalties, validation.meanSquaredErrors) {
      let squares = try (0..<n).map { row in
        let others = (0..<n).filter { $0 != row }
        let rest = Matrix(rows: n - 1, columns: 3) { X[others[$0], $1] }
        let fit = try LeastSquares(ridgePenalty: penalty).fit(rest, others.map { y[$0] })
        let residual = y[row] - fit.predict(X[row: row])
        return residual * residual
      }
      #expect(abs(error - squares.reduce(0, +) / Double(n)) <= 1e-12 * error)
    }
  }
}

extension LeastSquaresFit {
  fileprivate var coefficientsAreSmall: Bool { model.weights.elements.allSatisfy { abs($0) < 1e-4 } }
}
