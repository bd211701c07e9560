extension Page {
  /// The marks of a layer: one path for all marks of a kind.
  func marks(_ layer: Layer, _ labels: inout LabelPlacement) -> String {
    switch layer {
    case .cells(let cells): shades(cells)
    case .points(let points, let ink): dots(points.compactMap { frame.place($0.x, $0.y) }, ink)
    case .line(let points, let ink, let isDashed):
      path(frame.lines(points), isClosed: false).element("line \(ink)\(isDashed ? " dashed" : "")")
    case .band(let intervals, let ink):
      path(frame.outlines(intervals), isClosed: true).element("band-area fill \(ink)")
    case .intervals(let intervals, let ink): segments(intervals, isVertical: true, ink)
    case .horizontalIntervals(let intervals, let ink): segments(intervals, isVertical: false, ink)
    case .bars(let bars, let ink): rectangles(frame.rectangles(bars: bars), gap: 1, ink)
    case .horizontalBars(let values, let ink):
      rectangles(frame.rectangles(horizontalBars: values), gap: 0, ink)
    case .rule(let x, let y, let ink): rules(x: x, y: y, ink)
    case .labels(let names, let ink): labels.elements(names, ink)
    }
  }

  private func path(_ parts: [[UnitPoint]], isClosed: Bool) -> PathData {
    var data = PathData()
    for part in parts {
      let points = part.map(point)
      data.move(to: points[0])
      for point in points.dropFirst() { data.line(to: point) }
      if isClosed { data.close() }
    }
    return data
  }

  /// Dots, each place once, and triangles at the edge for points beyond it.
  private func dots(_ places: [UnitPoint], _ ink: Ink, _ kind: String = "dots") -> String {
    var dots = PathData(), outside = PathData()
    var last: PagePoint?
    let points = places.filter(\.isInside).map(point).sorted { ($0.x, $0.y) < ($1.x, $1.y) }
    for point in points where point != last {
      dots.dot(at: point)
      last = point
    }
    var triangles: Set<PagePoint> = []
    for place in places where !place.isInside {
      let edge = point(place.clamped)
      if triangles.insert(edge).inserted { triangle(at: edge, towards: place, &outside) }
    }
    return dots.element("\(kind) \(ink)") + outside.element("fill \(ink)")
  }

  private func triangle(at point: PagePoint, towards place: UnitPoint, _ data: inout PathData) {
    let (x, y) = (point.x, point.y), size = 35
    data.move(to: point)
    if place.y > 1 || place.y < 0 {
      let base = place.y > 1 ? y + 2 * size : y - 2 * size
      data.line(to: PagePoint(x: x - size, y: base))
      data.line(to: PagePoint(x: x + size, y: base))
    } else {
      let base = place.x > 1 ? x - 2 * size : x + 2 * size
      data.line(to: PagePoint(x: base, y: y - size))
      data.line(to: PagePoint(x: base, y: y + size))
    }
    data.close()
  }

  private func segments(_ intervals: [Interval], isVertical: Bool, _ ink: Ink) -> String {
    let segments = intervals.map { frame.segment($0, isVertical: isVertical) }
    let lines = path(segments.map(\.ends).filter { !$0.isEmpty }, isClosed: false)
    return lines.element("interval \(ink)") + dots(segments.compactMap(\.middle), ink, "dots large")
  }

  /// Bars, each narrower by a gap where that leaves enough of it.
  private func rectangles(_ rectangles: [UnitRectangle], gap: Double, _ ink: Ink) -> String {
    var data = PathData()
    for rectangle in rectangles {
      let first = point(UnitPoint(x: rectangle.x.lowerBound, y: rectangle.y.lowerBound))
      let second = point(UnitPoint(x: rectangle.x.upperBound, y: rectangle.y.upperBound))
      let gap = second.x - first.x >= 40 ? tenths(gap) : 0
      data.rectangle(from: first, to: PagePoint(x: second.x - gap, y: second.y))
    }
    return data.element("bars fill \(ink)")
  }

  private func rules(x: Double?, y: Double?, _ ink: Ink) -> String {
    var data = PathData()
    if let x = x.flatMap({ frame.x.fraction($0) }), (0...1).contains(x) {
      data.move(to: point(UnitPoint(x: x, y: 0)))
      data.line(to: point(UnitPoint(x: x, y: 1)))
    }
    if let y = y.flatMap({ frame.y.fraction($0) }), (0...1).contains(y) {
      data.move(to: point(UnitPoint(x: 0, y: y)))
      data.line(to: point(UnitPoint(x: 1, y: y)))
    }
    return data.element("rule \(ink)")
  }

  /// Cells as strokes as wide as their row is high: a path for each shade and height.
  private func shades(_ cells: Cells) -> String {
    struct Kind: Hashable, Comparable {
      var shade: Int
      var height: Int

      static func < (first: Kind, second: Kind) -> Bool {
        (first.shade, first.height) < (second.shade, second.height)
      }
    }
    var paths: [Kind: PathData] = [:]
    for run in cells.runs() {
      let columns = (cells.xEdges[run.columns.lowerBound], cells.xEdges[run.columns.upperBound])
      let rows = (cells.yEdges[run.row], cells.yEdges[run.row + 1])
      guard
        let part = frame.rectangle(
          x: (frame.x.fraction(columns.0), frame.x.fraction(columns.1)),
          y: (frame.y.fraction(rows.0), frame.y.fraction(rows.1)))
      else { continue }
      let low = point(UnitPoint(x: part.x.lowerBound, y: part.y.lowerBound))
      let high = point(UnitPoint(x: part.x.upperBound, y: part.y.upperBound))
      // Edges at even tenths have a middle at a tenth.
      let (bottom, top) = (low.y / 2 * 2, high.y / 2 * 2)
      let kind = Kind(shade: run.shade, height: bottom - top)
      paths[kind, default: PathData()].move(to: PagePoint(x: low.x, y: (bottom + top) / 2))
      paths[kind]?.horizontal(to: high.x)
    }
    return paths.sorted { $0.key < $1.key }.map { kind, data in
      data.element("cells shade-\(kind.shade)", " stroke-width=\"\(decimal(kind.height))\"")
    }.joined()
  }
}
