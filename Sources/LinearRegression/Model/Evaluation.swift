public import LinearAlgebra

/// How well a model predicts one target on data that it is shown.
public struct Evaluation: Equatable, Sendable {
  /// Number of rows whose weight is not zero, n.
  public let observations: Int

  /// Σ w, the sum of the weights; n where each is 1.
  public let weightSum: Double

  /// Σ w (y − ŷ)²
  public var residualSumOfSquares: Double { residual.value }

  /// Σ w (y − ȳ)², ȳ being the mean of these data.
  public var totalSumOfSquares: Double { total.value }

  fileprivate var residual: SumOfSquares
  fileprivate var total: SumOfSquares

  /// ȳ = Σ w y / Σ w
  public let targetMean: Double

  /// Σ w |y − ŷ| / Σ w
  public let meanAbsoluteError: Double

  /// The largest |y − ŷ| where the weight is not zero.
  public let maximumError: Double

  /// Σ w (y − ŷ)² / Σ w
  public var meanSquaredError: Double { residualSumOfSquares / weightSum }

  /// √(Σ w (y − ŷ)² / Σ w), in the units of y; right where the squares are below the smallest Double too.
  public var rootMeanSquaredError: Double { (residual.scaled / weightSum).squareRoot() * residual.unit }

  /// R² = 1 − Σ w (y − ŷ)² / Σ w (y − ȳ)²: at most 1, and negative where the model is worse than the mean. Nil where y
  /// is constant.
  public var rSquared: Double? {
    guard total.scaled > 0 else { return nil }
    let unit = residual.unit / total.unit
    return 1 - residual.scaled / total.scaled * unit * unit
  }
}

/// A sum of squares in units in which it is neither beyond nor below a Double.
package struct SumOfSquares: Equatable, Sendable, Codable {
  /// Σ w (x / unit)²
  var scaled = 0.0
  /// A power of two.
  var unit = 1.0

  var value: Double { scaled * unit * unit }

  package static func == (a: SumOfSquares, b: SumOfSquares) -> Bool {
    a.unit == b.unit ? a.scaled == b.scaled : a.value == b.value
  }

  mutating func add(_ other: SumOfSquares) {
    let larger = max(unit, other.unit)
    func share(_ sum: SumOfSquares) -> Double { sum.scaled * (sum.unit / larger) * (sum.unit / larger) }
    self = SumOfSquares(scaled: share(self) + share(other), unit: larger)
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
    var (residual, total) = (residual, total)
    residual.add(other.residual)
    total.add(other.total)
    let unit = total.unit
    total.scaled += (difference / unit) * (difference / unit) * (n * share)
    self = Evaluation(
      observations: observations + other.observations, weightSum: n + m, residual: residual, total: total,
      targetMean: targetMean + difference * share,
      meanAbsoluteError: meanAbsoluteError * (1 - share) + other.meanAbsoluteError * share,
      maximumError: max(maximumError, other.maximumError))
  }
}

extension Evaluation {
  /// What errors add up to, as it is sent between processes: with all bits.
  package struct Sums: Codable, Sendable {
    let observations: Int
    let weightSum: Double
    let residual, total: SumOfSquares
    let targetMean, meanAbsoluteError, maximumError: Double
  }

  package var sums: Sums {
    Sums(
      observations: observations, weightSum: weightSum, residual: residual, total: total,
      targetMean: targetMean, meanAbsoluteError: meanAbsoluteError, maximumError: maximumError)
  }

  package init(_ sums: Sums) {
    self.init(
      observations: sums.observations, weightSum: sums.weightSum, residual: sums.residual, total: sums.total,
      targetMean: sums.targetMean, meanAbsoluteError: sums.meanAbsoluteError,
      maximumError: sums.maximumError)
  }
}

extension Evaluation: Encodable {
  private enum Key: String, CodingKey {
    case observations, weightSum, residualSumOfSquares, totalSumOfSquares, targetMean, meanAbsoluteError
    case maximumError, meanSquaredError, rootMeanSquaredError, rSquared
  }

  /// Encodes all measures; null for one that does not exist or is not finite.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(observations, forKey: .observations)
    try container.encode(finite: weightSum, forKey: .weightSum)
    try container.encode(finite: residualSumOfSquares, forKey: .residualSumOfSquares)
    try container.encode(finite: totalSumOfSquares, forKey: .totalSumOfSquares)
    try container.encode(finite: targetMean, forKey: .targetMean)
    try container.encode(finite: meanAbsoluteError, forKey: .meanAbsoluteError)
    try container.encode(finite: maximumError, forKey: .maximumError)
    try container.encode(finite: meanSquaredError, forKey: .meanSquaredError)
    try container.encode(finite: rootMeanSquaredError, forKey: .rootMeanSquaredError)
    try container.encode(finite: rSquared, forKey: .rSquared)
  }
}

