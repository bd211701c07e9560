// What the server answers, path by path.

import Hummingbird
import TabularRegression

/// The paths, and the methods that each has.
enum Path: String, CaseIterable {
  case health = "/health"
  case predict = "/predict"
  case observe = "/observe"
  case model = "/model"
  case observedModel = "/model/observed"
  case train = "/train"
  case metrics = "/metrics"

  var methods: String {
    switch self {
    case .health, .model, .observedModel, .metrics: "GET"
    case .predict, .observe: "POST"
    case .train: "GET, POST"
    }
  }
}

struct Routes: Sendable {
  let models: ModelStore
  let observations: Observations
  let trainer: Trainer
  let counters: Counters
  let limits: Limits

  var router: Router<BasicRequestContext> {
    let router = Router()
    router.add(middleware: CountingMiddleware(counters: counters))
    router.add(middleware: ErrorMiddleware())
    router.get(Path.health) { "ok\n" }
    router.post(Path.predict, predict)
    router.post(Path.observe, observe)
    router.get(Path.model) { Response.json(models.current.json) }
    router.get(Path.observedModel) {
      try await onWorkers { Response.json(ByteBuffer(string: try await observations.model().json)) }
    }
    router.get(Path.train) { await trainer.state.response }
    router.post(Path.train) { _ in try await trainer.start().response }
    router.get(Path.metrics) { counters.text }
    return router
  }

  /// The rows' predictions, by the model that is current when the request arrives.
  private func predict(_ request: Request) async throws -> Response {
    let served = models.current
    let body = try await Body(request, limits)
    return try await onWorkers(ifLong: body) {
      let answer = try Answer(served, body, limits)
      counters.predictedRows.wrappingIncrement(by: answer.count, ordering: .relaxed)
      return Response.json(answer.json)
    }
  }

  /// Adds the rows to the share.
  private func observe(_ request: Request) async throws -> Response {
    let body = try await Body(request, limits)
    return try await onWorkers(ifLong: body) {
      let asked = try body.rows(
        columns: observations.variables, order: nil, categories: observations.categories, limits)
      let count = try await observations.add(asked.table)
      counters.observedRows.wrappingIncrement(by: asked.table.rowCount, ordering: .relaxed)
      return Response.json(ByteBuffer(string: "{\"observations\":\(count)}\n"))
    }
  }
}

extension Router {
  fileprivate func get(
    _ path: Path, _ answer: @escaping @Sendable () async throws -> some ResponseGenerator
  ) {
    get(RouterPath(path.rawValue)) { _, _ in try await answer() }
  }

  fileprivate func post(
    _ path: Path, _ answer: @escaping @Sendable (Request) async throws -> some ResponseGenerator
  ) {
    post(RouterPath(path.rawValue)) { request, _ in try await answer(request) }
  }
}

extension Response {
  static func json(_ text: ByteBuffer, status: HTTPResponse.Status = .ok) -> Response {
    Response(
      status: status, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: text))
  }
}
