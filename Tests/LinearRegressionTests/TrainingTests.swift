import Foundation
@testable import LinearRegression
import TestSupport
import Testing

/// Runs that are watched, stopped, saved and gone on with.
@Suite struct TrainingTests {
  static func data<Scalar: BLASScalar>(
    _ n: Int = 700, _ p: Int = 3, _ k: Int = 1, noise: Double = 0.1, seed: UInt64 = 30,
    of: Scalar.Type = Scalar.self
  ) -> (X: Matrix<Scalar>, y: Matrix<Scalar>) {
    var generator = SeededGenerator(seed: seed)
    let X: Matrix<Scalar> = generator.normalMatrix(n, p), w: Matrix<Scalar> = generator.normalMatrix(p, k)
    let noises: Matrix<Scalar> = generator.normalMatrix(n, k)
    return (X, linreg(X, w, Matrix(rows: 1, columns: k, repeating: 2)) + Scalar(noise) * noises)
  }

  /// One of each kind of run.
  static let methods: [SGD] = [
    SGD(epochs: 4, seed: 1),
    SGD(epochs: 4, order: .shuffledBlocks, seed: 2, validationFraction: 0.2),
    SGD(
      epochs: 3, batchSize: 16, learningRate: .cosine(0.05), momentum: 0.9, nesterov: true, weightDecay: 0.01,
      averaging: .tail(0.5), seed: 3, validationFraction: 0.1),
    SGD(
      epochs: 3, batchSize: 7, learningRate: .inverseScaling(0.1), averaging: .all, order: .shuffledBlocks,
      seed: 4),
    SGD(epochs: 3, batchSize: 10, learningRate: 0.05, order: .shuffled, seed: 5, standardize: false),
    SGD(
      epochs: 3, batchSize: 10, learningRate: .step(0.05, every: 1), order: .inOrder, seed: 6,
      standardize: false,
      measuresDistance: false),
  ]

