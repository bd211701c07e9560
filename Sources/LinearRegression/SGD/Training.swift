public import LinearAlgebra

/// A training run that can be watched, stopped, saved and gone on with, epoch by epoch or a few rows at a time.
///
/// ```swift
/// let training = try Training(SGD(), X, y)
/// while let report = try training.next() { print(report.epoch, report.loss, report.gapToExact ?? .nan) }
/// training.model, training.stopReason
/// ```
/// The steps do not depend on how often a run is looked at, stopped and gone on with: the bits are those of a run in one go.
/// X may be any ``RowMajor``, such as a memory-mapped file that is larger than memory: rows are read in the order that ``SGD/order`` says,
/// one batch at a time.
public final class Training<M: RowMajor> {
  /// The settings.
  public let method: SGD

  /// Asks the run to stop before its next step. It can go on afterwards.
  public let stopSignal: StopSignal

  /// One report for each epoch that is finished.
  public internal(set) var epochs: [EpochReport] = []

  /// Why the run has ended; nil while it can go on.
  public internal(set) var stopReason: StopReason?

  /// Rows of the current epoch that were used.
  public internal(set) var rowsDone = 0

  /// Rows of a batch.
  public let batchSize: Int

  let X: M
  let y: Matrix<M.Scalar>

  /// The weights that are learnt with: zeros for rows that are held out.
  package let weights: [M.Scalar]?
  let validation: ValidationRows<M>?

  let pass: FirstPass?

  /// The units that parameters are in.
  let units: ProblemStandardization
  let descent: any Descent<M.Scalar>

  /// At the start of the current epoch, before its order is drawn, and after.
  var generator: SeededGenerator
  private var nextGenerator: SeededGenerator

  /// The order of the current epoch, once it has begun.
  private var order: EpochOrder?

  /// Of the data, as learnt from; formed when it is first asked for.
  lazy var fingerprint = Observations.with(X, y, weights: weights) { DataFingerprint($0) }

  /// Of the rows to validate on, which choose the model that is kept.
  lazy var validationFingerprint = validation.map { rows in
    Observations.with(rows.X, rows.y, weights: rows.weights) { DataFingerprint($0) }
  }

  /// The parameters with the least loss so far, and since when there were none better.
  var best: BestState?
  var epochsWithoutImprovement = 0

