public import LinearAlgebra

/// Minibatch stochastic gradient descent on the squared loss: settings, a value.
/// `train(X, y)` runs them.
///
/// With a rate of your own, every step takes a batch B of rows and moves
/// w ← w − η X_Bᵀ(ŷ_B − y_B) / |B| and b ← b − η Σ(ŷ_B − y_B) / |B|, |B| being the number of rows really in the batch.
/// With `standardize: false` these are the steps of a loop written by hand with `linreg`, `backward` and `sgd`, to the
/// bit.
///
/// With ``LearningRate/automatic``, the default, nothing needs tuning: a first pass finds the units and the curvature
/// of the data, steps are preconditioned by them and their noise vanishes at the solution, so that the run converges to
/// the least-squares answer, stops there and says how far it is. Parameters move by minibatch steps only.
///
/// ```swift
/// let trained = try SGD().train(X, y)
/// trained.model.coefficients, trained.stopReason, trained.epochs.last!.gapToExact
/// ```
public struct SGD: Equatable, Sendable {
  /// Number of times that every row is used, at most.
  public var epochs: Int

  /// Rows per step; where they do not divide n one step of an epoch takes fewer. Nil for 32, and under
  /// ``LearningRate/automatic`` for a size that suits the shape.
  public var batchSize: Int?

  /// η, and how it changes. In standardised units a rate below 2 / (largest eigenvalue of XᵀX/n) is stable for large
  /// batches, a smaller one for small batches.
  public var learningRate: LearningRate

  /// μ: the share of the last step that the next one repeats. 0 for none; not with ``LearningRate/automatic``.
  public var momentum: Double

  /// Whether momentum looks ahead, as Nesterov's does.
  public var nesterov: Bool

  /// λ: λ ‖w‖² / 2 is added to the mean loss of a batch, in the units of training. The bias is spared. 0 for none; not
  /// with ``LearningRate/automatic``, where ``LeastSquares/ridgePenalty`` does it exactly.
  public var weightDecay: Double

  /// Which steps the result is the mean of.
  public var averaging: Averaging

  /// The order of the rows in an epoch.
  public var order: RowOrder

  /// Where all randomness comes from: which rows are held out, the initial weights (none under
  /// ``LearningRate/automatic``), the order of each epoch.
  public var seed: UInt64

  /// When to stop by itself. Under ``LearningRate/automatic``: once every coefficient of a target is within this share
  /// of the largest one's size from the exact solution, in standardised units; nil for 10⁻¹⁰. With a rate of your own:
  /// once the loss has not fallen by this share for ``patience`` epochs; nil to use all epochs.
  public var tolerance: Double?

  /// Whether X and y are standardised inside, batch by batch. The model is in the units of the data in either case.
  /// Always so under ``LearningRate/automatic``.
  public var standardize: Bool

  /// Whether reports tell the distance to the exact solution. With a rate of your own it costs the first pass n p²
  /// flops, and nothing after; where p is above 2048, one pass per epoch for the norm of the gradient.
  public var measuresDistance: Bool

  /// The share of the rows that is held out, by the seed, to validate on. 0 for none.
  public var validationFraction: Double

  /// Epochs without a better loss, on validation rows if there are any, before a run with a rate of your own stops.
  public var patience: Int

  /// Which steps the result is the mean of (Polyak and Juditsky 1992, doi:10.1137/0330046).
  public enum Averaging: Equatable, Sendable {
    /// The last step's parameters.
    case none
    /// All steps.
    case all
    /// The last share of the planned steps, such as the last half (Jain, Kakade, Kidambi, Netrapalli and Sidford 2018,
    /// JMLR 18).
    case tail(Double)

    /// Number of steps before the average begins; `Int.max` without one.
    func firstStep(of steps: Int) -> Int {
      switch self {
      case .none: .max
      case .all: 0
      case .tail(let share): steps - Int((share * Double(steps)).rounded())
      }
    }
  }

  /// Creates the method.
  ///
  /// `epochs` is neither negative nor above 2³¹ − 1; `batchSize` and a rate are positive and finite; `momentum`, the
  /// tail and `validationFraction` are below 1; with an automatic rate there are no momentum, decay and averages.
  /// Training under other settings throws.
  public init(
    epochs: Int = 100, batchSize: Int? = nil, learningRate: LearningRate = .automatic, momentum: Double = 0,
    nesterov: Bool = false, weightDecay: Double = 0, averaging: Averaging = .none,
    order: RowOrder = .shuffled,
    seed: UInt64 = 0, tolerance: Double? = nil, standardize: Bool = true, measuresDistance: Bool = true,
    validationFraction: Double = 0, patience: Int = 5
  ) {
    self.epochs = epochs
    self.batchSize = batchSize
    self.learningRate = learningRate
    self.momentum = momentum
    self.nesterov = nesterov
    self.weightDecay = weightDecay
    self.averaging = averaging
    self.order = order
    self.seed = seed
    self.tolerance = tolerance
    self.standardize = standardize
    self.measuresDistance = measuresDistance
    self.validationFraction = validationFraction
    self.patience = patience
  }

  /// Whether steps are preconditioned and end in the exact solution.
  public var isAutomatic: Bool { learningRate == .automatic }

  /// Trains a model of k targets at once.
  ///
  /// - Parameters:
  ///   - X: features, n × p, one row per observation.
  ///   - y: targets, n × k.
  ///   - weights: n weights, zero or more: Σ w (ŷ − y)² is minimised. A row of weight 0 is absent. Nil for 1.
  ///   - validation: rows to validate on; nil for those that ``validationFraction`` holds out.
  ///   - report: called after each epoch.
  /// - Returns: the model and how it came about. Where the task that calls is cancelled, the model so far, with
  ///   ``StopReason/interrupted``.
  /// - Throws: ``TrainingError``: bad data, shapes that do not fit, a setting that is not allowed, divergence with the last
  ///   finite model, or ``DataError/cancelled`` before the first step.
  /// - Complexity: 4 n p k flops per epoch, three times that under ``LearningRate/automatic``, and n p² for the first
  ///   pass where it is needed; no allocation in a step; memory O(p k) beside the data, two chunks of rows (4 MB each,
  ///   or a batch where that is more), four bytes for each row of a full shuffle, and O(p²) for the first pass.
  @specialized(where M == Matrix<Float>)
  @specialized(where M == Matrix<Double>)
  public func train<M: RowMajor>(
    _ X: M, _ y: Matrix<M.Scalar>, weights: [M.Scalar]? = nil, validation: (X: M, y: Matrix<M.Scalar>)? = nil,
    report: (EpochReport) -> Void = { _ in }
  ) throws(TrainingError) -> TrainingRun {
    try Training(self, X, y, weights: weights, validation: validation).run(report)
  }

  /// Trains a model of one target given flat.
  ///
  /// - Throws: ``TrainingError``: bad data, shapes that do not fit, a setting that is not allowed, or divergence with the
  ///   last finite model.
  public func train<M: RowMajor>(
    _ X: M, _ y: [M.Scalar], weights: [M.Scalar]? = nil, report: (EpochReport) -> Void = { _ in }
  ) throws(TrainingError) -> TrainingRun {
    try train(X, Matrix(column: y), weights: weights, report: report)
  }
}
