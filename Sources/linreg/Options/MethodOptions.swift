public import ArgumentParser
public import LinearRegression
import TabularRegression

/// How an exact fit is reached.
struct MethodOptions: ParsableArguments {
  @Option(help: "How the fit is solved; automatic is the cheapest way that is accurate enough.")
  var solver = LeastSquares.Solver.automatic

  @Option(help: "How residuals are formed; extended is in double-double.")
  var precision = LeastSquares.Precision.automatic

  @Option(
    help:
      "What to do with columns that others determine: leave them out, keep all in the solution of least norm, or stop."
  )
  var redundant = LeastSquares.RedundancyPolicy.drop

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Penalty of ridge regression, on columns divided by their standard deviation, as R's lm.ridge; \"auto\" for the one with the least error in cross-validation, \"auto-1se\" for the largest within one standard error of it.",
      valueName: "lambda"), completion: .list(["auto", "auto-1se"]))
  var ridge = RidgeOption.penalty(0)

  @Option(help: "Parts of the rows in cross-validation, each held out in turn.")
  var folds = 10

  @Option(parsing: .unconditional, help: "Seed of the parts (default: 0).", transform: seedNumber)
  var seed: UInt64 = 0

  func validate() throws {
    if folds < 2 { throw ValidationError("--folds is \(folds); it is 2 or more.") }
    if case .invalid(let text) = ridge {
      throw ValidationError("--ridge is \(text); it is a number, 0 or more, \"auto\" or \"auto-1se\".")
    }
    if precision == .extended && solver != .automatic {
      throw ValidationError("--precision extended has a solver of its own, without --solver.")
    }
    if ridge != .penalty(0) && (solver != .automatic || precision == .extended || redundant != .drop) {
      throw ValidationError(
        "--ridge has a solver of its own, without --solver, --precision extended and --redundant.")
    }
  }

  /// Whether the rows have to be gone through more often than they can be read.
  var needsRowsInMemory: Bool {
    if case .penalty = ridge { return solver != .automatic && solver != .qr }
    return true
  }

  /// The method without cross-validation.
  func plainMethod(intercept: Bool) -> LeastSquares {
    var method = LeastSquares(
      intercept: intercept, solver: solver, precision: precision, redundancy: redundant,
      measuresResidual: true)
    if case .penalty(let penalty) = ridge { method.ridgePenalty = penalty }
    return method
  }

  /// The penalties that cross-validation chooses, one for each target, if that is asked for; they are told to `note`.
  func penalties(
    of targets: [String], note: (String) -> Void, choose: () throws -> [RidgeChoice]
  ) throws -> [Double]? {
    switch ridge {
    case .penalty, .invalid: return nil
    case .leastError, .oneStandardError:
      let choices = try choose()
      for (target, choice) in zip(targets, choices) {
        note("\(choices.count > 1 ? "\(target): " : "")\(choice)")
      }
      return choices.map {
        ridge == .leastError ? $0.validation.best : $0.validation.withinOneStandardError
      }
    }
  }
}

/// A ridge penalty, or how to find one.
enum RidgeOption: Equatable, ExpressibleByArgument {
  case penalty(Double)
  case leastError
  case oneStandardError
  /// Neither a penalty nor one of the words; `validate` says so.
  case invalid(String)

  init?(argument: String) {
    switch argument {
    case "auto": self = .leastError
    case "auto-1se": self = .oneStandardError
    default:
      let penalty = Double(argument) ?? -1
      self = penalty >= 0 && penalty.isFinite ? .penalty(penalty) : .invalid(argument)
    }
  }

  var defaultValueDescription: String { "0" }
}

extension LeastSquares.Solver: ExpressibleByArgument {}
extension LeastSquares.Precision: ExpressibleByArgument {}
extension LeastSquares.RedundancyPolicy: ExpressibleByArgument {}
extension PredictionInterval: ExpressibleByArgument {}
extension UnseenPolicy: ExpressibleByArgument {}
extension UnestimablePolicy: ExpressibleByArgument {}
