public import LinearAlgebra

/// Minibatch stochastic gradient descent on the squared loss, with a constant learning rate.
///
/// Every step takes a batch B of rows and moves
/// w ← w − η X_Bᵀ(ŷ_B − y_B) / |B| and b ← b − η Σ(ŷ_B − y_B) / |B|, |B| being the number of rows really in the batch.
/// With `standardize: false` these are the steps of a loop written by hand with `linreg`, `backward` and `sgd`, to the bit.
///
/// ```swift
/// let run = try SGD(epochs: 3, batchSize: 10, learningRate: 0.03, seed: 42).train(X, y)
/// run.model.coefficients, run.epochs.last!.loss
/// ```
public struct SGD: Equatable, Sendable, Codable {
  /// Number of times that every row is used.
  public var epochs: Int

  /// Rows per step; the last step of an epoch takes what is left.
  public var batchSize: Int

  /// η. In standardised units a rate below 2 / (largest eigenvalue of XᵀX/n) is stable for large batches, a smaller
  /// one for small batches.
  public var learningRate: Double

  /// The order of the rows in an epoch.
  public var order: RowOrder

  /// Where all randomness comes from: first the initial weights, then the order of each epoch.
  public var seed: UInt64

  /// Whether X and y are standardised inside. The model is in the units of the data in either case.
  public var standardize: Bool

  /// Creates the method.
  /// - Precondition: `epochs` is not negative, `batchSize` and `learningRate` are positive and finite.
  public init(
    epochs: Int = 100, batchSize: Int = 32, learningRate: Double = 0.03, order: RowOrder = .shuffled,
    seed: UInt64 = 0, standardize: Bool = true
  ) {
    self.epochs = epochs
    self.batchSize = batchSize
    self.learningRate = learningRate
    self.order = order
    self.seed = seed
    self.standardize = standardize
    checkSettings()
  }

  /// The settings can be changed and decoded, so that they are checked before each use too.
  private func checkSettings() {
    require(epochs >= 0, "SGD: \(epochs) epochs; the number cannot be negative")
    require(batchSize > 0, "SGD: a batch of \(batchSize) rows; a batch has at least one row")
    require(
      learningRate > 0 && learningRate.isFinite,
      "SGD: a learning rate of \(learningRate); it is a positive number")
  }

  /// Trains a model of k targets at once.
  ///
  /// - Parameters:
  ///   - X: features, n × p, one row per observation.
  ///   - y: targets, n × k.
  ///   - exact: the exact solution, if the reports are to say how far the model is from it.
  ///   - report: called after each epoch.
  /// - Returns: the model and the reports.
  /// - Throws: ``TrainingError``: bad data, or divergence with the last finite model.
  /// - Precondition: the shapes fit.
  /// - Complexity: 4 n p k flops per epoch for the steps and 2 n p k for the loss that is reported; no allocation in a
  ///   step; standardised copies of X and y.
  public func train<Scalar>(
    _ X: Matrix<Scalar>, _ y: Matrix<Scalar>, exact: LinearModel? = nil,
    report: (EpochReport) -> Void = { _ in }
  ) throws(TrainingError) -> TrainingRun {
    require(X.rowCount == y.rowCount, "train: X is \(X.shape) but y is \(y.shape)")
    checkSettings()
    let (p, k) = (X.columnCount, y.columnCount)
    if let exact {
      require(
        exact.weights.shape == Shape(p, k),
        "train: X is \(X.shape) and y is \(y.shape), but the exact weights are \(exact.weights.shape)")
    }
    let problem = try TrainingProblem(X, y, standardize: standardize)
    var generator = SeededGenerator(seed: seed)
    let w = Parameter<Scalar>(normal: p, k, using: &generator)
    let b = Parameter<Scalar>(.zeros(1, k))
    // On the way to the solution the loss falls. A thousandfold of where it started is no detour, and a run that ends at
    // twice its start has led away. (A little above the start is where noise may end it if there is nothing to learn.)
    let initialLoss = problem.meanLoss(w.value, b.value)
    guard initialLoss.isFinite else { throw .data(.overflow(.targets, column: 0)) }
    let distance = exact.map { ExactSolution($0, problem) }
    let epoch = Epoch(problem.X, problem.y, batchSize: batchSize, gathers: order == .shuffled)
    var reports: [EpochReport] = []
    for number in 0..<epochs {
      let lastFinite = (w.value, b.value)
      epoch.run(
        w, b, learningRate: Scalar(learningRate),
        order: order == .shuffled ? generator.permutation(X.rowCount) : nil)
      let loss = problem.meanLoss(w.value, b.value)
      let limit = (number == epochs - 1 ? 2 : 1000) * max(initialLoss, Double(Scalar.leastNormalMagnitude))
      guard loss.isFinite, loss <= limit, w.value.firstNonFinite() == nil, b.value.firstNonFinite() == nil
      else {
        throw .diverged(
          Divergence(
            epoch: number + 1, learningRate: learningRate,
            suggestedLearningRate: problem.stableLearningRate(batchSize: batchSize) / 2,
            lastFinite: problem.units.original(weights: lastFinite.0, bias: lastFinite.1)))
      }
      reports.append(
        EpochReport(
          epoch: number + 1, loss: loss, excessLoss: distance.map { loss - $0.meanLoss },
          gapToExact: distance?.gap(w.value, b.value)))
      report(reports[number])
    }
    let model = problem.units.original(weights: w.value, bias: b.value)
    if let column = problem.units.firstOverflow(model) { throw .data(.overflow(.features, column: column)) }
    return TrainingRun(model: model, epochs: reports)
  }

