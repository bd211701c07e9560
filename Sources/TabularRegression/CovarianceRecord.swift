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
    let matrix = covariance.inverse
    inverse = (0..<matrix.order).flatMap { j in (0...j).map { i in matrix[i, j] } }
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
    var matrix = UpperTriangularMatrix<Double>(order: features.count)
    var position = 0
    for j in 0..<features.count {
      for i in 0...j {
        matrix[i, j] = inverse[position]
        position += 1
      }
    }
    return UnscaledCovariance(
      features: features, means: means, norms: norms, inverse: matrix, weightSum: weightSum)
  }
}
