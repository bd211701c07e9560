// swift-format-ignore-file
// A line for each row of the table.

import Foundation
import LinearRegression
import TabularRegression
import TestSupport
import Testing

/// The tables of the article "Coming from Create ML": each line is compiled and has the value that R 4.2 gives for the
/// exact fit, and the article has the same lines. Create ML's own lines do not run on Linux.
@Suite struct ComingFromCreateMLTests {
  private let path: String, homes: Table, february: Table, march: Table, model: FittedModel

  init() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Examples/Homes").path
    path = "\(folder)/january.csv"
    homes = try Table(csv: path)
    february = try Table(csv: "\(folder)/february.csv")
    march = try Table(csv: "\(folder)/march.csv")
    model = try FittedModel("price ~ area + rooms", homes)
  }

  @Test func everyLineHasItsValue() throws {
    // Tables
    row(#"try MLDataTable(contentsOf: url)"#, try Table(csv: path), equals: [16, 6])
    row(#"try MLDataTable(contentsOf: url, options: .init(delimiter: ",", missingValues: ["NA"]))"#, try Table(csv: [path], options: ReadingOptions(delimiter: ",", missingTexts: ["NA"])), equals: [16, 6])
    row(#"try MLDataTable(dictionary: ["area": [88, 45], "price": [749, 428]])"#, try Table(columns: ["area": .numbers([88, 45]), "price": .numbers([749, 428])]), equals: [2, 2])
    row(#"homes.size.rows"#, homes.rowCount, equals: [16])
    row(#"homes.columnNames"#, homes.columnNames, equals: ["id", "area", "rooms", "zip", "heating", "price"])

    // Regressors
    row(#"try MLLinearRegressor(trainingData: homes, targetColumn: "price")"#, try FittedModel(homes, target: "price"), equals: [486187.05905353196, 4.9250499519885675, 8.462042094106119, -5.207381730755383, -60.749809600499376, -52.756028891010516, 86.19928867209582])
    row(#"try MLLinearRegressor(trainingData: homes, targetColumn: "price", featureColumns: ["area", "rooms"])"#, try FittedModel(homes, target: "price", features: ["area", "rooms"]), equals: [-20.325600160744273, 7.912414963274338, 48.69905211758591])
    row(#"try MLLinearRegressor(trainingData: homes, targetColumn: "price", featureColumns: ["area", "heating"])"#, try FittedModel("price ~ area + heating", homes), equals: [31.138939266849814, 8.015324975629659, 35.520125365555124, 223.28641948720283])
    row(#"try MLLinearRegressor(trainingData: february.dropMissing(), targetColumn: "price", featureColumns: ["area", "rooms"])"#, try FittedModel("price ~ area + rooms", february, missing: .drop), equals: [4.093795664115432, 10.518307884624464, -48.44497074982407])
    row(#"february.fillMissing(columnNamed: "rooms", with: .int(2))"#, try FittedModel("price ~ area + rooms", february, missing: .constant(2)), equals: [0.33492703765139775, 10.536536129460085, -48.13497026917115])
    row(#"MLLinearRegressor.ModelParameters(validation: .none, maxIterations: 50, l2Penalty: 0)"#, try FittedModel(training: Formula("price ~ area + rooms"), homes, method: SGD(epochs: 50)), equals: [-20.325600160744273, 7.912414963274338, 48.69905211758591])

    // Models
    row(#"try model.predictions(from: march)"#, try model.predictions(from: march), equals: [1258.4714582781837, 901.1882225928987, 877.4509777030755, 368.60729537763814, 1131.8728188657942, 384.4321253041868, 401.4815175686754, 607.2043066138082, 1091.0861817114828, 1187.2597236087145, 662.5912113567285, 765.4526058792949, 329.04522056126643, 822.0640729601553, 575.5546467607109, 837.8889028867038])
    row(#"model.trainingMetrics.rootMeanSquaredError"#, try model.evaluation(on: homes).rootMeanSquaredError, equals: [126.87110082261762])
    row(#"model.evaluation(on: march).rootMeanSquaredError"#, try model.evaluation(on: march).rootMeanSquaredError, equals: [130.81550168139145])
    row(#"model.evaluation(on: march).maximumError"#, try model.evaluation(on: march).maximumError, equals: [262.25972360871447])
  }

  @Test func theArticleHasTheseLines() throws {
    let article = "Sources/TabularRegression/TabularRegression.docc/ComingFromCreateML.md"
    let found = try difference(article: article, tables: "| Create ML | Swift |", test: #filePath)
    #expect(found == nil)
  }

  /// Values agree to 8 digits.
  private func row(_ line: String, _ value: [Double?], equals expected: [Double]) {
    let agree = zip(value, expected).allSatisfy { a, e in a.map { abs($0 - e) <= 1e-8 * abs(e) } ?? false }
    #expect(agree && value.count == expected.count, "\(line): \(value) instead of \(expected)")
  }

  private func row(_ line: String, _ value: Double, equals expected: [Double]) { row(line, [value], equals: expected) }

  private func row(_ line: String, _ value: Int, equals expected: [Double]) {
    row(line, [Double(value)], equals: expected)
  }

  private func row(_ line: String, _ value: Table, equals expected: [Double]) {
    row(line, [Double(value.rowCount), Double(value.columnNames.count)], equals: expected)
  }

  private func row(_ line: String, _ value: FittedModel, equals expected: [Double]) {
    row(line, [value.model.intercept] + value.model.coefficients, equals: expected)
  }

  private func row(_ line: String, _ value: [String], equals expected: [String]) {
    #expect(value == expected, "\(line)")
  }
}
