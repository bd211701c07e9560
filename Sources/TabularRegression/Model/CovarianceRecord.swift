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
  /// The category whose levels were taken out of the rows; not there for none.
  var levels: Levels?

  struct Levels: Codable {
    /// Position of the first of their columns among the features.
    var first: Int
    /// Σ of the weights of the rows of each.
    var weights: [Double]
    /// The mean of each feature that was kept in the rows of each, level after level.
    var means: [Double]
  }

  init(_ covariance: UnscaledCovariance) {
    features = covariance.features
    means = covariance.means
    norms = covariance.norms
    inverse = covariance.inverse.packedColumns
    weightSum = covariance.weightSum
    levels = covariance.levels.map {
      Levels(first: $0.columns.first, weights: $0.weights, means: $0.means.elements)
    }
  }

  /// What is wrong with the record, in words; nil where it can be used.
  func fault(kept: [Int], intercept: Bool, _ design: Design) -> String? {
    let count = features.count
    if let levels {
      if levels.weights.count < 2 || levels.means.count != levels.weights.count * count
        || !(levels.weights + levels.means).allSatisfy(\.isFinite)
        || !levels.weights.allSatisfy({ $0 >= 0 }) || !levels.weights.contains(where: { $0 > 0 })
        || columns(levels) != design.absorption(fewest: 2)?.columns
        || features.contains(where: columns(levels).range.contains)
      {
        return "the levels of the covariance are not those of a category"
      }
    }
    let all = features + (levels.map { structured($0).kept } ?? [])
    if (levels == nil ? all : all.sorted()) != kept || means.count != count || norms.count != count
      || inverse.count != count * (count + 1) / 2 || (weightSum != nil) != intercept
    {
      return "the covariance is not that of the coefficients"
    }
    return norms.allSatisfy { $0 > 0 } ? nil : "a norm is not positive"
  }

  private func columns(_ levels: Levels) -> LevelColumns {
    LevelColumns(first: levels.first, levels: levels.weights.count, hasReference: weightSum != nil)
  }

  private func structured(_ levels: Levels) -> UnscaledCovariance.Levels {
    UnscaledCovariance.Levels(
      columns: columns(levels), weights: levels.weights,
      means: Matrix(rows: levels.weights.count, columns: features.count, elements: levels.means))
  }

  /// - Precondition: the record has no fault.
  var covariance: UnscaledCovariance {
    UnscaledCovariance(
      features: features, means: means, norms: norms,
      inverse: UpperTriangularMatrix(order: features.count, packedColumns: inverse), weightSum: weightSum,
      levels: levels.map(structured))
  }
}
