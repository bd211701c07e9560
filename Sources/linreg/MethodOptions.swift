public import ArgumentParser
public import LinearRegression

/// How an exact fit is reached.
struct MethodOptions: ParsableArguments {
  @Option(help: "How the fit is solved.")
  var solver = LeastSquares.Solver.automatic

  @Option(help: "How residuals are formed.")
  var precision = LeastSquares.Precision.automatic

  @Option(help: "What becomes of columns that others determine.")
  var redundant = LeastSquares.RedundancyPolicy.drop

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Penalty of ridge regression, in standardised units.", valueName: "lambda"))
  var ridge = 0.0

  func validate() throws {
    if !(ridge >= 0 && ridge.isFinite) {
      throw ValidationError("--ridge is \(ridge); it is a number, 0 or more.")
    }
    if ridge > 0 && (solver != .automatic || precision == .extended || redundant != .drop) {
      throw ValidationError(
        "--ridge has a solver of its own, without --solver, --precision extended and --redundant.")
    }
  }

  func method(intercept: Bool) -> LeastSquares {
    LeastSquares(
      intercept: intercept, solver: solver, precision: precision, redundancy: redundant, ridgePenalty: ridge,
      measuresResidual: true)
  }
}

extension LeastSquares.Solver: ExpressibleByArgument {}
extension LeastSquares.Precision: ExpressibleByArgument {}
extension LeastSquares.RedundancyPolicy: ExpressibleByArgument {}
extension PredictionInterval: ExpressibleByArgument {}