  /// Prepares a run: takes the first passes over the data where the settings need them.
  ///
  /// - Parameters:
  ///   - method: the settings.
  ///   - X: features, n × p, one row per observation.
  ///   - y: targets, n × k.
  ///   - weights: n weights, zero or more; nil for 1.
  ///   - validation: rows to validate on; nil for those that the settings hold out.
  ///   - stopSignal: what asks the run to stop.
  /// - Throws: ``TrainingError/data(_:)``: no rows, values that are not finite, a spread beyond Double.
  /// - Precondition: the shapes fit.
  /// - Complexity: none for stored units without distances; else one pass of O(n p) or O(n p²), and two more under
  ///   ``LearningRate/automatic``, or 24 where p is above 2048.
  public init(
    _ method: SGD, _ X: M, _ y: Matrix<M.Scalar>, weights: [M.Scalar]? = nil,
    validation: (X: M, y: Matrix<M.Scalar>)? = nil, stopSignal: StopSignal = StopSignal()
  ) throws(TrainingError) {
    method.checkSettings()
    require(X.rowCount == y.rowCount, "train: X is \(X.shape) but y is \(y.shape)")
    require(
      weights.map { $0.count == X.rowCount } ?? true,
      "train: X is \(X.shape) but there are \(weights?.count ?? 0) weights")
    let (n, p, k) = (X.rowCount, X.columnCount, y.columnCount)
    self.method = method
    self.stopSignal = stopSignal
    self.X = X
    self.y = y
    do throws(DataError) {
      if n == 0 { throw .noRows }
      if let weights { try DataError.check(weights: weights) }
      if let validation {
        require(
          validation.X.columnCount == p && validation.y.shape == Shape(validation.X.rowCount, k),
          "train: X is \(X.shape) and y is \(y.shape), but X for validation is \(validation.X.shape) and y \(validation.y.shape)"
        )
        if validation.X.rowCount == 0 { throw .noRows }
        self.validation = ValidationRows(X: validation.X, y: validation.y, weights: nil)
        self.weights = weights
      } else if method.validationFraction > 0 {
        let (kept, heldOut) = try method.split(weights ?? Array(repeating: 1, count: n))
        self.validation = ValidationRows(X: X, y: y, weights: heldOut)
        self.weights = kept
      } else {
        self.validation = nil
        self.weights = weights
      }
      let learnt = self.weights
      let batchSize = min(n, method.batchSize ?? method.defaultBatchSize(rows: n, features: p))
      self.batchSize = batchSize
      var generator = SeededGenerator(seed: method.seed)
      let needsPass = method.isAutomatic || method.standardize || method.measuresDistance
      let pass =
        needsPass
        ? try checked(X, y, weights: learnt) { () throws(DataError) in
          try Observations.with(X, y, weights: learnt) { (rows) throws(DataError) in
            try FirstPass.of(
              rows, wantsProblem: method.isAutomatic || method.measuresDistance, decay: method.weightDecay,
              decaysStandardized: method.standardize)
          }
        } : nil
      self.pass = pass
      units =
        (method.isAutomatic || method.standardize ? pass?.standardization : nil)
        ?? ProblemStandardization(identity: p, k)
      if let column = (units.features.scales + units.targets.scales).firstIndex(where: { !$0.isFinite }) {
        throw .overflow(column: column, features: p)
      }
      // Losses are told in the units of y squared.
      let scales = (pass?.standardization ?? units).targets.scales
      if let t = scales.firstIndex(where: { !($0 * $0).isFinite }) { throw .overflow(.targets, column: t) }
      let units = units
      descent = Observations.with(X, y, weights: learnt) { rows in
        let meanWeight = learnt == nil ? 1 : (pass?.weightSum ?? rows.totalWeight) / Double(n)
        if let pass, method.isAutomatic {
          return VarianceReducedDescent(
            rows, pass, preconditioner: Preconditioner(rows, pass), batchSize: batchSize,
            tolerance: method.tolerance ?? SGD.automaticTolerance) as any Descent<M.Scalar>
        }
        let shape = BatchShape(rows: batchSize, features: p, targets: k)
        let steps = method.epochs * ((n + batchSize - 1) / batchSize)
        if method.standardize {
          let weights = Parameter<Double>(normal: p, k, using: &generator).value
          let source = StandardizedBatches<M.Scalar>(units.units, meanWeight: meanWeight)
          return MinibatchDescent(
            method, BatchLoader(source, rows, batchSize: batchSize), shape, totalSteps: steps,
            weights: weights)
        }
        let weights = Parameter<M.Scalar>(normal: p, k, using: &generator).value
        let source = StoredBatches(rows, meanWeight: meanWeight)
        return MinibatchDescent(
          method, BatchLoader(source, rows, batchSize: batchSize), shape, totalSteps: steps, weights: weights)
      }
      self.generator = generator
      nextGenerator = generator
      if method.epochs == 0 { stopReason = .epochs }
    } catch {
      throw .data(error)
    }
  }

  /// Prepares a run for one target given flat.
  ///
  /// - Throws: ``TrainingError/data(_:)``.
  /// - Precondition: X has as many rows as there are targets.
  public convenience init(
    _ method: SGD, _ X: M, _ y: [M.Scalar], weights: [M.Scalar]? = nil, stopSignal: StopSignal = StopSignal()
  ) throws(TrainingError) {
    try self.init(method, X, Matrix(column: y), weights: weights, validation: nil, stopSignal: stopSignal)
  }

  private static func order(
    _ method: SGD, _ rows: Observations<M.Scalar>, _ batchSize: Int, _ generator: SeededGenerator
  ) -> (EpochOrder, next: SeededGenerator) {
    var generator = generator
    let rowBytes = rows.featureCount * MemoryLayout<M.Scalar>.stride
    let order = EpochOrder(
      method.order, rowCount: rows.rowCount,
      blockRows: shuffledBlockRows(rowBytes: rowBytes, batchSize: batchSize), using: &generator)
    return (order, generator)
  }

  // MARK: Going on

  /// Goes on to the end of the epoch.
  ///
  /// - Returns: the epoch's report; nil if the run had ended or was asked to stop.
  /// - Throws: ``TrainingError``: a value that is not finite, with its place; divergence. ``model`` is then the last finite one.
  /// - Complexity: 4 n p k flops, three times that under ``LearningRate/automatic``; no allocation in a step.
  @specialized(where M == Matrix<Float>)
  @specialized(where M == Matrix<Double>)
  public func next() throws(TrainingError) -> EpochReport? { try advance(rows: X.rowCount) }

