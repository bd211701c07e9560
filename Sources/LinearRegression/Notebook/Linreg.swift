public import LinearAlgebra

/// ŷ = X w + b
///
/// - Parameters:
///   - X: design matrix, n × p, one row per observation; a ``/LinearAlgebra/Matrix`` or a block of its rows.
///   - w: weights, p × k, one column per target.
///   - b: bias, 1 × k.
/// - Returns: predictions, n × k.
/// - Precondition: the shapes fit.
/// - Complexity: 2 n p k flops, one allocation. Uses `?gemv`, for several targets `?gemm`; a large X is divided among
///   all cores, with the same bits for any number of them.
@specialized(where M == Matrix<Float>)
@specialized(where M == Matrix<Double>)
@specialized(where M == RowBlock<Float>)
@specialized(where M == RowBlock<Double>)
public func linreg<M: RowMajor>(_ X: M, _ w: Matrix<M.Scalar>, _ b: Matrix<M.Scalar>) -> Matrix<M.Scalar> {
  require(
    w.rowCount == X.columnCount, "linreg: X is \(X.shape) but w is \(w.shape); w has one row per column of X")
  require(
    b.rowCount == 1 && b.columnCount == w.columnCount,
    "linreg: w is \(w.shape) but b is \(b.shape); b is 1 × \(w.columnCount), one bias per target")
  let shape = BatchShape(rows: X.rowCount, features: X.columnCount, targets: w.columnCount)
  let count = shape.rows * shape.targets
  // Not zeros: to write a large result twice would take as long as the products.
  let predictions = [M.Scalar](unsafeUninitializedCapacity: count) { predictions, initialized in
    X.withUnsafeElements { X in
      w.withUnsafeElements { w in
        b.withUnsafeElements { b in
          PredictionRows(X: X.baseAddress, predictions: predictions.baseAddress, shape: shape)
            .predict(w.baseAddress, b.baseAddress)
        }
      }
    }
    initialized = count
  }
  return Matrix(rows: shape.rows, columns: shape.targets, elements: predictions)
}

/// ŷ = X w + b, for one target and weights given flat.
///
/// - Parameters:
///   - X: design matrix, n × p, one row per observation.
///   - w: weights, p elements.
///   - b: bias.
/// - Returns: predictions, n elements.
/// - Precondition: w has p elements.
/// - Complexity: 2 n p flops, three allocations. Uses `?gemv`; a large X is divided among all cores.
public func linreg<M: RowMajor>(_ X: M, _ w: [M.Scalar], _ b: M.Scalar) -> [M.Scalar] {
  linreg(X, Matrix(column: w), [[b]]).elements
}

/// ŷ = X w + b, for parameters.
///
/// - Parameters:
///   - X: design matrix, n × p, one row per observation.
///   - w: weights, p × k.
///   - b: bias, 1 × k.
/// - Returns: predictions, n × k.
/// - Precondition: the shapes fit.
/// - Complexity: 2 n p k flops, one allocation. Uses `?gemv`, for several targets `?gemm`; a large X is divided among
///   all cores, with the same bits for any number of them.
@specialized(where M == Matrix<Float>)
@specialized(where M == Matrix<Double>)
@specialized(where M == RowBlock<Float>)
@specialized(where M == RowBlock<Double>)
public func linreg<M: RowMajor>(_ X: M, _ w: Parameter<M.Scalar>, _ b: Parameter<M.Scalar>) -> Matrix<
  M.Scalar
> {
  linreg(X, w.value, b.value)
}
