// The short way for most requests: {"rows": [...]} with nothing but numbers in the rows, read in one pass.

import TabularRegression

/// Rows of numbers, read without the general JSON decoder, which takes ten times as long.
///
/// It reads what JSON allows less than everything: no escapes, no words, no null, no other keys beside "rows". Where
/// there is anything else, or anything wrong, there is no value, and ``JSONRows`` reads the text again.
struct NumberRows {
  /// The fields that were asked for, row by row.
  private(set) var values: [Double] = []
  private(set) var count = 0
  private let names: [[UInt8]]

  /// Reads rows by name, or by position in the order of the names. Fields of other names are passed over.
  ///
  /// - Parameters:
  ///   - text: the JSON.
  ///   - names: what the rows have to have, in the order of the values, as UTF-8.
  init?(_ text: Span<UInt8>, names: [[UInt8]]) {
    self.names = names
    var scanner = Scanner()
    guard scanner.take("{", text), let key = scanner.string(text), scanner.equal(key, Self.rows, text),
      scanner.take(":", text), scanner.take("[", text)
    else { return nil }
    let areNamed = scanner.isNext("{", text)
    repeat {
      guard areNamed ? named(&scanner, text) : positional(&scanner, text) else { return nil }
      count += 1
    } while scanner.take(",", text)
    guard scanner.take("]", text), scanner.take("}", text), scanner.isAtEnd(text) else { return nil }
  }

  private static let rows = Array("rows".utf8)

  /// Reads {"name": number, …}, with each name once.
  private mutating func named(_ scanner: inout Scanner, _ text: Span<UInt8>) -> Bool {
    guard scanner.take("{", text) else { return false }
    let start = values.count
    var expected = 0, found = 0
    values.append(contentsOf: repeatElement(.nan, count: names.count))
    repeat {
      guard let key = scanner.string(text), scanner.take(":", text), let number = scanner.number(text) else {
        return false
      }
      // Rows mostly have their names in the same order.
      if expected == names.count || !scanner.equal(key, names[expected], text) {
        guard let index = names.firstIndex(where: { scanner.equal(key, $0, text) }) else { continue }
        expected = index
      }
      guard values[start + expected].isNaN else { return false }
      values[start + expected] = number
      (expected, found) = (expected + 1, found + 1)
    } while scanner.take(",", text)
    return scanner.take("}", text) && found == names.count
  }

  /// Reads [number, …].
  private mutating func positional(_ scanner: inout Scanner, _ text: Span<UInt8>) -> Bool {
    guard scanner.take("[", text) else { return false }
    let start = values.count
    repeat {
      guard let number = scanner.number(text) else { return false }
      values.append(number)
    } while scanner.take(",", text)
    return scanner.take("]", text) && values.count == start + names.count
  }
}

/// Where a text has been read to.
private struct Scanner {
  private var position = 0

  private mutating func skipSpace(_ text: Span<UInt8>) {
    while position < text.count {
      switch text[position] {
      case 0x20, 0x0a, 0x0d, 0x09: position += 1
      default: return
      }
    }
  }

  mutating func isAtEnd(_ text: Span<UInt8>) -> Bool {
    skipSpace(text)
    return position == text.count
  }

  mutating func isNext(_ character: Unicode.Scalar, _ text: Span<UInt8>) -> Bool {
    skipSpace(text)
    return position < text.count && text[position] == UInt8(ascii: character)
  }

  /// Reads a character, if it comes next.
  mutating func take(_ character: Unicode.Scalar, _ text: Span<UInt8>) -> Bool {
    guard isNext(character, text) else { return false }
    position += 1
    return true
  }

  /// Reads a string of printable ASCII characters, at least one, without escapes.
  ///
  /// - Returns: where it stands, without its quotes.
  mutating func string(_ text: Span<UInt8>) -> Range<Int>? {
    guard take("\"", text) else { return nil }
    let start = position
    while position < text.count, text[position] != UInt8(ascii: "\"") {
      guard (0x20..<0x7f).contains(text[position]), text[position] != UInt8(ascii: "\\") else { return nil }
      position += 1
    }
    let end = position
    return end > start && take("\"", text) ? start..<end : nil
  }

  func equal(_ range: Range<Int>, _ word: [UInt8], _ text: Span<UInt8>) -> Bool {
    guard range.count == word.count else { return false }
    for index in word.indices where text[range.lowerBound + index] != word[index] { return false }
    return true
  }

  /// Reads a number of at most 15 digits, with at most 22 decimals and no exponent: then its digits and the power of
  /// ten are Doubles, and their quotient is rounded once, as it should be.
  mutating func number(_ text: Span<UInt8>) -> Double? {
    let isNegative = take("-", text), start = position
    var digits = 0, point: Int?
    while position < text.count {
      switch text[position] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        digits = 10 * digits + Int(text[position] - UInt8(ascii: "0"))
      case UInt8(ascii: ".") where point == nil && position > start: point = position
      default: return value(digits, start..<position, point, text, isNegative)
      }
      position += 1
      if position - start > 16 { return nil }
    }
    return nil
  }

  private func value(
    _ digits: Int, _ range: Range<Int>, _ point: Int?, _ text: Span<UInt8>, _ isNegative: Bool
  ) -> Double? {
    let decimals = point.map { range.upperBound - $0 - 1 } ?? 0,
      whole = range.count - (point == nil ? 0 : decimals + 1)
    guard whole > 0, point == nil || decimals > 0, range.count - (point == nil ? 0 : 1) <= 15 else {
      return nil
    }
    // JSON has no zeros before other digits.
    if whole > 1, text[range.lowerBound] == UInt8(ascii: "0") { return nil }
    let value = Double(digits) / Self.powers[decimals]
    return isNegative ? -value : value
  }

  /// 1, 10, 100 and so on: exact to 10²².
  private static let powers = (0...15).map { power in (0..<power).reduce(1.0) { value, _ in value * 10 } }
}
