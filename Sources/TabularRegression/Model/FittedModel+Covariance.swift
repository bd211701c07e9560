package import LinearAlgebra
internal import LinearRegression

extension FittedModel {
  /// L V Lᵀ, V being the covariance of the coefficients: what is known of linear combinations of them.
  ///
  /// - Parameter L: combinations × coefficients, that of the intercept first (if there is one).
  /// - Throws: ``TabularError/noIntervals(reason:)`` for a model without standard errors.
  /// - Precondition: L has a column for each coefficient.
  /// - Complexity: O(combinations · p²)
  package func covariance(ofCombinations L: Matrix<Double>) throws(TabularError) -> Matrix<Double> {
    guard let covariance else { throw .noIntervals(reason: whyNoCovariance) }
    guard let s = statistics.residualStandardError else {
      throw .noIntervals(reason: "its fit has as many coefficients as rows")
    }
    return covariance.covariance(ofCombinations: L) * (s * s)
  }

  /// The degrees of freedom that t and F of the coefficients have.
  package var inferenceDegreesOfFreedom: Int { coefficientStatistics.degreesOfFreedom }
}
