import BenchmarkSupport
import LinearRegression

/// The package's paths, each first checked against an independent answer, then timed.
struct Paths {
  private let limits: MachineLimits
  private let table: ResultTable
  private(set) var allAgree = true

  init(_ limits: MachineLimits) {
    self.limits = limits
    table = ResultTable(
      "Paths on all cores, held against the machine",
      columns: [
        .text("path", width: 34), .number("time", width: 8), .number("rate", width: 13),
        .number("of limit", width: 8),
        .number("memory", width: 9),
      ])
  }

  /// What reads X, n × 100, once or a few times.
  mutating func add<Scalar>(_ X: Matrix<Scalar>, using generator: inout SeededGenerator) {
    let (n, p) = (X.rowCount, X.columnCount), size = "\(n) × \(p) \(Scalar.self)"
    let w = Matrix<Scalar>.random(p, 1, using: &generator), b: Matrix<Scalar> = [[0.5]]
    let y = linreg(X, w, b) + Matrix<Scalar>.random(n, 1, using: &generator)
    let bytes = Double(n * p * MemoryLayout<Scalar>.stride)
    let start = Matrix<Scalar>.zeros(p, 1)
    printNow("\(size)")

    let expected = Naive.gradient(X, predictions: Naive.linreg(X, start, b), targets: y)
    path("gradient, one pass", limit: (bytes, limits.readRate)) {
      gradient(X, targets: y, start, b)
    } agrees: {
      Agreement([$0.weights, $0.bias], [expected.weights, expected.bias], terms: n)
    }
    path("linreg", limit: (bytes, limits.readRate)) {
      linreg(X, w, b)
    } agrees: {
      Agreement([Matrix($0[rows: 0..<1000])], [Naive.linreg(Matrix(X[rows: 0..<1000]), w, b)], terms: p)
    }
    let orders: [(RowOrder, String)] = [
      (.inOrder, "in order"), (.shuffledBlocks, "blocks"), (.shuffled, "shuffled"),
    ]
    for (order, name) in orders {
      let method = SGD(
        epochs: 1, batchSize: 256, learningRate: 0.05, order: order, standardize: false,
        measuresDistance: false)
      path("SGD.train, one epoch, \(name)", limit: (bytes, limits.singleReadRate)) {
        try! method.train(X, y).model.weights
      } agrees: {
        // After 3906 steps SGD is where the data come from, but for its noise.
        Agreement([$0], [Matrix<Double>(w)], within: 0.05)
      }
    }
    let measured = SGD(epochs: 1, batchSize: 256, learningRate: 0.05, order: .inOrder, standardize: false)
    path("… in order, with the distance", limit: (bytes, limits.singleReadRate)) {
      try! measured.train(X, y).model.weights
    } agrees: {
      Agreement([$0], [Matrix<Double>(w)], within: 0.05)
    }
    path("SGD().train, to the exact solution", limit: (bytes, limits.singleReadRate)) {
      try! SGD().train(X, y).model.weights
    } agrees: {
      Agreement([$0], [try! LeastSquares().fit(X, y).model.weights], within: 1e-10)
    }
    let model = LinearModel(weights: Matrix<Double>(w), intercepts: [0.5])
    path("LinearModel.predict", limit: (bytes, limits.readRate)) {
      model.predict(X)
    } agrees: {
      Agreement([Matrix($0[rows: 0..<1000])], [Naive.linreg(Matrix(X[rows: 0..<1000]), w, b)], terms: p)
    }
    // Half of a product of matrices, for cross-products are symmetric; twice that for a triangular factor.
    let flops = Double(n) * Double(p * p), gemm = limits.gemmRate[ObjectIdentifier(Double.self)]!
    let rungs: [(String, LeastSquares, Double)] = [
      ("LeastSquares.fit", LeastSquares(), 1),
      ("… one pass", LeastSquares(measuresResidual: false), 1),
      ("… cholesky+refinement", LeastSquares(solver: .refinedCholesky), 1),
      ("… qr, one pass", LeastSquares(solver: .qr, measuresResidual: false), 2),
    ]
    for (name, method, passes) in rungs {
      path(name, limit: (passes * flops, gemm), unit: "GFLOP/s") {
        try! method.fit(X, y).model.weights
      } agrees: {
        Agreement([$0], [Matrix<Double>(w)], within: 0.01)
      }
    }
  }

  /// What is a product of matrices: 64 targets.
  mutating func addManyTargets(using generator: inout SeededGenerator) {
    let n = 200_000, p = 100, k = 64
    printNow("\(n) × \(p) Float, \(k) targets")
    let X = Matrix<Float>.random(n, p, using: &generator), y = Matrix<Float>.random(n, k, using: &generator)
    let w = Matrix<Float>.random(p, k, using: &generator), b = Matrix<Float>.random(1, k, using: &generator)
    let expected = Naive.gradient(X, predictions: Naive.linreg(X, w, b), targets: y)
    let product = 2 * Double(n * p * k), gemm = limits.gemmRate[ObjectIdentifier(Float.self)]!
    path("gradient, one pass", limit: (2 * product, gemm), unit: "GFLOP/s") {
      gradient(X, targets: y, w, b)
    } agrees: {
      Agreement([$0.weights, $0.bias], [expected.weights, expected.bias], terms: n)
    }
    path("linreg", limit: (product, gemm), unit: "GFLOP/s") {
      linreg(X, w, b)
    } agrees: {
      Agreement([Matrix($0[rows: 0..<1000])], [Naive.linreg(Matrix(X[rows: 0..<1000]), w, b)], terms: p)
    }
  }

