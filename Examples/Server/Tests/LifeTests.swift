// A server's life: the model that changes, the rows that are observed, training, the end.

import Foundation
import Hummingbird
import HummingbirdTesting
import TabularRegression
import Testing

@testable import server

@Suite struct LifeTests {
  static let rows = #"{"rows": [{"bmi": 21.6, "bp": 87}]}"#

  /// Asks until the condition holds, for some seconds at most.
  func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
    for _ in 0..<500 {
      if try await condition() { return true }
      try await Task.sleep(for: .milliseconds(20))
    }
    return false
  }

  @Test func theModelIsShown() async throws {
    let server = try TestServer()
    try await server.run { client in
      let (model, health) = (try await client.get("/model"), try await client.get("/health"))
      #expect(model.text == server.model.json)
      #expect(health.text == "ok\n")
    }
  }

  @Test func aNewModelIsServedAndADamagedOneIsNot() async throws {
    let server = try TestServer(), file = server.file("model")
    let new = try FittedModel("progression ~ bmi", TestServer.patients)
    try await server.run(lookingEvery: .milliseconds(20)) { client in
      let before = try await client.post("/predict", Self.rows).text
      try Data("damaged".utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
      try await Task.sleep(for: .milliseconds(200))
      #expect(try await client.post("/predict", Self.rows).text == before)
      try FileManager.default.removeItem(atPath: file)
      try await Task.sleep(for: .milliseconds(200))
      #expect(try await client.post("/predict", Self.rows).text == before)
      try new.write(to: file)
      #expect(try await eventually { try await client.get("/model").text == new.json })
      #expect(
        try await client.post("/predict", #"{"rows": [[21.6]]}"#).predictions
          == new.predictions(from: Table(csvText: "bmi\n21.6", source: "rows")))
    }
  }

  @Test func requestsGoOnWhileTheModelChanges() async throws {
    let server = try TestServer(), file = server.file("model")
    let models = [server.model, try FittedModel("progression ~ bmi", TestServer.patients)]
    let answers = try models.map {
      try $0.predictions(from: Table(csvText: "bmi,bp\n21.6,87", source: "rows"))[0]
    }
    try await server.run(lookingEvery: .milliseconds(1)) { client in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<4 {
          group.addTask {
            for _ in 0..<250 {
              let found = try await client.post("/predict", Self.rows).predictions
              #expect(found.count == 1 && answers.contains(found[0]!))
            }
          }
        }
        group.addTask {
          for round in 1...30 {
            try models[round % 2].write(to: file)
            try await Task.sleep(for: .milliseconds(5))
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test func observedRowsAreSavedAtTheEndAndGoOnAfterIt() async throws {
    let server = try TestServer(), share = server.file("share")
    let lines = try String(contentsOfFile: TestServer.data, encoding: .utf8).split(separator: "\n")
    let parts = [lines[...200], lines[201...]].map { rows in
      ([lines[0]] + rows.filter { $0 != lines[0] }).joined(separator: "\n")
    }
    let first = try Share(TestServer.formula, Table(csvText: parts[0], source: "rows"))
    try await server.run("--share", share) { client in
      let none = try await client.get("/model/observed")
      #expect(none.status == .notFound)
      #expect(try none.error == "no rows have been observed; POST some to /observe")
      let answer = try await client.post("/observe", parts[0], type: "text/csv")
      #expect(answer.text == "{\"observations\":200}\n")
      // Rows that do not suit are not added.
      let unsuited = try await client.post("/observe", #"{"rows": [{"bmi": 1, "bp": 2}]}"#)
      #expect(unsuited.status == .unprocessableContent)
      #expect(!FileManager.default.fileExists(atPath: share))
    }
    #expect(try Share(contentsOf: share) == first)
    var both = first
    try both.add(Table(csvText: parts[1], source: "rows"))
    let model = try both.solve().json
    try await server.run("--share", share) { client in
      let answer = try await client.post("/observe", parts[1], type: "text/csv")
      #expect(answer.text == "{\"observations\":442}\n")
      #expect(try await client.get("/model/observed").text == model)
    }
    #expect(try Share(contentsOf: share) == both)
  }

  @Test func theShareOfAnotherFormulaIsRefusedAtTheStart() throws {
    let server = try TestServer(), share = server.file("share")
    try Share("progression ~ age", TestServer.patients).write(to: share)
    #expect {
      try Serve.parse(["--model", server.file("model"), "--share", share]).application()
    } throws: {
      "\($0)".contains("the share is of 'progression ~ age', not of 'progression ~ bmi + bp'; give --formula")
    }
    _ = try Serve.parse([
      "--model", server.file("model"), "--share", share, "--formula", "progression ~ age",
    ]).application()
  }

  @Test func aTrainingEndsInTheModelThatIsServed() async throws {
    let server = try TestServer(formula: "progression ~ bmi")
    let expected = try FittedModel(
      training: Formula(TestServer.formula), TestServer.patients, method: SGD(seed: 1))
    try await server.run(
      "--data", TestServer.data, "--formula", TestServer.formula, lookingEvery: .milliseconds(20)
    ) { client in
      #expect(try await client.get("/train").text == "{\"training\":\"idle\"}\n")
      let answer = try await client.post("/train", "")
      #expect(answer.status == .accepted && answer.text == "{\"training\":\"running\"}\n")
      #expect(try await eventually { try await client.get("/train").text == "{\"training\":\"done\"}\n" })
      #expect(try await eventually { try await client.get("/model").text == expected.json })
    }
  }

  @Test func aTrainingThatFailsSaysWhyAndWithoutRowsThereIsNone() async throws {
    let server = try TestServer()
    try await server.run("--data", server.file("nothing.csv")) { client in
      let answer = try await client.post("/train", "")
      #expect(answer.status == .accepted)
      #expect(try await eventually { try await client.get("/train").text.contains("nothing.csv") })
      #expect(try await client.get("/model").text == server.model.json)
    }
    try await server.run { client in
      let answer = try await client.post("/train", "")
      #expect(answer.status == .notFound)
    }
  }

  @Test func requestsAndRowsAreCounted() async throws {
    try await TestServer().run { client in
      _ = try await client.post("/predict", PredictTests.named)
      _ = try await client.post("/predict", Self.rows)
      _ = try await client.post("/predict", "{")
      _ = try await client.get("/nowhere")
      let lines = try await client.get("/metrics").text.split(separator: "\n")
      for line in [
        "http_requests_total{path=\"/predict\",status=\"200\"} 2",
        "http_requests_total{path=\"/predict\",status=\"400\"} 1",
        "http_requests_total{path=\"other\",status=\"404\"} 1",
        "http_request_duration_seconds_count{path=\"/predict\"} 3", "predicted_rows_total 3",
      ] { #expect(lines.contains(Substring(line)), "\(line)") }
      let sum = lines.first { $0.hasPrefix("http_request_duration_seconds_sum{path=\"/predict\"}") }
      #expect(try #require(Double(sum!.split(separator: " ")[1])) > 0)
    }
  }
}
