internal import LinearAlgebra

/// Rows of X and the place of their predictions.
struct PredictionRows<Scalar: BLASScalar>: RowSource {
  var X: UnsafePointer<Scalar>?
  var predictions: UnsafeMutablePointer<Scalar>?
  var shape: BatchShape

  var rowCount: Int { shape.rows }

  func block(_ rows: Range<Int>) -> PredictionRows {
    var block = self
    block.X = X.map { $0 + rows.lowerBound * shape.features }
    block.predictions = predictions.map { $0 + rows.lowerBound * shape.targets }
    block.shape.rows = rows.count
    return block
  }

  /// predictions ← X w + b, on all cores where that is more than some hundred microseconds' work. A block has the same
  /// bits on any thread.
  @inline(__always)
  func predict(_ w: UnsafePointer<Scalar>?, _ b: UnsafePointer<Scalar>?) {
    if shape.multiplications < 1 << 20 { return Products.predict(shape, X, w, b, into: predictions) }
    let (blockRows, leafRows) = (shape.blockRows(Scalar.self), shape.leafRows(Scalar.self))
    _ = RowPass(rows: rowCount, blockRows: blockRows, leafRows: leafRows).reduce(self) {
      PredictionWriter(w: w, b: b)
    }
  }
}

/// Writes the predictions of rows to their place: a reduction that leaves nothing to merge.
private struct PredictionWriter<Scalar: BLASScalar>: Reduction {
  let w: UnsafePointer<Scalar>?
  let b: UnsafePointer<Scalar>?

  mutating func add(_ block: PredictionRows<Scalar>, _: inout Void) {
    Products.predict(block.shape, block.X, w, b, into: block.predictions)
  }

  mutating func merge(_ later: PredictionWriter) {}
}
