import LinearRegression
import TestSupport
import Testing

/// NIST's certified problems.
@Suite struct ReferenceProblemTests {
  /// Digits right of coefficients and standard errors.
  private func digits(
    _ problem: ReferenceProblem, _ method: LeastSquares, low: Bool
  ) throws -> (coefficients: Double, standardErrors: Double, fit: LeastSquaresFit) {
    let X = problem.features
    let fit = try method.fit(X.high, Matrix(column: problem.y), low: low ? X.low : nil)
    let values = (problem.intercept ? [fit.intercept] : []) + fit.coefficients
    return (
      ReferenceProblem.digits(values, certified: problem.estimates),
      ReferenceProblem.digits(fit.standardErrors.map { $0 ?? .nan }, certified: problem.standardErrors), fit
    )
  }

  @Test(arguments: ReferenceProblem.nist)
  func thirteenDigitsInExtendedPrecision(problem: ReferenceProblem) throws {
    for precision in [LeastSquares.Precision.extended, .automatic] {
      let method = LeastSquares(intercept: problem.intercept, precision: precision)
      let (coefficients, standardErrors, fit) = try digits(problem, method, low: true)
      #expect(coefficients >= 13 && standardErrors >= 13, "\(coefficients), \(standardErrors)")
      #expect(fit.certificate.solver == .extended)
      // Values are certified to 15 digits only.
      #expect(fit.certificate.estimatedDigits <= coefficients + 2.5)
    }
  }

  @Test(arguments: ReferenceProblem.nist)
  func inDoubleAtMostHalfADigitBehindGels(problem: ReferenceProblem) throws {
    let X = problem.features.high, first = problem.intercept ? 1 : 0
    let design = Matrix<Double>(rows: X.rowCount, columns: X.columnCount + first) { i, j in
      j < first ? 1 : X[i, j - first]
    }
    let reference = try gels(design, Matrix(column: problem.y)).solution.elements
    let floor = ReferenceProblem.digits(reference, certified: problem.estimates) - 0.5
    for solver in [LeastSquares.Solver.automatic, .qr] {
      let method = LeastSquares(intercept: problem.intercept, solver: solver, precision: .double)
      let (coefficients, _, fit) = try digits(problem, method, low: false)
      #expect(coefficients >= floor, "\(solver): \(coefficients) digits, gels has \(floor + 0.5)")
      #expect(fit.rank == problem.estimates.count)
    }
  }

  @Test func digitsOfAnAnswer() {
    #expect(ReferenceProblem.digits([1.001], certified: [1]) < 3.01)
    #expect(ReferenceProblem.digits([1, 2], certified: [1, 2]) == 15)
    #expect(ReferenceProblem.digits([1e-4, 1], certified: [0, 1]) == 4)
    #expect(ReferenceProblem.digits([.nan], certified: [1]) == 0)
  }
}
