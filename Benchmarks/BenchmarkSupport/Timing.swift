/// Takes a value and does nothing with it, out of the optimiser's sight, so that the work behind it is really done.
@inline(never) @_optimize(none)
public func keep<Value>(_ value: Value) {}

/// What one call returns, and the seconds that it takes.
public func timed<Answer>(_ work: () throws -> Answer) rethrows -> (answer: Answer, seconds: Double) {
  let start = ContinuousClock.now
  let answer = try work()
  return (answer, (ContinuousClock.now - start) / .seconds(1))
}

/// One of several ways to do the same work.
public struct Contestant {
  let firstCall: Double
  let run: () -> Void

  /// Creates a contestant.
  ///
  /// - Parameters:
  ///   - firstCall: seconds that a first call took; it decides how often the work is repeated.
  ///   - run: does the work once and gives the result to `keep`.
  public init(firstCall: Double, _ run: @escaping () -> Void) {
    self.firstCall = firstCall
    self.run = run
  }
}

/// Median seconds per call of each contestant.
///
/// The contestants take turns, so that a disturbance of the machine meets all of them. A sample is as many calls as
/// last a millisecond: the clock's own cost does not count. Each contestant gives at least three samples, and
/// more until its share of the time is used up. One whose first call took longer than `patience` is not called again:
/// that first call is its time.
///
/// - Parameters:
///   - share: seconds for each contestant.
///   - patience: seconds.
public func medianTimes(
  _ contestants: [Contestant], share: Double = 0.04, patience: Double = 0.3
) -> [Double] {
  var samplers = contestants.map { Sampler($0, share: share, patience: patience) }
  while samplers.contains(where: { !$0.isDone }) {
    for i in samplers.indices where !samplers[i].isDone { samplers[i].sample() }
  }
  return samplers.map(\.median)
}

/// Collects the samples of one contestant.
private struct Sampler {
  let run: () -> Void
  let calls: Int
  let share: Double
  var samples: [Double]
  var spent = 0.0
  var isDone: Bool

  init(_ contestant: Contestant, share: Double, patience: Double) {
    run = contestant.run
    self.share = share
    isDone = contestant.firstCall > patience
    samples = isDone ? [contestant.firstCall] : []
    calls = isDone ? 1 : callsPerSample(contestant)
  }

  mutating func sample() {
    let seconds = seconds(calls, of: run)
    spent += seconds
    samples.append(seconds / Double(calls))
    isDone = samples.count >= 3 && spent >= share
  }

  var median: Double {
    let sorted = samples.sorted(), middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }
}

/// The number of calls that last a millisecond. First calls are slow, so short work is tried in growing numbers.
private func callsPerSample(_ contestant: Contestant) -> Int {
  let sample = 1e-3
  if contestant.firstCall > 20 * sample { return 1 }
  var calls = 1
  while true {
    let seconds = seconds(calls, of: contestant.run)
    if seconds >= sample { return calls }
    calls = max(2 * calls, min(10 * calls, Int(1.2 * sample / seconds * Double(calls))))
  }
}

private func seconds(_ calls: Int, of run: () -> Void) -> Double {
  timed { for _ in 0..<calls { run() } }.seconds
}
