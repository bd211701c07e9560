public import LinearAlgebra

extension LeastSquaresFit {
  /// The covariance of the coefficients where the errors may have unequal variances or depend on each other, from the
  /// rows of the fit.
  ///
  /// ```swift
  /// let fit = try LeastSquares().fit(X, y)
  /// let robust = try fit.covariance(.hc1, X, y)
  /// fit.coefficientStatistics(robust).map(\.standardError)
  /// ```
  /// - Parameters:
  ///   - estimator: how it is estimated. With clusters by one or two columns `clusters` has as many.
  ///   - X: the rows of the fit, n × p; for ``CovarianceEstimator/neweyWest(lags:)`` in the order of time.
  ///   - y: its targets, n × k.
  ///   - weights: its n weights; nil for 1.
  ///   - clusters: for each column n numbers, equal for rows of one cluster.
  ///   - target: which target.
  /// - Throws: ``DataError``: shapes that do not fit; ``DataError/noCovariance(_:)``: a fit that is not least squares
  ///   alone, has no degrees of freedom or is perfect; rows that are not those of the fit; a single cluster; HC2 or HC3
  ///   with a row of leverage 1.
  /// - Complexity: 3 n p² flops on all cores, with L lags n p L more; memory O(clusters p + p²).
  public func covariance<M: RowMajor>(
    _ estimator: CovarianceEstimator, _ X: M, _ y: Matrix<M.Scalar>, weights: [M.Scalar]? = nil,
    clusters: [[Int]] = [], target: Int = 0
  ) throws(DataError) -> RobustCovariance {
    try DataError.checkRows(X, y, weights, "covariance")
    try DataError.check(
      X.columnCount == model.featureCount && y.columnCount == model.targetCount
        && 0..<y.columnCount ~= target,
      "covariance: X is \(X.shape) and y \(y.shape), but the fit has \(model.featureCount) features and \(model.targetCount) targets"
    )
    try DataError.check(
      clusters.count == estimator.clusters.count && clusters.allSatisfy { $0.count == X.rowCount },
      "covariance: there are clusters of \(clusters.map(\.count)) rows for \(estimator.clusters.count) columns of clusters and \(X.rowCount) rows"
    )
    let (unscaled, s) = try checkedForRobust(estimator, statistics[target])
    let scores = Scores(
      unscaled, estimator, positions: unscaled.features, coefficients: model.weights[column: target],
      intercept: model.intercepts[target], low: lowModel?.ofTarget(target), unit: s, weightKind: weightKind)
    let sums = scores.sums(
      X, y.columnCount == 1 ? y.elements : y[column: target], weights: weights,
      clusters: Scores.ways(clusters.map { Scores.codes(Self.weighted($0, weights)) }))
    return try RobustCovariance(
      estimator, sums, observations: observations,
      parameters: observations - statistics[target].degreesOfFreedom,
      rounding: unscaled.rounding(
        ofResiduals: model.weights[column: target], intercept: model.intercepts[target], unit: s))
  }

  /// Clusters with that of a row of some weight for rows of none, so that it does not count.
  private static func weighted<Scalar: BLASScalar>(_ clusters: [Int], _ weights: [Scalar]?) -> [Int] {
    guard let weights, let first = weights.firstIndex(where: { $0 != 0 }) else { return clusters }
    return clusters.indices.map { weights[$0] == 0 ? clusters[first] : clusters[$0] }
  }

  /// The same of one target given flat.
  ///
  /// - Throws: ``DataError``, as for several targets.
  public func covariance<M: RowMajor>(
    _ estimator: CovarianceEstimator, _ X: M, _ y: [M.Scalar], weights: [M.Scalar]? = nil,
    clusters: [[Int]] = []
  ) throws(DataError) -> RobustCovariance {
    try covariance(estimator, X, Matrix(column: y), weights: weights, clusters: clusters)
  }

  /// The table of coefficients of a target with the standard errors of a covariance.
  ///
  /// - Precondition: the covariance is one of this fit.
  /// - Complexity: O(p³)
  public func coefficientStatistics(_ robust: RobustCovariance, target: Int = 0) -> CoefficientTable {
    let table = coefficientStatistics(target: target)
    guard let covariance, let s = statistics[target].residualStandardError else { return table }
    return CoefficientTable(
      estimates: table.estimates,
      standardErrors: covariance.standardErrors(robust, unit: s, coefficients: table.count),
      degreesOfFreedom: robust.degreesOfFreedom)
  }

