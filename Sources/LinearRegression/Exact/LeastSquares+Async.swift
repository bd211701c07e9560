public import LinearAlgebra

extension LeastSquares {
  /// Fits a model asynchronously, on threads beside Swift's cooperative pool: other tasks go on meanwhile.
  ///
  /// - Parameters:
  ///   - X: design matrix without a column of ones, n × p.
  ///   - y: targets, n × k.
  ///   - weights: n weights, zero or more; nil for 1.
  ///   - progress: called after each block of rows, on one thread at a time; the fit goes on when it returns.
  /// - Returns: what `fit` returns, to the bit.
  /// - Throws: ``DataError``, as `fit`; ``DataError/cancelled`` when the task is cancelled, which is noticed before the
  ///   next block of rows: a megabyte, or 64 rows for each column where that is more. The work on p × p numbers between
  ///   two passes is not cut short.
  public func fitInBackground<M: RowMajor & Sendable>(
    _ X: M, _ y: Matrix<M.Scalar>, weights: [M.Scalar]? = nil,
    progress: @escaping @Sendable (FitProgress) -> Void = { _ in }
  ) async throws(DataError) -> LeastSquaresFit {
    let signal = StopSignal(), method = self
    return try await inBackground {
      signal.request()
    } _: { () throws(DataError) in
      try monitored(signal, report: progress) { () throws(DataError) in
        try method.fit(X, y, weights: weights)
      }
    }
  }

  /// Fits a model of one target given flat asynchronously.
  ///
  /// - Throws: ``DataError``, as for several targets.
  public func fitInBackground<M: RowMajor & Sendable>(
    _ X: M, _ y: [M.Scalar], weights: [M.Scalar]? = nil,
    progress: @escaping @Sendable (FitProgress) -> Void = { _ in }
  ) async throws(DataError) -> LeastSquaresFit {
    try await fitInBackground(X, Matrix(column: y), weights: weights, progress: progress)
  }
}
