internal import LinearAlgebra

/// How far a training run is, at some moment of it.
public struct TrainingProgress: Equatable, Sendable {
  /// The epoch that is under way or has just ended, from 1.
  public let epoch: Int

  /// Rows used since the run began, those of earlier epochs included.
  public let rows: Int

  /// Mean of (ŷ − y)²/2 over the rows used since the last progress, each batch before its step; under
  /// ``LearningRate/automatic``, whose steps do not look at y, that of the last report. Nil before there is one.
  public let lossSinceLast: Double?

  /// The report, where the epoch has just ended: with the distance to the exact solution.
  public let report: EpochReport?
}

extension TrainingProgress: Encodable {
  private enum Key: String, CodingKey { case epoch, rows, lossSinceLast, report }

  /// Encodes the progress; null for what is not known or not finite.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(epoch, forKey: .epoch)
    try container.encode(rows, forKey: .rows)
    try container.encode(finite: lossSinceLast, forKey: .lossSinceLast)
    try container.encode(report, forKey: .report)
  }
}

extension Training {
  /// The run as a sequence of its progress, which goes on as fast as it is read. Ends with the run.
  ///
  /// ```swift
  /// for try await progress in training.progress(every: 100_000) { print(progress.rows, progress.lossSinceLast ?? .nan)
  /// }
  /// ```
  /// Cancelling the task that reads it stops the run before its next step, of 64 targets or more after some megabytes
  /// of rows, with ``StopReason/interrupted``; it can go on later. The steps are taken by the reading task, so give it
  /// a thread of its own where latency matters.
  /// - Parameter rows: how many rows lie between two elements, rounded up to whole batches; nil for an epoch. Every
  ///   epoch ends with an element.
  public func progress(every rows: Int? = nil) -> ProgressSequence {
    ProgressSequence(training: self, rows: rows)
  }

  /// See ``Training/progress(every:)``.
  public struct ProgressSequence: AsyncSequence {
    fileprivate let training: Training
    fileprivate let rows: Int?

    /// Starts reading where the run is.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(training: training, rows: rows) }

    /// Takes the steps up to the next element.
    public struct AsyncIterator: AsyncIteratorProtocol {
      fileprivate let training: Training
      fileprivate let rows: Int?

      /// The next element; nil once the run has ended or was asked to stop.
      /// - Throws: ``TrainingError``, as ``Training/next()``.
      public mutating func next() async throws(TrainingError) -> TrainingProgress? {
        try await next(isolation: #isolation)
      }

      /// The next element; nil once the run has ended or was asked to stop.
      /// - Throws: ``TrainingError``, as ``Training/next()``.
      public mutating func next(isolation actor: isolated (any Actor)?) async throws(TrainingError)
        -> TrainingProgress?
      {
        let signal = training.stopSignal, training = training, rows = rows
        let result = await withTaskCancellationHandler {
          Result { () throws(TrainingError) in try training.advanceWithProgress(rows: rows) }
        } onCancel: {
          signal.request()
        }
        return try result.get()
      }
    }
  }

  private func advanceWithProgress(rows count: Int?) throws(TrainingError) -> TrainingProgress? {
    guard stopReason == nil || stopReason == .interrupted && !stopSignal.isRequested else { return nil }
    let earlier = rowsDone == 0 ? nil : descent.epochLoss
    let report = try advance(rows: count ?? rowCount)
    if report == nil && stopReason != nil { return nil }
    return TrainingProgress(
      epoch: report?.epoch ?? epochs.count + 1, rows: rowsUsed,
      lossSinceLast: loss(since: earlier) ?? report?.loss ?? epochs.last?.loss, report: report)
  }

  /// The mean loss of the epoch's steps behind those that had earlier losses; nil where there is none.
  private func loss(since earlier: EpochLoss?) -> Double? {
    let now = descent.epochLoss, weight = now.weight - (earlier?.weight ?? 0), k = now.losses.count
    guard weight > 0 else { return nil }
    return (0..<k).reduce(0) { sum, t in
      sum + (now.losses[t] - (earlier?.losses[t] ?? 0)) * units.targetScale(t) * units.targetScale(t)
    } / weight / Double(k)
  }
}

/// Σ w e²/2 of each target over steps of an epoch, each batch before its step, and Σ w.
struct EpochLoss {
  var losses: [Double]
  var weight: Double
}
