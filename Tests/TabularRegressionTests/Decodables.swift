import Foundation
@testable import LinearRegression
@testable import TabularRegression

/// What decodes can be used: for every public type that decodes, what a program does with its values.
///
/// `make fuzz` gives it damaged JSON, ``DecodablesTests`` the seeds of that.
enum Decodables {
  /// By the name of the seeds' folder in Fuzz/Corpus.
  static let uses: [String: @Sendable (Data) -> Bool] = [
    "matrix": target(of: Matrix<Double>.self, use),
    "matrix-float": target(of: Matrix<Float>.self, use),
    "model-linear": target(of: LinearModel.self, use),
    "factor": target(of: LeastSquares.Factor.self, use),
    "covariance": target(of: UnscaledCovariance.self, use),
    "robust-covariance": target(of: RobustCovariance.self) { robust in
      let fit = try LeastSquares().fit(X, y)
      guard robust.inner.rowCount == fit.covariance?.coordinateCount else { return }
      _ = (fit.coefficientStatistics(robust).map(\.pValue), robust.estimator.clusters)
    },
    "covariance-share": target(of: CovarianceShare.self) { share in
      let rows = try Table(columns: [
        "a": .numbers(X.rows.map { $0[0] }), "y": .numbers(y), "g": .words(["p", "q", "p", "q", "r"]),
      ])
      let model = try FittedModel("y ~ a", rows)
      _ = (share.observations, share.missingText, try? model.withCovariance(share))
      var merged = share
      try? merged.merge(share)
      _ = try? model.withCovariance(merged)
      try merged.merge(CovarianceShare(share.estimator, of: model, rows))
      _ = try model.withCovariance(merged)
    },
    "least-squares": target(of: LeastSquares.self) { use(try $0.fit(X, y)) },
    "online": target(of: OnlineSGD.self, use),
    "sgd": target(of: SGD.self) { try use(Training($0, X, y)) },
    "training-state": target(of: TrainingState.self) {
      let training = try Training($0.method, X, y)
      try training.restore($0)
      try use(training)
    },
    "training-run": target(of: TrainingRun.self, use),
    "learning-rate": target(of: LearningRate.self) {
      for count in [0, 1, 1 << 40] { _ = $0.rate(step: count, epoch: count, of: count) }
      _ = $0.description
    },
    "certificate": target(of: Certificate.self) { _ = $0.redundant.map(\.description) },
    "statistics": target(of: FitStatistics.self) { _ = $0.degreesOfFreedom },
    "report": target(of: EpochReport.self) { _ = $0.epoch },
    "generator": target(of: SeededGenerator.self) {
      var generator = $0
      _ = (generator.nextInteger(below: 10), generator.nextNormal(), generator.nextUniform())
    },
    "error": target(of: TabularError.self) { _ = $0.description },
    "diagnostics": target(of: Diagnostics.self) {
      let rows = try Table(columns: [
        "a": .numbers(X.rows.map { $0[0] }), "b": .numbers(X.rows.map { $0[1] }), "y": .numbers(y),
      ])
      _ = Report(try FittedModel("y ~ a + b", rows), $0).html
    },
    "choices": target(of: Choices.self) { _ = [$0.averaging?.description, $0.missing?.description] },
  ]

  /// The types that have a few values each.
  private struct Choices: Codable {
    var averaging: SGD.Averaging?
    var missing: MissingPolicy?
    var order: RowOrder?
    var precision: LeastSquares.Precision?
    var redundancy: LeastSquares.RedundancyPolicy?
    var rung: Certificate.Solver?
    var solver: LeastSquares.Solver?
    var stopReason: StopReason?
    var term: Redundancy.Term?
    var weightKind: WeightKind?
  }

  /// Decodes a value, encodes it to the same text again and again, and uses it. Errors are no fault. Says whether it
  /// decoded.
  private static func target<Value: Codable & SendableMetatype>(
    of _: Value.Type, _ use: @escaping @Sendable (Value) throws -> Void
  ) -> @Sendable (Data) -> Bool {
    { json in
      guard let value = try? decoder.decode(Value.self, from: json) else { return false }
      comesBack(value)
      try? use(value)
      return true
    }
  }