  /// What minibatch SGD is made of: small steps, steps for many targets, and the shuffle.
  mutating func addSteps(using generator: inout SeededGenerator) {
    printNow("1000 × 2 Float, 2000 steps on 10 rows")
    let X = Matrix<Float>.random(1000, 2, using: &generator),
      w = Matrix<Float>.random(2, 1, using: &generator)
    let y = linreg(X, w, [[0.5]]) + 0.01 * Matrix<Float>.random(1000, 1, using: &generator)
    let steps = SGD(
      epochs: 20, batchSize: 10, learningRate: 0.03, order: .inOrder, standardize: false,
      measuresDistance: false)
    path("SGD.train", limit: (20 * 1000 * 2 * 4, limits.singleReadRate)) {
      try! steps.train(X, y).model.weights
    } agrees: {
      Agreement([$0], [Matrix<Double>(w)], within: 0.02)
    }
    let n = 200_000, p = 100, k = 64
    printNow("\(n) × \(p) Float, \(k) targets, batch 256")
    let wideX = Matrix<Float>.random(n, p, using: &generator),
      wideW = Matrix<Float>.random(p, k, using: &generator)
    let wideY = linreg(wideX, wideW, .zeros(1, k)) + 0.01 * Matrix<Float>.random(n, k, using: &generator)
    let products = 4 * Double(n * p * k),
      gemm = limits.gemmRate[ObjectIdentifier(Float.self)]!
    for (order, name) in [(RowOrder.inOrder, "in order"), (.shuffled, "shuffled")] {
      let method = SGD(
        epochs: 1, batchSize: 256, learningRate: 0.2, order: order, standardize: false,
        measuresDistance: false)
      path("SGD.train, one epoch, \(name)", limit: (products, gemm), unit: "GFLOP/s") {
        try! method.train(wideX, wideY).model.weights
      } agrees: {
        Agreement([$0], [Matrix<Double>(wideW)], within: 0.05)
      }
    }
    printNow("10⁶ rows")
    let numbers = Matrix<Double>(rows: 1_000_000, columns: 1) { i, _ in Double(i) }
    var shuffler = SeededGenerator(seed: 1)
    path("order of a shuffled epoch", limit: (4e6, limits.singleReadRate)) {
      Minibatches(numbers, numbers, size: 256, order: .shuffled, using: &shuffler)
    } agrees: { batches in
      let order = batches.flatMap(\.y.elements)
      return Agreement(
        [Matrix(column: order.sorted())], [numbers], within: order == numbers.elements ? -1 : 0)
    }
  }

  /// What a server does often: a small fit, from arrays.
  mutating func addSmallFits(using generator: inout SeededGenerator) {
    let X = Matrix<Double>.random(1000, 5, using: &generator),
      w = Matrix<Double>.random(5, 1, using: &generator)
    let y = linreg(X, w, [[0.5]]) + Matrix<Double>.random(1000, 1, using: &generator)
    printNow("1000 × 5 Double")
    let methods: [(String, LeastSquares)] = [
      ("LeastSquares.fit, in Double", LeastSquares(precision: .double)),
      ("… in double-double", LeastSquares(precision: .extended)),
    ]
    for (name, method) in methods {
      path(name, limit: (8 * 6 * 1000, limits.readRate)) {
        try! method.fit(X, y).model.weights
      } agrees: {
        Agreement(
          [$0],
          [try! gels(Matrix(rows: 1000, columns: 6) { $1 < 5 ? X[$0, $1] : 1 }, y).solution.firstRows(5)],
          within: 1e-12)
      }
    }
  }

  /// One path: checks the answer, then prints time, rate, share of the limit and peak memory.
  ///
  /// - Parameters:
  ///   - limit: the bytes or operations that the work takes at least, and how many the machine does in a second.
  private mutating func path<Answer>(
    _ name: String, limit: (amount: Double, perSecond: Double), unit: String = "GB/s", _ work: () -> Answer,
    agrees: (Answer) -> Agreement
  ) {
    let first = timed(work)
    let agreement = agrees(first.answer)
    guard agreement.holds else {
      allAgree = false
      return table.row([name, "WRONG, error \(agreement.error) > \(agreement.bound)"])
    }
    let memory = Memory.peak { keep(work()) }
    let seconds = withoutActuallyEscaping(work) { work in
      medianTimes([Contestant(firstCall: first.seconds) { keep(work()) }], share: 0.3, patience: 3)[0]
    }
    let rate = limit.amount / seconds
    table.row([
      name, text(seconds: seconds), "\(text(rate / 1e9)) \(unit)", "\(text(100 * rate / limit.perSecond)) %",
      memory.map { "\(text(Double($0) / 0x1p20)) MB" } ?? "unknown",
    ])
  }
}

extension Matrix {
  fileprivate func firstRows(_ count: Int) -> Matrix { Matrix(self[rows: 0..<count]) }
}
