import LinearAlgebra
import Testing

@testable import Drawing

@Suite struct SVGTests {
  @Test(arguments: [false, true]) func wellFormed(isStandalone: Bool) {
    let svg = Gallery.everything.svg(id: "a b\"<", isStandalone: isStandalone)
    let parsed = ParsedSVG(svg)
    #expect(parsed.isWellFormed)
    #expect(parsed.title == "Everything")
    #expect(parsed.summary == "One of each kind.")
    let root = parsed.elements[0]
    #expect(root.name == "svg")
    #expect(root.attributes["role"] == "img")
    #expect(root.attributes["aria-labelledby"] == "a-b---title a-b---desc")
    #expect(root.attributes["viewBox"] == "0 0 480 320")
    #expect((root.attributes["xmlns"] == "http://www.w3.org/2000/svg") == isStandalone)
    #expect(svg.contains("<style>") == isStandalone)
    #expect(parsed.elements.contains { $0.attributes["class"] == "paper" } == isStandalone)
    #expect(svg == Gallery.everything.svg(id: "a b\"<", isStandalone: isStandalone))
  }

  /// Colours come from the stylesheet alone, which has every class.
  @Test func classesOnly() {
    let svg = Gallery.everything.svg(id: "a")
    #expect(!svg.contains("#") && !svg.contains("style") && !svg.contains("rgb"))
    let classes = ParsedSVG(svg).elements.flatMap { ($0.attributes["class"] ?? "").split(separator: " ") }
    for name in Set(classes) { #expect(Stylesheet.css.contains(".\(name) ") || name == "chart", "\(name)") }
    #expect(Stylesheet.css.contains("@media screen and (prefers-color-scheme: dark)"))
    #expect(!Stylesheet.standalone.contains("@media"))
  }

  /// Whatever a text is, it is a text and nothing else.
  @Test(arguments: Gallery.hostile) func hostileTexts(text: String) {
    var chart = Gallery.everything
    chart.title = text
    chart.summary = text
    chart.x = Axis(label: text, categories: [text, "b", text])
    chart.y = Axis(label: text, categories: [text, text])
    chart.layers = [.labels([Label(x: 0, y: 1, text: text)], .data), .points([Point(x: 0, y: 0)], .data)]
    let parsed = ParsedSVG(chart.svg(id: text, isStandalone: true))
    #expect(parsed.isWellFormed)
    #expect(parsed.title == printable(text))
    #expect(parsed.summary == printable(text))
    #expect(!parsed.elements.contains { $0.name == "script" })
    #expect(!chart.svg(id: text).unicodeScalars.contains { $0.value < 32 && $0 != "\n" })
  }

  /// Numbers that are not finite are left out, and huge ones are brought to the edge.
  @Test(arguments: [Double.nan, .infinity, -.infinity, 1e308, -1e308, .leastNonzeroMagnitude])
  func extremeNumbers(number: Double) {
    var chart = Gallery.everything
    let points = [
      Point(x: number, y: 0), Point(x: 0, y: number), Point(x: number, y: number), Point(x: 1, y: 1),
    ]
    let intervals = points.map { Interval(at: $0.x, low: -number, high: $0.y, middle: number) }
    chart.layers = [
      .points(points, .data), .line(points, .data, isDashed: true), .band(intervals, .data),
      .intervals(intervals, .data), .horizontalIntervals(intervals, .data),
      .bars(points.map { Bar(low: $0.x, high: $0.y, height: number) }, .data), .horizontalBars(points, .data),
      .rule(x: number, y: number, .data), .labels([Label(x: number, y: number, text: "a")], .data),
      .cells(Cells(xEdges: [0, number, 1], yEdges: [number, 1], counts: [.max, -1, 3])),
    ]
    for scale in [Axis.Scale.linear, .log] {
      chart.x.scale = scale
      chart.y.scale = scale
      let svg = chart.svg(id: "a")
      #expect(ParsedSVG(svg).isWellFormed)
      for path in ParsedSVG(svg).elements.compactMap({ $0.attributes["d"] }) {
        #expect(path.allSatisfy { "mlhvz0123456789.,- ".contains($0) }, "\(path)")
      }
      _ = chart.text(columns: 60, rows: 20, .braille, color: true)
    }
  }

  @Test func emptyCharts() {
    var chart = Gallery.everything
    chart.layers = [
      .points([], .data), .line([Point(x: .nan, y: 0)], .fit, isDashed: false), .rule(x: 0, y: nil, .muted),
    ]
    #expect(ParsedSVG(chart.svg(id: "a")).texts.contains { $0.content == "no data" })
    chart.layers.append(.points([Point(x: 0, y: 0)], .data))
    #expect(!chart.svg(id: "a").contains("no data"))
  }

  @Test func sizes() {
    var generator = SeededGenerator(seed: 5)
    let points = (0..<500).map { _ in Point(x: generator.nextNormal(), y: generator.nextNormal()) }
    var chart = Gallery.empty(Axis(label: "x", range: -4...4), Axis(label: "y", range: -4...4))
    let axes = chart.svg(id: "a").utf8.count
    chart.layers = [.points(points, .data)]
    #expect(chart.svg(id: "a").utf8.count - axes < 6000)
    chart.layers = [.cells(Gallery.normalCells(columns: 64, rows: 48))]
    #expect(chart.svg(id: "a").utf8.count - axes < 20_000)
    #expect(axes < 4000)
  }

  /// Points at one place are one dot.
  @Test func equalPointsAreOne() {
    var chart = Gallery.empty(Axis(label: "x", range: 0...1), Axis(label: "y", range: 0...1))
    chart.layers = [.points(Array(repeating: Point(x: 0.5, y: 0.5), count: 100), .data)]
    let path = ParsedSVG(chart.svg(id: "a")).elements.first { $0.attributes["class"] == "dots data" }
    #expect(path?.attributes["d"]?.filter { $0 == "h" }.count == 1)
  }

  /// Points beyond the plot are triangles at its edge, those at one place one triangle.
  @Test func pointsOutside() {
    var chart = Gallery.empty(Axis(label: "x", range: 0...1), Axis(label: "y", range: 0...1))
    let places = [(9, 0.5), (5, 0.5), (-9, 0.5), (0.5, 9), (0.5, -9), (0.5, 0.5)]
    chart.layers = [.points(places.map { Point(x: $0, y: $1) }, .data)]
    let paths = ParsedSVG(chart.svg(id: "a")).elements.filter { $0.name == "path" }
    func count(_ name: String, _ letter: Character) -> Int? {
      paths.first { $0.attributes["class"] == name }?.attributes["d"]?.filter { $0 == letter }.count
    }
    #expect(count("fill data", "z") == 4)
    #expect(count("dots data", "h") == 1)
  }

  @Test func severalChartsOneBelowAnother() {
    let charts = [Gallery.everything, Gallery.everything]
    let svg = Picture(title: "T & T", summary: "Two.", charts: charts).svg(id: "a")
    let parsed = ParsedSVG(svg)
    #expect(parsed.isWellFormed)
    #expect(parsed.elements[0].attributes["viewBox"] == "0 0 480 640")
    #expect(parsed.title == "T & T")
    #expect(
      parsed.elements.filter { $0.name == "g" }.map { $0.attributes["transform"] } == [
        "translate(0,0)", "translate(0,320)",
      ])
  }
}
