import LinearRegression
import TestSupport
import Testing

/// An answer that is right, or an error that says which column.
@Suite struct ExtremeDataTests {
  @Test(arguments: [60, 30_000])
  func scalesFarApart(rows: Int) throws {
    var generator = SeededGenerator(seed: 120)
    let X = generator.dyadicMatrix(rows, 3), y = generator.dyadicMatrix(rows, 1)
    let plain = try LeastSquares().fit(X, y)
    for units in [[1e300, 1e-300, 1], [1e-307, 1, 1e307], [1e-306, 1e300, 1e-150]] {
      let scaled = Matrix<Double>(rows: rows, columns: 3) { i, j in X[i, j] * units[j] }
      for solver in [LeastSquares.Solver.automatic, .cholesky, .qr] {
        let factor = 1000.0
        let fit = try LeastSquares(solver: solver).fit(scaled, y)
        let back = (0..<3).map { fit.coefficients[$0] * units[$0] }
        #expect(difference(back, plain.coefficients, factor: factor, scale: 1) == nil, "\(units) \(solver)")
        #expect(fit.rank == 4)
      }
    }
  }

  /// Columns that are empty or tame wherever the pass looks first.
  @Test func surprisesOutsideTheSample() throws {
    let n = 20_000
    for value in [1e200, 1e-200, 1e308, 5.0] {
      let X = Matrix<Double>(rows: n, columns: 2) { i, j in
        j == 0 ? Double(i % 17) : i == 12_345 ? value : 0
      }
      let y = Matrix<Double>(rows: n, columns: 1) { i, _ in
        Double(i % 17) * 2 + (i == 12_345 ? 7 : Double(i % 3))
      }
      for solver in [LeastSquares.Solver.automatic, .qr] {
        let fit = try LeastSquares(solver: solver).fit(X, y)
        #expect(fit.rank == 3)
        // That row has a column of its own: it is met exactly.
        let prediction = fit.predict(X[row: 12_345])
        #expect(difference([prediction], [y[12_345, 0]], factor: 1e4) == nil, "\(value) \(solver)")
      }
    }
  }

