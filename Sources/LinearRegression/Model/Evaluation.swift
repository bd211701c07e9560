public import LinearAlgebra

/// How well a model predicts one target on data that it is shown.
public struct Evaluation: Equatable, Sendable {
  /// Number of rows whose weight is not zero, n.
  public let observations: Int

  /// Σ w, the sum of the weights; n where each is 1.
  public let weightSum: Double

  /// Σ w (y − ŷ)²
  public let residualSumOfSquares: Double

  /// Σ w (y − ȳ)², ȳ being the mean of these data.
  public let totalSumOfSquares: Double

  /// ȳ = Σ w y / Σ w
  public let targetMean: Double

  /// Σ w |y − ŷ| / Σ w
  public let meanAbsoluteError: Double

  /// The largest |y − ŷ| where the weight is not zero.
  public let maximumError: Double

  /// Σ w (y − ŷ)² / Σ w
  public var meanSquaredError: Double { residualSumOfSquares / weightSum }

  /// √(Σ w (y − ŷ)² / Σ w), in the units of y.
  public var rootMeanSquaredError: Double { meanSquaredError.squareRoot() }

  /// R² = 1 − Σ w (y − ŷ)² / Σ w (y − ȳ)²: at most 1, and negative where the model is worse than the mean. Nil where y
  /// is constant.
  public var rSquared: Double? {
    totalSumOfSquares > 0 ? 1 - residualSumOfSquares / totalSumOfSquares : nil
  }
}

extension Evaluation {
  /// The errors on these data and on others: what evaluating them together gives, to rounding.
  ///
  /// The squares around two means become those around one by Chan, Golub and LeVeque's update (1983,
  /// doi:10.1080/00031305.1983.10483115).
  /// - Complexity: O(1)
  public mutating func merge(_ other: Evaluation) {
    let (n, m) = (weightSum, other.weightSum)
    let share = m / (n + m), difference = other.targetMean - targetMean
    self = Evaluation(
      observations: observations + other.observations, weightSum: n + m,
      residualSumOfSquares: residualSumOfSquares + other.residualSumOfSquares,
      totalSumOfSquares: totalSumOfSquares + other.totalSumOfSquares + difference * difference * (n * share),
      targetMean: targetMean + difference * share,
      meanAbsoluteError: meanAbsoluteError * (1 - share) + other.meanAbsoluteError * share,
      maximumError: max(maximumError, other.maximumError))
  }
}

extension LinearModel {
  /// The model's errors on data, one evaluation per target.
  ///
  /// - Parameters:
  ///   - X: n × p.
  ///   - y: n × k.
  ///   - weights: one per row, zero or more; nil for 1.
  /// - Throws: ``DataError``: no rows, a value that is not finite, a weight that is negative, weights that are all
  ///   zero, squares of errors beyond Double.
  /// - Precondition: the shapes fit the model.
  /// - Complexity: 2 n p k flops on all cores; a block of rows for each thread.
  public func evaluate<M: RowMajor>(
    _ X: M, _ y: Matrix<M.Scalar>, weights: [M.Scalar]? = nil
  ) throws(DataError) -> [Evaluation] {
    require(
      X.columnCount == featureCount, "evaluate: X is \(X.shape) but the model has \(featureCount) features")
    require(
      y.shape == Shape(X.rowCount, targetCount),
      "evaluate: X is \(X.shape) and the model has \(targetCount) targets, but y is \(y.shape)")
    if let weights {
      require(weights.count == X.rowCount, "evaluate: X is \(X.shape) but there are \(weights.count) weights")
    }
    try DataError.check(X, y, weights: weights)
    let (counts, means) = try Rows.with(
      Matrix<M.Scalar>.zeros(y.rowCount, 0), y, weights: weights
    ) { (rows) throws(DataError) in
      let moments = try ColumnMoments.of(rows)
      return (moments.counts, (0..<targetCount).map(moments.mean))
    }
    let predictor = BlockPredictor(self)
    let sums = Rows.with(X, y, weights: weights) { rows in
      RowPass(
        rows: rows.rowCount,
        blockRows: BlockPredictor.blockRows(features: featureCount, targets: targetCount, M.Scalar.self)
      ).reduce(rows) { ErrorSums<M.Scalar>(predictor, means: means) }
    }.targets
    for t in 0..<targetCount where !(sums[t].residual.isFinite && sums[t].total.isFinite) {
      throw .overflow(.targets, column: t)
    }
    return sums.map { $0.evaluation(counts) }
  }
}

/// The errors of rows, as they are summed up for each target.
private struct ErrorSums<Scalar: BLASScalar>: Reduction {
  let predictor: BlockPredictor
  var targets: [TargetSums]

  init(_ predictor: BlockPredictor, means: [Double]) {
    self.predictor = predictor
    targets = means.map { TargetSums(mean: $0) }
  }

  func makeWorkspace(rows: Int) -> BlockPredictor.Workspace {
    predictor.makeWorkspace(rows: rows, Scalar.self)
  }

  mutating func add(_ block: Rows<Scalar>, _ workspace: inout BlockPredictor.Workspace) {
    predictor.predict(block, &workspace)
    for t in targets.indices { targets[t].add(block, target: t, workspace.predictions) }
  }

  mutating func merge(_ later: ErrorSums) {
    for t in targets.indices { targets[t].merge(later.targets[t]) }
  }
}

/// The sums behind the evaluation of one target.
private struct TargetSums {
  let mean: Double
  var residual = 0.0, total = 0.0, absolute = 0.0, maximum = 0.0

  init(mean: Double) { self.mean = mean }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  mutating func add<Scalar>(_ block: Rows<Scalar>, target: Int, _ predictions: [Double]) {
    let k = block.targetCount
    guard let y = block.y else { return }
    for i in 0..<block.rowCount {
      let value = Double(y[i * k + target])
      let residual = value - predictions[i * k + target], deviation = value - mean
      let weight = Double(block.weight(i))
      if weight == 0 { continue }
      self.residual += weight * (residual * residual)
      total += weight * (deviation * deviation)
      absolute += weight * abs(residual)
      maximum = max(maximum, abs(residual))
    }
  }

  mutating func merge(_ later: TargetSums) {
    residual += later.residual
    total += later.total
    absolute += later.absolute
    maximum = max(maximum, later.maximum)
  }

  func evaluation(_ counts: RowCounts) -> Evaluation {
    Evaluation(
      observations: counts.observations, weightSum: counts.weightSum, residualSumOfSquares: residual,
      totalSumOfSquares: total, targetMean: mean, meanAbsoluteError: absolute / counts.weightSum,
      maximumError: maximum)
  }
}
