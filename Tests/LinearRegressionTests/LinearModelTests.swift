import Foundation
import LinearRegression
import TestSupport
import Testing

@Suite struct LinearModelTests {
  let model = LinearModel(coefficients: [2, -3.4], intercept: 4.2)
  let wide = LinearModel(weights: [[1, 2], [3, 4]], intercepts: [10, 20])

  @Test func predictionsOfMatricesAndRowsAgree() {
    let X: Matrix<Double> = [[1, 1], [0, 2]]
    #expect(difference(model.predict(X).elements, [2.8, -2.6], factor: 4) == nil)
    #expect(difference([model.predict([1.0, 1.0])], [2.8], factor: 4) == nil)
    #expect(difference([model.predict([1, 1] as [Float])], [2.8], factor: 4) == nil)
    #expect(wide.predict(X) == [[14, 26], [16, 28]])
    var predictions = [0.0, 0.0]
    var span = predictions.mutableSpan
    wide.predict([0.0, 2.0].span, into: &span)
    #expect(predictions == [16, 28])
    #expect(model.predict(Matrix<Float>.zeros(0, 2)).shape == Shape(0, 1))
  }

  /// In the type of the data, within p ε Σ |x w|; one row in Double.
  @Test func floatDataArePredictedInFloat() {
    var random = SeededGenerator(seed: 6)
    let X: Matrix<Float> = random.normalMatrix(300, 20), w: Matrix<Double> = random.normalMatrix(20, 1)
    let model = LinearModel(weights: w, intercepts: [1])
    let exact = linreg(Matrix<Double>(X), w, [[1]])
    let predictions = model.predict(X)
    #expect(predictions == linreg(X, Matrix<Float>(w), [[1]]))
    for i in 0..<300 {
      let size = (0..<20).reduce(1) { $0 + abs(Double(X[i, $1]) * w[$1, 0]) }
      #expect(abs(Double(predictions[i, 0]) - exact[i, 0]) <= 20 * Double(Float.ulpOfOne) * size)
      #expect(difference([model.predict(X[row: i])], [exact[i, 0]], factor: 4, scale: size) == nil)
    }
    // 10⁸ is lost beside 1 in Float, not in Double.
    let sum = LinearModel(coefficients: [1, 1, -1], intercept: 0)
    #expect(sum.predict([1e8, 1, 1e8] as [Float]) == 1)
    #expect(sum.predict([[1e8, 1, 1e8]] as Matrix<Double>) == [[1]])
  }

