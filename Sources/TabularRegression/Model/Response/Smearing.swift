/// What Duan's smearing estimate takes from the residuals of a fit, so that predictions of log(y) become those of the
/// mean of y: the mean of g⁻¹(ŷ + e) over the rows of the fit, weighed as they were (Duan 1983,
/// doi:10.1080/01621459.1983.10478017).
package struct Smearing: Hashable, Sendable, Codable {
  /// The mean of exp(e), to the base of the logarithm; 1 for a square root.
  let factor: Double

  /// The residuals where the target is a square root; nil for logarithms.
  var classes: [ResidualClass]?

  /// Whether numbers are such as residuals have.
  var isSound: Bool { factor > 0 && factor.isFinite && (classes ?? []).allSatisfy(\.isSound) }

  /// Whether the mean of the inverse can be formed; not of a root, where a model of an early version has no classes.
  func serves(_ function: TargetFunction) -> Bool { function != .squareRoot || classes != nil }
}

/// Residuals of about the same size, or only one.
package struct ResidualClass: Hashable, Sendable, Codable {
  /// Their part of all weights.
  let weight: Double
  let mean: Double

  /// The mean square less the square of the mean.
  let variance: Double

  fileprivate var isSound: Bool {
    weight >= 0 && variance >= 0 && [weight, mean, variance].allSatisfy(\.isFinite)
  }
}

/// Sums over the residuals of some rows, of which a ``Smearing`` is formed.
struct SmearingSums: Codable, Sendable {
  private var weights = 0.0
  private var factors = 0.0
  /// Of a square root alone.
  private var classes: ResidualClasses?

  /// No rows.
  init() {}

  init(_ function: TargetFunction, _ residuals: [Double], weights: [Double]?) {
    if function == .squareRoot { classes = ResidualClasses() }
    for (row, residual) in residuals.enumerated() {
      let weight = weights?[row] ?? 1
      if weight == 0 { continue }
      self.weights += weight
      factors += weight * function.factor(residual)
      classes?.add(residual, weight: weight)
    }
  }

  mutating func merge(_ later: SmearingSums) {
    weights += later.weights
    factors += later.factors
    guard let others = later.classes else { return }
    if classes == nil { classes = others } else { classes?.merge(others) }
  }

  /// The means; nil where there are no rows, or a sum is beyond a Double.
  var smearing: Smearing? {
    let smearing = Smearing(factor: factors / weights, classes: classes?.classes(ofWeights: weights))
    return weights > 0 && smearing.isSound ? smearing : nil
  }
}
