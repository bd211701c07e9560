#if canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#else
  private import Darwin
#endif

/// A number for a person to read, with at most `significantDigits` digits and no trailing zeros: C's `%.*g`.
package func formatted(_ value: Double, significantDigits: Int) -> String {
  formatted(value == 0 ? 0 : value, "%.*g", significantDigits)  // never "-0"
}

/// A number with exactly `decimals` digits after the decimal point: C's `%.*f`.
package func formatted(_ value: Double, decimals: Int) -> String {
  formatted(value, "%.*f", decimals)
}

/// A number as digits, one before the point and so many behind it, and a power of ten: C's `%.*e`.
package func formatted(_ value: Double, exponentDigits digits: Int) -> String {
  formatted(value, "%.*e", max(0, digits))
}

private func formatted(_ value: Double, _ format: String, _ digits: Int) -> String {
  // The longest text of a Double in %f is 309 digits before the point.
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: 350 + digits) { buffer in
    let count = withVaList([Int32(digits), value]) {
      vsnprintf(buffer.baseAddress!, buffer.count, format, $0)
    }
    return String(decoding: buffer[..<Int(count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// Where the text stands within its width.
package enum Alignment: Sendable { case left, right }

/// `text` filled up with spaces to `width` characters.
package func aligned(_ text: String, _ alignment: Alignment, width: Int) -> String {
  let padding = String(repeating: " ", count: max(0, width - text.count))
  return alignment == .left ? text + padding : padding + text
}
