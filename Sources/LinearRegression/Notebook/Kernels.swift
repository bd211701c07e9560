internal import LinearAlgebra

// The arithmetic of a training step on raw memory, without allocation: everything that predicts, differentiates or
// descends ends here, so that a training loop written by hand and the trainer give the same bits.
//
// n rows, p features, k targets; X is n × p, w is p × k, b is 1 × k, predictions, targets and errors are n × k, all
// row-major. A pointer to an empty matrix may be nil. Rows are consecutive, or at positions in a matrix of more rows:
// the same rows in the same order give the same bits either way. Rows are taken in blocks that fit in the cache, in
// order.

/// The size of a batch: n observations, p features, k targets.
struct BatchShape {
  var rows: Int
  var features: Int
  var targets: Int

  /// What a row takes in the cache: features, targets and errors.
  private func rowBytes<Scalar>(_: Scalar.Type) -> Int {
    (features + 2 * targets) * MemoryLayout<Scalar>.stride
  }

  /// Rows of a block that fits in the cache. For several targets at least 256: `?gemm` makes blocks of its own, and
  /// slivers of rows would have it copy w for each.
  func blockRows<Scalar>(_: Scalar.Type) -> Int {
    max(targets > 1 ? 256 : 1, rowsPerCacheBlock(rowBytes: rowBytes(Scalar.self)))
  }

  /// Whether products are worked by kernels of our own, which take rows at positions. Where they were slower than
  /// `?gemm`, w larger than the caches or so few targets that a vector is hardly filled, it is `?gemm`, and rows are
  /// consecutive.
  func takesPositions<Scalar>(_: Scalar.Type) -> Bool {
    let bytes = targets * MemoryLayout<Scalar>.stride
    return targets == 1 || bytes >= 20 && features * bytes <= 64 << 10
  }
}

enum Kernel<Scalar: BLASScalar> {
  typealias Input = UnsafePointer<Scalar>?
  typealias Output = UnsafeMutablePointer<Scalar>?

  /// Positions of the rows of a batch, or nil where they are consecutive.
  typealias Positions = UnsafePointer<Int32>?

  /// ŷ ← X w + b
  ///
  /// - Parameters:
  ///   - order: positions of the rows in X; only where the shape takes them.
  ///   - ahead: where positions are near each other: as many consecutive rows, which are brought to the cache
  ///     meanwhile.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func predict(
    _ shape: BatchShape, _ X: Input, at order: Positions = nil, ahead: Input = nil, _ w: Input, _ b: Input,
    into predictions: Output
  ) {
    let (p, k) = (shape.features, shape.targets)
    guard shape.rows > 0, k > 0, let b, let predictions else { return }
    if let X, let w, p > 0, k == 1 {
      return RowKernel.predict(shape, X, order, ahead: ahead, w, b, into: predictions)
    }
    if let X, let w, p > 0, shape.takesPositions(Scalar.self) {
      return forEachBlock(shape, order) { block, start, order in
        RowKernel.predict(
          block, order == nil ? X + start * p : X, order, w, b, into: predictions + start * k)
      }
    }
    for i in 0..<shape.rows {
      for j in 0..<k { predictions[i * k + j] = b[j] }
    }
    guard p > 0, let X, let w else { return }
    precondition(order == nil)
    forEachBlock(shape) { block, start, _ in
      Scalar._gemm(
        .no, .no, block.rows, k, p, 1, X + start * p, p, w, k, 1, predictions + start * k, k)
    }
  }

  /// errors ← errors − targets, where errors holds predictions.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func subtract(_ targets: Input, from errors: Output, count: Int) {
    guard count > 0, let targets, let errors else { return }
    for i in 0..<count { errors[i] -= targets[i] }
  }

  /// errors ← weight · errors, one weight per row.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func weigh(
    _ shape: BatchShape, _ weights: UnsafePointer<Scalar>, _ errors: UnsafeMutablePointer<Scalar>
  ) {
    for i in 0..<shape.rows {
      for t in 0..<shape.targets { errors[i * shape.targets + t] *= weights[i] }
    }
  }

  /// gradient of w ← gradient of w + Xᵀ errors, gradient of b ← gradient of b + Σ errors.
  ///
  /// - Parameter order: positions of the rows in X, not of the errors; only where the shape takes them.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func addGradient(
    _ shape: BatchShape, _ X: Input, at order: Positions = nil, errors: Input, weights: Output, bias: Output
  ) {
    let (p, k) = (shape.features, shape.targets)
    guard shape.rows > 0, k > 0, let errors, let bias else { return }
    if k == 1, p > 0, let X, let weights {
      return RowKernel.addGradient(shape, X, order, errors: errors, weights: weights, bias: bias)
    }
    RowKernel.addSums(errors, rows: shape.rows, targets: k, into: bias)
    guard p > 0, let X, let weights else { return }
    let takesPositions = shape.takesPositions(Scalar.self)
    precondition(order == nil || takesPositions)
    forEachBlock(shape, order) { block, start, order in
      if takesPositions {
        RowKernel.addGradient(
          block, order == nil ? X + start * p : X, order, errors: errors + start * k, weights: weights,
          bias: bias)
      } else {
        Scalar._gemm(
          .yes, .no, p, k, block.rows, 1, X + start * p, p, errors + start * k, k, 1, weights, k)
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
    if shape.targets == 1 { return RowKernel.addHalfSquares(errors, count: shape.rows, into: sums) }
    RowKernel.addHalfSquares(errors, rows: shape.rows, targets: shape.targets, into: sums)
  }

  /// The blocks that a batch is worked in.
  @inline(__always)
  private static func forEachBlock(
    _ shape: BatchShape, _ order: Positions = nil,
    _ body: (_ block: BatchShape, _ start: Int, _ order: Positions) -> Void
  ) {
    let rows = shape.blockRows(Scalar.self)
    var start = 0
    while start < shape.rows {
      var block = shape
      block.rows = min(rows, shape.rows - start)
      body(block, start, order.map { $0 + start })
      start += block.rows
    }
  }
}
