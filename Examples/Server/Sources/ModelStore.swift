// The model that is served, and the service that reads its file again when it changes.

import Atomics
import Foundation
import Hummingbird
import Logging
import ServiceLifecycle
import TabularRegression

/// A model as it is served: read once and never changed, so that requests share it.
final class ServedModel: AtomicReference, Sendable {
  let model: FittedModel
  /// The columns that rows by position have, in order.
  let variables: [String]
  /// Columns whose fields are words, of digits too.
  let categories: Set<String>
  /// The short way to its predictions, for models that have one.
  let plain: PlainModel?
  /// What GET /model answers.
  let json: ByteBuffer

  init(file: String) throws(TabularError) {
    model = try FittedModel(contentsOf: file)
    variables = model.variables
    categories = model.categories
    plain = PlainModel(model)
    json = ByteBuffer(string: model.json)
  }
}

/// The current model. A request takes one reference and keeps it to its end; a new model takes the place of the old
/// one in one atomic step, without a lock, and the old one goes with the last request that has it.
final class ModelStore: Sendable {
  let file: String
  private let reference: ManagedAtomic<ServedModel>

  var current: ServedModel { reference.load(ordering: .acquiring) }

  init(file: String) throws(TabularError) {
    self.file = file
    reference = ManagedAtomic(try ServedModel(file: file))
  }

  /// Reads the file again.
  ///
  /// - Throws: `TabularError`; the model is then as it was.
  func reload() throws(TabularError) {
    reference.store(try ServedModel(file: file), ordering: .releasing)
  }
}

/// Looks at the model's file at intervals, and has it read again when it is another one.
struct ModelWatcher: Service {
  private let models: ModelStore
  private let interval: Duration
  private let logger: Logger
  private let first: FileStamp?

  init(_ models: ModelStore, every interval: Duration, _ logger: Logger) {
    (self.models, self.interval, self.logger) = (models, interval, logger)
    first = FileStamp(models.file)
  }

  func run() async {
    try? await cancelWhenGracefulShutdown {
      var last = first
      while true {
        try await Task.sleep(for: interval)
        let stamp = FileStamp(models.file)
        if stamp != last { await reload() }
        last = stamp
      }
    }
  }

  private func reload() async {
    do {
      try await onWorkers { try models.reload() }
      logger.notice("\(models.file): the model was read again")
    } catch {
      logger.error("\(error); the former model stays")
    }
  }
}

/// What tells a file from one that has taken its name, and from itself after a change.
private struct FileStamp: Equatable {
  private let number: Int?
  private let size: Int?
  private let changed: Date?

  /// Nil where there is no file.
  init?(_ path: String) {
    guard let file = try? FileManager.default.attributesOfItem(atPath: path) else { return nil }
    number = file[.systemFileNumber] as? Int
    size = file[.size] as? Int
    changed = file[.modificationDate] as? Date
  }
}
