// Threads for work that takes longer than a request may keep others waiting.

import Dispatch

/// Runs tasks on a queue of its own, so that event loops and the threads of short requests stay free.
final class Workers: TaskExecutor {
  static let shared = Workers()

  private let queue = DispatchQueue(label: "workers", attributes: .concurrent)

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// Does the work on the workers' threads.
func onWorkers<Result: Sendable>(
  _ work: @Sendable () async throws -> Result
) async throws -> Result {
  try await withTaskExecutorPreference(Workers.shared, operation: work)
}

/// Does the work where it is asked for, or on the workers' threads where the body is so long that decoding it takes
/// more than some tenths of a millisecond.
func onWorkers<Result: Sendable>(
  ifLong body: Body, _ work: @Sendable () async throws -> Result
) async throws -> Result {
  if body.bytes.readableBytes <= Limits.shortBody { return try await work() }
  return try await onWorkers(work)
}
