internal import LinearAlgebra

extension MinibatchDescent {
  var epochLoss: EpochLoss { EpochLoss(losses: Array(losses.buffer), weight: counts.weight) }

  var parameters: (weights: Matrix<Double>, bias: Matrix<Double>) {
    let averaged = counts.averaged
    func value(_ i: Int) -> Double {
      averaged > 0 ? sums.buffer[i] / Double(averaged) : Double(values.buffer[i])
    }
    var weights = Matrix<Double>.zeros(shape.features, shape.targets), bias: [Double] = []
    forEachWeight { weights[$1, $2] = value($0) }
    forEachBias { bias.append(value($0)) }
    return (weights, Matrix(row: bias))
  }

  var state: DescentState {
    func doubles(_ scratch: Scratch<Scalar>) -> [Double] { scratch.buffer.map { Double($0) } }
    return .minibatch(
      MinibatchState(
        values: doubles(values), velocities: doubles(velocities), sums: Array(sums.buffer),
        kept: doubles(kept), losses: Array(losses.buffer), counts: counts, keptCounts: keptCounts))
  }

  func restore(_ state: DescentState) -> Bool {
    guard case .minibatch(let state) = state, state.values.count == values.buffer.count,
      state.velocities.count == velocities.buffer.count, state.sums.count == sums.buffer.count,
      state.kept.count == kept.buffer.count, state.losses.count == shape.targets,
      [state.values, state.velocities, state.sums, state.kept, state.losses].joined().allSatisfy(\.isFinite),
      [state.values, state.velocities, state.kept].joined().allSatisfy({ Scalar($0).isFinite }),
      [state.counts, state.keptCounts].allSatisfy({
        $0.steps <= totalSteps && ($0.averaged == 0 || !state.sums.isEmpty)
      })
    else { return false }
    func copy(_ source: [Double], _ target: Scratch<Scalar>) {
      for (i, value) in source.enumerated() { target.buffer[i] = Scalar(value) }
    }
    copy(state.values, values)
    copy(state.velocities, velocities)
    copy(state.kept, kept)
    for (i, value) in state.sums.enumerated() { sums.buffer[i] = value }
    for (t, value) in state.losses.enumerated() { losses.buffer[t] = value }
    counts = state.counts
    keptCounts = state.keptCounts
    return true
  }
}

/// What is counted beside the values.
struct MinibatchCounts: Codable, Equatable, BitwiseCopyable {
  /// Steps of the whole run.
  var steps = 0
  /// Steps in the average.
  var averaged = 0
  /// Σ w of the epoch so far.
  var weight = 0.0
  /// Mean loss of the first batch, before any step.
  var firstLoss: Double?

  /// Whether counts that were decoded can be those of a run.
  var isSound: Bool {
    0...1 << 53 ~= steps && 0...steps ~= averaged && weight >= 0 && weight.isFinite
      && firstLoss.map { $0 >= 0 && $0.isFinite } ?? true
  }
}

/// Everything that a run goes on from.
struct MinibatchState: Codable, Equatable {
  @StoredArray var values: [Double]
  @StoredArray var velocities: [Double]
  @StoredArray var sums: [Double]
  @StoredArray var kept: [Double]
  /// Σ w e²/2 of each target over the epoch so far.
  @StoredArray var losses: [Double]
  var counts: MinibatchCounts
  /// Those at the start of the epoch, as `kept` are the values.
  var keptCounts: MinibatchCounts

  /// Whether numbers that were decoded can be those of a run.
  var isSound: Bool { counts.isSound && keptCounts.isSound && losses.allSatisfy { $0 >= 0 } }
}
