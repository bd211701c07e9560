private import Dispatch
private import Synchronization

/// Calls `task` with 0 ..< `count`, on so many threads, each index on whichever thread is free; then, once all of them
/// are done, `next` for the number of tasks of another round; until that is nil.
///
/// For rounds that are shorter than it takes to wake a thread: threads wait for a round without sleeping at first, and
/// no round waits for a thread that sleeps, for those that are awake can do all of it. On one thread tasks come in
/// order.
///
/// - Parameters:
///   - count: tasks of the first round.
///   - threads: as many as have something to do.
///   - patience: how often a thread looks for another round before it sleeps. A hundred looks take some tens of
///     microseconds: rounds whose tasks or `next` take longer want more.
///   - task: does a task of the current round.
///   - next: called on one thread between two rounds, after everything that the tasks did.
package func forEachRound(
  _ count: Int, threads: Int, patience: Int = 100, _ task: @escaping (Int) -> Void,
  next: @escaping () -> Int?
) {
  if threads <= 1 {
    var count = count
    while true {
      for index in 0..<count { task(index) }
      guard let another = next() else { return }
      count = another
    }
  }
  let rounds = Rounds(count, patience, task, next)
  // Safe: a task is taken by one thread, and `next` called by the one that has done the last task of a round.
  nonisolated(unsafe) let shared = rounds
  DispatchQueue.concurrentPerform(iterations: threads) { _ in shared.work() }
}

/// The tasks of a round, as threads take them.
private final class Rounds {
  private let task: (Int) -> Void
  private let next: () -> Int?
  private let patience: Int

  /// The current round, the number of its tasks and how many of them are taken, in one word, so that a task is taken of
  /// the round that was looked at.
  private let state: Atomic<UInt64>
  private let done = Atomic(0)
  private let sleepers = Atomic(0)
  private let wake = DispatchSemaphore(value: 0)

  init(
    _ count: Int, _ patience: Int, _ task: @escaping (Int) -> Void, _ next: @escaping () -> Int?
  ) {
    self.patience = patience
    self.task = task
    self.next = next
    state = Atomic(State(round: 0, count: count).word)
    if count == 0 { advance(from: 0) }
  }

  private struct State {
    /// Counts up; bits that do not fit are dropped.
    var round: UInt32
    var count: UInt32
    var taken: UInt32 = 0

    /// The state behind the last round.
    static let over = UInt64.max

    init(round: UInt32, count: Int) {
      precondition(count < 0xF_FFFF)
      self.round = round & 0xFF_FFFF
      self.count = UInt32(count)
    }

    init(word: UInt64) {
      round = UInt32(word >> 40)
      count = UInt32(word >> 20 & 0xF_FFFF)
      taken = UInt32(word & 0xF_FFFF)
    }

    var word: UInt64 { UInt64(round) << 40 | UInt64(count) << 20 | UInt64(taken) }
  }

  /// Does tasks until the last round is over.
  func work() {
    while true {
      let word = state.load(ordering: .acquiring)
      var now = State(word: word)
      if word == State.over { return }
      guard now.taken < now.count else {
        wait(for: now.round)
        continue
      }
      let index = Int(now.taken), count = Int(now.count), round = now.round
      now.taken += 1
      guard state.compareExchange(expected: word, desired: now.word, ordering: .acquiring).exchanged else {
        continue
      }
      task(index)
      if done.add(1, ordering: .acquiringAndReleasing).newValue == count { advance(from: round) }
    }
  }

  /// Begins the round after one that is done.
  private func advance(from round: UInt32) {
    var following: State?
    var number = round
    repeat {
      number &+= 1
      following = next().map { State(round: number, count: $0) }
    } while following?.count == 0
    done.store(0, ordering: .relaxed)
    state.store(following?.word ?? State.over, ordering: .sequentiallyConsistent)
    // Who went to sleep since is counted in the next round, and looked at the state once more before.
    for _ in 0..<sleepers.exchange(0, ordering: .sequentiallyConsistent) { wake.signal() }
  }

  /// Waits until a round is over, at first without sleeping.
  private func wait(for round: UInt32) {
    func isOver() -> Bool {
      let word = state.load(ordering: .sequentiallyConsistent)
      return word == State.over || State(word: word).round != round
    }
    for _ in 0..<patience {
      if isOver() { return }
      CLibrary.yieldThread()
    }
    sleepers.add(1, ordering: .sequentiallyConsistent)
    // A signal that nobody waits for any more wakes somebody in vain, who looks at the state and waits again.
    if !isOver() { wake.wait() }
  }
}
