#if canImport(FoundationEssentials)
  private import FoundationEssentials
#else
  private import Foundation
#endif
internal import LinearRegression

/// A share in a file: JSON in an ``Envelope``.
extension Share {
  static let envelope = Envelope(
    formatName: "linreg-share", currentVersion: 4, noun: "share", remedy: "accumulate it again")

  /// Writes a file: whole, or not at all.
  ///
  /// - Throws: ``TabularError/file(path:operation:reason:)``; a file that was there before is then as it was.
  public func write(to path: String) throws(TabularError) {
    try Files.write(fileBytes, to: path)
  }

  /// Reads a file.
  ///
  /// - Parameter path: the file, or "-" for standard input.
  /// - Throws: ``TabularError``: a file that cannot be read, is damaged or truncated, belongs to a newer version, or is
  ///   no share.
  public init(contentsOf path: String) throws(TabularError) {
    let bytes = try Files.read(path)
    try self.init(fileBytes: bytes, path: path == "-" ? "standard input" : path)
  }

  var fileBytes: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      let payload = Array(try encoder.encode(ShareRecord(self))) + [UInt8(ascii: "\n")]
      return Self.envelope.seal(payload)
    } catch {
      fatalError("a share cannot be encoded: \(error); this is a bug in swift-linear-regression")
    }
  }

  init(fileBytes bytes: [UInt8], path: String) throws(TabularError) {
    let (version, payload) = try Self.envelope.open(bytes, path: path)
    if version < Self.envelope.currentVersion {
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
    guard let share = record.share else { throw inconsistent }
    self = share
  }
}

/// A share's contents.
private struct ShareRecord: Codable {
  var formula: String
  var design: Design
  var droppedRows: Int
  /// In the order of their rows.
  var parts: [Part]

  /// Rows that are merged already.
  struct Part: Codable {
    /// Height of the boundary before them.
    var height: UInt64
    var rows: LeastSquares.Factor
    /// The levels of a category that has no columns, in the order of the factor; not there without one.
    var levels: [String]?
  }

  init(_ share: Share) {
    formula = share.formula
    design = share.design
    droppedRows = share.droppedRows
    parts = share.parts.subtrees.map {
      Part(
        height: $0.before, rows: $0.value.factor,
        levels: share.absorption == nil ? nil : $0.value.words)
    }
  }

  /// The share; nil where its parts do not fit.
  var share: Share? {
    guard design.fault == nil, droppedRows >= 0 else { return nil }
    let isInLevels = parts.contains { $0.rows.grouping == .levels }
    let absorption = design.absorption(fewest: 2)
    if isInLevels && absorption == nil { return nil }
    let columns = isInLevels ? absorption!.columns : nil
    var tree = MergeTree<ShareRows>()
    for part in parts {
      let rows = part.rows
      guard rows.targets == design.targets.count, (rows.grouping == .levels) == isInLevels,
        rows.grouping != .none, rows.features == design.columns.count - (columns?.count ?? 0),
        (part.levels != nil) == isInLevels, rows.levels <= part.levels?.count ?? 0,
        Set(part.levels ?? []).count == part.levels?.count ?? 0
      else { return nil }
      let known = Set(absorption.flatMap { design.variables[$0.variable].levels } ?? [])
      // Booleans are written in several ways.
      let isKnown = { known.contains($0) || known.contains(Design.boolean($0) ?? $0) }
      guard (part.levels ?? []).indices.allSatisfy({ !rows.hasRows(level: $0) || isKnown(part.levels![$0]) })
      else { return nil }
      tree.append(ShareRows(rows, words: part.levels ?? []), before: part.height) { $0.merge($1) }
    }
    return Share(
      formula: formula, design: design, absorption: isInLevels || parts.isEmpty ? absorption : nil,
      droppedRows: droppedRows, parts: tree)
  }
}
