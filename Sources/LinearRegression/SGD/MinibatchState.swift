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
  /// Those at the start of the epoch, as `kept` are the values.
  var keptCounts: MinibatchCounts
  /// The losses of the epochs before.
  var earlier: RunningLoss
}
