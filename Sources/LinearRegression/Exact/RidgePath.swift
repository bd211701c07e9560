public import LinearAlgebra

extension LeastSquares.Factor {
  /// The fits of many ridge penalties, from one singular value decomposition.
  ///
  /// - Parameters:
  ///   - penalties: λ of each fit; see ``LeastSquares/ridgePenalty``. Zero is the fit of least norm.
  ///   - method: the rest; its own penalty is not used.
  /// - Returns: one fit per penalty.
  /// - Throws: ``DataError``: no rows, a penalty that is negative or not finite, a coefficient beyond Double.
  /// - Complexity: O((p + k)³), and O(p² k) for each penalty.
  public func ridgePath(
    _ penalties: [Double], _ method: LeastSquares = LeastSquares()
  ) throws(DataError) -> [LeastSquaresFit] {
    try LeastSquares.check(penalties, "ridgePath")
    let problem = Problem(
      try selecting(Array(0..<features), Array(features..<features + targets), method))
    let basis = RidgeBasis(problem)
    var fits: [LeastSquaresFit] = []
    for penalty in penalties {
      fits.append(
        try Solution(ridge: problem, penalty, basis)
          .fit(solver: .ridge, reason: "a ridge penalty", passes: 1))
    }
    return fits
  }
}

/// The prediction errors of a ridge path on rows that were held out.
public struct RidgeValidation: Equatable, Sendable {
  /// λ, in the order that was given.
  public let penalties: [Double]

  /// The mean over folds of the mean squared error of each penalty, on rows that took no part in its fit; of all
  /// targets together. A fold counts as much as its rows weigh: Σ w (y − ŷ)² / Σ w over all rows.
  public let meanSquaredErrors: [Double]

  /// The standard error of each of these means, from the spread among folds, each with its weight, as in R's glmnet.
  public let standardErrors: [Double]

  /// The penalty with the least error.
  public let best: Double

  /// The largest penalty whose error is at most one standard error above the least: the simplest model that is not
  /// clearly worse.
  public let withinOneStandardError: Double
}

extension LeastSquares {
  /// Cross-validates a ridge path, reading the rows once.
  ///
  /// Each fold keeps its own triangular factor; the factor of the rows outside a fold is the merge of the others, and
  /// the fold's prediction errors follow from its factor as well.
  ///
  /// - Parameters:
  ///   - X: n × p.
  ///   - y: n × k.
  ///   - weights: n weights; nil for 1.
  ///   - penalties: λ to compare; nil for 0 and 60 from 10⁻⁵ W to 10² W, each the same multiple of the one before, W
  ///     being the sum of the weights or n.
  ///   - folds: number of parts, each held out in turn. Of each so many consecutive rows every fold gets one, at
  ///     random; rows of weight 0 take no part.
  ///   - seed: where that randomness comes from.
  /// - Returns: errors and the two choices.
  /// - Throws: ``DataError``: a value that is not finite, shapes that do not fit, fewer rows than folds, fewer than two
  ///   folds, no penalty or one that is negative or not finite.
  /// - Complexity: 2 n (p + k)² flops in one pass, and O(folds (p + k)³); memory O(folds (p + k)²).
  public func crossValidate<M: RowMajor>(
    _ X: M, _ y: Matrix<M.Scalar>, weights: [M.Scalar]? = nil, penalties: [Double]? = nil, folds: Int = 10,
    seed: UInt64 = 0
  ) throws(DataError) -> RidgeValidation {
    if folds < 2 { throw .setting(SettingError("crossValidate: \(folds) folds; there are at least two")) }
    try DataError.checkRows(X, y, weights, "crossValidate")
    if let penalties {
      if penalties.isEmpty {
        throw .setting(SettingError("crossValidate: there is no penalty; give at least one"))
      }
      try Self.check(penalties, "crossValidate")
    }
    if let weights, weights.contains(0) {
      try DataError.check(X, y, weights: weights)
      let kept = weights.indices.filter { weights[$0] != 0 }.map { Int32($0) }
      return try crossValidate(
        Matrix(X).gathered(kept), y.gathered(kept), weights: kept.map { weights[Int($0)] },
        penalties: penalties,
        folds: folds, seed: seed)
    }
    if X.rowCount < folds {
      throw X.rowCount == 0 ? .noRows : .fewerRowsThanFolds(rows: X.rowCount, folds: folds)
    }
    let layout = DesignLayout(features: X.columnCount, targets: y.columnCount, hasOnes: intercept)
    let factors = try checked(X, y, weights: weights) { () throws(DataError) in
      try Rows.with(X, y, weights: weights) { (rows) throws(DataError) in
        var units = ColumnUnits(sampling: rows, centered: intercept), passes = 0
        return try units.inSoundUnits(rows, layout, passes: &passes) { units in
          let folds = FoldFactors.of(FoldedRows(rows: rows, folds: folds, seed: seed), layout, units).factors
          var whole = folds[0]
          for fold in folds.dropFirst() { whole.join(fold) }
          return (folds, whole.columnSizes)
        }
      }
    }
    guard factors.allSatisfy({ $0.counts.observations > 0 }) else {
      throw .fewerRowsThanFolds(rows: factors.count { $0.counts.observations > 0 }, folds: folds)
    }
    let penalties =
      penalties ?? Self.defaultPenalties(weightSum: factors.reduce(0) { $0 + $1.counts.weightSum })
    let errors = Self.withoutEach(factors) { training, fold in heldOutErrors(training, fold, penalties) }
    let unit = 1 / (factors[0].units.scales.dropFirst(layout.features).min() ?? 1)
    let validation = RidgeValidation(
      penalties, errors: errors, weights: factors.map(\.counts.weightSum), unit: unit)
    guard validation.meanSquaredErrors.allSatisfy(\.isFinite) else { throw .overflow(.targets, column: 0) }
    return validation
  }