  /// Trains a model of one target given flat.
  ///
  /// - Throws: ``TrainingError``: bad data, or divergence with the last finite model.
  /// - Precondition: X has as many rows as there are targets.
  public func train<Scalar>(
    _ X: Matrix<Scalar>, _ y: [Scalar], exact: LinearModel? = nil, report: (EpochReport) -> Void = { _ in }
  ) throws(TrainingError) -> TrainingRun {
    try train(X, Matrix(column: y), exact: exact, report: report)
  }
}

/// A trained model and how it came about.
public struct TrainingRun: Equatable, Sendable {
  /// The model, in the units of the data.
  public let model: LinearModel

  /// One report per epoch.
  public let epochs: [EpochReport]
}

/// What is known after an epoch.
public struct EpochReport: Equatable, Sendable, Codable {
  /// Counted from 1.
  public let epoch: Int

  /// Mean of (ŷ − y)²/2 over all rows and targets, in the units of y squared, with the parameters at the epoch's end.
  public let loss: Double

  /// The loss less that of the exact solution. Nil where no exact solution was given.
  public let excessLoss: Double?

  /// The largest difference between a weight or bias and its exact value, both in standardised units (for a weight |Δw| ·
  /// standard deviation of the column / standard deviation of y); in the units of the data where nothing is standardised.
  /// Nil where no exact solution was given.
  public let gapToExact: Double?
}

/// Why a training run ended without a model.
///
/// Write `catch { switch error { case .diverged(let divergence): … } }`: Swift 6.3.1 crashes on
/// `catch TrainingError.diverged(let divergence)` in a function that throws any error.
public enum TrainingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The data cannot be trained on.
  case data(DataError)

  /// The parameters ran away.
  case diverged(Divergence)

  /// One line: what happened, and what to do.
  public var description: String {
    switch self {
    case .data(let error): error.description
    case .diverged(let divergence): divergence.description
    }
  }
}

/// A run whose loss grew to a thousand times its initial value or beyond what can be represented, or
/// ended at more than twice it.
public struct Divergence: Equatable, Sendable, CustomStringConvertible {
  /// The epoch in which it was noticed, from 1.
  public let epoch: Int

  /// The learning rate of the run.
  public let learningRate: Double

  /// Half the largest rate that is stable on average for these data and this batch size, as far as it can be estimated;
  /// 0 or not finite where it cannot.
  public let suggestedLearningRate: Double

  /// The model at the start of that epoch.
  public let lastFinite: LinearModel

  /// One line: what happened, and what to do.
  public var description: String {
    let remedy =
      suggestedLearningRate > 0 && suggestedLearningRate.isFinite
      ? "try \(formatted(suggestedLearningRate, significantDigits: 2)) or less" : "standardise the columns"
    let rate = formatted(learningRate, significantDigits: 6)
    return "diverged in epoch \(epoch): a learning rate of \(rate) is too large for these data; \(remedy)"
  }
}
