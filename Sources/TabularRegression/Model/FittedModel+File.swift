#if canImport(FoundationEssentials)
  private import FoundationEssentials
#else
  private import Foundation
#endif

extension FittedModel {
  /// The model as JSON, the text of a model file. Numbers are written so that reading them back gives the same bits;
  /// keys are sorted, so that equal models give equal bytes.
  public var json: String { String(decoding: ModelRecord(self).json, as: UTF8.self) + "\n" }

  /// Writes a model file: whole, or not at all.
  ///
  /// The text goes into a temporary file beside `path`, is flushed to the disk and takes the name in one step.
  /// - Throws: ``TabularError/file(path:operation:reason:)``; a file that was there before is then as it was.
  public func write(to path: String) throws(TabularError) {
    try Files.write(Array(json.utf8), to: path)
  }

  /// Reads a model file.
  ///
  /// - Parameter path: the file, or "-" for standard input.
  /// - Throws: ``TabularError``: a file that cannot be read, is damaged or truncated, belongs to a newer version, or is
  ///   no model file.
  public init(contentsOf path: String) throws(TabularError) {
    let bytes = try Files.read(path)
    let path = path == "-" ? "standard input" : path
    if let kind = FileKind(bytes), kind != .model {
      throw .model(path: path, message: kind.description(insteadOf: "a model"))
    }
    func decoded<Value: Decodable>(_ type: Value.Type) throws(TabularError) -> Value {
      do {
        return try JSONDecoder.ofModels.decode(type, from: Data(bytes))
      } catch {
        throw .model(path: path, message: Self.message(error))
      }
    }
    let header = try decoded(ModelRecord.Header.self)
    guard header.format == ModelRecord.formatName else {
      throw .model(path: path, message: "this is not a model file of swift-linear-regression")
    }
    guard header.version >= 1 else {
      throw .model(
        path: path,
        message: "the model file is damaged: its version is \(header.version); fit the model again")
    }
    guard header.version <= ModelRecord.currentVersion else {
      throw .model(
        path: path,
        message:
          "the model file has version \(header.version), this software reads up to \(ModelRecord.currentVersion); update it"
      )
    }
    if header.version < ModelRecord.plainVersion {
      throw .model(
        path: path,
        message: "the model file has version \(header.version), which is no longer read; fit the model again")
    }
    let record = try decoded(ModelRecord.self)
    if let fault = record.fault {
      throw .model(path: path, message: "the model file is damaged: \(fault); fit the model again")
    }
    self.init(record)
  }

  private static func message(_ error: any Error) -> String {
    switch error as? DecodingError {
    case .keyNotFound(let key, let context) where context.codingPath.isEmpty && key.stringValue == "format":
      "this is not a model file of swift-linear-regression"
    case .keyNotFound(let key, _):
      "the model file is damaged: \"\(key.stringValue)\" is missing; fit the model again"
    case .typeMismatch(_, let context) where !context.codingPath.isEmpty,
      .valueNotFound(_, let context) where !context.codingPath.isEmpty:
      "the model file is damaged: \"\(context.codingPath.map(\.stringValue).joined(separator: "."))\" does not have a value of its kind; fit the model again"
    default:
      "the file is not a model, or it is damaged or truncated: it does not hold one whole JSON object; give a file that fit or train has written with -m"
    }
  }
}