  @Test(arguments: methods)
  func savedAndGoneOnWithAnywhereTheBitsAreThoseOfOneGo(method: SGD) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type, _ k: Int) throws {
      let (X, y) = Self.data(700, 3, k, of: Scalar.self)
      let whole = try method.train(X, y)
      for stride in [1, 100, 333, 700] {
        var training = try Training(method, X, y)
        var turns = 0
        while training.stopReason == nil {
          _ = try training.advance(rows: stride)
          turns += 1
          // Through JSON and into a new run, as after a crash.
          let saved = try JSONEncoder().encode(training.state)
          training = try Training(method, X, y)
          try training.restore(JSONDecoder().decode(TrainingState.self, from: saved))
        }
        #expect(try training.run() == whole, "\(stride) rows at a time")
        #expect(turns >= whole.epochs.count * (700 / (stride + training.batchSize)))
      }
    }
    try check(Float.self, 1)
    try check(Double.self, 2)
  }

  private static let blocks = data(1340, 200, of: Double.self)

  /// Blocks of 640, 640 and 60 rows: the short one may lie in the middle, and its last batch is short.
  @Test(arguments: 0..<6 as Range<UInt64>)
  func batchesAreNotCutWhereARunStops(seed: UInt64) throws {
    let (X, y) = Self.blocks
    for method in [
      SGD(epochs: 2, batchSize: 16, order: .shuffledBlocks, seed: seed),
      SGD(epochs: 2, batchSize: 16, learningRate: 0.001, order: .shuffledBlocks, seed: seed),
    ] {
      let whole = try method.train(X, y)
      for rows in [1, 100] {
        let training = try ChunkSize.$bytes.withValue(1) { try Training(method, X, y) }
        while training.stopReason == nil { _ = try training.advance(rows: rows) }
        #expect(try training.run() == whole, "\(rows) rows at a time")
      }
    }
  }

  @Test func threadsDoNotChangeABit() throws {
    let (X, y) = Self.data(9000, 12, of: Float.self)
    for method in Self.methods {
      let one = try Parallelism.$threads.withValue(1) { try method.train(X, y) }
      #expect(try Parallelism.$threads.withValue(3) { try method.train(X, y) } == one)
    }
  }

  @Test func statesOfOtherRunsAreRefused() throws {
    let (X, y) = Self.data(of: Double.self), method = SGD(epochs: 3, seed: 1)
    let training = try Training(method, X, y)
    _ = try training.next()
    let state = training.state
    var other = method
    other.seed = 2
    #expect(throws: TrainingError.state(.settings([SGD.Setting(\.seed)]))) {
      try Training(other, X, y).restore(state)
    }
    var moved = y
    moved[699, 0] = moved[699, 0].nextUp
    #expect(throws: TrainingError.state(.data)) { try Training(method, X, moved).restore(state) }
    #expect(throws: TrainingError.state(.data)) {
      try Training(method, Matrix(X[rows: 0..<699]), Matrix(y[rows: 0..<699])).restore(state)
    }
    // Rows to validate on choose the model that is kept.
    let plain = SGD(epochs: 3, learningRate: 0.01)
    let validated = try Training(plain, X, y, validation: (X, y))
    _ = try validated.next()
    #expect(throws: TrainingError.state(.data)) {
      try Training(plain, X, y, validation: (X, moved)).restore(validated.state)
    }
    try Training(plain, X, y, validation: (X, y)).restore(validated.state)
    // The order of rows and columns matters too.
    let swapped = Matrix<Double>(rows: 700, columns: 3) { X[$0 == 0 ? 1 : $0 == 1 ? 0 : $0, $1] }
    #expect(throws: TrainingError.state(.data)) { try Training(method, swapped, y).restore(state) }
    // Contents that do not fit together.
    let text = String(decoding: try JSONEncoder().encode(state), as: UTF8.self)
    let (from, to) = ("\"rowsDone\":0", "\"rowsDone\":700")
    #expect(text.contains(from))
    let damaged = try JSONDecoder().decode(
      TrainingState.self, from: Data(text.replacing(from, with: to).utf8))
    #expect(throws: TrainingError.state(.contents)) { try Training(method, X, y).restore(damaged) }
  }

  // MARK: Stopping

  @Test func aRequestStopsBeforeTheNextStepAndTheRunGoesOn() throws {
    let (X, y) = Self.data(of: Double.self)
    for method in Self.methods {
      let training = try Training(method, X, y)
      _ = try training.advance(rows: 200)
      let before = training.state
      training.stopSignal.request()
      #expect(try training.next() == nil)
      #expect(training.stopReason == .interrupted)
      #expect(training.state == before)
      training.stopSignal.reset()
      while try training.next() != nil {}
      #expect(try training.run() == method.train(X, y))
    }
  }

  @Test func progressIsASequence() async throws {
    let (X, y) = Self.data(of: Double.self)
    let method = SGD(epochs: 3, batchSize: 10, learningRate: 0.05, seed: 8)
    let training = try Training(method, X, y)
    var rows: [Int] = [], reports: [EpochReport] = [], losses: [Double] = []
    for try await progress in training.progress(every: 300) {
      rows.append(progress.rows)
      if let report = progress.report { reports.append(report) }
      losses.append(try #require(progress.lossSinceLast))
    }
    #expect(rows == [300, 600, 700, 1000, 1300, 1400, 1700, 2000, 2100])
    #expect(reports == training.epochs && reports.count == 3)
    #expect(losses[0] > losses[8])
    #expect(try training.run() == method.train(X, y))
  }

  /// Progress after a restart is that of a run never stopped: the loss too.
  @Test(arguments: methods)
  func progressGoesOnWithTheSameBits(method: SGD) async throws {
    let (X, y) = Self.data(700, 3, 2, of: Double.self)
    struct Seen: Equatable {
      var rows: Int
      var loss: Double?
      init(_ progress: TrainingProgress) {
        rows = progress.rows
        loss = progress.lossSinceLast
      }
    }
    let whole = try Training(method, X, y)
    var expected: [Seen] = [], seen: [Seen] = []
    for try await progress in whole.progress(every: 150) { expected.append(Seen(progress)) }
    var training = try Training(method, X, y)
    while training.stopReason == nil {
      var iterator = training.progress(every: 150).makeAsyncIterator()
      seen.append(Seen(try #require(try await iterator.next())))
      let state = try JSONDecoder().decode(
        TrainingState.self, from: JSONEncoder().encode(training.state))
      training = try Training(method, X, y)
      try training.restore(state)
    }
    #expect(seen == expected)
  }

  @Test(arguments: [1, 64]) func cancellingTheTaskStopsTheRun(targets: Int) async throws {
    let (X, column) = Self.data(20_000, 50, of: Float.self)
    let y = Matrix<Float>(rows: 20_000, columns: targets) { i, _ in column[i, 0] }
    let signal = StopSignal()
    let task = Task { () throws -> StopReason? in
      let training = try Training(
        SGD(epochs: 1_000_000, batchSize: 10, learningRate: 1e-4), X, y, stopSignal: signal)
      for try await _ in training.progress(every: 1000) { withUnsafeCurrentTask { $0?.cancel() } }
      return training.stopReason
    }
    #expect(try await task.value == .interrupted)  // a million epochs would take hours
  }

  // MARK: Validation

  @Test func heldOutRowsAreNotLearntFrom() throws {
    let (X, y) = Self.data(1000, 3, of: Double.self)
    let method = SGD(validationFraction: 0.25)
    let run = try method.train(X, y)
    // Rows that are held out have no influence: the solution is that of the others.
    let training = try Training(method, X, y)
    var moved = y, count = 0
    let kept = try (0..<1000).filter { row in
      var other = y
      other[row, 0] += 1
      return try row % 50 != 0 || Training(method, X, other).exact != training.exact
    }
    for row in 0..<1000 where row % 50 == 0 && !kept.contains(row) {
      moved[row, 0] += 1000
      count += 1
    }
    #expect(count > 0 && count < 20)
    #expect(try method.train(X, moved).model == run.model)
    #expect(try method.train(X, moved).epochs.last!.validationLoss! > 100 * run.epochs.last!.validationLoss!)
    // The loss on them is near that of the noise, 0.1²/2.
    #expect(abs(run.epochs.last!.validationLoss! / 0.005 - 1) < 0.3)
    var other = method
    other.seed = 1
    #expect(try other.train(X, y).model != run.model)
  }

  @Test func theBestEpochOnValidationRowsIsKept() throws {
    // Many columns and few rows: plain SGD overfits, and the loss on other rows rises again.
    let (X, y) = Self.data(60, 40, noise: 3, seed: 31, of: Double.self)
    let (otherX, otherY) = Self.data(500, 40, noise: 3, seed: 32, of: Double.self)
    let method = SGD(epochs: 500, batchSize: 8, learningRate: 0.02, seed: 1, patience: 5)
    let run = try method.train(X, y, validation: (otherX, otherY))
    #expect(run.stopReason == .noImprovement)
    let losses = try run.epochs.map { try #require($0.validationLoss) }
    let best = losses.min()!
    #expect(run.epoch == losses.firstIndex(of: best)! + 1)
    #expect(run.epochs.count == run.epoch + 5)
    let evaluation = try run.model.evaluate(otherX, otherY)[0]
    #expect(difference([evaluation.residualSumOfSquares / 1000], [best], factor: 1000) == nil)
  }

  @Test func aLossThatNoLongerFallsEndsTheRun() throws {
    let (X, y) = Self.data(of: Double.self)
    let run = try SGD(epochs: 1000, learningRate: 0.05, seed: 1, tolerance: 1e-3, patience: 3).train(X, y)
    #expect(run.stopReason == .noImprovement)
    #expect(run.epochs.count < 100 && run.epochs.count > 3)
    // The last parameters, not the best: there are no other rows to judge by.
    #expect(run.epoch == run.epochs.count)
  }

  // MARK: Weights

  @Test func weightsAreRepeatedRows() throws {
    let (X, y) = Self.data(300, 3, of: Double.self)
    let weights = (0..<300).map { Double($0 % 4) }
    let rows = (0..<300).flatMap { row in Array(repeating: row, count: row % 4) }
    let repeated = Matrix<Double>(rows: rows.count, columns: 3) { X[rows[$0], $1] }
    let target = Matrix<Double>(rows: rows.count, columns: 1) { i, _ in y[rows[i], 0] }
    let weighted = try SGD().train(X, y, weights: weights), plain = try SGD().train(repeated, target)
    #expect(weighted.stopReason == .converged && plain.stopReason == .converged)
    #expect(difference(weighted.model.weights, plain.model.weights, factor: 1e4) == nil)
    #expect(difference(weighted.model.intercepts, plain.model.intercepts, factor: 1e4) == nil)
    #expect(difference([weighted.epochs.last!.loss], [plain.epochs.last!.loss], factor: 1e4) == nil)
    // Plain steps with weights lead there too.
    let steps = try SGD(epochs: 300, learningRate: .cosine(0.1)).train(X, y, weights: weights)
    #expect(difference(steps.model.weights, plain.model.weights, factor: 1e13) == nil)
  }
}
