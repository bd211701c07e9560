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
    var weights: [Double]
    var bias: [Double]
  }

  /// Room for one block: its errors, and its gradient, which is added to the sums in Double.
  private struct Room {
    var errors: [Scalar]
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
    run { sums, room, block, _ in
      room.errors.withUnsafeBufferPointer { errors in
        sums.losses.withUnsafeMutableBufferPointer {
          Kernel.addSquaredLoss(block, errors: errors.baseAddress, into: $0.baseAddress)
        }
      }
    }.losses
  }

  /// Xᵀ(ŷ − y) and Σ(ŷ − y).
  func gradient() -> Gradient<Scalar> {
    let sums = run { sums, room, block, X in
      room.errors.withUnsafeBufferPointer { errors in
        room.weights.withUnsafeMutableBufferPointer { weights in
          room.bias.withUnsafeMutableBufferPointer { bias in
            Kernel.addGradient(
              block, X, errors: errors.baseAddress, weights: weights.baseAddress, bias: bias.baseAddress)
          }
        }
      }
      move(&room.weights, into: &sums.weights)
      move(&room.bias, into: &sums.bias)
    }
    return Gradient(
      weights: Matrix(Matrix<Double>(rows: shape.features, columns: shape.targets, elements: sums.weights)),
      bias: Matrix(Matrix<Double>(row: sums.bias)))
  }

  private func run(_ add: (inout Sums, inout Room, BatchShape, UnsafePointer<Scalar>?) -> Void) -> Sums {
    let (p, k) = (shape.features, shape.targets)
    let pass = RowPass(rows: shape.rows, blockRows: shape.blockRows(Scalar.self))
    return pass.reduce {
      Sums(losses: zeros(k), weights: zeros(p * k), bias: zeros(k))
    } scratch: {
      Room(errors: zeros(pass.blockRows * k), weights: zeros(p * k), bias: zeros(k))
    } add: { (sums: inout Sums, room: inout Room, rows) in
      var block = shape
      block.rows = rows.count
      let blockX = X.baseAddress.map { $0 + rows.lowerBound * p }
      let blockY = y.baseAddress.map { $0 + rows.lowerBound * k }
      room.errors.withUnsafeMutableBufferPointer { errors in
        Kernel.predict(block, blockX, w.baseAddress, b.baseAddress, into: errors.baseAddress)
        Kernel.subtract(blockY, from: errors.baseAddress, count: rows.count * k)
      }
      add(&sums, &room, block, blockX)
    } merge: { sums, later in
      for j in 0..<k { sums.losses[j] += later.losses[j] }
      axpy(1, later.weights, into: &sums.weights)
      axpy(1, later.bias, into: &sums.bias)
    }
  }
}

/// sums ← sums + block, block ← 0
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func move<Scalar: BLASScalar>(_ block: inout [Scalar], into sums: inout [Double]) {
  for i in block.indices {
    sums[i] += Double(block[i])
    block[i] = 0
  }
}

/// Zeros of a type that is known where it is specialised: `Array(repeating: 0, …)` of an unspecialised generic is slow.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func zeros<Scalar: BLASScalar>(_ count: Int) -> [Scalar] { Array(repeating: 0, count: count) }
