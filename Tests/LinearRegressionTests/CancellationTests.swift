import LinearRegression
import Synchronization
import TestSupport
import Testing

/// Fits and runs in the background: the same results, their progress, and an end when the task is cancelled.
struct CancellationTests {
  private static func data(_ n: Int, _ p: Int) -> (X: Matrix<Double>, y: [Double]) {
    var generator = SeededGenerator(seed: 9)
    let X: Matrix<Double> = generator.normalMatrix(n, p)
    return (X, (0..<n).map { X[$0, 0] - 2 * X[$0, p - 1] + 0.1 * generator.nextNormal() })
  }

  // MARK: Exact fits

  @Test func aFitInTheBackgroundIsTheSame() async throws {
    let (X, y) = Self.data(3000, 5)
    for method in [LeastSquares(), LeastSquares(solver: .qr), LeastSquares(ridgePenalty: 3)] {
      #expect(try await method.fitInBackground(X, y) == method.fit(X, y))
    }
    await #expect(throws: DataError.shapes("fit: X is 3000 × 5 but y is 2 × 1")) {
      try await LeastSquares().fitInBackground(X, [1, 2])
    }
  }

  /// Progress goes from block to block and pass to pass, and ends with all rows.
  @Test(arguments: [LeastSquares(), LeastSquares(solver: .qr), LeastSquares(precision: .extended)])
  func aFitTellsItsProgress(method: LeastSquares) async throws {
    let (X, y) = Self.data(20_000, 8), seen = Mutex<[FitProgress]>([])
    let fit = try await method.fitInBackground(X, y) { progress in seen.withLock { $0.append(progress) } }
    let reports = seen.withLock { $0 }
    #expect(reports.count > 1 && reports.allSatisfy { $0.rowCount == 20_000 })
    #expect(reports.last?.pass == fit.certificate.passes && reports.last?.rows == 20_000)
    for (earlier, later) in zip(reports, reports.dropFirst()) {
      #expect(
        later.pass == earlier.pass && later.rows > earlier.rows
          || later.pass == earlier.pass + 1 && earlier.rows == 20_000)
    }
  }

  /// A fit that is cancelled in its first block reads no second one, whatever way it reads rows in.
  @Test(arguments: [
    (LeastSquares(), 8), (LeastSquares(solver: .qr), 8), (LeastSquares(precision: .extended), 8),
    (LeastSquares(ridgePenalty: 1), 8), (LeastSquares(solver: .qr), 600), (LeastSquares(), 600),
  ])
  func aCancelledFitReadsNoMore(method: LeastSquares, features: Int) async throws {
    let (X, y) = Self.data(features > 8 ? 2500 : 60_000, features)
    let blocks = Atomic(0), canceller = Canceller()
    let task = Task {
      try await Parallelism.$threads.withValue(1) {
        try await method.fitInBackground(X, y) { _ in
          blocks.add(1, ordering: .relaxed)
          canceller.cancel()
        }
      }
    }
    canceller.set(task)
    await #expect(throws: DataError.cancelled) { try await task.value }
    #expect(blocks.load(ordering: .relaxed) == 1)
  }

  @Test func aFitOfATaskThatWasCancelledBeforeReadsNothing() async throws {
    let (X, y) = Self.data(3000, 5)
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return try await LeastSquares().fitInBackground(X, y) { _ in Issue.record("a block was read") }
    }
    task.cancel()
    await #expect(throws: DataError.cancelled) { try await task.value }
  }

  // MARK: Training

  @Test(arguments: [SGD(epochs: 3, learningRate: 0.01), SGD()])
  func aRunInTheBackgroundIsTheSame(method: SGD) async throws {
    let (X, y) = Self.data(2000, 5), reports = Mutex<[EpochReport]>([])
    let run = try await method.trainInBackground(X, y) { report in reports.withLock { $0.append(report) } }
    #expect(try method.train(X, y) == run)
    #expect(reports.withLock { $0 } == run.epochs)
    let error = await #expect(throws: TrainingError.self) { try await method.trainInBackground(X, [1]) }
    #expect(error == .data(.shapes("train: X is 2000 × 5 but y is 1 × 1")))
  }

  /// A million epochs would take hours.
  @Test(arguments: [1, 64], [SGD(epochs: 1_000_000, learningRate: 1e-4)])
  func aCancelledRunEndsWithItsModelSoFar(targets: Int, method: SGD) async throws {
    let (X, column) = Self.data(2000, 5), canceller = Canceller()
    let y = Matrix(rows: 2000, columns: targets) { i, _ in column[i] }
    let waiting = Task { try await method.trainInBackground(X, y) { _ in canceller.cancel() } }
    canceller.set(waiting)
    let run = try await waiting.value
    #expect(run.stopReason == .interrupted && run.epochs.count == 1)
  }

  /// ``SGD/train(_:_:weights:report:)`` looks at the task that calls it, and so does ``Training/next()``.
  @Test(arguments: [RowOrder.shuffled, .inOrder])
  func aCancelledTaskStopsARunThatItDoesItself(order: RowOrder) async throws {
    let (X, y) = Self.data(2000, 5), method = SGD(epochs: 1_000_000, learningRate: 1e-4, order: order)
    let run = try await Task {
      try method.train(X, y) { _ in withUnsafeCurrentTask { $0?.cancel() } }
    }.value
    #expect(run.stopReason == .interrupted && run.epochs.count == 1)
    let training = try await Task {
      let training = try Training(method, X, Matrix(column: y))
      withUnsafeCurrentTask { $0?.cancel() }
      #expect(try training.next() == nil && training.rowsDone == 0)
      return training.stopReason
    }.value
    #expect(training == .interrupted)
  }

  @Test(arguments: [SGD(), SGD(learningRate: 0.01)])
  func aRunWithoutAStepHasNoModel(method: SGD) async throws {
    let (X, y) = Self.data(2000, 5)
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      #expect(throws: TrainingError.data(.cancelled)) { try method.train(X, y) }
      return try await method.trainInBackground(X, y)
    }
    task.cancel()
    await #expect(throws: TrainingError.data(.cancelled)) { try await task.value }
  }

  /// A request that is taken back has left rows out all the same: what comes of the rest is no answer.
  @Test func aRequestThatIsTakenBackStillEndsAPreparation() async throws {
    let (X, y) = Self.data(60_000, 5), signal = StopSignal()
    let exact = try Training(SGD(), X, y).exact
    for delay in 0..<40 {
      async let request: Void = Task.detached {
        for _ in 0..<delay * 2000 { _ = signal.isRequested }
        signal.request()
        for _ in 0..<20_000 { _ = signal.isRequested }
        signal.reset()
      }.value
      do throws(TrainingError) {
        let training = try Training(SGD(), X, y, stopSignal: signal)
        #expect(training.exact == exact)
      } catch {
        #expect(error == .data(.cancelled))
      }
      await request
    }
  }

  /// A report may use the library itself.
  @Test func aFitWithinAReportIsOneOfItsOwn() async throws {
    let (X, y) = Self.data(3000, 5), fit = try LeastSquares().fit(X, y)
    let reports = Mutex<[FitProgress]>([])
    let other = try await LeastSquares().fitInBackground(X, y) { progress in
      reports.withLock { $0.append(progress) }
      #expect(throws: Never.self) { try LeastSquares().fit(X, y) == fit }
    }
    #expect(other == fit && reports.withLock { $0.last?.pass } == fit.certificate.passes)
  }

  @Test(arguments: [SGD(), SGD(learningRate: 0.01)]) func preparationsStop(method: SGD) throws {
    let (X, y) = Self.data(2000, 5), signal = StopSignal()
    signal.request()
    #expect(throws: TrainingError.data(.cancelled)) { try Training(method, X, y, stopSignal: signal) }
  }
}

/// Cancels a task from within what it does.
private final class Canceller: Sendable {
  private let action = Mutex<(@Sendable () -> Void)?>(nil)

  func set<Success>(_ task: Task<Success, any Error>) {
    action.withLock { $0 = { task.cancel() } }
  }

  /// Waits for the task to be known, and cancels it.
  func cancel() {
    while true {
      if let action = action.withLock({ $0 }) { return action() }
    }
  }
}
