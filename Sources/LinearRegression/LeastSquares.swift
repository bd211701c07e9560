public import LinearAlgebra

/// An exact least-squares fit: the w and b that minimise Σ (y − X w − b)².
///
/// ```swift
/// let fit = try LeastSquares().fit(X, y)
/// fit.coefficients, fit.intercept, fit.statistics[0].rSquared
/// fit.predict(row)
/// ```
///
/// Columns are centred and scaled to one standard deviation before they are solved, in Double, so that their unit does not
/// matter. Where columns depend on each other, as far as the precision that they are stored in can tell, the solution is the
/// one of least norm in standardised units, and ``LeastSquaresFit/rank`` says so.
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
  /// - Throws: ``DataError``: no rows, a value that is not finite, a spread or coefficient beyond Double.
  /// - Precondition: X and y have the same number of rows.
  /// - Complexity: about 2 n (p + k)² flops on all cores, six passes over the data, memory O((p + k)²) beside them. Uses
  ///   `dgeqrf` on blocks of rows and `dgelsy` on their triangular factor.
  public func fit<M: RowMajor>(_ X: M, _ y: Matrix<M.Scalar>) throws(DataError) -> LeastSquaresFit {
    require(X.rowCount == y.rowCount, "fit: X is \(X.shape) but y is \(y.shape)")
    try DataError.check(X, y)
    let units = try ProblemStandardization(X, y, centered: intercept)
    let (p, k) = (X.columnCount, y.columnCount)
    let factor = TriangularFactor(X, y, units)
    let solution = solve(factor, features: p, targets: k, cutOff: rankCutOff(units.features, M.Scalar.self))
    let model = units.original(weights: solution.solution, bias: .zeros(1, k))
    if let column = units.firstOverflow(model) { throw .overflow(.features, column: column) }
    let rank = solution.rank! + (intercept ? 1 : 0)
    return try LeastSquaresFit(
      model: model, hasIntercept: intercept, observations: X.rowCount, rank: rank,
      statistics: (0..<k).map { target throws(DataError) in
        let statistics = FitStatistics(
          residualSumOfSquares: residualSumOfSquares(factor, solution.solution, target),
          // Σ z² = n. Without an intercept columns are not centred, and this is Σ y², as R has it.
          totalSumOfSquares: units.targets.scales[target] == 0 ? 0 : Double(X.rowCount),
          scale: units.targets.scales[target], observations: X.rowCount, rank: rank, hasIntercept: intercept)
        guard statistics.totalSumOfSquares.isFinite else { throw .overflow(.targets, column: target) }
        return statistics
      })
  }

  /// Fits a model of one target given flat; X may be written as a literal.
  ///
  /// - Throws: ``DataError``: no rows, a value that is not finite, a spread or coefficient beyond Double.
  /// - Precondition: X and y have the same number of rows.
  public func fit<Scalar>(_ X: Matrix<Scalar>, _ y: [Scalar]) throws(DataError) -> LeastSquaresFit {
    try fit(X, Matrix(column: y))
  }

  /// Fits a model of one target given flat.
  ///
  /// - Parameters:
  ///   - X: design matrix without a column of ones, n × p, one row per observation.
  ///   - y: targets, n elements.
  /// - Throws: ``DataError``: no rows, a value that is not finite, a spread or coefficient beyond Double.
  /// - Precondition: X has n rows.
  public func fit<M: RowMajor>(_ X: M, _ y: [M.Scalar]) throws(DataError) -> LeastSquaresFit {
    try fit(X, Matrix(column: y))
  }

  /// Solves the standardised problem from its factor [R S; 0 T]: ‖R w − S‖ is least where ‖X w − y‖ is.
  private func solve(
    _ factor: TriangularFactor, features p: Int, targets k: Int, cutOff: Double
  ) -> LeastSquaresSolution<Double> {
    do {
      return try gelsy(
        Matrix(rows: p, columns: p) { i, j in factor[i, j] },
        Matrix(rows: p, columns: k) { i, j in factor[i, p + j] },
        rcond: cutOff)
    } catch {
      fatalError("gelsy on finite standardised data: \(error); this is a bug in swift-linear-regression")
    }
  }

  /// The reciprocal condition number below which columns count as dependent.
  ///
  /// A stored value is uncertain by ε |x|, which standardisation makes ε |x| / s: columns that depend on each other up to
  /// that cannot be told from columns that do. It does not grow with n. The uncertainty of one column is capped at √ε, so
  /// that a column that is nearly constant does not decide for all the others.
  private func rankCutOff<Scalar: BLASScalar>(_ units: Standardization, _: Scalar.Type) -> Double {
    let epsilon = Double(Scalar.ulpOfOne)
    let uncertainties = zip(units.magnitudes, units.scales).map { magnitude, scale in
      scale == 0 ? 0 : min(epsilon * magnitude / scale, epsilon.squareRoot())
    }
    return max(8 * Double(max(1, units.means.count)) * .ulpOfOne, 2 * nrm2(uncertainties))
  }

  /// ‖y − X w‖² of a target in standardised units: ‖T‖², and ‖R w − S‖² where the rank leaves something of it.
  private func residualSumOfSquares(
    _ factor: TriangularFactor, _ weights: Matrix<Double>, _ target: Int
  ) -> Double {
    let p = weights.rowCount
    var sum = 0.0
    for i in 0..<factor.order {
      var residual = factor[i, p + target]
      for j in i..<max(i, p) { residual -= factor[i, j] * weights[j, target] }
      sum += residual * residual
    }
    return sum
  }
}