  /// Throws where a penalty is negative or not finite.
  static func check(_ penalties: [Double], _ name: String) throws(DataError) {
    if let penalty = penalties.first(where: { !($0 >= 0 && $0.isFinite) }) {
      throw .setting(SettingError("\(name): a ridge penalty of \(penalty); it is a number, 0 or more"))
    }
  }

  /// Calls `body` with each factor and the join of all others, which is that of the ones before it and that of the ones
  /// behind it.
  private static func withoutEach<Result>(
    _ factors: [Factor], _ body: (_ others: Factor, _ own: Factor) -> Result
  ) -> [Result] {
    var behind = factors
    for i in factors.indices.dropLast().reversed() { behind[i].join(behind[i + 1]) }
    var before: Factor?
    return factors.indices.map { i in
      var others = before ?? behind[i + 1]
      if before != nil, i + 1 < factors.count { others.join(behind[i + 1]) }
      before?.join(factors[i])
      if before == nil { before = factors[i] }
      return body(others, factors[i])
    }
  }

  private static func defaultPenalties(weightSum: Double) -> [Double] {
    [0]
      + (0..<60).map { weightSum * CLibrary.exponential(CLibrary.logarithm(10) * (7 * Double($0) / 59 - 5)) }
  }

  /// The mean squared error of each penalty on a fold that took no part in its fit, in units of the target with the
  /// coarsest scale: in those of the data squares could be beyond Double.
  private func heldOutErrors(_ training: Factor, _ fold: Factor, _ penalties: [Double]) -> [Double] {
    let layout = fold.layout
    let problem = Problem(training)
    let basis = RidgeBasis(problem)
    let coarsest = fold.units.scales.dropFirst(layout.features).min() ?? 1
    return penalties.map { penalty in
      let x = Solution(ridge: problem, penalty, basis).unitCoefficients(layout)
      var sum = 0.0
      for t in 0..<layout.targets {
        var combination = x[column: t].map { -$0 } + zeros(layout.targets)
        combination[layout.firstFeature + layout.features + t] = 1
        let error =
          norm(fold.triangle.times(combination, transpose: .none))
          * (coarsest / fold.units.scales[layout.features + t])
        sum += error * error
      }
      return sum / (fold.counts.weightSum * Double(max(1, layout.targets)))
    }
  }
}

extension LeastSquares {
  /// Cross-validates a ridge path of one target given flat.
  ///
  /// - Throws: ``DataError``, as for several targets.
  public func crossValidate<M: RowMajor>(
    _ X: M, _ y: [M.Scalar], weights: [M.Scalar]? = nil, penalties: [Double]? = nil, folds: Int = 10,
    seed: UInt64 = 0
  ) throws(DataError) -> RidgeValidation {
    try crossValidate(X, Matrix(column: y), weights: weights, penalties: penalties, folds: folds, seed: seed)
  }
}

