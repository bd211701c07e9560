import Foundation
import LinearRegression
import Testing

@testable import TabularRegression

/// Leverages, residuals, Cook's distances and quantiles are R's, to 10 digits; R/diagnostics.R makes the file.
@Suite struct DiagnosticsByRTests {
  struct Fit: Decodable, Sendable, CustomTestStringConvertible {
    let data: String
    let formula: String
    let weights: String?
    /// Counted from 1.
    let rows: [Int]
    let leverages: [Double]
    let standardized: [Double]
    let studentized: [Double]
    let cooks: [Double]
    let quantiles: [Double]
    let normal: [Double]
    let koenker: Double
    let koenkerStandardized: Double
    let durbinWatson: Double
    let reset: Double?
    var testDescription: String { "\(data): \(formula)" }
  }

  static let fits: [Fit] = {
    let data = try! Data(contentsOf: URL(fileURLWithPath: "\(FormulasByRTests.folder)/diagnostics.json"))
    return try! JSONDecoder().decode([Fit].self, from: data)
  }()

  private func difference(_ actual: [Double?], _ expected: [Double]) -> String? {
    if actual.count != expected.count { return "\(actual.count) values instead of \(expected.count)" }
    let scale = expected.reduce(0) { max($0, abs($1)) }
    for (index, (a, e)) in zip(actual, expected).enumerated() {
      guard let a, abs(a - e) <= 1e-10 * max(abs(e), 1e-3 * scale) else {
        return "value \(index): \(a ?? .nan), not \(e)"
      }
    }
    return nil
  }

  @Test(arguments: fits)
  func agree(fit: Fit) throws {
    let formula = try Formula(fit.formula)
    let path =
      fit.data == "diabetes"
      ? "\(FormulasByRTests.folder)/../../../Examples/Diabetes/diabetes.csv"
      : "\(FormulasByRTests.folder)/\(fit.data).csv"
    let table = try Table(csv: path, categories: formula.categories)
    let model = try FittedModel(formula, table, weights: fit.weights, missing: .drop)
    let diagnostics = try Diagnostics(model, table)
    #expect(diagnostics.isOfFit && diagnostics.isStandardized)
    let top = diagnostics.influentialRows
    #expect(top.map(\.line) == fit.rows.map { table.places[$0 - 1].line })
    #expect(difference(top.map(\.leverage), fit.leverages) == nil)
    #expect(difference(top.map(\.standardizedResidual), fit.standardized) == nil)
    #expect(difference(top.map(\.studentizedResidual), fit.studentized) == nil)
    #expect(difference(top.map(\.cooksDistance), fit.cooks) == nil)
    #expect(difference(diagnostics.quantiles.map(\.residual), fit.quantiles) == nil)
    #expect(difference(diagnostics.quantiles.map(\.normal), fit.normal) == nil)
    #expect(difference([diagnostics.moments.durbinWatson], [fit.durbinWatson]) == nil)
    let correlation = try #require(diagnostics.squaresByFitted.correlation)
    #expect(difference([Double(diagnostics.observations) * correlation * correlation], [fit.koenker]) == nil)
    // The report's is of residuals with their own standard deviations.
    let spread = try #require(diagnostics.spreadTest)
    #expect(difference([spread.p], [ChiSquared.upperP(fit.koenkerStandardized, freedom: 1)]) == nil)
    // The powers are those of the middle of 256 bins.
    if let reset = fit.reset {
      let curve = try #require(diagnostics.meanCurve())
      let explained = curve.terms[2] + curve.terms[3], freedom = Double(diagnostics.observations - 4)
      let f = explained / 2 / ((diagnostics.moments.sumOfSquares - explained) / freedom)
      #expect(abs(f - reset) < 0.02 * reset, "\(f) instead of \(reset)")
    }
  }

  /// Skewness, kurtosis and the numbers of their tests are those of SciPy 1.17's skewtest, kurtosistest and normaltest.
  @Test func normality() throws {
    let x = (1...60).map { Double($0 * 37 % 61) / 61 }
    let y = zip(1..., x).map { $1 + 0.3 * exp(Double($0 * 23 % 59) / 20) }
    let table = Table(["x": x, "y": y])
    let diagnostics = try Diagnostics(FittedModel("y ~ x", table), table)
    #expect(difference([diagnostics.moments.skewness], [1.573037528068651]) == nil)
    #expect(difference([diagnostics.moments.kurtosis], [4.47765067815723]) == nil)
    #expect(difference([diagnostics.moments.zOfSkewness], [4.244531662169022]) == nil)
    #expect(difference([diagnostics.moments.zOfKurtosis], [2.1198351848669064]) == nil)
    #expect(difference([diagnostics.normalityTest?.p], [1.29440398231914e-05]) == nil)
  }
}
