import BenchmarkSupport
import CBLASCalls
import LinearRegression

/// How often the package's functions call `gemv` and `gemm`, counted on a small problem and one thread.
struct CallTable {
  private var counted = 0
  private var missing = 0

  /// Counts, and prints a row for each function and number of targets.
  init(targets: [Int]) {
    if !blas_calls_are_counted() { return }
    let table = ResultTable(
      "BLAS calls of the package's functions, X 100 × 10, one thread",
      columns: [
        .text("function", width: 28), .number("k", width: 2), .number("Float: gemv", width: 11),
        .number("gemm", width: 4), .number("Double: gemv", width: 12), .number("gemm", width: 4),
      ])
    for targets in targets {
      let size = Size(rows: 100, features: 10, targets: targets)
      let float = counts(Problem<Float>(size)), double = counts(Problem<Double>(size))
      for (float, double) in zip(float, double) {
        table.row([float.function, "\(targets)"] + cells(float, targets) + cells(double, targets))
      }
    }
  }

  /// Whether every function called the routine for its number of targets.
  var holds: Bool { missing == 0 }

  /// One line about the calls.
  var verdict: String {
    if counted == 0 { return "not counted: that takes Linux with glibc" }
    return holds
      ? "each function calls gemv for one target and gemm for more"
      : "MISSING in \(missing) of \(counted) counts: gemv for one target, gemm for more"
  }

  private mutating func cells(_ calls: Calls, _ targets: Int) -> [String] {
    let expected = targets == 1 ? calls.gemv : calls.gemm
    counted += 1
    if expected == 0 { missing += 1 }
    let (gemv, gemm) = ("\(calls.gemv)", "\(calls.gemm)")
    if expected > 0 { return [gemv, gemm] }
    return targets == 1 ? ["NONE", gemm] : [gemv, "NONE"]
  }
}

/// The calls of one function, for either type of elements.
private struct Calls {
  var function: String
  var gemv: Int64
  var gemm: Int64

  init(_ function: String, of body: () -> Void) {
    self.function = function
    let before = blas_calls_of_this_thread()
    Parallelism.$threads.withValue(1) { body() }
    let after = blas_calls_of_this_thread()
    gemv = after.sgemv + after.dgemv - before.sgemv - before.dgemv
    gemm = after.sgemm + after.dgemm - before.sgemm - before.dgemm
  }
}

private func counts<Scalar>(_ problem: Problem<Scalar>) -> [Calls] {
  let (X, y, w, b) = (problem.X, problem.y, problem.w, problem.b)
  let model = LinearModel(weights: Matrix(w), intercepts: b.elements.map { Double($0) })

  /// A run of one step per epoch.
  func train(epochs: Int) -> Calls {
    let method = SGD(
      epochs: epochs, batchSize: X.rowCount, learningRate: 0.01, order: .inOrder, standardize: false,
      measuresDistance: false)
    return Calls("SGD.train, one step") { keep(try! method.train(X, y)) }
  }
  // The difference, because a run looks at its last batch once more at its end.
  var step = train(epochs: 3)
  let without = train(epochs: 2)
  step.gemv -= without.gemv
  step.gemm -= without.gemm

  return [
    Calls("linreg") { keep(linreg(X, w, b)) },
    Calls("gradient(X, targets:, w, b)") { keep(gradient(X, targets: y, w, b)) },
    Calls("linreg, backward, sgd") {
      let w = Parameter(w), b = Parameter(b)
      backward(X, linreg(X, w, b), y, into: w, b)
      sgd([w, b], learningRate: problem.learningRate, batchSize: X.rowCount)
    },
    step,
    Calls("LinearModel.predict") { keep(model.predict(X)) },
  ]
}
