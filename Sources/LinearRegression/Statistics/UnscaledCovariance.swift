public import LinearAlgebra

/// (XᵀWX)⁻¹ of the features that were kept, in the form that leverage and intervals are computed from without
/// cancelling: R⁻¹ of the columns centred (where there is an intercept) and scaled to norm 1.
public struct UnscaledCovariance: Equatable, Sendable {
  /// The features that were kept, counted from 0.
  public let features: [Int]

  /// The mean of each; zeros without an intercept.
  public let means: [Double]

  /// The norm of each, centred.
  public let norms: [Double]

  /// R⁻¹
  public let inverse: UpperTriangularMatrix<Double>

  /// Σ of the weights of the rows, or their number. Nil without an intercept.
  public let weightSum: Double?

  package init(
    features: [Int], means: [Double], norms: [Double], inverse: UpperTriangularMatrix<Double>,
    weightSum: Double?
  ) {
    precondition(means.count == features.count && norms.count == features.count)
    precondition(inverse.order == features.count)
    self.features = features
    self.means = means
    self.norms = norms
    self.inverse = inverse
    self.weightSum = weightSum
  }

  /// The leverage xᵀ(XᵀWX)⁻¹x of a row: how much of an observation there its own prediction would take over. At a row
  /// of the fit with weight w, w times this is the diagonal element of the hat matrix.
  ///
  /// - Parameter row: all p features.
  /// - Complexity: O(p²)
  public func leverage(_ row: some RandomAccessCollection<Double>) -> Double {
    let z = features.indices.map { j in
      (row[row.index(row.startIndex, offsetBy: features[j])] - means[j]) / norms[j]
    }
    let projected = nrm2(inverse.times(z, transpose: .yes))
    return projected * projected + (weightSum.map { 1 / $0 } ?? 0)
  }

  /// The leverages of many rows.
  ///
  /// - Parameter X: rows × p, all p features.
  /// - Complexity: 2 rows p² flops. Uses `dgemm`.
  public func leverages(_ X: Matrix<Double>) -> [Double] {
    let own = weightSum.map { 1 / $0 } ?? 0
    if features.isEmpty { return Array(repeating: own, count: X.rowCount) }
    // Column-major R⁻¹ is row-major R⁻ᵀ.
    let transposed = Matrix(
      rows: features.count, columns: features.count, elements: inverse.columnMajorElements)
    return X.rowBlocks.flatMap { block in
      let z = Matrix<Double>(rows: block.rowCount, columns: features.count) { i, j in
        (block[i, features[j]] - means[j]) / norms[j]
      }
      let projected = gemm(z, transposed, transposeB: .yes)
      return (0..<block.rowCount).map { i in
        let norm = nrm2(projected[row: i])
        return norm * norm + own
      }
    }
  }

  /// √((XᵀWX)⁻¹ⱼⱼ) of each kept feature.
  var roots: [Double] { zip(inverse.rowNorms(), norms).map { $0 / $1 } }

  /// The same of the intercept: the root of the leverage where all features are zero. Nil without an intercept.
  var interceptRoot: Double? {
    weightSum == nil ? nil : leverage(Array(repeating: 0, count: (features.max() ?? -1) + 1)).squareRoot()
  }

  /// The variance inflation factor of each of p features: how many times its variance is larger than if the other
  /// features were orthogonal to it, 1 / (1 − R²) with R² of its regression on the others. Nil for one that was left
  /// out.
  public func varianceInflationFactors(of p: Int) -> [Double?] {
    var factors = [Double?](repeating: nil, count: p)
    for (feature, norm) in zip(features, inverse.rowNorms()) { factors[feature] = norm * norm }
    return factors
  }
}
