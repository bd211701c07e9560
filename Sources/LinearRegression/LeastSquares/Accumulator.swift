public import LinearAlgebra

extension LeastSquares {
  /// A share of an exact fit: takes rows as they come, joins with other shares, and is solved without the data.
  ///
  /// ```swift
  /// var share = LeastSquares.Accumulator(features: 20)
  /// for (X, y) in blocks { try share.add(X, y) }
  /// try share.merge(other)
  /// let fit = try share.solve()
  /// ```
  ///
  /// What it keeps is the triangular factor of [1 X y] and counts: O((p + k)²) numbers, however many rows. Shares
  /// merged in any order agree to rounding; the same shares in the same order give the same bits.
  public struct Accumulator: Equatable, Sendable {
    /// Number of features, p.
    public let features: Int

    /// Number of targets, k.
    public let targets: Int

    /// The factor; nil as long as there is no row.
    var factor: TriangularFactor<Double>?

    /// Relative precision of the data, the coarsest of all that were added.
    var epsilon: Double = 0

    /// An empty share.
    /// - Precondition: the numbers are not negative.
    public init(features: Int, targets: Int = 1) {
      require(features >= 0 && targets >= 0, "a share of \(features) features and \(targets) targets")
      self.features = features
      self.targets = targets
    }

    /// Number of rows whose weight is not zero.
    public var observations: Int { factor?.counts.observations ?? 0 }

    private var layout: DesignLayout { DesignLayout(features: features, targets: targets, hasOnes: true) }

    /// Adds rows.
    ///
    /// - Parameters:
    ///   - X: rows × p.
    ///   - y: rows × k.
    ///   - weights: one weight per row; nil for 1.
    /// - Throws: ``DataError`` with the row counted from the first of X; the share is then as it was.
    /// - Precondition: the shapes fit.
    /// - Complexity: 2 rows (p + k)² flops on all cores. Adding many rows at once is faster than one by one.
    public mutating func add<M: RowMajor>(
      _ X: M, _ y: Matrix<M.Scalar>, weights: [M.Scalar]? = nil
    ) throws(DataError) {
      try add(X, y, weights: weights, isDivided: true)
    }

    /// Adds rows that are a few of many, which other threads have: ``add(_:_:weights:)`` without dividing them among threads, which
    /// would factorise each part from its beginning.
    package mutating func addBlock<M: RowMajor>(
      _ X: M, _ y: Matrix<M.Scalar>, weights: [M.Scalar]? = nil
    ) throws(DataError) {
      try add(X, y, weights: weights, isDivided: false)
    }

    private mutating func add<M: RowMajor>(
      _ X: M, _ y: Matrix<M.Scalar>, weights: [M.Scalar]?, isDivided: Bool
    ) throws(DataError) {
      require(
        X.columnCount == features && y.shape == Shape(X.rowCount, targets),
        "add: X is \(X.shape) and y is \(y.shape), but the share has \(features) features and \(targets) targets"
      )
      require(
        weights.map { $0.count == X.rowCount } ?? true,
        "add: X is \(X.shape) but there are \(weights?.count ?? 0) weights")
      if X.rowCount == 0 { return }
      var rows: TriangularFactor<Double>
      do throws(DataError) {
        rows = try Observations.with(X, y, weights: weights) { (rows) throws(DataError) in
          var units = ColumnUnits(sampling: rows, centered: true), passes = 0
          return try units.inSoundUnits(rows, layout, passes: &passes) { units in
            let factor = TriangularFactor.of(rows, layout, units, isDivided: isDivided)
            return (factor.inDouble, factor.columnSizes)
          }
        }
      } catch {
        // A pass sees that a value is not finite; this says where.
        do throws(DataError) {
          try DataError.check(X, y, weights: weights)
        } catch {
          if error == .noWeight { return }  // rows that are absent
          throw error
        }
        throw error
      }
      epsilon = max(epsilon, Double(M.Scalar.ulpOfOne))
      if var factor {
        factor.merge(rows)
        rows = factor
      }
      factor = rows
    }

