#if canImport(FoundationEssentials)
  private import FoundationEssentials
#else
  private import Foundation
#endif
internal import LinearRegression

/// A share in a file: JSON in an ``Envelope``.
extension Share {
  static let envelope = Envelope(
    formatName: "linreg-share", currentVersion: 3, noun: "share", remedy: "accumulate it again")

  /// Writes a file: whole, or not at all.
  ///
  /// - Throws: ``TabularError/file(path:operation:reason:)``; a file that was there before is then as it was.
  public func write(to path: String) throws(TabularError) {
    try Files.write(fileBytes, to: path)
  }

  /// Reads a file.
  ///
  /// - Parameter path: the file, or "-" for standard input.
  /// - Throws: ``TabularError``: a file that cannot be read, is damaged or truncated, belongs to a newer version, or is no share.
  public init(contentsOf path: String) throws(TabularError) {
    let bytes = try Files.read(path)
    try self.init(fileBytes: bytes, path: path == "-" ? "standard input" : path)
  }

  var fileBytes: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      let payload = Array(try encoder.encode(ShareRecord(self))) + [UInt8(ascii: "\n")]
      return Self.envelope.seal(payload, version: fileVersion)
    } catch {
      fatalError("a share cannot be encoded: \(error); this is a bug in swift-linear-regression")
    }
  }

  /// What has no category that stands alone is written as older software reads it.
  private var fileVersion: Int { category == nil ? 2 : 3 }

  init(fileBytes bytes: [UInt8], path: String) throws(TabularError) {
    let (version, payload) = try Self.envelope.open(bytes, path: path)
    if version < 2 {
      throw .model(
        path: path, message: "the share has version \(version), which is no longer read; accumulate it again")
    }
    let inconsistent = Self.envelope.damaged("its contents do not fit together", path: path)
    let record: ShareRecord
    do {
      record = try JSONDecoder().decode(ShareRecord.self, from: Data(payload))
    } catch {
      throw inconsistent
    }
    guard let share = record.share, share.fileVersion == version else { throw inconsistent }
    self = share
  }
}

/// A share's contents.
private struct ShareRecord: Codable {
  var formula: String
  var design: Design
  var droppedRows: Int
  /// Without columns where `category` has the rows.
  var rows: LeastSquares.Accumulator
  /// From version 3 on; not there where no category stands alone.
  var category: LeastSquares.WithinAccumulator?

  init(_ share: Share) {
    formula = share.formula
    design = share.design
    droppedRows = share.droppedRows
    rows = share.rows
    category = share.category?.rows
  }

  /// The share; nil where its parts do not fit.
  var share: Share? {
    guard design.fault == nil, droppedRows >= 0, rows.targets == design.targets.count else { return nil }
    if let category {
      guard let absorption = design.absorption(fewest: 2), rows.features == 0, rows.observations == 0,
        category.features == design.columns.count - absorption.columns.count,
        category.targets == design.targets.count,
        category.levels == 0 || category.levels == absorption.columns.levels
      else { return nil }
      return Share(
        formula: formula, design: design, droppedRows: droppedRows, rows: rows,
        category: CategoryRows(absorption, category))
    }
    guard rows.features == design.columns.count else { return nil }
    return Share(formula: formula, design: design, droppedRows: droppedRows, rows: rows)
  }
}
