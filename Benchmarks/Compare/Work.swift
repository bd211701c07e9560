import BenchmarkSupport
import LinearRegression

/// What is compared: each work is done by the naive loops, by a BLAS routine alone and by the package.
enum Work: CaseIterable {
  /// ŷ = X w + b
  case forward
  /// Xᵀ(ŷ − y) and Σ(ŷ − y) at (w, b), the predictions included.
  case gradient
  /// One epoch of minibatch SGD over the rows in order, as a user writes it.
  case epoch

  /// The answer of the plain loops.
  func naive<Scalar>(_ problem: Problem<Scalar>) -> Answer<Scalar> {
    let (X, y) = (problem.X, problem.y)
    switch self {
    case .forward:
      return Answer(values: Naive.linreg(X, problem.w, problem.b))
    case .gradient:
      let predictions = Naive.linreg(X, problem.w, problem.b)
      let gradient = Naive.gradient(X, predictions: predictions, targets: y)
      return Answer(values: gradient.weights, bias: gradient.bias)
    case .epoch:
      var w = problem.w, b = problem.b
      Naive.sgdEpoch(X, y, &w, &b, learningRate: problem.learningRate, batchSize: problem.batchSize)
      return Answer(values: w, bias: b)
    }
  }

  /// The answer of the package's functions.
  func package<Scalar>(_ problem: Problem<Scalar>) -> Answer<Scalar> {
    let (X, y) = (problem.X, problem.y)
    switch self {
    case .forward:
      return Answer(values: linreg(X, problem.w, problem.b))
    case .gradient:
      let gradient = LinearRegression.gradient(X, targets: y, problem.w, problem.b)
      return Answer(values: gradient.weights, bias: gradient.bias)
    case .epoch:
      let w = Parameter(problem.w), b = Parameter(problem.b)
      var unused = SeededGenerator(seed: 0)
      for batch in Minibatches(X, y, size: problem.batchSize, order: .inOrder, using: &unused) {
        backward(batch.X, linreg(batch.X, w, b), batch.y, into: w, b)
        sgd([w, b], learningRate: problem.learningRate, batchSize: batch.count)
      }
      return Answer(values: w.value, bias: b.value)
    }
  }

  /// The floating-point operations of the products with X: 2 n p k, and as many again for a gradient.
  func flops(_ size: Size) -> Double {
    let product = 2 * Double(size.rows) * Double(size.features) * Double(size.targets)
    return self == .forward ? product : 2 * product
  }

  /// The number of terms that are summed up, step by step, for an element of the answer.
  func terms(_ size: Size) -> Int {
    self == .forward ? size.features + 1 : size.features + 1 + size.rows
  }

  /// What a table of this work is called, and under it what each of its columns ran.
  func title(targets: Int) -> String {
    let product = routineName(targets: targets)
    // The sum of the errors of each target.
    let sum = targets == 1 ? "dot" : "gemv"
    let (formula, naive, calls, package) =
      switch self {
      case .forward: ("Forward pass: ŷ = X w + b", "linreg", product, "linreg")
      case .gradient:
        (
          "Gradient: Xᵀ(ŷ − y), Σ(ŷ − y)", "linreg, gradient", "\(product) twice, axpy, \(sum)", "gradient"
        )
      case .epoch:
        (
          "SGD epoch, rows in order", "sgdEpoch", "\(product) twice, axpy, \(sum) a batch",
          "linreg, backward, sgd"
        )
      }
    return """
      \(formula), \(targets == 1 ? "one target" : "\(targets) targets")
      naive: Naive.\(naive); BLAS: \(calls); package: \(package)
      """
  }
}

/// The BLAS routine that products with X are: a vector for one target, a matrix for more.
func routineName(targets: Int) -> String { targets == 1 ? "gemv" : "gemm" }

/// Predictions, or weights and bias.
struct Answer<Scalar: BLASScalar> {
  var values: Matrix<Scalar>
  var bias: Matrix<Scalar>?

  var matrices: [Matrix<Scalar>] { bias.map { [values, $0] } ?? [values] }
}
