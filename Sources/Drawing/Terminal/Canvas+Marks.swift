extension Canvas {
  /// Draws a layer over what is there.
  mutating func draw(_ layer: Layer, in frame: Frame) {
    switch layer {
    case .cells(let cells): draw(cells, in: frame)
    case .points(let points, let ink):
      for place in points.compactMap({ frame.place($0.x, $0.y) }) { dot(place, ink) }
    case .line(let points, let ink, let isDashed):
      for line in frame.lines(points) { draw(line, ink, isDashed: isDashed) }
    case .band(let intervals, let ink): for outline in frame.outlines(intervals) { fill(outline, ink) }
    case .intervals(let intervals, let ink): draw(intervals, isVertical: true, ink, in: frame)
    case .horizontalIntervals(let intervals, let ink): draw(intervals, isVertical: false, ink, in: frame)
    case .bars(let bars, let ink): for each in frame.rectangles(bars: bars) { fill(each, ink) }
    case .horizontalBars(let values, let ink):
      for each in frame.rectangles(horizontalBars: values) { fill(each, ink) }
    case .rule(let x, let y, let ink):
      if let x = x.flatMap({ frame.x.fraction($0) }), (0...1).contains(x) {
        draw([UnitPoint(x: x, y: 0), UnitPoint(x: x, y: 1)], ink, isDashed: true)
      }
      if let y = y.flatMap({ frame.y.fraction($0) }), (0...1).contains(y) {
        draw([UnitPoint(x: 0, y: y), UnitPoint(x: 1, y: y)], ink, isDashed: true)
      }
    case .labels(let labels, let ink): for label in labels { write(label, ink, in: frame) }
    }
  }

  private func column(_ x: Double) -> Int { min(max(Int(x * Double(width)), 0), width - 1) }
  private func row(_ y: Double) -> Int { height - 1 - min(max(Int(y * Double(height)), 0), height - 1) }

  private mutating func dot(_ place: UnitPoint, _ ink: Ink) {
    let place = place.clamped
    mark(column(place.x), row(place.y), .point, ink.terminalColour)
  }

  /// A line from place to place, by steps of one dot along its longer side; of a dashed one every other two are marked.
  private mutating func draw(_ line: [UnitPoint], _ ink: Ink, isDashed: Bool) {
    var count = 0
    for (start, end) in zip(line, line.dropFirst()) {
      let from = (x: column(start.x), y: row(start.y)), to = (x: column(end.x), y: row(end.y))
      let dx = to.x - from.x, dy = to.y - from.y, steps = max(abs(dx), abs(dy))
      let stroke: Stroke =
        2 * abs(dy) <= abs(dx)
        ? .horizontal : 2 * abs(dx) <= abs(dy) ? .vertical : dx * dy < 0 ? .rising : .falling
      for step in 0...steps {
        let share = steps == 0 ? 0 : Double(step) / Double(steps)
        let x = from.x + Int((share * Double(dx)).rounded()), y = from.y + Int((share * Double(dy)).rounded())
        if !isDashed || count % 4 < 2 { mark(x, y, stroke, ink.terminalColour) }
        count += 1
      }
    }
  }

  /// Marks the inside of an outline thinly, column by column of dots.
  private mutating func fill(_ outline: [UnitPoint], _ ink: Ink) {
    for x in 0..<width {
      let middle = (Double(x) + 0.5) / Double(width)
      var crossings: [Double] = []
      for (start, end) in zip(outline, outline.dropFirst() + outline.prefix(1))
      where (start.x <= middle) != (end.x <= middle) {
        crossings.append(start.y + (middle - start.x) / (end.x - start.x) * (end.y - start.y))
      }
      crossings.sort()
      for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
        for y in row(crossings[pair + 1])...row(crossings[pair]) where style == .ascii || (x + 2 * y) % 4 == 0
        {
          mark(x, y, .area, ink.terminalColour)
        }
      }
    }
  }

  private mutating func fill(_ rectangle: UnitRectangle, _ ink: Ink) {
    let right = max(column(rectangle.x.lowerBound), column(rectangle.x.upperBound.nextDown))
    let top = min(row(rectangle.y.lowerBound), row(rectangle.y.upperBound.nextDown))
    for x in column(rectangle.x.lowerBound)...right {
      for y in top...row(rectangle.y.lowerBound) { mark(x, y, .bar, ink.terminalColour) }
    }
  }

  private mutating func draw(_ intervals: [Interval], isVertical: Bool, _ ink: Ink, in frame: Frame) {
    for segment in intervals.map({ frame.segment($0, isVertical: isVertical) }) {
      draw(segment.ends, ink, isDashed: false)
      guard let middle = segment.middle else { continue }
      dot(middle, ink)
      // A dot across the line, which would hide it.
      if style == .braille, middle.isInside {
        let (x, y) = (column(middle.x), row(middle.y))
        for (x, y) in isVertical ? [(x - 1, y), (x + 1, y)] : [(x, y - 1), (x, y + 1)] {
          mark(x, y, .point, ink.terminalColour)
        }
      }
    }
  }

  /// Cells by the shade at the middle of each dot; braille has the dots that a threshold lets through, so that more
  /// dots are more observations.
  private mutating func draw(_ cells: Cells, in frame: Frame) {
    let shades = cells.shaded()
    let x = (0..<cells.xEdges.count).map { frame.x.fraction(cells.xEdges[$0]) ?? .nan }
    let y = (0..<cells.yEdges.count).map { frame.y.fraction(cells.yEdges[$0]) ?? .nan }
    func cell(_ place: Double, _ edges: [Double]) -> Int? {
      edges.indices.dropLast().first { edges[$0] <= place && place < edges[$0 + 1] }
    }
    let columnOf = (0..<width).map { cell((Double($0) + 0.5) / Double(width), x) }
    for row in 0..<height {
      guard let j = cell(1 - (Double(row) + 0.5) / Double(height), y) else { continue }
      for column in 0..<width {
        guard let i = columnOf[column] else { continue }
        let shade = shades[j * cells.columns + i]
        if shade == 0 || (style == .braille && shade <= Self.threshold(column, row)) { continue }
        mark(column, row, .shade(shade), Ink.terminalShades[shade - 1])
      }
    }
  }

  /// 0 … 5 in a fixed order over the eight dots of a character.
  private static func threshold(_ x: Int, _ y: Int) -> Int { [0, 4, 3, 2, 1, 5, 4, 3][y % 4 * 2 + x % 2] }

  /// A name to the right of its point, also a row higher or lower, to the left, above, or below, where no other is.
  private mutating func write(_ label: Label, _ ink: Ink, in frame: Frame) {
    guard let place = frame.place(label.x, label.y)?.clamped else { return }
    let x = min(Int(place.x * Double(columns)), columns - 1)
    let text = shortened(printable(label.text), toColumns: max(columns - x - 2, x - 1), style)
    let count = terminalColumns(text)
    let y = rows - 1 - min(Int(place.y * Double(rows)), rows - 1)
    let starts = [
      (x + 2, y), (x + 2, y - 1), (x + 2, y + 1), (x - 1 - count, y), (x - count / 2, y - 1),
      (x - count / 2, y + 1),
    ]
    guard let (column, row) = starts.first(where: { isFree(column: $0.0, row: $0.1, count: count) }) else {
      return
    }
    write(text, column: column, row: row, ink.terminalColour)
  }
}

extension Ink {
  /// Of a terminal's 256 colours, the nearest that is seen on black and on white.
  var terminalColour: Int {
    switch self {
    case .data: 32
    case .fit: 166
    case .band: 172
    case .warning: 161
    case .second: 36
    case .third: 175
    case .muted: 245
    }
  }

  /// Of cells, from few to many.
  static let terminalShades = [60, 67, 32, 37, 71, 142]
}
