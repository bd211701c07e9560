/// A place in the plot: (0, 0) at the left and bottom, (1, 1) at the right and top.
struct UnitPoint: Equatable {
  var x: Double
  var y: Double

  var isInside: Bool { x >= 0 && x <= 1 && y >= 0 && y <= 1 }

  /// The place at the edge that is nearest.
  var clamped: UnitPoint { UnitPoint(x: min(max(x, 0), 1), y: min(max(y, 0), 1)) }
}

struct UnitRectangle: Equatable {
  var x: ClosedRange<Double>
  var y: ClosedRange<Double>
}

/// The axes of a chart, which bring its layers to places in the plot: what SVG and characters have in common.
struct Frame {
  let x: AxisLayout
  let y: AxisLayout

  /// The place of a point, also beyond the plot; nil where it is nowhere.
  func place(_ x: Double, _ y: Double) -> UnitPoint? {
    guard let x = self.x.fraction(x), let y = self.y.fraction(y) else { return nil }
    return UnitPoint(x: x, y: y)
  }

  /// The part of a rectangle that is in the plot.
  func rectangle(x: (Double?, Double?), y: (Double?, Double?)) -> UnitRectangle? {
    guard let x0 = x.0, let x1 = x.1, let y0 = y.0, let y1 = y.1 else { return nil }
    let left = max(min(x0, x1), 0), right = min(max(x0, x1), 1)
    let bottom = max(min(y0, y1), 0), top = min(max(y0, y1), 1)
    return left < right && bottom < top ? UnitRectangle(x: left...right, y: bottom...top) : nil
  }

  func rectangles(bars: [Bar]) -> [UnitRectangle] {
    bars.compactMap { bar in
      rectangle(
        x: (x.fraction(bar.low), x.fraction(bar.high)),
        y: (y.base(logarithmicOrigin: nil), y.fraction(bar.height)))
    }
  }

  func rectangles(horizontalBars values: [Point]) -> [UnitRectangle] {
    values.compactMap { value in
      rectangle(
        x: (x.base(logarithmicOrigin: 1), x.fraction(value.x)),
        y: (y.fraction(value.y - 0.35), y.fraction(value.y + 0.35)))
    }
  }

  /// The part of a vertical or horizontal interval that is in the plot, and the place of its middle.
  func segment(_ interval: Interval, isVertical: Bool) -> (ends: [UnitPoint], middle: UnitPoint?) {
    func at(_ value: Double) -> UnitPoint? {
      isVertical ? place(interval.at, value) : place(value, interval.at)
    }
    let middle = interval.middle.flatMap(at)
    guard let low = at(interval.low), let high = at(interval.high) else { return ([], middle) }
    return (clipped([low, high]).first ?? [], middle)
  }

  /// The parts of a line that are in the plot: it is broken where a point is nowhere and where it leaves.
  func lines(_ points: [Point]) -> [[UnitPoint]] {
    points.map { place($0.x, $0.y) }.split(separator: nil).flatMap { clipped($0.compactMap { $0 }) }
  }

  private func clipped(_ line: [UnitPoint]) -> [[UnitPoint]] {
    var parts: [[UnitPoint]] = []
    for (start, end) in zip(line, line.dropFirst()) {
      guard let (from, to) = clipped(start, end) else { continue }
      if parts.last?.last == from {
        parts[parts.count - 1].append(to)
      } else {
        parts.append([from, to])
      }
    }
    return parts
  }

  /// The part of a segment that is in the plot, by Liang and Barsky's rule: each edge bounds the share of the segment.
  private func clipped(_ start: UnitPoint, _ end: UnitPoint) -> (UnitPoint, UnitPoint)? {
    let dx = end.x - start.x, dy = end.y - start.y
    var first = 0.0, last = 1.0
    for (change, room) in [(-dx, start.x), (dx, 1 - start.x), (-dy, start.y), (dy, 1 - start.y)] {
      if change == 0, room < 0 { return nil }
      if change < 0 { first = max(first, room / change) }
      if change > 0 { last = min(last, room / change) }
    }
    if first > last { return nil }
    func at(_ share: Double) -> UnitPoint {
      share == 0
        ? start : share == 1 ? end : UnitPoint(x: start.x + share * dx, y: start.y + share * dy).clamped
    }
    return (at(first), at(last))
  }

  /// The parts of a band that are in the plot, each as a closed outline.
  func outlines(_ band: [Interval]) -> [[UnitPoint]] {
    let places = band.map { interval in
      place(interval.at, interval.low).flatMap { low in place(interval.at, interval.high).map { (low, $0) } }
    }
    return places.split(whereSeparator: { $0 == nil }).map { part in
      let part = part.compactMap { $0 }
      var outline = part.map(\.1) + part.reversed().map(\.0)
      // Sutherland and Hodgman: cut by one edge after the other.
      outline = cut(outline) { $0.x }
      outline = cut(outline) { 1 - $0.x }
      outline = cut(outline) { $0.y }
      return cut(outline) { 1 - $0.y }
    }.filter { $0.count > 2 }
  }

  /// The part of an outline where `height` is not below 0.
  private func cut(_ outline: [UnitPoint], _ height: (UnitPoint) -> Double) -> [UnitPoint] {
    guard var previous = outline.last else { return [] }
    var kept: [UnitPoint] = []
    for point in outline {
      let before = height(previous), now = height(point)
      if (before < 0) != (now < 0) {
        let share = before / (before - now)
        kept.append(
          UnitPoint(
            x: previous.x + share * (point.x - previous.x), y: previous.y + share * (point.y - previous.y)))
      }
      if now >= 0 { kept.append(point) }
      previous = point
    }
    return kept
  }
}

extension Chart {
  /// Whether there is nothing to see: no layer but rules has a mark.
  var isEmpty: Bool {
    layers.allSatisfy { layer in
      switch layer {
      case .cells(let cells): !cells.shaded().contains { $0 > 0 }
      case .points(let points, _), .line(let points, _, _), .horizontalBars(let points, _):
        !points.contains { $0.x.isFinite && $0.y.isFinite }
      case .band(let intervals, _), .intervals(let intervals, _), .horizontalIntervals(let intervals, _):
        !intervals.contains {
          $0.at.isFinite && ($0.low.isFinite && $0.high.isFinite || $0.middle?.isFinite == true)
        }
      case .bars(let bars, _): !bars.contains { $0.low.isFinite && $0.high.isFinite && $0.height.isFinite }
      case .labels(let labels, _): !labels.contains { $0.x.isFinite && $0.y.isFinite }
      case .rule: true
      }
    }
  }
}
