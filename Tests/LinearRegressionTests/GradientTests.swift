import LinearRegression
import TestSupport
import Testing
import _Differentiation

/// The gradient formulas, held against central differences, Swift's automatic differentiation and plain loops.
@Suite struct GradientTests {
  let X: Matrix<Double>, y: Matrix<Double>, w: Matrix<Double>, b: Matrix<Double>

  init() {
    var generator = SeededGenerator(seed: 10)
    X = generator.normalMatrix(20, 3)
    y = generator.normalMatrix(20, 1)
    w = generator.normalMatrix(3, 1)
    b = generator.normalMatrix(1, 1)
  }

  @Test func centralDifferences() {
    let formula = gradient(X, predictions: linreg(X, w, b), targets: y)
    // The loss is quadratic, so that central differences are exact but for rounding, whatever the step.
    let step = 0.25
    func slope(_ change: (inout Matrix<Double>, inout Matrix<Double>, Double) -> Void) -> Double {
      let losses = [step, -step].map { step in
        var w = w, b = b
        change(&w, &b, step)
        return squaredLoss(linreg(X, w, b), y).sum()
      }
      return (losses[0] - losses[1]) / (2 * step)
    }
    let slopes = (0..<3).map { j in slope { w, _, step in w[j, 0] += step } }
    #expect(difference(slopes, formula.weights.elements, factor: 100, scale: 100) == nil)
    #expect(
      difference([slope { _, b, step in b[0, 0] += step }], formula.bias.elements, factor: 100, scale: 100)
        == nil)
  }

  /// The parameters of the model as Swift differentiates them.
  struct Parameters: Differentiable {
    var w0: Double, w1: Double, w2: Double, b: Double
  }

  @Test func automaticDifferentiation() {
    let X = X, y = y
    let parameters = Parameters(w0: w[0, 0], w1: w[1, 0], w2: w[2, 0], b: b[0, 0])
    let slopes = _Differentiation.gradient(at: parameters) { parameters -> Double in
      var loss = 0.0
      for i in 0..<withoutDerivative(at: X.rowCount) {
        let prediction =
          parameters.w0 * withoutDerivative(at: X[i, 0]) + parameters.w1 * withoutDerivative(at: X[i, 1])
          + parameters.w2 * withoutDerivative(at: X[i, 2]) + parameters.b
        let error = prediction - withoutDerivative(at: y[i, 0])
        loss += error * error / 2
      }
      return loss
    }
    let formula = gradient(X, predictions: linreg(X, w, b), targets: y)
    #expect(difference([slopes.w0, slopes.w1, slopes.w2], formula.weights.elements, factor: 100) == nil)
    #expect(difference([slopes.b], formula.bias.elements, factor: 100) == nil)
  }

  @Test func everyShapeAgainstPlainLoops() {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      var generator = SeededGenerator(seed: 11)
      for n in 0...33 {
        for p in 0...33 {
          let k = 1 + (n + p) % 3
          let X = Matrix<Scalar>(generator.dyadicMatrix(n, p)),
            y = Matrix<Scalar>(generator.dyadicMatrix(n, k))
          let w = Matrix<Scalar>(generator.dyadicMatrix(p, k)),
            b = Matrix<Scalar>(generator.dyadicMatrix(1, k))
          let predictions = linreg(X, w, b)
          #expect(difference(predictions, Naive.linreg(X, w, b), factor: 8) == nil, "\(n) × \(p), k = \(k)")
          let expected = Naive.gradient(X, predictions: predictions, targets: y)
          let twoPasses = gradient(X, predictions: predictions, targets: y)
          let onePass = gradient(X, targets: y, w, b)
          for result in [twoPasses, onePass] {
            #expect(difference(result.weights, expected.weights, factor: 64) == nil, "\(n) × \(p), k = \(k)")
            #expect(difference(result.bias, expected.bias, factor: 64) == nil, "\(n) × \(p), k = \(k)")
          }
        }
      }
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func moreRowsThanOneBlock() {
    var generator = SeededGenerator(seed: 12)
    let n = 2 * rowsPerCacheBlock(rowBytes: 8 * 5) + 17
    let X: Matrix<Double> = generator.normalMatrix(n, 5), y: Matrix<Double> = generator.normalMatrix(n, 2)
    let w: Matrix<Double> = generator.normalMatrix(5, 2), b: Matrix<Double> = generator.normalMatrix(1, 2)
    let expected = Naive.gradient(X, predictions: Naive.linreg(X, w, b), targets: y)
    let result = gradient(X, targets: y, w, b)
    #expect(difference(result.weights, expected.weights, factor: 64) == nil)
    #expect(difference(result.bias, expected.bias, factor: 64) == nil)
  }

  @Test func gradientIsZeroAtTheSolution() throws {
    let fit = try LeastSquares().fit(X, y)
    let atSolution = gradient(X, targets: y, fit.model.weights, Matrix(row: fit.model.intercepts))
    #expect(difference(atSolution.weights, .zeros(3, 1), factor: 200) == nil)
    #expect(difference(atSolution.bias, .zeros(1, 1), factor: 200) == nil)
  }

  @Test func longFloatColumnsAreSummedInDouble() {
    // A sum in Float would be off by 10⁻³.
    let n = 3_000_000
    let result = gradient(
      Matrix<Float>(rows: n, columns: 1, repeating: 1), targets: Matrix(rows: n, columns: 1, repeating: 0.9),
      [[0]], [[1]])
    let expected = Double(n) * Double(1 - Float(0.9))
    #expect(difference(result.bias, [[Float(expected)]], factor: 2) == nil)
    // BLAS adds up 2048 equal rows in Float, some 36 ε, before they are added up in Double; 20,000 rows would be 209 ε.
    #expect(difference(result.weights, [[Float(expected)]], factor: 64) == nil)
  }

  @Test func anotherShapeLeavesNoGradient() {
    let w = Parameter<Double>([[1], [1], [1]]), b = Parameter<Double>([[0]])
    backward(X, linreg(X, w, b), y, into: w, b)
    w.value = [[1], [2], [3]]
    #expect(w.gradient != nil)
    w.value = .zeros(100, 100)
    #expect(w.gradient == nil)
    sgd([w, b], learningRate: 1, batchSize: 20)  // would walk past the end of the old gradient
    #expect(w.value == .zeros(100, 100))
  }
}

private func rowsPerCacheBlock(rowBytes: Int) -> Int {
  Array(Matrix<Double>.zeros(100_000, rowBytes / 8).rowBlocks)[0].rowCount
}
