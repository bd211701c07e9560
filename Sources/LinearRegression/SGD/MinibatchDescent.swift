internal import LinearAlgebra

/// SGD with a rate that the user set: the steps of the notebook's loop, with momentum, weight decay and averages where
/// they are asked for.
///
/// Works in the type of its batches, so that stored rows give the bits of a loop written by hand; averages are formed
/// in Double.
final class MinibatchDescent<Source: BatchSource>: Descent {
  typealias Input = Source.Input
  typealias Scalar = Source.Scalar

  private let method: SGD
  private let source: Source
  private let shape: BatchShape
  private let totalSteps: Int

  // p·k weights, then k biases
  private let values: Scratch<Scalar>
  private let gradients: Scratch<Scalar>
  private let velocities: Scratch<Scalar>
  private let sums: Scratch<Double>
  private let errors: Scratch<Scalar>

  /// Σ w e²/2 of each target: of the batch, and over the epoch so far, each batch before its step.
  private let losses: Scratch<Double>
  private let epochLosses: Scratch<Double>

  /// The values at the start of the epoch.
  private let kept: Scratch<Scalar>

  private var counts = MinibatchCounts()

  /// The losses of epochs before the current one.
  private var earlier: RunningLoss

  init(
    _ method: SGD, _ source: Source, _ shape: BatchShape, totalSteps: Int, weights: Matrix<Scalar>
  ) {
    self.method = method
    self.source = source
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
    epochLosses = Scratch(shape.targets, repeating: 0)
    earlier = RunningLoss(losses: zeros(shape.targets), weight: 0)
    for (i, weight) in weights.elements.enumerated() { values.buffer[i] = weight }
  }

  private var weightCount: Int { shape.features * shape.targets }

  // MARK: Steps

  @specialized(where Source == StoredBatches<Float>)
  @specialized(where Source == StoredBatches<Double>)
  @specialized(where Source == StandardizedBatches<Float>)
  @specialized(where Source == StandardizedBatches<Double>)
  func advance(
    _ rows: Observations<Input>, _ order: EpochOrder, from start: Int, to end: Int, epoch: Int,
    stop: StopSignal
  ) throws(StepFailure) -> Int {
    if start == 0 { beginEpoch() }
    var position = start
    while position < end && !stop.isRequested {
      let span = order.span(at: position), first = span.positions.lowerBound
      let block = rows.block(span.firstRow..<span.firstRow + span.positions.count)
      let next = order.rowsAfter(span).map { rows.block($0) }
      let places = position - first..<span.positions.upperBound - first
      let outcome = order.withRows(of: span) { positions in
        steps(block, positions, places, until: end - first, next: next, epoch: epoch, stop: stop)
      }
      if !outcome.isFinite {
        let count = min(shape.rows, places.upperBound - outcome.place)
        let batch = outcome.place..<outcome.place + count
        let bad = order.withRows(of: span) { block.firstNonFinite($0, batch) }
        if let (variable, row, column) = bad {
          throw .data(.nonFinite(variable, row: span.firstRow + row, column: column))
        }
        rollBack()
        throw .diverged
      }
      position = first + outcome.place
    }
    return position
  }

  @specialized(where Source == StoredBatches<Float>)
  @specialized(where Source == StoredBatches<Double>)
  @specialized(where Source == StandardizedBatches<Float>)
  @specialized(where Source == StandardizedBatches<Double>)
  private func beginEpoch() {
    earlier = runningLoss
    epochLosses.buffer.update(repeating: 0)
    counts.weight = 0
    _ = kept.buffer.update(from: values.buffer)
  }

  func rollBack() {
    _ = values.buffer.update(from: kept.buffer)
    // What was summed up since may have run away too.
    counts.averaged = 0
    sums.buffer.update(repeating: 0)
    velocities.buffer.update(repeating: 0)
    gradients.buffer.update(repeating: 0)
  }

  private struct Outcome {
    var place: Int
    var isFinite: Bool
  }

