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

  /// Whether all coefficients are.
  package var isFinite: Bool { weights.firstNonFinite() == nil && intercepts.allSatisfy(\.isFinite) }

  /// The model of one of the targets.
  package func ofTarget(_ target: Int) -> LinearModel {
    targetCount == 1
      ? self : LinearModel(coefficients: weights[column: target], intercept: intercepts[target])
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

  /// Predictions for many rows: ŷ = X w + b, as by `linreg`.
  ///
  /// They are formed in the type of the data, with the coefficients rounded to it: within (p + 2) ε (|b| + Σⱼ |xⱼ wⱼ|)
  /// of the exact value, ε being that type's. Where columns cancel far beyond Float's digits, predict
  /// `Matrix<Double>(X)`. A model with a coefficient that Float cannot hold to full precision (above 3·10³⁸ or below
  /// 1.2·10⁻³⁸) predicts Float data in Double, a block at a time, and so are rows formed again whose terms or sums are
  /// beyond Float.
  ///
  /// `?gemv` adds up in another order than `ddot`: the last bits may differ from those of a row predicted by itself, and
  /// with the rows around it. ``predictions(for:)-([[Scalar]])`` has the bits of a row by itself.
  /// - Parameter X: n × p.
  /// - Returns: ŷ, n × k.
  /// - Precondition: X has p columns; ``predictions(for:)-(M)`` throws where it does not.
  /// - Complexity: 2 n p k flops on all cores; the result and a copy of the coefficients are allocated. Uses `?gemv`,
  ///   for several targets `?gemm`.
  public func predict<M: RowMajor>(_ X: M) -> Matrix<M.Scalar> {
    require(
      X.columnCount == featureCount, "predict: X is \(X.shape) but the model has \(featureCount) features")
    let fits = { (coefficient: Double) in M.Scalar(coefficient).isNormal || coefficient == 0 }
    if M.Scalar.self == Double.self || (weights.elements.allSatisfy(fits) && intercepts.allSatisfy(fits)) {
      var predictions = linreg(X, Matrix<M.Scalar>(weights), Matrix(Matrix<Double>(row: intercepts)))
      if M.Scalar.self != Double.self { predictAgainInDouble(X, &predictions) }
      return predictions
    }
    let predictions = X.rowBlocks.flatMap { predict(Matrix<Double>($0)).elements.map { M.Scalar($0) } }
    return Matrix(rows: X.rowCount, columns: targetCount, elements: predictions)
  }

  /// Forms predictions that are not finite in Float again: a term or a partial sum may have been beyond Float where the
  /// prediction is not.
  private func predictAgainInDouble<M: RowMajor>(_ X: M, _ predictions: inout Matrix<M.Scalar>) {
    guard let (first, _) = predictions.firstNonFinite() else { return }
    for i in first..<X.rowCount where !predictions[row: i].allSatisfy(\.isFinite) {
      let row = X[rows: i..<i + 1].withUnsafeElements { $0.map { Double($0) } }
      let again = predict(Matrix(row: row))
      for t in 0..<targetCount { predictions[i, t] = M.Scalar(again[0, t]) }
    }
  }

  /// The prediction for one row, by a model of one target.
  ///
  /// - Parameter row: p elements.
  /// - Returns: ŷ = Σ xⱼ wⱼ + b, formed in Double.
  /// - Precondition: there is one target; the row has p elements.
  /// - Complexity: 2 p flops, no allocation. Uses `ddot`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func predict<Scalar: BLASScalar>(_ row: Span<Scalar>) -> Double {
    require(targetCount == 1, "predict: the model has \(targetCount) targets; use predict(_:into:)")
    requireFeatures(row.count)
    return weights.withUnsafeElements { w in
      var prediction = intercepts[0]
      forEachPart(of: row) { x, start, count in
        prediction += Double.routines.dot(count, x, w.baseAddress.unsafelyUnwrapped + start)
      }
      return prediction
    }
  }

  /// The prediction for one row, by a model of one target.
  ///
  /// - Parameter row: p elements.
  /// - Returns: ŷ = Σ xⱼ wⱼ + b, formed in Double.
  /// - Precondition: there is one target; the row has p elements.
  /// - Complexity: 2 p flops, no allocation. Uses `ddot`.
  public func predict<Scalar: BLASScalar>(_ row: [Scalar]) -> Double {
    predict(row.span)
  }

  /// The predictions for one row, one per target.
  ///
  /// - Parameters:
  ///   - row: p elements.
  ///   - predictions: k elements, overwritten.
  /// - Precondition: the lengths fit.
  /// - Complexity: 2 p k flops, no allocation. Uses `dgemv`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func predict<Scalar: BLASScalar>(_ row: Span<Scalar>, into predictions: inout MutableSpan<Double>) {
    let k = targetCount
    require(
      predictions.count == k,
      "predict: the model has \(k) targets but there is room for \(predictions.count)")
    requireFeatures(row.count)
    if k == 0 { return }
    predictions.withUnsafeMutableBufferPointer { predictions in
      for t in 0..<k { predictions[t] = intercepts[t] }
      weights.withUnsafeElements { w in
        forEachPart(of: row) { x, start, count in
          // Wᵀ x, row-major as W is.
          Double.routines.gemv(
            .transpose, count, k, 1, w.baseAddress.unsafelyUnwrapped + start * k, k, x, 1,
            predictions.baseAddress.unsafelyUnwrapped)
        }
      }
    }
  }

  /// The prediction of one of the targets for a row.
  func prediction(_ row: [Double], target: Int) -> Double {
    if targetCount == 1 { return predict(row) }
    var predictions = intercepts, span = predictions.mutableSpan
    predict(row.span, into: &span)
    return predictions[target]
  }

  private func requireFeatures(_ count: Int) {
    require(
      count == featureCount,
      "predict: the row has \(count) elements but the model has \(featureCount) features")
  }

  /// Predictions of a model with one target that depend on their rows alone, to the bit: a `ddot` for each row. `?gemv`
  /// may round the last rows of a block in another way, and blocks of a pipe end where a read does.
  package func predictRowByRow(_ X: Matrix<Double>) -> [Double] {
    require(targetCount == 1, "predictRowByRow: the model has \(targetCount) targets")
    requireFeatures(X.columnCount)
    let (n, p, intercept) = (X.rowCount, featureCount, intercepts[0])
    return X.withUnsafeElements { X in
      weights.withUnsafeElements { w in
        guard let X = X.baseAddress, let w = w.baseAddress, p > 0 else {
          return Array(repeating: intercept, count: n)
        }
        return (0..<n).map { intercept + Double.routines.dot(p, X + $0 * p, w) }
      }
    }
  }
}

/// Calls `body` with parts of a row in Double: the row itself, or 128 elements at a time that are converted in a buffer
/// on the stack.
@inline(__always)
private func forEachPart<Scalar: BLASScalar>(
  of row: Span<Scalar>, _ body: (_ x: UnsafePointer<Double>, _ start: Int, _ count: Int) -> Void
) {
  if row.isEmpty { return }
  row.withUnsafeBufferPointer { row in
    if let x = RowKernel<Scalar>.doubles(row.baseAddress) { return body(x, 0, row.count) }
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 128) { part in
      let x = part.baseAddress.unsafelyUnwrapped
      for start in stride(from: 0, to: row.count, by: 128) {
        let count = min(128, row.count - start)
        for j in 0..<count { x[j] = Double(row[start + j]) }
        body(x, start, count)
      }
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
