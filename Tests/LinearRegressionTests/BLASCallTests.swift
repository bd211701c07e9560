import CBLASCalls
import LinearRegression
import TestSupport
import Testing

/// Every product with X is one call of BLAS and nothing else: `gemv` for one target, `gemm` for several, from 64
/// targets on one for each group of them.
@Suite(.enabled(if: blas_calls_are_counted(), "calls are counted on Linux with glibc"))
struct BLASCallTests {
  static let targets = [1, 3, 64]

  @Test func callsOfTheRoutinesAreCounted() {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      let a: Matrix<Scalar> = [[1, 2], [3, 4]], letter = letter(Scalar.self)
      var y: [Scalar] = [1, 1], c: Matrix<Scalar> = [[1, 1], [1, 1]]
      #expect(calls { _ = dot(y, y) } == [:])
      #expect(calls { gemv(a, [1, 1], alpha: 2, beta: 3, into: &y) } == ["\(letter)gemv": 1])
      #expect(calls { gemm(a, a, alpha: 2, beta: 3, into: &c) } == ["\(letter)gemm": 1])
      #expect(y == [9, 17])
      #expect(c == [[17, 23], [33, 47]])
      let several = calls {
        for _ in 1...3 { _ = gemv(a, y) }
        for _ in 1...2 { _ = gemm(a, c) }
      }
      #expect(several == ["\(letter)gemv": 3, "\(letter)gemm": 2])
    }
    check(Float.self)
    check(Double.self)
  }

  @Test(arguments: targets) func aForwardPassIsOneCall(targets: Int) {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      let problem = Problem<Scalar>(targets: targets)
      #expect(calls { _ = linreg(problem.X, problem.w, problem.b) } == products(1, Scalar.self, targets))
      #expect(
        calls { _ = linreg(problem.X[rows: 5..<20], problem.w, problem.b) }
          == products(1, Scalar.self, targets))
    }
    check(Float.self)
    check(Double.self)
  }

  @Test(arguments: targets) func aBackwardPassIsOneCall(targets: Int) {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      let problem = Problem<Scalar>(targets: targets)
      let w = Parameter(problem.w), b = Parameter(problem.b)
      let predictions = linreg(problem.X, w, b)
      #expect(
        calls { backward(problem.X, predictions, problem.y, into: w, b) } == products(1, Scalar.self, targets)
      )
    }
    check(Float.self)
    check(Double.self)
  }

  @Test(arguments: targets) func aGradientIsTwoCalls(targets: Int) {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      let problem = Problem<Scalar>(targets: targets)
      #expect(
        calls { _ = gradient(problem.X, targets: problem.y, problem.w, problem.b) }
          == products(2, Scalar.self, targets))
    }
    check(Float.self)
    check(Double.self)
  }

  /// Two runs that differ by an epoch: what a run does once, such as a look at its last batch at the end, is in both.
  @Test(arguments: targets, [1, 4]) func aStepIsTwoCalls(targets: Int, steps: Int) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      let problem = Problem<Scalar>(targets: targets)
      func run(epochs: Int) throws -> [String: Int64] {
        let method = SGD(
          epochs: epochs, batchSize: problem.X.rowCount / steps, learningRate: 0.01, order: .inOrder,
          standardize: false, measuresDistance: false)
        return try calls { _ = try method.train(problem.X, problem.y) }
      }
      let epoch = difference(try run(epochs: 3), try run(epochs: 2))
      #expect(epoch == products(2 * Int64(steps), Scalar.self, targets))
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test(arguments: targets) func aPredictionIsOneCall(targets: Int) {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      let problem = Problem<Scalar>(targets: targets)
      let model = LinearModel(
        weights: Matrix<Double>(problem.w), intercepts: problem.b.elements.map { Double($0) })
      #expect(calls { _ = model.predict(problem.X) } == products(1, Scalar.self, targets))
    }
    check(Float.self)
    check(Double.self)
  }
}

