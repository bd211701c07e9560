private import Dispatch
private import Synchronization

/// How many threads a pass over rows uses. Results have the same bits whatever their number.
///
/// ```swift
/// try Parallelism.$threads.withValue(1) { try LeastSquares().fit(X, y) }
/// ```
public enum Parallelism {
  /// Number of threads of a pass: one for each core that is online, unless a task sets another number.
  @TaskLocal public static var threads = cores

  /// Number of cores that are online.
  public static let cores = max(1, onlineCores())
}

/// Calls `body` with each of 0 ..< `count`, on as many threads as a pass uses; each index is taken by whichever thread is
/// free. On one thread they come in order.
func forEachInParallel(_ count: Int, _ body: @Sendable (Int) -> Void) {
  let threads = min(count, Parallelism.threads)
  if threads <= 1 {
    for index in 0..<count { body(index) }
    return
  }
  let next = Atomic(0)
  DispatchQueue.concurrentPerform(iterations: threads) { _ in
    while true {
      let index = next.add(1, ordering: .relaxed).oldValue
      if index >= count { return }
      body(index)
    }
  }
}
