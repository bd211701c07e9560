// The command: its options, and the application that they describe.

import ArgumentParser
import Hummingbird
import Logging
import ServiceLifecycle
import TabularRegression

@main
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "server", abstract: "Serves predictions of a model file over HTTP.")

  @Option(help: "The model file, as `linreg fit -m` writes it. It is read again when it changes.")
  var model: String

  @Option(help: "The file of the observed rows' share: read at the start, written at the end.")
  var share: String?

  @Option(help: "What observed rows and those of --data are fitted by; without it, the model's formula.")
  var formula: String?

  @Option(help: "The CSV file that POST /train trains on.")
  var data: String?

  @Option(help: "The address to listen at.")
  var host = "127.0.0.1"

  @Option(help: "The port to listen at; 0 for any that is free.")
  var port = 8080

  @Option(help: "Bytes that a request's body may have.")
  var maxBody = 1 << 20

  @Option(help: "Rows that a request may have.")
  var maxRows = 10_000

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("--port is from 0 to 65535") }
    guard maxBody > 0, maxRows > 0 else { throw ValidationError("--max-body and --max-rows are positive") }
  }

  /// Serves until SIGTERM or SIGINT. Requests that are being sent then have five seconds to come to an end.
  func run() async throws {
    let logger = Logger(label: "server")
    var configuration = ServiceGroupConfiguration(
      services: [try application(logger: logger)], gracefulShutdownSignals: [.sigterm, .sigint],
      logger: logger)
    configuration.maximumGracefulShutdownDuration = .seconds(5)
    try await ServiceGroup(configuration: configuration).run()
  }

  /// The routes, and the services beside them. The server stops first, so that the share has the last rows.
  func application(
    logger: Logger = Logger(label: "server"), lookingEvery interval: Duration = .seconds(1)
  ) throws -> some ApplicationProtocol {
    let models = try ModelStore(file: model)
    let formula = try Formula(formula ?? models.current.model.formula)
    let observations = try Observations(formula, file: share)
    let trainer = Trainer(formula, data: data, model: model, logger)
    let routes = Routes(
      models: models, observations: observations, trainer: trainer, counters: Counters(),
      limits: Limits(bytes: maxBody, rows: maxRows))
    return Application(
      router: routes.router,
      server: .http1(configuration: .init(idleTimeout: .seconds(60))),
      configuration: .init(address: .hostname(host, port: port)),
      services: [observations, trainer, ModelWatcher(models, every: interval, logger)],
      logger: logger)
  }
}
