/// What Duan's smearing estimate takes from the residuals of a fit, so that predictions of log(y) become those of the
/// mean of y: the mean of g⁻¹(ŷ + e) over the rows of the fit, weighed as they were (Duan 1983,
/// doi:10.1080/01621459.1983.10478017).
package struct Smearing: Hashable, Sendable, Codable {
  /// The mean of exp(e), to the base of the logarithm; 1 for a square root.
  let factor: Double

  /// The mean of the residuals, 0 with an intercept; of a square root alone.
  let mean: Double

  /// Their variance, the mean square less the square of the mean; of a square root alone.
  let variance: Double

  /// Whether numbers are such as residuals have.
  var isSound: Bool { factor > 0 && variance >= 0 && [factor, mean, variance].allSatisfy(\.isFinite) }
}

/// Sums over the residuals of some rows, of which a ``Smearing`` is formed.
struct SmearingSums: Codable, Sendable {
  private var weights = 0.0
  private var factors = 0.0
  private var residuals = 0.0
  private var squares = 0.0

  /// No rows.
  init() {}

  init(_ function: TargetFunction, _ residuals: [Double], weights: [Double]?) {
    for (row, residual) in residuals.enumerated() {
      let weight = weights?[row] ?? 1
      if weight == 0 { continue }
      self.weights += weight
      factors += weight * function.factor(residual)
      if function == .squareRoot {
        self.residuals += weight * residual
        squares += weight * residual * residual
      }
    }
  }

  mutating func merge(_ later: SmearingSums) {
    weights += later.weights
    factors += later.factors
    residuals += later.residuals
    squares += later.squares
  }

  /// The means; nil where there are no rows, or a sum is beyond a Double.
  var smearing: Smearing? {
    let mean = residuals / weights
    let smearing = Smearing(
      factor: factors / weights, mean: mean, variance: max(0, squares / weights - mean * mean))
    return weights > 0 && smearing.isSound ? smearing : nil
  }
}
