import TabularRegression
import TestSupport
import Testing

@Suite struct RedundancyTests {
  /// total = ground + upper; storeys is 2 everywhere; again is ground.
  static let text = """
    ground,upper,total,storeys,again,price
    50,30,80,2,50,160
    60,20,80,2,60,171
    70,45,115,2,70,228
    40,45,85,2,40,165
    90,10,100,2,90,217
    55,35,90,2,55,183
    """

  let table: Table
  init() throws { table = try Table(csvText: Self.text, source: "homes.csv") }

  @Test func redundantColumnsAreLeftOutAndNamed() throws {
    let model = try FittedModel("price ~ .", table)
    let kept = try FittedModel("price ~ ground + upper", table)
    #expect(difference(Array(model.model.coefficients.prefix(2)), kept.model.coefficients, factor: 64) == nil)
    #expect(Array(model.model.coefficients.suffix(3)) == [0, 0, 0])
    #expect(
      model.coefficientStatistics.map { $0.estimate == nil } == [false, false, false, true, true, true])
    #expect(model.coefficientStatistics.suffix(3).allSatisfy { $0.standardError == nil && $0.pValue == nil })
    #expect(model.certificate?.redundant.map(\.feature) == [2, 3, 4])
    #expect(
      model.summary.contains(
        """
        total         -           -         -             -
        storeys       -           -         -             -
        again         -           -         -             -

        total = ground + upper: left out
        storeys = 2: left out
        again = ground: left out

        residual
        """))
    // Kept rows are predicted from what was not left out.
    let row = try Table(
      csvText: "ground,upper,total,storeys,again\n50,30,1e9,7,-3\n", source: "new.csv")
    #expect(try model.predictions(from: row, interval: .prediction)[0].prediction.isNaN)
    let interval = try model.predictions(from: row, interval: .prediction, unestimable: .keep)[0]
    let expected = try kept.predictions(from: row, interval: .prediction)[0]
    #expect(
      difference([interval.lower, interval.upper], [expected.lower, expected.upper], factor: 256) == nil)
    let folder = TemporaryFolder()
    try model.write(to: folder.path("m.json"))
    let saved = try FittedModel(contentsOf: folder.path("m.json"))
    #expect(saved == model)
    #expect(saved.summary == model.summary)
    #expect(try saved.predictions(from: row, interval: .prediction, unestimable: .keep)[0] == interval)
  }

  @Test func orTheFitIsRefused() throws {
    #expect(
      throws: TabularError.rankDeficient(
        file: "homes.csv", dependencies: ["total = ground + upper", "storeys = 2", "again = ground"])
    ) {
      try FittedModel("price ~ .", table, method: LeastSquares(redundancy: .refuse))
    }
    _ = try FittedModel("price ~ ground + upper", table, method: LeastSquares(redundancy: .refuse))
  }

  @Test func orAllStayWithLeastNorm() throws {
    let model = try FittedModel("price ~ .", table, method: LeastSquares(redundancy: .minimumNorm))
    let kept = try FittedModel("price ~ ground + upper", table)
    #expect(model.coefficientStatistics.allSatisfy { $0.estimate != nil && $0.standardError == nil })
    #expect(
      difference(try model.predictions(from: table), try kept.predictions(from: table), factor: 64) == nil)
    #expect(
      model.summary.contains("\nof all solutions this is the one of least norm in standardised units\n"))
    #expect(
      throws: TabularError.noIntervals(
        reason: "it is the solution of least norm of columns that depend on each other")
    ) {
      try model.predictions(from: table, interval: .confidence)
    }
  }

  @Test func fewerRowsThanColumns() throws {
    let table = try Table(csvText: "a,b,c,y\n1,5,2,3\n2,3,9,4\n", source: "short.csv")
    let model = try FittedModel("y ~ .", table)
    #expect(model.certificate?.rank == 2)
    #expect(model.coefficientStatistics.map { $0.estimate == nil } == [false, false, true, true])
    #expect(model.statistics.degreesOfFreedom == 0)
    #expect(difference(try model.predictions(from: table), [3, 4], factor: 8) == nil)
    #expect(
      model.summary.contains(
        "\nb = 7 - 2 a: left out\nc = -5 + 7 a: left out\nthere are fewer rows than coefficients\n"))
    #expect(throws: TabularError.noIntervals(reason: "its fit has as many coefficients as rows")) {
      try model.predictions(from: table, interval: .confidence)
    }
    let folder = TemporaryFolder()
    try model.write(to: folder.path("m.json"))
    #expect(try FittedModel(contentsOf: folder.path("m.json")) == model)
  }

  @Test func manyDependenciesAreCounted() throws {
    let names = (0..<15).map { "x\($0)" }
    let rows = ["1", "2", "4"].map { v in names.map { _ in v }.joined(separator: ",") + ",\(v)7" }
    let table = try Table(
      csvText: ([names.joined(separator: ",") + ",y"] + rows).joined(separator: "\n"), source: "t")
    #expect(try FittedModel("y ~ .", table).summary.contains("x10 = x0: left out\nand 4 more\n"))
    #expect(
      "\(TabularError.rankDeficient(file: "t", dependencies: ["b = a", "c = a", "d = a", "e = a", "f = a"]))"
        == "t: columns depend on others: b = a, c = a, d = a and 2 more; leave them out")
  }
}
