private import Synchronization

/// Asks a training run to stop before its next step (of 64 targets or more: some megabytes of rows later). Any thread
/// may, and so may a signal handler.
public final class StopSignal: Sendable {
  private let requested = Atomic(false)

  /// Creates a signal that asks for nothing yet.
  public init() {}

  /// Asks to stop. The run keeps its state and can go on after ``reset()``.
  public func request() { requested.store(true, ordering: .relaxed) }

  /// Takes the request back.
  public func reset() { requested.store(false, ordering: .relaxed) }

  /// Whether somebody has asked.
  public var isRequested: Bool { requested.load(ordering: .relaxed) }
}

/// What asks the steps of one call to stop: a signal, or the cancellation of the task that made the call.
struct StopRequest {
  private let signal: StopSignal
  private let task: UnsafeCurrentTask?

  /// Whether somebody has asked. Any thread may read it within the call, for `isCancelled` is safe from other threads.
  var isMade: Bool { signal.isRequested || task?.isCancelled ?? false }

  /// Calls `body` with the requests to the task that calls.
  static func with<Result, Failure>(
    _ signal: StopSignal, _ body: (StopRequest) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withUnsafeCurrentTask { (task) in
      Swift.Result { () throws(Failure) in try body(StopRequest(signal: signal, task: task)) }
    }.get()
  }
}
