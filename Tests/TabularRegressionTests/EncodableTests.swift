import Foundation
import TabularRegression
import TestSupport
import Testing

/// Results of named columns in JSON, as a program that serves them encodes them.
@Suite struct TabularEncodableTests {
  let homes: Table
  init() throws { homes = try Table(csvText: MemoryTableTests.text, source: "homes.csv") }

  @Test func aModelIsItsJSON() throws {
    let model = try FittedModel("price ~ area", homes)
    let json = try JSONValue(encoding: model)
    #expect(try JSONDecoder().decode(JSONValue.self, from: Data(model.json.utf8)) == json)
    #expect(json["rSquared"] == JSONValue(model.statistics.rSquared))
    #expect(json["adjustedRSquared"] == JSONValue(model.statistics.adjustedRSquared))
    #expect(json["coefficients"]?[1]?["pValue"] == JSONValue(model.coefficientStatistics[1].pValue))
    #expect(json["degreesOfFreedom"] == .number(4))
  }

  @Test func anEvaluationHasItsDerivedMeasures() throws {
    let model = try FittedModel("price ~ area", homes)
    let evaluation = try model.evaluation(on: homes), json = try JSONValue(encoding: evaluation)
    #expect(json["rSquared"] == JSONValue(evaluation.rSquared))
    #expect(json["rootMeanSquaredError"] == .number(evaluation.rootMeanSquaredError))
    #expect(json["observations"] == .number(6))
    let one = try model.evaluation(on: Table(rows: [["area": 50, "price": 600]]))
    #expect(try JSONValue(encoding: one)["rSquared"] == .null)
  }

  @Test func aShareIsItsFile() throws {
    let share = try Share("price ~ area", homes), json = try JSONValue(encoding: share)
    #expect(json["formula"] == .text("price ~ area") && json["droppedRows"] == .number(0))
    #expect(json["parts"]?[0]?["rows"] != nil && json["design"]?["targets"] == .array([.text("price")]))
  }

  @Test func aRidgeChoice() throws {
    let choice = try RidgeChoice(Formula("price ~ area"), homes, folds: 3)
    let json = try JSONValue(encoding: choice)
    #expect(json["folds"] == .number(3))
    #expect(json["validation"]?["best"] == .number(choice.validation.best))
    #expect(json["validation"]?["meanSquaredErrors"] == JSONValue(choice.validation.meanSquaredErrors))
  }
}
