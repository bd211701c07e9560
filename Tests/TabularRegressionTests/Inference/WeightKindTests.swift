import LinearRegression
import Testing

@testable import TabularRegression

/// What weights mean: a frequency stands for equal rows, a probability asks for robust errors.
@Suite struct WeightKindTests {
  private let counts = [3, 1, 2, 5, 1, 1, 4, 2, 0, 3, 1, 2]
  private let x = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12.5]
  private let z = [4, 1, 3, 9, 2, 7, 7, 1, 5, 6, 2, 8.0]
  private let y = [2.1, 3.9, 6.2, 8.4, 9.1, 12.8, 13.4, 16.9, 1, 20.3, 21.2, 26]
  private let g = ["a", "b", "a", "c", "b", "d", "c", "a", "d", "d", "b", "c"]

  private func table(_ repeats: [Int]? = nil, weights: [Double]? = nil) throws -> Table {
    let rows = x.indices.flatMap { Array(repeating: $0, count: repeats?[$0] ?? 1) }
    return try Table(columns: [
      "x": .numbers(rows.map { x[$0] }), "z": .numbers(rows.map { z[$0] }), "y": .numbers(rows.map { y[$0] }),
      "g": .words(rows.map { g[$0] }),
      "w": .numbers(rows.map { weights?[$0] ?? Double(counts[$0]) }),
    ])
  }

  private func agree(_ a: Double?, _ b: Double?) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    return abs(a - b) <= 1e-11 * abs(b)
  }

  private func frequencies(_ formula: String = "y ~ x + z") throws -> FittedModel {
    try FittedModel(formula, table(), weights: "w", method: LeastSquares(weightKind: .frequency))
  }

  @Test(arguments: [
    "y ~ x + z", "y ~ 0 + x + z", "y ~ x + g", "y ~ poly(x, 2)",
    "y ~ ns(x, knots = c(4, 8), Boundary.knots = c(1, 12.5))",
  ])
  func frequenciesAreEqualRows(formula: String) throws {
    let model = try frequencies(formula), whole = try FittedModel(formula, table(counts))
    #expect(model.observations == 25 && whole.observations == 25)
    let (a, b) = (model.statistics, whole.statistics)
    #expect(a.degreesOfFreedom == b.degreesOfFreedom)
    for (a, b) in [
      (a.residualStandardError, b.residualStandardError), (a.rSquared, b.rSquared),
      (a.adjustedRSquared, b.adjustedRSquared), (a.fStatistic, b.fStatistic),
      (a.logLikelihood, b.logLikelihood), (a.aic, b.aic), (a.bic, b.bic),
    ] { #expect(agree(a, b)) }
    for (a, b) in zip(model.coefficientStatistics, whole.coefficientStatistics) {
      #expect(
        agree(a.estimate, b.estimate) && agree(a.standardError, b.standardError)
          && agree(a.tStatistic, b.tStatistic))
    }
  }

  @Test(arguments: [CovarianceEstimator.hc0, .hc1, .hc2, .hc3, .clustered(by: ["g"])])
  func robustErrorsOfFrequenciesAreThoseOfEqualRows(estimator: CovarianceEstimator) throws {
    let whole = try table(counts)
    let a = try frequencies().withCovariance(estimator, of: table())
    let b = try FittedModel("y ~ x + z", whole).withCovariance(estimator, of: whole)
    for (a, b) in zip(a.coefficientStatistics, b.coefficientStatistics) {
      #expect(agree(a.standardError, b.standardError) && a.degreesOfFreedom == b.degreesOfFreedom)
    }
  }

  @Test func frequenciesAreWholeNumbers() throws {
    var weights = counts.map(Double.init)
    weights[3] = 2.5
    let table = try table(weights: weights)
    let error = try #require(throws: TabularError.self) {
      try FittedModel("y ~ x", table, weights: "w", method: LeastSquares(weightKind: .frequency))
    }
    #expect(
      error.description
        == "table:4:5: column \"w\": 2.5 is no whole number; frequency weights count equal rows")
    #expect(throws: DataError.fractionalWeight(row: 1)) {
      try LeastSquares(weightKind: .frequency).fit([[1], [2], [4]], [1, 2, 3], weights: [1, 1.5, 1])
    }
  }

  /// Frequencies do not count in means, moments and quantiles of all rows, which would be those of other rows.
  @Test(arguments: [
    ("y ~ z + center(x)", "center(x)"), ("y ~ I(2 * scale(x))", "I(2 * scale(x))"),
    ("center(y) ~ x", "center(y)"), ("y ~ x + offset(center(z))", "center(z)"),
    ("y ~ poly(x, 2, raw = FALSE)", "poly(x, 2, raw = FALSE)"), ("y ~ z * ns(x, 3)", "ns(x, 3)"),
    ("y ~ bs(x, df = 5)", "bs(x, df = 5)"), ("y ~ poly(center(x), 2)", "poly(center(x), 2)"),
    ("y ~ x", "the mean that fills a missing field"),
  ])
  func frequenciesGoWithoutNumbersOfAllRows(formula: String, name: String) throws {
    let table = try table(), missing = formula == "y ~ x" ? MissingPolicy.mean : .refuse
    let parsed = try Formula(formula)
    func every(_ kind: WeightKind) -> [() throws -> Void] {
      [
        {
          _ = try FittedModel(
            formula, table, weights: "w", missing: missing, method: LeastSquares(weightKind: kind))
        },
        { _ = try Share(formula, table, weights: "w", weightKind: kind, missing: missing) },
        {
          _ = try DesignSurvey(
            parsed, columns: table.columnNames, weights: "w", weightKind: kind, missing: missing, source: "t")
        },
      ]
    }
    for make in every(.frequency) {
      let error = try #require(throws: TabularError.self) { try make() }
      #expect(
        error.description.contains(
          ": \(name) is computed from all rows, which frequency weights do not count yet; write each row as often as it counts, or "
        ), "\(error)")
    }
    for kind in [WeightKind.analytic, .probability] {
      for make in every(kind) { #expect(throws: Never.self) { try make() } }
    }
  }

  @Test func orderOfTimeGoesWithoutFrequencies() throws {
    #expect(throws: TabularError.self) { try frequencies().withCovariance(.neweyWest(lags: 1), of: table()) }
  }

  @Test func probabilitiesHaveRobustErrorsAlone() throws {
    let table = try table()
    let model = try FittedModel("y ~ x", table, weights: "w", method: LeastSquares(weightKind: .probability))
    #expect(model.coefficientStatistics.allSatisfy { $0.standardError == nil && $0.estimate != nil })
    #expect(model.statistics.fStatistic == nil && model.statistics.aic == nil)
    #expect(throws: TabularError.self) { try model.predictions(from: table, interval: .confidence) }
    let robust = try model.withCovariance(.hc1, of: table)
    let analytic = try FittedModel("y ~ x", table, weights: "w").withCovariance(.hc1, of: table)
    #expect(robust.coefficientStatistics == analytic.coefficientStatistics)
    #expect(try robust.predictions(from: table, interval: .confidence).count == 12)
    #expect(throws: TabularError.self) { try robust.predictions(from: table, interval: .prediction) }
    let again = try FittedModel(json: robust.json)
    #expect(again == robust && again.weightKind == .probability)
  }

  @Test func residualsAreOfRowsOfOneObservation() throws {
    let table = try table(), model = try frequencies()
    #expect(throws: TabularError.self) { try Diagnostics(model, table) }
  }

  /// A count says nothing of the variance of one row.
  @Test func predictionIntervalsOfFrequenciesHaveNoWeights() throws {
    let table = try table(), model = try frequencies(),
      whole = try FittedModel("y ~ x + z", self.table(counts))
    let error = #expect(throws: TabularError.self) {
      try model.predictions(from: table, interval: .prediction, weights: "w")
    }
    #expect(error?.description.contains("the weights of the fit are frequencies") == true)
    #expect(throws: TabularError.self) {
      try FittedModel.predictedRows(
        [model], table, PredictionColumns(interval: .prediction, weights: "w"))
    }
    // Without them the intervals are those of the fit of equal rows.
    let a = try model.predictions(from: table, interval: .prediction)
    let b = try whole.predictions(from: table, interval: .prediction)
    for (a, b) in zip(a, b) { #expect(agree(a.lower, b.lower) && agree(a.upper, b.upper)) }
  }

  /// Of some rows the sum of the frequencies is another, whatever their residuals are.
  @Test func robustErrorsOfFrequenciesNeedAllRows() throws {
    let model = try frequencies()
    let few = try Table(columns: [
      "x": .numbers(Array(x[..<7])), "z": .numbers(Array(z[..<7])), "y": .numbers(Array(y[..<7])),
      "w": .numbers(counts[..<7].map(Double.init)),
    ])
    let error = #expect(throws: TabularError.self) { try model.withCovariance(.hc1, of: few) }
    #expect(
      error?.description
        == "table: the frequencies of the fit add up to 25, and those of these rows to 17; give all that it was fitted to, and no others"
    )
    var share = try CovarianceShare(.hc1, of: model, few)
    #expect(throws: TabularError.self) { try model.withCovariance(share) }
    try share.merge(share)
    #expect(throws: TabularError.self) { try model.withCovariance(share) }
  }

  // MARK: Shares

  private func close(_ a: FittedModel, _ b: FittedModel) -> Bool {
    a.observations == b.observations && a.weightKind == b.weightKind
      && a.statistics.degreesOfFreedom == b.statistics.degreesOfFreedom
      && agree(a.statistics.residualStandardError, b.statistics.residualStandardError)
      && agree(a.statistics.aic, b.statistics.aic) && agree(a.statistics.fStatistic, b.statistics.fStatistic)
      && zip(a.coefficientStatistics, b.coefficientStatistics).allSatisfy {
        agree($0.estimate, $1.estimate) && agree($0.standardError, $1.standardError)
      }
  }

  /// As another process finds it in a file.
  private func share(_ rows: Range<Int>, _ kind: WeightKind, _ formula: String = "y ~ x + z") throws -> Share
  {
    let part = try Table(columns: [
      "x": .numbers(Array(x[rows])), "z": .numbers(Array(z[rows])), "y": .numbers(Array(y[rows])),
      "g": .words(Array(g[rows])), "w": .numbers(rows.map { Double(counts[$0]) }),
    ])
    let bytes = try Share(formula, part, weights: "w", weightKind: kind).fileBytes
    return try Share(RandomAccessFile(bytes, name: "s"))
  }

  @Test(arguments: WeightKind.allCases, ["y ~ x + z", "y ~ x + g"])
  func sharesKnowWhatWeightsMean(kind: WeightKind, formula: String) throws {
    var merged = try share(0..<7, kind, formula)
    #expect(merged.weightKind == kind)
    try merged.merge(share(7..<12, kind, formula))
    let whole = try FittedModel(formula, table(), weights: "w", method: LeastSquares(weightKind: kind))
    #expect(close(try merged.solve(), whole))
    #expect(close(try merged.solve(LeastSquares(weightKind: .analytic)), whole))
    // Robust errors of shares and of the single fit.
    let robust = try merged.solve().withCovariance(.hc1, of: table()),
      other = try whole.withCovariance(.hc1, of: table())
    for (a, b) in zip(robust.coefficientStatistics, other.coefficientStatistics) {
      #expect(agree(a.standardError, b.standardError))
    }
  }

  @Test func sharesOfTwoKindsAreNotMerged() throws {
    var first = try share(0..<7, .frequency)
    let error = try #require(throws: TabularError.self) {
      try first.merge(share(7..<12, .probability), named: "b.share")
    }
    #expect(
      error.description
        == "b.share: the weights are inverse probabilities here and frequencies before; merge shares whose weights mean the same"
    )
    #expect(throws: TabularError.self) { try share(0..<7, .analytic).merged(share(7..<12, .frequency)) }
  }

  /// Steps are judged by as many observations as the frequencies count.
  @Test func selectionCountsFrequencies() throws {
    let equal = try Share("y ~ x + z + g", table(counts)),
      counted = try Share("y ~ x + z + g", table(), weights: "w", weightKind: .frequency)
    for criterion in TermSelection.Criterion.allCases {
      let (a, b) = (try counted.select(by: criterion), try equal.select(by: criterion))
      #expect(a.terms == b.terms && a.steps.count == b.steps.count)
      for (a, b) in zip(a.steps, b.steps) {
        #expect(agree(a.criterion, b.criterion) && a.residualDegreesOfFreedom == b.residualDegreesOfFreedom)
      }
    }
    let probabilities = try Share("y ~ x + z", table(), weights: "w", weightKind: .probability)
    #expect(throws: TabularError.self) { try probabilities.select() }
  }

  /// Parts and ranks too.
  @Test(arguments: [WeightKind.frequency, .probability])
  func partsAndRanksKnowIt(kind: WeightKind) throws {
    let text = RobustCovarianceTests.text(3000).replacing("year", with: "w")
    @Sendable func source(_ part: Part? = nil) throws(TabularError) -> TableReader {
      try TableReader(
        [.memory(Array(text.utf8), name: "t.csv")], options: ReadingOptions(), blockSize: 5000, part: part)
    }
    func saved(_ part: Part?, _ kind: WeightKind) throws -> SavedShare {
      try SavedShare(Formula("y ~ x + firm"), reading: source(part), weights: "w", weightKind: kind) {
        () throws(TabularError) in try source()
      }
    }
    let whole = try saved(nil, kind)
    var part = try saved(Part(2, of: 2), kind)
    try part.merge(saved(Part(1, of: 2), kind), named: "a")
    guard case .whole(let a) = whole, case .whole(let b) = try part.finished(named: "b") else {
      Issue.record("a part")
      return
    }
    #expect(a.fileBytes == b.fileBytes && a.weightKind == kind)
    #expect(throws: TabularError.self) {
      var other = try saved(Part(1, of: 2), .analytic)
      try other.merge(saved(Part(2, of: 2), kind), named: "b")
    }
    let outcomes = LocalRanks.run(3) { (ranks) throws(TabularError) -> Share? in
      let part = try source(ranks.part)
      try ranks.locate(.text(part))
      return try Share(
        Formula("y ~ x + firm"), on: ranks, part: part, whole: { () throws(TabularError) in try source() },
        weights: "w", weightKind: kind)
    }
    #expect(try outcomes[0].get() == a)
  }
}

extension Share {
  fileprivate func merged(_ other: Share) throws -> Share {
    var share = self
    try share.merge(other)
    return share
  }
}