  private func checkedForRobust(
    _ estimator: CovarianceEstimator, _ statistics: FitStatistics
  ) throws(DataError) -> (UnscaledCovariance, Double) {
    guard let covariance else {
      throw .noCovariance(
        "the coefficients are not those of least squares alone, and have no standard errors")
    }
    try estimator.check(weightKind)
    return (covariance, try statistics.unitOfScores())
  }
}

extension FitStatistics {
  /// The residual standard error, where it is one that scores can be divided by.
  ///
  /// - Throws: ``DataError/noCovariance(_:)`` without degrees of freedom, and where residuals are but rounding.
  package func unitOfScores() throws(DataError) -> Double {
    guard let s = residualStandardError, degreesOfFreedom > 0 else {
      throw .noCovariance(
        "there are as many coefficients as rows, so that nothing is left to estimate errors from")
    }
    guard s > 0, s.isFinite, residualSumOfSquares > 1e-26 * totalSumOfSquares || totalSumOfSquares == 0 else {
      throw .noCovariance(
        "the fit is perfect but for rounding; there are no errors to estimate a covariance from")
    }
    return s
  }
}

extension UnscaledCovariance {
  /// The standard errors of so many coefficients, the intercept's first (if there is one): √(s² (C Ω Cᵀ)ⱼⱼ). NaN for
  /// features that were left out, of those whose variance is lost in rounding, and where a category was taken out of the rows
  /// for its levels and the intercept.
  package func standardErrors(_ robust: RobustCovariance, unit s: Double, coefficients: Int) -> [Double] {
    var errors = [Double](repeating: .nan, count: coefficients)
    let first = weightSum == nil ? 0 : 1
    let known = (first == 1 && levels == nil ? [0] : []) + features.map { first + $0 }
    let L = Matrix<Double>(rows: known.count, columns: coefficients) { known[$0] == $1 ? 1 : 0 }
    let roots = ScaledCombinations(of: L, in: self).relativeErrors(robust)
    for (row, coefficient) in known.enumerated() { errors[coefficient] = s * roots[row] }
    return errors
  }
}

extension RobustCovariance {
  /// Wald's test that the coefficients of all features are 0, in the coordinates of rows, where it does not matter how
  /// near the columns are to each other: with V = s² N⁻¹R⁻¹ Ω R⁻ᵀN⁻¹, N being the norms of the columns, it is wᵀ Ω⁻¹ w / q
  /// with w = R N b / s.
  ///
  /// - Parameters:
  ///   - unscaled: of the fit.
  ///   - b: the coefficients of the q features that were kept.
  ///   - s: the residual standard error.
  /// - Returns: nil where Ω is singular, clusters are not more than coefficients, or w has fewer than four digits.
  /// - Complexity: O(q³). Uses `dtrtrs` and `dpotrf`.
  package func waldTest(_ unscaled: UnscaledCovariance, coefficients b: [Double], unit s: Double) -> WaldTest?
  {
    let q = unscaled.features.count
    let v = (0..<q).map { unscaled.norms[$0] / s * b[$0] }
    guard q > 0, q <= mostRestrictions, let w = try? unscaled.inverse.solve(Matrix(column: v)).elements,
      .ulpOfOne * Double(q) * norm(v) <= 1e-4 * norm(w)
    else { return nil }
    let covariance = Matrix<Double>(rows: q, columns: q) { inner[$0, $1] }
    return WaldTest(
      w, covariance: covariance, leastVariance: leastVariance, degreesOfFreedom: degreesOfFreedom)
  }
}

extension Scores {
  /// Numbers from 0 for clusters, in the order in which they first stand there.
  ///
  /// - Complexity: O(n): by a table where the numbers are close to each other, else by hashing.
  static func codes(_ clusters: [Int]) -> Clusters {
    let least = clusters.min() ?? 0,
      (span, overflow) = (clusters.max() ?? 0).subtractingReportingOverflow(least)
    var count: Int32 = 0
    func next() -> Int32 {
      count += 1
      return count - 1
    }
    if !overflow, span < 8 * clusters.count {
      var table = [Int32](repeating: -1, count: span + 1)
      let codes = clusters.map { cluster in
        if table[cluster - least] < 0 { table[cluster - least] = next() }
        return table[cluster - least]
      }
      return (codes, Int(count))
    }
    var table: [Int: Int32] = [:]
    let codes = clusters.map { cluster in
      if let number = table[cluster] { return number }
      let number = next()
      table[cluster] = number
      return number
    }
    return (codes, Int(count))
  }

  /// The clusters of each way: of two columns their intersections too.
  package static func ways(_ columns: [Clusters]) -> [Clusters] {
    if columns.count != 2 { return columns }
    let width = columns[1].count
    return columns + [codes(zip(columns[0].codes, columns[1].codes).map { Int($0) * width + Int($1) })]
  }
}