  /// Goes on by so many rows, or to the end of the epoch if that is nearer.
  ///
  /// - Parameter count: rounded up to whole batches.
  /// - Returns: the report of an epoch that is finished now; nil otherwise.
  /// - Throws: ``TrainingError``, as ``next()``.
  @specialized(where M == Matrix<Float>)
  @specialized(where M == Matrix<Double>)
  public func advance(rows count: Int) throws(TrainingError) -> EpochReport? {
    if stopReason == .interrupted && !stopSignal.isRequested { stopReason = nil }
    guard stopReason == nil else { return nil }
    return try Observations.with(X, y, weights: weights) { (rows) throws(TrainingError) -> EpochReport? in
      do throws(StepFailure) {
        return try advance(rows, by: count)
      } catch {
        // Steps of this epoch were taken back.
        rowsDone = 0
        forgetOrder()
        switch error {
        case .data(let error): throw .data(error)
        case .diverged: throw .diverged(divergence(rows))
        }
      }
    }
  }

  @specialized(where M == Matrix<Float>)
  @specialized(where M == Matrix<Double>)
  private func advance(_ rows: Observations<M.Scalar>, by count: Int) throws(StepFailure) -> EpochReport? {
    let order = self.order ?? drawOrder(rows)
    let target = rowsDone + min(max(1, count), rows.rowCount - rowsDone)
    repeat {
      rowsDone = try descent.advance(
        rows, order, from: rowsDone, to: target, epoch: epochs.count, stop: stopSignal)
      // A request to stop may have been taken back meanwhile.
    } while rowsDone < target && !stopSignal.isRequested
    if rowsDone == rows.rowCount { return try endEpoch(rows) }
    if stopSignal.isRequested { stopReason = .interrupted }
    return nil
  }

  /// The order of the current epoch; `generator` stays at the epoch's start until the epoch is over, so that a state can be saved.
  @specialized(where M == Matrix<Float>)
  @specialized(where M == Matrix<Double>)
  private func drawOrder(_ rows: Observations<M.Scalar>) -> EpochOrder {
    let drawn: EpochOrder
    (drawn, nextGenerator) = Self.order(method, rows, batchSize, generator)
    order = drawn
    return drawn
  }

  var rowCount: Int { X.rowCount }

  /// Rows used since the run began, those of earlier epochs included.
  package var rowsUsed: Int { epochs.count * rowCount + rowsDone }

  /// Has the order of the current epoch drawn anew.
  func forgetOrder() { order = nil }

  @specialized(where M == Matrix<Float>)
  @specialized(where M == Matrix<Double>)
  private func endEpoch(_ rows: Observations<M.Scalar>) throws(StepFailure) -> EpochReport {
    let number = epochs.count + 1, isLast = number == method.epochs
    let seen = try descent.endEpoch(rows, epoch: epochs.count, isLast: isLast)
    let report = try report(number, seen)
    let reason = reasonToStop(report, seen.verdict)
    if reason == .noImprovement && seen.hasLedAway {
      descent.rollBack()
      throw .diverged
    }
    epochs.append(report)
    rowsDone = 0
    order = nil
    generator = nextGenerator
    stopReason = reason ?? (isLast ? .epochs : nil)
    return report
  }

  @specialized(where M == Matrix<Float>)
  @specialized(where M == Matrix<Double>)
  private func reasonToStop(_ report: EpochReport, _ verdict: DescentReport.Verdict?) -> StopReason? {
    if method.isAutomatic {
      return switch verdict {
      case .converged: isWithinTolerance(report) ? .converged : .stalled
      case .stalled: .stalled
      case nil: nil
      }
    }
    // Without rows to validate on, a loss that falls by less than the tolerance has stopped falling.
    guard let loss = report.validationLoss ?? (method.tolerance == nil ? nil : report.loss) else {
      return nil
    }
    let improvement = method.tolerance.map { 1 - $0 } ?? 1
    let hasFallen = best.map { loss < $0.loss * improvement } ?? true
    if best.map({ loss < $0.loss }) ?? true {
      let (weights, bias) = descent.parameters
      best = BestState(epoch: report.epoch, loss: loss, weights: weights, bias: bias)
    }
    epochsWithoutImprovement = hasFallen ? 0 : epochsWithoutImprovement + 1
    return epochsWithoutImprovement >= method.patience ? .noImprovement : nil
  }

  /// Whether the promise holds: the gap counts what rounding may hide too.
  private func isWithinTolerance(_ report: EpochReport) -> Bool {
    guard let gap = report.gapToExact, let problem = pass?.problem else { return false }
    let tolerance = method.tolerance ?? SGD.automaticTolerance
    // A target that nothing explains has no coefficient to be relative to: its own deviation is the unit.
    let sizes = (0..<y.columnCount).map { t in problem.solution[column: t].reduce(0) { max($0, abs($1)) } }
    return gap <= tolerance * (sizes.filter { $0 > tolerance }.min() ?? 1)
  }
}
