package import LinearAlgebra

/// Wald's test of several linear combinations of coefficients at once: F = dᵀ V⁻¹ d / r, d being how far they are from
/// what the hypothesis says and V their covariance, with r and the covariance's degrees of freedom.
package struct WaldTest: Equatable, Sendable {
  /// F
  package let statistic: Double
  /// r
  package let restrictions: Int
  /// The denominator's.
  package let degreesOfFreedom: Int

  /// The probability of an F at least as large under the hypothesis.
  package var pValue: Double {
    FisherF.upperP(statistic, Double(restrictions), Double(degreesOfFreedom))
  }

  /// Nil where V is singular to working precision, or there are no degrees of freedom.
  ///
  /// - Parameters:
  ///   - differences: d, r elements.
  ///   - covariance: V, r × r.
  /// - Complexity: O(r³). Uses `dpotrf`.
  package init?(_ differences: [Double], covariance V: Matrix<Double>, degreesOfFreedom: Int) {
    let r = differences.count
    guard r > 0, degreesOfFreedom > 0, V.shape == Shape(r, r) else { return nil }
    let deviations = (0..<r).map { V[$0, $0].squareRoot() }
    guard deviations.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    // Of the correlations, so that units do not matter.
    let correlations = Matrix<Double>(rows: r, columns: r) { V[$0, $1] / deviations[$0] / deviations[$1] }
    let t = zip(differences, deviations).map { $0 / $1 }
    guard correlations.firstNonFinite() == nil, t.allSatisfy(\.isFinite),
      let factor = try? Cholesky(factoring: correlations),
      factor.conditionEstimate() < 1 / (64 * Double.ulpOfOne),
      let solved = try? factor.solve(t)
    else { return nil }
    let sum = (0..<r).reduce(0) { $0 + t[$1] * solved[$1] }
    guard sum.isFinite, sum >= 0 else { return nil }
    (statistic, restrictions, self.degreesOfFreedom) = (sum / Double(r), r, degreesOfFreedom)
  }
}
