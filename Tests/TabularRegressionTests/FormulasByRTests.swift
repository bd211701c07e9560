import Foundation
import LinearRegression
import Testing

@testable import TabularRegression

/// A messy table, and formulas that use every operator: R's lm gives the same names and, to 8 digits, the same numbers.
/// Both files are made by R/formulas.R.
@Suite struct FormulasByRTests {
  struct Fit: Decodable, Sendable {
    let formula: String
    let weights: String?
    let response: Int
    let names: [String]
    let estimates: [Double?]
    let standardErrors: [Double?]
    let residualStandardError: Double
    let rSquared: Double
    let adjustedRSquared: Double
    let degreesOfFreedom: Int
  }

  static let folder = "\(#filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" })/R"

  static let fits: [Fit] = {
    let data = try! Data(contentsOf: URL(fileURLWithPath: "\(folder)/formulas.json"))
    return try! JSONDecoder().decode([Fit].self, from: data)
  }()

  /// The first value that differs by more than 8 digits.
  func difference(_ actual: [Double?], _ expected: [Double?]) -> String? {
    if actual.count != expected.count { return "\(actual.count) values instead of \(expected.count)" }
    for (index, pair) in zip(actual, expected).enumerated() {
      switch pair {
      case (nil, nil): continue
      case (let a?, let e?) where abs(a - e) <= 1e-8 * abs(e): continue
      default: return "value \(index): \(pair)"
      }
    }
    return nil
  }

  @Test(arguments: fits)
  func agree(fit: Fit) throws {
    let formula = try Formula(fit.formula)
    let table = try Table(csv: "\(Self.folder)/messy.csv", categories: formula.categories)
    let model = try FittedModel.perTarget(formula, table, weights: fit.weights, missing: .drop)[fit.response]
    // R keeps the backticks of names.
    func bare(_ name: String) -> String { name.replacing("`", with: "") }
    #expect(model.termNames.map(bare) == fit.names.map(bare))
    let rows = model.coefficientStatistics
    #expect(difference(rows.map(\.estimate), fit.estimates) == nil)
    #expect(difference(rows.map(\.standardError), fit.standardErrors) == nil)
    let s = model.statistics
    #expect(s.degreesOfFreedom == fit.degreesOfFreedom)
    #expect(
      difference(
        [s.residualStandardError, s.rSquared, s.adjustedRSquared],
        [fit.residualStandardError, fit.rSquared, fit.adjustedRSquared]) == nil)
    // The rows of the fit are estimable, whatever was left out.
    let new = try Table(csv: "\(Self.folder)/messy.csv", categories: model.categories)
    let kept = try model.predictions(from: new, unestimable: .keep)
    #expect(try model.predictions(from: new).map(\.bitPattern) == kept.map(\.bitPattern))
  }

  @Test func thereAreManyFormulas() { #expect(Self.fits.count >= 12) }
}
