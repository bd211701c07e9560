import LinearRegression
import TestSupport
import Testing

@Suite struct ReferenceProblemTests {
  static func digits(_ problem: ReferenceProblem, _ method: LeastSquares, low: Bool) throws -> (Double, Double, LeastSquaresFit) {
    let X = problem.features
    let fit = try method.fit(X.high, Matrix(column: problem.y), low: low ? X.low : nil)
    let values = (problem.intercept ? [fit.intercept] : []) + fit.coefficients
    return (
      ReferenceProblem.digits(values, certified: problem.estimates),
      ReferenceProblem.digits(fit.standardErrors.map { $0 ?? .nan }, certified: problem.standardErrors), fit
    )
  }

  @Test func table() throws {
    for problem in ReferenceProblem.nist {
      var line = "\(problem.name) "
      for (name, solver, precision) in [("ext", LeastSquares.Solver.automatic, LeastSquares.Precision.extended), ("auto", .automatic, .double), ("qr", .qr, .double), ("chol", .cholesky, .double), ("ref", .refinedCholesky, .double)] {
        let (c, s, fit) = try Self.digits(problem, LeastSquares(intercept: problem.intercept, solver: solver, precision: precision), low: precision == .extended)
        line += " \(name):\(fit.certificate.solver.rawValue) \((c*10).rounded()/10) se \((s*10).rounded()/10) est \((fit.certificate.estimatedDigits*10).rounded()/10) k \(fit.certificate.conditionNumber) res \(fit.certificate.normalEquationResidual ?? -1)"
      }
      let X = problem.features.high
      let ones = problem.intercept ? Matrix<Double>(rows: X.rowCount, columns: X.columnCount + 1) { i, j in j == 0 ? 1 : X[i, j - 1] } : X
      let g = try gels(ones, Matrix(column: problem.y)).solution.elements
      line += " GELS \(ReferenceProblem.digits(g, certified: problem.estimates))"
      let ceiling = try LeastSquares(intercept: problem.intercept, precision: .extended).fit(X, Matrix(column: problem.y))
      line += " CEIL \(ReferenceProblem.digits((problem.intercept ? [ceiling.intercept] : []) + ceiling.coefficients, certified: problem.estimates))"
      print(line)
    }
  }
}