  /// Float has no 10⁵⁰ and no 10⁻⁵⁰: such coefficients are neither infinite nor zero.
  @Test func coefficientsOutsideFloat() {
    let model = LinearModel(weights: [[1e50, 1e-50], [1, 2]], intercepts: [0, 1e-300])
    #expect(model.predict([[1e-30, 1e30], [0, 0]] as Matrix<Float>) == [[1e30, 2e30], [0, 0]])
    let tiny = LinearModel(coefficients: [1e-50], intercept: 0)
    #expect(abs(tiny.predict([[1e30]] as Matrix<Float>)[0, 0] / 1e-20 - 1) <= 2 * Float.ulpOfOne)
    let subnormal = Double.leastNormalMagnitude / 8
    #expect(
      LinearModel(coefficients: [subnormal], intercept: 0).predict([[1]] as Matrix<Double>) == [[subnormal]])
  }

  /// Where a term or a partial sum is beyond Float, but not the prediction.
  @Test func sumsOutsideFloat() {
    let model = LinearModel(weights: [[1e10, 1], [-1e10, 1], [1, -1]], intercepts: [0, 1])
    let X: Matrix<Float> = [[1, 1, 1], [1e30, 1e30, 2], [3e38, 3e38, 3e38], [1e38, 2e38, -3e38]]
    #expect(model.predict(X) == [[1, 2], [2, 2e30], [3e38, 3e38], [-.infinity, .infinity]])
  }

  /// Rows of 128 elements and more are converted in parts.
  @Test(arguments: [0, 1, 127, 128, 129, 300]) func oneRowOfAnyWidth(p: Int) {
    var random = SeededGenerator(seed: 7)
    let row = (0..<p).map { _ in Float(random.nextNormal()) }
    for k in [1, 3] {
      let model = LinearModel(weights: random.normalMatrix(p, k), intercepts: (0..<k).map { Double($0) })
      let expected = (0..<k).map { t in
        (0..<p).reduce(model.intercepts[t]) { $0 + Double(row[$1]) * model.weights[$1, t] }
      }
      let predictions = predictions(model, row), wide = self.predictions(model, row.map { Double($0) })
      #expect(difference(predictions, expected, factor: 4, scale: Double(p + 1)) == nil)
      #expect(difference(wide, expected, factor: 4, scale: Double(p + 1)) == nil)
      if k == 1 {
        #expect(difference([model.predict(row)], expected, factor: 4, scale: Double(p + 1)) == nil)
      }
    }
  }

  private func predictions<Scalar>(_ model: LinearModel, _ row: [Scalar]) -> [Double]
  where Scalar: BLASScalar {
    var predictions = [Double](repeating: .nan, count: model.targetCount)
    var span = predictions.mutableSpan
    model.predict(row.span, into: &span)
    return predictions
  }

  /// A row's prediction has the same bits whatever rows are around it.
  @Test func rowByRow() {
    var random = SeededGenerator(seed: 8)
    let model = LinearModel(weights: random.normalMatrix(23, 1), intercepts: [0.5])
    let X: Matrix<Double> = random.normalMatrix(37, 23)
    let all = model.predictRowByRow(X)
    for i in 0..<37 { #expect(model.predictRowByRow(Matrix(X[rows: i..<i + 1])) == [all[i]]) }
    #expect(LinearModel(coefficients: [], intercept: 2).predictRowByRow(.zeros(3, 0)) == [2, 2, 2])
  }

  @Test func evaluation() throws {
    let model = LinearModel(coefficients: [1], intercept: 0)
    let evaluation = try model.evaluate([[1], [2], [3], [4]] as Matrix<Double>, [[1], [2], [5], [4]])[0]
    #expect(evaluation.observations == 4)
    #expect(evaluation.residualSumOfSquares == 4)
    #expect(evaluation.totalSumOfSquares == 10)
    #expect(evaluation.rSquared == 0.6)
    #expect(evaluation.meanSquaredError == 1)
    #expect(evaluation.rootMeanSquaredError == 1)
    #expect(evaluation.meanAbsoluteError == 0.5)
    #expect(evaluation.maximumError == 2)
    #expect(try model.evaluate([[1], [2]] as Matrix<Double>, [[3], [3]])[0].rSquared == nil)
  }

  /// A row of weight 2 counts as two rows, one of weight 0 as none.
  @Test func weightedRowsCountAsSoMany() throws {
    var random = SeededGenerator(seed: 5)
    let weights = (0..<40).map { Double($0 % 4) }
    let X = Matrix<Double>(rows: 40, columns: 2) { _, _ in random.nextNormal() }
    let y = Matrix<Double>(rows: 40, columns: 1) { i, _ in
      weights[i] == 0 ? 1e9 : 100 + random.nextNormal()
    }
    let model = LinearModel(coefficients: [0.1, -0.2], intercept: 100)
    let copies = weights.indices.flatMap { Array(repeating: Int32($0), count: Int(weights[$0])) }
    let weighted = try model.evaluate(X, y, weights: weights)[0]
    let repeated = try model.evaluate(X.gathered(copies), y.gathered(copies))[0]
    #expect(weighted.observations == 30 && weighted.weightSum == 60 && repeated.observations == 60)
    for part in [\Evaluation.residualSumOfSquares, \.totalSumOfSquares, \.targetMean, \.meanAbsoluteError] {
      #expect(difference([weighted[keyPath: part]], [repeated[keyPath: part]], factor: 64) == nil)
    }
    #expect(weighted.maximumError == repeated.maximumError)
    #expect(
      difference([weighted.meanSquaredError], [repeated.meanSquaredError], factor: 64) == nil)
    #expect(throws: DataError.negativeWeight(row: 0)) {
      try model.evaluate(X, y, weights: [-1] + weights.dropFirst())
    }
  }

  @Test func evaluationsOfPartsMerge() throws {
    var random = SeededGenerator(seed: 3)
    let n = 300
    let X = Matrix<Double>(rows: n, columns: 2) { _, _ in random.nextNormal() }
    // A mean far from zero: squares around it must not cancel.
    let y = Matrix<Double>(rows: n, columns: 1) { _, _ in 1e6 + random.nextNormal() }
    let model = LinearModel(coefficients: [0.1, -0.2], intercept: 1e6)
    let whole = try model.evaluate(X, y)[0]
    var merged = try model.evaluate(X.gathered(Array(0..<7)), y.gathered(Array(0..<7)))[0]
    for part in [7..<100, 100..<101, 101..<Int32(n)] {
      merged.merge(try model.evaluate(X.gathered(Array(part)), y.gathered(Array(part)))[0])
    }
    #expect(merged.observations == n && merged.maximumError == whole.maximumError)
    func close(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 64 * b.ulp }
    #expect(close(merged.residualSumOfSquares, whole.residualSumOfSquares))
    #expect(abs(merged.totalSumOfSquares - whole.totalSumOfSquares) <= 1e-9 * whole.totalSumOfSquares)
    #expect(close(merged.targetMean, whole.targetMean))
    #expect(close(merged.meanAbsoluteError, whole.meanAbsoluteError))
  }

  /// Parts of unequal size whose mean is the same leave nothing about it.
  @Test func partsOfAConstantTargetHaveNoSpread() throws {
    let model = LinearModel(coefficients: [1], intercept: 0)
    func part(_ n: Int) throws -> Evaluation {
      try model.evaluate(
        Matrix<Double>(rows: n, columns: 1, repeating: 1), Matrix(rows: n, columns: 1, repeating: 0.1))[0]
    }
    var whole = try part(3)
    for n in [7, 11, 1000, 17, 3] { whole.merge(try part(n)) }
    #expect(whole.targetMean == 0.1 && whole.totalSumOfSquares == 0 && whole.rSquared == nil)
  }

  @Test func description() {
    #expect("\(model)" == "y = 4.2 + 2 x0 - 3.4 x1")
    #expect("\(wide)" == "y0 = 10 + 1 x0 + 3 x1\ny1 = 20 + 2 x0 + 4 x1")
    #expect(
      "\(LinearModel(coefficients: Array(repeating: 1, count: 9), intercept: 0))".hasSuffix(
        "+ 1 x7 … (9 features)"))
  }

  @Test func codable() throws {
    let model = LinearModel(coefficients: [0.1, 1 / 3], intercept: -1e-300)
    #expect(try JSONDecoder().decode(LinearModel.self, from: JSONEncoder().encode(model)) == model)
  }

  @Test func damagedCodingIsRefused() {
    for intercepts in ["[]", "[1,2,3]"] {
      let text = #"{"weights":{"rows":2,"columns":2,"elements":[1,2,3,4]},"intercepts":"# + intercepts + "}"
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(LinearModel.self, from: Data(text.utf8))
      }
    }
  }
}
