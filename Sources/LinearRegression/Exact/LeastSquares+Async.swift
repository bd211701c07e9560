public import LinearAlgebra

extension LeastSquares {
  /// Fits a model while the task waits: on threads beside Swift's cooperative pool, so that a server answers others
  /// meanwhile.
  ///
  /// - Parameters:
  ///   - X: design matrix without a column of ones, n × p.
  ///   - y: targets, n × k.
  ///   - weights: n weights, zero or more; nil for 1.
  ///   - progress: called after each block of rows, from one thread at a time; it is waited for.
  /// - Returns: what the function without `await` returns, to the bit.
  /// - Throws: ``DataError``, as the function without `await`; ``DataError/cancelled`` when the task is cancelled, which
  ///   is noticed before the next block of rows: a megabyte, or 64 rows for each column where that is more. The work on p
  ///   × p numbers between two passes is not cut short.
  public func fit<M: RowMajor & Sendable>(
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

  /// Fits a model of one target given flat while the task waits.
  ///
  /// - Throws: ``DataError``, as for several targets.
  public func fit<M: RowMajor & Sendable>(
    _ X: M, _ y: [M.Scalar], weights: [M.Scalar]? = nil,
    progress: @escaping @Sendable (FitProgress) -> Void = { _ in }
  ) async throws(DataError) -> LeastSquaresFit {
    try await fit(X, Matrix(column: y), weights: weights, progress: progress)
  }
}
