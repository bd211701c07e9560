internal import LinearAlgebra

/// A training run between two steps: all that is needed to go on from there with the same bits. Made by
/// ``Training/state``, taken by ``Training/restore(_:)``.
public struct TrainingState: Equatable, Sendable, Codable {
  /// The settings of the run.
  public let method: SGD

  /// What tells the data from others: their shape, and a hash of every bit of them.
  let data: DataFingerprint
  let validation: DataFingerprint?

  /// Epochs finished.
  public let epochsDone: Int

  /// Rows of the current epoch that were used.
  public let rowsDone: Int

  /// Where randomness comes from, at the start of the current epoch.
  let generator: SeededGenerator

  let descent: DescentState
  let reports: [EpochReport]
  let best: BestState?
  let epochsWithoutImprovement: Int

  /// Why the run had ended; nil where it had not, or was interrupted.
  public let stopReason: StopReason?
}

/// The parameters with the least validation loss so far, in the units of training.
struct BestState: Equatable, Sendable, Codable {
  var epoch: Int
  var loss: Double
  var weights: Matrix<Double>
  var bias: Matrix<Double>
}
