import LinearRegression
import TestSupport
import Testing

/// What comes from outside the program does not end it: shapes and settings that do not fit are thrown.
struct OutsideDataTests {
  let X: Matrix<Double> = [[1, 5], [2, 3], [3, 8], [4, 1], [5, 9]]
  let y: [Double] = [3.9, 7.1, 6.2, 11.8, 10.1]

  private func shapes(_ text: String) -> DataError { .shapes(text) }

  private func setting(_ text: String, _ body: () throws -> Void) {
    let error = #expect(throws: DataError.self) { try body() }
    #expect(error?.description == text)
    if case .setting = error { return }
    Issue.record("\(error as Any) is no error of a setting")
  }

  // MARK: Shapes

  @Test func fitsAndRunsThrowForShapes() throws {
    let short = Array(y.dropLast())
    #expect(throws: shapes("fit: X is 5 × 2 but y is 4 × 1")) { try LeastSquares().fit(X, short) }
    #expect(throws: shapes("fit: X is 5 × 2 but there are 1 weights")) {
      try LeastSquares().fit(X, y, weights: [1])
    }
    #expect(throws: shapes("crossValidate: X is 5 × 2 but y is 4 × 1")) {
      try LeastSquares().crossValidate(X, short, folds: 2)
    }
    #expect(throws: TrainingError.data(shapes("train: X is 5 × 2 but y is 4 × 1"))) {
      try SGD().train(X, short)
    }
    #expect(throws: TrainingError.data(shapes("train: X is 5 × 2 but there are 1 weights"))) {
      try SGD().train(X, y, weights: [1])
    }
    let text = "train: X is 5 × 2 and y is 5 × 1, but X for validation is 5 × 2 and y 4 × 1"
    #expect(throws: TrainingError.data(shapes(text))) {
      try Training(SGD(), X, Matrix(column: y), validation: (X: X, y: Matrix(column: short)))
    }
  }

  @Test func whatTakesRowsThrowsForShapesAndStaysAsItWas() throws {
    var factor = LeastSquares.Factor(features: 2)
    try factor.add(X, y)
    let before = factor
    let text = "add: X is 5 × 2 and y is 5 × 2, but the factor has 2 features and 1 targets"
    #expect(throws: shapes(text)) { try factor.add(X, Matrix(rows: 5, columns: 2, repeating: 1)) }
    #expect(throws: shapes("add: X is 5 × 2 but y is 4 × 1")) { try factor.add(X, Array(y.dropLast())) }
    #expect(throws: shapes("add: X is 5 × 2 but there are 0 weights")) { try factor.add(X, y, weights: []) }
    #expect(factor == before)

    var online = OnlineSGD(features: 2)
    try online.partialFit(X, y)
    let earlier = online
    #expect(throws: DataError.self) { try online.partialFit(X.transposed(), [1, 2]) }
    #expect(throws: shapes("partialFit: X is 5 × 2 but y is 4 × 1")) {
      try online.partialFit(X, Array(y.dropLast()))
    }
    #expect(throws: shapes("partialFit: X is 5 × 2 but there are 0 weights")) {
      try online.partialFit(X, y, weights: [])
    }
    #expect(online == earlier)
  }

  @Test func modelsThrowForShapes() throws {
    let model = LinearModel(coefficients: [2, 3], intercept: 1), fit = try LeastSquares().fit(X, y)
    let row = "predictions: row 1 (counted from 0) has length 3 but the model has 2 features"
    #expect(throws: shapes(row)) { try model.predictions(for: [[1, 2], [1, 2, 3]]) }
    #expect(throws: shapes(row)) { try fit.predictions(for: [[1, 2], [1, 2, 3]]) }
    #expect(throws: shapes(row)) { try fit.predictions(for: [[1, 2], [1, 2, 3]], interval: .confidence) }
    let matrix = "predictions: X is 2 × 5 but the model has 2 features"
    #expect(throws: shapes(matrix)) { try model.predictions(for: X.transposed()) }
    #expect(throws: shapes(matrix)) { try fit.predictions(for: X.transposed()) }
    #expect(throws: shapes("evaluate: X is 5 × 2 but y is 4 × 1")) {
      try model.evaluate(X, Matrix(column: Array(y.dropLast())))
    }
    #expect(throws: shapes("evaluate: X is 5 × 2 but there are 0 weights")) {
      try model.evaluate(X, Matrix(column: y), weights: [])
    }
    let columns = "evaluate: X is 2 × 5 and y is 2 × 1, but the model has 2 features and 1 targets"
    #expect(throws: shapes(columns)) { try model.evaluate(X.transposed(), Matrix(column: [1, 2])) }
  }

  @Test func aTargetThatThereIsNotIsNamed() async throws {
    let fit = try LeastSquares().fit(X, y)
    #expect(throws: shapes("predictions: there is no target 1 (counted from 0) of 1")) {
      try fit.predictions(for: [[1, 2]], interval: .confidence, target: 1)
    }
    #expect(throws: DataError.self) { try fit.predictions(for: [[1, 2]], interval: .confidence, target: -1) }
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let fit = try LeastSquares().fit([[1], [2], [4]] as Matrix<Double>, [1, 2, 3])
      _ = fit.predict([1], interval: .confidence, target: 1)
    }
    #expect(text(result).contains("predict: there is no target 1 (counted from 0) of 1"))
  }

  @Test func numbersOfColumnsBeyondMemoryStopTheProgram() async {
    // 8 · 2⁶¹ bytes are 0 in 64 bits.
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = OnlineSGD(features: 1 << 61)
    }
    #expect(text(result).contains("matrix has more elements than memory can hold"))
  }

  // MARK: Settings

  @Test func settingsAreThrown() throws {
    let penalty = "LeastSquares: a ridge penalty of -1.0; it is a number, 0 or more"
    setting(penalty) { _ = try LeastSquares(ridgePenalty: -1).fit(X, y) }
    var factor = LeastSquares.Factor(features: 2)
    try factor.add(X, y)
    setting(penalty) { [factor] in _ = try factor.solve(LeastSquares(ridgePenalty: -1)) }
    setting("ridgePath: a ridge penalty of -1.0; it is a number, 0 or more") { [factor] in
      _ = try factor.ridgePath([0, -1, .nan])
    }
    setting("crossValidate: a ridge penalty of inf; it is a number, 0 or more") {
      _ = try LeastSquares().crossValidate(X, y, penalties: [.infinity], folds: 2)
    }
    setting("crossValidate: there is no penalty; give at least one") {
      _ = try LeastSquares().crossValidate(X, y, penalties: [], folds: 2)
    }
    setting("crossValidate: 1 folds; there are at least two") {
      _ = try LeastSquares().crossValidate(X, y, folds: 1)
    }
    let fit = try LeastSquares().fit(X, y)
    for level in [2, 0, -1, 1, .nan] as [Double] {
      setting("an interval of level \(level); it is between 0 and 1") {
        _ = try fit.predictions(for: [[1, 2]], interval: .confidence, level: level)
      }
    }
    #expect(throws: DataError.negativeWeight(row: 1)) {
      try fit.predictions(for: [[1, 2], [1, 2]], interval: .prediction, weights: [1, -1])
    }
    #expect(throws: DataError.nonFinite(.weights, row: 0, column: 0)) {
      try fit.predictions(for: [[1, 2]], interval: .prediction, weights: [.nan])
    }
    #expect(throws: shapes("predictions: 1 rows but 2 weights")) {
      try fit.predictions(for: [[1, 2]], interval: .prediction, weights: [1, 1])
    }
  }

  @Test func columnsThatThereAreNotAreThrown() throws {
    var factor = LeastSquares.Factor(features: 2)
    try factor.add(X, y)
    let whole = factor
    for (features, targets) in [([0, 3], [2]), ([-1], [2]), ([0, 2], [2])] {
      let text = "solve: features \(features) and targets \(targets) of 3 columns"
      #expect(throws: shapes(text)) { try whole.solve(features: features, targets: targets) }
    }
  }

  @Test func moreRowsThanCanBeShuffledAreThrown() {
    let n = 1 << 31, X = Matrix<Double>.zeros(n, 0)
    func text(_ method: SGD) -> String {
      do throws(TrainingError) {
        _ = try Training(method, X, X)
        return ""
      } catch {
        return error.description
      }
    }
    #expect(
      text(SGD())
        == "SGD: order is shuffled, and there are 2147483648 rows; up to 2147483647 can be: use shuffledBlocks"
    )
    #expect(
      text(SGD(batchSize: 1 << 30, learningRate: 1, order: .shuffledBlocks))
        == "SGD: batchSize is 1073741824; with shuffledBlocks it is 1073741823 at most")
  }

  /// What is wrong first is named first, and rows as they were given.
  @Test func faultsAreNamedWhereTheyAre() throws {
    let weights: [Double] = [0, 1, 1, 1, -1]
    #expect(throws: DataError.negativeWeight(row: 4)) {
      try LeastSquares().crossValidate(X, y, weights: weights, folds: 2)
    }
    #expect(throws: DataError.nonFinite(.weights, row: 4, column: 0)) {
      try LeastSquares().crossValidate(X, y, weights: [0, 0, 0, 0, .nan], folds: 2)
    }
    #expect(throws: shapes("ridgePath: X is 5 × 2 but y is 1 × 1")) {
      try LeastSquares().ridgePath([1], X, [1])
    }
    setting("ridgePath: a ridge penalty of -1.0; it is a number, 0 or more") {
      _ = try LeastSquares().ridgePath([-1], X, [1])
    }
  }

  // MARK: Predictions

  @Test func checkedPredictionsAreThoseOfEachRow() throws {
    var generator = SeededGenerator(seed: 4)
    let X: Matrix<Double> = generator.normalMatrix(60, 13), y: Matrix<Double> = generator.normalMatrix(60, 2)
    let rows = Array(X.rows)
    let one = try LeastSquares().fit(X, y.columns[0].map { $0 }), two = try LeastSquares().fit(X, y)
    #expect(try one.model.predictions(for: rows).elements == rows.map { one.model.predict($0) })
    #expect(try one.predictions(for: rows).elements == rows.map { one.predict($0) })
    let expected = rows.flatMap { row in
      var own: [Double] = [0, 0], span = own.mutableSpan
      two.model.predict(row.span, into: &span)
      return own
    }
    #expect(try two.model.predictions(for: rows).elements == expected)
    #expect(try two.predictions(for: X) == two.predict(X))
    #expect(try two.model.predictions(for: [] as [[Double]]).shape == Shape(0, 2))
    let floats = try one.model.predictions(for: rows.map { $0.map { Float($0) } })
    #expect(floats.elements == rows.map { one.model.predict($0.map { Float($0) }) })
  }

  @Test func rowsThatAreNotEstimableAreMissing() throws {
    // The third column is the sum of the others.
    let wide = Matrix(rows: 5, columns: 3) { i, j in j < 2 ? X[i, j] : X[i, 0] + X[i, 1] }
    let fit = try LeastSquares().fit(wide, y), rows: [[Double]] = [[1, 2, 3], [1, 2, 4]]
    let predictions = try fit.predictions(for: rows)
    #expect(predictions[0, 0] == fit.model.predict(rows[0]) && predictions[1, 0].isNaN)
    let intervals = try #require(try fit.predictions(for: rows, interval: .confidence))
    #expect(intervals[0] == fit.predict(rows[0], interval: .confidence) && intervals[1].lower.isNaN)
    #expect(
      try LeastSquares(redundancy: .drop).fit(wide[rows: 0..<2], [1, 2] as [Double])
        .predictions(for: rows, interval: .confidence) == nil)
  }

  @Test func intervalsOfManyRowsAreThoseOfEach() throws {
    let fit = try LeastSquares().fit(X, y), rows: [[Double]] = [[1, 2], [-3, 7], [0, 0]]
    let many = try #require(
      try fit.predictions(for: rows, interval: .prediction, level: 0.9, weights: [1, 2, 0]))
    let each = zip(rows, [1.0, 2, 0]).map {
      fit.predict($0, interval: .prediction, level: 0.9, weight: $1)
    }
    #expect(many.map { $0 } as [IntervalPrediction?] == each)
    #expect(many[2].upper == .infinity)
  }
}
