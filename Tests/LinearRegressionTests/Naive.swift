package import LinearRegression

/// The notebook's functions in plain loops, as the formulas read.
///
/// They are the oracle that tests hold the BLAS versions against and the baseline of the benchmark, which has a link to
/// this file. Sums are formed in the data's own type, in the order of the index.
package enum Naive {
  /// ŷᵢₜ = Σⱼ xᵢⱼ wⱼₜ + bₜ
  ///
  /// - Parameters:
  ///   - X: n × p.
  ///   - w: p × k.
  ///   - b: 1 × k.
  /// - Returns: ŷ, n × k.
  /// - Complexity: 2 n p k flops.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package static func linreg<Scalar>(
    _ X: Matrix<Scalar>, _ w: Matrix<Scalar>, _ b: Matrix<Scalar>
  ) -> Matrix<Scalar> {
    precondition(
      X.columnCount == w.rowCount && b.shape == Shape(1, w.columnCount),
      "linreg: X is \(X.shape), w is \(w.shape), b is \(b.shape)")
    let (n, p, k) = (X.rowCount, X.columnCount, w.columnCount)
    var predictions = Matrix<Scalar>.zeros(n, k)
    X.withUnsafeElements { X in
      w.withUnsafeElements { w in
        b.withUnsafeElements { b in
          predictions.withUnsafeMutableElements { predictions in
            for i in 0..<n {
              for t in 0..<k {
                var sum = b[t]
                for j in 0..<p { sum += X[i * p + j] * w[j * k + t] }
                predictions[i * k + t] = sum
              }
            }
          }
        }
      }
    }
    return predictions
  }

  /// Σᵢ xᵢⱼ (ŷᵢₜ − yᵢₜ) and Σᵢ (ŷᵢₜ − yᵢₜ)
  ///
  /// - Parameters:
  ///   - X: n × p.
  ///   - predictions: ŷ, n × k.
  ///   - targets: y, n × k.
  /// - Returns: the gradient, p × k and 1 × k.
  /// - Complexity: 2 n p k flops.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package static func gradient<Scalar>(
    _ X: Matrix<Scalar>, predictions: Matrix<Scalar>, targets: Matrix<Scalar>
  ) -> (weights: Matrix<Scalar>, bias: Matrix<Scalar>) {
    precondition(
      predictions.shape == targets.shape && predictions.rowCount == X.rowCount,
      "gradient: X is \(X.shape), predictions are \(predictions.shape), targets are \(targets.shape)")
    let (n, p, k) = (X.rowCount, X.columnCount, targets.columnCount)
    var weights = Matrix<Scalar>.zeros(p, k), bias = Matrix<Scalar>.zeros(1, k)
    X.withUnsafeElements { X in
      predictions.withUnsafeElements { predictions in
        targets.withUnsafeElements { targets in
          weights.withUnsafeMutableElements { weights in
            bias.withUnsafeMutableElements { bias in
              for i in 0..<n {
                for t in 0..<k {
                  let error = predictions[i * k + t] - targets[i * k + t]
                  for j in 0..<p { weights[j * k + t] += X[i * p + j] * error }
                  bias[t] += error
                }
              }
            }
          }
        }
      }
    }
    return (weights, bias)
  }

  /// One epoch of minibatch SGD in the order of the rows: w ← w − η ∂w / |B|, b ← b − η ∂b / |B|.
  ///
  /// - Parameters:
  ///   - X: n × p.
  ///   - y: n × k.
  ///   - w: weights, p × k, updated in place.
  ///   - b: bias, 1 × k, updated in place.
  ///   - learningRate: η.
  ///   - batchSize: |B|; the last batch is divided by its real size.
  /// - Complexity: 4 n p k flops.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package static func sgdEpoch<Scalar>(
    _ X: Matrix<Scalar>, _ y: Matrix<Scalar>, _ w: inout Matrix<Scalar>, _ b: inout Matrix<Scalar>,
    learningRate: Scalar, batchSize: Int
  ) {
    for start in stride(from: 0, to: X.rowCount, by: batchSize) {
      let rows = start..<min(start + batchSize, X.rowCount)
      let batchX = Matrix(X[rows: rows]), batchY = Matrix(y[rows: rows])
      let gradient = gradient(batchX, predictions: linreg(batchX, w, b), targets: batchY)
      let step = learningRate / Scalar(rows.count)
      w = w - step * gradient.weights
      b = b - step * gradient.bias
    }
  }
}
