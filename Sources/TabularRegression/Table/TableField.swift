/// A field of a row in memory, as programs hand it in and as JSON has it.

#if canImport(FoundationEssentials)
  private import FoundationEssentials
#else
  private import Foundation
#endif

extension Table {
  /// A field of a row: a number, a word, or nothing.
  ///
  /// ```swift
  /// let row: [String: Table.Field] = ["area": 88, "heating": "gas", "garage": true, "rooms": nil]
  /// ```
  /// In JSON it is a bare number, string, boolean or null. A boolean is the word "true" or "false".
  public enum Field: Hashable, Sendable {
    /// A number; NaN is a missing field.
    case number(Double)
    /// A word, of digits too: "08" is no number here.
    case word(String)
    /// No value.
    case missing
  }
}

extension Table.Field: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
  /// A number.
  public init(floatLiteral value: Double) { self = .number(value) }

  /// A number; one that no Double is equal to is the word of its digits, as in JSON.
  public init(integerLiteral value: Int) { self.init(digits: String(value)) }

  /// A word.
  public init(stringLiteral value: String) { self = .word(value) }

  /// The word "true" or "false".
  public init(booleanLiteral value: Bool) { self = .word("\(value)") }

  /// A missing field.
  public init(nilLiteral: ()) { self = .missing }

  /// A whole number; the word of its digits where a Double would lose some.
  private init(digits: String) {
    if case .value(let number) = DecimalNumber(Array(digits.utf8)[...]) {
      self = .number(number)
    } else {
      self = .word(digits)
    }
  }
}

extension Table.Field: Codable {
  /// Decodes a bare number, string, boolean or null.
  ///
  /// A whole number that no Double is equal to is the word of its digits: an identifier keeps them, and where a number
  /// is needed the word is refused, as in a CSV file. That holds below 2¹²⁸; below 2⁶⁴ also for whole numbers that are
  /// written with an exponent, since a decoder does not tell how a number was written. From 2¹²⁸ on a number of more
  /// than 17 digits before its zeros is an error, with a point or an exponent too; one of fewer is the nearest Double,
  /// and so is any number above 10¹⁶⁵.
  /// - Throws: `DecodingError`: an array or object, a number beyond Double, a number whose digits cannot be kept.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .missing
      return
    }
    do {
      let value = try container.decode(Double.self)
      guard value.isFinite else {
        throw DecodingError.dataCorruptedError(
          in: container, debugDescription: "\(value) is not a finite number")
      }
      if abs(value) < 0x1p53 {
        self = .number(value)
      } else {
        try self.init(large: value, in: container)
      }
    } catch DecodingError.typeMismatch {
      if let truth = try? container.decode(Bool.self) {
        self.init(booleanLiteral: truth)
      } else {
        self = .word(try container.decode(String.self))
      }
    }
  }

  /// A number of 2⁵³ or more, of which a Double may lose digits.
  private init(large value: Double, in container: any SingleValueDecodingContainer) throws {
    let decimal = (try? container.decode(Decimal.self))?.description
    if let digits = Self.wholeNumber(in: container) {
      // Integers are decoded without what stands behind the point.
      if decimal?.contains(".") == true { self = .number(value) } else { self.init(digits: digits) }
      return
    }
    // A Decimal has 38 digits; numbers that are written with an exponent seldom have more than 17.
    if let decimal, !decimal.contains("."),
      decimal.reversed().drop(while: { $0 == "0" }).count(where: \.isNumber) > 17
    {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "the number has more digits than are kept; write it in quotes")
    }
    self = .number(value)
  }

  /// The digits of a whole number of up to 128 bits; nil for others.
  private static func wholeNumber(in container: any SingleValueDecodingContainer) -> String? {
    if let whole = try? container.decode(Int64.self) { return String(whole) }
    if let whole = try? container.decode(UInt64.self) { return String(whole) }
    if let whole = try? container.decode(Int128.self) { return String(whole) }
    return (try? container.decode(UInt128.self)).map { String($0) }
  }

  /// Encodes a bare number, string or null; a number that is not finite is null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .number(let value) where value.isFinite:
      // All digits of a whole number: with fewer it would be another.
      if abs(value) < 0x1p53 {
        try container.encode(value)
      } else if let whole = Int64(exactly: value) {
        try container.encode(whole)
      } else if let whole = UInt64(exactly: value) {
        try container.encode(whole)
      } else {
        try container.encode(value)
      }
    case .word(let word): try container.encode(word)
    case .number, .missing: try container.encodeNil()
    }
  }
}