  /// Steps over places of a span, until its end or `end` is reached, a request to stop, or a loss that is not finite.
  @specialized(where Source == StoredBatches<Float>)
  @specialized(where Source == StoredBatches<Double>)
  @specialized(where Source == StandardizedBatches<Float>)
  @specialized(where Source == StandardizedBatches<Double>)
  private func steps(
    _ rows: Observations<Input>, _ positions: UnsafePointer<Int32>?, _ places: Range<Int>, until end: Int,
    next: Observations<Input>?, epoch: Int, stop: StopSignal
  ) -> Outcome {
    let k = shape.targets, weightCount = weightCount
    guard k > 0, let values = values.pointer, let gradients = gradients.pointer, let errors = errors.pointer
    else {
      return Outcome(place: places.upperBound, isFinite: true)
    }
    let source = source, batchSize = shape.rows
    let isPlain = method.momentum == 0 && method.weightDecay == 0
    let firstAveraged = method.averaging.firstStep(of: totalSteps)
    let rateChanges = method.learningRate.changesWithinEpochs
    var counts = counts
    var rate = Scalar(method.learningRate.rate(step: counts.steps, epoch: epoch, of: totalSteps) ?? 0)
    var batchShape = shape
    var place = places.lowerBound, isFinite = true
    while place < min(end, places.upperBound) && !stop.isRequested {
      let count = min(batchSize, places.upperBound - place)
      let batch = source.batch(rows, positions, start: place, count: count, next: next)
      batchShape.rows = count
      let loss = differentiate(batch, batchShape, values, errors, gradients, &counts, firstEpoch: epoch == 0)
      guard loss.isFinite else {
        isFinite = false
        break
      }
      if rateChanges {
        rate = Scalar(method.learningRate.rate(step: counts.steps, epoch: epoch, of: totalSteps) ?? 0)
      }
      if isPlain {
        let step = rate / Scalar(count)
        Kernel.descend(step: step, values, gradients, count: weightCount + k)
      } else {
        descend(rate: rate, share: 1 / Scalar(count))
      }
      counts.steps += 1
      if counts.steps > firstAveraged { addToAverage(&counts) }
      place += count
    }
    self.counts = counts
    return Outcome(place: place, isFinite: isFinite)
  }

  /// The gradient of a batch's loss, and the loss, which is added to the epoch's.
  @inline(__always)
  private func differentiate(
    _ batch: Batch<Scalar>, _ shape: BatchShape, _ values: UnsafeMutablePointer<Scalar>,
    _ errors: UnsafeMutablePointer<Scalar>, _ gradients: UnsafeMutablePointer<Scalar>,
    _ counts: inout MinibatchCounts, firstEpoch: Bool
  ) -> Double {
    let bias = gradients + weightCount
    if shape.targets == 1, shape.features > 0, batch.weights == nil, let X = batch.X, let y = batch.y {
      if firstEpoch { addBaseline(batch, shape, &counts) }
      let loss = RowKernel.differentiate(
        shape, X, batch.order, ahead: batch.ahead, values, values[weightCount], y, errors: errors,
        weights: gradients, bias: bias)
      if counts.firstLoss == nil { counts.firstLoss = loss / Double(shape.rows) }
      counts.weight += Double(shape.rows)
      epochLosses.buffer[0] += loss
      return loss
    }
    Kernel.predict(
      shape, batch.X, at: batch.order, ahead: batch.ahead, values, values + weightCount, into: errors)
    let loss = subtractTargets(batch, shape, errors, &counts, firstEpoch: firstEpoch)
    Kernel.addGradient(
      shape, batch.X, at: batch.order, errors: errors, weights: gradients, bias: bias)
    return loss
  }

  /// errors ← weight · (errors − targets), and the loss of the batch, which is added to the epoch's.
  @inline(__always)
  private func subtractTargets(
    _ batch: Batch<Scalar>, _ shape: BatchShape, _ errors: UnsafeMutablePointer<Scalar>,
    _ counts: inout MinibatchCounts, firstEpoch: Bool
  ) -> Double {
    if firstEpoch { addBaseline(batch, shape, &counts) }
    let losses = losses.buffer
    var weight = Double(shape.rows)
    Kernel.subtract(batch.y, from: errors, count: shape.rows * shape.targets)
    for t in losses.indices { losses[t] = 0 }
    if batch.weights == nil {
      Kernel.addSquaredLoss(shape, errors: errors, into: losses.baseAddress)
      counts.weight += Double(shape.rows)
    } else {
      weight = weigh(batch, errors)
      counts.weight += weight
    }
    var loss = 0.0
    for t in losses.indices {
      loss += losses[t]
      epochLosses.buffer[t] += losses[t]
    }
    // Rows that are held out lose nothing, whatever they are.
    if counts.firstLoss == nil && weight > 0 { counts.firstLoss = loss / weight }
    return loss
  }

