#if canImport(FoundationEssentials)
  private import FoundationEssentials
#else
  private import Foundation
#endif
internal import LinearRegression

/// A share in a file: a line with the format's name, its version, the number of bytes that follow and their checksum, then
/// that many bytes of JSON.
extension Share {
  private static var formatName: String { "linreg-share" }
  private static var currentVersion: Int { 1 }

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
      return Array("\(Self.header(payload))\n".utf8) + payload
    } catch {
      fatalError("a share cannot be encoded: \(error); this is a bug in swift-linear-regression")
    }
  }

  private static func header(_ payload: [UInt8]) -> String {
    "\(formatName) \(currentVersion) \(payload.count) \(Checksum.text(of: payload))"
  }

  init(fileBytes bytes: [UInt8], path: String) throws(TabularError) {
    func damaged(_ what: String) -> TabularError {
      .model(path: path, message: "the share is damaged: \(what); accumulate it again")
    }
    let end = bytes.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
    let words = String(decoding: bytes[..<end].prefix(200), as: UTF8.self).split(
      separator: " ", omittingEmptySubsequences: false)
    guard words.first == Self.formatName[...] else {
      throw .model(path: path, message: "this is not a share of swift-linear-regression")
    }
    guard words.count == 4, end < bytes.endIndex, let version = Int(words[1]), "\(version)" == words[1],
      version > 0
    else { throw damaged("its first line is not whole") }
    guard version <= Self.currentVersion else {
      throw .model(
        path: path,
        message:
          "the share has version \(version), this software reads up to \(Self.currentVersion); update it")
    }
    let payload = Array(bytes[(end + 1)...])
    guard "\(payload.count)" == words[2] else {
      throw damaged("it has \(payload.count) bytes where its first line says \(printable(String(words[2])))")
    }
    guard Checksum.text(of: payload) == words[3] else {
      throw damaged("its checksum does not match its contents")
    }
    let record: ShareRecord
    do {
      record = try JSONDecoder().decode(ShareRecord.self, from: Data(payload))
    } catch {
      throw damaged("its contents do not fit together")
    }
    guard let share = record.share else { throw damaged("its contents do not fit together") }
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
