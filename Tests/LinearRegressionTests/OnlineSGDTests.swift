import Foundation
import LinearRegression
import TestSupport
import Testing

@Suite struct OnlineSGDTests {
  @Test func followsAStreamOfAwkwardColumns() throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      var generator = SeededGenerator(seed: 60)
      var online = OnlineSGD(features: 3, targets: 2)
      #expect(online.model.predict([[1, 2, 3]] as Matrix<Double>) == [[0, 0]])
      var errors: [Double] = []
      for _ in 0..<2000 {
        let z: Matrix<Double> = generator.normalMatrix(16, 3)
        // Offsets and sizes that plain SGD would run away from.
        let X = Matrix<Scalar>(rows: 16, columns: 3) { i, j in
          Scalar([1000, -5, 0][j] + z[i, j] * [100, 0.01, 1][j])
        }
        let y = Matrix<Scalar>(rows: 16, columns: 2) { i, t in
          Scalar((t == 0 ? z[i, 0] - z[i, 1] + 7 : 1000 * z[i, 2]) + 0.1 * generator.nextNormal())
        }
        try online.partialFit(X, y)
        errors.append(try online.model.evaluate(X, y)[0].rootMeanSquaredError)
      }
      #expect(online.rows == 32_000 && online.steps == 2000)
      #expect(errors.suffix(100).reduce(0, +) / 100 < 0.12)  // the noise is 0.1
      #expect(abs(online.model.weights[0, 0] - 0.01) < 1e-4)
      #expect(abs(online.model.weights[1, 0] + 100) < 2)
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test func movingScalesLeaveTheModelWhatItIs() throws {
    var generator = SeededGenerator(seed: 61)
    var online = OnlineSGD(features: 1)
    for batch in 0..<300 {
      // The column drifts, the relation stays.
      let X = Matrix<Double>(rows: 20, columns: 1) { _, _ in Double(batch) + generator.nextNormal() }
      try online.partialFit(X, Matrix(rows: 20, columns: 1) { i, _ in 2 * X[i, 0] + 1 })
    }
    #expect(abs(online.model.predict([299.0]) - 599) < 1)
  }

  @Test func aBadBatchChangesNothing() throws {
    var generator = SeededGenerator(seed: 62)
    var online = OnlineSGD(features: 2)
    try online.partialFit(generator.normalMatrix(8, 2, of: Double.self), generator.normalMatrix(8, 1))
    let before = online
    #expect(throws: DataError.nonFinite(.features, row: 1, column: 0)) {
      try online.partialFit([[1, 2], [.nan, 3]] as Matrix<Double>, [[1], [2]])
    }
    #expect(throws: DataError.negativeWeight(row: 0)) {
      try online.partialFit([[1, 2]] as Matrix<Double>, [[1]], weights: [-1])
    }
    #expect(throws: DataError.self) {
      try online.partialFit([[1e300, 2], [-1e300, 3]] as Matrix<Double>, [[1], [2]])
    }
    try online.partialFit(Matrix<Double>.zeros(0, 2), .zeros(0, 1))
    try online.partialFit([[5, 6]] as Matrix<Double>, [[1]], weights: [0])
    #expect(online == before)
    // It comes back as it is, or not at all.
    let text = String(decoding: try JSONEncoder().encode(online), as: UTF8.self)
    for (from, to) in [
      ("\"features\":2", "\"features\":9"), ("\"targets\":1", "\"targets\":2"), ("\"rows\":", "\"rows\":-"),
    ] {
      #expect(text.contains(from))
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(OnlineSGD.self, from: Data(text.replacing(from, with: to).utf8))
      }
    }
    #expect(try JSONDecoder().decode(OnlineSGD.self, from: JSONEncoder().encode(online)) == online)
  }

  /// Batches that are small against the number of columns, and rows far out: the step is as small as each batch asks
  /// for.
  @Test(arguments: [(20, 1), (100, 1), (200, 8), (50, 8), (300, 32)])
  func staysStableOnSmallBatches(p: Int, b: Int) throws {
    var generator = SeededGenerator(seed: 64)
    var online = OnlineSGD(features: p)
    // Some batches many times, in another order each time.
    let pool: [Matrix<Double>] = (0..<100).map { _ in generator.normalMatrix(b, p) }
    for batch in 0..<1500 {
      let Z = pool[generator.nextInteger(below: 100)], X = batch % 500 == 499 ? 100 * Z : Z
      try online.partialFit(X, Matrix(rows: b, columns: 1) { i, _ in X[i, 0] + 0.1 * generator.nextNormal() })
    }
    #expect(online.model.coefficients.allSatisfy { abs($0) < 2 })
    #expect(abs(online.model.coefficients[0] - 1) < 0.5)
  }

  @Test func weightsCount() throws {
    var generator = SeededGenerator(seed: 63)
    var online = OnlineSGD(features: 1)
    for _ in 0..<500 {
      let X: Matrix<Double> = generator.normalMatrix(20, 1)
      // Two lines; the rows of one count nine times as much.
      let y = Matrix<Double>(rows: 20, columns: 1) { i, _ in i < 10 ? X[i, 0] : -X[i, 0] }
      try online.partialFit(X, y, weights: (0..<20).map { $0 < 10 ? 9 : 1 })
    }
    #expect(abs(online.model.coefficients[0] - 0.8) < 0.05)
  }
}
