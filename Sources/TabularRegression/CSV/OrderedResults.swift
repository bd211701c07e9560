private import Dispatch
private import Synchronization

/// What several threads find, handed to one in order, and not more of it at a time than there is room for.
final class OrderedResults<Value: Sendable>: Sendable {
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
  func put(_ result: Result<Value, TabularError>, at index: Int) {
    state.withLock { $0.results[index] = result }
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