extension RidgeValidation {
  /// - Parameters:
  ///   - errors: for each fold, the mean squared error of each penalty, in `unit`².
  ///   - weights: for each fold, the sum of the weights of its rows.
  ///   - unit: what errors are measured in.
  init(_ penalties: [Double], errors: [[Double]], weights: [Double], unit: Double) {
    let total = weights.reduce(0, +)
    /// Mean over folds.
    func mean(_ value: (_ fold: Int) -> Double) -> Double {
      errors.indices.reduce(0) { $0 + weights[$1] / total * value($1) }
    }
    let means = penalties.indices.map { i in mean { errors[$0][i] } }
    let standardErrors = penalties.indices.map { i in
      (mean { (errors[$0][i] - means[i]) * (errors[$0][i] - means[i]) } / Double(errors.count - 1))
        .squareRoot()
    }
    let best = penalties.indices.min { means[$0] < means[$1] }!
    let limit = means[best] + standardErrors[best]
    self.penalties = penalties
    meanSquaredErrors = means.map { $0 * unit * unit }
    self.standardErrors = standardErrors.map { $0 * unit * unit }
    self.best = penalties[best]
    withinOneStandardError = penalties.indices.filter { means[$0] <= limit }.map { penalties[$0] }.max()!
  }
}

/// Rows and the fold of each.
private struct FoldedRows<Scalar: BLASScalar>: RowSource {
  let rows: Rows<Scalar>
  let folds: Int
  let seed: UInt64

  var rowCount: Int { rows.rowCount }

  struct Block {
    let rows: Rows<Scalar>
    let fold: [Int]
  }

  func block(_ range: Range<Int>) -> Block {
    // Each group of consecutive rows is dealt to the folds by a generator of its own, so that blocks need no common
    // state.
    var fold: [Int] = []
    fold.reserveCapacity(range.count + folds)
    for group in range.lowerBound / folds...(range.upperBound - 1) / folds {
      var generator = SeededGenerator(seed: seed &+ UInt64(group) &* 0x9E37_79B9_7F4A_7C15)
      fold += generator.permutation(folds).map { Int($0) }
    }
    let start = range.lowerBound % folds
    return Block(rows: rows.block(range), fold: Array(fold[start..<start + range.count]))
  }
}

/// One triangular factor for each fold.
private struct FoldFactors<Scalar: BLASScalar>: Reduction {
  var factors: [LeastSquares.Factor]

  static func of(_ rows: FoldedRows<Scalar>, _ layout: DesignLayout, _ units: ColumnUnits) -> FoldFactors {
    let rowBytes = layout.order * MemoryLayout<Double>.stride
    // Tall enough for every fold to get as many rows of a block as its factor has columns.
    let blockRows = max(4 * layout.order * rows.folds, rowsPerCacheBlock(rowBytes: rowBytes))
    let leafRows = rows.folds * LeastSquares.Factor.leafRows(order: layout.order)
    var empty = LeastSquares.Factor(layout, units)
    empty.epsilon = Double(Scalar.ulpOfOne)
    let start = FoldFactors(factors: Array(repeating: empty, count: rows.folds))
    return RowPass(rows: rows.rowCount, blockRows: blockRows, leafRows: leafRows).reduce(rows) { start }
  }

  struct Workspace {
    var X: [Scalar] = []
    var y: [Scalar] = []
    var weights: [Scalar] = []
    var update: TriangleUpdate
  }

  func makeWorkspace(rows: Int) -> Workspace {
    // A block may begin and end within a group of which the fold has a row.
    Workspace(update: TriangleUpdate(factors[0].layout, rows: rows / factors.count + 2))
  }

  mutating func add(_ block: FoldedRows<Scalar>.Block, _ workspace: inout Workspace) {
    let rows = block.rows, p = rows.featureCount, k = rows.targetCount
    var places = Array(repeating: [Int](), count: factors.count)
    for (i, fold) in block.fold.enumerated() { places[fold].append(i) }
    for fold in factors.indices where !places[fold].isEmpty {
      workspace.X.removeAll(keepingCapacity: true)
      workspace.y.removeAll(keepingCapacity: true)
      workspace.weights.removeAll(keepingCapacity: true)
      for i in places[fold] {
        if p > 0 { workspace.X.append(contentsOf: UnsafeBufferPointer(start: rows.X! + i * p, count: p)) }
        if k > 0 { workspace.y.append(contentsOf: UnsafeBufferPointer(start: rows.y! + i * k, count: k)) }
        if let weights = rows.weights { workspace.weights.append(weights[i]) }
      }
      let count = places[fold].count
      let X = Matrix(rows: count, columns: p, elements: workspace.X),
        y = Matrix(rows: count, columns: k, elements: workspace.y)
      Rows.with(X, y, weights: rows.weights == nil ? nil : workspace.weights) {
        factors[fold].take($0, &workspace.update)
      }
    }
  }

  mutating func merge(_ later: FoldFactors) {
    for fold in factors.indices { factors[fold].join(later.factors[fold]) }
  }
}
