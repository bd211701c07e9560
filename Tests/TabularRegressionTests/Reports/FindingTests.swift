import LinearRegression
import Testing

@testable import TabularRegression

/// What is said under the panels: each fault that is there, and nothing where there is none.
@Suite struct FindingTests {
  private func findings(_ sample: Sample, seed: UInt64, rows: Int = 400) throws -> [Finding] {
    let table = sample.table(seed: seed, rows: rows)
    return Report(
      try FittedModel("y ~ x + z", table), try Diagnostics(try FittedModel("y ~ x + z", table), table)
    )
    .findings.filter(\.isRemarkable)
  }

  @Test(
    arguments: [
      (Sample.funnel, "Scale–location", "The spread grows"),
      (.curvature, "Residuals against fitted values", "bends with the fitted values"),
      (.curvature, "Partial residuals: x", "try poly(x, 2)"),
      (.outlier, "Leverage and influence", "test.csv:135 lies "),
      (.cluster, "Normal quantiles", "Residuals form a second group"),
      (.heavyTail, "Normal quantiles", "The tails are heavier than normal ones"),
      (
        .autocorrelation, "Residuals of neighbouring rows", "Rows that follow each other have residuals alike"
      ),
    ], [1, 2, 3] as [UInt64])
  func faults(planted: (sample: Sample, panel: String, text: String), seed: UInt64) throws {
    let found = try findings(planted.sample, seed: seed)
    #expect(
      found.contains { $0.panel == planted.panel && $0.text.contains(planted.text) },
      "\(found.map { "\($0.panel): \($0.text)" })")
  }

  /// At most one false word on twenty samples, of few rows and of many.
  @Test(arguments: [30, 200, 2000])
  func clean(rows: Int) throws {
    var wrong: [String] = []
    for seed in 0..<20 as Range<UInt64> {
      wrong += try findings(.clean, seed: 1000 + seed, rows: rows).map {
        "\(seed) \($0.panel): \($0.text) \($0.test ?? "")"
      }
    }
    #expect(wrong.count <= 1, "\(wrong)")
  }

  private func remarks(_ formula: String, _ table: Table, on others: Table? = nil) throws -> [String] {
    let model = try FittedModel(formula, table)
    return Report(model, try Diagnostics(model, others ?? table)).findings.filter(\.isRemarkable)
      .map { "\($0.panel): \($0.text)" }
  }

  /// One wrong number in an exact line leaves the others without residuals.
  @Test func theOnlyRowThatIsNotFitted() throws {
    let x = (0..<40).map { Double($0 % 9) }
    for error in [1.0, 5, 50, -20] {
      let y = x.indices.map { 3 * x[$0] + ($0 == 17 ? error : 0) }
      let found = try remarks("y ~ x", Table(["x": x, "y": y]))
      let side = error > 0 ? "above" : "below"
      #expect(found.contains { $0.contains("test.csv:19 lies far \(side) the fit") }, "\(found)")
    }
  }

  /// Of rows that are not of the fit the farthest is named, whatever its leverage would be; clean ones are not remarkable,
  /// and predictions that are too low are said to be that and nothing else.
  @Test func otherRows() throws {
    let fitted = Sample.clean.table(seed: 71, rows: 60), others = Sample.clean.table(seed: 72, rows: 3000)
    #expect(try remarks("y ~ x + z", fitted, on: others) == [])
    func changed(_ change: (Int, Double) -> Double) throws -> Table {
      let y = try others.numbers("y")
      return Table([
        "x": try others.numbers("x"), "z": try others.numbers("z"), "y": y.indices.map { change($0, y[$0]) },
      ])
    }
    let far = try remarks("y ~ x + z", fitted, on: changed { $0 == 1000 ? $1 - 60 : $1 })
    #expect(far.count == 1 && far[0].contains("test.csv:1002 lies") && far[0].contains("below"), "\(far)")
    let low = try remarks("y ~ x + z", fitted, on: changed { $1 + 2 })
    #expect(low.count == 1 && low[0].contains("the predictions are too low"), "\(low)")
  }

  /// Residuals of rows that are sorted by a category of the model are correlated though the errors are not.
  @Test(arguments: [2, 5, 10]) func rowsSortedByLevel(rowsOfLevel: Int) throws {
    let sample = Sample.clean.table(seed: 5, rows: 2000), n = 2000
    let y = try sample.numbers("y"), levels = n / rowsOfLevel
    let table = Table(
      source: "test.csv",
      columns: [
        TableColumn(name: "g", values: .words(.init((0..<n).map { "g\($0 / rowsOfLevel)" }))),
        TableColumn(name: "y", values: .numbers(y)),
      ], rowCount: n, places: RowPlaces(file: "test.csv", firstLine: 2))
    let found = try remarks("y ~ g", table)
    #expect(!found.contains { $0.contains("neighbouring") }, "\(levels) levels: \(found)")
  }

  @Test func noIntercept() throws {
    let sample = Sample.clean.table(seed: 9, rows: 200), x = try sample.numbers("z").map { abs($0) }
    let e = try sample.numbers("y")
    let found = try remarks("y ~ x - 1", Table(["x": x, "y": x.indices.map { 40 + x[$0] + e[$0] / 10 }]))
    #expect(found.contains { $0.contains("the intercept is missing") }, "\(found)")
    #expect(!found.contains { $0.contains("Rows that follow each other") }, "\(found)")
  }

  @Test(arguments: [2, 5]) func fewValues(values: Int) throws {
    let sample = Sample.clean.table(seed: 3, rows: 300), z = try sample.numbers("z")
    let y = z.map { max(0, min(Double(values - 1), ($0 + 1.5).rounded(.down))) }
    let found = try remarks("y ~ x", Table(["x": try sample.numbers("x"), "y": y]))
    #expect(!found.contains { $0.contains("second group") }, "\(found)")
    #expect(found.contains { $0.contains(values == 2 ? "takes two values only" : "values only") }, "\(found)")
  }
}
