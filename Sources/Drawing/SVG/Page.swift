/// Where the parts of a chart are on the page: margins follow from the lettering.
struct Page {
  let frame: Frame
  /// The plot's edges.
  private(set) var left: Double, right: Double, top: Double, bottom: Double

  static let textSize = 12.0, headingSize = 14.0
  private static let edge = 10.0, tickLength = 4.0, labelGap = 4.0, lineHeight = 15.0

  init(_ chart: Chart) {
    let width = Self.side(chart.width), height = Self.side(chart.height)
    top = chart.title.isEmpty ? Self.edge : 32
    let below = Self.tickLength + Self.labelGap + Self.lineHeight
    bottom = max(top + 10, height - below - (chart.x.label.isEmpty ? 0 : Self.lineHeight + 3) - 5)
    let y = AxisLayout(
      chart.y, isVertical: true,
      Lettering(
        length: bottom - top, spacing: 45, gap: 0, extent: { _ in Self.lineHeight },
        shortened: { SansSerif.shortened($0, to: 0.4 * width, size: Self.textSize) }, style: .typeset))
    let labels = y.ticks.map { SansSerif.width($0.label, size: Self.textSize) }.max() ?? 0
    let title = chart.y.label.isEmpty ? 0 : Self.lineHeight + 3
    left = min(Self.edge / 2 + title + labels + Self.labelGap + Self.tickLength, 0.7 * width)
    right = max(left + 10, width - Self.edge - 6)
    // The first and the last label may reach beyond the plot's edges by half their width.
    var x = Self.horizontal(chart.x, length: right - left)
    for _ in 0..<2 {
      let start = left, plot = right - left
      let before = x.ticks.map { start + $0.position * plot - Self.half($0.label) }.min() ?? 3
      let after = x.ticks.map { start + $0.position * plot + Self.half($0.label) }.max() ?? 0
      if before >= 3, after <= width - 3 { break }
      left = min(left + max(0, 3 - before), 0.7 * width)
      right = max(left + 10, right - max(0, after - (width - 3)))
      x = Self.horizontal(chart.x, length: right - left)
    }
    frame = Frame(x: x, y: y)
  }

  private static func half(_ label: String) -> Double { SansSerif.width(label, size: textSize) / 2 }

  private static func horizontal(_ axis: Axis, length: Double) -> AxisLayout {
    let slot = axis.categories.map { length / Double(max(1, $0.count)) } ?? length
    return AxisLayout(
      axis, isVertical: false,
      Lettering(
        length: length, spacing: 80, gap: 8, extent: { SansSerif.width($0, size: textSize) },
        shortened: { SansSerif.shortened($0, to: max(slot - 8, 40), size: textSize) }, style: .typeset))
  }

  /// A side of the view box in bounds with which nothing overflows.
  static func side(_ length: Double) -> Double { length.isNaN ? 100 : min(max(length, 40), 1e5) }

  func point(_ place: UnitPoint) -> PagePoint {
    PagePoint(x: tenths(left + place.x * (right - left)), y: tenths(bottom - place.y * (bottom - top)))
  }

  var labelsBelow: Double { bottom + Self.tickLength + Self.labelGap + 11 }
  var labelsBeside: Double { left - Self.tickLength - Self.labelGap }

  /// Grid, axes, ticks and their labels.
  func axes(_ chart: Chart) -> (below: String, above: String) {
    var grid = PathData(), axis = PathData()
    let corner = PagePoint(x: tenths(left), y: tenths(bottom))
    let far = PagePoint(x: tenths(right), y: tenths(top))
    let tick = tenths(Self.tickLength)
    axis.move(to: PagePoint(x: corner.x, y: far.y))
    axis.vertical(to: corner.y)
    axis.horizontal(to: far.x)
    var labels = ""
    for each in frame.x.ticks {
      let place = point(UnitPoint(x: each.position, y: 0))
      grid.move(to: PagePoint(x: place.x, y: far.y))
      grid.vertical(to: corner.y)
      axis.move(to: place)
      axis.vertical(to: place.y + tick)
      labels += label(each, "middle", x: decimal(place.x), y: decimal(labelsBelow))
    }
    for each in frame.y.ticks {
      let place = point(UnitPoint(x: 0, y: each.position))
      grid.move(to: place)
      grid.horizontal(to: far.x)
      axis.move(to: place)
      axis.horizontal(to: place.x - tick)
      labels += label(each, "end", x: decimal(labelsBeside), y: decimal(place.y + 42))
    }
    return (grid.element("grid"), axis.element("axis") + labels + titles(chart))
  }

  private func label(_ tick: AxisLayout.Tick, _ anchor: String, x: String, y: String) -> String {
    textElement(tick.label, of: tick.name, "class=\"\(anchor)\" x=\"\(x)\" y=\"\(y)\"")
  }

  /// The titles of the chart and of its axes, cut to the room there is.
  private func titles(_ chart: Chart) -> String {
    let width = Self.side(chart.width), height = Self.side(chart.height)
    let across = (left + right) / 2, up = (top + bottom) / 2
    func title(_ text: String, _ kind: String, room: Double, _ place: String) -> String {
      if text.isEmpty { return "" }
      let isHeading = kind == "heading"
      let shown = SansSerif.shortened(
        printable(text), to: room, size: isHeading ? Self.headingSize : Self.textSize, isBold: isHeading)
      return textElement(shown, of: text, "class=\"\(kind)\" \(place)")
    }
    return title(chart.title, "heading", room: width - 2 * Self.edge, "x=\"\(decimal(Self.edge))\" y=\"20\"")
      + title(
        chart.x.label, "middle", room: 2 * min(across, width - across) - 8,
        "x=\"\(decimal(across))\" y=\"\(decimal(labelsBelow + 17))\"")
      + title(
        chart.y.label, "middle", room: 2 * min(up - top + 6, height - up - 4),
        "transform=\"translate(15,\(decimal(up))) rotate(-90)\"")
  }
}
