internal import LinearAlgebra

/// The covariance of the coefficients of a fit where the errors may have unequal variances or depend on each other, as a
/// ``CovarianceEstimator`` finds it in the rows.
///
/// It is kept as that of the coefficients in an orthonormal basis of the columns, in units of s²: V = s² C Ω Cᵀ, where
/// (XᵀWX)⁻¹ = C Cᵀ. With independent errors of equal variance Ω is about I.
public struct RobustCovariance: Equatable, Sendable {
  /// How it was estimated.
  public let estimator: CovarianceEstimator

  /// The small-sample factor that it contains; 1 for HC0, HC2 and HC3.
  public let factor: Double

  /// The degrees of freedom of t, and of the denominator of F: n − k, and with clusters their number less 1.
  public let degreesOfFreedom: Int

  /// The number of clusters in each column that tells them apart.
  public let clusterCounts: [Int]

  /// Whether negative eigenvalues had to be replaced by 0, as may be with clusters by two columns (Cameron, Gelbach and
  /// Miller 2011, doi:10.1198/jbes.2010.07136).
  public let isRepaired: Bool

  /// Ω
  package let inner: Matrix<Double>

  /// What rounding of residuals leaves of the variance of a combination whose scores add up to 0, over what independent
  /// errors of equal variance would give: so where clusters are the levels of a category of the formula.
  package let leastVariance: Double

  package init(
    estimator: CovarianceEstimator, factor: Double, degreesOfFreedom: Int, clusterCounts: [Int],
    isRepaired: Bool, inner: Matrix<Double>, leastVariance: Double
  ) {
    (self.estimator, self.factor, self.degreesOfFreedom) = (estimator, factor, degreesOfFreedom)
    (self.clusterCounts, self.isRepaired, self.inner) = (clusterCounts, isRepaired, inner)
    self.leastVariance = leastVariance
  }

  /// The covariance that sums of scores come to.
  ///
  /// - Parameters:
  ///   - observations: n.
  ///   - parameters: k, of the fit.
  ///   - counted: k in the small-sample factor of clusters; nil for the same.
  ///   - rounding: of residuals, as ``UnscaledCovariance/rounding(ofResiduals:intercept:unit:)`` has it.
  /// - Throws: ``DataError/noCovariance(_:)``: the rows are not those of the fit, HC2 or HC3 with a leverage of 1, a single
  ///   cluster, a number beyond Double.
  /// - Precondition: n > k
  package init(
    _ estimator: CovarianceEstimator, _ sums: ScoreSums, observations n: Int, parameters k: Int,
    counted: Int? = nil, rounding: Double
  ) throws(DataError) {
    precondition(n > k)
    if !(abs(sums.squares - Double(n - k)) <= 1e-6 * Double(n - k)) {
      throw .noCovariance(
        "the residuals of these rows are not those of the fit; give all rows that it was fitted to, and no others; where numbers are large beside their spread, subtract a constant from them first"
      )
    }
    if estimator.needsLeverages, sums.fullLeverageRows > 0 {
      throw .noCovariance(
        "\(sums.fullLeverageRows == 1 ? "a row alone determines" : "\(sums.fullLeverageRows) rows each alone determine") a coefficient (leverage 1), where \(estimator.name) divides by 0; take HC1"
      )
    }
    let ratio = Double(n) / Double(n - k)
    var freedom = n - k, factor = 1.0, isRepaired = false
    var inner: Matrix<Double>
    switch estimator {
    case .hc0, .hc2, .hc3: inner = sums.products.symmetric
    case .hc1:
      inner = sums.products.symmetric
      factor = ratio
    case .neweyWest:
      inner = sums.lagged?.symmetric ?? sums.products
      factor = ratio
    case .clustered(let columns):
      let counts = sums.clusterCounts.prefix(columns.count)
      if let way = counts.firstIndex(where: { $0 < 2 }) {
        throw .noCovariance(
          "all rows are in one cluster of \(columns[way]); clustered errors need at least two, and many to be right"
        )
      }
      let least = counts.min() ?? 0
      factor = Double(least) / Double(least - 1) * (Double(n - 1) / Double(n - (counted ?? k)))
      freedom = least - 1
      inner =
        sums.clusters.enumerated().reduce(into: .zeros(sums.products.rowCount, sums.products.columnCount)) {
          if $1.offset < 2 { $0 += $1.element.products } else { $0 -= $1.element.products }
        }.symmetric
      if columns.count == 2 { (inner, isRepaired) = Self.withoutNegativeEigenvalues(inner) }
    }
    inner = inner * factor
    // A difference of sums may leave rounding below 0.
    for i in 0..<inner.rowCount { inner[i, i] = Swift.max(0, inner[i, i]) }
    if inner.firstNonFinite() != nil {
      throw .noCovariance("the squares of the scores are beyond a Double; use another unit")
    }
    self.init(
      estimator: estimator, factor: factor, degreesOfFreedom: freedom,
      clusterCounts: estimator.clusters.isEmpty
        ? [] : Array(sums.clusterCounts.prefix(estimator.clusters.count)),
      isRepaired: isRepaired, inner: inner, leastVariance: min(1e-12, 4 * Double(n) * rounding * rounding))
  }

  /// The nearest matrix without negative eigenvalues, and whether there were any beyond rounding.
  private static func withoutNegativeEigenvalues(_ matrix: Matrix<Double>) -> (Matrix<Double>, Bool) {
    guard matrix.rowCount > 0, let eigen = try? SymmetricEigen(factoring: matrix) else {
      return (matrix, false)
    }
    let largest = eigen.values.reduce(0) { max($0, abs($1)) }
    guard eigen.values.contains(where: { $0 < -1e-12 * largest }) else { return (matrix, false) }
    let vectors = eigen.vectors
    let scaled = Matrix<Double>(rows: matrix.rowCount, columns: matrix.columnCount) {
      vectors[$0, $1] * max(0, eigen.values[$1])
    }
    // Symmetric to the last bit.
    return (gemm(scaled, vectors, transposeB: .transpose).symmetric, true)
  }

  /// uᵀΩu of each row u of a matrix; NaN where it is lost in rounding, that of residuals or of the sum, which has fewer
  /// than four digits where it is ε Σ |uᵢ Ωᵢⱼ uⱼ| times less than 10⁴.
  package func variances(_ U: Matrix<Double>) -> [Double] {
    let product = gemm(U, inner)
    let sizes = gemm(
      Matrix(rows: U.rowCount, columns: U.columnCount, elements: U.elements.map(abs)),
      Matrix(rows: inner.rowCount, columns: inner.columnCount, elements: inner.elements.map(abs)))
    return (0..<U.rowCount).map { row in
      var (sum, square, size) = (0.0, 0.0, 0.0)
      for i in 0..<U.columnCount {
        sum += U[row, i] * product[row, i]
        square += U[row, i] * U[row, i]
        size += abs(U[row, i]) * sizes[row, i]
      }
      return sum > max(leastVariance * square, 1e4 * .ulpOfOne * size) || square == 0 ? sum : .nan
    }
  }

  /// The number of restrictions that a test may have: fewer than there are clusters.
  var mostRestrictions: Int { clusterCounts.min().map { $0 - 1 } ?? .max }
}

extension Matrix<Double> {
  /// The symmetric matrix whose upper triangle this has.
  fileprivate var symmetric: Matrix<Double> {
    Matrix(rows: rowCount, columns: columnCount) { self[Swift.min($0, $1), Swift.max($0, $1)] }
  }
}
