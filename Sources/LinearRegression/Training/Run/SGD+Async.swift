public import LinearAlgebra

extension SGD {
  /// Trains a model asynchronously, on threads beside Swift's cooperative pool: other tasks go on meanwhile.
  ///
  /// - Parameters:
  ///   - X: features, n × p.
  ///   - y: targets, n × k.
  ///   - weights: n weights, zero or more; nil for 1.
  ///   - validation: rows to validate on; nil for those that ``validationFraction`` holds out.
  ///   - report: called after each epoch; the run goes on when it returns.
  /// - Returns: what `train` returns, to the bit. When the task is cancelled, which is noticed before the next step, the
  ///   model so far, with ``StopReason/interrupted``.
  /// - Throws: ``TrainingError``, as `train`; ``DataError/cancelled`` when the task is cancelled before the first step.
  public func trainInBackground<M: RowMajor & Sendable>(
    _ X: M, _ y: Matrix<M.Scalar>, weights: [M.Scalar]? = nil, validation: (X: M, y: Matrix<M.Scalar>)? = nil,
    report: @escaping @Sendable (EpochReport) -> Void = { _ in }
  ) async throws(TrainingError) -> TrainingRun {
    let signal = StopSignal(), method = self
    return try await inBackground {
      signal.request()
    } _: { () throws(TrainingError) in
      let training = try Training(
        method, X, y, weights: weights, validation: validation, stopSignal: signal)
      return try training.run(report)
    }
  }

  /// Trains a model of one target given flat asynchronously.
  ///
  /// - Throws: ``TrainingError``, as for several targets.
  public func trainInBackground<M: RowMajor & Sendable>(
    _ X: M, _ y: [M.Scalar], weights: [M.Scalar]? = nil,
    report: @escaping @Sendable (EpochReport) -> Void = { _ in }
  ) async throws(TrainingError) -> TrainingRun {
    try await trainInBackground(X, Matrix(column: y), weights: weights, report: report)
  }
}
