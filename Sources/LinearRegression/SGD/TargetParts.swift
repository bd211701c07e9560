private import Dispatch
internal import LinearAlgebra

/// A descent for many targets: one for each part of them. Parts share rows and the order of steps and nothing else, so that each
/// thread takes some of them through many steps before they meet.
///
/// Which targets are a part depends on their number alone, so that results are the same whatever the number of threads.
final class TargetParts<Part: Descent>: Descent {
  typealias Input = Part.Input

  private let parts: [Part]
  /// Rows between meetings: about a millisecond's work, so that a request to stop is heard.
  private let rowsAtATime: Int

  /// Targets of a part: so many that the kernels run at their best rate.
  private static var targetsAtATime: Int { 32 }

  /// The descent of a shape: one part where there are few targets, or w is so large that its products are `?gemm`'s, whose bits may
  /// depend on the number of targets.
  ///
  /// - Parameters:
  ///   - type: that of the steps.
  ///   - make: makes a part of some of the targets.
  static func descent<Scalar: BLASScalar>(
    _ shape: BatchShape, in type: Scalar.Type, _ make: (Range<Int>) -> Part
  ) -> any Descent<Input> {
    let count = shape.targets / targetsAtATime
    if count < 2 || !shape.takesPositions(type) { return make(0..<shape.targets) }
    return TargetParts(
      (0..<count).map { make($0 * shape.targets / count..<($0 + 1) * shape.targets / count) }, shape)
  }

  private init(_ parts: [Part], _ shape: BatchShape) {
    self.parts = parts
    rowsAtATime = (16 << 20) / (max(1, shape.features) * shape.targets) + 1
  }

  func advance(
    _ rows: Observations<Input>, _ order: EpochOrder, from start: Int, to end: Int, epoch: Int,
    stop: StopSignal
  ) throws(StepFailure) -> Int {
    var position = start
    while position < end && !stop.isRequested {
      let target = min(end, position + rowsAtATime)
      var failure: StepFailure?
      for outcome in advanceParts(rows, order, from: position, to: target, epoch: epoch) {
        switch outcome {
        case .success(let reached): position = reached
        case .failure(.data(let error)): failure = Self.first(failure, error)
        case .failure(.diverged): failure = failure ?? .diverged
        }
      }
      if let failure {
        if case .diverged = failure { rollBack() }
        throw failure
      }
    }
    return position
  }

  /// The failure of data that stands in the first row.
  private static func first(_ failure: StepFailure?, _ error: DataError) -> StepFailure {
    if case .data(let other) = failure, case .nonFinite(_, let row, _) = other,
      case .nonFinite(_, let own, _) = error, row <= own
    {
      return .data(other)
    }
    return .data(error)
  }

  /// Takes all parts through the same steps.
  private func advanceParts(
    _ rows: Observations<Input>, _ order: EpochOrder, from start: Int, to end: Int, epoch: Int
  ) -> [Result<Int, StepFailure>] {
    var outcomes = [Result<Int, StepFailure>](repeating: .success(start), count: parts.count)
    // Parts have to come to the same place: none of them hears a request to stop.
    let stop = StopSignal()
    outcomes.withUnsafeMutableBufferPointer { outcomes in
      // Safe: each part and its place are one thread's, and all are done on return.
      nonisolated(unsafe) let (parts, outcomes, rows) = (parts, outcomes, rows)
      let work = { @Sendable (index: Int) in
        do throws(StepFailure) {
          outcomes[index] = .success(
            try parts[index].advance(rows, order, from: start, to: end, epoch: epoch, stop: stop))
        } catch {
          outcomes[index] = .failure(error)
        }
      }
      let threads = min(parts.count, Parallelism.threads)
      if threads == 1 { return parts.indices.forEach(work) }
      DispatchQueue.concurrentPerform(iterations: threads) { thread in
        for index in thread * parts.count / threads..<(thread + 1) * parts.count / threads { work(index) }
      }
    }
    return outcomes
  }

  func rollBack() { for part in parts { part.rollBack() } }

  func endEpoch(_ rows: Observations<Input>, epoch: Int, isLast: Bool) throws(StepFailure) -> DescentReport {
    var reports: [DescentReport] = []
    do throws(StepFailure) {
      for part in parts { reports.append(try part.endEpoch(rows, epoch: epoch, isLast: isLast)) }
    } catch {
      rollBack()
      throw error
    }
    return DescentReport(
      losses: reports.flatMap(\.losses), learningRate: reports[0].learningRate,
      hasLedAway: reports.contains(where: \.hasLedAway))
  }

  var runningLoss: RunningLoss {
    let losses = parts.map(\.runningLoss)
    return RunningLoss(losses: losses.flatMap(\.losses), weight: losses[0].weight)
  }

  var parameters: (weights: Matrix<Double>, bias: Matrix<Double>) {
    let parameters = parts.map(\.parameters)
    let features = parameters[0].weights.rowCount
    let rows = (0..<features).flatMap { j in parameters.flatMap { Array($0.weights[row: j]) } }
    let bias = parameters.flatMap(\.bias.elements)
    return (Matrix(rows: features, columns: bias.count, elements: rows), Matrix(row: bias))
  }

  var state: DescentState { .parts(parts.map(\.state)) }

  func restore(_ state: DescentState) -> Bool {
    guard case .parts(let states) = state, states.count == parts.count else { return false }
    let before = parts.map(\.state)
    if zip(parts, states).allSatisfy({ $0.restore($1) }) { return true }
    // All or nothing.
    for (part, state) in zip(parts, before) { _ = part.restore(state) }
    return false
  }
}
