internal import LinearAlgebra

// The products of a forward and a backward pass over blocks of rows. A training loop written by hand and the trainer
// give the same bits because both end here. (Residuals and snapshots in Double are `ResidualSums`, single rows are in
// `LinearModel`.)
//
// n rows, p features, k targets; X is n × p, w is p × k, b is 1 × k, predictions and errors are n × k, all row-major.
// A pointer to an empty matrix may be nil.

/// The sizes of a product: n rows, p features, k targets.
struct BatchShape: Sendable {
  var rows: Int
  var features: Int
  var targets: Int

  /// Rows of a block, which follow from the width of X alone: for one target as many as fit in the cache. For several
  /// 256 to 2048, within that as many as make a million multiplications with 32 targets: up to there OpenBLAS's kernels
  /// for AVX-512 need not pack their operands. Others pack w anew for each block, so it is not shorter.
  func blockRows<Scalar>(_: Scalar.Type) -> Int {
    targets == 1
      ? rowsPerCacheBlock(rowBytes: features * MemoryLayout<Scalar>.stride)
      : min(2048, max(256, 1_000_000 / (32 * max(1, features))))
  }

  /// Rows of a leaf of a pass: a block, or where rows and so blocks are small, as many as take 64 KB with their
  /// targets: far longer to work through than to begin a leaf and merge it.
  func leafRows<Scalar>(_: Scalar.Type) -> Int {
    max(blockRows(Scalar.self), (64 << 10) / (max(1, features + targets) * MemoryLayout<Scalar>.stride))
  }

  /// Multiplications of one product.
  var multiplications: Int { rows * features * targets }

  /// Number of groups that the targets are divided into, a `?gemm` each: one below 64 targets, from there on as many as
  /// have at least 32. Threads can train one group each, for targets share nothing but X.
  var groupCount: Int { max(1, targets / 32) }

  /// The targets of a group.
  func group(_ index: Int) -> Range<Int> {
    index * targets / groupCount..<(index + 1) * targets / groupCount
  }
}

enum Products<Scalar: BLASScalar> {
  typealias Input = UnsafePointer<Scalar>?
  typealias Output = UnsafeMutablePointer<Scalar>?

  /// ŷ ← X w + b, by `?gemv` for one target and `?gemm` for several.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func predict(_ shape: BatchShape, _ X: Input, _ w: Input, _ b: Input, into predictions: Output) {
    let (p, k) = (shape.features, shape.targets)
    guard shape.rows > 0, k > 0, let b, let predictions else { return }
    if k == 1 {
      let bias = b[0]
      for i in 0..<shape.rows { predictions[i] = bias }
    } else {
      for i in 0..<shape.rows { (predictions + i * k).update(from: b, count: k) }
    }
    guard p > 0, let X, let w else { return }
    if k == 1 {
      return forEachBlock(shape) { start, count in
        Scalar.routines.gemv(.none, count, p, 1, X + start * p, p, w, 1, predictions + start)
      }
    }
    for group in 0..<shape.groupCount {
      let group = shape.group(group), first = group.lowerBound
      forEachBlock(shape) { start, count in
        Scalar.routines.gemm(
          .none, .none, count, group.count, p, 1, X + start * p, p, w + first, k, 1,
          predictions + start * k + first, k)
      }
    }
  }

  /// gradient ← gradient + Xᵀ errors, by `?gemv` for one target and `?gemm` for several.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func addGradient(_ shape: BatchShape, _ X: Input, errors: Input, into gradient: Output) {
    let (p, k) = (shape.features, shape.targets)
    guard shape.rows > 0, k > 0, p > 0, let X, let errors, let gradient else { return }
    if k == 1 {
      return forEachBlock(shape) { start, count in
        Scalar.routines.gemv(.transpose, count, p, 1, X + start * p, p, errors + start, 1, gradient)
      }
    }
    for group in 0..<shape.groupCount {
      let group = shape.group(group), first = group.lowerBound
      forEachBlock(shape) { start, count in
        Scalar.routines.gemm(
          .transpose, .none, p, group.count, count, 1, X + start * p, p, errors + start * k + first, k, 1,
          gradient + first, k)
      }
    }
  }

  /// The forward and the backward pass over a batch: errors ← weight · (X w + b − y), row by row, then gradient ←
  /// gradient + Xᵀ errors, and the sum of each target's errors is added to the gradient of its bias.
  ///
  /// - Parameters:
  ///   - y: the targets; nil for 0.
  ///   - stride: from one row of y to the next.
  ///   - weights: one for each row; nil for 1.
  ///   - losses: Σ weight · (ŷ − y)²/2 of each target is added to it; nil where nobody asks.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func differentiate(
    _ shape: BatchShape, _ X: Input, _ y: Input, stride: Int, weights: Input = nil, _ w: Input, _ b: Input,
    errors: Output, into gradient: Output, bias: Output, losses: UnsafeMutablePointer<Double>? = nil
  ) {
    predict(shape, X, w, b, into: errors)
    RowKernel.formErrors(
      y, stride: stride, weights: weights, from: errors, shape, sums: bias, losses: losses)
    addGradient(shape, X, errors: UnsafePointer(errors), into: gradient)
  }

  /// The blocks of rows that a product is worked in, one after the other.
  @inline(__always)
  private static func forEachBlock(_ shape: BatchShape, _ body: (_ start: Int, _ count: Int) -> Void) {
    let rowBytes = shape.features * MemoryLayout<Scalar>.stride
    if shape.targets == 1 && isOneCacheBlock(rows: shape.rows, rowBytes: rowBytes) {
      return body(0, shape.rows)
    }
    let rows = shape.blockRows(Scalar.self)
    var start = 0
    while start < shape.rows {
      let count = min(rows, shape.rows - start)
      body(start, count)
      start += count
    }
  }
}
