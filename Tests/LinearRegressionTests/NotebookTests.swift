import LinearRegression
import TestSupport
import Testing

/// Every number that the notebook prints, in its order.
@Suite struct NotebookTests {
  let X = Matrix<Float>.identity(3)
  let y: [Float] = [1, 2, 3]

  @Test func parametersArePrintedAndTheirGradientsSetToZero() {
    let w = Parameter<Double>([[1], [2.5]]), b = Parameter<Double>([[0]])
    w.zeroGradient()
    #expect(w.gradient == nil)
    #expect("\(w)" == "value\n[   1 ]\n[ 2.5 ]\nno gradient yet")
    backward([[1, 2]] as Matrix<Double>, [[6]], [[1]], into: w, b)
    #expect("\(w)" == "value\n[   1 ]\n[ 2.5 ]\ngradient\n[  5 ]\n[ 10 ]")
    w.zeroGradient()
    #expect(w.gradient == [[0], [0]] && b.gradient == [[5]])
    backward([[1, 2]] as Matrix<Double>, [[6]], [[1]], into: w, b)
    #expect(w.gradient == [[5], [10]])
  }

  @Test func initialWeights() {
    var generator = SeededGenerator(seed: 3)
    let w = Parameter<Double>(normal: 100, 100, using: &generator)
    let mean = w.value.sum() / 10_000
    let deviation = (w.value.map { ($0 - mean) * ($0 - mean) }.sum() / 10_000).squareRoot()
    // Four standard errors of each.
    #expect(abs(mean) < 4 * 0.01 / 100)
    #expect(abs(deviation - 0.01) < 4 * 0.01 / 141)
    #expect(w.gradient == nil)
    let b = Matrix<Double>.zeros(1, 1), column = Matrix(column: w.value[column: 0])
    #expect(linreg(Matrix<Double>.identity(100), column, b) == column)
  }

  @Test func squaredLossOfTheNotebook() {
    let predictions = Matrix<Float>(column: [0, 0, 0])
    #expect(squaredLoss(predictions, y) == [[0.5], [2], [4.5]])
    #expect(squaredLoss(predictions, Matrix(column: y)) == [[0.5], [2], [4.5]])
    #expect(squaredLoss([0, 0, 0], y) == [0.5, 2, 4.5])
  }

  @Test func lossAndGradients() {
    let w = Parameter<Float>([[1], [1], [1]]), b = Parameter<Float>([[0]])
    #expect(w.gradient == nil)
    #expect(b.gradient == nil)
    let predictions = linreg(X, w, b)
    #expect(predictions == [[1], [1], [1]])
    #expect(squaredLoss(predictions, y).sum() == 2.5)
    backward(X, predictions, y, into: w, b)
    #expect(w.gradient == [[0], [-1], [-2]])
    #expect(b.gradient == [[-3]])
    // A second backward step without a reset adds to the first.
    backward(X, predictions, y, into: w, b)
    #expect(w.gradient == [[0], [-2], [-4]])
    #expect(b.gradient == [[-6]])
  }

  @Test func fourSteps() {
    let steps: [(predictions: [Float], w: [Float], b: Float)] = [
      ([1, 1, 1], [1, 1.3333, 1.6667], 1),
      ([2, 2.3333, 2.6667], [0.6667, 1.2222, 1.7778], 0.6667),
      ([1.3333, 1.8889, 2.4444], [0.5556, 1.2593, 1.9630], 0.7778),
      ([1.3333, 2.0370, 2.7407], [0.4444, 1.2469, 2.0494], 0.7407),
    ]
    let w = Parameter<Float>([[1], [1], [1]]), b = Parameter<Float>([[0]])
    for step in steps {
      let predictions = linreg(X, w, b)
      #expect(rounded(predictions) == step.predictions)
      backward(X, predictions, y, into: w, b)
      sgd([w, b], learningRate: 1, batchSize: 3)
      #expect(rounded(w.value) == step.w)
      #expect(rounded(b.value) == [step.b])
      #expect(w.gradient == .zeros(3, 1))
      #expect(b.gradient == [[0]])
    }
  }

  /// Four decimals, as the notebook prints.
  private func rounded(_ matrix: Matrix<Float>) -> [Float] {
    matrix.elements.map { ($0 * 10_000).rounded() / 10_000 }
  }

  @Test func flatWeightsAreAVector() {
    #expect(linreg(X, [1, 1, 1], 0.5) == [1.5, 1.5, 1.5])
    #expect(linreg(X[rows: 1..<3], [1, 2, 3], 0) == [2, 3])
  }

  @Test func shapesThatDoNotFitAreNamed() async {
    // The notebook's trap: subtracting 3 × 1 from 1 × 3 would be 3 × 3.
    let loss = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = squaredLoss(Matrix<Float>(column: [1, 2, 3]), Matrix<Float>(row: [1, 2, 3]))
    }
    #expect(text(loss).contains("squaredLoss: predictions are 3 × 1 but targets are 1 × 3"))
    let flat = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = squaredLoss(Matrix<Float>(row: [1, 2, 3]), [1, 2, 3])
    }
    #expect(text(flat).contains("squaredLoss: predictions are 1 × 3 but targets are 3 elements"))
    let weights = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = linreg(Matrix<Float>.identity(3), Matrix<Float>(column: [1, 2]), [[0]])
    }
    #expect(text(weights).contains("linreg: X is 3 × 3 but w is 2 × 1"))
    let bias = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = linreg(Matrix<Float>.identity(3), Matrix<Float>(column: [1, 2, 3]), [[0, 1]])
    }
    #expect(text(bias).contains("linreg: w is 3 × 1 but b is 1 × 2"))
  }
}

/// What a process that was expected to exit wrote to standard error.
func text(_ result: ExitTest.Result?) -> String {
  String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
}
