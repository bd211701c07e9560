internal import LinearAlgebra

/// SGD with a rate that the user set: the steps of the notebook's loop, with momentum, weight decay and averages where
/// they are asked for.
///
/// Works in the type of its batches, so that stored rows give the bits of a loop written by hand; averages are formed
/// in Double.
final class MinibatchDescent<Source: BatchSource>: Descent {
  typealias Input = Source.Input
  typealias Scalar = Source.Scalar

  let method: SGD
  let loader: BatchLoader<Source>
  let shape: BatchShape
  let totalSteps: Int

  // The parameters of one group of targets after the other, so that threads do not write to the same lines of the
  // cache; each is p·k weights, then k biases.
  let values: Scratch<Scalar>
  let gradients: Scratch<Scalar>
  let velocities: Scratch<Scalar>
  let sums: Scratch<Double>

  /// Room for a batch's errors, one group after the other.
  let errors: Scratch<Scalar>

  /// Σ w e²/2 of each target over the epoch so far, each batch before its step.
  let losses: Scratch<Double>

  /// The values at the start of the epoch.
  let kept: Scratch<Scalar>
  var keptCounts = MinibatchCounts()

  /// The mean loss of a model that predicts nothing, once it was needed.
  var zeroLoss: Double?

  var counts = MinibatchCounts()

  init(
    _ method: SGD, _ loader: BatchLoader<Source>, _ shape: BatchShape, totalSteps: Int,
    weights: Matrix<Scalar>
  ) {
    self.method = method
    self.loader = loader
    self.shape = shape
    self.totalSteps = totalSteps
    let count = (shape.features + 1) * shape.targets
    values = Scratch(count, repeating: 0)
    gradients = Scratch(count, repeating: 0)
    velocities = Scratch(method.momentum > 0 ? count : 0, repeating: 0)
    sums = Scratch(method.averaging == .none ? 0 : count, repeating: 0)
    kept = Scratch(count, repeating: 0)
    errors = Scratch(shape.rows * shape.targets, repeating: 0)
    losses = Scratch(shape.targets, repeating: 0)
    forEachWeight { values.buffer[$0] = weights[$1, $2] }
  }

  /// Where a group's parameters begin.
  func start(of group: Range<Int>) -> Int { (shape.features + 1) * group.lowerBound }

  /// Calls `body` with the index of each weight, its feature and its target.
  func forEachWeight(_ body: (_ index: Int, _ feature: Int, _ target: Int) -> Void) {
    for group in (0..<shape.groupCount).map(shape.group) {
      for j in 0..<shape.features {
        for t in group { body(start(of: group) + j * group.count + t - group.lowerBound, j, t) }
      }
    }
  }

  /// Calls `body` with the index of each bias.
  func forEachBias(_ body: (_ index: Int) -> Void) {
    for group in (0..<shape.groupCount).map(shape.group) {
      for t in group { body(start(of: group) + shape.features * group.count + t - group.lowerBound) }
    }
  }

  // MARK: Steps

  @specialized(where Source == StoredBatches<Float>)
  @specialized(where Source == StoredBatches<Double>)
  @specialized(where Source == StandardizedBatches<Float>)
  @specialized(where Source == StandardizedBatches<Double>)
  func advance(
    _ rows: Rows<Input>, _ order: EpochOrder, from start: Int, to end: Int, epoch: Int,
    stop: StopRequest
  ) throws(StepFailure) -> Int {
    if stop.isMade { return start }
    if start == 0 { beginEpoch() }
    let groups = shape.groupCount
    var position = start, failed: Range<Int>?
    withUnsafeTemporaryAllocation(of: Outcome.self, capacity: groups) { outcomes in
      loader.forEachChunk(rows, order, from: start, to: end, parts: groups) { chunk, group in
        // Groups have to come to the same place: where there are several they go on to the end of the chunk.
        let outcome = self.steps(chunk, group, epoch: epoch, stop: groups == 1 ? stop : nil)
        outcomes.initializeElement(at: group, to: outcome)
      } goesOn: { positions in
        let reached = outcomes.reduce(Int.max) { min($0, $1.rows) }
        position = positions.lowerBound + reached
        if !outcomes.allSatisfy(\.isFinite) {
          failed = position..<min(position + self.shape.rows, positions.upperBound)
          return false
        }
        let firstLoss = self.counts.firstLoss
        self.counts = outcomes[0].counts
        if firstLoss == nil {
          self.counts.firstLoss = outcomes.reduce(nil) { sum, group in group.firstLoss.map { $0 + (sum ?? 0) }
          }
        }
        // Steps that were stopped in mid-chunk do not go on behind it, even if the request was taken back since.
        return reached == positions.count && !stop.isMade
      }
    }
    if let failed {
      rollBack()
      if let (variable, row, column) = order.firstNonFinite(in: rows, failed) {
        throw .data(.nonFinite(variable, row: row, column: column))
      }
      throw .diverged
    }
    return position
  }

