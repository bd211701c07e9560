/// How a chart is drawn in characters.
package enum TextStyle: Sendable {
  /// Dots of Unicode's braille patterns, two by four to a character.
  case braille
  /// One character for each mark.
  case ascii
}

/// What a dot of the canvas is part of; ASCII has a character for each.
enum Stroke: Equatable {
  case point, horizontal, vertical, rising, falling, area, bar
  /// 1 to 6.
  case shade(Int)

  var ascii: Character {
    switch self {
    case .point: "o"
    case .horizontal: "-"
    case .vertical: "|"
    case .rising: "/"
    case .falling: "\\"
    case .area: "."
    case .bar: "#"
    case .shade(let shade): [".", ":", "=", "+", "%", "@"][min(max(shade, 1), Cells.shades) - 1]
    }
  }
}

/// Dots and letters on a grid of characters.
struct Canvas {
  let columns: Int
  let rows: Int
  let style: TextStyle
  /// Dots, of which a character has several.
  let width: Int
  let height: Int

  private struct Place {
    var dots: UInt8 = 0
    /// Instead of dots; "" where the wide character before reaches.
    var letter: String?
    /// One of a terminal's 256.
    var colour: Int?
    /// Part of a name, over which nothing is drawn.
    var isName = false
  }

  private var places: [Place]

  init(columns: Int, rows: Int, _ style: TextStyle) {
    self.columns = columns
    self.rows = rows
    self.style = style
    width = columns * (style == .braille ? 2 : 1)
    height = rows * (style == .braille ? 4 : 1)
    places = Array(repeating: Place(), count: columns * rows)
  }

  /// Marks a dot, counted from the left and the top; outside the canvas nothing is marked.
  mutating func mark(_ x: Int, _ y: Int, _ stroke: Stroke, _ colour: Int?) {
    guard (0..<width).contains(x), (0..<height).contains(y) else { return }
    let place = style == .braille ? y / 4 * columns + x / 2 : y * columns + x
    if places[place].isName { return }
    places[place].colour = colour
    switch style {
    case .braille: places[place].dots |= Self.bit(x % 2, y % 4)
    case .ascii: places[place].letter = String(stroke.ascii)
    }
  }

  /// The bit of a dot in U+2800 … U+28FF.
  private static func bit(_ x: Int, _ y: Int) -> UInt8 {
    y == 3 ? (x == 0 ? 0x40 : 0x80) : 1 << UInt8(3 * x + y)
  }

  /// Whether a name may be written over these places: no other is there.
  func isFree(column: Int, row: Int, count: Int) -> Bool {
    guard (0..<rows).contains(row), column >= 0, column + count <= columns else { return false }
    return (column..<column + count).allSatisfy { !places[row * columns + $0].isName }
  }

  /// Writes a name over whatever is there.
  mutating func write(_ text: String, column: Int, row: Int, _ colour: Int?) {
    var column = column
    for character in text {
      let width = terminalColumns(character)
      guard width > 0, isFree(column: column, row: row, count: width) else { continue }
      for offset in 0..<width {
        places[row * columns + column + offset] = Place(
          letter: offset == 0 ? String(character) : "", colour: colour, isName: true)
      }
      column += width
    }
  }

  /// A row as text, in colour by the terminal's sequences.
  func line(_ row: Int, color: Bool) -> String {
    var result = "", current: Int?
    for place in places[row * columns..<(row + 1) * columns] {
      let blank = place.dots == 0 && place.letter == nil
      let colour = blank || !color ? nil : place.colour
      if colour != current {
        result += colour.map { "\u{1B}[38;5;\($0)m" } ?? "\u{1B}[39m"
        current = colour
      }
      result += place.letter ?? (place.dots == 0 ? " " : String(Unicode.Scalar(0x2800 + UInt32(place.dots))!))
    }
    return current == nil ? result : result + "\u{1B}[39m"
  }
}
