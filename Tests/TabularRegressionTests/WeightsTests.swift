import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

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

  private static let fitted = "x,z,y,w\n0,1,1,1\n1,0,3,2\n2,2,4,0.5\n3,5,8,4\n4,1,8,3\n5.5,3,11,1\n"

  /// As R's predict(lm(…, weights = w), interval = "prediction", weights = v).
  @Test func intervalsOfRowsWithWeights() throws {
    let model = try FittedModel(
      "y ~ x + z", Table(csvText: Self.fitted, source: "t.csv"), weights: "w")
    let new = try Table(csvText: "x,z,v\n1,1,2\n2.5,0,0.25\n7,4,0\n", source: "new.csv")
    let expected = [
      [3.054620611106747, 1.432649116122897, 4.676592106090598],
      [5.121524232189145, 1.205310406991397, 9.037738057386893],
    ]
    let intervals = try model.predictions(from: new, interval: .prediction, weights: "v")
    for (interval, expected) in zip(intervals, expected) {
      #expect(
        difference([interval.prediction, interval.lower, interval.upper], expected, factor: 1e5) == nil)
    }
    #expect(abs(intervals[2].prediction - 14.061464142643940) < 1e-10)
    #expect(intervals[2].lower == -.infinity && intervals[2].upper == .infinity)
    // The mean of all observations there has no weight.
    let confidence = try model.predictions(from: new, interval: .confidence, weights: "v")
    #expect(try confidence == model.predictions(from: new, interval: .confidence))
    #expect(
      difference(
        [confidence[2].lower, confidence[2].upper], [12.411907215879031, 15.711021069408849], factor: 1e5)
        == nil)
    let rows = try FittedModel.predictedRows(
      [model], new, PredictionColumns(interval: .prediction, weights: "v"))
    #expect(rows.notes.withoutWeight == 1)
    #expect(try rows.table.numbers("lower").map(\.isNaN) == [false, false, true])
    let fault = #expect(throws: TabularError.self) {
      try model.predictions(
        from: Table(csvText: "x,z,v\n1,1,-2\n", source: "new.csv"), interval: .prediction, weights: "v")
    }
    #expect(
      fault?.description == "new.csv:2:3: column \"v\": the weight is negative; weights are zero or more")
  }

  /// What is told of several targets with weights is what is told of each.
  @Test func severalTargetsWithWeights() throws {
    let table = try Table(csvText: Self.fitted, source: "t.csv")
    let models = try FittedModel.perTarget(Formula("cbind(y, log(y)) ~ x + z"), table, weights: "w")
    let new = try Table(csvText: "x,z,v,y\n1,1,2,3\n2.5,0,0.25,6\n7,4,0,9\n", source: "new.csv")
    var columns = PredictionColumns(interval: .prediction, weights: "v")
    columns.targets = models.map(\.target)
    let rows = try FittedModel.predictedRows(models, new, columns)
    #expect(rows.notes.withoutWeight == 1)
    for model in models {
      let alone = try model.predictions(from: new, interval: .prediction, weights: "v")
      let lower = try rows.table.numbers("lower_\(model.target)")
      #expect(Array(lower.prefix(2)) == alone.prefix(2).map(\.lower) && lower[2].isNaN)
    }
    let reader = try TableReader(
      [.memory(Array("x,z,v,y\n1,1,2,3\n2.5,0,0.25,6\n7,4,0,9\n".utf8), name: "n.csv")],
      options: ReadingOptions(), blockSize: 12)
    let evaluations = try FittedModel.evaluations(models, reading: reader, weights: "v")
    for (model, rows) in zip(models, evaluations) {
      let alone = try model.evaluation(on: new, weights: "v")
      #expect(rows.evaluation.observations == 2 && rows.evaluation.weightSum == 2.25 && rows.missing == 0)
      #expect(abs(rows.evaluation.residualSumOfSquares / alone.residualSumOfSquares - 1) < 1e-10)
    }
  }

  /// The offset is added to what has weights, and has none itself.
  @Test func offsetsWithWeights() throws {
    let table = try Table(csvText: Self.fitted, source: "t.csv")
    let model = try FittedModel("y ~ x + offset(z)", table, weights: "w")
    let byHand = try FittedModel("I(y - z) ~ x", table, weights: "w")
    let own = try model.evaluation(on: table, weights: "w")
    #expect(abs(own.residualSumOfSquares / byHand.statistics.residualSumOfSquares - 1) < 1e-10)
    let new = try Table(csvText: "x,z,v\n1,1,2\n2.5,0,0.25\n7,4,0\n", source: "new.csv")
    let intervals = try model.predictions(from: new, interval: .prediction, weights: "v")
    let others = try byHand.predictions(from: new, interval: .prediction, weights: "v")
    for ((interval, other), z) in zip(zip(intervals, others), [1.0, 0, 4]) {
      #expect(interval.prediction == other.prediction + z)
      #expect(
        interval.upper == other.upper + z || abs(interval.upper - other.upper - z) < 1e-10)
    }
    #expect(intervals[2].upper == .infinity)
  }

  /// As the sums and means of R's residuals with weights.
  @Test(arguments: [1000, 12])
  func evaluationOfRowsWithWeights(blockSize: Int) throws {
    let model = try FittedModel(
      "y ~ x + z", Table(csvText: Self.fitted, source: "t.csv"), weights: "w")
    // The block of a row may have no weight at all.
    let text = "x,z,y,v\n1,0,2,2\n2,2,5,0\n6,2,12,3\n"
    func reader(_ text: String) throws -> TableReader {
      try TableReader(
        [.memory(Array(text.utf8), name: "n.csv")], options: ReadingOptions(), blockSize: blockSize)
    }
    let rows = try model.evaluation(reading: reader(text), weights: "v")
    let evaluation = rows.evaluation
    #expect(evaluation.observations == 2 && evaluation.weightSum == 5 && rows.missing == 0)
    #expect(
      difference(
        [
          evaluation.residualSumOfSquares, evaluation.rootMeanSquaredError, evaluation.meanAbsoluteError,
          evaluation.maximumError, evaluation.rSquared!,
        ],
        [
          1.2687124069572755, 0.5037285790894290, 0.4813133296677405, 0.6633021757913755, 0.9894273966086894,
        ], factor: 1e5) == nil)
    let fault = #expect(throws: TabularError.self) {
      try model.evaluation(reading: reader("x,z,y,v\n1,0,2,0\n2,2,5,0\n"), weights: "v")
    }
    #expect(
      fault?.description == "n.csv: column \"v\": all weights are zero; give at least one row a weight")
    // The rows of the fit have its statistics.
    let own = try model.evaluation(on: Table(csvText: Self.fitted, source: "t.csv"), weights: "w")
    #expect(abs(own.residualSumOfSquares / model.statistics.residualSumOfSquares - 1) < 1e-10)
    #expect(abs(own.rSquared! - model.statistics.rSquared!) < 1e-12)
  }
}
