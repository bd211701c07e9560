import TabularRegression
import TestSupport
import Testing

/// The same numbers as R, to 8 digits.
@Suite struct RStatisticsTests {
  static let diabetes =
    "\(#filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" })/Examples/Diabetes/diabetes.csv"

  /// The first value that differs by more than 8 digits.
  func difference(_ actual: [Double?], _ expected: [Double]) -> String? {
    if actual.count != expected.count { return "\(actual.count) values instead of \(expected.count)" }
    for (index, (a, e)) in zip(actual, expected).enumerated() {
      guard let a else { return "value \(index) is missing" }
      if !(abs(a - e) <= 1e-8 * abs(e)) { return "value \(index): \(a) instead of \(e)" }
    }
    return nil
  }

  func table(_ fit: FitByR) throws -> Table {
    try fit.csv.map { try Table(csvText: $0, source: fit.name) } ?? Table(csv: Self.diabetes)
  }

  @Test(arguments: FitByR.all)
  func summaryAndIntervals(fit: FitByR) throws {
    let table = try table(fit)
    for method in [LeastSquares(), LeastSquares(solver: .qr), LeastSquares(precision: .double)] {
      let model = try FittedModel(fit.formula, table, weights: fit.weights, method: method)
      let rows = model.coefficientStatistics
      #expect(difference(rows.map(\.estimate), fit.estimates) == nil)
      #expect(difference(rows.map(\.standardError), fit.standardErrors) == nil)
      #expect(difference(rows.map(\.tStatistic), fit.tStatistics) == nil)
      #expect(difference(rows.map(\.pValue), fit.pValues) == nil)
      #expect(difference(rows.map { $0.confidenceInterval()?.lowerBound }, fit.lower) == nil)
      #expect(difference(rows.map { $0.confidenceInterval()?.upperBound }, fit.upper) == nil)
      let s = model.statistics
      #expect(
        difference(
          [
            s.residualStandardError, s.rSquared, s.adjustedRSquared, s.fStatistic, s.fPValue, s.logLikelihood,
            s.aic, s.bic,
          ], fit.statistics) == nil)
      for (interval, expected) in [
        (PredictionInterval.confidence, fit.confidence), (.prediction, fit.prediction),
      ] {
        let predictions = try model.predictions(from: table, interval: interval)
        let values = fit.rows.flatMap {
          [predictions[$0].prediction, predictions[$0].lower, predictions[$0].upper]
        }
        #expect(difference(values, expected) == nil)
      }
    }
  }
}
