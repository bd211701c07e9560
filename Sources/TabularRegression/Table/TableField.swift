/// A field of a row in memory, as programs hand it in and as JSON has it.

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
  public init(integerLiteral value: Int) { self.init(whole: value) }

  /// A word.
  public init(stringLiteral value: String) { self = .word(value) }

  /// The word "true" or "false".
  public init(booleanLiteral value: Bool) { self = .word("\(value)") }

  /// A missing field.
  public init(nilLiteral: ()) { self = .missing }

  /// A whole number; the word of its digits where a Double would lose some.
  private init(whole value: some BinaryInteger) {
    let text = String(value)
    if case .value(let number) = DecimalNumber(Array(text.utf8)[...]) {
      self = .number(number)
    } else {
      self = .word(text)
    }
  }
}

extension Table.Field: Codable {
  /// Decodes a bare number, string, boolean or null.
  ///
  /// A whole number of 64 bits that no Double is equal to is the word of its digits: an identifier keeps them, and
  /// where a number is needed the word is refused, as in a CSV file.
  /// - Throws: `DecodingError`: an array or object, a number beyond Double.
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
      self = .number(value)
      if abs(value) < 0x1p53 { return }
      if let whole = try? container.decode(Int64.self) {
        self.init(whole: whole)
      } else if let whole = try? container.decode(UInt64.self) {
        self.init(whole: whole)
      }
    } catch DecodingError.typeMismatch {
      if let truth = try? container.decode(Bool.self) {
        self.init(booleanLiteral: truth)
      } else {
        self = .word(try container.decode(String.self))
      }
    }
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
