public import LinearAlgebra

extension LeastSquaresFit {
  /// What a row has to meet so that the fit determines its prediction. The solution of least norm is a choice among all
  /// that fit, by which every row has a prediction; so is a penalty's.
  private var estimability: Estimability {
    Estimability(certificate.solver == .svd ? [] : redundant)
  }

  /// Whether the fit determines the prediction of a row: xᵀw + b is *estimable* where x lies in the row space of the
  /// design, so that all coefficients that fit the rows equally well predict the same.
  ///
  /// Where features were left out, a row has to have their dependencies too (``redundant``), within the rounding that
  /// was allowed in the fit: of a fit that left total = a + b out, no row is estimable whose total is another. Every
  /// row of the fit is, unless its weight is 0 or next to nothing beside the others'. Where nothing was left out, or a
  /// penalty or the least norm chose between the coefficients, all rows are.
  /// - Parameter row: p elements.
  /// - Precondition: the row has p elements.
  /// - Complexity: O(p) for each feature that was left out.
  public func isEstimable<Scalar: BLASScalar>(_ row: [Scalar]) -> Bool {
    requireFeatures(row.count, "isEstimable")
    return redundant.isEmpty || estimability.firstUnmet(row) == nil
  }

  /// ŷ = X w + b for many rows: NaN for rows that are not estimable (``isEstimable(_:)``), of which ``model`` has the
  /// number.
  ///
  /// - Parameter X: n × p.
  /// - Returns: n × k.
  /// - Precondition: X has p columns.
  /// - Complexity: 2 n p k flops on all cores, and O(n p) more for each feature that was left out.
  public func predict<M: RowMajor>(_ X: M) -> Matrix<M.Scalar> {
    var predictions = model.predict(X)
    if redundant.isEmpty { return predictions }
    for (row, _) in estimability.unmet(X) {
      for t in 0..<model.targetCount { predictions[row, t] = .nan }
    }
    return predictions
  }

  /// ŷ = xᵀw + b for one row, by a fit with one target: NaN where the row is not estimable (``isEstimable(_:)``).
  ///
  /// - Parameter row: x, p elements.
  /// - Precondition: the fit has one target, and the row p elements.
  /// - Complexity: 2 p flops, without allocation where no feature was left out.
  public func predict<Scalar: BLASScalar>(_ row: [Scalar]) -> Double {
    isEstimable(row) ? model.predict(row) : .nan
  }

  /// The leverage of a row: see ``UnscaledCovariance/leverage(_:)``. Nil where there is no covariance, or the row is
  /// not estimable.
  ///
  /// - Parameter row: p elements.
  /// - Precondition: the row has p elements.
  /// - Complexity: O(p²)
  public func leverage(_ row: [Double]) -> Double? {
    requireFeatures(row.count, "leverage")
    return isEstimable(row) ? covariance?.leverage(row) : nil
  }

  /// The prediction for a row and the interval around it: ŷ ± t · s √h for the mean of observations there, ŷ ± t · s
  /// √(h + 1 / w) for one more observation of weight w, h being the leverage: R's `predict.lm(…, weights = w)`.
  ///
  /// - Parameters:
  ///   - row: p elements.
  ///   - interval: what the interval is to cover.
  ///   - level: with which probability.
  ///   - weight: the weight of the observation, zero or more: its variance is that of one of weight 1 over w. With 0
  ///     the ends are infinite.
  ///   - target: which target.
  /// - Returns: nil where there are no degrees of freedom or no covariance, the row is not finite or not estimable, or
  ///   weights are ``WeightKind/probability``.
  public func predict(
    _ row: [Double], interval: PredictionInterval, level: Double = 0.95, weight: Double = 1, target: Int = 0
  ) -> IntervalPrediction? {
    require(weight >= 0, "predict: the weight of the observation is \(weight); it is zero or more")
    require(
      target >= 0 && target < model.targetCount,
      "predict: there is no target \(target) (counted from 0) of \(model.targetCount)")
    let statistics = statistics[target]
    guard weightKind != .probability, let leverage = leverage(row) else { return nil }
    return interval.around(
      [model.prediction(row, target: target)], leverages: [leverage], weights: [weight],
      statistics.residualStandardError, freedom: statistics.degreesOfFreedom, level: level)?[0]
  }

  private func requireFeatures(_ count: Int, _ name: String) {
    require(
      count == model.featureCount,
      "\(name): the row has \(count) elements but the model has \(model.featureCount) features")
  }
}

/// What an interval around a prediction covers.
public enum PredictionInterval: String, Sendable, Codable, CaseIterable {
  /// The mean of all observations with these features.
  case confidence
  /// One more observation with these features.
  case prediction

  /// The intervals around predictions; nil where there are no degrees of freedom or one is beyond Double. The ends of
  /// one more observation of weight 0 are infinite.
  ///
  /// - Parameter weights: of the observations; nil for 1.
  package func around(
    _ predictions: [Double], leverages: [Double], weights: [Double]? = nil,
    _ residualStandardError: Double?, freedom: Int, level: Double
  ) -> [IntervalPrediction]? {
    require(level > 0 && level < 1, "an interval of level \(level); it is between 0 and 1")
    guard let s = residualStandardError, freedom > 0 else { return nil }
    let t = StudentT.quantile(level: level, freedom: Double(freedom))
    let intervals = predictions.indices.map { i in
      let (prediction, own) = (predictions[i], self == .prediction ? 1 / (weights?[i] ?? 1) : 0)
      // An infinite variance has infinite ends, also where s is 0.
      let half = own == .infinity ? own : t * s * (leverages[i] + own).squareRoot()
      return IntervalPrediction(prediction: prediction, lower: prediction - half, upper: prediction + half)
    }
    let areFinite = intervals.indices.allSatisfy {
      intervals[$0].upper.isFinite && intervals[$0].lower.isFinite
        || self == .prediction && weights?[$0] == 0 && intervals[$0].prediction.isFinite
    }
    return areFinite ? intervals : nil
  }
}

/// A prediction and the interval around it.
public struct IntervalPrediction: Equatable, Sendable {
  /// ŷ
  public let prediction: Double
  /// The lower end.
  public let lower: Double
  /// The upper end.
  public let upper: Double

  package init(prediction: Double, lower: Double, upper: Double) {
    (self.prediction, self.lower, self.upper) = (prediction, lower, upper)
  }
}