    /// Adds rows of one target given flat.
    ///
    /// - Throws: ``DataError``; the share is then as it was.
    /// - Precondition: the shapes fit.
    public mutating func add<M: RowMajor>(
      _ X: M, _ y: [M.Scalar], weights: [M.Scalar]? = nil
    ) throws(DataError) {
      try add(X, Matrix(column: y), weights: weights)
    }

    /// Joins with the share of other rows.
    ///
    /// - Throws: ``DataError/columnsDiffer(features:targets:)``.
    /// - Complexity: about 2 (p + k)³ flops. Uses `dtpqrt`.
    public mutating func merge(_ other: Accumulator) throws(DataError) {
      guard features == other.features, targets == other.targets else {
        throw .columnsDiffer(features: [features, other.features], targets: [targets, other.targets])
      }
      epsilon = max(epsilon, other.epsilon)
      guard let theirs = other.factor else { return }
      guard var mine = factor else { return factor = theirs }
      mine.merge(theirs)
      factor = mine
    }

    /// The same rows, with some of the columns of [X y], counted from 0, as features and others as targets.
    ///
    /// - Parameter epsilon: relative precision of the data.
    /// - Complexity: O((p + k)³)
    package func rearranged(features: [Int], targets: [Int], epsilon: Double) -> Accumulator {
      var result = Accumulator(features: features.count, targets: targets.count)
      result.factor = factor?.selecting(features, targets: targets, intercept: true)
      result.epsilon = epsilon
      return result
    }

    /// The fit of all rows.
    ///
    /// - Parameters:
    ///   - method: intercept or not, ridge penalty, what becomes of redundant features. The solver is
    ///     ``LeastSquares/Solver/qr``, or ``LeastSquares/Solver/svd`` if that is asked for: there are no rows to read
    ///     again.
    ///   - columns: which columns of [X y], counted from 0, are features now; nil for those of X.
    ///   - chosen: which columns of [X y] are targets now; nil for those of y.
    /// - Returns: the fit. Its features are counted as `columns` lists them.
    /// - Throws: ``DataError``: no rows, redundant features if the method refuses them, overflow.
    /// - Precondition: columns exist; none is feature and target.
    /// - Complexity: O((p + k)³)
    public func solve(
      _ method: LeastSquares = LeastSquares(), features columns: [Int]? = nil, targets chosen: [Int]? = nil
    ) throws(DataError) -> LeastSquaresFit {
      method.checkSettings()
      guard let factor else { throw .noRows }
      let columns = columns ?? Array(0..<features), chosen = chosen ?? Array(features..<features + targets)
      require(
        (columns + chosen).allSatisfy { $0 >= 0 && $0 < features + targets }
          && Set(columns + chosen).count == columns.count + chosen.count,
        "solve: features \(columns) and targets \(chosen) of \(features + targets) columns")
      if let column = factor.columnSizes.norms.firstIndex(where: { !$0.isFinite }) {
        throw .overflow(column: column, features: features)
      }
      let selected = factor.selecting(columns, targets: chosen, intercept: method.intercept)
      let solution = try method.solved(
        ReducedProblem(selected, precisions: Array(repeating: epsilon, count: columns.count)))
      return try solution.fit(
        solver: method.rung(of: solution), reason: "the rows are not read again", passes: 1)
    }
  }
}

extension TriangularFactor {
  /// The same factor, whatever type its rows had.
  var inDouble: TriangularFactor<Double> { TriangularFactor<Double>(layout, units, counts, triangle) }

  /// The factor of some of the columns of [X y], with or without the column of ones.
  func selecting(_ features: [Int], targets: [Int], intercept: Bool) -> TriangularFactor {
    var whole = self
    if !intercept {
      // Without a column of ones there is nothing to take a shift out again.
      var unshifted = units
      unshifted.shifts = zeros(units.shifts.count)
      whole.express(in: unshifted)
    }
    let columns = features + targets
    let positions = (intercept ? [0] : []) + columns.map { layout.firstFeature + $0 }
    return TriangularFactor(
      DesignLayout(features: features.count, targets: targets.count, hasOnes: intercept),
      whole.units.selecting(columns), counts, whole.triangle.selecting(positions))
  }
}
