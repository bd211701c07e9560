internal import LinearAlgebra

/// A trained model and how it came about.
public struct TrainingRun: Equatable, Sendable, Codable {
  /// The model, in the units of the data: the last one, or the best on validation rows where a run with a rate of your
  /// own had some.
  public let model: LinearModel

  /// One report per epoch.
  public let epochs: [EpochReport]

  /// Why the run ended.
  public let stopReason: StopReason

  /// The epoch whose parameters the model has: the last, or the best on validation rows. 0 before the first.
  public let epoch: Int

  /// The settings.
  public let method: SGD

  /// Rows of a batch, as they were: chosen, where the settings leave that open, and no more than there are.
  public let batchSize: Int

  /// Rows that were held out or came from elsewhere, to validate on; 0 without them.
  public let validationRows: Int

  /// The exact least-squares solution for the same rows, with the decay's penalty if there is one: what distances are
  /// measured to. Nil where they are not measured or p × p is too large.
  public let exact: LinearModel?

  /// The rank of the columns, the intercept's included; nil as ``exact``.
  public let rank: Int?

  /// Features that the ones before them determine; empty where ``exact`` is nil. SGD keeps them: without a decay it
  /// ends in the solution of least norm in standardised units, where an exact fit leaves them out.
  public let redundant: [Redundancy]

  package init(
    model: LinearModel, epochs: [EpochReport], stopReason: StopReason, epoch: Int, method: SGD,
    batchSize: Int,
    validationRows: Int, exact: LinearModel?, rank: Int?, redundant: [Redundancy]
  ) {
    (self.model, self.epochs, self.stopReason, self.epoch) = (model, epochs, stopReason, epoch)
    (self.method, self.batchSize, self.validationRows) = (method, batchSize, validationRows)
    (self.exact, self.rank, self.redundant) = (exact, rank, redundant)
  }
}

extension TrainingRun {
  /// Decodes a run; parts that do not fit each other are an error.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      model: try container.decode(LinearModel.self, forKey: .model),
      epochs: try container.decode([EpochReport].self, forKey: .epochs),
      stopReason: try container.decode(StopReason.self, forKey: .stopReason),
      epoch: try container.decode(Int.self, forKey: .epoch),
      method: try container.decode(SGD.self, forKey: .method),
      batchSize: try container.decode(Int.self, forKey: .batchSize),
      validationRows: try container.decode(Int.self, forKey: .validationRows),
      exact: try container.decodeIfPresent(LinearModel.self, forKey: .exact),
      rank: try container.decodeIfPresent(Int.self, forKey: .rank),
      redundant: try container.decode([Redundancy].self, forKey: .redundant))
    if let fault {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: fault))
    }
  }

  /// What is wrong with a run that was read, in words; nil where its parts fit each other.
  package var fault: String? {
    let p = model.featureCount, mostRows = 1 << 53  // as exact in a Double, and far from where sums overflow
    if !EpochReport.areInOrder(epochs) { return "the reports of the epochs are not in order" }
    if !(0...epochs.count ~= epoch) {
      return "the model is of epoch \(epoch), and the epochs are \(epochs.count)"
    }
    if !(1...mostRows ~= batchSize) { return "the batches have \(batchSize) rows" }
    if !(0...mostRows ~= validationRows) { return "the validation rows are \(validationRows)" }
    if let exact, exact.weights.shape != model.weights.shape { return "the exact solution has another shape" }
    if let rank, !(1...p + 1 ~= rank) { return "the rank is \(rank) of \(p + 1)" }
    return redundant.allSatisfy { $0.isAmong(p) } ? nil : "a redundant column is not among the features"
  }
}

/// Why a training run ended.
public enum StopReason: String, Equatable, Sendable, Codable {
  /// Every epoch was used.
  case epochs

  /// The model is at the exact solution, to the tolerance. Under ``LearningRate/automatic`` only.
  case converged

  /// Rounding, or data that steps of this kind cannot follow, kept the model from the tolerance: the last report tells
  /// how far it is.
  case stalled

  /// The loss no longer fell.
  case noImprovement

  /// Somebody asked to stop.
  case interrupted
}

/// What is known after an epoch.
public struct EpochReport: Equatable, Sendable, Codable {
  /// Counted from 1.
  public let epoch: Int

  /// Mean of (ŷ − y)²/2 over the rows that are learnt from and all targets, in the units of y squared. With the
  /// parameters at the epoch's end where the distance to the exact solution is known or the rate is automatic;
  /// otherwise as the epoch went along, each batch before its step.
  public let loss: Double

  /// How far the loss (with the decay's share) is above that of the exact solution. Nil where distances are not
  /// measured, p × p is too large or a decay is above 10²⁰⁰ in standardised units.
  public let excessLoss: Double?

