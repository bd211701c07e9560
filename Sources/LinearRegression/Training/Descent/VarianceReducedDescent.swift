internal import LinearAlgebra

/// SGD that needs no tuning and ends in the least-squares answer: preconditioned minibatch steps whose noise vanishes
/// at the solution.
///
/// In standardised units, with T from a first pass so that T Tᵀ is the inverse of the curvature H = ZᵀZ/n, a segment of
/// steps starts at a snapshot w̃ where the full gradient g̃ is formed from all rows in Double. Step t on a batch B of b
/// rows is
///
///     v ← v − γₜ T Tᵀ [Z_Bᵀ Z_B (v − w̃) / b + g̃],   γₜ = 1 / (t + t₀),
///
/// the variance-reduced gradient of Johnson and Zhang 2013 (SVRG, NIPS 26) with the gain of Robbins and Monro 1951
/// (doi:10.1214/aoms/1177729586), which with the inverse curvature needs no constant and averages the noise of the
/// batches (Venter 1967, doi:10.1214/aoms/1177699069). t₀ bounds the first gains by the largest squared norm of a
/// whitened row over b, so that no batch can throw the parameters far. Where p × p is too large, T only scales the
/// columns and the gain stays 1 / (1 + t₀). After m steps from v = w̃ the gains leave a share t₀ / (m + t₀) of the way
/// undone, which is known and is added as Adam corrects its averages for their start (Kingma and Ba 2015,
/// arXiv:1412.6980). The next snapshot stands there; a gradient that has grown takes the segment back and doubles t₀.
final class VarianceReducedDescent<Input: BLASScalar>: Descent {
  private let loader: BatchLoader<StandardizedBatches<Input>>
  private let preconditioner: Preconditioner
  let shape: BatchShape
  private let units: ColumnUnits
  private let tolerance: Double
  private let weightSum: Double

  /// The size of each target's noise of rounding in coefficients.
  private let expectedErrors: [Double]

  /// Steps between two snapshots, in positions of the epoch.
  private let segmentRows: Int

  // Weights, p × k, above the biases, 1 × k; all in standardised units.
  let offset: Scratch<Double>
  private let gradient: Scratch<Double>
  private let direction: Scratch<Double>
  let newtonStep: Scratch<Double>
  private let errors: Scratch<Double>
  var now: VarianceReducedState

  init(
    _ rows: Rows<Input>, _ pass: FirstPass, preconditioner: Preconditioner, batchSize: Int,
    tolerance: Double
  ) {
    let (n, p, k) = (rows.rowCount, rows.featureCount, rows.targetCount)
    units = pass.standardization.units
    shape = BatchShape(rows: batchSize, features: p, targets: k)
    loader = BatchLoader(
      StandardizedBatches(units, meanWeight: pass.weightSum / Double(n)), rows, batchSize: batchSize)
    self.preconditioner = preconditioner
    self.tolerance = tolerance
    weightSum = pass.weightSum
    expectedErrors = pass.problem?.expectedErrors ?? zeros(k)
    // Two snapshots an epoch, unless that leaves a segment too few steps to average.
    let batches = (n + batchSize - 1) / batchSize
    segmentRows = batches < 8 ? n : (batches + 1) / 2 * batchSize
    let count = (p + 1) * k
    offset = Scratch(count, repeating: 0)
    gradient = Scratch(count, repeating: 0)
    direction = Scratch(count, repeating: 0)
    newtonStep = Scratch(count, repeating: 0)
    errors = Scratch(batchSize * k, repeating: 0)
    now = VarianceReducedState(
      snapshot: zeros(count), offset: zeros(count), newtonStep: zeros(count), steps: 0,
      gainOffset: 2 * preconditioner.largestRow / Double(batchSize), failures: 0)
    accept(fullGradient(rows))
  }

  var weightCount: Int { shape.features * shape.targets }

  /// After so many segments in a row that led nowhere there is no use in going on.
  var mostFailures: Int { 6 }

  // MARK: Steps

  func advance(
    _ rows: Rows<Input>, _ order: EpochOrder, from start: Int, to end: Int, epoch: Int,
    stop: StopRequest
  ) throws(StepFailure) -> Int {
    var position = start, used = 0
    while position < end && !stop.isMade {
      let segmentEnd = min(order.rowCount, (position / segmentRows + 1) * segmentRows)
      loader.forEachChunk(
        rows, order, from: position, to: min(end, segmentEnd), cut: segmentEnd
      ) { chunk, _ in
        used = self.steps(chunk, stop: stop)
      } goesOn: { positions in
        position = positions.lowerBound + used
        return used == positions.count && !stop.isMade
      }
      if position == segmentEnd { endSegment(rows) }
    }
    return position
  }

