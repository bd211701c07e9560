public import LinearAlgebra

// Predictions for rows that come from outside the program: what does not fit is thrown, where `predict` stops.

extension LinearModel {
  /// Predictions for rows that come from outside the program.
  ///
  /// - Parameter rows: n rows of p elements.
  /// - Returns: ŷ = X w + b, n × k: each row's as by ``predict(_:into:)``, to the bit, whatever rows are beside it. Not
  ///   finite where a row is not, or a prediction is beyond Double.
  /// - Throws: ``DataError/shapes(_:)`` where a row does not have p elements.
  /// - Complexity: 2 n p k flops. Uses `ddot`, for several targets `dgemv`.
  public func predictions<Scalar: BLASScalar>(for rows: [[Scalar]]) throws(DataError) -> Matrix<Double> {
    for (index, row) in rows.enumerated() { try checkFeatures(row.count, row: index) }
    var elements: [Double] = [], own = intercepts
    elements.reserveCapacity(rows.count * targetCount)
    for row in rows {
      if targetCount == 1 {
        elements.append(predict(row))
      } else {
        var span = own.mutableSpan
        predict(row.span, into: &span)
        elements += own
      }
    }
    return Matrix(rows: rows.count, columns: targetCount, elements: elements)
  }

  /// Predictions for rows that come from outside the program, as ``predict(_:)-(M)``, to the bit.
  ///
  /// - Parameter X: n × p.
  /// - Returns: ŷ = X w + b, n × k.
  /// - Throws: ``DataError/shapes(_:)`` where X does not have p columns.
  /// - Complexity: 2 n p k flops on all cores. Uses `?gemv`, for several targets `?gemm`.
  public func predictions<M: RowMajor>(for X: M) throws(DataError) -> Matrix<M.Scalar> {
    try checkFeatures(X)
    return predict(X)
  }

  fileprivate func checkFeatures(_ X: some RowMajor) throws(DataError) {
    try DataError.check(
      X.columnCount == featureCount,
      "predictions: X is \(X.shape) but the model has \(featureCount) features")
  }

  fileprivate func checkFeatures(_ count: Int, row: Int) throws(DataError) {
    try DataError.check(
      count == featureCount,
      "predictions: row \(row) (counted from 0) has length \(count) but the model has \(featureCount) features"
    )
  }
}

extension LeastSquaresFit {
  /// Predictions for rows that come from outside the program.
  ///
  /// - Parameter rows: n rows of p elements.
  /// - Returns: ŷ = X w + b, n × k, as ``LinearModel/predictions(for:)-([[Scalar]])``; NaN for a row that is not estimable
  ///   (``isEstimable(_:)``).
  /// - Throws: ``DataError/shapes(_:)`` where a row does not have p elements.
  /// - Complexity: 2 n p k flops, and O(n p) for each feature that was left out.
  public func predictions<Scalar: BLASScalar>(for rows: [[Scalar]]) throws(DataError) -> Matrix<Double> {
    var predictions = try model.predictions(for: rows)
    for i in rows.indices where !isEstimable(rows[i]) {
      for t in 0..<model.targetCount { predictions[i, t] = .nan }
    }
    return predictions
  }

  /// Predictions for rows that come from outside the program, as ``predict(_:)-(M)``, to the bit.
  ///
  /// - Parameter X: n × p.
  /// - Returns: ŷ = X w + b, n × k; NaN for a row that is not estimable (``isEstimable(_:)``).
  /// - Throws: ``DataError/shapes(_:)`` where X does not have p columns.
  /// - Complexity: 2 n p k flops on all cores, and O(n p) for each feature that was left out.
  public func predictions<M: RowMajor>(for X: M) throws(DataError) -> Matrix<M.Scalar> {
    try model.checkFeatures(X)
    return predict(X)
  }

  /// Predictions for rows that come from outside the program and the interval around each: ŷ ± t · s √h for the mean of
  /// observations there, ŷ ± t · s √(h + 1 / w) for one more of weight w, h being the leverage.
  ///
  /// - Parameters:
  ///   - rows: n rows of p elements.
  ///   - interval: what the intervals are to cover.
  ///   - level: with which probability; between 0 and 1.
  ///   - weights: of the observations, n weights, zero or more; nil for 1. With 0 the ends are infinite.
  ///   - target: which target, from 0.
  /// - Returns: an interval for each row; NaN where a row is not finite or not estimable, or an end is beyond Double. Nil
  ///   where there are no degrees of freedom or no covariance.
  /// - Throws: ``DataError``: a row that does not have p elements, a number of a target beyond the last, another number of
  ///   weights than of rows; a level or a weight that is not allowed.
  /// - Complexity: O(n p²); the quantile of Student's t is found once.
  public func predictions(
    for rows: [[Double]], interval: PredictionInterval, level: Double = 0.95, weights: [Double]? = nil,
    target: Int = 0
  ) throws(DataError) -> [IntervalPrediction]? {
    for (index, row) in rows.enumerated() { try model.checkFeatures(row.count, row: index) }
    try DataError.check(
      target >= 0 && target < model.targetCount,
      "predictions: there is no target \(target) (counted from 0) of \(model.targetCount)")
    do throws(SettingError) {
      try PredictionInterval.check(level: level)
    } catch {
      throw .setting(error)
    }
    if let weights {
      try DataError.check(
        weights.count == rows.count, "predictions: \(rows.count) rows but \(weights.count) weights")
      if let row = weights.firstIndex(where: { $0 < 0 }) { throw .negativeWeight(row: row) }
      if let row = weights.firstIndex(where: { !$0.isFinite }) {
        throw .nonFinite(.weights, row: row, column: 0)
      }
    }
    let statistics = statistics[target]
    guard covariance != nil, statistics.degreesOfFreedom > 0 else { return nil }
    let missing = IntervalPrediction(prediction: .nan, lower: .nan, upper: .nan)
    return rows.indices.map { i in
      predict(
        rows[i], interval: interval, level: level, weight: weights?[i] ?? 1, target: target) ?? missing
    }
  }
}

extension PredictionInterval {
  /// Throws where a level is not between 0 and 1.
  package static func check(level: Double) throws(SettingError) {
    if !(level > 0 && level < 1) {
      throw SettingError("an interval of level \(level); it is between 0 and 1")
    }
  }
}
