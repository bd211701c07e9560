import ArgumentParser

/// How a list of names is written, for help texts.
let betweenCommas = "separated by commas, a name that holds one in quotes as in CSV"

/// Names between commas, without spaces around them, as the names of a header are.
///
/// A name in quotes may hold commas, and quotes that are doubled, as a CSV file has it. Commas inside parentheses are
/// part of a name too, such as poly(x, 3)2.
@Sendable func names(_ text: String) throws -> [String] {
  var rest = text[...], names: [String] = []
  while true {
    rest = rest.drop { $0 == " " }
    names.append(rest.first == "\"" ? try takeQuoted(&rest) : takePlain(&rest))
    if rest.isEmpty { return names }
    rest.removeFirst()
  }
}

/// Takes a name up to a comma, or the end.
private func takePlain(_ rest: inout Substring) -> String {
  var depth = 0
  let end = rest.firstIndex { character in
    if character == "(" { depth += 1 }
    if character == ")" { depth -= 1 }
    return character == "," && depth == 0
  }
  // Where a parenthesis is never closed it is a character like any other.
  let name = rest[..<(end ?? (depth == 0 ? nil : rest.firstIndex(of: ",")) ?? rest.endIndex)]
  rest = rest[name.endIndex...]
  return trimmed(name)
}

/// Takes a name in quotes, up to a comma behind them, or the end.
private func takeQuoted(_ rest: inout Substring) throws -> String {
  var name = "", isOpen = true
  rest.removeFirst()
  while isOpen {
    guard let quote = rest.firstIndex(of: "\"") else {
      throw ValidationError("a quote is never closed; close it, or double the quotes that belong to a name")
    }
    name += rest[..<quote]
    rest = rest[quote...].dropFirst()
    isOpen = rest.first == "\""
    if isOpen { name.append(rest.removeFirst()) }
  }
  rest = rest.drop { $0 == " " }
  if !rest.isEmpty, rest.first != "," {
    throw ValidationError(
      "there is text behind a closing quote; double the quotes that belong to a name")
  }
  return trimmed(name[...])
}

/// Without spaces at either end.
private func trimmed(_ name: Substring) -> String {
  var name = name.drop { $0 == " " }
  while name.last == " " { name.removeLast() }
  return String(name)
}
