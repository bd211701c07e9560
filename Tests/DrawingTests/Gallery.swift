import LinearAlgebra

@testable import Drawing

/// Charts that tests draw.
enum Gallery {
  /// One of each kind of layer, some beyond the axes.
  static var everything: Chart {
    var generator = SeededGenerator(seed: 3)
    let points = (0..<200).map { _ in Point(x: generator.nextNormal(), y: generator.nextNormal()) }
    let band = (-3...3).map { Interval(at: Double($0), low: Double($0) - 1, high: Double($0) + 1) }
    return Chart(
      title: "Everything", summary: "One of each kind.", x: Axis(label: "x", range: -2...2),
      y: Axis(label: "y", range: -2...2),
      layers: [
        .cells(normalCells(columns: 8, rows: 6)), .points(points, .data),
        .line(points.sorted { $0.x < $1.x }, .fit, isDashed: false), .line(points, .second, isDashed: true),
        .band(band, .band), .intervals([Interval(at: 1, low: -1, high: 1, middle: 0)], .third),
        .horizontalIntervals([Interval(at: 1, low: -1, high: 9, middle: 0)], .third),
        .bars([Bar(low: -1, high: 0, height: 1), Bar(low: 0, high: 1, height: -9)], .muted),
        .horizontalBars([Point(x: 1, y: 1)], .muted), .rule(x: 0, y: 0, .muted),
        .labels([Label(x: 0, y: 0, text: "origin"), Label(x: 9, y: 9, text: "far")], .warning),
      ])
  }

  /// A normal distribution over a grid, as smooth as counts are.
  static func normalCells(columns: Int, rows: Int) -> Cells {
    var generator = SeededGenerator(seed: 4)
    var counts = Array(repeating: 0, count: columns * rows)
    for _ in 0..<20_000 {
      let x = generator.nextNormal(), y = 0.6 * x + 0.8 * generator.nextNormal()
      let i = Int(((x + 4) / 8 * Double(columns)).rounded(.down))
      let j = Int(((y + 4) / 8 * Double(rows)).rounded(.down))
      if (0..<columns).contains(i), (0..<rows).contains(j) { counts[j * columns + i] += 1 }
    }
    return Cells(
      xEdges: (0...columns).map { -4 + 8 * Double($0) / Double(columns) },
      yEdges: (0...rows).map { -4 + 8 * Double($0) / Double(rows) }, counts: counts)
  }

  /// A chart of nothing but axes.
  static func empty(_ x: Axis, _ y: Axis, title: String = "Title") -> Chart {
    Chart(title: title, summary: "", x: x, y: y, layers: [])
  }

  static let hostile = [
    "<script>alert(1)</script>", "\"quoted\" & 'quoted' ]]>", "\u{0}\u{1B}[31m\u{FFFE}\u{202E}",
    String(repeating: "long ", count: 40), "👩‍👩‍👧‍👦 血圧 naïve e\u{301}", "",
  ]
}
