import LinearRegression
import TestSupport
import Testing

@Suite struct LeastSquaresTests {
  @Test func agreesWithGelsOnTheDesignWithOnes() throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      var generator = SeededGenerator(seed: 30)
      let X: Matrix<Scalar> = generator.normalMatrix(50, 6), y: Matrix<Scalar> = generator.normalMatrix(50, 3)
      let fit = try LeastSquares().fit(X, y)
      let ones = Matrix<Double>(rows: 50, columns: 7) { i, j in j == 0 ? 1 : Double(X[i, j - 1]) }
      let reference = try gels(ones, Matrix<Double>(y))
      #expect(difference(fit.model.intercepts, reference.solution[row: 0], factor: 100) == nil)
      #expect(difference(fit.model.weights, Matrix(reference.solution[rows: 1..<7]), factor: 100) == nil)
      let sums = fit.statistics.map(\.residualSumOfSquares)
      #expect(difference(sums, try #require(reference.residualSumOfSquares), factor: 100) == nil)
      #expect(fit.rank == 7)
      #expect(fit.parameterCount == 7)
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test func residualIsOrthogonalToTheColumns() throws {
    var generator = SeededGenerator(seed: 31)
    let X: Matrix<Double> = generator.matrix(80, 9, spectrum: geometricSpectrum(9, condition: 1e5))
    let y: Matrix<Double> = generator.normalMatrix(80, 1)
    let fit = try LeastSquares().fit(X, y)
    let residual = (y - fit.predict(X)).elements
    let cross = gemv(X, residual, transpose: .transpose) + [residual.reduce(0, +)]
    // Predictions are sums of terms as large as the weights, and so is the rounding of the residual.
    let scale = norm(residual) + norm(X.elements) * norm(fit.coefficients)
    #expect(difference(cross, [Double](repeating: 0, count: 10), factor: 80, scale: scale) == nil)
  }

  @Test func offsetsAndUnitsCostNoDigits() throws {
    var generator = SeededGenerator(seed: 32)
    let X = generator.dyadicMatrix(60, 3), y = generator.dyadicMatrix(60, 1)
    let plain = try LeastSquares().fit(X, y)
    // Powers of two and whole offsets are exact, so that both problems have the same solution to the last digit.
    let units = [0x1p40, 0x1p-40, 1], offsets = [0, 0, 0x1p20]
    let moved = try LeastSquares().fit(
      Matrix<Double>(rows: 60, columns: 3) { i, j in (X[i, j] + offsets[j]) * units[j] }, y)
    let back = moved.coefficients.indices.map { moved.coefficients[$0] * units[$0] }
    #expect(difference(back, plain.coefficients, factor: 32) == nil)
    #expect(moved.rank == 4)
    let extreme = Matrix<Double>(rows: 60, columns: 3) { i, j in X[i, j] * [1e300, 1e-300, 1][j] }
    let fit = try LeastSquares().fit(extreme, y)
    #expect(difference([fit.coefficients[0] * 1e300], [plain.coefficients[0]], factor: 64) == nil)
    #expect(difference([fit.coefficients[1] * 1e-300], [plain.coefficients[1]], factor: 64) == nil)
  }

  @Test func duplicatedRowsChangeNothing() throws {
    var generator = SeededGenerator(seed: 33)
    let X = generator.dyadicMatrix(30, 4), y = generator.dyadicMatrix(30, 1)
    let once = try LeastSquares().fit(X, y)
    let twice = try LeastSquares().fit(
      Matrix(rows: 60, columns: 4) { X[$0 % 30, $1] }, Matrix(rows: 60, columns: 1) { y[$0 % 30, $1] })
    #expect(difference(twice.coefficients, once.coefficients, factor: 32) == nil)
    #expect(difference([twice.intercept], [once.intercept], factor: 32) == nil)
  }

  @Test func dependentColumnsLowerTheRank() throws {
    var generator = SeededGenerator(seed: 34)
    let X: Matrix<Double> = generator.normalMatrix(40, 2), y: Matrix<Double> = generator.normalMatrix(40, 1)
    let full = try LeastSquares().fit(X, y)
    // The third is the sum of the others and a constant, the fourth is constant.
    let wide = Matrix<Double>(rows: 40, columns: 4) { i, j in
      [X[i, 0], X[i, 1], X[i, 0] + X[i, 1] + 5, 0.1][j]
    }
    let fit = try LeastSquares().fit(wide, y)
    #expect(fit.rank == 3)
    #expect(fit.parameterCount == 5)
    #expect(fit.coefficients[3] == 0)
    #expect(difference(fit.predict(wide), full.predict(X), factor: 100) == nil)
    #expect(fit.statistics[0].degreesOfFreedom == 37)
  }

  @Test func fewerRowsThanColumns() throws {
    var generator = SeededGenerator(seed: 35)
    let X: Matrix<Double> = generator.normalMatrix(5, 9), y: Matrix<Double> = generator.normalMatrix(5, 1)
    let fit = try LeastSquares().fit(X, y)
    #expect(fit.rank == 5)
    #expect(difference(fit.predict(X), y, factor: 100) == nil)
    #expect(fit.statistics[0].residualStandardError == nil)
    #expect(fit.statistics[0].adjustedRSquared == nil)
    #expect(fit.statistics[0].fStatistic == nil)
    let one = try LeastSquares().fit([[7, 8]] as Matrix<Double>, [3])
    #expect(one.intercept == 3)
    #expect(one.coefficients == [0, 0])
  }