  /// What a model that predicts nothing loses on the batch.
  private func addBaseline(_ batch: Batch<Scalar>, _ shape: BatchShape, _ counts: inout MinibatchCounts) {
    for t in losses.buffer.indices { losses.buffer[t] = 0 }
    counts.baselineWeight += Double(shape.rows)
    if let weights = batch.weights, let y = batch.y {
      for i in 0..<shape.rows {
        for t in 0..<shape.targets {
          let value = Double(y[i * shape.targets + t])
          losses.buffer[t] += Double(weights[i]) * value * value / 2
        }
      }
    } else {
      Kernel.addSquaredLoss(shape, errors: batch.y, into: losses.pointer)
    }
    for loss in losses.buffer { counts.baseline += loss }
  }

  /// Adds the weighted losses, weighs the errors, and returns the sum of the weights.
  private func weigh(_ batch: Batch<Scalar>, _ errors: UnsafeMutablePointer<Scalar>) -> Double {
    guard let weights = batch.weights else { return 0 }
    let k = shape.targets
    var sum = 0.0
    for i in 0..<batch.rows {
      sum += Double(weights[i])
      for t in 0..<k {
        let error = Double(errors[i * k + t])
        losses.buffer[t] += Double(weights[i]) * error * error / 2
        errors[i * k + t] *= weights[i]
      }
    }
    return sum
  }

  /// g ← gradient · share + λ w, velocity ← μ velocity + g, w ← w − rate · velocity, or · (g + μ velocity) by Nesterov
  /// (Sutskever, Martens, Dahl and Hinton 2013, in PyTorch's form). The bias is not decayed.
  @specialized(where Source == StoredBatches<Float>)
  @specialized(where Source == StoredBatches<Double>)
  @specialized(where Source == StandardizedBatches<Float>)
  @specialized(where Source == StandardizedBatches<Double>)
  private func descend(rate: Scalar, share: Scalar) {
    let decay = Scalar(method.weightDecay), momentum = Scalar(method.momentum)
    let (values, gradients, velocities) = (values.buffer, gradients.buffer, velocities.buffer)
    for i in values.indices {
      var g = gradients[i] * share
      if i < weightCount { g += decay * values[i] }
      gradients[i] = 0
      if momentum > 0 {
        velocities[i] = momentum * velocities[i] + g
        g = method.nesterov ? g + momentum * velocities[i] : velocities[i]
      }
      values[i] -= rate * g
    }
  }

  private func addToAverage(_ counts: inout MinibatchCounts) {
    counts.averaged += 1
    for i in values.buffer.indices { sums.buffer[i] += Double(values.buffer[i]) }
  }

  // MARK: Epochs

  @specialized(where Source == StoredBatches<Float>)
  @specialized(where Source == StoredBatches<Double>)
  @specialized(where Source == StandardizedBatches<Float>)
  @specialized(where Source == StandardizedBatches<Double>)
  func endEpoch(_ rows: Observations<Input>, epoch: Int, isLast: Bool) throws(StepFailure) -> DescentReport {
    let (mean, baseline) = (
      epochLosses.buffer.reduce(0, +) / max(counts.weight, .leastNormalMagnitude),
      counts.baseline / max(counts.baselineWeight, .leastNormalMagnitude)
    )
    // On the way to the solution the loss falls. A thousandfold of where it started is no detour, and a run that ends
    // at twice its start has led away. (A little above the start is where noise may end it if there is nothing to
    // learn.)
    let start = max(baseline, counts.firstLoss ?? 0, Double(Scalar.leastNormalMagnitude))
    guard mean <= (isLast ? 2 : 1000) * start, !isLast || lossOfLastBatch(rows, start: start) <= 2,
      values.buffer.allSatisfy(\.isFinite)
    else {
      rollBack()
      throw .diverged
    }
    return DescentReport(
      losses: epochLosses.buffer.map { counts.weight > 0 ? $0 / counts.weight : 0 },
      learningRate: method.learningRate.rate(step: max(0, counts.steps - 1), epoch: epoch, of: totalSteps),
      hasLedAway: mean > 2 * start)
  }

