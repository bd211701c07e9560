import Foundation
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// Fits to texts that have more decimals than Doubles, held against rational numbers; Decimals/decimals.py makes the
/// files.
@Suite struct DecimalsTests {
  static let folder = "\(#filePath.split(separator: "/").dropLast(2).reduce("") { "\($0)/\($1)" })/Decimals"
  static let path = "\(folder)/far.csv"
  /// For each formula or firm the estimates, and standard errors by their names.
  static let fits: [String: [String: [Double]]] = {
    let data = try! Data(contentsOf: URL(fileURLWithPath: "\(folder)/decimals.json"))
    return try! JSONDecoder().decode([String: [String: [Double]]].self, from: data)
  }()

  private func agree(_ actual: [Double?], _ expected: [Double]?, from first: Int = 0) -> Bool {
    let expected = expected?.dropFirst(first) ?? []
    return actual.count == expected.count
      && zip(actual, expected).allSatisfy { a, e in a.map { abs($0 - e) <= 256 * .ulpOfOne * abs(e) } ?? false
      }
  }

  static let estimators: [(estimator: CovarianceEstimator, key: String)] = [
    (.hc0, "HC0"), (.hc1, "HC1"), (.hc2, "HC2"), (.hc3, "HC3"), (.clustered(by: ["team"]), "team"),
    (.neweyWest(lags: 3), "hac"),
  ]

  @Test(arguments: ["y ~ x + z", "y ~ x + z - 1"], estimators.indices)
  func robustErrors(formula: String, index: Int) throws {
    let (estimator, key) = Self.estimators[index], expected = try #require(Self.fits[formula])
    let table = try Table(csv: Self.path), model = try FittedModel(formula, table)
    #expect(agree(model.coefficientStatistics.map(\.estimate), expected["estimates"]))
    #expect(agree(model.coefficientStatistics.map(\.standardError), expected["classical"]))
    let read = try FittedModel(json: model.json)
    #expect(read == model && read.lowModel != nil)
    let reader = try TableReader([Self.path], options: ReadingOptions().keepingDigits())
    for robust in [
      try model.withCovariance(estimator, of: table), try read.withCovariance(estimator, of: table),
      try #require(try FittedModel.withCovariance(estimator, of: [model], reading: reader)?.first),
    ] {
      #expect(agree(robust.coefficientStatistics.map(\.standardError), expected[key]))
    }
  }

  @Test(arguments: ["y ~ x + z | firm", "y ~ x + z | firm + year"])
  func effects(formula: String) throws {
    let expected = try #require(Self.fits[formula]), table = try Table(csv: Self.path)
    func fit(_ estimator: CovarianceEstimator?) throws -> FittedModel {
      try FittedModel.perTarget(Formula(formula), table, covariance: { _ in estimator }, plan: { _ in })[0]
    }
    let model = try fit(nil), robust = try fit(.hc1)
    #expect(agree(model.coefficientStatistics.map(\.estimate), expected["estimates"], from: 1))
    #expect(agree(model.coefficientStatistics.map(\.standardError), expected["classical"], from: 1))
    #expect(agree(robust.coefficientStatistics.map(\.standardError), expected["HC1"], from: 1))
    #expect(model.certificate?.readingLoss == nil)
    for threads in [1, 2, 8] {
      #expect(try Parallelism.$threads.withValue(threads) { try fit(.hc1).json } == robust.json)
    }
  }

  @Test func groups() throws {
    let table = try Table(csv: Self.path)
    for fits in [
      try GroupedFits("y ~ x + z", by: ["firm"], csv: [Self.path]),
      try GroupedFits(Formula("y ~ x + z"), by: ["firm"], table),
    ] {
      #expect(fits.count == 6)
      for fit in fits {
        let expected = try #require(Self.fits[fit.group[0]])
        #expect(agree(fit.coefficients.map(\.estimate), expected["estimates"]))
        #expect(agree(fit.coefficients.map(\.standardError), expected["classical"]))
        #expect(fit.note == nil)
      }
    }
  }

