internal import Dispatch
internal import LinearRegression

/// Works on the pieces of a file on all threads, and takes the results in the pieces' order: the same whatever the number of
/// threads.
///
/// - Parameters:
///   - pieces: how many there are.
///   - work: the work on one of them, on any thread.
///   - take: takes a piece's result, on the caller's thread. No more results wait than there are threads.
/// - Throws: the error of the first piece that has one; the results of those before it are taken.
func inOrder<Result: Sendable>(
  _ pieces: Int, work: @Sendable (Int) throws(TabularError) -> Result,
  take: (Result) throws(TabularError) -> Void
) throws(TabularError) {
  let threads = min(pieces, Parallelism.threads)
  if threads <= 1 {
    for piece in 0..<pieces { try take(work(piece)) }
    return
  }
  for first in stride(from: 0, to: pieces, by: threads) {
    let count = min(threads, pieces - first)
    let outcomes = [Swift.Result<Result, TabularError>?](unsafeUninitializedCapacity: count) {
      buffer, initialized in
      buffer.initialize(repeating: nil)
      // Safe: each piece has a place of its own.
      nonisolated(unsafe) let places = buffer
      DispatchQueue.concurrentPerform(iterations: count) { index in
        do throws(TabularError) {
          places[index] = .success(try work(first + index))
        } catch {
          places[index] = .failure(error)
        }
      }
      initialized = count
    }
    for outcome in outcomes { try take(outcome!.get()) }
  }
}
