// A server in the test's own process, on the diabetes data.

import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import TabularRegression
import Testing

@testable import server

/// Files of a server in a folder of their own, which goes with the value.
final class TestServer: Sendable {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("server-\(UUID().uuidString)")
  let model: FittedModel

  static let formula = "progression ~ bmi + bp"

  init(formula: String = TestServer.formula) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    model = try FittedModel(formula, Self.patients)
    try model.write(to: file("model"))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  static var examples: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
  }

  static var data: String { examples.appendingPathComponent("Diabetes/diabetes.csv").path }

  static let patients = try! Table(csv: data)

  func file(_ name: String) -> String { folder.appendingPathComponent(name).path }

  /// Runs the server with these further arguments, and stops it.
  func run<Result>(
    _ arguments: String..., live: Bool = false, lookingEvery interval: Duration = .seconds(1),
    _ test: @Sendable (any TestClientProtocol) async throws -> Result
  ) async throws -> Result {
    var logger = Logger(label: "server")
    logger.logLevel = .critical
    let command = try Serve.parse(["--model", file("model"), "--port", "0"] + arguments)
    return try await command.application(logger: logger, lookingEvery: interval)
      .test(live ? .live : .router, test)
  }
}

extension TestClientProtocol {
  /// Posts a body.
  func post(
    _ uri: String, _ body: String, type: String? = "application/json"
  ) async throws -> TestResponse {
    try await post(uri, bytes: ByteBuffer(string: body), type: type)
  }

  func post(
    _ uri: String, bytes: ByteBuffer, type: String? = "application/json"
  ) async throws -> TestResponse {
    var headers = HTTPFields()
    headers[.contentType] = type
    return try await execute(uri: uri, method: .post, headers: headers, body: bytes)
  }

  func get(_ uri: String) async throws -> TestResponse { try await execute(uri: uri, method: .get) }
}

extension TestResponse {
  var text: String { String(buffer: body) }

  /// The predictions of an answer; nil for null.
  var predictions: [Double?] {
    get throws { try JSONDecoder().decode([String: [Double?]].self, from: Data(text.utf8))["predictions"]! }
  }

  /// The message of an error's answer, which is one line.
  var error: String {
    get throws {
      let message = try JSONDecoder().decode([String: String].self, from: Data(text.utf8))["error"]!
      #expect(!message.isEmpty && !message.contains("\n"))
      return message
    }
  }
}
