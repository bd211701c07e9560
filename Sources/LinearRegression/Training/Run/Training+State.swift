internal import LinearAlgebra

extension Training {
  /// What is needed to go on from here with the same bits, in another process or after a crash, on the same data and
  /// kind of processor.
  ///
  /// - Complexity: O(p k); the first time one pass over the data, for their fingerprint.
  public var state: TrainingState {
    TrainingState(
      method: method, data: fingerprint, validation: validationFingerprint, epochsDone: epochs.count,
      rowsDone: rowsDone, generator: generator,
      descent: descent.state, reports: epochs, best: best, epochsWithoutImprovement: epochsWithoutImprovement,
      stopReason: stopReason == .interrupted ? nil : stopReason)
  }

  /// Goes on from a state. The number of epochs may have grown since, where neither a rate nor an average looks ahead
  /// to their end; the run then has the bits of one that was begun with that number.
  ///
  /// - Throws: ``TrainingError/state(_:)`` where it belongs to other settings or other data, or its parts do not fit;
  ///   the run is then as it was.
  public func restore(_ state: TrainingState) throws(TrainingError) {
    let conflicts = method.conflicts(withEarlier: state.method)
    if !conflicts.isEmpty { throw .state(.settings(conflicts)) }
    if state.data != fingerprint || state.validation != validationFingerprint { throw .state(.data) }
    let isWhole =
      state.epochsDone == state.reports.count && state.epochsDone <= method.epochs
      && 0..<X.rowCount ~= state.rowsDone
      && (state.best.map {
        $0.weights.shape == Shape(X.columnCount, y.columnCount) && $0.bias.shape == Shape(1, y.columnCount)
          && $0.weights.firstNonFinite() == nil && $0.bias.firstNonFinite() == nil
      } ?? true)
    guard isWhole, descent.restore(state.descent) else { throw .state(.contents) }
    (generator, epochs, rowsDone) = (state.generator, state.reports, state.rowsDone)
    (best, epochsWithoutImprovement) = (state.best, state.epochsWithoutImprovement)
    stopReason =
      state.stopReason == .epochs && epochs.count < method.epochs ? nil : state.stopReason
    forgetOrder()
  }
}
