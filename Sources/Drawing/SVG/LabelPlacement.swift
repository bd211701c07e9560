/// Places names beside their points so that none overlaps another or leaves the plot.
struct LabelPlacement {
  private struct Box {
    var left: Double, right: Double, top: Double, bottom: Double

    /// Whether two names would be read as one.
    func overlaps(_ other: Box) -> Bool {
      left < other.right + 3 && other.left < right + 3 && top < other.bottom && other.top < bottom
    }
  }

  private static let gap = 5.0
  private let page: Page
  private var taken: [Box] = []

  init(_ page: Page) { self.page = page }

  /// The names there is room for: to the right of the point, also a little higher or lower, to the left, above, or below.
  mutating func elements(_ labels: [Label], _ ink: Ink) -> String {
    var result = ""
    for label in labels {
      guard let place = page.frame.place(label.x, label.y) else { continue }
      let point = page.point(place.clamped)
      let x = Double(point.x) / 10, side = max(page.right - x, x - page.left) - Self.gap
      let text = SansSerif.shortened(printable(label.text), to: side, size: Page.textSize)
      guard !text.isEmpty, let box = room(beside: point, for: text) else { continue }
      taken.append(box)
      let attributes = "class=\"name \(ink)\" x=\"\(decimal(box.left))\" y=\"\(decimal(box.bottom - 3))\""
      result += textElement(text, of: label.text, attributes)
    }
    return result
  }

  private func room(beside point: PagePoint, for text: String) -> Box? {
    let (x, y) = (Double(point.x) / 10, Double(point.y) / 10)
    let width = SansSerif.width(text, size: Page.textSize), height = 14.0, gap = Self.gap
    let corners = [
      (x + gap, y - height / 2), (x + gap, y - height), (x + gap, y), (x - gap - width, y - height / 2),
      (x - width / 2, y - 8 - height),
      (x - width / 2, y + 8),
    ]
    return corners.lazy.map { Box(left: $0, right: $0 + width, top: $1, bottom: $1 + height) }.first { box in
      box.left >= page.left && box.right <= page.right && box.top >= page.top - 4
        && box.bottom <= page.bottom + 4
        && !taken.contains { $0.overlaps(box) }
    }
  }
}
