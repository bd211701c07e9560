internal import LinearAlgebra

/// The data of a training run in the units that it is trained in.
struct TrainingProblem<Scalar: BLASScalar> {
  let X: Matrix<Scalar>
  let y: Matrix<Scalar>
  let units: ProblemStandardization

  init(_ X: Matrix<Scalar>, _ y: Matrix<Scalar>, standardize: Bool) throws(TrainingError) {
    do throws(DataError) {
      try DataError.check(X, y)
      if standardize {
        units = try ProblemStandardization(X, y, centered: true)
        self.X = units.features.applied(to: X)
        self.y = units.targets.applied(to: y)
      } else {
        units = ProblemStandardization(identity: X.columnCount, y.columnCount)
        self.X = X
        self.y = y
      }
    } catch {
      throw .data(error)
    }
  }

  /// Mean of (ŷ − y)²/2 over rows and targets, in the units of the data, added up in Double.
  func meanLoss(_ w: Matrix<Scalar>, _ b: Matrix<Scalar>) -> Double {
    let k = y.columnCount
    if k == 0 { return 0 }
    let losses = LossPass.with(X, y, w, b) { $0.losses() }
    let sum = (0..<k).reduce(0) { $0 + losses[$1] * units.targetScale($1) * units.targetScale($1) }
    return sum / Double(X.rowCount * k)
  }

  /// The largest learning rate at which steps of this batch size shrink the error on average: 2 / (λ + t / batch), λ
  /// being the largest eigenvalue and t the trace of [X 1]ᵀ[X 1] / n. An estimate: t is the mean squared norm of a row, where
  /// a bound would take the largest (Ma, Bassily and Belkin 2018, arXiv:1712.06559).
  func stableLearningRate(batchSize: Int) -> Double {
    let n = Double(X.rowCount), p = X.columnCount
    var generator = SeededGenerator(seed: 0)  // a fixed start could be orthogonal to what is looked for
    var w = Matrix<Scalar>(rows: p, columns: 1) { _, _ in Scalar(generator.nextNormal()) }
    var b = Matrix<Scalar>(row: [Scalar(generator.nextNormal())])
    let zeros = Matrix<Scalar>.zeros(X.rowCount, 1)
    var eigenvalue = 1.0
    // Power iteration; the gradient towards zero targets is [X 1]ᵀ[X 1] v. An estimate to a few percent is enough.
    for _ in 0..<30 {
      let norm = nrm2(w.elements + b.elements)
      guard norm > 0, norm.isFinite else { break }
      w = (1 / norm) * w
      b = (1 / norm) * b
      let next = gradient(X, targets: zeros, w, b)
      w = Scalar(1 / n) * next.weights
      b = Scalar(1 / n) * next.bias
      eigenvalue = Double(nrm2(w.elements + b.elements))
    }
    let norm = X.withUnsafeElements { $0.isEmpty ? 0 : Double(Scalar._nrm2($0.count, $0.baseAddress!)) }
    return 2 / (eigenvalue + (1 + norm * norm / n) / Double(min(batchSize, X.rowCount)))
  }
}

/// The exact solution in the units of training, to measure distances from.
struct ExactSolution {
  let weights: Matrix<Double>
  let bias: Matrix<Double>
  let meanLoss: Double

  init<Scalar>(_ model: LinearModel, _ problem: TrainingProblem<Scalar>) {
    let (weights, bias) = problem.units.standardized(model)
    self.weights = weights
    self.bias = bias
    meanLoss = problem.meanLoss(Matrix<Scalar>(weights), Matrix<Scalar>(bias))
  }

  /// The largest difference between a weight or bias and its exact value.
  func gap<Scalar>(_ w: Matrix<Scalar>, _ b: Matrix<Scalar>) -> Double {
    zip(w.elements + b.elements, weights.elements + bias.elements).reduce(0) {
      max($0, abs(Double($1.0) - $1.1))
    }
  }
}
