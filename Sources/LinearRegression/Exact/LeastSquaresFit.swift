public import LinearAlgebra

/// What an exact fit returns: the model and what is known about it.
public struct LeastSquaresFit: Equatable, Sendable {
  /// The fitted model. The weight of a feature that was left out is 0.
  public let model: LinearModel

  /// Whether the model has an intercept.
  public let hasIntercept: Bool

  /// Number of rows whose weight is not zero, n.
  public let observations: Int

  /// Statistics of each target.
  public let statistics: [FitStatistics]

  /// How the fit was reached and how far it can be trusted.
  public let certificate: Certificate

  /// (XᵀWX)⁻¹. Nil where coefficients are not those of least squares alone: ridge, least norm.
  public let covariance: UnscaledCovariance?

  /// √((XᵀWX)⁻¹ⱼⱼ) of the intercept (if there is one) and of each feature; nil for one that was left out. Nil as the
  /// covariance.
  let roots: [Double?]?

  /// Rank of the columns, the intercept's included. Below ``parameterCount`` features are redundant.
  public var rank: Int { certificate.rank }

  /// Features that others determine.
  public var redundant: [Redundancy] { certificate.redundant }

  /// Number of coefficients per target, the intercept included.
  public var parameterCount: Int { model.featureCount + (hasIntercept ? 1 : 0) }

  /// w of a fit with one target, p elements.
  public var coefficients: [Double] { model.coefficients }

  /// b of a fit with one target; 0 without an intercept.
  public var intercept: Double { model.intercept }

  /// Standard errors of a fit with one target: the intercept's first (if there is one), then one per feature. Nil for
  /// features that were left out, and where there are no degrees of freedom.
  public var standardErrors: [Double?] { coefficientStatistics().map(\.standardError) }

  /// The table of coefficients of a target: the intercept first (if there is one), then one per feature.
  public func coefficientStatistics(target: Int = 0) -> CoefficientTable {
    let s = statistics[target].residualStandardError
    let first = hasIntercept ? 1 : 0
    var estimates = hasIntercept ? [model.intercepts[target]] : []
    for j in 0..<model.featureCount {
      let isLeftOut = roots != nil && roots![first + j] == nil
      estimates.append(isLeftOut ? .nan : model.weights[j, target])
    }
    return CoefficientTable(
      estimates: estimates,
      standardErrors: s.map { s in (roots ?? []).map { root in root.map { s * $0 } ?? .nan } } ?? [],
      degreesOfFreedom: statistics[target].degreesOfFreedom)
  }

  /// The variance inflation factor of each feature; nil for one that was left out, and where there is no covariance.
  public var varianceInflationFactors: [Double?] {
    covariance?.varianceInflationFactors(of: model.featureCount)
      ?? Array(repeating: nil, count: model.featureCount)
  }

  /// Predictions for many rows, n × k.
  public func predict<M: RowMajor>(_ X: M) -> Matrix<M.Scalar> { model.predict(X) }

  /// The prediction for one row, by a fit with one target, without allocation.
  public func predict<Scalar: BLASScalar>(_ row: [Scalar]) -> Double { model.predict(row) }

  /// The leverage of a row: see ``UnscaledCovariance/leverage(_:)``. Nil where there is no covariance.
  public func leverage(_ row: [Double]) -> Double? {
    require(
      row.count == model.featureCount,
      "leverage: the row has \(row.count) elements but the model has \(model.featureCount) features")
    return covariance?.leverage(row)
  }

  /// The prediction for a row and the interval around it: ŷ ± t · s √h for the mean of observations there, ŷ ± t · s
  /// √(1 + h) for one more observation of weight 1, h being the leverage.
  ///
  /// - Parameters:
  ///   - row: p elements.
  ///   - interval: what the interval is to cover.
  ///   - level: with which probability.
  ///   - target: which target.
  /// - Returns: nil where there are no degrees of freedom or no covariance, or the row is not finite.
  public func predict(
    _ row: [Double], interval: PredictionInterval, level: Double = 0.95, target: Int = 0
  ) -> IntervalPrediction? {
    let statistics = statistics[target]
    guard let leverage = leverage(row) else { return nil }
    return interval.around(
      model.prediction(row, target: target), leverage: leverage, statistics.residualStandardError,
      freedom: statistics.degreesOfFreedom, level: level)
  }
}

extension LeastSquaresFit: CustomStringConvertible {
  /// The formula of each target, and how it was reached: "y = 4.2 + 2 x0 (cholesky, about 13 digits right)".
  public var description: String {
    let digits = formatted(certificate.estimatedDigits.rounded(.down), significantDigits: 2)
    return "\(model) (\(certificate.solver.rawValue), about \(digits) digits right)"
  }
}

/// What an interval around a prediction covers.
public enum PredictionInterval: String, Sendable, CaseIterable {
  /// The mean of all observations with these features.
  case confidence
  /// One more observation with these features.
  case prediction

  /// The interval around a prediction.
  package func around(
    _ prediction: Double, leverage: Double, _ residualStandardError: Double?, freedom: Int, level: Double
  ) -> IntervalPrediction? {
    around([prediction], leverages: [leverage], residualStandardError, freedom: freedom, level: level)?[0]
  }

  /// The intervals around predictions; nil where there are no degrees of freedom or one is beyond Double.
  package func around(
    _ predictions: [Double], leverages: [Double], _ residualStandardError: Double?, freedom: Int,
    level: Double
  ) -> [IntervalPrediction]? {
    require(level > 0 && level < 1, "an interval of level \(level); it is between 0 and 1")
    guard let s = residualStandardError, freedom > 0 else { return nil }
    let t = StudentT.quantile(level: level, freedom: Double(freedom))
    let intervals = zip(predictions, leverages).map { prediction, leverage in
      let half = t * s * (leverage + (self == .prediction ? 1 : 0)).squareRoot()
      return IntervalPrediction(prediction: prediction, lower: prediction - half, upper: prediction + half)
    }
    return intervals.allSatisfy { $0.lower.isFinite && $0.upper.isFinite } ? intervals : nil
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
