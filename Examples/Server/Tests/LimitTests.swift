// What is refused, with which status, and in which words.

import Foundation
import Hummingbird
import HummingbirdTesting
import Testing

@testable import server

@Suite struct LimitTests {
  static let row = #"{"bmi": 21.6, "bp": 87}"#

  @Test func aBodyIsAsLongAsTheLimitAllowsAndNotAByteLonger() async throws {
    let server = try TestServer(), body = "{\"rows\": [\(Self.row)]}"
    for live in [false, true] {
      try await server.run("--max-body", "\(body.utf8.count)", live: live) { client in
        #expect(try await client.post("/predict", body).status == .ok)
        let long = try await client.post("/predict", body + " ")
        #expect(long.status == .contentTooLarge)
        #expect(
          try long.error == "the body has more than \(body.utf8.count) bytes; send fewer rows at a time")
        // The connection goes on.
        let longer = try await client.post("/observe", String(repeating: "x", count: 100_000))
        #expect(longer.status == .contentTooLarge)
        #expect(try await client.get("/health").status == .ok)
      }
    }
  }

  @Test func aBodyInChunksWithoutALengthIsLimitedToo() async throws {
    let limits = Limits(bytes: 10, rows: 1)
    let chunks = AsyncStream { chunks in
      for _ in 0..<3 { chunks.yield(ByteBuffer(string: "12345")) }
      chunks.finish()
    }
    let head = HTTPRequest(
      method: .post, scheme: nil, authority: nil, path: "/predict",
      headerFields: [.contentType: "application/json"])
    let request = Request(head: head, body: RequestBody(asyncSequence: chunks))
    let refusal = await #expect(throws: Refusal.self) { try await Body(request, limits) }
    #expect(refusal?.status == .contentTooLarge)
  }

  @Test func thereAreAsManyRowsAsTheLimitAllowsAndNotOneMore() async throws {
    let server = try TestServer()
    try await server.run("--max-rows", "2") { client in
      for (count, status) in [(2, HTTPResponse.Status.ok), (3, .unprocessableContent)] {
        let json = Array(repeating: Self.row, count: count).joined(separator: ",")
        let answer = try await client.post("/predict", "{\"rows\": [\(json)]}")
        #expect(answer.status == status)
        let csv = "bmi,bp\n" + String(repeating: "21.6,87\n", count: count)
        #expect(try await client.post("/predict", csv, type: "text/csv").status == status)
      }
    }
  }

  @Test func pathsMethodsAndContentTypes() async throws {
    try await TestServer().run { client in
      let nowhere = try await client.get("/nowhere")
      #expect(nowhere.status == .notFound)
      #expect(try nowhere.error.hasPrefix("there is no such path; the paths are /health, "))
      let wrong = try await client.get("/predict")
      #expect(wrong.status == .methodNotAllowed && wrong.headers[.allow] == "POST")
      #expect(try wrong.error == "/predict has no such method; use POST")
      for type in [nil, "text/plain", "application/jsonx"] {
        #expect(try await client.post("/predict", "{}", type: type).status == .unsupportedMediaType)
      }
    }
  }

  @Test(arguments: [
    ("{", 400, "JSON"), ("{}", 400, "body: the key \"rows\" is missing"), ("[]", 400, "body: "),
    (#"{"rows": []}"#, 400, "body"), (#"{"rows": 1}"#, 400, "body: rows: "),
    (#"{"rows": [{"bmi": {}, "bp": 1}]}"#, 400, "body: rows[0].bmi: "),
    (#"{"rows": [{"bmi": 1, "bp": 1}, [1, 2]]}"#, 400, "body: rows[1]: "),
    (#"{"rows": [[1]]}"#, 400, "body"), (#"{"rows": [[1, 2], [1]]}"#, 400, "body"),
    (#"{"rows": [{"bmi": 1e999, "bp": 1}]}"#, 400, "body"),
    (#"{"rows": [{"bmi": NaN, "bp": 1}]}"#, 400, "body"),
    (#"{"rows": [{"bmi": 1}]}"#, 422, "there is no column \"bp\""),
    (#"{"rows": [{"bmi": "x", "bp": 1}]}"#, 422, "\"x\""),
    (#"{"rows": [{"bmi": 1e308, "bp": 1e308}]}"#, 422, "beyond a Double"),
    (#"{"rows": [[1, 2]], "interval": "x"}"#, 422, "interval \"x\" is unknown"),
    (#"{"rows": [[1, 2]], "level": 1}"#, 422, "the level is not between 0 and 1"),
    (#"{"rows": [[1, 2]], "level": -0.5}"#, 422, "the level is not between 0 and 1"),
  ])
  func aBodyIsRefused(_ body: String, _ status: Int, _ message: String) async throws {
    try await TestServer().run { client in
      let answer = try await client.post("/predict", body)
      #expect(answer.status.code == status, "\(answer.text)")
      #expect(try answer.error.contains(message), "\(answer.text)")
    }
  }

  @Test func rowsToObserveByPositionNeedNames() async throws {
    try await TestServer().run { client in
      let answer = try await client.post("/observe", #"{"rows": [[1, 2, 3]]}"#)
      #expect(answer.status == .badRequest)
      #expect(try answer.error.hasPrefix("body: rows by position need names; give \"columns\""))
    }
  }
}
