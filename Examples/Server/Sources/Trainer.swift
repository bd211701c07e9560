// Training in the background.

import Hummingbird
import Logging
import ServiceLifecycle
import TabularRegression

/// Trains a model on the rows of a file, one training at a time, and writes it to the model's file, where
/// ``ModelWatcher`` finds it. A training ends with the server.
actor Trainer: Service {
  enum State: Sendable {
    case idle, running, done
    case failed(String)
  }

  private(set) var state = State.idle
  private let formula: Formula
  private let data: String?
  private let model: String
  private let logger: Logger
  private let (requests, request) = AsyncStream.makeStream(of: Void.self)

  /// - Parameters:
  ///   - data: the CSV file with the rows; nil for no training.
  ///   - model: the file that a trained model is written to.
  init(_ formula: Formula, data: String?, model: String, _ logger: Logger) {
    (self.formula, self.data, self.model, self.logger) = (formula, data, model, logger)
  }

  /// Starts a training.
  ///
  /// - Throws: ``Refusal``: 404 where there is nothing to train on, 409 while another one runs.
  func start() throws(Refusal) -> State {
    if data == nil {
      throw Refusal(.notFound, "there are no rows to train on; start the server with --data FILE")
    }
    if case .running = state { throw Refusal(.conflict, "a training is running; wait for it to end") }
    state = .running
    request.yield()
    return state
  }

  func run() async {
    await cancelWhenGracefulShutdown {
      for await _ in self.requests { await self.train() }
    }
  }

  private func train() async {
    guard let data else { return }
    do {
      try await Self.train(formula, data, to: model)
      state = .done
      logger.notice("\(model): a model was trained and written")
    } catch {
      state = .failed("\(error)")
      logger.error("training: \(error)")
    }
  }

  /// Leaves one core to requests. Cancellation is noticed after each epoch.
  private static func train(_ formula: Formula, _ data: String, to file: String) async throws {
    try await Parallelism.$threads.withValue(max(1, Parallelism.cores - 1)) {
      try await onWorkers {
        let table = try await Table.reading(csv: [data])
        let training = try TableTraining(formula, table, method: SGD(seed: 1))
        while try training.next() != nil { try Task.checkCancellation() }
        try training.model().write(to: file)
      }
    }
  }
}

extension Trainer.State {
  var response: Response {
    switch self {
    case .idle: .json(ByteBuffer(string: "{\"training\":\"idle\"}\n"))
    case .running: .json(ByteBuffer(string: "{\"training\":\"running\"}\n"), status: .accepted)
    case .done: .json(ByteBuffer(string: "{\"training\":\"done\"}\n"))
    case .failed(let why):
      .json(ByteBuffer(string: "{\"training\":\"failed\",\"error\":\(jsonString(why))}\n"))
    }
  }
}
