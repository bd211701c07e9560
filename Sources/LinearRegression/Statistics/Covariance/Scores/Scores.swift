internal import LinearAlgebra

/// Forms the scores of the rows of a fit, sᵢ = wᵢ eᵢ uᵢ / s with the coordinates u of ``UnscaledCovariance`` and the
/// residual standard error s: in these units a covariance of errors that are independent and of equal variance has
/// Σ sᵢ sᵢᵀ ≈ I.
package struct Scores: Sendable {
  package let covariance: UnscaledCovariance
  package let estimator: CovarianceEstimator
  /// The column of each feature that was kept.
  let positions: [Int]
  /// What a row's prediction is formed with: a weight for each of its columns, and the intercept.
  let coefficients: [Double]
  let intercept: Double
  /// What rounding took from these; nil where it is nothing beside the residuals, which are then formed in Doubles.
  let low: LinearModel?
  /// What residuals are divided by.
  let unit: Double
  let weightKind: WeightKind
  /// What turns sums of standardised columns into those of coordinates, where the condition number allows that; nil
  /// where coordinates are formed of each row.
  let basis: Basis?

  /// - Precondition: the positions are those of columns, and the unit is positive.
  package init(
    _ covariance: UnscaledCovariance, _ estimator: CovarianceEstimator, positions: [Int],
    coefficients: [Double], intercept: Double, low: LinearModel? = nil, unit: Double,
    weightKind: WeightKind = .analytic
  ) {
    precondition(low.map { $0.featureCount == coefficients.count && $0.targetCount == 1 } ?? true)
    precondition(positions.count == covariance.features.count && unit > 0)
    precondition(positions.allSatisfy { coefficients.indices.contains($0) })
    (self.covariance, self.estimator, self.positions) = (covariance, estimator, positions)
    (self.coefficients, self.intercept, self.unit) = (coefficients, intercept, unit)
    (self.weightKind, self.low) = (weightKind, low)
    basis =
      low == nil && !estimator.needsCoordinates
      ? Basis(covariance, positions, of: coefficients.count) : nil
  }

  /// The clusters of rows in one way: a number for each row, and how many there are.
  package typealias Clusters = (codes: [Int32], count: Int)

  /// The sums of scores that the estimator needs.
  ///
  /// Rows are cut into leaves by their width alone; scores of leaves are formed on all cores, and added in the rows'
  /// order.
  /// - Parameters:
  ///   - X: rows of the fit, n × its columns.
  ///   - y: the target of each.
  ///   - low: what X and y lack beyond their precision; nil for nothing.
  ///   - weights: one for each; nil for 1.
  ///   - levels: the level of each, where a category was taken out of the rows.
  ///   - clusters: for each way; with two columns the intersections are the third.
  /// - Precondition: there is one y, weight, level and cluster for each row, and levels and clusters are counted from 0.
  /// - Complexity: 2 n p² flops, with HC0 to HC3 n p² more, with L lags n p (p + L).
  package func sums<Scalar: BLASScalar>(
    _ X: some RowMajor<Scalar>, _ y: [Scalar], low: (X: Matrix<Double>?, y: Matrix<Double>?) = (nil, nil),
    weights: [Scalar]? = nil, levels: [Int32]? = nil, clusters: [Clusters] = []
  ) -> ScoreSums {
    precondition(X.columnCount == coefficients.count)
    precondition(clusters.allSatisfy { $0.codes.count == X.rowCount })
    return Rows.with(X, Matrix(column: y), weights: weights, levels: levels, low: low) {
      sums($0, clusters)
    }
  }

  private func sums<Scalar>(_ rows: Rows<Scalar>, _ clusters: [Clusters]) -> ScoreSums {
    var sums = ScoreSums(estimator, coordinates: width, clusters: clusters.map(\.count))
    switch estimator {
    case .hc0, .hc1, .hc2, .hc3: addProducts(of: rows, to: &sums)
    case .clustered: for way in clusters.indices { add(rows, clusters[way], way, to: &sums) }
    case .neweyWest: addLagged(rows, to: &sums)
    }
    return basis.map { sums.transformed($0.matrix) } ?? sums
  }
}