  private func beginEpoch() {
    losses.buffer.update(repeating: 0)
    counts.weight = 0
    keptCounts = counts
    _ = kept.buffer.update(from: values.buffer)
  }

  func rollBack() {
    _ = values.buffer.update(from: kept.buffer)
    counts = keptCounts
    losses.buffer.update(repeating: 0)
    // What was summed up since may have run away too.
    counts.averaged = 0
    sums.buffer.update(repeating: 0)
    velocities.buffer.update(repeating: 0)
    gradients.buffer.update(repeating: 0)
  }

  /// What the steps of a group of targets came to.
  private struct Outcome: BitwiseCopyable {
    /// Rows of the chunk that were used.
    var rows: Int
    var isFinite: Bool
    var counts: MinibatchCounts
    /// The group's mean loss of the first batch, where that is among these steps.
    var firstLoss: Double?
  }

  /// Steps over the rows of a chunk, until its end, a request to stop, or a loss that is not finite.
  private func steps(_ chunk: Batch<Scalar>, _ index: Int, epoch: Int, stop: StopRequest?) -> Outcome {
    let group = shape.group(index), (p, k) = (shape.features, group.count), start = start(of: group)
    var outcome = Outcome(rows: 0, isFinite: true, counts: counts)
    guard k > 0, let values = values.pointer.map({ $0 + start }),
      let gradients = gradients.pointer.map({ $0 + start }),
      let errors = errors.pointer.map({ $0 + shape.rows * group.lowerBound }),
      let losses = losses.pointer.map({ $0 + group.lowerBound })
    else {
      outcome.rows = chunk.rows
      return outcome
    }
    let method = method, batchSize = shape.rows, stride = shape.targets
    let isPlain = method.momentum == 0 && method.weightDecay == 0
    let firstAveraged = method.averaging.firstStep(of: totalSteps)
    let rateChanges = method.learningRate.changesWithinEpochs
    var (counts, batch, batchShape) = (counts, chunk, BatchShape(rows: 0, features: p, targets: k))
    batch.y = chunk.y.map { $0 + group.lowerBound }
    var rate = Scalar(method.learningRate.rate(step: counts.steps, epoch: epoch, of: totalSteps) ?? 0)
    var row = 0, wantsFirstLoss = counts.firstLoss == nil
    while row < chunk.rows && !(stop?.isMade ?? false) {
      batchShape.rows = min(batchSize, chunk.rows - row)
      let count = batchShape.rows
      Products.differentiate(
        batchShape, batch.X, batch.y, stride: stride, weights: batch.weights, values, values + p * k,
        errors: errors, into: gradients, bias: gradients + p * k, losses: losses)
      var loss = losses[0]
      for t in 1..<max(1, k) { loss += losses[t] }
      guard loss.isFinite else {
        outcome.isFinite = false
        break
      }
      counts.weight += batch.weights.map { sum($0, count) } ?? Double(count)
      // Rows that are held out lose nothing, whatever they are.
      if wantsFirstLoss && counts.weight > 0 {
        outcome.firstLoss = loss / counts.weight
        wantsFirstLoss = false
      }
      if rateChanges {
        rate = Scalar(method.learningRate.rate(step: counts.steps, epoch: epoch, of: totalSteps) ?? 0)
      }
      if isPlain {
        descend(step: rate / Scalar(count), values, gradients, count: (p + 1) * k)
      } else {
        descendWithMomentum(
          rate: rate, share: 1 / Scalar(count), from: start, weights: p * k, count: (p + 1) * k)
      }
      counts.steps += 1
      if counts.steps > firstAveraged {
        counts.averaged += 1
        for i in start..<start + (p + 1) * k { sums.buffer[i] += Double(self.values.buffer[i]) }
      }
      row += count
      batch.advance(by: count, features: p, targets: stride)
    }
    outcome.rows = row
    outcome.counts = counts
    return outcome
  }

  @inline(__always)
  private func sum(_ weights: UnsafePointer<Scalar>, _ count: Int) -> Double {
    var sum = 0.0
    for i in 0..<count { sum += Double(weights[i]) }
    return sum
  }

  /// g ← gradient · share + λ w, velocity ← μ velocity + g, w ← w − rate · velocity, or · (g + μ velocity) by Nesterov
  /// (Sutskever, Martens, Dahl and Hinton 2013, in PyTorch's form). The biases, behind the weights, are not decayed.
  private func descendWithMomentum(
    rate: Scalar, share: Scalar, from start: Int, weights: Int, count: Int
  ) {
    let decay = Scalar(method.weightDecay), momentum = Scalar(method.momentum)
    let (values, gradients, velocities) = (values.buffer, gradients.buffer, velocities.buffer)
    for i in start..<start + count {
      var g = gradients[i] * share
      if i < start + weights { g += decay * values[i] }
      gradients[i] = 0
      if momentum > 0 {
        velocities[i] = momentum * velocities[i] + g
        g = method.nesterov ? g + momentum * velocities[i] : velocities[i]
      }
      values[i] -= rate * g
    }
  }
}
