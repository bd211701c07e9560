private import Synchronization

/// How far an exact fit is.
public struct FitProgress: Equatable, Sendable {
  /// The pass over the rows that is under way, from 1. How many there will be depends on the data: one to four for most,
  /// two more where residuals are formed in double-double.
  public let pass: Int

  /// Rows of this pass that were read.
  public let rows: Int

  /// Rows of a pass.
  public let rowCount: Int
}

/// Watches the passes of one computation, and asks them to stop.
final class PassMonitor: Sendable {
  /// Watches the passes that a task begins; none outside a task that can be cancelled.
  @TaskLocal static var current: PassMonitor?

  private let signal: StopSignal
  private let report: (@Sendable (FitProgress) -> Void)?
  private let state = Mutex((pass: 0, rows: 0, rowCount: 0))
  private let stopped = Atomic(false)

  /// - Parameters:
  ///   - signal: what asks the passes to stop.
  ///   - report: called after each block of rows, from one thread at a time.
  init(_ signal: StopSignal, report: (@Sendable (FitProgress) -> Void)? = nil) {
    (self.signal, self.report) = (signal, report)
  }

  /// Whether the passes were asked to stop. Once one has stopped all do, also where the request is taken back: what was
  /// left out stays left out.
  var isStopped: Bool {
    if stopped.load(ordering: .relaxed) { return true }
    guard signal.isRequested else { return false }
    stopped.store(true, ordering: .relaxed)
    return true
  }

  func beginPass(rows: Int) {
    state.withLock { $0 = (pass: $0.pass + 1, rows: 0, rowCount: rows) }
  }

  func take(rows: Int) {
    guard let report else { return }
    state.withLock {
      $0.rows += rows
      let progress = FitProgress(pass: $0.pass, rows: $0.rows, rowCount: $0.rowCount)
      // Passes of the report's own are none of this computation.
      Self.$current.withValue(nil) { report(progress) }
    }
  }
}

/// Does what `body` does under a monitor.
///
/// - Throws: ``DataError/cancelled`` where the signal asked to stop meanwhile, whatever came of the passes.
func monitored<Result>(
  _ signal: StopSignal, report: (@Sendable (FitProgress) -> Void)? = nil,
  _ body: () throws(DataError) -> Result
) throws(DataError) -> Result {
  let monitor = PassMonitor(signal, report: report)
  let outcome = PassMonitor.$current.withValue(monitor) {
    Swift.Result { () throws(DataError) in try body() }
  }
  if monitor.isStopped { throw .cancelled }
  return try outcome.get()
}
