import Foundation
import TestSupport
import Testing

@testable import LinearRegression

/// Many targets are trained in groups, on a thread each.
@Suite struct TargetGroupsTests {
  private let n = 90, p = 4, k = 75
  private let X: Matrix<Float>, y: Matrix<Float>, weights: [Float]

  init() {
    var random = SeededGenerator(seed: 4)
    X = random.normalMatrix(n, p)
    y = random.normalMatrix(n, k)
    weights = (0..<n).map { Float($0 % 3) }
  }

  private static let methods = [
    SGD(epochs: 4, batchSize: 8, learningRate: .constant(0.1), order: .shuffled, seed: 3, standardize: false),
    SGD(epochs: 4, batchSize: 8, learningRate: .constant(0.1), order: .inOrder, standardize: true),
    SGD(
      epochs: 4, batchSize: 8, learningRate: .inverseScaling(0.1, power: 0.1), momentum: 0.5, nesterov: true,
      averaging: .tail(0.5), order: .shuffledBlocks, seed: 3, standardize: false),
  ]

  @Test(arguments: methods)
  func threadsAndStopsDoNotMatter(method: SGD) throws {
    let whole = try method.train(X, y, weights: weights)
    var states: [TrainingState] = []
    #expect(whole.model.targetCount == k && whole.epochs.count == 4)
    for threads in 1...3 {
      try Parallelism.$threads.withValue(threads) {
        let training = try ChunkSize.$bytes.withValue(threads == 2 ? 1 : ChunkSize.bytes) {
          try Training(method, X, y, weights: weights)
        }
        // In the middle of an epoch, and on from the state.
        _ = try training.advance(rows: 30)
        let later = try Training(method, X, y, weights: weights)
        try later.restore(training.state)
        for run in [training, later] {
          while run.stopReason == nil { _ = try run.next() }
          #expect(try run.run() == whole)
          states.append(run.state)
        }
      }
    }
    #expect(states.allSatisfy { $0 == states[0] })
  }

  /// A loss that doubles from epoch to epoch is divergence, wherever a run is stopped and gone on with.
  @Test(arguments: [63, 64]) func slowDivergenceIsFound(k: Int) throws {
    let columns = Matrix<Float>(rows: n, columns: k) { y[$0, $1 % y.columnCount] }
    // A little above 2 / (largest eigenvalue): full batches, in standardised units.
    var method = SGD(epochs: 300, batchSize: n, learningRate: .constant(1), order: .inOrder)
    let error = #expect(throws: TrainingError.self) {
      method.learningRate = .constant(10)
      return try method.train(X, columns)
    }
    guard case .diverged(let divergence) = error else { return }
    method.learningRate = .constant(1.1 * divergence.largestLearningRate)
    #expect(throws: TrainingError.self) { try method.train(X, columns) }
    let training = try ChunkSize.$bytes.withValue(1) { try Training(method, X, columns) }
    #expect(throws: TrainingError.self) {
      while training.stopReason == nil { _ = try training.advance(rows: 10) }
    }
  }

  /// Without noise steps end in the solution, each target's in its own.
  @Test(arguments: methods)
  func everyTargetReachesItsOwnSolution(method: SGD) throws {
    var random = SeededGenerator(seed: 5), method = method
    let w: Matrix<Float> = random.normalMatrix(p, k), b: Matrix<Float> = random.normalMatrix(1, k)
    method.epochs = 60
    let run = try method.train(X, linreg(X, w, b), weights: weights)
    for t in 0..<k {
      #expect(abs(run.model.intercepts[t] - Double(b[0, t])) < 1e-4)
      for j in 0..<p { #expect(abs(run.model.weights[j, t] - Double(w[j, t])) < 1e-4) }
    }
  }

  @Test func aValueThatIsNotFiniteIsFound() throws {
    var damaged = y
    damaged[70, 60] = .nan
    let error = #expect(throws: TrainingError.self) { try Self.methods[0].train(X, damaged) }
    #expect(error == .data(.nonFinite(.targets, row: 70, column: 60)))
  }

  @Test func divergenceOfOneTargetIsOfAll() throws {
    var method = Self.methods[0]
    method.learningRate = .constant(2.2)
    let error = #expect(throws: TrainingError.self) { try method.train(X, y) }
    guard case .diverged = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
