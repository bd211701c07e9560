/// The number that a field's text stands for.
enum DecimalNumber: Equatable {
  case value(Double)
  /// Nothing, or one of the usual words for nothing: NA, N/A, NaN, null.
  case missing
  /// Something else.
  case notANumber
  /// A decimal number beyond the largest Double.
  case tooLarge

  /// Reads a decimal number, rounded to the nearest Double: digits with an optional sign, point and exponent, in spaces or
  /// not. Other spellings that C would take (hexadecimal, `inf`) are not numbers here.
  init(_ field: ArraySlice<UInt8>) {
    let text = field.trimmingSpaces()
    if Self.isMissing(text) {
      self = .missing
    } else if !Self.isDecimal(text) {
      self = .notANumber
    } else if let value = Double(String(decoding: text, as: UTF8.self)) {
      self = value.isFinite ? .value(value) : .tooLarge
    } else {
      self = .notANumber
    }
  }

  private static func isMissing(_ text: ArraySlice<UInt8>) -> Bool {
    guard text.count <= 4 else { return false }
    guard let first = text.first else { return true }
    // before every short number becomes a string
    guard first | 0x20 == UInt8(ascii: "n") else { return false }
    return ["na", "n/a", "nan", "null"].contains(String(decoding: text, as: UTF8.self).lowercased())
  }

  private static func isDecimal(_ text: ArraySlice<UInt8>) -> Bool {
    var rest = text
    func isSign(_ byte: UInt8?) -> Bool { byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") }
    func digits() -> Int {
      let start = rest.startIndex
      rest = rest.drop { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
      return rest.startIndex - start
    }
    if isSign(rest.first) { rest.removeFirst() }
    var mantissa = digits()
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      mantissa += digits()
    }
    if mantissa == 0 { return false }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      rest.removeFirst()
      if isSign(rest.first) { rest.removeFirst() }
      if digits() == 0 { return false }
    }
    return rest.isEmpty
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
