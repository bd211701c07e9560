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
