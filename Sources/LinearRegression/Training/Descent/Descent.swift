internal import LinearAlgebra

/// A way to take the steps of an epoch. Parameters are in the units of training.
protocol Descent<Input>: AnyObject, SendableMetatype {
  associatedtype Input: BLASScalar

  /// Takes the steps over positions `start ..< end` of an epoch, and returns the position that it came to: the end of
  /// the batch that reaches `end`, unless it was asked to stop. Where a batch ends does not depend on `end`.
  ///
  /// - Parameter epoch: epochs finished before.
  func advance(
    _ rows: Rows<Input>, _ order: EpochOrder, from start: Int, to end: Int, epoch: Int,
    stop: StopRequest
  ) throws(StepFailure) -> Int

  /// Goes back to the parameters at the start of the epoch.
  func rollBack()

  /// What is to be said once all rows were used.
  func endEpoch(_ rows: Rows<Input>, epoch: Int, isLast: Bool) throws(StepFailure) -> DescentReport

  /// The losses of the current epoch's steps so far, or of the last epoch's until another begins; of no weight where
  /// steps do not look at y.
  var epochLoss: EpochLoss { get }

  /// The weights, p × k, and the bias, 1 × k, that the run has come to.
  var parameters: (weights: Matrix<Double>, bias: Matrix<Double>) { get }

  /// Everything that is needed to go on from here with the same bits.
  var state: DescentState { get }

  /// Goes back to a state; false where it does not fit.
  func restore(_ state: DescentState) -> Bool
}

/// Why steps ended. The parameters are then the last that were finite.
enum StepFailure: Error {
  case data(DataError)
  case diverged
}

/// What a descent says at the end of an epoch.
struct DescentReport {
  /// Mean squared loss of each target in the units of training; over the epoch as it went along, or at the last
  /// snapshot.
  var losses: [Double]
  var learningRate: Double?

  /// The way to the exact solution by the gradient at the parameters, where that was formed: ρ, and the bias that is
  /// missing.
  var residual: (weights: Matrix<Double>, bias: Matrix<Double>)?

  /// Norm of the gradient of the mean loss, where only that is known.
  var gradientNorm: Double?

  /// Whether the loss of the epoch was above twice the run's start.
  var hasLedAway = false

  /// Why there is no use in going on; nil while there is.
  var verdict: Verdict?

  enum Verdict: Equatable { case converged, stalled }
}

/// The state of either descent.
indirect enum DescentState: Codable, Equatable {
  case minibatch(MinibatchState)
  case varianceReduced(VarianceReducedState)

  /// Whether numbers that were decoded can be those of a run; whether they fit one is for ``Descent/restore(_:)``.
  var isSound: Bool {
    switch self {
    case .minibatch(let state): state.isSound
    case .varianceReduced(let state): state.isSound
    }
  }
}
