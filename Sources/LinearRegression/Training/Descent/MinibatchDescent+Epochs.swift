internal import LinearAlgebra

// The end of an epoch, and whether its steps have led away.

extension MinibatchDescent {
  @specialized(where Source == StoredBatches<Float>)
  @specialized(where Source == StoredBatches<Double>)
  @specialized(where Source == StandardizedBatches<Float>)
  @specialized(where Source == StandardizedBatches<Double>)
  func endEpoch(_ rows: Rows<Input>, epoch: Int, isLast: Bool) throws(StepFailure) -> DescentReport {
    let mean = losses.buffer.reduce(0, +) / max(counts.weight, .leastNormalMagnitude)
    if mean < .leastNormalMagnitude, let target = rows.targetWithoutSquares {
      throw .data(.overflow(.targets, column: target))
    }
    let firstLoss = max(counts.firstLoss ?? 0, Double(Scalar.leastNormalMagnitude))
    // What a run starts with: the loss of its first batch, or of a model that predicts nothing, if that is larger. The
    // latter is formed only where the former does not decide.
    lazy var start = max(firstLoss, lossOfZero(rows))
    // On the way to the solution the loss falls. A thousandfold of where it started is no detour, and a run that ends
    // at twice its start has led away. (A little above the start is where noise may end it if there is nothing to
    // learn.)
    let hasGrown = mean.isNaN || mean > 2 * firstLoss
    var hasDiverged = hasGrown && !(mean <= (isLast ? 2 : 1000) * start)
    if isLast && !hasDiverged {
      // The last step may be the one that leads away.
      let last = lossOfLastBatch(rows)
      hasDiverged =
        !(last.loss <= 2 * max(last.ofZero, Double(last.rows) * firstLoss))
        && !(last.loss <= 2 * Double(last.rows) * start)
    }
    guard !hasDiverged, values.buffer.allSatisfy(\.isFinite) else {
      rollBack()
      throw .diverged
    }
    return DescentReport(
      losses: losses.buffer.map { counts.weight > 0 ? $0 / counts.weight : 0 },
      learningRate: method.learningRate.rate(step: max(0, counts.steps - 1), epoch: epoch, of: totalSteps),
      hasLedAway: hasGrown && mean > 2 * start)
  }

  /// Σ w e²/2 of the last rows as stored, and what a model that predicts nothing loses on them.
  private func lossOfLastBatch(_ rows: Rows<Input>) -> (rows: Int, loss: Double, ofZero: Double) {
    let count = min(shape.rows, rows.rowCount)
    return loader.withRows(rows.rowCount - count..<rows.rowCount, of: rows) { batch in
      var loss = 0.0
      for group in (0..<shape.groupCount).map(shape.group) {
        let batchShape = BatchShape(rows: count, features: shape.features, targets: group.count)
        let values = values.pointer.map { $0 + start(of: group) }
        Products.predict(
          batchShape, batch.X, values, values.map { $0 + shape.features * group.count }, into: errors.pointer)
        loss += halfSquares(batch, batchShape, targets: batch.y.map { $0 + group.lowerBound })
      }
      return (count, loss, lossOfZero(batch))
    }
  }

  /// Mean squared loss of a model that predicts nothing.
  private func lossOfZero(_ rows: Rows<Input>) -> Double {
    if let zeroLoss { return zeroLoss }
    var sum = 0.0
    for start in stride(from: 0, to: rows.rowCount, by: shape.rows) {
      let range = start..<min(start + shape.rows, rows.rowCount)
      sum += loader.withRows(range, of: rows) { lossOfZero($0) }
    }
    let mean = sum / Double(rows.rowCount)
    zeroLoss = mean
    return mean
  }

  /// Σ w y²/2 of a batch.
  private func lossOfZero(_ batch: Batch<Scalar>) -> Double {
    let batchShape = BatchShape(rows: batch.rows, features: shape.features, targets: shape.targets)
    guard let errors = errors.pointer, let y = batch.y else { return 0 }
    errors.update(from: y, count: batch.rows * shape.targets)
    return halfSquares(batch, batchShape, targets: nil)
  }

  /// Σ w (e − y)²/2, e being what is in the room for errors, which holds e − y afterwards.
  private func halfSquares(
    _ batch: Batch<Scalar>, _ batchShape: BatchShape, targets: UnsafePointer<Scalar>?
  ) -> Double {
    var (sums, losses): ([Scalar], [Double]) = (zeros(batchShape.targets), zeros(batchShape.targets))
    sums.withUnsafeMutableBufferPointer { sums in
      losses.withUnsafeMutableBufferPointer { losses in
        RowKernel.formErrors(
          targets, stride: shape.targets, weights: batch.weights, from: errors.pointer, batchShape,
          sums: sums.baseAddress, losses: losses.baseAddress)
      }
    }
    return losses.reduce(0, +)
  }
}
