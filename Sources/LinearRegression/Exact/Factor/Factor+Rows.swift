public import LinearAlgebra

extension LeastSquares.Factor {
  /// Adds rows.
  ///
  /// - Parameters:
  ///   - X: rows × p.
  ///   - y: rows × k.
  ///   - weights: one weight per row; nil for 1.
  /// - Throws: ``DataError``, with the row counted from the first of X; ``DataError/overflow(_:column:)`` where Σ w (y −
  ///   ȳ)² would be beyond Double, so that no later solution could have statistics. The factor is then as it was.
  /// - Complexity: 2 rows (p + k)² flops on all cores. Adding many rows at once is faster than one by one.
  public mutating func add<M: RowMajor>(
    _ X: M, _ y: Matrix<M.Scalar>, weights: [M.Scalar]? = nil
  ) throws(DataError) {
    try add(X, y, weights: weights, levels: nil)
  }

  /// Adds rows of one target given flat.
  ///
  /// - Throws: ``DataError``; the factor is then as it was.
  public mutating func add<M: RowMajor>(
    _ X: M, _ y: [M.Scalar], weights: [M.Scalar]? = nil
  ) throws(DataError) {
    try add(X, Matrix(column: y), weights: weights)
  }

  /// Adds rows that may be in levels.
  ///
  /// - Parameters:
  ///   - X: rows × p.
  ///   - y: rows × k.
  ///   - weights: one weight per row; nil for 1.
  ///   - levels: the level of each row, from 0, and their number; nil where rows are not in levels.
  ///   - isLeaf: whether the rows are few of many that other threads have, and not divided among threads.
  ///   - low: what X and y lack beyond their precision, rows × p and rows × k; nil for nothing.
  ///   - roundings: the error of the values of each column of [X y] where they were rounded when they were read; empty
  ///     where none were.
  /// - Throws: ``DataError`` with the row counted from the first of X; the factor is then as it was.
  /// - Precondition: each level is one of those that there are.
  /// - Complexity: 2 rows (p + k)² flops.
  package mutating func add<M: RowMajor>(
    _ X: M, _ y: Matrix<M.Scalar>, weights: [M.Scalar]? = nil, levels: (codes: [Int32], count: Int)?,
    isLeaf: Bool = false, low: (X: Matrix<Double>?, y: Matrix<Double>?) = (nil, nil),
    roundings: [Double] = []
  ) throws(DataError) {
    precondition(roundings.isEmpty || roundings.count == features + targets)
    try DataError.check(
      X.columnCount == features && y.columnCount == targets,
      "add: X is \(X.shape) and y is \(y.shape), but the factor has \(features) features and \(targets) targets"
    )
    try DataError.checkRows(X, y, weights, "add")
    try DataError.check(
      (levels != nil) == (grouping == .levels),
      "add: the rows of the factor are \(grouping.words), those that are added are not")
    if let levels {
      require(
        levels.codes.count == X.rowCount && levels.codes.allSatisfy { $0 >= 0 && $0 < levels.count },
        "add: X is \(X.shape), but there are \(levels.codes.count) levels, or one that is not one of \(levels.count)"
      )
    }
    if X.rowCount == 0 { return }
    let layout = layout
    do throws(DataError) {
      var rows = try checked(X, y, weights: weights) { () throws(DataError) in
        try Rows.with(X, y, weights: weights, levels: levels?.codes, low: low) { (rows) throws(DataError) in
          var units = ColumnUnits(sampling: rows, centered: grouping != .none), passes = 0
          return try units.inSoundUnits(rows, layout, passes: &passes) { units in
            let factor = LeastSquares.Factor.of(rows, layout, units, levels: levels?.count, isLeaf: isLeaf)
            return (factor, factor.columnSizes)
          }
        }
      }
      rows.epsilon = Double(M.Scalar.ulpOfOne)
      rows.roundings = roundings
      try checkSums(with: rows)
      join(rows)
    } catch {
      // Rows without weight are absent.
      if error != .noWeight { throw error }
    }
  }
}

extension LeastSquares.Factor {
  /// Reduces rows in one pass, on all cores unless they are one leaf of many.
  ///
  /// - Parameter levels: number of levels; nil where rows are not in levels.
  /// - Complexity: 2 n order² flops, and as many for the means of the levels as for so many rows, once for each leaf.
  static func of<Scalar>(
    _ rows: Rows<Scalar>, _ layout: DesignLayout, _ units: ColumnUnits, levels: Int? = nil,
    isLeaf: Bool = false
  ) -> LeastSquares.Factor {
    // Merging goes over all levels: each leaf has several rows of most. Threads share wide rows block by block instead.
    let isWide = levels == nil && UpperTriangularMatrix.isWide(layout.order), isWhole = isLeaf || isWide
    let height =
      isWhole ? max(1, rows.rowCount) : max(leafRows(order: layout.order), 8 * (levels ?? 0))
    let threads = isWhole && !isLeaf ? Parallelism.threads : 1
    let blockRows = isWide ? min(height, layout.order) : height
    return RowPass(rows: rows.rowCount, blockRows: blockRows, leafRows: height).reduce(rows) {
      FactorOfRows<Scalar>(factor: LeastSquares.Factor(layout, units, levels: levels), threads: threads)
    }.factor
  }

