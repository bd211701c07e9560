// Bodies that nobody would send in good faith.

import Foundation
import Hummingbird
import HummingbirdTesting
import TabularRegression
import Testing

@testable import server

@Suite struct HostileBodyTests {
  @Test func tenThousandDamagedBodiesAreRefusedAndTheServerGoesOn() async throws {
    let server = try TestServer()
    try await server.run { client in
      var damage = Damage(seed: 20_261_130), refused = 0
      for round in 0..<10_000 {
        let (bytes, type) = damage.body()
        let path = round % 4 == 0 ? "/observe" : "/predict"
        let answer = try await client.post(path, bytes: ByteBuffer(bytes: bytes), type: type)
        guard answer.status.code != 200 else { continue }
        refused += 1
        guard (400..<500).contains(answer.status.code), try !answer.error.isEmpty else {
          let start = String(decoding: bytes.prefix(500), as: UTF8.self)
          Issue.record("round \(round): \(answer.status) for \(start)")
          break
        }
      }
      // Some of the damage leaves rows that can be read.
      #expect(refused > 5_000)
      let answer = try await client.post("/predict", PredictTests.named)
      let rows = try Table(csvText: PredictTests.csv, source: "rows")
      #expect(try answer.predictions == server.model.predictions(from: rows))
    }
  }

  @Test func aNameForEachOfTenThousandRowsIsRefused() async throws {
    let rows = (0..<10_000).map { "{\"a\($0)\":1}" }.joined(separator: ",")
    try await TestServer().run { client in
      for path in ["/predict", "/observe"] {
        let answer = try await client.post(path, "{\"rows\":[\(rows)]}")
        #expect(answer.status == .unprocessableContent)
        #expect(try answer.error.hasPrefix("body: there is no column \""))
      }
    }
    // "." is all names of the rows.
    try await TestServer().run("--formula", "progression ~ .") { client in
      let answer = try await client.post("/observe", "{\"rows\":[\(rows)]}")
      #expect(answer.status == .badRequest)
      #expect(
        try answer.error
          == "body: 10000 rows with 10000 fields in all have 10000 names; name the columns that are wanted")
    }
  }

  @Test func fieldsThatAreNotNeededArePassedOver() async throws {
    let rows = (0..<1_000).map { "{\"bmi\":21.6,\"bp\":87,\"progression\":\($0),\"a\($0)\":\"x\"}" }
      .joined(separator: ",")
    try await TestServer().run { client in
      let predicted = try await client.post("/predict", "{\"rows\":[\(rows)]}")
      #expect(try predicted.predictions.count == 1_000)
      let observed = try await client.post("/observe", "{\"rows\":[\(rows)]}")
      #expect(observed.text == "{\"observations\":1000}\n")
    }
  }

  @Test(arguments: ["[", "{\"rows\":", "{\"rows\":[", "[{\"rows\":"])
  func deepNestingIsRefused(_ opening: String) async throws {
    try await TestServer().run(live: true) { client in
      let answer = try await client.post("/predict", String(repeating: opening, count: 100_000))
      #expect(answer.status == .badRequest)
      #expect(try !answer.error.isEmpty)
      #expect(try await client.get("/health").status == .ok)
    }
  }
}

/// Damages good bodies, in an order that follows from a seed.
struct Damage {
  private var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  private static let good = [
    (
      #"{"rows": [{"bmi": 21.6, "bp": 87, "progression": 75}, {"bmi": 32.1, "bp": 1, "progression": 5}]}"#,
      true
    ),
    (#"{"columns": ["bmi", "bp", "progression"], "rows": [[21.6, 87, 75], [32.1, 101, 151]]}"#, true),
    (#"{"rows": [{"bmi": 21.6, "bp": 87}], "interval": "prediction", "level": 0.9}"#, true),
    ("bmi,bp,progression\n21.6,87,75\n32.1,101,151\n", false),
  ]

  /// What a piece of a body is replaced by.
  private static let pieces: [[UInt8]] =
    [
      "1e999", "-1e999", "1e-999", "NaN", "Infinity", "null", "true", "\"\"", "\"x\"", "{}", "[]", "[[[[",
      "}}}}",
      "99999999999999999999999999", "-0", "0x10", "1.7976931348623157e308", "\\u0000", "\\ud800", "\n\n",
      "\r",
      ",,,,", "\"\"\"", "\u{feff}", "\"rows\":", "\"bmi\": 1, \"bmi\": 2,", "é", "💥", "=1+1",
      "'; DROP TABLE rows",
      String(repeating: "[", count: 2_000), String(repeating: "9", count: 2_000),
      String(repeating: "a,", count: 2_000), String(repeating: "{\"a\":", count: 1_000),
    ].map { Array($0.utf8) } + [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0], []]

  /// A body with one to four damages, and its type.
  mutating func body() -> (bytes: [UInt8], type: String) {
    let (text, isJSON) = Self.good[generator.nextInteger(below: Self.good.count)]
    var bytes = Array(text.utf8)
    for _ in 0...generator.nextInteger(below: 4) { damage(&bytes) }
    // Sometimes under the other name.
    let saysJSON = generator.nextInteger(below: 16) == 0 ? !isJSON : isJSON
    return (bytes, saysJSON ? "application/json" : "text/csv")
  }

  private mutating func damage(_ bytes: inout [UInt8]) {
    let start = generator.nextInteger(below: bytes.count + 1)
    let end = min(bytes.count, start + generator.nextInteger(below: 12))
    switch generator.nextInteger(below: 5) {
    case 0: bytes.removeSubrange(start...)
    case 1: bytes.removeSubrange(start..<end)
    case 2:
      let piece = Self.pieces[generator.nextInteger(below: Self.pieces.count)]
      bytes.replaceSubrange(start..<end, with: piece)
    case 3: bytes.insert(contentsOf: bytes[start..<end], at: start)
    default: for index in start..<end { bytes[index] = UInt8(generator.nextInteger(below: 256)) }
    }
  }
}