  /// Where the digits of a text are not kept, effects and groups say what that has cost, and no more digits than are
  /// right, but for one that a rounding may leave by chance.
  @Test func lossesAreTold() throws {
    let rounded = try Table(all: TableReader([Self.path], options: ReadingOptions()))
    let whole = try Table(csv: Self.path)
    for (table, formula, column) in [
      (rounded, "y ~ x + z | firm", 2), (rounded, "y ~ x + z | firm + year", 2),
      (whole, "x ~ I(1 * y) + z | firm", 0),
    ] {
      let model = try FittedModel(formula, table), certificate = try #require(model.certificate)
      let exact = try FittedModel(formula.replacing("I(1 * y)", with: "y"), whole)
      let worst = zip(model.model.coefficients, exact.model.coefficients).map { abs($0 / $1 - 1) }.max()!
      #expect(certificate.readingLoss?.column == column)
      #expect(certificate.estimatedDigits <= -log10(worst) + 1 && certificate.estimatedDigits >= 2)
      #expect(model.summary.contains("beside its spread: ") && !model.summary.contains("--precision"))
    }
    // 2⁻²³ / √12 beside a spread of some 0.006.
    for fit in try GroupedFits(Formula("y ~ x + z"), by: ["firm"], rounded) {
      #expect(
        fit.note == "numbers are rounded to Doubles, which leaves y about 5 digits beside its spread")
    }
  }

  /// Residuals and tests of errors are those of the same numbers near zero.
  @Test(arguments: ErrorTest.allCases)
  func testsOfErrors(test: ErrorTest) throws {
    func result(_ prefix: String) throws -> (statistic: Double, residuals: [Double]) {
      let rows = (0..<60).map { i in
        let y = "\(100 + i * 37 % 211 + i).\(100 + i * 29 % 897)",
          x = "\(100 + i * 61 % 97).\(100 + i * 17 % 801)"
        return "\(prefix)\(y),\(prefix)\(x)"
      }
      let table = try Table(csvText: "y,x\n" + rows.joined(separator: "\n"), source: "t.csv")
      let model = try FittedModel("y ~ x", table), rowsOfTest = try ErrorTestRows(test, model, named: "m")
      #expect((model.lowModel == nil) == prefix.isEmpty)
      let found = try rowsOfTest.result(try rowsOfTest.sums(table), source: "t.csv")
      return (found.statistic, try model.diagnosedRows(of: table).map { $0!.residual })
    }
    let near = try result(""), far = try result("1000000000")
    #expect(abs(far.statistic - near.statistic) <= 1e-11 * near.statistic)
    for (a, b) in zip(far.residuals, near.residuals) { #expect(abs(a - b) <= 1e-12) }
  }

  @Test func aDamagedModelIsRefused() throws {
    let model = try FittedModel("y ~ x + z", Table(csv: Self.path))
    var members = try #require(
      try JSONSerialization.jsonObject(with: Data(model.json.utf8)) as? [String: Any])
    members["lowModel"] = ["intercepts": [0], "weights": ["columns": 1, "rows": 1, "elements": [0]]]
    let text = String(decoding: try JSONSerialization.data(withJSONObject: members), as: UTF8.self)
    #expect(throws: TabularError.self) { try FittedModel(json: text) }
  }

  /// Whole numbers that Doubles round.
  @Test func robustErrorsOfLongWholeNumbers() throws {
    func errors(_ first: Int) throws -> [Double?] {
      let rows = (0..<40).map { "\(first + 2 * $0),\($0 * $0 % 17)" }.joined(separator: "\n")
      let table = try Table(csvText: "x,y\n\(rows)", source: "t.csv")
      return try FittedModel("y ~ x", table).withCovariance(.hc3, of: table).coefficientStatistics
        .map(\.standardError)
    }
    let near = try #require(try errors(0)[1]), far = try #require(try errors(9_007_199_254_740_993)[1])
    #expect(abs(far - near) <= 256 * .ulpOfOne * near)
  }

  /// Numbers near zero keep nothing beside the coefficients.
  @Test func plainModelsHaveNoLowParts() throws {
    let table = try Table(csv: "\(Self.folder)/../R/mtcars.csv"),
      model = try FittedModel("mpg ~ wt + hp", table)
    #expect(model.lowModel == nil && model.covariance?.lowMeans == [])
  }

  /// A category with many levels that is taken out of the rows, and a target far from zero in Doubles.
  @Test func manyLevels() throws {
    let n = 900
    func errors(_ offset: Double) throws -> [Double?] {
      let y = (0..<n).map { (row: Int) -> Double in offset + Double(row * 37 % 211 + row % 300 * 3) }
      let x = (0..<n).map { Double($0 * 29 % 101) }, g = (0..<n).map { "g\($0 % 300)" }
      let table = try Table(columns: ["y": .numbers(y), "x": .numbers(x), "g": .words(g)])
      let model = try FittedModel("y ~ x + C(g)", table)
      #expect(model.covariance?.levels != nil && (model.lowModel == nil) == (offset == 0))
      return try model.withCovariance(.hc1, of: table).coefficientStatistics.map(\.standardError)
    }
    let near = try #require(try errors(0)[1]), far = try #require(try errors(0x1p40)[1])
    #expect(abs(far - near) <= 1e-12 * near, "\(far / near - 1)")
  }
}

