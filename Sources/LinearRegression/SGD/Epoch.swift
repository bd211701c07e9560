internal import LinearAlgebra

/// Runs the steps of an epoch. All memory that a step needs is allocated once, here.
struct Epoch<Scalar: BLASScalar>: ~Copyable {
  private let X: Matrix<Scalar>
  private let y: Matrix<Scalar>
  private let batchSize: Int
  private let errors: UnsafeMutableBufferPointer<Scalar>
  private let batchX: UnsafeMutableBufferPointer<Scalar>
  private let batchY: UnsafeMutableBufferPointer<Scalar>

  init(_ X: Matrix<Scalar>, _ y: Matrix<Scalar>, batchSize: Int, gathers: Bool) {
    self.X = X
    self.y = y
    self.batchSize = min(batchSize, max(1, X.rowCount))
    func allocated(_ columns: Int) -> UnsafeMutableBufferPointer<Scalar> {
      let buffer = UnsafeMutableBufferPointer<Scalar>.allocate(capacity: min(batchSize, X.rowCount) * columns)
      buffer.initialize(repeating: 0)
      return buffer
    }
    errors = allocated(y.columnCount)
    batchX = allocated(gathers ? X.columnCount : 0)
    batchY = allocated(gathers ? y.columnCount : 0)
  }

  deinit {
    for buffer in [errors, batchX, batchY] { buffer.deallocate() }
  }

  /// One step per batch: errors, gradient, descent, in that order.
  ///
  /// - Parameter order: positions of the rows, or nil for the order they are in.
  func run(_ w: Parameter<Scalar>, _ b: Parameter<Scalar>, learningRate: Scalar, order: [Int32]?) {
    w.accumulateGradient { weightGradient in
      b.accumulateGradient { biasGradient in
        w.value.withUnsafeMutableElements { weights in
          b.value.withUnsafeMutableElements { bias in
            X.withUnsafeElements { X in
              y.withUnsafeElements { y in
                let parameters = Parameters(
                  weights: weights.baseAddress, bias: bias.baseAddress, weightGradient: weightGradient,
                  biasGradient: biasGradient)
                if let order {
                  order.withUnsafeBufferPointer { steps(X, y, parameters, learningRate, $0) }
                } else {
                  steps(X, y, parameters, learningRate, nil)
                }
              }
            }
          }
        }
      }
    }
  }

  private struct Parameters {
    let weights, bias, weightGradient, biasGradient: UnsafeMutablePointer<Scalar>?
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func steps(
    _ X: UnsafeBufferPointer<Scalar>, _ y: UnsafeBufferPointer<Scalar>, _ parameters: Parameters,
    _ learningRate: Scalar, _ order: UnsafeBufferPointer<Int32>?
  ) {
    let (n, p, k) = (self.X.rowCount, self.X.columnCount, self.y.columnCount)
    let errors = self.errors.baseAddress
    var start = 0
    while start < n {
      let shape = BatchShape(rows: min(batchSize, n - start), features: p, targets: k)
      var batchX = X.baseAddress.map { $0 + start * p }
      var batchY = y.baseAddress.map { $0 + start * k }
      if let order {
        let rows = UnsafeBufferPointer(rebasing: order[start..<start + shape.rows])
        gather(rows, from: X, columns: p, into: self.batchX)
        gather(rows, from: y, columns: k, into: self.batchY)
        batchX = UnsafePointer(self.batchX.baseAddress)
        batchY = UnsafePointer(self.batchY.baseAddress)
      }
      Kernel.predict(shape, batchX, parameters.weights, parameters.bias, into: errors)
      Kernel.subtract(batchY, from: errors, count: shape.rows * k)
      Kernel.addGradient(
        shape, batchX, errors: errors, weights: parameters.weightGradient, bias: parameters.biasGradient)
      let step = learningRate / Scalar(shape.rows)
      Kernel.descend(step: step, parameters.weights, parameters.weightGradient, count: p * k)
      Kernel.descend(step: step, parameters.bias, parameters.biasGradient, count: k)
      start += shape.rows
    }
  }
}
