internal import LinearAlgebra

/// What an exact fit returns: the model and what is known about it.
public struct LeastSquaresFit: Equatable, Sendable {
  /// The fitted model. The weight of a feature that was left out is 0.
  public let model: LinearModel

  /// Whether the model has an intercept.
  public let hasIntercept: Bool

  /// Number of rows whose weight is not zero, n; with ``WeightKind/frequency`` the sum of the weights.
  public internal(set) var observations: Int

  /// What the weights of the rows mean.
  public internal(set) var weightKind = WeightKind.analytic

  /// Statistics of each target.
  public internal(set) var statistics: [FitStatistics]

  /// How the fit was reached and how far it can be trusted.
  public let certificate: Certificate

  /// (XᵀWX)⁻¹. Nil where coefficients are not those of least squares alone: ridge, least norm.
  public let covariance: UnscaledCovariance?

  /// √((XᵀWX)⁻¹ⱼⱼ) of the intercept (if there is one) and of each feature; nil for one that was left out. Nil as the
  /// covariance.
  let roots: [Double?]?

  /// What rounding to Doubles took from the coefficients; nil where it is nothing beside the residuals.
  package internal(set) var lowModel: LinearModel? = nil

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
  /// features that were left out, where there are no degrees of freedom, and with ``WeightKind/probability``.
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
      standardErrors: weightKind == .probability
        ? [] : s.map { s in (roots ?? []).map { root in root.map { s * $0 } ?? .nan } } ?? [],
      degreesOfFreedom: statistics[target].degreesOfFreedom)
  }

  /// The variance inflation factor of each feature; nil for one that was left out, and where there is no covariance.
  public var varianceInflationFactors: [Double?] {
    covariance?.varianceInflationFactors(of: model.featureCount)
      ?? Array(repeating: nil, count: model.featureCount)
  }
}

extension LeastSquaresFit: CustomStringConvertible {
  /// The formula of each target, and how it was reached: "y = 4.2 + 2 x0 (cholesky, about 13 digits right)".
  public var description: String {
    let digits = formatted(certificate.estimatedDigits.rounded(.down), significantDigits: 2)
    return "\(model) (\(certificate.solver.rawValue), about \(digits) digits right)"
  }
}
