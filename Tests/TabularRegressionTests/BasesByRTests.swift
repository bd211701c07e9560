import Foundation
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// Splines, contrasts, orthogonal polynomials, offsets, comparisons, and predictions on the scale of y: R gives the same
/// names and, to 10 digits, the same numbers, for new rows too. The files are made by R/bases.R.
@Suite struct BasesByRTests {
  struct Fit: Decodable, Sendable, CustomTestStringConvertible {
    let group: String
    let formula: String
    let weights: String?
    let names: [String]
    let estimates: [Double?]
    let predictions: [Double?]
    let responses: [Double?]

    var testDescription: String { formula }
  }

  static let folder = FormulasByRTests.folder

  static let fits: [Fit] = {
    let data = try! Data(contentsOf: URL(fileURLWithPath: "\(folder)/bases.json"))
    return try! JSONDecoder().decode([Fit].self, from: data)
  }()

  /// The first value that differs by more than 10 digits of the largest; missing ones in R are not compared.
  static func difference(_ actual: [Double], _ expected: [Double?]) -> String? {
    if actual.count != expected.count { return "\(actual.count) values instead of \(expected.count)" }
    let size = expected.reduce(0) { max($0, abs($1 ?? 0)) }
    for (index, (actual, expected)) in zip(actual, expected).enumerated() {
      if let expected, !(abs(actual - expected) <= 1e-10 * max(abs(expected), 1e-3 * size)) {
        return "value \(index): \(actual) instead of \(expected)"
      }
    }
    return nil
  }

  static func model(_ formula: String, weights: String? = nil) throws -> FittedModel {
    let formula = try Formula(formula)
    let table = try Table(csv: "\(folder)/bases.csv", categories: formula.categories)
    return try FittedModel(formula, table, weights: weights, missing: .drop)
  }

  @Test(arguments: fits)
  func agree(fit: Fit) throws {
    let model = try Self.model(fit.formula, weights: fit.weights)
    #expect(model.termNames == fit.names)
    let estimates = model.coefficientStatistics.map(\.estimate)
    #expect(estimates.map { $0 == nil } == fit.estimates.map { $0 == nil })
    #expect(Self.difference(estimates.map { $0 ?? .nan }, fit.estimates) == nil)
    // A model file and JSON predict with the same bits.
    let folder = TemporaryFolder()
    try model.write(to: folder.path("m"))
    for saved in [try FittedModel(contentsOf: folder.path("m")), try FittedModel(json: model.json)] {
      #expect(saved == model)
      let new = try Table(csv: "\(Self.folder)/bases-new.csv", categories: saved.categories)
      #expect(Self.difference(try saved.predictions(from: new), fit.predictions) == nil)
      if fit.group == "response" {
        #expect(Self.difference(try saved.predictions(from: new, response: true), fit.responses) == nil)
      }
    }
  }

  @Test(arguments: ["ns", "bs", "contrasts", "poly", "offset", "logic"])
  func thereAreTenFormulasOfEach(group: String) {
    #expect(Self.fits.count { $0.group == group && $0.weights == nil } >= 10)
  }
}