  /// Steps over the rows of a chunk, until its end or a request to stop. Returns how many rows were used.
  private func steps(_ chunk: Batch<Double>, stop: StopRequest) -> Int {
    guard let offset = offset.pointer, let gradient = gradient.pointer, let direction = direction.pointer,
      let newtonStep = newtonStep.pointer, let errors = errors.pointer
    else { return chunk.rows }
    let (p, k, count, whitens) = (
      shape.features, shape.targets, weightCount + shape.targets, preconditioner.whitens
    )
    var row = 0, batch = chunk, shape = shape
    while row < chunk.rows && !stop.isMade {
      shape.rows = min(self.shape.rows, chunk.rows - row)
      Products<Double>.differentiate(
        shape, batch.X, nil, stride: k, weights: batch.weights, offset, offset + weightCount, errors: errors,
        into: gradient, bias: gradient + weightCount)
      // A short batch is a fraction of a step.
      let fraction = Double(shape.rows) / Double(self.shape.rows)
      now.steps += fraction
      let gain = fraction / ((whitens ? now.steps : 1) + now.gainOffset)
      preconditioner.apply(gradient, direction, targets: k)
      let share = 1 / Double(shape.rows)
      for i in 0..<count {
        offset[i] += gain * (newtonStep[i] - share * direction[i])
        gradient[i] = 0
      }
      row += shape.rows
      batch.advance(by: shape.rows, features: p, targets: k)
    }
    return row
  }

  // MARK: Snapshots

  /// Moves the snapshot to where the steps have led, if the gradient there is smaller.
  private func endSegment(_ rows: Rows<Input>) {
    let before = now
    let correction = preconditioner.whitens && now.steps > 0 ? 1 + now.gainOffset / now.steps : 1
    for i in offset.buffer.indices { now.snapshot[i] += correction * offset.buffer[i] }
    let full = fullGradient(rows)
    if full.residualNorm < before.residualNorm ?? .infinity {
      // Far less than a whitened segment should gain; steps that are only scaled are slow, and go on while they gain at
      // all.
      let hasShrunk =
        full.residualNorm < (preconditioner.whitens ? 0.7 : 0.999) * (before.residualNorm ?? .infinity)
      accept(full)
      now.failures = hasShrunk ? 0 : before.failures + 1
    } else {
      // Back to the snapshot, in smaller steps.
      now.snapshot = before.snapshot
      now.gainOffset = min(2 * now.gainOffset, .greatestFiniteMagnitude)
      now.failures += 1
      restart()
    }
  }

  /// The gradient of all rows at the snapshot, in several units.
  private struct FullGradient {
    /// ρ, rank × k, and the mean residual, 1 × k.
    var residual: (weights: Matrix<Double>, bias: Matrix<Double>)
    /// T ρ above the mean residual: Newton's step, which leads to the solution.
    var newtonStep: [Double]
    /// Mean squared loss of each target.
    var losses: [Double]
    /// Norm of ρ and the mean residual.
    var residualNorm: Double
    /// The largest norm of a target's gradient.
    var gradientNorm: Double
  }

  private func fullGradient(_ rows: Rows<Input>) -> FullGradient {
    let (p, k) = (shape.features, shape.targets)
    let layout = DesignLayout(features: p, targets: k, hasOnes: true)
    let coefficients = Matrix<Double>(rows: p + 1, columns: k) { i, t in
      i == 0 ? now.snapshot[weightCount + t] : now.snapshot[(i - 1) * k + t]
    }
    let sums = ResidualSums.of(rows, layout, units, coefficients)
    let moments = Matrix<Double>(rows: p, columns: k) { j, t in sums.products[1 + j, t] / weightSum }
    let bias = Matrix<Double>(rows: 1, columns: k) { _, t in sums.products[0, t] / weightSum }
    let residual = preconditioner.whiten(moments)
    let newtonStep = preconditioner.unwhiten(residual).elements + bias.elements
    return FullGradient(
      residual: (residual, bias), newtonStep: newtonStep, losses: sums.squares.map { $0 / weightSum / 2 },
      residualNorm: norm(residual.elements + bias.elements),
      gradientNorm: (0..<k).reduce(0) { max($0, norm(moments[column: $1] + [bias[0, $1]])) })
  }

  private func accept(_ full: FullGradient) {
    now.residualNorm = full.residualNorm
    now.gradientNorm = full.gradientNorm
    now.losses = full.losses
    now.residual = full.residual.weights
    now.biasResidual = full.residual.bias
    now.newtonStep = full.newtonStep
    restart()
  }

  private func restart() {
    now.steps = 0
    for i in offset.buffer.indices {
      offset.buffer[i] = 0
      gradient.buffer[i] = 0
      newtonStep.buffer[i] = now.newtonStep[i]
    }
  }

  // MARK: Epochs

  /// Segments that led away were taken back already.
  func rollBack() {}

  func endEpoch(_ rows: Rows<Input>, epoch: Int, isLast: Bool) throws(StepFailure) -> DescentReport {
    DescentReport(
      losses: now.losses, learningRate: nil, residual: (now.residual, now.biasResidual),
      gradientNorm: now.gradientNorm, verdict: verdict)
  }

  private var verdict: DescentReport.Verdict? {
    let (p, k) = (shape.features, shape.targets)
    // Without the curvature a small gradient does not tell how near the solution is.
    let arrived =
      preconditioner.whitens
      && (0..<k).allSatisfy { t in
        let largest = (0..<p).reduce(0) { max($0, abs(now.snapshot[$1 * k + t])) }
        let left = (0...p).reduce(0) { max($0, abs(now.newtonStep[$1 * k + t])) }
        // Well below what is promised, for the promise is about the exact solution.
        return left <= max(tolerance / 100 * max(largest, tolerance), expectedErrors[t] / 10)
      }
    if arrived { return .converged }
    return now.failures >= mostFailures ? .stalled : nil
  }

  /// Steps do not look at y.
  var epochLoss: EpochLoss { EpochLoss(losses: zeros(shape.targets), weight: 0) }
}
