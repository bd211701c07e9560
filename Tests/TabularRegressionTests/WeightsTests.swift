import TabularRegression
import TestSupport
import Testing

@Suite struct WeightsTests {
  func table(_ weights: [String]) throws -> Table {
    let rows = zip(["0,1", "1,3", "2,4", "3,8", "4,8"], weights).map { "\($0),\($1)" }
    return try Table(csvText: (["x,y,w"] + rows).joined(separator: "\n"), source: "t.csv")
  }

  func message(_ weights: [String]) -> String? {
    do {
      _ = try FittedModel("y ~ .", table(weights), weights: "w")
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func theColumnOfWeightsIsNoFeature() throws {
    let model = try FittedModel("y ~ .", table(["1", "2", "3", "4", "5"]), weights: "w")
    #expect(model.features == ["x"])
    #expect(model.weights == "w")
    let named = try FittedModel(table(["1", "2", "3", "4", "5"]), target: "y", weights: "w")
    #expect(named.features == ["x"])
    #expect(named.model == model.model)
    #expect(model.summary.hasPrefix("y on 1 feature, 5 observations, weights w: exact least squares\n"))
    // It may be one that is asked for.
    #expect(
      try FittedModel("y ~ x + w", table(["1", "2", "3", "4", "6"]), weights: "w").features == ["x", "w"])
    let folder = TemporaryFolder()
    try model.write(to: folder.path("m.json"))
    #expect(try FittedModel(contentsOf: folder.path("m.json")) == model)
  }

  @Test func aRowWithoutWeightIsAbsent() throws {
    let model = try FittedModel("y ~ x", table(["1", "1", "0", "1", "1"]), weights: "w")
    let absent = try FittedModel(
      "y ~ x", Table(csvText: "x,y\n0,1\n1,3\n3,8\n4,8\n", source: "t.csv"))
    #expect(model.observations == 4)
    #expect(difference(model.model.coefficients, absent.model.coefficients, factor: 8) == nil)
    #expect(
      difference(
        model.coefficientStatistics.compactMap(\.standardError),
        absent.coefficientStatistics.compactMap(\.standardError), factor: 16) == nil)
  }

  /// What SGD comes to is weighed as the exact fit is.
  @Test func statisticsOfATrainedModelAreWeighted() throws {
    let table = try table(["1", "2", "0", "4", "0.5"])
    let exact = try FittedModel("y ~ x", table, weights: "w")
    let trained = try FittedModel(training: Formula("y ~ x"), table, weights: "w")
    #expect(trained.observations == exact.observations)
    #expect(trained.summary.hasPrefix("y on 1 feature, 4 observations, weights w: SGD\n"))
    let (a, b) = (trained.statistics, exact.statistics)
    #expect(a.degreesOfFreedom == b.degreesOfFreedom)
    #expect(abs(a.residualStandardError! - b.residualStandardError!) < 1e-9 * b.residualStandardError!)
    #expect(abs(a.rSquared! - b.rSquared!) < 1e-9)
  }

  @Test func weightsThatCannotBeUsed() {
    #expect(
      message(["1", "2", "-1", "1", "1"])
        == "t.csv:4:3: column \"w\": the weight is negative; weights are zero or more")
    #expect(
      message(["0", "0", "0", "0", "0"])
        == "t.csv: column \"w\": all weights are zero; give at least one row a weight")
    #expect(
      message(["1", "2", "heavy", "1", "1"])
        == "t.csv:4:3: column \"w\": \"heavy\" is not a number; correct it or leave the column out")
    #expect(
      throws: TabularError.noColumn("v", file: "t.csv", available: ["x", "y", "w"])
    ) {
      try FittedModel("y ~ x", table(["1", "1", "1", "1", "1"]), weights: "v")
    }
  }
}
