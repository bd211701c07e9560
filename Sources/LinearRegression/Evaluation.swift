public import LinearAlgebra

/// How well a model predicts one target on data that it is shown.
public struct Evaluation: Equatable, Sendable {
  /// n
  public let observations: Int

  /// Σ (y − ŷ)²
  public let residualSumOfSquares: Double

  /// Σ (y − ȳ)², ȳ being the mean of these data.
  public let totalSumOfSquares: Double

  /// Σ |y − ŷ| / n
  public let meanAbsoluteError: Double

  /// The largest |y − ŷ|.
  public let maximumError: Double

  /// Σ (y − ŷ)² / n
  public var meanSquaredError: Double { residualSumOfSquares / Double(observations) }

  /// √(Σ (y − ŷ)² / n), in the units of y.
  public var rootMeanSquaredError: Double { meanSquaredError.squareRoot() }

  /// R² = 1 − Σ (y − ŷ)² / Σ (y − ȳ)²: at most 1, and negative where the model is worse than the mean. Nil where y is
  /// constant.
  public var rSquared: Double? {
    totalSumOfSquares > 0 ? 1 - residualSumOfSquares / totalSumOfSquares : nil
  }
}

extension LinearModel {
  /// The model's errors on data, one evaluation per target.
  ///
  /// - Parameters:
  ///   - X: n × p.
  ///   - y: n × k.
  /// - Throws: ``DataError``: no rows, a value that is not finite, squares of errors beyond Double.
  /// - Precondition: the shapes fit the model.
  /// - Complexity: 2 n p k flops, allocations of one block of rows.
  public func evaluate<M: RowMajor>(_ X: M, _ y: Matrix<M.Scalar>) throws(DataError) -> [Evaluation] {
    require(
      X.columnCount == featureCount, "evaluate: X is \(X.shape) but the model has \(featureCount) features")
    require(
      y.shape == Shape(X.rowCount, targetCount),
      "evaluate: X is \(X.shape) and the model has \(targetCount) targets, but y is \(y.shape)")
    try DataError.check(X, y)
    let means = Standardization(y).means
    var sums = (0..<targetCount).map { ErrorSums(mean: means[$0]) }
    var start = 0
    for block in X.rowBlocks {
      let predictions = doublePredictions(block)
      let targets = Matrix<Double>(y[rows: start..<start + block.rowCount])
      for i in 0..<block.rowCount {
        for t in 0..<targetCount { sums[t].add(target: targets[i, t], prediction: predictions[i, t]) }
      }
      start += block.rowCount
    }
    for t in 0..<targetCount where !(sums[t].residual.isFinite && sums[t].total.isFinite) {
      throw .overflow(.targets, column: t)
    }
    return sums.map { $0.evaluation(observations: X.rowCount) }
  }
}

/// The sums behind an evaluation.
private struct ErrorSums {
  let mean: Double
  var residual = 0.0, total = 0.0, absolute = 0.0, maximum = 0.0

  mutating func add(target: Double, prediction: Double) {
    let residual = target - prediction, deviation = target - mean
    self.residual += residual * residual
    total += deviation * deviation
    absolute += abs(residual)
    maximum = max(maximum, abs(residual))
  }

  func evaluation(observations: Int) -> Evaluation {
    Evaluation(
      observations: observations, residualSumOfSquares: residual, totalSumOfSquares: total,
      meanAbsoluteError: absolute / Double(observations), maximumError: maximum)
  }

  init(mean: Double) { self.mean = mean }
}
