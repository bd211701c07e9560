import Foundation
import TestSupport
import Testing

@testable import LinearRegression

/// What is left of a run that ended in an error: it stands at the start of its epoch and can be used.
@Suite struct FailedRunsTests {
  private let X: Matrix<Double>, y: Matrix<Double>

  init() {
    var random = SeededGenerator(seed: 30)
    X = random.normalMatrix(100, 3)
    y = linreg(X, [[1], [2], [3]], [[4]]) + 0.1 * random.normalMatrix(100, 1)
  }

  private static let methods = [
    SGD(epochs: 3, batchSize: 10, learningRate: 0.01, averaging: .all, order: .inOrder, standardize: false),
    SGD(
      epochs: 3, batchSize: 10, learningRate: 0.01, momentum: 0.5, seed: 3, standardize: false,
      measuresDistance: false),
  ]

  /// A value that is not finite, found in mid-epoch: the same error again, and the parameters of the epoch's start.
  @Test(arguments: methods, [1, 64]) func aBadValueLeavesTheStartOfTheEpoch(method: SGD, targets: Int) throws
  {
    var damaged = Matrix<Double>(rows: 100, columns: targets) { i, _ in y[i, 0] }
    damaged[75, targets / 2] = .nan
    var method = method
    method.measuresDistance = false
    try ChunkSize.$bytes.withValue(1) {
      let training = try Training(method, X, damaged), start = training.model
      var states: [TrainingState] = []
      for _ in 1...2 {
        #expect(throws: TrainingError.data(.nonFinite(.targets, row: 75, column: targets / 2))) {
          while training.stopReason == nil { _ = try training.advance(rows: 30) }
        }
        #expect(training.model == start && training.rowsDone == 0 && training.epochs.isEmpty)
        states.append(training.state)
      }
      #expect(states[0] == states[1])
    }
  }

  /// Rates that depend on the step go on from the epoch's start too, however the run was looked at.
  @Test func divergenceLeavesTheStartOfTheEpoch() throws {
    let method = SGD(
      epochs: 20, batchSize: 10, learningRate: .inverseScaling(1e30, power: 0.1), seed: 3, standardize: false)
    var states: [TrainingState] = []
    for rows in [10, 1000] {
      let training = try Training(method, X, y)
      let error = #expect(throws: TrainingError.self) {
        while training.stopReason == nil { _ = try training.advance(rows: rows) }
      }
      guard case .diverged = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      states.append(training.state)
    }
    #expect(states[0] == states[1])
  }

  /// A row of weight 0 is absent, however far out it is.
  @Test func absentRowsMayBeHuge() throws {
    let far = Matrix<Double>(rows: 101, columns: 3) { $0 < 100 ? X[$0, $1] : 1e200 }
    let targets = Matrix<Double>(rows: 101, columns: 1) { i, _ in i < 100 ? y[i, 0] : 1e200 }
    let weights = (0..<101).map { $0 < 100 ? 1.0 : 0 }
    for batchSize in [1, 10] {
      let method = SGD(
        epochs: 5, batchSize: batchSize, learningRate: 0.1, order: .inOrder, standardize: false,
        measuresDistance: false)
      let run = try method.train(far, targets, weights: weights)
      #expect(abs(run.model.intercept - 4) < 1)
    }
  }

  /// A request that is taken back at once does not lose rows.
  @Test func aRequestTakenBackLosesNothing() throws {
    let method = SGD(epochs: 50, batchSize: 1, learningRate: 0.01, seed: 3, standardize: false)
    let whole = try method.train(X, y)
    try ChunkSize.$bytes.withValue(1000) {
      let training = try Training(method, X, y)
      let signal = training.stopSignal
      let (hasBegun, isOver) = (StopSignal(), StopSignal())
      Thread.detachNewThread {
        while !isOver.isRequested {
          signal.request()
          signal.reset()
          hasBegun.request()
        }
      }
      while !hasBegun.isRequested {}
      while training.stopReason == nil || training.stopReason == .interrupted { _ = try training.next() }
      isOver.request()
      #expect(try training.run() == whole)
    }
  }
}
