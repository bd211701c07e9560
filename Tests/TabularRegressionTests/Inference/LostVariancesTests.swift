import LinearAlgebra
import LinearRegression
import Testing

@testable import TabularRegression

/// Robust variances that are 0, or lost in rounding: no number is given for them.
@Suite struct LostVariancesTests {
  /// Residuals add up to 0 in each cluster that is a level of the formula: the covariance is 0, and what is left of it
  /// rounding.
  @Test(arguments: [3, 8, 40]) func clustersThatAreLevels(count: Int) throws {
    var random = SeededGenerator(seed: UInt64(count)), text = "y,x,g\n"
    for row in 0..<4 * count {
      text += "\(Double(100 + row % count) + random.nextNormal()),\(random.nextNormal()),g\(row % count)\n"
    }
    let table = try Table(csvText: text, source: "t")
    let model = try FittedModel("y ~ C(g)", table).withCovariance(.clustered(by: ["g"]), of: table)
    #expect(model.coefficientStatistics.allSatisfy { $0.estimate != nil && $0.standardError == nil })
    #expect(model.statistics.fStatistic == nil)
    #expect(model.summary.contains("no standard error of (Intercept), C(g)g1"))
    #expect(throws: TabularError.self) { _ = try HypothesisTest("C(g)g1", on: model, named: "m") }
    #expect(throws: TabularError.self) { _ = try model.predictions(from: table, interval: .confidence) }
    // Beside them the coefficient of x has an error, and there is no F of all.
    let both = try FittedModel("y ~ C(g) + x", table).withCovariance(.clustered(by: ["g"]), of: table)
    #expect(both.coefficientStatistics.last?.standardError != nil && both.statistics.fStatistic == nil)
  }

  /// A variance that is small beside another group's is not rounding where it is told apart from it, and no number is
  /// given where it is not.
  @Test func groupsOfDifferentScatter() throws {
    let quiet = [1.0, 2, 3, 5, 4, 7], loud = [1.0, 2, 4, 9, 3, 12]
    let mean = quiet.reduce(0, +) / 6
    let right = quiet.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }.squareRoot() / 6
    func text(_ unit: Double) -> String {
      "y,g\n" + quiet.map { "\($0),a\n" }.joined() + loud.map { "\($0 * unit),b\n" }.joined()
    }
    func model(_ formula: String, _ unit: Double) throws -> FittedModel {
      let table = try Table(csvText: text(unit), source: "t")
      return try FittedModel(formula, table).withCovariance(.hc0, of: table)
    }
    for unit in [1, 1e5, 1e10] {
      let apart = try model("y ~ g - 1", unit)
      let error = try #require(apart.coefficientStatistics[0].standardError)
      #expect(abs(error - right) <= 1e-9 * right && apart.statistics.fStatistic != nil)
      // The intercept is the mean of the first group, in coordinates that both groups share.
      let found = try model("y ~ g", unit).coefficientStatistics[0].standardError
      #expect(
        unit > 1e5 ? found == nil : abs((found ?? 0) - right) <= 1e-3 * right, "\(unit): \(found ?? -1)")
    }
  }

  /// A level of one row has no residual, and no estimate of its variance.
  @Test func aLevelOfOneRow() throws {
    let table = try Table(csvText: "y,g\n1,a\n2,a\n4,b\n5,b\n3,c\n", source: "t")
    let model = try FittedModel("y ~ C(g) - 1", table).withCovariance(.hc1, of: table)
    #expect(model.coefficientStatistics.map { $0.standardError != nil } == [true, true, false])
    #expect(model.statistics.fStatistic == nil)
  }

  /// Of two ways of clusters the estimate may be negative, and 0 once it is repaired.
  @Test func aRepairedVarianceOfZero() throws {
    var text = "y,g,k\n"
    for i in 0..<4 {
      for j in 0..<4 {
        text += "\(5 + ((i + j) % 2 == 0 ? 1 : -1) * (i == j ? 1.1 : 1)),g\(i),k\(j)\n"
      }
    }
    let table = try Table(csvText: text, source: "t")
    let model = try FittedModel("y ~ 1", table).withCovariance(.clustered(by: ["g", "k"]), of: table)
    #expect(model.robustCovariance?.isRepaired == true && model.coefficientStatistics[0].standardError == nil)
    #expect(throws: TabularError.self) { _ = try model.predictions(from: table, interval: .confidence) }
  }
}
