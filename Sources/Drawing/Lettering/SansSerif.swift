/// Widths of text in a sans-serif font, in units of its size: those of DejaVu Sans, which is about as wide as Verdana
/// and wider than the other fonts that browsers take for sans-serif.
enum SansSerif {
  /// Of the characters from space to ~, in thousandths.
  private static let widths: [UInt16] = [
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337,  // space to /
    636, 636, 636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531,  // 0 to ?
    1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787,  // @ to O
    603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500,  // P to _
    500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612,  // ` to o
    635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,  // p to ~
  ]
  /// Of bold letters over regular ones, at most about.
  private static let bold = 1.15

  static func width(_ text: String, size: Double, isBold: Bool = false) -> Double {
    text.reduce(0) { $0 + width($1) } * size * (isBold ? bold : 1)
  }

  static func shortened(_ text: String, to width: Double, size: Double, isBold: Bool = false) -> String {
    Drawing.shortened(text, to: width / size / (isBold ? bold : 1)) { Self.width($0) }
  }

  private static func width(_ character: Character) -> Double {
    character.unicodeScalars.reduce(0) { max($0, width($1)) }
  }

  private static func width(_ scalar: Unicode.Scalar) -> Double {
    switch scalar.value {
    case 0x20...0x7E: Double(widths[Int(scalar.value) - 0x20]) / 1000
    case 0xB9, 0xB2, 0xB3, 0x2070...0x2079: 0.401
    case 0x207B: 0.528
    case 0x2212, 0xD7: 0.838
    case 0x2026: 1
    case 0xA0..<0x370: 0.65
    // Capital letters beyond Latin and the letters of other alphabets are seldom wider.
    case 0x370..<0x1100: isJoined(scalar) ? 0 : 0.85
    default: isJoined(scalar) ? 0 : isWide(scalar) ? 1.3 : 1
    }
  }
}
