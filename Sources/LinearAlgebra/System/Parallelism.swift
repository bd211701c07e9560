/// How many threads a large product, a pass over rows or a training run uses. Results have the same bits whatever their
/// number.
///
/// ```swift
/// try Parallelism.$threads.withValue(1) { try LeastSquares().fit(X, y) }
/// ```
public enum Parallelism {
  /// Number of threads: one for each core that is online, unless a task sets another number.
  @TaskLocal public static var threads = cores

  /// Number of cores that are online.
  public static let cores = max(1, CLibrary.onlineCores())
}
