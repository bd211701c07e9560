import Foundation
import LinearRegression
import TestSupport
import Testing

/// Results in JSON, as a program that serves them encodes them: with an encoder that has no settings.
@Suite struct EncodableTests {
  let X: Matrix<Double> = [[1, 5], [2, 3], [3, 8], [4, 1], [5, 9]]
  let y: [Double] = [3.9, 7.1, 6.2, 11.8, 10.1]

  @Test func aFit() throws {
    let fit = try LeastSquares().fit(X, y)
    let json = try JSONValue(encoding: fit)
    #expect(json["observations"] == .number(5) && json["rank"] == .number(3))
    #expect(json["hasIntercept"] == .boolean(true))
    #expect(try JSONDecoder().decode(LinearModel.self, from: JSONEncoder().encode(fit.model)) == fit.model)
    for (index, expected) in fit.coefficientStatistics().enumerated() {
      let row = try #require(json["coefficients"]?[0]?[index])
      #expect(row["estimate"] == JSONValue(expected.estimate))
      #expect(row["standardError"] == JSONValue(expected.standardError))
      #expect(row["tStatistic"] == JSONValue(expected.tStatistic))
      #expect(row["pValue"] == JSONValue(expected.pValue))
      #expect(row["degreesOfFreedom"] == .number(2))
      let interval = try #require(expected.confidenceInterval())
      #expect(row["confidenceInterval"] == JSONValue([interval.lowerBound, interval.upperBound]))
    }
    let statistics = try #require(json["statistics"]?[0])
    #expect(statistics["rSquared"] == JSONValue(fit.statistics[0].rSquared))
    #expect(statistics["residualStandardError"] == JSONValue(fit.statistics[0].residualStandardError))
    #expect(json["certificate"]?["conditionNumber"] == .number(fit.certificate.conditionNumber))
    #expect(json["certificate"]?["solver"] == .text(fit.certificate.solver.rawValue))
    #expect(json["covariance"]?["weightSum"] == .number(5))
  }

  @Test func whatDoesNotExistIsNull() throws {
    // As many coefficients as rows, and one column left out.
    let fit = try LeastSquares().fit([[1, 2], [3, 6]] as Matrix<Double>, [1, 2])
    let json = try JSONValue(encoding: fit)
    #expect(json["coefficients"]?[0]?[2]?["estimate"] == .null)
    #expect(json["coefficients"]?[0]?[1]?["standardError"] == .null)
    #expect(json["coefficients"]?[0]?[1]?["confidenceInterval"] == .null)
    #expect(json["statistics"]?[0]?["residualStandardError"] == .null)
    #expect(json["statistics"]?[0]?["fPValue"] == .null)
    #expect(try JSONValue(encoding: LeastSquares(ridgePenalty: 1).fit(X, y))["covariance"] == .null)
  }

  @Test func intervalsWithoutEndsAreNull() throws {
    let fit = try LeastSquares().fit(X, y)
    let interval = try #require(fit.predict([2, 2], interval: .prediction, weight: 0))
    #expect(
      try JSONValue(encoding: interval)
        == .object(["prediction": .number(interval.prediction), "lower": .null, "upper": .null]))
    let finite = try #require(fit.predict([2, 2], interval: .confidence))
    #expect(try JSONValue(encoding: finite)["upper"] == .number(finite.upper))
  }

  @Test func squaresBeyondADoubleAreNull() throws {
    var large = try LinearModel(coefficients: [1], intercept: 0).evaluate(
      [[1e150]] as Matrix<Double>, [[2e153]] as Matrix<Double>)[0]
    for _ in 0..<40 { large.merge(large) }
    #expect(large.residualSumOfSquares.isInfinite)
    let json = try JSONValue(encoding: large)
    #expect(json["residualSumOfSquares"] == .null && json["rSquared"] == .null)
    #expect(json["maximumError"] == .number(large.maximumError))
  }

  @Test func certificatesWithoutAFiniteConditionNumberComeBack() throws {
    let text =
      #"{"solver": "svd", "reason": "", "passes": 1, "conditionNumber": null, "rank": 1, "redundant": [], "estimatedDigits": 3}"#
    let certificate = try JSONDecoder().decode(Certificate.self, from: Data(text.utf8))
    #expect(certificate.conditionNumber == .infinity)
    #expect(try JSONValue(encoding: certificate)["conditionNumber"] == .null)
  }

  @Test func aTrainingRunAndItsProgress() async throws {
    let training = try Training(SGD(epochs: 3, learningRate: 0.01, seed: 1), X, Matrix(column: y))
    var progress: [TrainingProgress] = []
    for try await one in training.progress(every: 3) { progress.append(one) }
    let first = try JSONValue(encoding: progress[0])
    #expect(first["rows"] == .number(Double(progress[0].rows)) && first["epoch"] == .number(1))
    #expect(first["lossSinceLast"] == JSONValue(progress[0].lossSinceLast))
    let reported = try #require(progress.first { $0.report != nil })
    let loss = try #require(reported.report?.loss)
    #expect(try JSONValue(encoding: reported)["report"]?["loss"] == .number(loss))
    let run = try training.run()
    #expect(try JSONDecoder().decode(TrainingRun.self, from: JSONEncoder().encode(run)) == run)
    #expect(try JSONValue(encoding: run)["epochs"]?[2]?["loss"] == .number(run.epochs[2].loss))
  }

  @Test func aLossBeyondADoubleComesBack() throws {
    let report = try JSONDecoder().decode(EpochReport.self, from: Data(#"{"epoch": 1, "loss": null}"#.utf8))
    #expect(report.loss == .infinity)
    #expect(try JSONValue(encoding: report) == .object(["epoch": .number(1), "loss": .null]))
  }

  @Test func aRidgeValidation() throws {
    let validation = try LeastSquares().crossValidate(X, y, penalties: [0, 1], folds: 2)
    let json = try JSONValue(encoding: validation)
    #expect(json["penalties"] == JSONValue([0, 1]))
    #expect(json["meanSquaredErrors"] == JSONValue(validation.meanSquaredErrors))
    #expect(json["standardErrors"] == JSONValue(validation.standardErrors))
    #expect(json["withinOneStandardError"] == .number(validation.withinOneStandardError))
  }

  /// A dependency whose factor is beyond Double: JSON has no infinity.
  @Test func dependenciesBeyondDoubleAreNumbers() throws {
    let values: [Double] = [1, 2, 4, 3]
    let X = Matrix(rows: 4, columns: 2) { i, j in values[i] * (j == 0 ? 1e-200 : 1e200) }
    let fit = try LeastSquares().fit(X, [1, 2, 3, 5])
    #expect(fit.redundant.map(\.dependsOn[0].factor) == [.greatestFiniteMagnitude])
    _ = try JSONEncoder().encode(fit)
  }
}
