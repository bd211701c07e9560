extension FittedModel {
  /// Since version 10 a model may have a covariance of its own, effects behind a bar, splines and weights with another
  /// meaning, without which software of version 9 would predict something else; those of version 9 have none.
  static let envelope = Envelope(
    formatName: "linreg-model", version: 10, noun: "model file", remedy: "fit the model again",
    otherwise: "; give one that fit or train has written with -m", oldest: 9)

  /// Writes a model file: whole, or not at all. Numbers come back with the same bits, and equal models give equal
  /// bytes.
  ///
  /// They go into a temporary file beside `path`, are flushed to the disk and take the name in one step.
  /// - Throws: ``TabularError/file(path:operation:reason:)``; a file that was there before is then as it was.
  public func write(to path: String) throws(TabularError) { try Self.write([self], to: path) }

  /// Writes the models of all targets of a formula in one file: see ``write(to:)``.
  ///
  /// - Throws: ``TabularError/file(path:operation:reason:)``; a file that was there before is then as it was.
  /// - Precondition: there is one at least.
  public static func write(_ models: [FittedModel], to path: String) throws(TabularError) {
    precondition(!models.isEmpty, "there is no model to write")
    try envelope.write(ModelContents(models[0], others: Array(models.dropFirst())), to: path)
  }

  /// Reads a model file.
  ///
  /// - Parameter path: the file, or "-" for standard input.
  /// - Throws: ``TabularError``: a file that cannot be read, is damaged or truncated, belongs to another version, or is
  ///   no model file; models of several targets.
  public init(contentsOf path: String) throws(TabularError) {
    try self.init(Self.envelope.file(path))
  }

  /// Reads a model file: a model for each target of its formula.
  ///
  /// - Parameter path: the file, or "-" for standard input.
  /// - Throws: ``TabularError``, as ``init(contentsOf:)`` of a file of one model.
  public static func perTarget(contentsOf path: String) throws(TabularError) -> [FittedModel] {
    try models(envelope.file(path))
  }

  /// Reads the models of a command that takes a model file and a file with rows, in this order.
  ///
  /// - Throws: ``TabularError``, as ``perTarget(contentsOf:)``; where the two have been swapped, that.
  package static func perTarget(
    contentsOf path: String, beforeRowsOf rows: String
  ) throws(TabularError) -> [FittedModel] {
    if envelope.begins(rows), !envelope.begins(path) {
      throw .model(
        path: path,
        message: "this is not a model file, but \(rows) is one; give the model first, then the rows")
    }
    return try perTarget(contentsOf: path)
  }

  /// Models of rank 0, on all ranks.
  ///
  /// - Precondition: rank 0 has some.
  package static func broadcast(
    _ models: [FittedModel]?, on communicator: any Communicator
  ) throws(TabularError) -> [FittedModel] {
    if let models, communicator.size == 1 { return models }
    let bytes = try communicator.broadcast(
      models.map { envelope.bytes(of: ModelContents($0[0], others: Array($0.dropFirst()))) })
    return try Self.models(RandomAccessFile(bytes, name: "MPI"))
  }

  init(_ file: RandomAccessFile) throws(TabularError) {
    let models = try Self.models(file)
    if models.count > 1 {
      throw .model(
        path: file.name,
        message: "the file has models of several targets, \(listed(models.map(\.target))); one is needed here"
      )
    }
    self = models[0]
  }

  static func models(_ file: RandomAccessFile) throws(TabularError) -> [FittedModel] {
    let contents: ModelContents = try envelope.open(file)
    if let fault = contents.fault { throw envelope.damaged(fault, name: file.name) }
    return [contents.model] + (contents.others ?? []).map(\.model)
  }
}
