internal import LinearAlgebra

// The products of a forward and a backward pass: the one place where X meets weights or errors. A training loop
// written by hand and the trainer give the same bits because both end here.
//
// n rows, p features, k targets; X is n × p, w is p × k, b is 1 × k, predictions and errors are n × k, all row-major.
// A pointer to an empty matrix may be nil.

/// The sizes of a product: n rows, p features, k targets.
struct BatchShape: Sendable {
  var rows: Int
  var features: Int
  var targets: Int

  /// Rows of a block, which follow from the width of X alone. For several targets at least 256: `?gemm` copies w for
  /// each call.
  func blockRows<Scalar>(_: Scalar.Type) -> Int {
    max(targets > 1 ? 256 : 1, rowsPerCacheBlock(rowBytes: features * MemoryLayout<Scalar>.stride))
  }

  /// Multiplications of one product.
  var size: Int { rows * features * targets }

  /// Number of groups that the targets are divided into, each a `?gemm` of 32 to 63 columns: threads can train one group
  /// each, for targets share nothing but X.
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
    forEachBlock(shape) { start, count, group in
      let (X, first) = (X + start * p, group.lowerBound)
      if k == 1 {
        Scalar._gemv(.no, count, p, 1, X, p, w, 1, predictions + start)
      } else {
        Scalar._gemm(
          .no, .no, count, group.count, p, 1, X, p, w + first, k, 1, predictions + start * k + first, k)
      }
    }
  }

  /// gradient ← gradient + Xᵀ errors, by `?gemv` for one target and `?gemm` for several.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func addGradient(_ shape: BatchShape, _ X: Input, errors: Input, into gradient: Output) {
    let (p, k) = (shape.features, shape.targets)
    guard shape.rows > 0, k > 0, p > 0, let X, let errors, let gradient else { return }
    forEachBlock(shape) { start, count, group in
      let (X, first) = (X + start * p, group.lowerBound)
      if k == 1 {
        Scalar._gemv(.yes, count, p, 1, X, p, errors + start, 1, gradient)
      } else {
        Scalar._gemm(
          .yes, .no, p, group.count, count, 1, X, p, errors + start * k + first, k, 1, gradient + first, k)
      }
    }
  }

  /// The blocks that a product is worked in: rows that fit in the cache, a group of targets at a time.
  @inline(__always)
  private static func forEachBlock(
    _ shape: BatchShape, _ body: (_ start: Int, _ count: Int, _ group: Range<Int>) -> Void
  ) {
    let rows = shape.blockRows(Scalar.self)
    for group in 0..<shape.groupCount {
      let group = shape.group(group)
      var start = 0
      while start < shape.rows {
        let count = min(rows, shape.rows - start)
        body(start, count, group)
        start += count
      }
    }
  }
}