  /// Rows of a leaf. A merge takes as long as some 20 × order rows, and starting a leaf as many again; wide rows are
  /// factorised by `dtpqrt` all the way, which does as much work in leaves as without.
  static func leafRows(order: Int) -> Int {
    order > TriangleUpdate.largestPreconditioned
      ? 2 * order : max(2048, 64 * order, (1 << 17) / max(1, order))
  }

  /// Sizes of the columns of [X y], in the units of the factor.
  var columnSizes: ColumnSizes {
    let between = means.sums(units.scales), first = layout.firstFeature
    let within = normsWithinGroups
    var norms: [Double] = [], offsets: [Double] = []
    for j in 0..<layout.columns {
      let top = first == 1 ? triangle[0, 1 + j] : between.squares[j].squareRoot()
      norms.append(norm([within[j], top]))
      offsets.append(first == 1 ? top / triangle[0, 0] : between.values[j] / counts.weightSum)
    }
    return ColumnSizes(counts: counts, norms: norms, offsets: offsets)
  }
}

extension LeastSquares.Factor {
  /// Throws where the rows of both are more than can be counted, or where their Σ w (y − ȳ)² is beyond Double. With
  /// levels that is left to the solution.
  func checkSums(with other: LeastSquares.Factor) throws(DataError) {
    var sum = counts
    sum.merge(other.counts)
    try DataError.check(
      sum.isCountable, "merge: \(observations) and \(other.observations) rows are more than can be counted")
    if grouping == .levels { return }
    let (own, others) = (counts.weightSum, other.counts.weightSum), whole = own + others
    for t in 0..<targets {
      let (here, there) = (moments(target: t), other.moments(target: t))
      // Chan, Golub and LeVeque 1983, doi:10.1080/00031305.1983.10483115.
      let between = whole > 0 ? (here.mean - there.mean) * (own / whole * others).squareRoot() : 0
      let size = norm([here.deviation, there.deviation, between])
      guard (size * size).isFinite else { throw .overflow(.targets, column: t) }
    }
  }

  /// ȳ and √(Σ w (y − ȳ)²) of a target; 0 and √(Σ w y²) where rows are not grouped.
  private func moments(target: Int) -> (mean: Double, deviation: Double) {
    if isEmpty { return (0, 0) }
    let first = layout.firstFeature, column = first + features + target, own = features + target
    let deviation = norm((first...column).map { triangle[$0, column] }) / units.scales[own]
    if first == 0 { return (0, deviation) }
    return (units.shifts[own] + triangle[0, column] / triangle[0, 0] / units.scales[own], deviation)
  }

  /// Takes rows that are in one group or none.
  mutating func take<Scalar>(_ block: Rows<Scalar>, _ update: inout TriangleUpdate) {
    update.add(block, units, to: &triangle, &counts)
  }

  /// The norm of each column of [X y] less the means of its groups, in the units of the factor.
  var normsWithinGroups: [Double] {
    let layout = layout, first = layout.firstFeature
    return triangle.withUnsafeColumns { r in
      (first..<layout.order).map { norm(Array(r[$0 * layout.order + first...$0 * layout.order + $0])) }
    }
  }
}

/// The factor of rows as they are read.
struct FactorOfRows<Scalar: BLASScalar>: Reduction {
  var factor: LeastSquares.Factor

  /// Threads that share the work on wide rows.
  let threads: Int

  struct Workspace {
    var update: TriangleUpdate
    var levels: LevelWorkspace?
  }

  func makeWorkspace(rows: Int) -> Workspace {
    let isInLevels = factor.grouping == .levels
    return Workspace(
      update: TriangleUpdate(isInLevels ? factor.flatLayout : factor.layout, rows: rows, threads: threads),
      levels: isInLevels ? LevelWorkspace(factor.layout, rows: rows) : nil)
  }

  mutating func add(_ block: Rows<Scalar>, _ workspace: inout Workspace) {
    if factor.grouping == .levels {
      factor.take(block, &workspace.levels!, &workspace.update)
    } else {
      factor.take(block, &workspace.update)
    }
  }

  mutating func merge(_ later: FactorOfRows) { factor.join(later.factor) }
}
