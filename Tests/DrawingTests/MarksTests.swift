import LinearAlgebra
import Testing

@testable import Drawing

@Suite struct MarksTests {
  private let frame = Page(
    Gallery.empty(Axis(label: "x", range: 0...1), Axis(label: "y", range: 0...1))
  ).frame

  @Test func shadesAreStepsOfTheLogarithm() {
    // 4096 = 4⁶: each shade is a factor of four.
    let counts = [0, 1, 3, 4, 15, 16, 63, 64, 1023, 1024, 4096, -5]
    let cells = Cells(xEdges: (0...12).map(Double.init), yEdges: [0, 1], counts: counts)
    #expect(cells.shaded() == [0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 6, 0])
    #expect(Cells(xEdges: [0, 1], yEdges: [0, 1], counts: [1]).shaded() == [1])
    #expect(Cells(xEdges: [0, 1, 2], yEdges: [0, 1], counts: []).shaded() == [0, 0])
    #expect(Cells(xEdges: [], yEdges: [0, 1], counts: [1]).shaded() == [])
  }

  @Test func runsJoinNeighboursOfOneShade() {
    let cells = Cells(xEdges: [0, 1, 2, 3], yEdges: [0, 1, 2], counts: [1, 1, 99, 0, 1, 1])
    let expected: [Cells.Run] = [
      .init(row: 0, columns: 0..<2, shade: 1), .init(row: 0, columns: 2..<3, shade: 6),
      .init(row: 1, columns: 1..<3, shade: 1),
    ]
    #expect(cells.runs() == expected)
  }

  @Test func linesAreBroken() {
    let points = [0, 0.5, .nan, 0.5, 1].map { Point(x: $0, y: 0.5) }
    #expect(frame.lines(points).map { $0.map(\.x) } == [[0, 0.5], [0.5, 1]])
    #expect(frame.lines([Point(x: 0.5, y: 0.5)]).isEmpty)
  }

  /// A line that leaves the plot ends at its edge, where it crosses it.
  @Test func linesAreCutAtTheEdge() {
    let parts = frame.lines([Point(x: 0.25, y: 0.5), Point(x: 0.75, y: 1.5), Point(x: 1, y: 0.5)])
    #expect(parts.map { $0.map(\.x) } == [[0.25, 0.5], [0.875, 1]])
    #expect(parts.map { $0.map(\.y) } == [[0.5, 1], [1, 0.5]])
    #expect(frame.lines([Point(x: -1, y: 2), Point(x: 2, y: 2)]).isEmpty)
    #expect(frame.lines([Point(x: -0.5, y: 0.8), Point(x: 0.5, y: 1.8)]).isEmpty)
    let across = frame.lines([Point(x: -1, y: -1), Point(x: 2, y: 2)])
    #expect(across == [[UnitPoint(x: 0, y: 0), UnitPoint(x: 1, y: 1)]])
  }

  /// The area of a band that is cut is that of the part inside.
  @Test func bandsAreCutAtTheEdge() {
    let band = [Interval(at: 0, low: 0.5, high: 1), Interval(at: 1, low: 0.5, high: 2)]
    let outlines = frame.outlines(band)
    #expect(outlines.count == 1)
    let area = zip(outlines[0], outlines[0].dropFirst() + outlines[0].prefix(1)).reduce(0) { sum, edge in
      sum + (edge.0.x * edge.1.y - edge.1.x * edge.0.y) / 2
    }
    #expect(abs(abs(area) - 0.5) < 1e-12)
    #expect(frame.outlines([Interval(at: 0, low: 2, high: 3), Interval(at: 1, low: 2, high: 3)]).isEmpty)
    let broken = [0, 0.2, .nan, 0.6, 0.8].map { Interval(at: $0, low: 0, high: 1) }
    #expect(frame.outlines(broken).count == 2)
  }

  @Test func barsBeginAtZero() {
    let x = Axis(label: "x", range: -1...1), y = Axis(label: "y", range: -2...2)
    let frame = Page(Gallery.empty(x, y)).frame
    let bars = [
      Bar(low: -1, high: 0, height: 1), Bar(low: 0, high: 1, height: -1), Bar(low: 0, high: 1, height: 0),
    ]
    #expect(frame.rectangles(bars: bars).map(\.y) == [0.5...0.75, 0.25...0.5])
    let logarithmic = Page(Gallery.empty(Axis(label: "x", range: 0.01...100, scale: .log), y)).frame
    let values = [Point(x: 10, y: 0), Point(x: 0.1, y: 1), Point(x: 0, y: 1)]
    #expect(logarithmic.rectangles(horizontalBars: values).map(\.x) == [0.5...0.75, 0.25...0.5])
  }

  @Test func firstCategoryIsAtTheTopOrLeft() {
    let axis = Axis(label: "", categories: ["a", "b", "c"])
    let frame = Page(Gallery.empty(axis, axis)).frame
    #expect(frame.y.ticks.map(\.label) == ["a", "b", "c"])
    #expect(frame.y.ticks[0].position > frame.y.ticks[1].position)
    #expect(frame.x.ticks[0].position < frame.x.ticks[1].position)
    #expect(frame.place(0, 0) == UnitPoint(x: frame.x.ticks[0].position, y: frame.y.ticks[0].position))
  }

  @Test func pathsAreShort() {
    var path = PathData()
    path.move(to: PagePoint(x: 105, y: 3))
    path.line(to: PagePoint(x: 105, y: 3))
    path.line(to: PagePoint(x: 100, y: 0))
    path.line(to: PagePoint(x: 101, y: 10))
    path.line(to: PagePoint(x: 111, y: 10))
    path.close()
    path.dot(at: PagePoint(x: 105, y: 3))
    #expect(path.text == "m10.5,.3l-.5-.3 .1,1h1zm0,0h0")
    #expect(PathData().element("a").isEmpty)
  }
}
