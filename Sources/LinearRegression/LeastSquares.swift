public import LinearAlgebra

/// An exact least-squares fit: the w and b that minimise Σ (y − X w − b)².
///
/// ```swift
/// let fit = try LeastSquares().fit(X, y)
/// fit.coefficients, fit.intercept, fit.statistics[0].rSquared
/// fit.predict(row)
/// ```
///
/// Columns are centred and scaled to one standard deviation before they are solved, in Double, so that neither their
/// offset nor their unit costs digits or decides the rank. Where columns depend on each other the solution is the one
/// of least norm in standardised units, and ``LeastSquaresFit/rank`` says so.
public struct LeastSquares: Equatable, Sendable {
  /// Whether the model has an intercept b.
  public var intercept: Bool

  /// Creates the method.
  public init(intercept: Bool = true) {
    self.intercept = intercept
  }

  /// Fits a model of k targets at once.
  ///
  /// - Parameters:
  ///   - X: design matrix without a column of ones, n × p, one row per observation.
  ///   - y: targets, n × k.
  /// - Returns: the fit.
  /// - Throws: ``DataError``: no rows, a value that is not finite, a spread beyond Double.
  /// - Precondition: X and y have the same number of rows.
  /// - Complexity: about 2 n (p + k)² flops on all cores, six passes over the data, memory O((p + k)²) beside them. Uses
  ///   `dgeqrf` on blocks of rows and `dgelsy` on their triangular factor.
  public func fit<M: RowMajor>(_ X: M, _ y: Matrix<M.Scalar>) throws(DataError) -> LeastSquaresFit {
    require(X.rowCount == y.rowCount, "fit: X is \(X.shape) but y is \(y.shape)")
    try DataError.check(X, y)
    let units = try ProblemStandardization(X, y, centered: intercept)
    let solution = solve(TriangularFactor(X, y, units), features: X.columnCount, targets: y.columnCount)
    let model = units.original(weights: solution.solution, bias: .zeros(1, y.columnCount))
    let rank = solution.rank! + (intercept ? 1 : 0)
    let evaluations = try model.evaluate(X, y)
    return LeastSquaresFit(
      model: model, hasIntercept: intercept, observations: X.rowCount, rank: rank,
      statistics: evaluations.indices.map { target in
        FitStatistics(
          residualSumOfSquares: evaluations[target].residualSumOfSquares,
          // R's convention: without an intercept R² compares with ŷ = 0 instead of ŷ = ȳ.
          totalSumOfSquares: intercept
            ? evaluations[target].totalSumOfSquares
            : Double(X.rowCount) * units.targets.scales[target] * units.targets.scales[target],
          observations: X.rowCount, rank: rank, hasIntercept: intercept)
      })
  }

  /// Fits a model of one target given flat.
  ///
  /// - Parameters:
  ///   - X: design matrix without a column of ones, n × p, one row per observation.
  ///   - y: targets, n elements.
  /// - Throws: ``DataError``: no rows, a value that is not finite, a spread beyond Double.
  /// - Precondition: X has n rows.
  public func fit<M: RowMajor>(_ X: M, _ y: [M.Scalar]) throws(DataError) -> LeastSquaresFit {
    try fit(X, Matrix(column: y))
  }

  /// Solves the standardised problem from its factor [R S; 0 T]: ‖R w − S‖ is least where ‖X w − y‖ is.
  ///
  /// The cut-off for the rank is a multiple of ε that grows with p but not with n: rounding of the columns' entries
  /// moves the singular values of columns of equal norm by that much.
  private func solve(_ factor: TriangularFactor, features p: Int, targets k: Int) -> LeastSquaresSolution<
    Double
  > {
    do {
      return try gelsy(
        Matrix(rows: p, columns: p) { i, j in factor[i, j] },
        Matrix(rows: p, columns: k) { i, j in factor[i, p + j] },
        rcond: 8 * Double(max(1, p)) * .ulpOfOne)
    } catch {
      fatalError("gelsy on finite standardised data: \(error); this is a bug in swift-linear-regression")
    }
  }
}
