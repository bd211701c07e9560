// A request's body: rows as JSON, by name or by position, or as CSV.

import Foundation
import Hummingbird
import TabularRegression

/// The bytes of a request's rows, and how they are to be read.
struct Body: Sendable {
  let bytes: ByteBuffer
  private let format: Format
  private let interval: String?
  private let level: String?

  private enum Format: String {
    case json = "application/json"
    case csv = "text/csv"

    /// Parameters of the type, such as "; charset=utf-8", are passed over.
    init?(contentType: String) {
      // Most say just that.
      if let format = Self(rawValue: contentType) { self = format; return }
      self.init(rawValue: contentType.prefix { $0 != ";" && $0 != " " }.lowercased())
    }
  }

  /// Reads the body.
  ///
  /// - Throws: ``Refusal``: 415 for another content type, 413 for too many bytes.
  init(_ request: Request, _ limits: Limits) async throws {
    guard let format = request.headers[.contentType].flatMap(Format.init(contentType:)) else {
      throw Refusal(.unsupportedMediaType, "Content-Type: give application/json or text/csv")
    }
    do {
      bytes = try await request.body.collect(upTo: limits.bytes)
    } catch let error as any HTTPResponseError where error.status == .contentTooLarge {
      throw Refusal.tooLong(limits)
    }
    self.format = format
    let query =
      request.head.path?.utf8.contains(UInt8(ascii: "?")) == true ? request.uri.queryParameters : nil
    interval = query?["interval"].map(String.init)
    level = query?["level"].map(String.init)
  }

  /// Whether it is JSON, and all that is asked is in it.
  var isPlain: Bool { format == .json && interval == nil && level == nil }

  /// The rows, and what is asked about them.
  struct Rows: Sendable {
    let table: Table
    let interval: PredictionInterval?
    let level: Double
  }

  /// Decodes the rows.
  ///
  /// - Parameters:
  ///   - columns: the columns that are wanted of JSON rows by name, others being passed over; nil for all.
  ///   - order: the order of rows that are given by position and do not name it; nil if they have to.
  ///   - categories: columns whose fields are words, of digits too.
  /// - Throws: ``Refusal``: 400 where the text is not JSON, or no table; 422 for too many rows, another interval, or a
  ///   column that no row has.
  func rows(
    columns: [String]?, order: [String]?, categories: Set<String>, _ limits: Limits
  ) throws -> Rows {
    switch format {
    case .json:
      let rows = try JSONRows(bytes)
      guard rows.count <= limits.rows else { throw Refusal.tooMany(limits) }
      return try Self.rows(
        try rows.table(columns: columns, order: order, categories: categories),
        interval: rows.interval ?? interval, level: rows.level ?? level.map { Double($0) ?? .nan })
    case .csv:
      let table = try Self.reading { () throws(TabularError) in
        try Table(csvText: String(buffer: bytes), source: Self.name, categories: categories)
      }
      guard table.rowCount <= limits.rows else { throw Refusal.tooMany(limits) }
      return try Self.rows(table, interval: interval, level: level.map { Double($0) ?? .nan })
    }
  }

  /// What the rows are called in messages.
  static let name = "body"

  /// A table that cannot be read is a fault of the request's form: 400. One that lacks a column is not: 422.
  static func reading(_ table: () throws(TabularError) -> Table) throws(Refusal) -> Table {
    do {
      return try table()
    } catch {
      if case .noColumn = error { throw Refusal(.unprocessableContent, error.description) }
      throw Refusal(.badRequest, error.description)
    }
  }

  private static func rows(_ table: Table, interval: String?, level: Double?) throws(Refusal) -> Rows {
    let kind = interval.flatMap(PredictionInterval.init)
    if let interval, kind == nil {
      throw Refusal(
        .unprocessableContent, "interval \"\(interval)\" is unknown; give \"prediction\" or \"confidence\"")
    }
    let level = level ?? 0.95
    guard level > 0, level < 1 else {
      throw Refusal(.unprocessableContent, "the level is not between 0 and 1; give one like 0.95")
    }
    return Rows(table: table, interval: kind, level: level)
  }
}
