import Foundation
import TestSupport
import Testing

@testable import LinearRegression

@Suite struct SGDTests {
  /// The book's problem: w = (2, −3.4), b = 4.2, 1000 rows, noise 0.01.
  func book<Scalar: BLASScalar>(_: Scalar.Type) -> (X: Matrix<Scalar>, y: Matrix<Scalar>) {
    var generator = SeededGenerator(seed: 20)
    let X: Matrix<Scalar> = generator.normalMatrix(1000, 2)
    let noise: Matrix<Scalar> = generator.normalMatrix(1000, 1)
    return (X, linreg(X, [[2], [-3.4]], [[4.2]]) + 0.01 * noise)
  }

  @Test(arguments: [false, true])
  func theBooksProblem(standardize: Bool) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      let (X, y) = book(Scalar.self)
      let ones = Matrix<Scalar>(rows: 1000, columns: 3) { i, j in j == 0 ? 1 : X[i, j - 1] }
      let exact = try gels(ones, y).solution.elements.map { Double($0) }
      let run = try SGD(epochs: 3, batchSize: 10, learningRate: 0.03, seed: 42, standardize: standardize)
        .train(X, y)
      let trained = [run.model.intercept] + run.model.coefficients
      for (a, b) in zip(trained, exact) { #expect(abs(a - b) < 0.01) }
      #expect(run.epochs.map(\.epoch) == [1, 2, 3])
      #expect(run.epochs[2].loss < run.epochs[0].loss)
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test(arguments: RowOrder.allCases)
  func trainerTakesTheStepsOfALoopWrittenByHand(order: RowOrder) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type, _ n: Int, _ p: Int, _ k: Int, batchSize: Int) throws {
      var data = SeededGenerator(seed: 21)
      let X: Matrix<Scalar> = data.normalMatrix(n, p), y: Matrix<Scalar> = data.normalMatrix(n, k)
      let rate = 0.05
      let run = try SGD(
        epochs: 3, batchSize: batchSize, learningRate: .constant(rate), order: order, seed: 7,
        standardize: false
      ).train(X, y)

      var generator = SeededGenerator(seed: 7)
      let w = Parameter<Scalar>(normal: p, k, using: &generator), b = Parameter<Scalar>(.zeros(1, k))
      for _ in 1...3 {
        for batch in Minibatches(X, y, size: batchSize, order: order, using: &generator) {
          backward(batch.X, linreg(batch.X, w, b), batch.y, into: w, b)
          sgd([w, b], learningRate: Scalar(rate), batchSize: batch.count)
        }
      }
      #expect(run.model.weights == Matrix<Double>(w.value), "\(n) × \(p), k = \(k)")
      #expect(run.model.intercepts == b.value.elements.map { Double($0) }, "\(n) × \(p), k = \(k)")
    }
    for (n, p, k, batchSize) in [
      (100, 3, 1, 8), (100, 3, 5, 8), (17, 1, 1, 17), (5, 4, 2, 100), (1, 1, 1, 1), (60, 7, 64, 16),
      (40, 30, 101, 8), (40, 300, 64, 8),
    ] {
      try check(Float.self, n, p, k, batchSize: batchSize)
      try check(Double.self, n, p, k, batchSize: batchSize)
    }
    // These data are one chunk otherwise.
    try ChunkSize.$bytes.withValue(1) {
      for (n, p, k, batchSize) in [(100, 3, 1, 8), (60, 7, 64, 16)] {
        try check(Float.self, n, p, k, batchSize: batchSize)
      }
    }
  }

  @Test func sameStepsAsPlainLoops() throws {
    let (X, y) = book(Double.self)
    var generator = SeededGenerator(seed: 5)
    var w = Parameter<Double>(normal: 2, 1, using: &generator).value, b: Matrix<Double> = [[0]]
    Naive.sgdEpoch(X, y, &w, &b, learningRate: 0.03, batchSize: 7)
    let run = try SGD(
      epochs: 1, batchSize: 7, learningRate: 0.03, order: .inOrder, seed: 5, standardize: false
    ).train(X, y)
    #expect(difference(run.model.weights, w, factor: 100) == nil)
    #expect(difference(run.model.intercepts, b.elements, factor: 100) == nil)
  }

  @Test func sameSeedSameBits() throws {
    let (X, y) = book(Float.self)
    let method = SGD(epochs: 2, learningRate: 0.03, seed: 9)
    var other = method
    other.seed = 10
    #expect(try method.train(X, y) == method.train(X, y))
    #expect(try method.train(X, y) != other.train(X, y))
  }

  @Test(arguments: [false, true], [0, 0.1])
  func distanceToTheExactSolution(standardize: Bool, decay: Double) throws {
    let (X, y) = book(Double.self)
    let run = try SGD(
      epochs: 3, batchSize: 10, learningRate: 0.01, weightDecay: decay, seed: 3, standardize: standardize
    ).train(X, y)
    let last = try #require(run.epochs.last)
    let columns = try Standardization(X), target = try Standardization(y)
    // λ ‖w‖² / 2 on the mean loss is ridge regression with the penalty n λ; in the columns' own units λ sⱼ² in
    // standardised ones.
    var exact = try LeastSquares(ridgePenalty: standardize ? 1000 * decay : 0).fit(X, y).model
    if decay > 0 && !standardize {
      let Z = Matrix<Double>(rows: 1002, columns: 2) {
        $0 < 1000 ? X[$0, $1] - columns.means[$1] : $0 - 1000 == $1 ? (1000 * decay).squareRoot() : 0
      }
      let t = Matrix<Double>(rows: 1002, columns: 1) { i, _ in i < 1000 ? y[i, 0] - target.means[0] : 0 }
      let w = try gels(Z, t).solution.elements
      exact = LinearModel(
        coefficients: w, intercept: target.means[0] - w[0] * columns.means[0] - w[1] * columns.means[1])
    }
    // In standardised units: |Δw| · standard deviation of the column / standard deviation of y.
    let differences = (0..<2).map {
      (run.model.coefficients[$0] - exact.coefficients[$0]) * columns.scales[$0] / target.scales[0]
    }
    let atMeans = (0..<2).reduce(run.model.intercept - exact.intercept) {
      $0 + (run.model.coefficients[$1] - exact.coefficients[$1]) * columns.means[$1]
    }
    let gap = (differences.map { abs($0) } + [abs(atMeans) / target.scales[0]]).max()!
    #expect(difference([try #require(last.gapToExact)], [gap], factor: 1000) == nil)
    func objective(_ model: LinearModel) -> Double {
      let residual = zip(y.elements, linreg(X, Matrix<Double>(model.weights), [[model.intercept]]).elements)
        .map { $0 - $1 }
      let penalty = (0..<2).reduce(0) {
        $0 + pow(model.coefficients[$1] * (standardize ? columns.scales[$1] : 1), 2)
      }
      return dot(residual, residual) / 2000 + decay * penalty / 2
    }
    #expect(
      difference([try #require(last.excessLoss)], [objective(run.model) - objective(exact)], factor: 1000)
        == nil)
    if decay == 0 { #expect(difference([last.loss], [objective(run.model)], factor: 1000) == nil) }
    #expect(try #require(last.excessLoss) > 0)
    let without = SGD(epochs: 1, learningRate: 0.01, standardize: standardize, measuresDistance: false)
    #expect(try without.train(X, y).epochs[0].gapToExact == nil)
  }

  @Test func severalTargetsAtOnce() throws {
    var generator = SeededGenerator(seed: 22)
    let X: Matrix<Double> = generator.normalMatrix(300, 4)
    let truth: Matrix<Double> = generator.normalMatrix(4, 3)
    let y = linreg(X, truth, [[1, 2, 3]])
    let run = try SGD(epochs: 60, batchSize: 10, learningRate: 0.1).train(X, y)
    // Without noise SGD reaches the solution.
    #expect(difference(run.model.weights, truth, factor: 1e6) == nil)
    #expect(difference(run.model.intercepts, [1, 2, 3], factor: 1e6) == nil)
  }

  @Test func unitsOfTheDataDoNotMatter() throws {
    let (X, y) = book(Double.self)
    let scaled = Matrix<Double>(rows: 1000, columns: 2) { i, j in X[i, j] * (j == 0 ? 1e6 : 1e-6) + 1000 }
    let run = try SGD(epochs: 20, batchSize: 10, learningRate: 0.03).train(scaled, y)
    let gap = try #require(run.epochs.last?.gapToExact)
    #expect(gap < 0.001)
  }

  @Test func constantColumnHasNoWeight() throws {
    let (X, y) = book(Double.self)
    let wider = Matrix<Double>(rows: 1000, columns: 3) { i, j in j == 0 ? 0.1 : X[i, j - 1] }
    let run = try SGD(epochs: 3, batchSize: 10, learningRate: 0.03).train(wider, y)
    #expect(run.model.coefficients[0] == 0)
    #expect(abs(run.model.intercept - 4.2) < 0.01)
  }

  @Test func divergenceIsAnErrorWithTheLastFiniteModel() throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      let (X, y) = book(Scalar.self)
      var method = SGD(epochs: 50, batchSize: 10, learningRate: 5)
      let error = #expect(throws: TrainingError.self) { try method.train(X, y) }
      guard case .diverged(let divergence) = error else {
        Issue.record("\(error as Any)")
        return
      }
      #expect(divergence.lastFinite.weights.firstNonFinite() == nil)
      #expect(divergence.lastFinite.intercept.isFinite)
      #expect(divergence.learningRate == 5)
      // The remedy works, and twice the bound that it comes from would not be far from the edge.
      method.learningRate = .constant(divergence.suggestedLearningRate)
      #expect(try method.train(X, y).epochs.last!.loss < 0.01)
      #expect(
        "\(divergence)".contains(
          "a learning rate of 5 is too large for these data; the largest they allow is about "))
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test func badDataIsRefusedWithItsPlace() {
    var (X, y) = book(Double.self)
    X[999, 1] = .nan
    #expect(throws: TrainingError.data(.nonFinite(.features, row: 999, column: 1))) { try SGD().train(X, y) }
    X[999, 1] = 0
    y[3, 0] = -.infinity
    #expect(throws: TrainingError.data(.nonFinite(.targets, row: 3, column: 0))) { try SGD().train(X, y) }
    #expect(throws: TrainingError.data(.noRows)) { try SGD().train(Matrix<Double>.zeros(0, 2), .zeros(0, 1)) }
  }

  @Test func edges() throws {
    let (X, y) = book(Double.self)
    #expect(try SGD(epochs: 0).train(X, y).epochs.isEmpty)
    #expect(try SGD(epochs: 2, batchSize: 5000, learningRate: 0.03).train(X, y).epochs.count == 2)
    // One row: the intercept moves to the target, and the columns, constant now, stay out.
    let one = try SGD(epochs: 200, learningRate: 0.03).train([[5, 6]] as Matrix<Double>, [[3]])
    #expect(one.model.predict([5.0, 6.0]) == 3)
    // No column: the mean.
    let mean = try SGD(epochs: 300, batchSize: 2, learningRate: 0.03).train(
      Matrix<Double>.zeros(2, 0), [[1], [3]])
    #expect(abs(mean.model.intercept - 2) < 1e-3)
  }

  @Test func aRunThatEndsFarAboveItsStartHasDiverged() throws {
    let (X, y) = book(Double.self)
    // One epoch is too short for a thousandfold.
    let error = #expect(throws: TrainingError.self) {
      try SGD(epochs: 1, batchSize: 500, learningRate: 2.5, order: .inOrder).train(X, y)
    }
    guard case .diverged(let divergence) = error else {
      Issue.record("\(error as Any)")
      return
    }
    #expect(divergence.epoch == 1)
  }

  /// Rows that lose little by themselves: zeros among ones, rare events, a target that is zero where the first rows are
  /// held out.
  @Test(arguments: 0..<20 as Range<UInt64>)
  func healthyRunsAreNotDivergence(seed: UInt64) throws {
    var generator = SeededGenerator(seed: 24 + seed)
    let X: Matrix<Double> = generator.normalMatrix(200, 2)
    let ones = Matrix<Double>(rows: 200, columns: 1) { _, _ in Double(generator.nextInteger(below: 2)) }
    let rare = Matrix<Double>(rows: 200, columns: 1) { i, _ in i % 100 == 3 ? 100 : 0 }
    for batchSize in [1, 4, 32] {
      _ = try SGD(epochs: 5, batchSize: batchSize, learningRate: 0.01, seed: seed, standardize: false).train(
        X, ones)
      _ = try SGD(epochs: 5, batchSize: batchSize, learningRate: 0.001, seed: seed, standardize: false).train(
        X, rare)
      _ = try SGD(
        epochs: 3, batchSize: batchSize, learningRate: 0.01, seed: seed, validationFraction: 0.2
      ).train(X, .zeros(200, 1))
    }
  }

  @Test func aLossThatGrowsIsDivergenceAlsoWhereARunWouldStop() throws {
    let (X, y) = book(Double.self)
    #expect(throws: TrainingError.self) {
      try SGD(epochs: 50, batchSize: 1000, learningRate: 2.3, tolerance: 1e-3).train(X, y)
    }
    // And an average of it is not the last finite model.
    let error = #expect(throws: TrainingError.self) {
      try SGD(epochs: 20, batchSize: 10, learningRate: 30, averaging: .all).train(X, y)
    }
    guard case .diverged(let divergence) = error else {
      Issue.record("\(error as Any)")
      return
    }
    #expect(divergence.lastFinite.coefficients.allSatisfy { abs($0) < 1 })
  }

  @Test func theLargestRateKnowsOfDecay() throws {
    let (X, y) = book(Double.self)
    let error = #expect(throws: TrainingError.self) {
      try SGD(epochs: 5, batchSize: 10, learningRate: 0.1, weightDecay: 1e6).train(X, y)
    }
    guard case .diverged(let divergence) = error else {
      Issue.record("\(error as Any)")
      return
    }
    #expect(divergence.largestLearningRate < 3e-6 && divergence.largestLearningRate > 1e-6)
  }

  @Test func squaresOfTargetsAreHeld() throws {
    let (X, y) = book(Double.self)
    for method in [SGD(), SGD(learningRate: 0.01), SGD(learningRate: 0.01, standardize: false)] {
      #expect(throws: TrainingError.data(.overflow(.targets, column: 0))) { try method.train(X, 1e200 * y) }
    }
  }

  @Test func noiseIsNotDivergence() throws {
    // There is nothing to learn: the start is nearly the solution, and SGD ends a little above it.
    var generator = SeededGenerator(seed: 23)
    let X: Matrix<Double> = generator.normalMatrix(5000, 20),
      y: Matrix<Double> = generator.normalMatrix(5000, 1)
    let run = try SGD(epochs: 1, batchSize: 8, learningRate: 0.05).train(X, y)
    let deviation = try Standardization(y).scales[0]
    #expect(run.epochs[0].loss > deviation * deviation / 2)
  }

  @Test(arguments: [1, 2, 6, 20])
  func suggestedRatesConverge(p: Int) throws {
    // Columns that are all the same but for their signs: one eigenvalue is p, and the vector of ones is orthogonal to
    // it.
    let X = Matrix<Double>(rows: 200, columns: p) { i, j in (i % 2 == 0 ? 1 : -1) * (j % 2 == 0 ? 1 : -1) }
    let y = Matrix<Double>(rows: 200, columns: 1) { i, _ in i % 2 == 0 ? 3 : 1 }
    var method = SGD(epochs: 20, batchSize: 10, learningRate: 50)
    let error = #expect(throws: TrainingError.self) { try method.train(X, y) }
    guard case .diverged(let divergence) = error else {
      Issue.record("\(error as Any)")
      return
    }
    method.learningRate = .constant(divergence.suggestedLearningRate)
    #expect(try method.train(X, y).epochs.last!.loss < 1e-6)
    // Within a factor of four of the edge, too.
    method.learningRate = .constant(8 * divergence.suggestedLearningRate)
    #expect(throws: TrainingError.self) { try method.train(X, y) }
  }

  @Test func settingsAreCheckedBeforeUseToo() {
    var method = SGD()
    method.batchSize = 0  // would be a step that goes nowhere, for ever
    let error = #expect(throws: TrainingError.self) {
      try method.train([[1], [2]] as Matrix<Double>, [1, 2])
    }
    #expect(error?.description == "SGD: batchSize is 0; it is 1 or more")
  }
}
