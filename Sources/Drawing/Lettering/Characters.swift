/// Text with a space for each control character and each mark that turns the direction of what follows: XML forbids the
/// former, and a terminal obeys both.
func printable(_ text: String) -> String {
  var result = String.UnicodeScalarView()
  for scalar in text.unicodeScalars { result.append(isPrintable(scalar) ? scalar : " ") }
  return String(result)
}

private func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: false
  default: scalar.value & 0xFFFE != 0xFFFE && !(0xFDD0...0xFDEF).contains(scalar.value)
  }
}

/// The columns that a terminal gives to a text.
func terminalColumns(_ text: String) -> Int { text.reduce(0) { $0 + terminalColumns($1) } }

/// Two for East Asian wide characters and pictographs, none for marks that join the character before, else one.
func terminalColumns(_ character: Character) -> Int {
  let scalars = character.unicodeScalars
  if scalars.contains(where: { isWide($0) || $0.value == 0xFE0F }) { return 2 }
  return scalars.allSatisfy(isJoined) ? 0 : 1
}

func isJoined(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark, .format: true
  default: false
  }
}

/// As in Unicode's East Asian Width (wide, full width) and Emoji_Presentation.
func isWide(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case ..<0x1100: false
  case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF,
    0xFE10...0xFE19, 0xFE30...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1B000...0x1B2FB, 0x20000...0x3FFFD:
    true
  default: scalar.properties.isEmojiPresentation
  }
}

/// A text cut to a width, with … or the like at its end where something is left out.
func shortened(
  _ text: String, to width: Double, ellipsis: String = "…", measure: (Character) -> Double
) -> String {
  var used = 0.0, end = text.startIndex
  let ending = ellipsis.reduce(0) { $0 + measure($1) }
  for index in text.indices {
    used += measure(text[index])
    if used > width {
      let kept = text[..<end].reversed().drop { $0 == " " }.reversed()
      return end == text.startIndex && ending > width ? "" : String(kept) + ellipsis
    }
    if used + ending <= width { end = text.index(after: index) }
  }
  return text
}

func shortened(_ text: String, toColumns columns: Int, _ style: TextStyle) -> String {
  shortened(text, to: Double(columns), ellipsis: style == .braille ? "…" : "...") {
    Double(terminalColumns($0))
  }
}
