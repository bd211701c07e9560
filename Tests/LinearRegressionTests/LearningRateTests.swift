import Foundation
import LinearRegression
import TestSupport
import Testing

/// What plain SGD does with its settings.
@Suite struct LearningRateTests {
  @Test func schedules() {
    func rates(_ rate: LearningRate, _ steps: [Int]) -> [Double] {
      steps.map { rate.rate(step: $0, epoch: $0 / 10, of: 100)! }
    }
    #expect(rates(0.5, [0, 99]) == [0.5, 0.5])
    #expect(rates(.inverseScaling(1, power: 0.5), [0, 3, 99]) == [1, 0.5, 0.1])
    #expect(rates(.step(1, factor: 0.5, every: 2), [0, 19, 20, 99]) == [1, 1, 0.5, 0.0625])
    #expect(difference(rates(.cosine(1), [0, 50, 100]), [1, 0.5, 0], factor: 4) == nil)
    #expect(difference(rates(.cosine(1, final: 0.2), [0, 50, 100]), [1, 0.6, 0.2], factor: 4) == nil)
    #expect(LearningRate.automatic.rate(step: 0, epoch: 0, of: 1) == nil)
  }

  @Test(arguments: [
    LearningRate.automatic, 0.1, .inverseScaling(0.2, power: 0.3), .step(0.3, factor: 0.1, every: 7),
    .cosine(0.4, final: 0.01),
  ])
  func comeBackFromJSON(rate: LearningRate) throws {
    let method = SGD(learningRate: rate, order: .shuffledBlocks, tolerance: 0.01)
    #expect(try JSONDecoder().decode(SGD.self, from: JSONEncoder().encode(method)) == method)
  }

  /// Momentum as PyTorch's SGD has it, written out.
  @Test(arguments: [false, true])
  func momentumAndDecay(nesterov: Bool) throws {
    let (X, y) = TrainingTests.data(40, 2, of: Double.self)
    let run = try SGD(
      epochs: 2, batchSize: 8, learningRate: 0.02, momentum: 0.9, nesterov: nesterov, weightDecay: 0.3,
      order: .inOrder,
      seed: 4, standardize: false
    ).train(X, y)
    var generator = SeededGenerator(seed: 4)
    var w = Parameter<Double>(normal: 2, 1, using: &generator).value.elements, b = 0.0
    var vw = [0.0, 0.0], vb = 0.0
    for start in Array(stride(from: 0, to: 40, by: 8)) + Array(stride(from: 0, to: 40, by: 8)) {
      var gw = [0.3 * w[0], 0.3 * w[1]], gb = 0.0
      for i in start..<start + 8 {
        let error = X[i, 0] * w[0] + X[i, 1] * w[1] + b - y[i, 0]
        for j in 0..<2 { gw[j] += X[i, j] * error / 8 }
        gb += error / 8
      }
      for j in 0..<2 {
        vw[j] = 0.9 * vw[j] + gw[j]
        w[j] -= 0.02 * (nesterov ? gw[j] + 0.9 * vw[j] : vw[j])
      }
      vb = 0.9 * vb + gb
      b -= 0.02 * (nesterov ? gb + 0.9 * vb : vb)
    }
    #expect(difference(run.model.coefficients, w, factor: 100) == nil)
    #expect(difference([run.model.intercept], [b], factor: 100) == nil)
  }

  /// A constant rate has a floor of the order of the rate; averaging and falling rates go below it.
  @Test func plainStepsHaveAFloorThatShrinksWithTheRate() throws {
    let (X, y) = TrainingTests.data(2000, 4, noise: 1, of: Double.self)
    func excess(_ rate: LearningRate, _ averaging: SGD.Averaging = .none) throws -> Double {
      // The mean over the last twenty of many epochs: where it hovers, not where it happens to be.
      let run = try SGD(epochs: 60, batchSize: 4, learningRate: rate, averaging: averaging, seed: 1).train(
        X, y)
      return run.epochs.suffix(20).reduce(0) { $0 + $1.excessLoss! } / 20
    }
    let floors = try [0.1, 0.02, 0.004].map { try excess(.constant($0)) }
    #expect(floors[0] > 3 * floors[1] && floors[1] > 3 * floors[2])
    #expect(floors[2] > 1e-9)  // and none of them is at the solution
    let averaged = try SGD(epochs: 60, batchSize: 4, learningRate: 0.02, averaging: .tail(0.5), seed: 1)
      .train(X, y)
    #expect(averaged.epochs.last!.excessLoss! < floors[1] / 20)
    #expect(
      try SGD(epochs: 60, batchSize: 4, learningRate: .cosine(0.02), seed: 1).train(X, y).epochs.last!
        .excessLoss! < floors[1] / 20)
  }

  @Test(arguments: [
    (SGD.Averaging.all, 0..<90), (.tail(0.5), 45..<90),
  ])
  func averagesAreOfTheSteps(averaging: SGD.Averaging, steps: Range<Int>) throws {
    let (X, y) = TrainingTests.data(300, 2, of: Double.self)
    var method = SGD(
      epochs: 3, batchSize: 10, learningRate: 0.05, averaging: averaging, order: .inOrder, seed: 2,
      standardize: false)
    let run = try method.train(X, y)
    method.averaging = .none
    let training = try Training(method, X, y)
    var sums = [0.0, 0.0, 0.0]
    for step in 0..<90 {
      _ = try training.advance(rows: 10)
      if steps.contains(step) {
        for (i, value) in (training.model.coefficients + [training.model.intercept]).enumerated() {
          sums[i] += value / Double(steps.count)
        }
      }
    }
    #expect(difference(run.model.coefficients + [run.model.intercept], sums, factor: 100) == nil)
  }
}