  @Test func spreadsNearTheLargestDouble() throws {
    let X: Matrix<Double> = [[1.7e308], [-1.7e308], [-1.7e308], [0]]
    let fit = try LeastSquares().fit(X, [3, 1, 1, 2])
    let small = try LeastSquares().fit([[1], [-1], [-1], [0]] as Matrix<Double>, [3, 1, 1, 2])
    #expect(difference([fit.coefficients[0] * 1.7e308], small.coefficients, factor: 100) == nil)
    #expect(throws: DataError.overflow(.targets, column: 0)) {
      try LeastSquares().fit([[1], [2], [4]] as Matrix<Double>, [1e200, -1e200, 3])
    }
    #expect(throws: DataError.overflow(.features, column: 1)) {
      try LeastSquares().fit(
        [[1, 0x1p-1070], [2, 0x3p-1070], [4, 0x5p-1070], [0, 0]] as Matrix<Double>, [1, 2, 3, 5])
    }
  }

  /// A coefficient or loss below the smallest Double is refused, not 0.
  @Test func whatIsBelowADoubleIsRefused() throws {
    var generator = SeededGenerator(seed: 121)
    let x = generator.dyadicMatrix(50, 2)
    let y = Matrix<Double>(rows: 50, columns: 1) { i, _ in 3 * x[i, 0] - x[i, 1] + Double(i % 3) }
    let large = Matrix<Double>(rows: 50, columns: 2) { x[$0, $1] * ($1 == 0 ? 0x1p900 : 1) }
    func tiny(_ exponent: Int) -> Matrix<Double> {
      Matrix(rows: 50, columns: 1) { i, _ in y[i, 0] * Double(sign: .plus, exponent: exponent, significand: 1)
      }
    }
    for precision in [LeastSquares.Precision.double, .extended] {
      #expect(throws: DataError.overflow(.features, column: 0)) {
        try LeastSquares(precision: precision).fit(large, tiny(-500))
      }
      #expect(try LeastSquares(precision: precision).fit(large, tiny(-100)).coefficients[0] > 0)
    }
    for method in [SGD(), SGD(epochs: 1, learningRate: 0.01)] {
      #expect(throws: TrainingError.data(.overflow(.targets, column: 0))) { try method.train(x, tiny(-600)) }
    }
    #expect(throws: TrainingError.data(.overflow(.features, column: 0))) {
      try SGD().train(large, tiny(-500))
    }
  }

  /// Errors are the same in any unit of the target, by powers of two exactly.
  @Test(arguments: [-600, -500, 0, 400])
  func evaluationInAnyUnit(exponent: Int) throws {
    var generator = SeededGenerator(seed: 122)
    let unit = Double(sign: .plus, exponent: exponent, significand: 1)
    let X = generator.dyadicMatrix(3000, 2), y = generator.dyadicMatrix(3000, 1)
    let plain = try LinearModel(weights: [[1], [-0.5]], intercepts: [0.25]).evaluate(X, y)[0]
    let model = LinearModel(weights: [[unit], [-0.5 * unit]], intercepts: [0.25 * unit])
    let scaled = Matrix<Double>(rows: 3000, columns: 1) { i, _ in y[i, 0] * unit }
    let whole = try model.evaluate(X, scaled)[0]
    var halves = try model.evaluate(X[rows: 0..<1000], Matrix(scaled[rows: 0..<1000]))[0]
    halves.merge(try model.evaluate(X[rows: 1000..<3000], Matrix(scaled[rows: 1000..<3000]))[0])
    #expect(whole.rootMeanSquaredError == plain.rootMeanSquaredError * unit)
    #expect(whole.rSquared == plain.rSquared)
    #expect(
      difference(
        [halves.rSquared!, halves.rootMeanSquaredError / unit],
        [plain.rSquared!, plain.rootMeanSquaredError], factor: 100) == nil)
  }

  @Test func notFiniteAnywhere() {
    let n = 30_000
    let finiteX = Matrix<Float>(rows: n, columns: 12) { i, j in Float((i * 7 + j * j) % 31) }
    let finiteY = Matrix<Float>(rows: n, columns: 1) { i, _ in Float(i % 5) }
    for solver in [LeastSquares.Solver.automatic, .cholesky, .qr, .svd] {
      for value in [Float.nan, .infinity, -.infinity] {
        for row in [0, n - 1, 17_171] {
          var (X, y) = (finiteX, finiteY)
          y[row, 0] = value
          #expect(throws: DataError.nonFinite(.targets, row: row, column: 0)) {
            try LeastSquares(solver: solver).fit(X, y)
          }
          X[row, 11] = value
          #expect(throws: DataError.nonFinite(.features, row: row, column: 11)) {
            try LeastSquares(solver: solver).fit(X, y)
          }
        }
      }
    }
  }

  @Test func offsetsThatSwallowTheSpread() throws {
    let n = 4000
    let X = Matrix<Double>(rows: n, columns: 2) { i, j in
      j == 0 ? 1e12 + Double(i % 50) : 1e-3 * Double(i * i % 97)
    }
    let near = Matrix<Double>(rows: n, columns: 2) { i, j in
      j == 0 ? Double(i % 50) : 1e-3 * Double(i * i % 97)
    }
    let y = Matrix<Double>(rows: n, columns: 1) { i, _ in Double(i * 31 % 101) }
    for solver in [LeastSquares.Solver.cholesky, .refinedCholesky, .qr] {
      for precision in [LeastSquares.Precision.double, .extended] {
        let method = LeastSquares(solver: solver, precision: precision)
        let fit = try method.fit(X, y), plain = try method.fit(near, y)
        #expect(difference(fit.coefficients, plain.coefficients, factor: 1000) == nil)
        #expect(fit.rank == 3)
      }
    }
  }

  @Test func theWayThereIsTheSameOnEveryInstructionSet() throws {
    // Kernels are checked against each other in `RowKernelTests`; this is one row, one column, one of everything.
    for (n, p, k) in [(1, 1, 1), (2, 1, 1), (3, 0, 1), (7, 2, 3), (9, 1, 0)] {
      let X = Matrix<Double>(rows: n, columns: p) { i, j in Double(i * i + j) }
      let y = Matrix<Double>(rows: n, columns: k) { i, j in Double(i * 3 + j) }
      for solver in [LeastSquares.Solver.automatic, .cholesky, .qr, .svd] {
        for precision in [LeastSquares.Precision.double, .extended] {
          let fit = try LeastSquares(solver: solver, precision: precision, measuresResidual: true).fit(X, y)
          #expect(fit.statistics.count == k && fit.model.weights.shape == Shape(p, k))
          #expect(fit.model.weights.firstNonFinite() == nil)
        }
      }
    }
  }
}