  /// Loss of the last rows as stored once the last step is done, for it may be the one that leads away, relative to the
  /// larger of what a run starts with and what a model that predicts nothing loses on them.
  @specialized(where Source == StoredBatches<Float>)
  @specialized(where Source == StoredBatches<Double>)
  @specialized(where Source == StandardizedBatches<Float>)
  @specialized(where Source == StandardizedBatches<Double>)
  private func lossOfLastBatch(_ rows: Observations<Input>, start: Double) -> Double {
    let count = min(shape.rows, rows.rowCount)
    let batch = source.batch(rows, nil, start: rows.rowCount - count, count: count, next: nil)
    guard let errors = errors.pointer, let values = values.pointer else { return 0 }
    var batchShape = shape
    batchShape.rows = count
    Kernel.predict(batchShape, batch.X, at: batch.order, values, values + weightCount, into: errors)
    var scratch = MinibatchCounts()
    let kept = Array(epochLosses.buffer)  // this batch is not part of them
    defer { for t in kept.indices { epochLosses.buffer[t] = kept[t] } }
    let loss = subtractTargets(batch, batchShape, errors, &scratch, firstEpoch: true)
    return loss / max(scratch.baseline, Double(count) * start)
  }

  var runningLoss: RunningLoss {
    RunningLoss(
      losses: zip(earlier.losses, epochLosses.buffer).map { $0 + $1 }, weight: earlier.weight + counts.weight)
  }

  // MARK: State

  var parameters: (weights: Matrix<Double>, bias: Matrix<Double>) {
    let averaged = counts.averaged
    let all = values.buffer.indices.map {
      averaged > 0 ? sums.buffer[$0] / Double(averaged) : Double(values.buffer[$0])
    }
    return (
      Matrix(rows: shape.features, columns: shape.targets, elements: Array(all[..<weightCount])),
      Matrix(row: Array(all[weightCount...]))
    )
  }

  var state: DescentState {
    func doubles(_ scratch: Scratch<Scalar>) -> [Double] { scratch.buffer.map { Double($0) } }
    return .minibatch(
      MinibatchState(
        values: doubles(values), velocities: doubles(velocities), sums: Array(sums.buffer),
        kept: doubles(kept), losses: Array(epochLosses.buffer), counts: counts, earlier: earlier))
  }

  func restore(_ state: DescentState) -> Bool {
    guard case .minibatch(let state) = state, state.values.count == values.buffer.count,
      state.velocities.count == velocities.buffer.count, state.sums.count == sums.buffer.count,
      state.kept.count == kept.buffer.count, state.losses.count == shape.targets,
      state.earlier.losses.count == shape.targets
    else { return false }
    func copy(_ source: [Double], _ target: Scratch<Scalar>) {
      for (i, value) in source.enumerated() { target.buffer[i] = Scalar(value) }
    }
    copy(state.values, values)
    copy(state.velocities, velocities)
    copy(state.kept, kept)
    for (i, value) in state.sums.enumerated() { sums.buffer[i] = value }
    for (t, value) in state.losses.enumerated() { epochLosses.buffer[t] = value }
    counts = state.counts
    earlier = state.earlier
    return true
  }
}

/// What is counted beside the values.
struct MinibatchCounts: Codable, Equatable {
  /// Steps of the whole run.
  var steps = 0
  /// Steps in the average.
  var averaged = 0
  /// Σ w of the epoch so far.
  var weight = 0.0
  /// Σ w y²/2 over the first epoch, and the sum of the weights: what a model that predicts nothing loses.
  var baseline = 0.0
  var baselineWeight = 0.0
  /// Mean loss of the first batch, before any step.
  var firstLoss: Double?
}

/// Everything that a run goes on from.
struct MinibatchState: Codable, Equatable {
  var values: [Double]
  var velocities: [Double]
  var sums: [Double]
  var kept: [Double]
  /// Σ w e²/2 of each target over the epoch so far.
  var losses: [Double]
  var counts: MinibatchCounts
  /// The losses of the epochs before.
  var earlier: RunningLoss
}
