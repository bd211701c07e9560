// Rows as JSON: {"rows": [{"bmi": 21.6, "bp": 101}]}, or by position {"columns": ["bmi", "bp"], "rows": [[21.6, 101]]}.

import Foundation
import Hummingbird
import TabularRegression

/// The JSON of a request's rows.
struct JSONRows: Decodable, Sendable {
  /// "prediction" or "confidence"; nil for no intervals.
  let interval: String?
  /// The probability with which intervals cover.
  let level: Double?
  /// The names of what stands in rows by position.
  private let columns: [String]?
  private let rows: Rows

  /// Rows by name, or by position.
  private enum Rows: Decodable, Sendable {
    case named([[String: Table.Field]])
    case positional([[Table.Field]])

    /// The first row tells which.
    init(from decoder: any Decoder) throws {
      var first = try decoder.unkeyedContainer()
      if first.isAtEnd || (try? first.nestedContainer(keyedBy: NoKeys.self)) != nil {
        self = .named(try [[String: Table.Field]](from: decoder))
      } else {
        self = .positional(try [[Table.Field]](from: decoder))
      }
    }

    private enum NoKeys: CodingKey {}
  }

  /// - Throws: ``Refusal``: 400 with what is not as it should be, and where.
  init(_ bytes: ByteBuffer) throws {
    do {
      self = try Self.decoder.decode(Self.self, from: Data(bytes.readableBytesView))
    } catch let error as DecodingError {
      throw Refusal(.badRequest, "\(Body.name): \(error.line)")
    }
  }

  private static let decoder = JSONDecoder()

  var count: Int {
    switch rows {
    case .named(let rows): rows.count
    case .positional(let rows): rows.count
    }
  }

  /// - Parameters:
  ///   - columns: the columns that are wanted of rows by name; nil for all.
  ///   - order: the order of rows by position that do not name it.
  func table(columns: [String]?, order: [String]?, categories: Set<String>) throws -> Table {
    switch rows {
    case .named(let rows):
      return try Body.reading { () throws(TabularError) in
        try Table(rows: rows, columns: columns, source: Body.name, categories: categories)
      }
    case .positional(let rows):
      guard let names = self.columns ?? order else {
        throw Refusal(
          .badRequest,
          "\(Body.name): rows by position need names; give \"columns\": [\"a\", \"b\"] beside \"rows\"")
      }
      return try Body.reading { () throws(TabularError) in
        try Table(rows: rows, names: names, source: Body.name, categories: categories)
      }
    }
  }
}

extension DecodingError {
  /// Where, and what is wrong there, on one line.
  fileprivate var line: String {
    switch self {
    case .keyNotFound(let key, let context):
      "\(context.place)the key \"\(key.stringValue)\" is missing; give {\"rows\": [{\"NAME\": NUMBER}]}"
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      context.place + context.debugDescription
    @unknown default: "this is not JSON that rows can be read from"
    }
  }
}

extension DecodingError.Context {
  /// The path to the fault, such as "rows[3].bmi: ".
  fileprivate var place: String {
    let path = codingPath.reduce("") { path, key in
      if let index = key.intValue { return "\(path)[\(index)]" }
      return path.isEmpty ? key.stringValue : "\(path).\(key.stringValue)"
    }
    return path.isEmpty ? "" : "\(path): "
  }
}
