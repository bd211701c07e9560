private import Dispatch
internal import LinearRegression
private import Synchronization

/// Works on the pieces of a table on several threads, and takes the results in the pieces' order: the same whatever the
/// number of threads.
///
/// - Parameters:
///   - threads: how many threads work; `take` runs beside them. With one, a piece is taken before the next is asked
///     for.
///   - next: the next piece and its position from 0; nil at the end. Asked by several threads at a time.
///   - stop: called when no more pieces are wanted, for a thread that waits for one to give up.
///   - makeWork: makes what works on pieces, once for each thread. Where there are several, passes over rows in there
///     have that thread alone.
///   - take: takes a piece's result, on the caller's thread. No more than twice as many wait as there are threads.
/// - Throws: the error of the first piece that has one; the results of those before it are taken.
func inOrder<Piece: Sendable, Result: Sendable>(
  threads: Int = Parallelism.threads,
  next: @escaping @Sendable () -> (position: Int, piece: Piece)?, stop: () -> Void = {},
  makeWork: @escaping @Sendable () -> (Piece) throws(TabularError) -> Result,
  take: (Result) throws(TabularError) -> Void
) throws(TabularError) {
  if threads <= 1 {
    let work = makeWork()
    while let (_, piece) = next() { try take(try work(piece)) }
    return
  }
  let results = OrderedResults<Result>(workers: threads, room: 2 * threads)
  let group = DispatchGroup()
  defer {
    results.stop()
    stop()
    group.wait()
  }
  for _ in 0..<threads {
    DispatchQueue.global().async(group: group) {
      Parallelism.$threads.withValue(1) {
        let work = makeWork()
        while results.waitForRoom(), let (position, piece) = next() {
          do throws(TabularError) {
            results.put(.success(try work(piece)), at: position)
          } catch {
            results.put(.failure(error), at: position)
          }
        }
      }
      results.workerEnds()
    }
  }
  while let result = try results.next() { try take(result) }
}

/// What several threads find, handed to one in order, and not more of it at a time than there is room for.
private final class OrderedResults<Value: Sendable>: Sendable {
  private struct State {
    var results: [Int: Result<Value, TabularError>] = [:]
    var next = 0
    var working: Int
    var isStopped = false
  }

  private let state: Mutex<State>
  private let workers: Int
  private let room = DispatchSemaphore(value: 0)
  private let news = DispatchSemaphore(value: 0)

  init(workers: Int, room count: Int) {
    self.workers = workers
    state = Mutex(State(working: workers))
    for _ in 0..<count { room.signal() }
  }

  // MARK: Threads that work

  /// Waits until there is room for a result; false where none is wanted any more.
  func waitForRoom() -> Bool {
    room.wait()
    return state.withLock { !$0.isStopped }
  }

  /// Hands over the result with a position from 0.
  func put(_ result: Result<Value, TabularError>, at position: Int) {
    state.withLock { $0.results[position] = result }
    news.signal()
  }

  /// Says that a thread hands over no more.
  func workerEnds() {
    state.withLock { $0.working -= 1 }
    news.signal()
  }

  // MARK: The thread that takes

  /// The next result in order; nil when all threads have ended.
  func next() throws(TabularError) -> Value? {
    while true {
      let (result, isAtEnd) = state.withLock { state in
        (state.results.removeValue(forKey: state.next), state.working == 0)
      }
      if let result {
        state.withLock { $0.next += 1 }
        room.signal()
        return try result.get()
      }
      if isAtEnd { return nil }
      news.wait()
    }
  }

  /// Lets threads that wait for room go.
  func stop() {
    state.withLock { $0.isStopped = true }
    for _ in 0..<workers { room.signal() }
  }
}