  @Test func withoutIntercept() throws {
    let fit = try LeastSquares(intercept: false).fit([[1], [2], [3]] as Matrix<Double>, [2, 4, 7])
    #expect(difference(fit.coefficients, [31 / 14], factor: 4) == nil)
    #expect(fit.intercept == 0)
    #expect(fit.rank == 1)
    #expect(fit.statistics[0].degreesOfFreedom == 2)
    // Compared with ŷ = 0, as R does: 1 − Σr²/Σy².
    #expect(difference([try #require(fit.statistics[0].rSquared)], [31 * 31 / (14.0 * 69)], factor: 8) == nil)
  }

  @Test func statisticsOfASmallProblem() throws {
    // y on x at 0, 1, 2, 3: slope 0.9, intercept 1.4, by hand.
    let fit = try LeastSquares().fit([[0], [1], [2], [3]] as Matrix<Double>, [1, 3, 3, 4])
    #expect(difference([fit.intercept] + fit.coefficients, [1.4, 0.9], factor: 8) == nil)
    let statistics = fit.statistics[0]
    #expect(
      difference([statistics.residualSumOfSquares, statistics.totalSumOfSquares], [0.7, 4.75], factor: 8)
        == nil)
    let standardError = try #require(statistics.residualStandardError)
    #expect(difference([standardError * standardError], [0.35], factor: 8) == nil)
    #expect(difference([try #require(statistics.rSquared)], [4.05 / 4.75], factor: 8) == nil)
    #expect(
      difference([try #require(statistics.adjustedRSquared)], [1 - 0.35 / (4.75 / 3)], factor: 8) == nil)
    #expect(difference([try #require(statistics.fStatistic)], [4.05 / 0.35], factor: 16) == nil)
    // A constant target has no R².
    #expect(
      try LeastSquares().fit([[0], [1], [2]] as Matrix<Double>, [5, 5, 5]).statistics[0].rSquared == nil)
  }

  @Test func noColumns() throws {
    let fit = try LeastSquares().fit(Matrix<Double>.zeros(3, 0), [1, 2, 6])
    #expect(fit.intercept == 3)
    #expect(fit.rank == 1)
  }

  @Test func badDataIsRefusedWithItsPlace() {
    var X = Matrix<Float>.zeros(10, 3)
    #expect(throws: DataError.noRows) { try LeastSquares().fit(Matrix<Float>.zeros(0, 3), .zeros(0, 1)) }
    X[9, 2] = .infinity
    #expect(throws: DataError.nonFinite(.features, row: 9, column: 2)) {
      try LeastSquares().fit(X, .zeros(10, 1))
    }
    #expect(throws: DataError.nonFinite(.targets, row: 0, column: 0)) {
      try LeastSquares().fit([[1], [2]] as Matrix<Double>, [.nan, 1])
    }
    #expect(
      "\(DataError.nonFinite(.features, row: 9, column: 2))"
        == "the features hold a value that is not finite in row 9, column 2 (counted from 0); remove or replace it"
    )
  }

  @Test func dependenceIsJudgedByThePrecisionOfTheData() throws {
    var generator = SeededGenerator(seed: 36)
    func rank<Scalar: BLASScalar>(_: Scalar.Type, offset: Double) throws -> Int {
      let x: Matrix<Scalar> = Matrix<Scalar>(
        generator.normalMatrix(100, 2, of: Double.self).map { $0 + offset })
      let X = Matrix<Scalar>(rows: 100, columns: 3) { i, j in j < 2 ? x[i, j] : x[i, 0] + x[i, 1] }
      return try LeastSquares().fit(X, generator.normalMatrix(100, 1)).rank
    }
    #expect(try rank(Float.self, offset: 0) == 3)
    #expect(try rank(Double.self, offset: 0) == 3)
    #expect(try rank(Double.self, offset: 1e4) == 3)
    #expect(try rank(Double.self, offset: 1e6) == 3)
    // Columns that are close but not dependent stay: condition number 10⁹, in Double.
    let X: Matrix<Double> = generator.matrix(100, 3, spectrum: [1, 1e-4, 1e-9])
    #expect(try LeastSquares().fit(X, generator.normalMatrix(100, 1)).rank == 4)
    // A column that is nearly constant does not decide for the others.
    let nearly = Matrix<Double>(rows: 100, columns: 2) { i, j in
      j == 0 ? Double(i) : 1e16 + Double(8 * (i % 3))
    }
    #expect(try LeastSquares().fit(nearly, generator.normalMatrix(100, 1)).rank >= 2)
  }

  @Test func constantColumnsNeedNotBeExact() throws {
    // 0.1 is not a Double, and its mean need not be the same Double as itself.
    for n in [3, 10, 1000, 100_001] {
      let X = Matrix<Double>(rows: n, columns: 2) { i, j in j == 0 ? 0.1 : Double(i % 7) }
      let fit = try LeastSquares().fit(X, Matrix(rows: n, columns: 1) { i, _ in Double(i % 5) })
      #expect(fit.coefficients[0] == 0)
      #expect(fit.rank == 2)
    }
  }

  @Test func offsetsLeaveTheResidualsRight() throws {
    let n = 50, y = (0..<n).map { Double($0) + ($0 % 2 == 0 ? 1e-5 : -1e-5) }
    let near = try LeastSquares().fit(Matrix(column: (0..<n).map { Double($0) }), y)
    let far = try LeastSquares().fit(Matrix(column: (0..<n).map { 1e12 + Double($0) }), y)
    let sums = [far, near].map { $0.statistics[0].residualSumOfSquares }
    // Residuals formed with the weights of the original units would be 150 times too large.
    #expect(abs(sums[0] / sums[1] - 1) < 1e-6)
  }

  @Test func literalsNeedNoType() throws {
    let fit = try LeastSquares().fit([[1.0, 2], [3, 4], [5, 7], [1, 1]], [1, 2, 3, 4])
    #expect(fit.rank == 3)
  }
}
