import TabularRegression
import TestSupport
import Testing

@Suite struct FitPlanTests {
  /// Columns of independent random numbers: the first rung answers.
  static func table(rows: Int, features: Int) throws -> Table {
    var generator = SeededGenerator(seed: 5)
    let names = (0..<features).map { "x\($0)" } + ["y"]
    let lines = (0..<rows).map { _ in
      names.map { _ in generator.nextNormal().description }.joined(separator: ",")
    }
    return try Table(
      csvText: ([names.joined(separator: ",")] + lines).joined(separator: "\n"), source: "t.csv")
  }

  /// The rung that is tried first is the one that answers.
  @Test(arguments: [
    (30, 4, LeastSquares(), Certificate.Solver.extended),
    (30, 4, LeastSquares(precision: .double), .cholesky),
    (30, 4, LeastSquares(solver: .cholesky), .cholesky),
    (30, 4, LeastSquares(solver: .refinedCholesky), .refinedCholesky),
    (30, 4, LeastSquares(solver: .qr), .qr),
    (30, 4, LeastSquares(solver: .svd), .svd),
    (30, 4, LeastSquares(solver: .qr, precision: .extended), .extended),
    (30, 4, LeastSquares(redundancy: .minimumNorm), .qr),
    (30, 4, LeastSquares(ridgePenalty: 2), .ridge),
    (6, 4, LeastSquares(precision: .double), .qr),
    (7, 4, LeastSquares(precision: .double), .cholesky),
    (6, 4, LeastSquares(solver: .cholesky), .qr),
    // 62 · (31 + 6) products for each row.
    (1743, 60, LeastSquares(), .extended),
    (1744, 60, LeastSquares(), .cholesky),
  ])
  func isWhatHappens(
    rows: Int, features: Int, method: LeastSquares, solver: Certificate.Solver
  ) throws {
    var plan: FitPlan?
    let model = try FittedModel.perTarget(
      Formula("y ~ ."), Self.table(rows: rows, features: features), method: method, plan: { plan = $0 })[0]
    #expect(plan?.solver == solver)
    #expect(model.certificate?.solver == solver)
    #expect(plan?.rows == rows)
    #expect(plan?.features == features)
    #expect(plan?.isExtended == (solver == .extended))
  }
}
