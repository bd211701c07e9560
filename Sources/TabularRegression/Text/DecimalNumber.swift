internal import CText

/// The number that a field's text stands for.
enum DecimalNumber: Equatable {
  case value(Double)
  /// Nothing, or a text for nothing: NA, N/A, NaN, null, if no others are given.
  case missing
  /// Something else.
  case notANumber
  /// A decimal number beyond the largest Double.
  case tooLarge
  /// A whole number of more digits than a Double holds.
  case inexact(Double)

  /// Reads a decimal number, rounded to the nearest Double: digits with an optional sign, point and exponent, in spaces
  /// or not. Other spellings that C would take (hexadecimal, `inf`) are not numbers here.
  init(_ field: ArraySlice<UInt8>, _ format: TextFormat = .standard) {
    var value = 0.0
    let kind = format.withPointer { format in
      field.withUnsafeBufferPointer { text_read_number($0.baseAddress, $0.count, format, &value) }
    }
    switch kind {
    case text_value: self = .value(value)
    case text_missing: self = .missing
    case text_too_large: self = .tooLarge
    case text_inexact: self = .inexact(value)
    default: self = .notANumber
    }
  }
}

extension DecimalNumber {
  /// The nearest Double of a number; nil for what is none.
  var nearest: Double? {
    switch self {
    case .value(let value), .inexact(let value): value
    case .missing, .notANumber, .tooLarge: nil
    }
  }
}

extension ArraySlice<UInt8> {
  /// Without spaces and tabs at either end.
  func trimmingSpaces() -> Self {
    func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    var result = drop(while: isSpace)
    while let last = result.last, isSpace(last) { result.removeLast() }
    return result
  }
}
