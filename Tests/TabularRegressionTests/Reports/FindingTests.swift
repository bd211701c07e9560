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
}
