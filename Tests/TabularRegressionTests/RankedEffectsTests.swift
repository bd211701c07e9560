import LinearAlgebra
import LinearRegression
import Testing

@testable import TabularRegression

/// Effects behind a bar, and fits of groups, of rows that ranks read in parts: the bits of one process.
@Suite struct RankedEffectsTests {
  private static let text = RobustCovarianceTests.text(2500)

  @Sendable private static func source(_ part: Part? = nil) throws(TabularError) -> TableReader {
    try TableReader(
      [.memory(Array(text.utf8), name: "t.csv")], options: ReadingOptions(categories: ["firm", "year"]),
      blockSize: 5000, part: part)
  }

  private func expectBitsOfOneProcess(
    _ formula: String, weights: String? = nil, keepsSingletons: Bool = false,
    _ estimator: CovarianceEstimator? = nil
  ) throws {
    func alone(threads: Int) throws -> [FittedModel] {
      try Parallelism.$threads.withValue(threads) {
        try FittedModel.perTarget(
          Formula(formula), reading: Self.source(), weights: weights, keepsSingletons: keepsSingletons,
          covariance: { _ in estimator })
      }
    }
    let one = try alone(threads: 1)
    #expect(one[0].effects != nil && (one[0].robustCovariance != nil) == (estimator != nil))
    for threads in [2, 8] { #expect(try alone(threads: threads) == one) }
    for size in [2, 5] {
      let outcomes = LocalRanks.run(size) { (ranks) throws(TabularError) -> [FittedModel]? in
        let part = try Self.source(ranks.part)
        try ranks.locate(.text(part))
        return try FittedModel.perTarget(
          Formula(formula), on: ranks, part: part, whole: { () throws(TabularError) in try Self.source() },
          weights: weights, keepsSingletons: keepsSingletons, covariance: { _ in estimator })
      }
      #expect(try outcomes[0].get() == one, "\(formula) on \(size) ranks")
      for other in outcomes.dropFirst() { #expect(try other.get() == nil) }
    }
  }

  @Test(arguments: [
    "y ~ x + z | firm", "y ~ x*z | firm + year", "cbind(y, z) ~ x | firm^year",
    "y ~ scale(x) + I(z^2) | firm",
  ])
  func effects(formula: String) throws { try expectBitsOfOneProcess(formula) }

  @Test(arguments: [CovarianceEstimator.hc1, .clustered(by: ["firm", "year"]), .neweyWest(lags: 3)])
  func effectsWithErrors(estimator: CovarianceEstimator) throws {
    try expectBitsOfOneProcess("y ~ x + z | firm + year", estimator)
    try expectBitsOfOneProcess("y ~ x | firm^year", weights: "z", keepsSingletons: true, estimator)
  }

  /// What rank 0 finds wrong ends all: levels that determine everything, errors that are not formed.
  @Test func faultsEndAllRanks() throws {
    func outcome(
      _ formula: String, method: LeastSquares = LeastSquares(measuresResidual: true),
      _ estimator: CovarianceEstimator? = nil, size: Int
    ) -> [Result<[FittedModel]?, TabularError>] {
      LocalRanks.run(size) { (ranks) throws(TabularError) in
        let part = try Self.source(ranks.part)
        try ranks.locate(.text(part))
        return try FittedModel.perTarget(
          Formula(formula), on: ranks, part: part, whole: { () throws(TabularError) in try Self.source() },
          method: method, covariance: { _ in estimator })
      }
    }
    for (formula, method, estimator) in [
      ("y ~ x | firm", LeastSquares(), CovarianceEstimator.hc3),
      ("y ~ x | firm", LeastSquares(ridgePenalty: 1), nil),
      ("y ~ x + I(2 * x) | firm", LeastSquares(redundancy: .refuse), nil),
      ("y ~ q | firm", LeastSquares(), nil),
      ("y ~ log(x - 5) | firm", LeastSquares(), nil), ("y ~ x | firm", LeastSquares(), .clustered(by: ["q"])),
    ] {
      let alone = outcome(formula, method: method, estimator, size: 1)[0]
      guard case .failure(let error) = alone else {
        Issue.record("no error of \(formula)")
        continue
      }
      let all = outcome(formula, method: method, estimator, size: 3)
      #expect(throws: error) { try all[0].get() }
      for other in all.dropFirst() { #expect(throws: TabularError.elsewhere) { try other.get() } }
    }
  }

  @Test(
    arguments: ["y ~ x + z", "y ~ x + I(z > 0.5)", "y ~ scale(x) + bs(z, 4)"], [["firm"], ["year", "firm"]])
  func groups(formula: String, by columns: [String]) throws {
    func table(_ fits: GroupedFits) -> [String] {
      fits.map { fit in
        "\(fit.group) \(fit.observations) \(fit.note ?? "") "
          + fit.coefficients.map { "\($0.estimate ?? -1) \($0.standardError ?? -1)" }.joined(separator: " ")
      }
    }
    let alone = try #require(try GroupedFits(Formula(formula), by: columns, reading: Self.source()))
    #expect(alone.count > 100)
    for size in [2, 5] {
      let outcomes = LocalRanks.run(size) { (ranks) throws(TabularError) -> GroupedFits? in
        let part = try Self.source(ranks.part)
        try ranks.locate(.text(part))
        return try GroupedFits(Formula(formula), by: columns, reading: part, on: ranks)
      }
      let fits = try #require(try outcomes[0].get())
      #expect(table(fits) == table(alone) && fits.terms == alone.terms)
      for other in outcomes.dropFirst() { #expect(try other.get() == nil) }
    }
  }

  /// A fault in the rows of the last rank is known to those whose rows were taken before.
  @Test func aFaultOfTheLastRankEndsAll() throws {
    let text = Self.text + "1,oops,f1,2001,2\n"
    @Sendable func source(_ part: Part? = nil) throws(TabularError) -> TableReader {
      try TableReader(
        [.memory(Array(text.utf8), name: "t.csv")], options: ReadingOptions(categories: ["firm"]),
        blockSize: 5000, part: part)
    }
    @Sendable func open(_ ranks: LocalRanks) throws(TabularError) -> TableReader {
      let part = try source(ranks.part)
      try ranks.locate(.text(part))
      return part
    }
    let effects = LocalRanks.run(3) { (ranks) throws(TabularError) in
      _ = try FittedModel.perTarget(
        Formula("y ~ x + z | firm"), on: ranks, part: open(ranks),
        whole: { () throws(TabularError) in try source() })
    }
    let groups = LocalRanks.run(3) { (ranks) throws(TabularError) in
      _ = try GroupedFits(Formula("y ~ x + z"), by: ["firm"], reading: open(ranks), on: ranks)
    }
    for outcomes in [effects, groups] {
      let error = try #require(throws: TabularError.self) { try outcomes[0].get() }
      #expect("\(error)".hasPrefix("t.csv:2502:2: column \"z\": \"oops\""))
      for other in outcomes.dropFirst() { #expect(throws: TabularError.elsewhere) { try other.get() } }
    }
  }
}
