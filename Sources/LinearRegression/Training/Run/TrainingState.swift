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

extension TrainingState {
  /// Decodes a state; parts that are not those of a run are an error. Whether they fit the data of a run is found by
  /// ``Training/restore(_:)``.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    method = try container.decode(SGD.self, forKey: .method)
    data = try container.decode(DataFingerprint.self, forKey: .data)
    validation = try container.decodeIfPresent(DataFingerprint.self, forKey: .validation)
    epochsDone = try container.count(.epochsDone)
    rowsDone = try container.count(.rowsDone)
    generator = try container.decode(SeededGenerator.self, forKey: .generator)
    descent = try container.decode(DescentState.self, forKey: .descent)
    reports = try container.decode([EpochReport].self, forKey: .reports)
    best = try container.decodeIfPresent(BestState.self, forKey: .best)
    epochsWithoutImprovement = try container.count(.epochsWithoutImprovement)
    stopReason = try container.decodeIfPresent(StopReason.self, forKey: .stopReason)
    try container.check(descent.isSound, .descent, "counts of steps, or losses")
    try container.check(
      reports.count == epochsDone && EpochReport.areInOrder(reports), .reports, "reports of other epochs")
    try container.check(
      epochsWithoutImprovement <= epochsDone, .epochsWithoutImprovement, "more than all epochs")
    try container.check(best.map { $0.epoch >= 1 && $0.epoch <= epochsDone } ?? true, .best, "an epoch")
  }
}

/// The parameters with the least validation loss so far, in the units of training.
struct BestState: Equatable, Sendable, Codable {
  var epoch: Int
  var loss: Double
  var weights: Matrix<Double>
  var bias: Matrix<Double>
}
