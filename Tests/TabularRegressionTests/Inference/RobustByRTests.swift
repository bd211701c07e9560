import Foundation
import LinearRegression
import Testing

@testable import TabularRegression

/// Robust and clustered standard errors are R's, to 10 digits; R/robust.R makes the file.
@Suite struct RobustByRTests {
  struct Fit: Decodable, Sendable, CustomTestStringConvertible {
    let data: String
    let formula: String
    let weights: String?
    let columns: [String]
    let HC0, HC1, HC2, HC3, cluster: [Double?]
    /// Nil where the covariance is not positive definite.
    let clusters: [Double?]?
    let hac: [Double?]
    let fOfHC1: Double
    let countOfClusters: Int
    let lags: Int
    var testDescription: String { "\(data): \(formula)" }
  }

  static let fits: [Fit] = {
    let data = try! Data(contentsOf: URL(fileURLWithPath: "\(FormulasByRTests.folder)/robust.json"))
    return try! JSONDecoder().decode([Fit].self, from: data)
  }()

  static func table(_ fit: Fit, _ formula: Formula) throws -> Table {
    let path =
      fit.data == "diabetes"
      ? "\(FormulasByRTests.folder)/../../../Examples/Diabetes/diabetes.csv"
      : "\(FormulasByRTests.folder)/\(fit.data).csv"
    return try Table(csv: path, categories: formula.categories)
  }

  private func agree(_ actual: [Double?], _ expected: [Double?]) -> Bool {
    actual.count == expected.count
      && zip(actual, expected).allSatisfy { a, e in
        guard let a, let e else { return a == nil && e == nil }
        return abs(a - e) <= 1e-10 * abs(e)
      }
  }

  @Test(arguments: fits)
  func standardErrors(fit: Fit) throws {
    let formula = try Formula(fit.formula), table = try Self.table(fit, formula)
    let model = try FittedModel(formula, table, weights: fit.weights, missing: .drop)
    func errors(_ estimator: CovarianceEstimator) throws -> [Double?] {
      try model.withCovariance(estimator, of: table).coefficientStatistics.map(\.standardError)
    }
    #expect(agree(try errors(.hc0), fit.HC0))
    #expect(agree(try errors(.hc1), fit.HC1))
    #expect(agree(try errors(.hc2), fit.HC2))
    #expect(agree(try errors(.hc3), fit.HC3))
    #expect(agree(try errors(.clustered(by: [fit.columns[0]])), fit.cluster))
    #expect(agree(try errors(.neweyWest(lags: fit.lags)), fit.hac))
    let both = try model.withCovariance(.clustered(by: fit.columns), of: table)
    if let expected = fit.clusters {
      #expect(agree(both.coefficientStatistics.map(\.standardError), expected))
      #expect(both.robustCovariance?.isRepaired == false)
    } else {
      #expect(both.robustCovariance?.isRepaired == true)
    }
    let clustered = try model.withCovariance(.clustered(by: [fit.columns[0]]), of: table)
    #expect(clustered.robustCovariance?.clusterCounts == [fit.countOfClusters])
    #expect(clustered.coefficientStatistics[0].degreesOfFreedom == fit.countOfClusters - 1)
    let f = try #require(try model.withCovariance(.hc1, of: table).statistics.fStatistic)
    #expect(abs(f - fit.fOfHC1) <= 1e-9 * fit.fOfHC1)
    #expect(clustered.model == model.model)
  }

  /// The same numbers from a matrix, to rounding.
  @Test func matrices() throws {
    let fit = Self.fits.first { $0.data == "airquality" }!, formula = try Formula(fit.formula)
    let table = try Self.table(fit, formula)
    let rows = try DesignRows(formula, table, weights: nil, missing: .drop)
    let own = try LeastSquares().fit(rows.X.high, rows.y)
    let day = try table.column("Day"), kept = rows.kept ?? Array(0..<table.rowCount)
    let clusters = kept.map { Int(day[$0]) }
    func errors(_ estimator: CovarianceEstimator, _ clusters: [[Int]] = []) throws -> [Double?] {
      own.coefficientStatistics(try own.covariance(estimator, rows.X.high, rows.y, clusters: clusters)).map(
        \.standardError)
    }
    #expect(agree(try errors(.hc3), fit.HC3))
    #expect(agree(try errors(.neweyWest(lags: fit.lags)), fit.hac))
    #expect(agree(try errors(.clustered(by: ["Day"]), [clusters]), fit.cluster))
  }
}
