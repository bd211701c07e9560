public import LinearAlgebra

/// Gradient of the summed squared loss, Σ (ŷ − y)²/2 with ŷ = X w + b.
public struct Gradient<Scalar: BLASScalar>: Equatable, Sendable {
  /// Xᵀ(ŷ − y), p × k.
  public var weights: Matrix<Scalar>

  /// Σ(ŷ − y) over the rows, 1 × k.
  public var bias: Matrix<Scalar>
}

/// Xᵀ(ŷ − y) and Σ(ŷ − y): the gradient of the summed squared loss with respect to w and b.
///
/// - Parameters:
///   - X: design matrix, n × p, one row per observation.
///   - predictions: ŷ, n × k.
///   - targets: y, n × k.
/// - Returns: the gradient, p × k and 1 × k. Not divided by n: `sgd` divides by the batch size.
/// - Precondition: the shapes fit.
/// - Complexity: 2 n p k flops, three allocations. Uses `?gemv`, for several targets
///   `?gemm`.
public func gradient<M: RowMajor>(
  _ X: M, predictions: Matrix<M.Scalar>, targets: Matrix<M.Scalar>
) -> Gradient<M.Scalar> {
  let w = Parameter<M.Scalar>(.zeros(X.columnCount, targets.columnCount))
  let b = Parameter<M.Scalar>(.zeros(1, targets.columnCount))
  backward(X, predictions, targets, into: w, b)
  return Gradient(weights: w.gradient!, bias: b.gradient!)
}

/// The gradient of the summed squared loss at w and b, in one pass over X on all cores: predictions and gradient of a
/// block of rows are formed while it is in the cache.
///
/// The result has the same bits whatever the number of cores.
/// - Parameters:
///   - X: design matrix, n × p, one row per observation.
///   - targets: y, n × k.
///   - w: weights, p × k.
///   - b: bias, 1 × k.
/// - Returns: Xᵀ(ŷ − y), p × k, and Σ(ŷ − y), 1 × k.
/// - Precondition: the shapes fit.
/// - Complexity: 4 n p k flops; memory for a block of errors and a partial gradient on each thread. Uses `?gemv`, for
///   several targets `?gemm`.
@specialized(where M == Matrix<Float>)
@specialized(where M == Matrix<Double>)
@specialized(where M == RowBlock<Float>)
@specialized(where M == RowBlock<Double>)
public func gradient<M: RowMajor>(
  _ X: M, targets: Matrix<M.Scalar>, _ w: Matrix<M.Scalar>, _ b: Matrix<M.Scalar>
) -> Gradient<M.Scalar> {
  GradientSums.gradient(X, targets, w, b)
}

/// The backward step: adds Xᵀ(ŷ − y) to the gradient of w and Σ(ŷ − y) to that of b.
///
/// - Parameters:
///   - X: design matrix, n × p, one row per observation.
///   - predictions: ŷ, n × k.
///   - targets: y, n × k.
///   - w: weights, p × k. Its gradient was nil or is added to.
///   - b: bias, 1 × k. Its gradient was nil or is added to.
/// - Precondition: the shapes fit.
/// - Complexity: 2 n p k flops, one allocation. Uses `?gemv`, for several targets
///   `?gemm`.
@specialized(where M == Matrix<Float>)
@specialized(where M == Matrix<Double>)
@specialized(where M == RowBlock<Float>)
@specialized(where M == RowBlock<Double>)
public func backward<M: RowMajor>(
  _ X: M, _ predictions: Matrix<M.Scalar>, _ targets: Matrix<M.Scalar>,
  into w: Parameter<M.Scalar>, _ b: Parameter<M.Scalar>
) {
  let k = predictions.columnCount
  require(w !== b, "backward: w and b are the same parameter; each needs a gradient of its own")
  require(
    predictions.shape == targets.shape,
    "backward: predictions are \(predictions.shape) but targets are \(targets.shape)")
  require(
    predictions.rowCount == X.rowCount, "backward: X is \(X.shape) but predictions are \(predictions.shape)")
  require(
    w.value.shape == Shape(X.columnCount, k),
    "backward: X is \(X.shape) and predictions are \(predictions.shape), but w is \(w.value.shape)")
  require(
    b.value.shape == Shape(1, k), "backward: predictions are \(predictions.shape), but b is \(b.value.shape)")
  var errors = predictions
  let shape = BatchShape(rows: X.rowCount, features: X.columnCount, targets: k)
  targets.withUnsafeElements { targets in
    errors.withUnsafeMutableElements { errors in
      b.accumulateGradient { bias in
        RowKernel.formErrors(
          targets.baseAddress, stride: k, from: errors.baseAddress, shape, sums: bias)
      }
    }
  }
  X.withUnsafeElements { X in
    errors.withUnsafeElements { errors in
      w.accumulateGradient { weights in
        Products.addGradient(shape, X.baseAddress, errors: errors.baseAddress, into: weights)
      }
    }
  }
}

/// The backward step for targets given flat beside predictions in one column.
///
/// - Precondition: predictions are one column of as many elements as there are targets; the other shapes fit.
public func backward<M: RowMajor>(
  _ X: M, _ predictions: Matrix<M.Scalar>, _ targets: [M.Scalar],
  into w: Parameter<M.Scalar>, _ b: Parameter<M.Scalar>
) {
  backward(X, predictions, matched(targets, to: predictions, "backward"), into: w, b)
}

/// One step of minibatch stochastic gradient descent: parameter ← parameter − learningRate · gradient / batchSize, and
/// the gradient is zero afterwards. A parameter without a gradient stays as it is.
///
/// - Parameters:
///   - parameters: for example `[w, b]`.
///   - learningRate: the step size.
///   - batchSize: the number of rows that the gradients were summed over: for a short last batch, its real size.
/// - Precondition: `batchSize` is positive.
/// - Complexity: 2 flops per element, no allocation.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func sgd<Scalar>(_ parameters: [Parameter<Scalar>], learningRate: Scalar, batchSize: Int) {
  require(batchSize > 0, "sgd: a batch of \(batchSize) rows has no mean gradient")
  for parameter in parameters where parameter.gradient != nil {
    parameter.accumulateGradient { gradient in
      parameter.value.withUnsafeMutableElements {
        descend(step: learningRate / Scalar(batchSize), $0.baseAddress, gradient, count: $0.count)
      }
    }
  }
}

/// value ← value − step · gradient, gradient ← 0: what a step of ``sgd(_:learningRate:batchSize:)`` does to a
/// parameter.
@inline(__always)
func descend<Scalar: BLASScalar>(
  step: Scalar, _ value: UnsafeMutablePointer<Scalar>?, _ gradient: UnsafeMutablePointer<Scalar>?, count: Int
) {
  guard count > 0, let value, let gradient else { return }
  for i in 0..<count {
    value[i] -= step * gradient[i]
    gradient[i] = 0
  }
}