/// Wald's test of all coefficients does not depend on the columns' units, nor on how near they are to each other.
@Suite struct WaldTestOfAllTests {
  private func f(_ x: String, _ table: Table, _ estimator: CovarianceEstimator) throws -> (
    f: Double?, text: String
  ) {
    let model = try FittedModel("y ~ \(x)", table).withCovariance(estimator, of: table)
    return (model.statistics.fStatistic, model.summary)
  }

  @Test(arguments: [5, 7, 9, 11])
  func nearColumns(exponent: Int) throws {
    let zeros = String(repeating: "0", count: exponent)
    let rows = (0..<80).map { i in
      let x = "0.\(100 + i * 577 % 887)", d = 100 + i * 761 % 883
      return "\(i * 37 % 211 + i),\(x),\(x)\(zeros)\(d),0.\(d),\(i % 20)"
    }
    let table = try Table(csvText: "y,x1,x2,d,c\n" + rows.joined(separator: "\n"), source: "t.csv")
    for estimator in [CovarianceEstimator.hc1, .clustered(by: ["c"])] {
      let near = try #require(try f("x1 + x2", table, estimator).f)
      let plain = try #require(try f("x1 + d", table, estimator).f)
      let unit = pow(10, Double(exponent + 3))
      #expect(abs(near - plain) <= 64 * unit * .ulpOfOne * plain, "\(near / plain - 1)")
    }
  }

  @Test(arguments: [(-300, -300), (150, -150), (-150, 150)])
  func units(x: Int, y: Int) throws {
    func text(_ x: Int, _ y: Int) -> String {
      "y,x,z\n"
        + (0..<80).map { i in "\(i * 37 % 211 + i)e\(y),\(100 + i * 577 % 887)e\(x),\(i * 13 % 29)\n" }
        .joined()
    }
    func model(_ x: Int, _ y: Int) throws -> FittedModel {
      let table = try Table(csvText: text(x, y), source: "t.csv")
      return try FittedModel("y ~ x + z", table).withCovariance(.hc1, of: table)
    }
    let plain = try model(0, 0), scaled = try model(x, y)
    let f = try #require(scaled.statistics.fStatistic), expected = try #require(plain.statistics.fStatistic)
    #expect(abs(f - expected) <= 1e-13 * expected)
    for (row, other) in zip(scaled.coefficientStatistics, plain.coefficientStatistics) {
      let t = try #require(row.tStatistic), expected = try #require(other.tStatistic)
      #expect(abs(t - expected) <= 1e-13 * abs(expected))
    }
  }

  @Test func aLineSaysWhyThereIsNone() throws {
    let rows = (0..<40).map { "\($0 * 37 % 21),\($0),\($0 % 5),\($0 % 4)\n" }.joined()
    let table = try Table(csvText: "y,x,a,b\n" + rows, source: "t.csv")
    // Each dummy has a row alone, which leaves no residual.
    let dummies = (0..<20).map { "\($0 * 37 % 21),\($0 == 3 ? 1 : 0),\($0 == 5 ? 1 : 0)\n" }.joined()
    let alone = try Table(csvText: "y,x,z\n" + dummies, source: "t.csv")
    #expect(
      try f("x + z", alone, .hc1).text.contains("no F of all: the covariance of the coefficients is singular")
    )
    let both = try f("x", table, .clustered(by: ["a", "b"]))
    #expect(both.f != nil || both.text.contains("no F of all: the covariance had negative eigenvalues"))
  }
}
