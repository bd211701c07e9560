// What GET /metrics tells, in the text format of Prometheus.

import Atomics
import Hummingbird

/// Counters of requests and rows. All are there from the start, so that counting takes no lock.
final class Counters: Sendable {
  let predictedRows = ManagedAtomic(0)
  let observedRows = ManagedAtomic(0)
  private let paths: [String: Requests]

  /// The requests of a path.
  private struct Requests: Sendable {
    let byStatus: [Int: ManagedAtomic<Int>]
    let nanoseconds = ManagedAtomic(0)

    init() {
      byStatus = Dictionary(uniqueKeysWithValues: Counters.statuses.map { ($0, ManagedAtomic(0)) })
    }
  }

  private static let statuses = [200, 202, 400, 404, 405, 409, 413, 415, 422, 500]

  /// What the paths are called that do not exist, or do not exist under a request's method.
  private static let other = "other"

  init() {
    let names = Path.allCases.map(\.rawValue) + [Self.other]
    paths = Dictionary(uniqueKeysWithValues: names.map { ($0, Requests()) })
  }

  /// Counts a request.
  func count(_ path: String?, status: Int, _ duration: Duration) {
    guard let requests = paths[path ?? Self.other] ?? paths[Self.other] else { return }
    requests.byStatus[status]?.wrappingIncrement(ordering: .relaxed)
    let (seconds, attoseconds) = duration.components
    let nanoseconds = Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
    requests.nanoseconds.wrappingIncrement(by: nanoseconds, ordering: .relaxed)
  }

  var text: String {
    var requests = ["# TYPE http_requests_total counter"]
    var durations = ["# TYPE http_request_duration_seconds summary"]
    for (path, counters) in paths.sorted(by: { $0.key < $1.key }) {
      let counts = counters.byStatus.mapValues { $0.load(ordering: .relaxed) }.filter { $0.value > 0 }
      for (status, count) in counts.sorted(by: { $0.key < $1.key }) {
        requests.append("http_requests_total{path=\"\(path)\",status=\"\(status)\"} \(count)")
      }
      let seconds = Double(counters.nanoseconds.load(ordering: .relaxed)) / 1e9
      durations.append("http_request_duration_seconds_sum{path=\"\(path)\"} \(seconds)")
      durations.append(
        "http_request_duration_seconds_count{path=\"\(path)\"} \(counts.values.reduce(0, +))")
    }
    let rows = [("predicted", predictedRows), ("observed", observedRows)].flatMap { name, counter in
      ["# TYPE \(name)_rows_total counter", "\(name)_rows_total \(counter.load(ordering: .relaxed))"]
    }
    return (requests + durations + rows).joined(separator: "\n") + "\n"
  }
}

/// Counts every request with its status and the time until its answer is ready to be sent.
struct CountingMiddleware: RouterMiddleware {
  typealias Context = BasicRequestContext
  let counters: Counters

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    let start = ContinuousClock.now
    var status = HTTPResponse.Status.internalServerError.code
    defer { counters.count(context.endpointPath, status: status, start.duration(to: .now)) }
    let response = try await next(request, context)
    status = response.status.code
    return response
  }
}