extension LinearModel {
  /// The model's errors on data, one evaluation per target.
  ///
  /// - Parameters:
  ///   - X: n × p.
  ///   - y: n × k.
  ///   - weights: one per row, zero or more; nil for 1.
  /// - Throws: ``DataError``: no rows, shapes that do not fit the model, a value that is not finite, a weight that is
  ///   negative, weights that are all zero, squares of errors beyond Double.
  /// - Complexity: 2 n p k flops on all cores; a block of rows for each thread.
  public func evaluate<M: RowMajor>(
    _ X: M, _ y: Matrix<M.Scalar>, weights: [M.Scalar]? = nil
  ) throws(DataError) -> [Evaluation] {
    try DataError.check(
      X.columnCount == featureCount && y.columnCount == targetCount,
      "evaluate: X is \(X.shape) and y is \(y.shape), but the model has \(featureCount) features and \(targetCount) targets"
    )
    try DataError.checkRows(X, y, weights, "evaluate")
    try DataError.check(X, y, weights: weights)
    let (counts, means) = try Rows.with(
      Matrix<M.Scalar>.zeros(y.rowCount, 0), y, weights: weights
    ) { (rows) throws(DataError) in
      let moments = try ColumnMoments.of(rows)
      return (moments.counts, (0..<targetCount).map(moments.mean))
    }
    let predictor = BlockPredictor(self)
    func sums(_ start: [TargetSums]) -> [TargetSums] {
      Rows.with(X, y, weights: weights) { rows in
        RowPass(
          rows: rows.rowCount,
          blockRows: BlockPredictor.blockRows(features: featureCount, targets: targetCount, M.Scalar.self)
        ).reduce(rows) { ErrorSums<M.Scalar>(predictor: predictor, targets: start) }
      }.targets
    }
    var targets = sums(means.map { TargetSums(mean: $0) })
    // Squares that may have been lost are formed again in units that fit.
    if targets.contains(where: \.hasLostSquares) { targets = sums(targets.map(\.inSoundUnits)) }
    for t in targets.indices where !targets[t].isSound { throw .overflow(.targets, column: t) }
    return targets.map { $0.evaluation(counts) }
  }
}

/// The errors of rows, as they are summed up for each target.
private struct ErrorSums<Scalar: BLASScalar>: Reduction {
  let predictor: BlockPredictor
  var targets: [TargetSums]

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
  var residual = SumOfSquares(), total = SumOfSquares()
  var absolute = 0.0, maximum = 0.0, spread = 0.0

  init(mean: Double) { self.mean = mean }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  mutating func add<Scalar>(_ block: Rows<Scalar>, target: Int, _ predictions: [Double]) {
    let k = block.targetCount, (residualScale, totalScale) = (1 / residual.unit, 1 / total.unit)
    guard let y = block.y else { return }
    for i in 0..<block.rowCount {
      let value = Double(y[i * k + target])
      let error = value - predictions[i * k + target], deviation = value - mean
      let weight = Double(block.weight(i))
      if weight == 0 { continue }
      residual.scaled += weight * ((error * residualScale) * (error * residualScale))
      total.scaled += weight * ((deviation * totalScale) * (deviation * totalScale))
      absolute += weight * abs(error)
      maximum = max(maximum, abs(error))
      spread = max(spread, abs(deviation))
    }
  }

  mutating func merge(_ later: TargetSums) {
    residual.add(later.residual)
    total.add(later.total)
    absolute += later.absolute
    maximum = max(maximum, later.maximum)
    spread = max(spread, later.spread)
  }

  /// Whether a sum of squares is so small that squares in it may have been below a Double.
  var hasLostSquares: Bool {
    maximum > 0 && residual.scaled < 1e-280 || spread > 0 && total.scaled < 1e-280
  }

  var isSound: Bool { residual.value.isFinite && total.value.isFinite }

  /// No rows, in units of the largest error and deviation.
  var inSoundUnits: TargetSums {
    func unit(_ size: Double) -> Double {
      size > 0 ? Double(sign: .plus, exponent: max(size.exponent, -1021), significand: 1) : 1
    }
    var sums = TargetSums(mean: mean)
    (sums.residual.unit, sums.total.unit) = (unit(maximum), unit(spread))
    return sums
  }

  func evaluation(_ counts: RowCounts) -> Evaluation {
    Evaluation(
      observations: counts.observations, weightSum: counts.weightSum, residual: residual, total: total,
      targetMean: mean, meanAbsoluteError: absolute / counts.weightSum, maximumError: maximum)
  }
}
