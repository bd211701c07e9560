internal import LinearAlgebra

/// Predictions, errors and what is summed up from them, for all rows in one pass.
struct LossPass<Scalar: BLASScalar> {
  let X: UnsafeBufferPointer<Scalar>
  let y: UnsafeBufferPointer<Scalar>
  let w: UnsafeBufferPointer<Scalar>
  let b: UnsafeBufferPointer<Scalar>
  let shape: BatchShape

  /// The sums over some rows.
  private struct Sums {
    var losses: [Double]
    var weights: [Scalar]
    var bias: [Scalar]
  }

  /// Calls `body` with the pass over X, n × p, and y, n × k, at w and b.
  static func with<Result>(
    _ X: some RowMajor<Scalar>, _ y: Matrix<Scalar>, _ w: Matrix<Scalar>, _ b: Matrix<Scalar>,
    _ body: (LossPass) -> Result
  ) -> Result {
    require(
      y.shape == Shape(X.rowCount, w.columnCount) && w.rowCount == X.columnCount
        && b.shape == Shape(1, w.columnCount),
      "X is \(X.shape), targets are \(y.shape), w is \(w.shape) and b is \(b.shape); they do not fit")
    let shape = BatchShape(rows: X.rowCount, features: X.columnCount, targets: y.columnCount)
    return X.withUnsafeElements { X in
      y.withUnsafeElements { y in
        w.withUnsafeElements { w in
          b.withUnsafeElements { b in body(LossPass(X: X, y: y, w: w, b: b, shape: shape)) }
        }
      }
    }
  }

  /// Σ (ŷ − y)²/2 of each target, added up in Double.
  func losses() -> [Double] {
    run { sums, block, errors, _ in
      sums.losses.withUnsafeMutableBufferPointer {
        Kernel.addSquaredLoss(block, errors: errors, into: $0.baseAddress)
      }
    }.losses
  }

  /// Xᵀ(ŷ − y) and Σ(ŷ − y).
  func gradient() -> Gradient<Scalar> {
    let sums = run { sums, block, errors, X in
      sums.weights.withUnsafeMutableBufferPointer { weights in
        sums.bias.withUnsafeMutableBufferPointer { bias in
          Kernel.addGradient(block, X, errors: errors, weights: weights.baseAddress, bias: bias.baseAddress)
        }
      }
    }
    return Gradient(
      weights: Matrix(rows: shape.features, columns: shape.targets, elements: sums.weights),
      bias: Matrix(row: sums.bias))
  }

  private func run(
    _ add: (inout Sums, BatchShape, UnsafePointer<Scalar>?, UnsafePointer<Scalar>?) -> Void
  ) -> Sums {
    let (p, k) = (shape.features, shape.targets)
    let pass = RowPass(rows: shape.rows, rowBytes: shape.rowBytes(Scalar.self))
    return pass.reduce {
      Sums(losses: zeros(k), weights: zeros(p * k), bias: zeros(k))
    } scratch: {
      zeros(pass.blockRows * k)  // one block's errors
    } add: { (sums: inout Sums, errors: inout [Scalar], rows) in
      var block = shape
      block.rows = rows.count
      let blockX = X.baseAddress.map { $0 + rows.lowerBound * p }
      let blockY = y.baseAddress.map { $0 + rows.lowerBound * k }
      errors.withUnsafeMutableBufferPointer { errors in
        Kernel.predict(block, blockX, w.baseAddress, b.baseAddress, into: errors.baseAddress)
        Kernel.subtract(blockY, from: errors.baseAddress, count: rows.count * k)
        add(&sums, block, UnsafePointer(errors.baseAddress), blockX)
      }
    } merge: { sums, later in
      for j in 0..<k { sums.losses[j] += later.losses[j] }
      axpy(1, later.weights, into: &sums.weights)
      axpy(1, later.bias, into: &sums.bias)
    }
  }
}

/// Zeros of a type that is known where it is specialised: `Array(repeating: 0, …)` of an unspecialised generic is slow.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func zeros<Scalar: BLASScalar>(_ count: Int) -> [Scalar] { Array(repeating: 0, count: count) }
