/// Text as the content of an element of XML or HTML, or of an attribute in double quotes: what comes from data is no
/// markup, and neither ends a line nor turns the direction of what follows.
package func escaped(_ text: String) -> String {
  var result = ""
  for character in printable(text).unicodeScalars {
    switch character {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&#39;"
    default: result.unicodeScalars.append(character)
    }
  }
  return result
}

/// A text element, with the whole text as its tooltip where what is shown of it is shorter.
func textElement(_ shown: String, of text: String, _ attributes: String) -> String {
  let tooltip = shown == printable(text) ? "" : "<title>\(escaped(text))</title>"
  return "<text \(attributes)>\(tooltip)\(escaped(shown))</text>\n"
}

/// A length in tenths of a unit of the view box, to which everything is rounded.
func tenths(_ length: Double) -> Int { length.isNaN ? 0 : Int((min(max(length, -1e6), 1e6) * 10).rounded()) }

/// Tenths as a decimal number: "12.3", "-.5".
func decimal(_ tenths: Int) -> String {
  let whole = tenths.magnitude / 10, rest = tenths.magnitude % 10
  let digits = rest == 0 ? "\(whole)" : "\(whole == 0 ? "" : String(whole)).\(rest)"
  return (tenths < 0 ? "-" : "") + digits
}

func decimal(_ length: Double) -> String { decimal(tenths(length)) }

/// A place on the page, in tenths of a unit, y downwards.
struct PagePoint: Hashable {
  var x: Int
  var y: Int
}

/// The `d` of a path, by commands relative to the place before, which are short.
struct PathData {
  private(set) var text = ""
  private var place = PagePoint(x: 0, y: 0)
  private var start = PagePoint(x: 0, y: 0)
  private var isLine = false

  mutating func move(to point: PagePoint) {
    append("m", point)
    start = point
    isLine = false
  }

  mutating func line(to point: PagePoint) {
    if point == place { return }
    if point.y == place.y { return horizontal(to: point.x) }
    if point.x == place.x { return vertical(to: point.y) }
    append(isLine ? (point.x < place.x ? "" : " ") : "l", point)
    isLine = true
  }

  mutating func horizontal(to x: Int) {
    text += "h" + decimal(x - place.x)
    place.x = x
    isLine = false
  }

  mutating func vertical(to y: Int) {
    text += "v" + decimal(y - place.y)
    place.y = y
    isLine = false
  }

  /// A line of no length, which round caps make a dot.
  mutating func dot(at point: PagePoint) {
    move(to: point)
    text += "h0"
  }

  mutating func close() {
    text += "z"
    place = start
    isLine = false
  }

  mutating func rectangle(from first: PagePoint, to second: PagePoint) {
    move(to: first)
    horizontal(to: second.x)
    vertical(to: second.y)
    horizontal(to: first.x)
    close()
  }

  private mutating func append(_ command: String, _ point: PagePoint) {
    let dx = point.x - place.x, dy = point.y - place.y
    text += command + decimal(dx) + (dy < 0 ? "" : ",") + decimal(dy)
    place = point
  }

  /// The path as an element; nothing where it is empty.
  func element(_ classes: String, _ attributes: String = "") -> String {
    text.isEmpty ? "" : "<path class=\"\(classes)\"\(attributes) d=\"\(text)\"/>\n"
  }
}
