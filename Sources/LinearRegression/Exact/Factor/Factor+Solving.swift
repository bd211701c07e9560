internal import LinearAlgebra

extension LeastSquares.Factor {
  /// The fit of all rows.
  ///
  /// - Parameters:
  ///   - method: intercept or not, ridge penalty, what becomes of redundant features. The solver is
  ///     ``LeastSquares/Solver/qr``, or ``LeastSquares/Solver/svd`` if that is asked for: there are no rows to read
  ///     again.
  ///   - columns: which columns of [X y], counted from 0, are features now; nil for those of X.
  ///   - chosen: which columns of [X y] are targets now; nil for those of y.
  /// - Returns: the fit. Its features are counted as `columns` lists them.
  /// - Throws: ``DataError``: no rows, columns that there are not or that are named twice, a setting that is not allowed,
  ///   redundant features if the method refuses them, overflow.
  /// - Complexity: O((p + k)³)
  public func solve(
    _ method: LeastSquares = LeastSquares(), features columns: [Int]? = nil, targets chosen: [Int]? = nil
  ) throws(DataError) -> LeastSquaresFit {
    try method.checkSettings()
    let columns = columns ?? Array(0..<features), chosen = chosen ?? Array(features..<features + targets)
    try DataError.check(
      (columns + chosen).allSatisfy { $0 >= 0 && $0 < features + targets }
        && Set(columns + chosen).count == columns.count + chosen.count,
      "solve: features \(columns) and targets \(chosen) of \(features + targets) columns")
    let selected = try selecting(columns, chosen, method)
    let solution = try method.solved(Problem(selected))
    return try solution.fit(
      solver: method.rung(of: solution), reason: "the rows are not read again", passes: 1
    ).counting(method.weightKind, weightSum: counts.weightSum)
  }

  /// The factor of the columns that a method needs.
  ///
  /// - Throws: ``DataError``: no rows, overflow.
  func selecting(
    _ features: [Int], _ targets: [Int], _ method: LeastSquares
  ) throws(DataError) -> LeastSquares.Factor {
    if isEmpty { throw .noRows }
    try checkColumns()
    let selected = selecting(features: features, targets: targets, intercept: method.intercept)
    // Without the shifts columns are larger.
    try selected.checkColumns()
    return selected
  }

  /// Throws where a column is beyond Double.
  private func checkColumns() throws(DataError) {
    let sizes = columnSizes
    let column = zip(sizes.norms, sizes.offsets).enumerated().first { !($1.0.isFinite && $1.1.isFinite) }
    if let column { throw .overflow(column: column.offset, features: features) }
  }

  /// The fit of all rows in levels.
  ///
  /// The coefficients β of the features are those of y by X, both less the means m of their levels; then the level g
  /// has the intercept α_g = ȳ_g − m_g β. With treatment coding the coefficients of the levels are α_g − α_0, else α_g.
  ///
  /// - Parameters:
  ///   - method: what becomes of redundant features.
  ///   - columns: where the levels stand among the features of the fit; the intercept is there where they have a
  ///     reference. Levels beyond those of the rows have no rows.
  /// - Returns: the fit. Its covariance keeps the means of the levels instead of their columns.
  /// - Throws: ``DataError``: no rows, redundant features if the method refuses them, overflow.
  /// - Precondition: the method has no penalty and does not ask for the least norm; there are no fewer levels than were
  ///   added.
  /// - Complexity: O((p + k)³ + levels (p² + p k)); O((p + k + levels)³) where a feature before the levels is constant
  ///   within each, and stays while a level is left out. With more levels than there can be columns the feature is left
  ///   out instead, and named as all are.
  package func solve(
    _ method: LeastSquares = LeastSquares(), columns: LevelColumns
  ) throws(DataError) -> LeastSquaresFit {
    require(
      method.ridgePenalty == 0 && method.redundancy != .minimumNorm,
      "solve: a category without columns goes with least squares alone")
    require(columns.levels >= levels, "solve: \(columns.levels) levels of \(levels)")
    if isEmpty { throw .noRows }
    var whole = self
    whole.grow(to: columns.levels)
    let problem = Problem(whole)
    if let column = problem.norms.firstIndex(where: { !$0.isFinite }) {
      throw column < features
        ? .overflow(.features, column: columns.position(ofOther: column))
        : .overflow(.targets, column: column - features)
    }
    let redundancy = LevelsRedundancy(whole, columns)
    let order = features + targets + columns.count + 1
    if order * order <= Self.mostElements, redundancy.takesLevels(problem) {
      return try whole.withColumns(columns).solve(with(method, columns))
    }
    do throws(DataError) {
      let solution = try method.solved(problem)
      let within = try solution.fit(solver: .qr, reason: "the levels are taken out of the rows", passes: 1)
      return try LevelsFit(whole, columns, within, leftovers: solution.leftovers).fit()
        .counting(method.weightKind, weightSum: counts.weightSum)
    } catch {
      switch error {
      case .overflow(.features, let column):
        throw .overflow(.features, column: columns.position(ofOther: column))
      case .rankDeficient(let redundant):
        throw .rankDeficient(redundancy.spelledOut(redundant))
      default: throw error
      }
    }
  }

  /// A triangle of more elements would need more than 1 GiB.
  private static var mostElements: Int { 1 << 27 }

  private func with(_ method: LeastSquares, _ columns: LevelColumns) -> LeastSquares {
    var method = method
    method.intercept = columns.hasReference
    return method
  }
}
