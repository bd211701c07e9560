#if canImport(FoundationEssentials)
  private import FoundationEssentials
#else
  private import Foundation
#endif

extension FittedModel {
  static let envelope = Envelope(
    formatName: "linreg-model", version: 7, noun: "model file", remedy: "fit the model again",
    otherwise: "; give one that fit or train has written with -m")

  /// The model as JSON, for other programs. Numbers are written so that reading them back gives the same bits; keys are
  /// sorted, so that equal models give equal bytes. A model file is ``write(to:)``'s.
  public var json: String {
    do {
      return String(decoding: try JSONEncoder.ofModels.encode(ModelRecord(self)), as: UTF8.self) + "\n"
    } catch {
      fatalError("a model record cannot be encoded: \(error); this is a bug in swift-linear-regression")
    }
  }

  /// Writes a model file: whole, or not at all. Numbers come back with the same bits, and equal models give equal bytes.
  ///
  /// They go into a temporary file beside `path`, are flushed to the disk and take the name in one step.
  /// - Throws: ``TabularError/file(path:operation:reason:)``; a file that was there before is then as it was.
  public func write(to path: String) throws(TabularError) {
    try Self.envelope.write(ModelContents(self), to: path)
  }

  /// Reads a model file.
  ///
  /// - Parameter path: the file, or "-" for standard input.
  /// - Throws: ``TabularError``: a file that cannot be read, is damaged or truncated, belongs to another version, or is
  ///   no model file.
  public init(contentsOf path: String) throws(TabularError) {
    try self.init(Self.envelope.file(path))
  }

  /// Reads the model of a command that takes a model and a file with rows, in this order.
  ///
  /// - Throws: ``TabularError``, as ``init(contentsOf:)``; where the two have been swapped, that.
  package init(contentsOf path: String, beforeRowsOf rows: String) throws(TabularError) {
    if Self.envelope.begins(rows), !Self.envelope.begins(path) {
      throw .model(
        path: path,
        message: "this is not a model file, but \(rows) is one; give the model first, then the rows")
    }
    try self.init(contentsOf: path)
  }

  init(_ file: RandomAccessFile) throws(TabularError) {
    let contents: ModelContents = try Self.envelope.open(file)
    if let fault = contents.fault { throw Self.envelope.damaged(fault, name: file.name) }
    self = contents.model
  }
}
