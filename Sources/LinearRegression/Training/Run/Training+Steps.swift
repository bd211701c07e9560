internal import LinearAlgebra

extension Training {
  /// Goes on to the end of the epoch.
  ///
  /// - Returns: the epoch's report; nil if the run had ended, was asked to stop, or the task that calls was cancelled.
  /// - Throws: ``TrainingError``: a value that is not finite, with its place; divergence. ``model`` is then the last
  ///   finite one.
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
    try StopRequest.with(stopSignal) { (stop) throws(TrainingError) in
      if stopReason == .interrupted && !stop.isMade { stopReason = nil }
      guard stopReason == nil else { return nil }
      return try advance(rows: count, stop)
    }
  }

  private func advance(rows count: Int, _ stop: StopRequest) throws(TrainingError) -> EpochReport? {
    try Rows.with(X, y, weights: weights) { (rows) throws(TrainingError) -> EpochReport? in
      do throws(StepFailure) {
        return try advance(rows, by: count, stop)
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

  private func advance(
    _ rows: Rows<M.Scalar>, by count: Int, _ stop: StopRequest
  ) throws(StepFailure) -> EpochReport? {
    let order = self.order ?? drawOrder(rows)
    let target = rowsDone + min(max(1, count), rows.rowCount - rowsDone)
    repeat {
      rowsDone = try descent.advance(
        rows, order, from: rowsDone, to: target, epoch: epochs.count, stop: stop)
      // A request to stop may have been taken back meanwhile.
    } while rowsDone < target && !stop.isMade
    if rowsDone == rows.rowCount { return try endEpoch(rows) }
    if stop.isMade { stopReason = .interrupted }
    return nil
  }

  /// The order of the current epoch; `generator` stays at the epoch's start until the epoch is over, so that a state
  /// can be saved.
  private func drawOrder(_ rows: Rows<M.Scalar>) -> EpochOrder {
    var generator = generator
    let rowBytes = rows.featureCount * MemoryLayout<M.Scalar>.stride
    let drawn = EpochOrder(
      method.order, rowCount: rows.rowCount,
      blockRows: shuffledBlockRows(rowBytes: rowBytes, batchSize: batchSize), using: &generator)
    (order, nextGenerator) = (drawn, generator)
    return drawn
  }

  /// Has the order of the current epoch drawn anew.
  func forgetOrder() { order = nil }

  private func endEpoch(_ rows: Rows<M.Scalar>) throws(StepFailure) -> EpochReport {
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
