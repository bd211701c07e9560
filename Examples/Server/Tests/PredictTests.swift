// POST /predict: the library's own predictions, however the rows come.

import Foundation
import Hummingbird
import HummingbirdTesting
import TabularRegression
import Testing

@testable import server

@Suite struct PredictTests {
  static let named = #"{"rows": [{"bmi": 21.6, "bp": 87}, {"age": 59, "bp": 101, "bmi": 32.1}]}"#
  static let csv = "age,bp,bmi\n48,87,21.6\n59,101,32.1\n"

  /// The library's predictions for the same rows.
  func expected(_ server: TestServer) throws -> [Double] {
    try server.model.predictions(from: Table(csvText: Self.csv, source: "rows"))
  }

  @Test func rowsByNameByPositionAndAsCSVHaveTheLibrarysOwnPredictionsToTheBit() async throws {
    let server = try TestServer(), expected = try expected(server)
    try await server.run { client in
      for (body, type) in [
        (Self.named, "application/json"),
        (#"{"rows": [[21.6, 87], [32.1, 101]]}"#, "application/json; charset=utf-8"),
        (#"{"columns": ["bp", "bmi"], "rows": [[87, 21.6], [101, 32.1]]}"#, "application/json"),
        (Self.csv, "text/csv"), (Self.csv, "text/csv; charset=utf-8"),
      ] {
        let answer = try await client.post("/predict", body, type: type)
        #expect(answer.status == .ok && answer.headers[.contentType] == "application/json")
        #expect(try answer.predictions == expected, "\(body)")
      }
    }
  }

  @Test func manyRowsHaveTheSameBitsAsFew() async throws {
    let server = try TestServer(), expected = try server.model.predictions(from: TestServer.patients)
    let (bmi, bp) = (try TestServer.patients.column("bmi"), try TestServer.patients.column("bp"))
    let rows = zip(bmi, bp).map { "[\($0),\($1)]" }.joined(separator: ",")
    let body = "{\"rows\":[\(rows),\(rows)]}"
    #expect(body.utf8.count > Limits.shortBody)
    try await server.run { client in
      let answer = try await client.post("/predict", body)
      #expect(try answer.predictions == expected + expected)
    }
  }

  @Test(arguments: [PredictionInterval.prediction, .confidence])
  func intervalsAreTheLibrarys(_ interval: PredictionInterval) async throws {
    struct Answer: Decodable {
      struct Item: Decodable { let prediction, lower, upper: Double }
      let predictions: [Item]
    }
    let server = try TestServer()
    let expected = try server.model.predictions(
      from: Table(csvText: Self.csv, source: "rows"), interval: interval, level: 0.9)
    try await server.run { client in
      let json = Self.named.dropLast() + ",\"interval\":\"\(interval.rawValue)\",\"level\":0.9}"
      for answer in [
        try await client.post("/predict", String(json)),
        try await client.post(
          "/predict?interval=\(interval.rawValue)&level=0.9", Self.csv, type: "text/csv"),
      ] {
        let found = try JSONDecoder().decode(Answer.self, from: Data(answer.text.utf8)).predictions
        #expect(found.map(\.prediction) == expected.map(\.prediction))
        #expect(found.map(\.lower) == expected.map(\.lower))
        #expect(found.map(\.upper) == expected.map(\.upper))
      }
    }
  }

  @Test func wordsAreLevelsAndNullIsMissing() async throws {
    let text = "y,x,zip\n1,1,10\n2,3,10\n3,2,20\n5,4,20\n6,4,10\n7,5,20\n"
    let table = try Table(csvText: text, source: "rows", categories: ["zip"])
    let server = try TestServer()
    let model = try FittedModel("y ~ x + C(zip)", table, missing: .drop)
    try model.write(to: server.file("model"))
    let expected = try model.predictions(from: table)
    try await server.run { client in
      let answer = try await client.post(
        "/predict", #"{"rows": [{"x": 1, "zip": "10"}, {"x": 2, "zip": 20}, {"x": null, "zip": "10"}]}"#)
      #expect(try answer.predictions == [expected[0], expected[2], nil])
      let unseen = try await client.post("/predict", #"{"rows": [{"x": 1, "zip": "30"}]}"#)
      #expect(unseen.status == .unprocessableContent)
      #expect(try unseen.error.contains("30"))
    }
  }
}
