import LinearRegression
import TestSupport
import Testing

@Suite struct LadderTests {
  /// Rows enough that residuals are not formed in double-double by themselves.
  private func problem(
    _ condition: Double, noise: Double = 1, rows: Int = 20_000
  ) -> (X: Matrix<Double>, y: Matrix<Double>) {
    var generator = SeededGenerator(seed: 60)
    let X: Matrix<Double> = generator.matrix(rows, 9, spectrum: geometricSpectrum(9, condition: condition))
    let clean = gemm(X, generator.normalMatrix(9, 1, of: Double.self))
    return (X, Matrix(rows: rows, columns: 1) { i, _ in clean[i, 0] + noise * generator.nextNormal() / 100 })
  }

  private func solver(_ condition: Double, noise: Double = 1, measures: Bool = false) throws -> Certificate {
    let (X, y) = problem(condition, noise: noise)
    return try LeastSquares(precision: .double, measuresResidual: measures).fit(X, y).certificate
  }

  @Test func theFirstRungThatIsGoodEnoughAnswers() throws {
    let easy = try solver(3)
    #expect(easy.solver == .cholesky && easy.passes == 1 && easy.normalEquationResidual == nil)
    let checked = try solver(3, measures: true)
    #expect(checked.solver == .refinedCholesky && checked.passes == 2)
    #expect(try #require(checked.normalEquationResidual) < 1e-12)
    let moderate = try solver(500)
    #expect(moderate.solver == .refinedCholesky && moderate.passes == 2)
    let hard = try solver(1e6)
    #expect(hard.solver == .qr && hard.passes == 2)
    // R² so near 1 that the residual sum of squares drowns in the cross-products.
    #expect(try solver(3, noise: 1e-6).solver == .refinedCholesky)
    let small = problem(3, rows: 100)
    #expect(try LeastSquares().fit(small.X, small.y).certificate.solver == .extended)
  }

  @Test func everyRungByName() throws {
    let (X, y) = problem(30)
    let exact = try LeastSquares(precision: .extended).fit(X, y)
    #expect(exact.certificate.solver == .extended)
    let expected: [(LeastSquares.Solver, Certificate.Solver, Double)] = [
      (.cholesky, .cholesky, 1e4), (.refinedCholesky, .refinedCholesky, 200), (.qr, .qr, 400),
      (.svd, .svd, 400),
    ]
    for (asked, solver, factor) in expected {
      let fit = try LeastSquares(solver: asked, precision: .double).fit(X, y)
      #expect(fit.certificate.solver == solver)
      #expect(difference(fit.coefficients, exact.coefficients, factor: factor) == nil, "\(asked)")
      #expect(difference([fit.intercept], [exact.intercept], factor: factor) == nil)
      let errors = fit.standardErrors.compactMap { $0 }, exactErrors = exact.standardErrors.compactMap { $0 }
      #expect(difference(errors, exactErrors, factor: factor) == nil, "\(asked)")
    }
  }

  /// The factor that grows by preconditioned blocks is as good as one that LAPACK makes of all rows at once.
  @Test func theFactorKeepsItsDigitsOverManyBlocks() throws {
    for condition in [1e3, 1e8, 1e11] {
      let (X, y) = problem(condition)
      let exact = try LeastSquares(precision: .extended).fit(X, y)
      let fit = try LeastSquares(solver: .qr, precision: .double).fit(X, y)
      let ones = Matrix<Double>(rows: X.rowCount, columns: 10) { i, j in j == 0 ? 1 : X[i, j - 1] }
      let reference = Array(try gels(ones, y).solution.elements.dropFirst())
      func error(_ w: [Double]) -> Double {
        norm(zip(w, exact.coefficients).map { $0 - $1 }) / norm(exact.coefficients)
      }
      #expect(error(fit.coefficients) < 10 * error(reference) + 1e-15, "condition \(condition)")
    }
  }

  /// Rows of a new kind, which the factor of those before them says nothing about.
  @Test func dataThatChangeTheirKindOnTheWay() throws {
    var generator = SeededGenerator(seed: 61)
    let n = 30_000, p = 12
    let X = Matrix<Double>(rows: n, columns: p) { i, j in
      // Column 3 is zero until late, column 4 grows a million times larger, column 5 is a copy of column 6 but for the
      // end.
      let value = generator.nextNormal()
      switch j {
      case 3: return i < 28_000 ? 0 : value
      case 4: return i < 20_000 ? value : 1e6 * value
      default: return value
      }
    }
    let changed = Matrix<Double>(rows: n, columns: p) { i, j in j == 5 && i < 25_000 ? X[i, 6] : X[i, j] }
    let y: Matrix<Double> = generator.normalMatrix(n, 1)
    let exact = try LeastSquares(precision: .extended).fit(changed, y)
    for solver in [LeastSquares.Solver.automatic, .qr] {
      let fit = try LeastSquares(solver: solver, precision: .double).fit(changed, y)
      #expect(fit.rank == p + 1)
      let units = (0..<p).map { norm(changed[column: $0]) / norm(y.elements) }
      let scaled = zip(fit.coefficients, units).map(*), expected = zip(exact.coefficients, units).map(*)
      #expect(difference(scaled, expected, factor: 1e4, scale: 1) == nil)
    }
  }

  @Test func floatDataAreFittedInDouble() throws {
    var generator = SeededGenerator(seed: 62)
    let X: Matrix<Float> = generator.normalMatrix(50_000, 5),
      y: Matrix<Float> = generator.normalMatrix(50_000, 2)
    let fit = try LeastSquares(precision: .double).fit(X, y)
    let wide = try LeastSquares(precision: .extended).fit(Matrix<Double>(X), Matrix<Double>(y))
    #expect(fit.certificate.solver == .cholesky)
    #expect(difference(fit.model.weights, wide.model.weights, factor: 100, scale: 0.01) == nil)
    #expect(difference(fit.model.intercepts, wide.model.intercepts, factor: 100, scale: 0.01) == nil)
  }

  @Test func theNumberOfThreadsDoesNotChangeABit() throws {
    let (X, y) = problem(30, rows: 30_000)
    for solver in [LeastSquares.Solver.cholesky, .refinedCholesky, .qr] {
      let method = LeastSquares(solver: solver, precision: .double, measuresResidual: true)
      let fits = try [1, 2, 3, 4, 8].map { threads in
        try Parallelism.$threads.withValue(threads) { try method.fit(X, y) }
      }
      #expect(fits.allSatisfy { $0 == fits[0] })
    }
    let extended = try [1, 3].map { threads in
      try Parallelism.$threads.withValue(threads) { try LeastSquares(precision: .extended).fit(X, y) }
    }
    #expect(extended[0] == extended[1])
  }

  @Test func manyTasksAtOnce() async throws {
    let (X, y) = problem(30)
    let expected = try LeastSquares().fit(X, y)
    let fits = try await withThrowingTaskGroup(of: LeastSquaresFit.self) { group in
      for _ in 0..<8 { group.addTask { try LeastSquares().fit(X, y) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(fits.count == 8 && fits.allSatisfy { $0 == expected })
  }
}
