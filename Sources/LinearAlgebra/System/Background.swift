private import Dispatch

/// Does `work` on a thread of Dispatch's global queue, so that the threads of Swift's cooperative pool stay free.
///
/// - Parameter cancel: called when the task is cancelled, also before the work has begun.
package func inBackground<Result: Sendable, Failure>(
  onCancel cancel: @escaping @Sendable () -> Void, _ work: @escaping @Sendable () throws(Failure) -> Result
) async throws(Failure) -> Result {
  let threads = Parallelism.threads
  let outcome = await withTaskCancellationHandler {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(
          returning: Parallelism.$threads.withValue(threads) {
            Swift.Result { () throws(Failure) in try work() }
          })
      }
    }
  } onCancel: {
    cancel()
  }
  return try outcome.get()
}
