#if canImport(FoundationEssentials)
  private import FoundationEssentials
#else
  private import Foundation
#endif
internal import LinearRegression

/// A share in a file: JSON in an ``Envelope``.
extension Share {
  private static let envelope = Envelope(
    formatName: "linreg-share", currentVersion: 1, noun: "share", remedy: "accumulate it again")

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
      return Self.envelope.seal(payload)
    } catch {
      fatalError("a share cannot be encoded: \(error); this is a bug in swift-linear-regression")
    }
  }

  init(fileBytes bytes: [UInt8], path: String) throws(TabularError) {
    let payload = try Self.envelope.open(bytes, path: path).payload
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
  var target: String
  var terms: [TermRecord]
  var intercept: Bool
  @Null var weights: String?
  var rows: LeastSquares.Accumulator

  init(_ share: Share) {
    formula = share.formula
    target = share.target
    terms = share.terms.map(TermRecord.init)
    intercept = share.hasIntercept
    weights = share.weights
    rows = share.rows
  }

  /// The share; nil where its parts do not fit.
  var share: Share? {
    let features = terms.map(\.term)
    guard rows.features == terms.count, rows.targets == 1, terms.allSatisfy({ $0.power >= 1 }),
      Set(features).count == features.count
    else { return nil }
    return Share(
      formula: formula, target: target, terms: features, hasIntercept: intercept, weights: weights, rows: rows
    )
  }
}
