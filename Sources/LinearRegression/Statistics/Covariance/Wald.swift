package import LinearAlgebra

/// Wald's test of r linear combinations of coefficients at once: F = dᵀ V⁻¹ d / r, d being how far they are from what the
/// hypothesis says and V their covariance, with r and the covariance's degrees of freedom.
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

  /// The test that a vector of r elements, whose covariance would be I with independent errors, is 0.
  ///
  /// Nil where its covariance is singular to working precision, or there are no degrees of freedom.
  ///
  /// - Parameters:
  ///   - w: in units of the residual standard error.
  ///   - covariance: V, r × r, in these units; nil for I.
  ///   - leastVariance: what rounding may leave on the diagonal of V.
  /// - Complexity: O(r³). Uses `dsyevd`.
  package init?(
    _ w: [Double], covariance V: Matrix<Double>? = nil, leastVariance: Double = 0, degreesOfFreedom: Int
  ) {
    let r = w.count
    guard r > 0, degreesOfFreedom > 0, V.map({ $0.shape == Shape(r, r) }) ?? true else { return nil }
    var sum = w.reduce(0) { $0 + $1 * $1 }
    if let V {
      // Of the correlations: some elements may scatter much less than others.
      let deviations = (0..<r).map { V[$0, $0].squareRoot() }
      guard (0..<r).allSatisfy({ V[$0, $0] > leastVariance }) else { return nil }
      let correlations = Matrix<Double>(rows: r, columns: r) { V[$0, $1] / deviations[$0] / deviations[$1] }
      guard let eigen = try? SymmetricEigen(factoring: correlations), let least = eigen.values.min(),
        least > 64 * Double(r) * .ulpOfOne * (eigen.values.max() ?? 0)
      else { return nil }
      let rotated = gemv(eigen.vectors, zip(w, deviations).map { $0 / $1 }, transpose: .transpose)
      sum = zip(rotated, eigen.values).reduce(0) { $0 + $1.0 * ($1.0 / $1.1) }
    }
    guard sum.isFinite else { return nil }
    (statistic, restrictions, self.degreesOfFreedom) = (sum / Double(r), r, degreesOfFreedom)
  }
}
