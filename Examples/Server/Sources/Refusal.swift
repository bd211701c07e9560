// Errors as JSON: {"error": "one line"}.

import Foundation
import Hummingbird
import TabularRegression

/// A request that is refused: with which status, and why, on one line.
struct Refusal: Error {
  let status: HTTPResponse.Status
  let message: String
  var headers: HTTPFields = [:]

  init(_ status: HTTPResponse.Status, _ message: String) {
    (self.status, self.message) = (status, message)
  }

  static func tooLong(_ limits: Limits) -> Refusal {
    Refusal(.contentTooLarge, "the body has more than \(limits.bytes) bytes; send fewer rows at a time")
  }

  static func tooMany(_ limits: Limits) -> Refusal {
    Refusal(.unprocessableContent, "there are more than \(limits.rows) rows; send fewer at a time")
  }

  /// The router's error of a path that it does not know, or does not know under this method.
  static func unknown(_ request: Request) -> Refusal {
    guard let path = Path(rawValue: request.uri.path) else {
      let paths = Path.allCases.map(\.rawValue).joined(separator: ", ")
      return Refusal(.notFound, "there is no such path; the paths are \(paths)")
    }
    var refusal = Refusal(.methodNotAllowed, "\(path.rawValue) has no such method; use \(path.methods)")
    refusal.headers[.allow] = path.methods
    return refusal
  }

  var response: Response {
    var response = Response.json(ByteBuffer(string: "{\"error\":\(jsonString(message))}\n"), status: status)
    response.headers.append(contentsOf: headers)
    return response
  }
}

/// Answers errors of requests as JSON. Others are the server's: they pass, and are answered with 500.
struct ErrorMiddleware: RouterMiddleware {
  typealias Context = BasicRequestContext

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let refusal as Refusal {
      return refusal.response
    } catch let error as TabularError {
      // The rows can be read, but they are not what the model or the formula needs.
      return Refusal(.unprocessableContent, error.description).response
    } catch let error as HTTPError where error.status == .notFound {
      return Refusal.unknown(request).response
    }
  }
}

/// A text as JSON writes it.
func jsonString(_ text: String) -> String {
  String(decoding: (try? JSONEncoder().encode(text)) ?? Data("\"\"".utf8), as: UTF8.self)
}
