package import LinearAlgebra

/// (XᵀWX)⁻¹ of the features that were kept, in the form that leverage and intervals are computed from without
/// cancelling: R⁻¹ of the columns centred (where there is an intercept) and scaled to norm 1.
///
/// Where the fit took the levels of a category out of the rows, R⁻¹ is of the other features less the means of their
/// levels, and the means of the levels stand beside it: O(levels p) numbers instead of O(levels²).
public struct UnscaledCovariance: Equatable, Sendable {
  /// The features that were kept, counted from 0; not the levels of a category that was taken out of the rows.
  package let features: [Int]

  /// The mean of each; zeros without an intercept.
  package let means: [Double]

  /// What rounding took from the means; empty where it is nothing beside the norms.
  package let lowMeans: [Double]

  /// The norm of each, centred; less the means of the levels where there are any.
  package let norms: [Double]

  /// R⁻¹
  package let inverse: UpperTriangularMatrix<Double>

  /// Σ of the weights of the rows, or their number. Nil without an intercept.
  package let weightSum: Double?

  /// The category that was taken out of the rows; nil for none.
  package let levels: Levels?

  /// The levels of a category, and the means of the features in their rows.
  package struct Levels: Equatable, Sendable {
    /// Where their columns are among the features.
    package let columns: LevelColumns
    /// Σ of the weights of the rows of each; 0 without rows.
    package let weights: [Double]
    /// The mean of each feature that was kept, levels × features.
    package let means: Matrix<Double>

    package init(columns: LevelColumns, weights: [Double], means: Matrix<Double>) {
      precondition(weights.count == columns.levels && means.rowCount == columns.levels)
      (self.columns, self.weights, self.means) = (columns, weights, means)
    }

    /// The level that the intercept stands for; nil without an intercept.
    package var base: Int? { columns.base(weights) }

    /// The columns of levels that have a coefficient.
    package var kept: [Int] {
      let base = base
      return weights.indices.compactMap { weights[$0] > 0 && $0 != base ? columns.column(of: $0) : nil }
    }
  }

  package init(
    features: [Int], means: [Double], norms: [Double], inverse: UpperTriangularMatrix<Double>,
    weightSum: Double?, levels: Levels? = nil, lowMeans: [Double] = []
  ) {
    precondition(means.count == features.count && norms.count == features.count)
    precondition(lowMeans.isEmpty || lowMeans.count == features.count)
    precondition(inverse.order == features.count)
    precondition(levels.map { $0.means.columnCount == features.count } ?? true)
    self.features = features
    (self.means, self.lowMeans) = (means, lowMeans)
    self.norms = norms
    self.inverse = inverse
    self.weightSum = weightSum
    self.levels = levels
  }

  /// Elements that a row has at least: up to the last feature that was kept.
  var width: Int {
    max(features.last.map { $0 + 1 } ?? 0, levels.map { $0.columns.range.upperBound } ?? 0)
  }

  /// √((XᵀWX)⁻¹ⱼⱼ) of each kept feature, the levels not among them.
  var roots: [Double] { zip(inverse.rowNorms(), norms).map { $0 / $1 } }

  /// The same of the intercept: the root of the leverage where all features are zero. Nil without an intercept.
  var interceptRoot: Double? {
    if weightSum == nil { return nil }
    return leverage(Array(repeating: 0, count: width)).squareRoot()
  }

  /// The standard deviation of each of p features, √(Σ w (x − x̄)² / W · n / (n − 1)) with W = Σ w; nil for one that
  /// was left out, and for the levels of a category that was taken out of the rows.
  ///
  /// - Precondition: there is an intercept.
  package func standardDeviations(of p: Int, observations n: Int) -> [Double?] {
    var deviations = [Double?](repeating: nil, count: p)
    guard let weightSum, n > 1 else { return deviations }
    for (i, feature) in features.enumerated() where feature < p {
      let between = levels.map { $0.spread(i, about: means[i]) } ?? 0
      let share = Double(n) / Double(n - 1) / weightSum
      deviations[feature] = (norms[i] * norms[i] * share + between * share).squareRoot()
    }
    return deviations
  }

  /// The variance inflation factor of each of p features: how many times its variance is larger than if the other
  /// features were orthogonal to it, 1 / (1 − R²) with R² of its regression on the others. Nil for one that was left
  /// out.
  public func varianceInflationFactors(of p: Int) -> [Double?] {
    var factors = [Double?](repeating: nil, count: p)
    for (i, norm) in inverse.rowNorms().enumerated() {
      // The norm of the column about its mean, over that about the means of its levels.
      let ratio = levels.map { 1 + $0.spread(i, about: means[i]) / norms[i] / norms[i] } ?? 1
      if features[i] < p { factors[features[i]] = norm * norm * ratio }
    }
    guard let levels else { return factors }
    let base = levels.base, weights = levels.weights
    let squares = squares(rows: weights.count) { level, i in
      levels.means[level, i] - (base.map { levels.means[$0, i] } ?? 0)
    }
    for level in weights.indices where weights[level] > 0 && level != base {
      guard let column = levels.columns.column(of: level), column < p else { continue }
      let norm = weights[level] * (weightSum.map { 1 - weights[level] / $0 } ?? 1)
      factors[column] = norm * (squares[level] + 1 / weights[level] + (base.map { 1 / weights[$0] } ?? 0))
    }
    return factors
  }
}

extension UnscaledCovariance.Levels {
  /// Σ W (m − center)² of a feature.
  fileprivate func spread(_ i: Int, about center: Double) -> Double {
    weights.indices.reduce(0) { sum, level in
      let difference = means[level, i] - center
      return sum + weights[level] * difference * difference
    }
  }
}
