public import LinearAlgebra

/// A training run that can be watched, stopped, saved and gone on with, epoch by epoch or a few rows at a time.
///
/// ```swift
/// let training = try Training(SGD(), X, y)
/// while let report = try training.next() { print(report.epoch, report.loss, report.gapToExact ?? .nan) }
/// training.model, training.stopReason
/// ```
/// The steps do not depend on how often a run is looked at, stopped and gone on with: the bits are those of a run in
/// one go. X may be any ``/LinearAlgebra/RowMajor``, such as a memory-mapped file that is larger than memory: rows are
/// read in the order that ``SGD/order`` says, one batch at a time.
public final class Training<M: RowMajor> {
  /// The settings.
  public let method: SGD

  /// Asks the run to stop before its next step. It can go on afterwards.
  public let stopSignal: StopSignal

  /// One report for each epoch that is finished.
  public internal(set) var epochs: [EpochReport] = []

  /// Why the run has ended; nil while it can go on.
  public internal(set) var stopReason: StopReason?

  /// Rows of the current epoch that were used.
  public internal(set) var rowsDone = 0

  /// Rows of a batch.
  public let batchSize: Int

  let X: M
  let y: Matrix<M.Scalar>

  /// The weights that are learnt with: zeros for rows that are held out.
  let weights: [M.Scalar]?
  let validation: ValidationRows<M>?

  let pass: FirstPass?

  /// The units that parameters are in.
  let units: ProblemStandardization
  let descent: any Descent<M.Scalar>

  /// At the start of the current epoch, before its order is drawn, and after.
  var generator: SeededGenerator
  var nextGenerator: SeededGenerator

  /// The order of the current epoch, once it has begun.
  var order: EpochOrder?

  /// Of the data, as learnt from; formed when it is first asked for.
  lazy var fingerprint = Rows.with(X, y, weights: weights) { DataFingerprint($0) }

  /// Of the rows to validate on, which choose the model that is kept.
  lazy var validationFingerprint = validation.map { rows in
    Rows.with(rows.X, rows.y, weights: rows.weights) { DataFingerprint($0) }
  }

  /// The parameters with the least loss so far, and since when there were none better.
  var best: BestState?
  var epochsWithoutImprovement = 0

  /// Prepares a run: takes the first passes over the data where the settings need them.
  ///
  /// - Parameters:
  ///   - method: the settings.
  ///   - X: features, n × p, one row per observation.
  ///   - y: targets, n × k.
  ///   - weights: n weights, zero or more; nil for 1.
  ///   - validation: rows to validate on; nil for those that the settings hold out.
  ///   - stopSignal: what asks the run to stop.
  /// - Throws: ``TrainingError/data(_:)``: no rows, shapes that do not fit, a setting that is not allowed, values that
  ///   are not finite, a spread beyond Double; ``DataError/cancelled`` where the signal asked to stop before the passes
  ///   were done.
  /// - Complexity: none for stored units without distances; else one pass of O(n p) or O(n p²), and two more under
  ///   ``LearningRate/automatic``, or 24 where p is above 2048.
  public init(
    _ method: SGD, _ X: M, _ y: Matrix<M.Scalar>, weights: [M.Scalar]? = nil,
    validation: (X: M, y: Matrix<M.Scalar>)? = nil, stopSignal: StopSignal = StopSignal()
  ) throws(TrainingError) {
    (self.method, self.stopSignal, self.X, self.y) = (method, stopSignal, X, y)
    do throws(DataError) {
      try method.checkSettings()
      try Self.checkShapes(X, y, weights, validation)
      if X.rowCount == 0 { throw .noRows }
      if let weights { try DataError.check(weights: weights) }
      let (learnt, heldOut) = try method.divided(X, y, weights, validation)
      (self.weights, self.validation) = (learnt, heldOut)
      let batchSize = method.batchSize(rows: X.rowCount, features: X.columnCount)
      try method.checkOrder(rows: X.rowCount, batchSize: batchSize)
      (pass, units, descent, generator) = try monitored(stopSignal) { () throws(DataError) in
        let pass = try checked(X, y, weights: learnt) { () throws(DataError) in
          try Rows.with(X, y, weights: learnt) { (rows) throws(DataError) in try method.firstPass(rows) }
        }
        let units = try method.units(pass, features: X.columnCount, targets: y.columnCount)
        var generator = SeededGenerator(seed: method.seed)
        let descent = Rows.with(X, y, weights: learnt) { rows in
          method.descent(rows, pass, units, batchSize: batchSize, using: &generator)
        }
        return (pass, units, descent, generator)
      }
      (self.batchSize, nextGenerator) = (batchSize, generator)
    } catch {
      throw .data(error)
    }
    if method.epochs == 0 { stopReason = .epochs }
  }

  private static func checkShapes(
    _ X: M, _ y: Matrix<M.Scalar>, _ weights: [M.Scalar]?, _ validation: (X: M, y: Matrix<M.Scalar>)?
  ) throws(DataError) {
    try DataError.checkRows(X, y, weights, "train")
    if let (otherX, otherY) = validation {
      try DataError.check(
        otherX.columnCount == X.columnCount && otherY.shape == Shape(otherX.rowCount, y.columnCount),
        "train: X is \(X.shape) and y is \(y.shape), but X for validation is \(otherX.shape) and y \(otherY.shape)"
      )
    }
  }

  /// Prepares a run for one target given flat.
  ///
  /// - Throws: ``TrainingError/data(_:)``.
  public convenience init(
    _ method: SGD, _ X: M, _ y: [M.Scalar], weights: [M.Scalar]? = nil, stopSignal: StopSignal = StopSignal()
  ) throws(TrainingError) {
    try self.init(method, X, Matrix(column: y), weights: weights, validation: nil, stopSignal: stopSignal)
  }

  var rowCount: Int { X.rowCount }

  /// Rows used since the run began, those of earlier epochs included.
  package var rowsUsed: Int { epochs.count * rowCount + rowsDone }
}
