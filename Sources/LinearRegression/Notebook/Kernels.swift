internal import LinearAlgebra

// The arithmetic of a training step on raw memory, without allocation: everything that predicts, differentiates or
// descends ends here, so that a training loop written by hand and the trainer give the same bits.
//
// n rows, p features, k targets; X is n × p, w is p × k, b is 1 × k, predictions, targets and errors are n × k, all
// row-major. A pointer to an empty matrix may be nil. Rows are taken in blocks that fit in the cache, in order.

/// The size of a batch: n observations, p features, k targets.
struct BatchShape {
  var rows: Int
  var features: Int
  var targets: Int

  /// What a row takes in the cache: features, targets and errors.
  private func rowBytes<Scalar>(_: Scalar.Type) -> Int {
    (features + 2 * targets) * MemoryLayout<Scalar>.stride
  }

  /// Rows of a block that fits in the cache. For several targets at least 256: `?gemm` makes blocks of its own, and slivers
  /// of rows would have it copy w for each.
  func blockRows<Scalar>(_: Scalar.Type) -> Int {
    max(targets > 1 ? 256 : 1, rowsPerCacheBlock(rowBytes: rowBytes(Scalar.self)))
  }
}

enum Kernel<Scalar: BLASScalar> {
  typealias Input = UnsafePointer<Scalar>?
  typealias Output = UnsafeMutablePointer<Scalar>?

  /// ŷ ← X w + b, by `?gemv` for one target and `?gemm` for several.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func predict(_ shape: BatchShape, _ X: Input, _ w: Input, _ b: Input, into predictions: Output) {
    let (p, k) = (shape.features, shape.targets)
    guard shape.rows > 0, k > 0, let b, let predictions else { return }
    for i in 0..<shape.rows {
      for j in 0..<k { predictions[i * k + j] = b[j] }
    }
    guard p > 0, let X, let w else { return }
    forEachBlock(shape) { start, count in
      if k == 1 {
        Scalar._gemv(.no, count, p, 1, X + start * p, p, w, 1, predictions + start)
      } else {
        Scalar._gemm(.no, .no, count, k, p, 1, X + start * p, p, w, k, 1, predictions + start * k, k)
      }
    }
  }

  /// errors ← errors − targets, where errors holds predictions.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func subtract(_ targets: Input, from errors: Output, count: Int) {
    guard count > 0, let targets, let errors else { return }
    for i in 0..<count { errors[i] -= targets[i] }
  }

  /// gradient of w ← gradient of w + Xᵀ errors, gradient of b ← gradient of b + Σ errors.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func addGradient(_ shape: BatchShape, _ X: Input, errors: Input, weights: Output, bias: Output) {
    let (p, k) = (shape.features, shape.targets)
    guard shape.rows > 0, k > 0, let errors, let bias else { return }
    // Summed in Double: the sum over a long column would lose digits in Float.
    withUnsafeTemporaryAllocation(of: Double.self, capacity: k) { sums in
      for j in 0..<k { sums[j] = 0 }
      for i in 0..<shape.rows {
        for j in 0..<k { sums[j] += Double(errors[i * k + j]) }
      }
      for j in 0..<k { bias[j] += Scalar(sums[j]) }
    }
    guard p > 0, let X, let weights else { return }
    forEachBlock(shape) { start, count in
      if k == 1 {
        Scalar._gemv(.yes, count, p, 1, X + start * p, p, errors + start, 1, weights)
      } else {
        Scalar._gemm(.yes, .no, p, k, count, 1, X + start * p, p, errors + start * k, k, 1, weights, k)
      }
    }
  }

  /// value ← value − step · gradient, gradient ← 0.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func descend(step: Scalar, _ value: Output, _ gradient: Output, count: Int) {
    guard count > 0, let value, let gradient else { return }
    for i in 0..<count {
      value[i] -= step * gradient[i]
      gradient[i] = 0
    }
  }

  /// sums ← sums + Σ errors²/2, for each target, in Double.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func addSquaredLoss(_ shape: BatchShape, errors: Input, into sums: UnsafeMutablePointer<Double>?) {
    guard shape.rows > 0, shape.targets > 0, let errors, let sums else { return }
    for i in 0..<shape.rows {
      for j in 0..<shape.targets {
        let error = Double(errors[i * shape.targets + j])
        sums[j] += error * error / 2
      }
    }
  }

  /// The blocks that a batch is worked in.
  @inline(__always)
  private static func forEachBlock(_ shape: BatchShape, _ body: (_ start: Int, _ count: Int) -> Void) {
    let rows = shape.blockRows(Scalar.self)
    var start = 0
    while start < shape.rows {
      let count = min(rows, shape.rows - start)
      body(start, count)
      start += count
    }
  }
}
