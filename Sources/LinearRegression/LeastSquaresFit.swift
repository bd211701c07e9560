public import LinearAlgebra

/// What an exact fit returns: the model and what is known about it.
public struct LeastSquaresFit: Equatable, Sendable {
  /// The fitted model.
  public let model: LinearModel

  /// Whether the model has an intercept.
  public let hasIntercept: Bool

  /// Number of rows, n.
  public let observations: Int

  /// Rank of the columns, the intercept's included. Below ``parameterCount`` the coefficients are not unique.
  public let rank: Int

  /// Statistics of each target.
  public let statistics: [FitStatistics]

  /// Number of coefficients per target, the intercept included.
  public var parameterCount: Int { model.featureCount + (hasIntercept ? 1 : 0) }

  /// w of a fit with one target, p elements.
  public var coefficients: [Double] { model.coefficients }

  /// b of a fit with one target; 0 without an intercept.
  public var intercept: Double { model.intercept }

  /// Predictions for many rows, n × k.
  public func predict<M: RowMajor>(_ X: M) -> Matrix<M.Scalar> { model.predict(X) }

  /// The prediction for one row, by a fit with one target, without allocation.
  public func predict<Scalar: BLASScalar>(_ row: [Scalar]) -> Double { model.predict(row) }
}

/// Statistics of a least-squares fit, for one target. A value is nil where it does not exist.
public struct FitStatistics: Equatable, Sendable {
  /// Σ (y − ŷ)²
  public let residualSumOfSquares: Double

  /// Σ (y − ȳ)²; without an intercept Σ y².
  public let totalSumOfSquares: Double

  /// n − rank
  public let degreesOfFreedom: Int

  /// √(residual sum of squares / degrees of freedom). Nil without degrees of freedom.
  public let residualStandardError: Double?

  /// 1 − residual / total sum of squares. Nil where y is constant.
  public let rSquared: Double?

  /// 1 − (1 − R²)(n − 1) / degrees of freedom; n instead of n − 1 without an intercept, as R does.
  public let adjustedRSquared: Double?

  /// The F statistic of all features together against none. Nil where it does not exist.
  public let fStatistic: Double?

  /// Derives the statistics from the sums of squares.
  ///
  /// - Parameters:
  ///   - residual: Σ (y − ŷ)² in units of `scale`².
  ///   - total: Σ (y − ȳ)², or Σ y² without an intercept, in the same units.
  ///   - scale: the unit of y that the sums are in: ratios stay right where squares in y's own unit would underflow.
  ///   - n: number of rows.
  ///   - rank: rank of the columns, the intercept's included.
  ///   - hasIntercept: whether the model has an intercept.
  ///   - isLeastSquares: whether the residuals are those of a least-squares fit; F exists only for them.
  package init(
    residualSumOfSquares residual: Double, totalSumOfSquares total: Double, scale: Double = 1,
    observations n: Int,
    rank: Int, hasIntercept: Bool, isLeastSquares: Bool = true
  ) {
    let freedom = n - rank, modelFreedom = rank - (hasIntercept ? 1 : 0)
    residualSumOfSquares = residual * scale * scale
    totalSumOfSquares = total * scale * scale
    degreesOfFreedom = freedom
    residualStandardError = freedom > 0 ? (residual / Double(freedom)).squareRoot() * scale : nil
    rSquared = total > 0 ? 1 - residual / total : nil
    adjustedRSquared =
      freedom > 0
      ? rSquared.map { 1 - (1 - $0) * Double(n - (hasIntercept ? 1 : 0)) / Double(freedom) } : nil
    let f = ((total - residual) / Double(modelFreedom)) / (residual / Double(freedom))
    fStatistic = isLeastSquares && freedom > 0 && modelFreedom > 0 && f.isFinite && f >= 0 ? f : nil
  }

  /// Creates statistics that were saved.
  package init(
    residualSumOfSquares: Double, totalSumOfSquares: Double, degreesOfFreedom: Int,
    residualStandardError: Double?,
    rSquared: Double?, adjustedRSquared: Double?, fStatistic: Double?
  ) {
    self.residualSumOfSquares = residualSumOfSquares
    self.totalSumOfSquares = totalSumOfSquares
    self.degreesOfFreedom = degreesOfFreedom
    self.residualStandardError = residualStandardError
    self.rSquared = rSquared
    self.adjustedRSquared = adjustedRSquared
    self.fStatistic = fStatistic
  }
}
