extension Chart {
  /// The chart in at most `rows` lines of at most `columns` characters, without spaces at their ends; nothing where there
  /// is room for less than an axis. From 30 columns and 10 rows on it has titles and labels.
  ///
  /// - Parameter color: whether marks have the colours of a terminal of 256.
  package func text(columns: Int, rows: Int, _ style: TextStyle, color: Bool) -> String {
    guard columns > 3, rows > 2 else { return "" }
    let layout = TextLayout(self, columns: columns, rows: rows, style)
    return layout.lines(self, color: color).map(withoutTrailingSpaces).joined(separator: "\n")
  }

  private func withoutTrailingSpaces(_ line: String) -> String {
    String(line.reversed().drop { $0 == " " }.reversed())
  }
}

/// Where the parts of a chart are among rows and columns of characters.
private struct TextLayout {
  private let frame: Frame
  private let canvas: (columns: Int, rows: Int)
  /// Columns for the labels of the vertical axis.
  private let margin: Int
  private let columns: Int
  private let style: TextStyle
  private let titles: [String]
  private let hasAxisTitle: Bool

  init(_ chart: Chart, columns: Int, rows: Int, _ style: TextStyle) {
    self.columns = columns
    self.style = style
    // Titles that would leave fewer than three rows for the plot are left out.
    let above = [chart.title, chart.y.label].map(printable).filter { !$0.isEmpty }
    titles = Array(above.prefix(max(0, rows - 5)))
    let left = rows - titles.count - 2
    hasAxisTitle = !chart.x.label.isEmpty && left > 3
    let height = max(1, left - (hasAxisTitle ? 1 : 0))
    let numbers: NumberStyle = style == .braille ? .typeset : .ascii
    let y = AxisLayout(
      chart.y, isVertical: true,
      Lettering(
        length: Double(height), spacing: 3, gap: 0, extent: { _ in 1 },
        shortened: { shortened($0, toColumns: max(1, 2 * columns / 5), style) }, style: numbers))
    margin = min(y.ticks.map { terminalColumns($0.label) }.max() ?? 0, max(0, columns - 2))
    let width = max(1, columns - margin - 1)
    let slot = chart.x.categories.map { width / max(1, $0.count) } ?? width
    let x = AxisLayout(
      chart.x, isVertical: false,
      Lettering(
        length: Double(width), spacing: 12, gap: 2, extent: { Double(terminalColumns($0)) },
        shortened: { shortened($0, toColumns: max(slot - 1, 4), style) }, style: numbers))
    canvas = (width, height)
    frame = Frame(x: x, y: y)
  }

  func lines(_ chart: Chart, color: Bool) -> [String] {
    var plot = Canvas(columns: canvas.columns, rows: canvas.rows, style)
    for layer in chart.layers { plot.draw(layer, in: frame) }
    if chart.isEmpty {
      plot.write("no data", column: max(0, canvas.columns / 2 - 3), row: canvas.rows / 2, nil)
    }
    var result = titles.map { shortened($0, toColumns: columns, style) }
    let labels = Dictionary(
      frame.y.ticks.map { (canvas.rows - 1 - index($0.position, canvas.rows), $0.label) },
      uniquingKeysWith: { $1 })
    for row in 0..<canvas.rows {
      let label = labels[row].map { shortened($0, toColumns: margin, style) } ?? ""
      let padding = String(repeating: " ", count: max(0, margin - terminalColumns(label)))
      result.append(padding + label + edge(hasTick: labels[row] != nil) + plot.line(row, color: color))
    }
    return result + below(chart)
  }

  private func index(_ position: Double, _ count: Int) -> Int {
    min(max(Int(position * Double(count)), 0), count - 1)
  }

  private func edge(hasTick: Bool) -> String {
    style == .braille ? (hasTick ? "┤" : "│") : hasTick ? "+" : "|"
  }

  /// The horizontal axis, its labels, its title.
  private func below(_ chart: Chart) -> [String] {
    let (corner, line, tick) = style == .braille ? ("└", "─", "┬") : ("+", "-", "+")
    let indent = String(repeating: " ", count: margin)
    let ticks = Set(frame.x.ticks.map { index($0.position, canvas.columns) })
    let axis = (0..<canvas.columns).map { ticks.contains($0) ? tick : line }.joined()
    var labels = "", used = 0
    for each in frame.x.ticks {
      let count = terminalColumns(each.label)
      let middle = margin + 1 + index(each.position, canvas.columns)
      let start = min(middle - count / 2, columns - count)
      guard start > used || used == 0 && start == 0 else { continue }
      labels += String(repeating: " ", count: start - used) + each.label
      used = start + count
    }
    var result = [indent + corner + axis, labels]
    if hasAxisTitle {
      let title = shortened(printable(chart.x.label), toColumns: canvas.columns, style)
      let start = margin + 1 + (canvas.columns - terminalColumns(title)) / 2
      result.append(String(repeating: " ", count: max(0, start)) + title)
    }
    return result
  }
}