  /// The largest difference between a weight or bias and its exact value, in standardised units: for a weight
  /// |Δw| · standard deviation of the column / standard deviation of y. What rounding may hide is added. Nil where
  /// ``excessLoss`` is.
  public let gapToExact: Double?

  /// Norm of the gradient of the mean loss in standardised units, the largest of all targets; 0 at the exact solution.
  /// Nil where it was not formed.
  public let gradientNorm: Double?

  /// The rate of the epoch's last step; nil under ``LearningRate/automatic``.
  public let learningRate: Double?

  /// Mean of (ŷ − y)²/2 over the validation rows; nil without them.
  public let validationLoss: Double?

  package init(
    epoch: Int, loss: Double, excessLoss: Double? = nil, gapToExact: Double? = nil,
    gradientNorm: Double? = nil,
    learningRate: Double? = nil, validationLoss: Double? = nil
  ) {
    self.epoch = epoch
    self.loss = loss
    self.excessLoss = excessLoss
    self.gapToExact = gapToExact
    self.gradientNorm = gradientNorm
    self.learningRate = learningRate
    self.validationLoss = validationLoss
  }
}

extension EpochReport {
  private enum Key: String, CodingKey {
    case epoch, loss, excessLoss, gapToExact, gradientNorm, learningRate, validationLoss
  }

  /// Decodes a report; a loss that is null is beyond Double.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    func number(_ key: Key) throws -> Double? {
      try container.decodeIfPresent(Double.self, forKey: key)
    }
    self.init(
      epoch: try container.decode(Int.self, forKey: .epoch), loss: try number(.loss) ?? .infinity,
      excessLoss: try number(.excessLoss), gapToExact: try number(.gapToExact),
      gradientNorm: try number(.gradientNorm), learningRate: try number(.learningRate),
      validationLoss: try number(.validationLoss))
  }

  /// Encodes the report without what is not known or not finite; a loss that is not finite is null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(epoch, forKey: .epoch)
    try container.encode(finite: loss, forKey: .loss)
    for (key, value) in [
      (Key.excessLoss, excessLoss), (.gapToExact, gapToExact), (.gradientNorm, gradientNorm),
      (.learningRate, learningRate), (.validationLoss, validationLoss),
    ] {
      if let value, value.isFinite { try container.encode(value, forKey: key) }
    }
  }

  /// Whether reports are those of a run's epochs, from 1.
  static func areInOrder(_ reports: [EpochReport]) -> Bool {
    reports.indices.allSatisfy { reports[$0].epoch == $0 + 1 }
  }
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

  /// A state to go on from belongs to something else.
  case state(StateMismatch)

  /// One line: what happened, and what to do.
  public var description: String {
    switch self {
    case .data(let error): error.description
    case .diverged(let divergence): divergence.description
    case .state(let mismatch): mismatch.description
    }
  }
}

/// What a training state does not fit.
public enum StateMismatch: Equatable, Sendable, CustomStringConvertible {
  /// Other settings: these.
  case settings([SGD.Setting])
  /// Other numbers, or other columns.
  case data
  /// Its parts do not fit each other.
  case contents

  /// One line: what does not fit, and what to do.
  public var description: String {
    switch self {
    case .settings(let settings):
      "the state belongs to a run with other settings: \(settings.map(\.name).joined(separator: ", ")); go on with the same"
    case .data: "the state belongs to a run on other data; go on with the same"
    case .contents: "the state's contents do not fit together; begin anew"
    }
  }
}

/// A run whose loss grew to a thousand times its initial value or beyond what can be represented, or
/// ended at more than twice it.
public struct Divergence: Equatable, Sendable, Codable, CustomStringConvertible {
  /// The epoch in which it was noticed, from 1.
  public let epoch: Int

  /// The learning rate of the run's first step.
  public let learningRate: Double

  /// The largest rate that is stable on average for these data, this batch size and momentum, as far as it can be
  /// estimated; 0 or not finite where it cannot.
  public let largestLearningRate: Double

  /// Half of that, which is on the safe side.
  public var suggestedLearningRate: Double { largestLearningRate / 2 }

  /// The model at the start of that epoch.
  public let lastFinite: LinearModel

  /// One line: what happened, and what to do.
  public var description: String {
    let largest = formatted(largestLearningRate, significantDigits: 2)
    let remedy =
      largestLearningRate > 0 && largestLearningRate.isFinite
      ? "the largest they allow is about \(largest); try \(formatted(suggestedLearningRate, significantDigits: 2))"
      : "standardise the columns"
    let rate = formatted(learningRate, significantDigits: 6)
    return "diverged in epoch \(epoch): a learning rate of \(rate) is too large for these data; \(remedy)"
  }
}
