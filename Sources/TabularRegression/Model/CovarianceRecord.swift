internal import LinearAlgebra
internal import LinearRegression

/// (XᵀWX)⁻¹ in a model file, for intervals around predictions.
struct CovarianceRecord: Codable {
  /// The features that were kept, counted from 0.
  var features: [Int]
  var means: [Double]
  var norms: [Double]
  /// R⁻¹ of the centred columns of norm 1: its upper triangle, column after column.
  var inverse: [Double]
  @Null var weightSum: Double?

  init(_ covariance: UnscaledCovariance) {
    features = covariance.features
    means = covariance.means
    norms = covariance.norms
    inverse = covariance.inverse.packedColumns
    weightSum = covariance.weightSum
  }

  /// What is wrong with the record, in words; nil where it can be used.
  func fault(kept: [Int], intercept: Bool) -> String? {
    let count = features.count
    if features != kept || means.count != count || norms.count != count
      || inverse.count != count * (count + 1) / 2 || (weightSum != nil) != intercept
    {
      return "the covariance is not that of the coefficients"
    }
    return norms.allSatisfy { $0 > 0 } ? nil : "a norm is not positive"
  }

  /// - Precondition: the record has no fault.
  var covariance: UnscaledCovariance {
    UnscaledCovariance(
      features: features, means: means, norms: norms,
      inverse: UpperTriangularMatrix(order: features.count, packedColumns: inverse), weightSum: weightSum)
  }
}