  private static func comesBack<Value: Codable>(_ value: Value) {
    let text = try! encoder.encode(value)
    let again = try! encoder.encode(try! decoder.decode(Value.self, from: text))
    precondition(again == text, "what is encoded decodes to something else")
  }

  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }

  // MARK: Uses

  static let X: Matrix<Double> = [[1, 5], [2, 3], [3, 8], [4, 1], [5, 9]]
  static let y: [Double] = [3.9, 7.1, 6.2, 11.8, 10.1]

  /// No larger than this are rows made for a value.
  private static let mostColumns = 4096

  private static func rows(_ count: Int, _ columns: Int) -> Matrix<Double> {
    Matrix(rows: count, columns: columns) { Double(($0 + 1) * ($1 + 2) % 7) }
  }

  @Sendable private static func use<Scalar>(_ matrix: Matrix<Scalar>) {
    _ = (matrix.transposed(), matrix.description, Matrix<Float>(matrix), matrix.columnMeans())
    _ = gemv(matrix, Array(repeating: 1, count: matrix.columnCount))
  }

  @Sendable private static func use(_ model: LinearModel) throws {
    _ = model.description
    let (p, k) = (model.featureCount, model.targetCount)
    if p + k > mostColumns { return }
    let X = rows(3, p)
    _ = (model.predict(X), try model.predictions(for: X.rows.map { $0.map { Float($0) } }))
    _ = try model.evaluate(X, rows(3, k), weights: [1, 0, 2])
  }

  @Sendable private static func use(_ factor: LeastSquares.Factor) {
    let (p, k) = (factor.features, factor.targets)
    if p + k > mostColumns { return }
    for method in [
      LeastSquares(), LeastSquares(intercept: false), LeastSquares(redundancy: .minimumNorm),
      LeastSquares(solver: .svd), LeastSquares(ridgePenalty: 1),
    ] {
      if let fit = try? factor.solve(method) { use(fit) }
    }
    if let fits = try? factor.ridgePath([0, 1e-3, 1]) { fits.forEach(use) }
    var more = factor
    try? more.add(rows(3, p), rows(3, k), weights: [1, 0, 2])
    try? more.merge(factor)
    try? more.merge(LeastSquares.Factor(features: p, targets: k))
    if let fit = try? more.solve() { use(fit) }
  }

  @Sendable private static func use(_ fit: LeastSquaresFit) {
    let row = Array(rows(1, fit.model.featureCount).elements)
    _ = (fit.description, fit.isEstimable(row), fit.leverage(row), fit.varianceInflationFactors)
    _ = fit.predict(rows(2, row.count))
    for target in 0..<fit.model.targetCount {
      for line in fit.coefficientStatistics(target: target) { _ = (line.pValue, line.confidenceInterval()) }
      _ = try? fit.predictions(for: [row], interval: .prediction, target: target)
    }
  }

  @Sendable private static func use(_ covariance: UnscaledCovariance) {
    for columns in [0, 1, 3, 8] {
      _ = try? covariance.leverages(for: [Array(rows(1, columns).elements)])
      _ = covariance.varianceInflationFactors(of: columns)
    }
  }

  @Sendable private static func use(_ online: OnlineSGD) throws {
    let (p, k) = (online.features, online.targets)
    if p + k > mostColumns { return }
    try use(online.model)
    var next = online
    for weights in [nil, [1, 0, 2]] as [[Double]?] {
      try next.partialFit(rows(3, p), rows(3, k), weights: weights)
    }
    try use(next.model)
  }

  private static func use(_ training: Training<Matrix<Double>>) throws {
    _ = try training.advance(rows: 2)
    comesBack(training.state)
    for _ in 0..<5 { _ = try training.next() }
    comesBack(training.state)
    let run = try training.run()
    comesBack(run)
    try use(run)
  }

  @Sendable private static func use(_ run: TrainingRun) throws {
    try use(run.model)
    if let exact = run.exact { _ = try exact.predictions(for: rows(2, run.model.featureCount)) }
    let names = (0..<run.model.featureCount).map { "x\($0)" }
    for redundancy in run.redundant {
      _ = (redundancy.description, names[redundancy.feature], redundancy.dependsOn.map { names[$0.feature] })
    }
    _ = run.epoch == 0 ? nil : run.epochs[run.epoch - 1]
  }
}