extension BLASCallTests {
  /// Standardised rows are in Double, whatever the data are.
  @Test(arguments: targets) func aStandardisedStepIsTwoCalls(targets: Int) throws {
    let problem = Problem<Float>(targets: targets)
    func run(epochs: Int) throws -> [String: Int64] {
      let method = SGD(epochs: epochs, batchSize: 10, learningRate: 0.01, measuresDistance: false)
      return try calls { _ = try method.train(problem.X, problem.y) }
    }
    let epoch = difference(try run(epochs: 3), try run(epochs: 2))
    #expect(epoch == products(2 * 4, Double.self, targets))
  }

  /// Two for the batch's gradient and two for the preconditioner, at 4 steps an epoch; and two for the gradient of all
  /// rows at its end.
  @Test func anEpochOfTheAutomaticRate() throws {
    let problem = Problem<Float>(targets: 1)
    func run(epochs: Int) throws -> [String: Int64] {
      let method = SGD(epochs: epochs, batchSize: 10, tolerance: 1e-300)
      return try calls { _ = try method.train(problem.X, problem.y) }
    }
    #expect(difference(try run(epochs: 2), try run(epochs: 1))["dgemv"] == 4 * 4 + 2)
  }

  /// A step, and six steps of power iteration for its rate.
  @Test func aStepOfOnlineSGD() throws {
    let problem = Problem<Double>(targets: 1)
    var online = OnlineSGD(features: 5)
    try online.partialFit(problem.X, problem.y)
    #expect(try calls { try online.partialFit(problem.X, problem.y) } == ["dgemv": 2 * 7])
  }

  @Test(arguments: targets) func evaluationsAndRows(targets: Int) throws {
    let problem = Problem<Float>(targets: targets)
    let model = LinearModel(
      weights: Matrix<Double>(problem.w), intercepts: problem.b.elements.map { Double($0) })
    #expect(
      try calls { _ = try model.evaluate(problem.X, problem.y) } == products(1, Double.self, targets))
    var predictions = [Double](repeating: 0, count: targets)
    #expect(calls { predict(model, problem.X[row: 0], into: &predictions) } == ["dgemv": 1])
  }
}

private func predict(_ model: LinearModel, _ row: [Float], into predictions: inout [Double]) {
  var span = predictions.mutableSpan
  model.predict(row.span, into: &span)
}

private struct Problem<Scalar: BLASScalar> {
  let X, y, w, b: Matrix<Scalar>

  init(targets: Int) {
    var generator = SeededGenerator(seed: 50)
    X = generator.normalMatrix(40, 5)
    y = generator.normalMatrix(40, targets)
    w = generator.normalMatrix(5, targets)
    b = generator.normalMatrix(1, targets)
  }
}

/// The calls that `body` makes on one thread, by the name of the routine; those that it does not make are left out.
private func calls(_ body: () throws -> Void) rethrows -> [String: Int64] {
  let before = blas_calls_of_this_thread()
  try Parallelism.$threads.withValue(1) { try body() }
  return difference(counts(blas_calls_of_this_thread()), counts(before))
}

private func counts(_ calls: blas_calls) -> [String: Int64] {
  ["sgemv": calls.sgemv, "dgemv": calls.dgemv, "sgemm": calls.sgemm, "dgemm": calls.dgemm]
}

private func difference(_ calls: [String: Int64], _ others: [String: Int64]) -> [String: Int64] {
  calls.merging(others.mapValues { -$0 }) { $0 + $1 }.filter { $0.value != 0 }
}

/// So many products with X, as `calls` tells them.
private func products<Scalar>(_ count: Int64, _: Scalar.Type, _ targets: Int) -> [String: Int64] {
  [letter(Scalar.self) + (targets == 1 ? "gemv" : "gemm"): count * Int64(max(1, targets / 32))]
}

private func letter<Scalar>(_: Scalar.Type) -> String { Scalar.self == Float.self ? "s" : "d" }
