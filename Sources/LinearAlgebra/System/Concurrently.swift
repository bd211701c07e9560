private import Dispatch
private import Synchronization

/// Calls `task` with 0 ..< `count` on at most `Parallelism.threads` threads, each index on whichever thread is free,
/// and returns when all are done. On one thread they come in order.
///
/// What a task calls divides nothing among threads in its turn.
package func concurrently(_ count: Int, _ task: @Sendable (Int) -> Void) {
  let threads = min(count, Parallelism.threads)
  if threads <= 1 {
    for index in 0..<count { task(index) }
    return
  }
  let next = Atomic(0)
  DispatchQueue.concurrentPerform(iterations: threads) { _ in
    Parallelism.$threads.withValue(1) {
      while case let index = next.add(1, ordering: .relaxed).oldValue, index < count { task(index) }
    }
  }
}
