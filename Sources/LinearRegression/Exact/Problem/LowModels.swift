internal import LinearAlgebra

// What rounding to Doubles takes from coefficients. It is nothing to those who read them, but residuals y − b − X w of
// data far from zero are differences of large terms.

extension LinearModel {
  /// How many times as large as what is left of them terms may be for Doubles to leave it twelve digits.
  static var largestTerms: Double { 4096 }

  /// Whether the terms b and w m are large beside a residual standard error.
  ///
  /// - Parameter features: their positions, and how large they are in most rows, m.
  func isLarge(beside statistics: [FitStatistics], _ features: [(position: Int, size: Double)]) -> Bool {
    statistics.indices.contains { t in
      guard statistics[t].hasResiduals, let s = statistics[t].residualStandardError else { return false }
      let terms = features.reduce(abs(intercepts[t])) { $0 + abs(weights[$1.position, t]) * $1.size }
      return terms > Self.largestTerms * s
    }
  }

  /// What intercepts lack that are those of a fit.
  ///
  /// - Parameters:
  ///   - target: m of each target: the intercept is m less Σ w m.
  ///   - features: their positions and their m.
  func low(
    _ target: (Int) -> DoubleDouble, less features: [(position: Int, value: DoubleDouble)]
  ) -> LinearModel {
    LinearModel(
      weights: .zeros(featureCount, targetCount),
      intercepts: intercepts.indices.map { t in
        let sum = features.reduce(target(t) + DoubleDouble(-intercepts[t])) {
          $0 + -(DoubleDouble(weights[$1.position, t]) * $1.value)
        }
        return sum.rounded.isFinite ? sum.rounded : 0
      })
  }
}

extension FitStatistics {
  /// Whether something is left of the target that is more than rounding.
  fileprivate var hasResiduals: Bool {
    (residualStandardError ?? 0) > 0 && residualSumOfSquares > 1e-26 * totalSumOfSquares
  }
}

extension Solution {
  /// What rounding takes from coefficients; nil where it is nothing beside the residuals, and means are nothing beside
  /// the spread of the features.
  func lowModel(_ model: LinearModel, _ statistics: [FitStatistics]) -> LinearModel? {
    let p = whole.featureCount, root = whole.counts.weightSum.squareRoot()
    let isFar = kept.contains { abs(whole.mean($0)) * root > LinearModel.largestTerms * whole.norm($0) }
    let sizes = kept.map { ($0, abs(whole.mean($0)) + whole.norm($0) / root) }
    if !statistics.contains(where: \.hasResiduals) { return nil }
    if !isFar, !model.isLarge(beside: statistics, sizes) { return nil }
    if let extended { return extended.low }
    if !whole.hasIntercept { return model.low({ _ in .zero }, less: []) }
    return model.low(
      { whole.extendedMean(p + $0) + DoubleDouble(interceptCorrections[$0] * whole.norm(p + $0)) },
      less: kept.map { ($0, whole.extendedMean($0)) })
  }
}

extension LevelsFit {
  /// What rounding takes from the intercepts; nil where it is nothing beside the residuals.
  func lowModel(_ model: LinearModel, _ statistics: [FitStatistics]) -> LinearModel? {
    let p = factor.features, shifts = factor.units.shifts
    guard let base, within.covariance != nil,
      model.isLarge(beside: statistics, (0..<p).map { (columns.position(ofOther: $0), abs(shifts[$0])) })
    else { return nil }
    return model.low(
      { DoubleDouble(shifts[p + $0], plus: effects[base, $0]) },
      less: (0..<p).map { (columns.position(ofOther: $0), DoubleDouble(shifts[$0])) })
  }
}
