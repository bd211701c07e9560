public import LinearAlgebra

/// A fitted linear model: ŷ = X w + b.
///
/// Weights are in the units of the data and always Double, whatever type the data had.
public struct LinearModel: Equatable, Sendable, Codable {
  /// w, p × k: one row per feature, one column per target.
  public let weights: Matrix<Double>

  /// b, one per target; zeros without an intercept.
  public let intercepts: [Double]

  /// Creates a model from its coefficients.
  /// - Precondition: there is one intercept per column of weights.
  public init(weights: Matrix<Double>, intercepts: [Double]) {
    require(
      intercepts.count == weights.columnCount,
      "weights are \(weights.shape) but there are \(intercepts.count) intercepts; there is one per target")
    self.weights = weights
    self.intercepts = intercepts
  }

  /// Decodes a model; intercepts that do not fit the weights are an error.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let weights = try container.decode(Matrix<Double>.self, forKey: .weights)
    let intercepts = try container.decode([Double].self, forKey: .intercepts)
    guard intercepts.count == weights.columnCount else {
      throw DecodingError.dataCorruptedError(
        forKey: .intercepts, in: container,
        debugDescription: "\(intercepts.count) intercepts beside weights of \(weights.shape)")
    }
    self.init(weights: weights, intercepts: intercepts)
  }

  /// Creates a model of one target.
  public init(coefficients: [Double], intercept: Double) {
    self.init(weights: Matrix(column: coefficients), intercepts: [intercept])
  }

  /// Number of features, p.
  @inlinable
  public var featureCount: Int { weights.rowCount }

  /// Number of targets, k.
  @inlinable
  public var targetCount: Int { weights.columnCount }

  /// w of a model with one target, p elements.
  /// - Precondition: there is one target.
  @inlinable
  public var coefficients: [Double] {
    require(targetCount == 1, "coefficients: the model has \(targetCount) targets; use weights")
    return weights.elements
  }

  /// b of a model with one target.
  /// - Precondition: there is one target.
  @inlinable
  public var intercept: Double {
    require(targetCount == 1, "intercept: the model has \(targetCount) targets; use intercepts")
    return intercepts[0]
  }

  /// Predictions for many rows: ŷ = X w + b.
  ///
  /// - Parameter X: n × p.
  /// - Returns: ŷ, n × k. Formed in Double and, for Float data, rounded once.
  /// - Precondition: X has p columns.
  /// - Complexity: 2 n p k flops on all cores; a block of rows for each thread beside the result. By kernels
  ///   of this package, for several targets also `dgemm`, whichever is faster for the shape.
  public func predict<M: RowMajor>(_ X: M) -> Matrix<M.Scalar> {
    require(
      X.columnCount == featureCount, "predict: X is \(X.shape) but the model has \(featureCount) features")
    var predictions = Matrix<M.Scalar>.zeros(X.rowCount, targetCount)
    if predictions.isEmpty { return predictions }
    X.withUnsafeElements { X in
      predictions.withUnsafeMutableElements { predictions in
        let rows = PredictedRows(
          X: X.baseAddress, predictions: predictions.baseAddress, rowCount: predictions.count / targetCount,
          featureCount: featureCount, targetCount: targetCount)
        let blockRows = BlockPredictor.blockRows(
          features: featureCount, targets: targetCount, M.Scalar.self)
        let predictor = BlockPredictor(self)
        _ = RowPass(rows: rows.rowCount, blockRows: blockRows).reduce(rows) { PredictionWriter(predictor) }
      }
    }
    return predictions
  }

  /// The prediction for one row, by a model of one target.
  ///
  /// - Parameter row: p elements.
  /// - Returns: ŷ = Σ xⱼ wⱼ + b, added up in Double in the order of the columns.
  /// - Precondition: there is one target; the row has p elements.
  /// - Complexity: 2 p flops, no allocation.
  @inlinable
  public func predict<Scalar: BLASScalar>(_ row: Span<Scalar>) -> Double {
    require(targetCount == 1, "predict: the model has \(targetCount) targets; use predict(_:into:)")
    return prediction(row, target: 0)
  }

  /// The prediction for one row, by a model of one target.
  ///
  /// - Parameter row: p elements.
  /// - Returns: ŷ = Σ xⱼ wⱼ + b, added up in Double in the order of the columns.
  /// - Precondition: there is one target; the row has p elements.
  /// - Complexity: 2 p flops, no allocation.
  @inlinable
  public func predict<Scalar: BLASScalar>(_ row: [Scalar]) -> Double {
    predict(row.span)
  }

  /// The predictions for one row, one per target.
  ///
  /// - Parameters:
  ///   - row: p elements.
  ///   - predictions: k elements, overwritten.
  /// - Precondition: the lengths fit.
  /// - Complexity: 2 p k flops, no allocation.
  @inlinable
  public func predict<Scalar: BLASScalar>(_ row: Span<Scalar>, into predictions: inout MutableSpan<Double>) {
    require(
      predictions.count == targetCount,
      "predict: the model has \(targetCount) targets but there is room for \(predictions.count)")
    for target in 0..<targetCount { predictions[target] = prediction(row, target: target) }
  }

  @inlinable
  func prediction<Scalar: BLASScalar>(_ row: Span<Scalar>, target: Int) -> Double {
    require(
      row.count == featureCount,
      "predict: the row has \(row.count) elements but the model has \(featureCount) features")
    return weights.withUnsafeElements { weights in
      var sum = intercepts[target]
      for j in 0..<row.count { sum += Double(row[j]) * weights[j * targetCount + target] }
      return sum
    }
  }
}

extension LinearModel: CustomStringConvertible {
  /// The formula of each target, features counted from 0 as columns are: "y = 4.2 + 2 x0 - 3.4 x1". Numbers have six
  /// significant digits; of many features the first eight are shown.
  public var description: String {
    (0..<targetCount).map { target in
      let name = targetCount == 1 ? "y" : "y\(target)"
      var formula = "\(name) = \(formatted(intercepts[target], significantDigits: 6))"
      for j in 0..<min(featureCount, 8) {
        let weight = weights[j, target]
        formula +=
          " \(weight.sign == .minus ? "-" : "+") \(formatted(abs(weight), significantDigits: 6)) x\(j)"
      }
      return featureCount > 8 ? "\(formula) … (\(featureCount) features)" : formula
    }.joined(separator: "\n")
  }
}
