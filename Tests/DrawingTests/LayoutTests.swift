import LinearAlgebra
import Testing

@testable import Drawing

/// Texts of a chart do not overlap and are not cut off, measured in what was drawn.
@Suite struct LayoutTests {
  private func check(_ chart: Chart, _ comment: String) {
    let texts = ParsedSVG(chart.svg(id: "a")).texts.filter { !$0.content.allSatisfy { $0 == " " } }
    for (index, text) in texts.enumerated() {
      let box = text.box
      #expect(
        box.left >= 0 && box.top >= 0 && box.right <= chart.width && box.bottom <= chart.height,
        "\(comment): \(text.content) is cut off: \(box)")
      for other in texts.dropFirst(index + 1) {
        let overlaps =
          box.left < other.box.right && other.box.left < box.right && box.top < other.box.bottom
          && other.box.top < box.bottom
        #expect(!overlaps, "\(comment): \(text.content) and \(other.content) overlap")
      }
    }
  }

  private func range(_ generator: inout SeededGenerator, isLogarithmic: Bool) -> ClosedRange<Double> {
    let size = Decimal(mantissa: 1, exponent: generator.nextInteger(below: 40) - 20).value
    if isLogarithmic {
      let low = (0.1 + generator.nextUniform()) * size
      return low...low * (1 + Decimal(mantissa: 1, exponent: generator.nextInteger(below: 25) - 3).value)
    }
    let low = generator.nextNormal() * size
    return low...low + abs(generator.nextNormal()) * size
      * Decimal(mantissa: 1, exponent: -generator.nextInteger(below: 8)).value
  }

  @Test func randomRanges() {
    var generator = SeededGenerator(seed: 6)
    for index in 0..<300 {
      let scales = (0..<2).map { _ in generator.nextInteger(below: 3) == 0 ? Axis.Scale.log : .linear }
      let x = range(&generator, isLogarithmic: scales[0] == .log)
      let y = range(&generator, isLogarithmic: scales[1] == .log)
      var chart = Gallery.empty(
        Axis(label: "a label of x", range: x, scale: scales[0]), Axis(label: "y", range: y, scale: scales[1]))
      if index % 3 == 0 { (chart.width, chart.height) = (300, 180) }
      check(chart, "\(x) \(scales[0]), \(y) \(scales[1])")
      #expect(ParsedSVG(chart.svg(id: "a")).texts.count >= 6, "\(x), \(y)")
    }
  }

  @Test(
    arguments: [
      0...0, 5...5, -3...(-3), 1e300...1e300, 1e-300...1e-300, 0...1e-300, -1e300...1e300,
      0...Double.leastNonzeroMagnitude,
      -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude, -Double.infinity...Double.infinity,
      1...1.0.nextUp, 0...1, -1...0,
    ]) func extremeRanges(range: ClosedRange<Double>)
  {
    for scale in [Axis.Scale.linear, .log] {
      let axis = Axis(label: "value", range: range, scale: scale)
      check(Gallery.empty(axis, axis), "\(range) \(scale)")
      let frame = Page(Gallery.empty(axis, axis)).frame
      #expect(frame.x.ticks.count > 1 && frame.y.ticks.count > 1, "\(range) \(scale)")
    }
  }

  @Test(arguments: Gallery.hostile) func hostileNames(text: String) {
    let names = (0..<7).map { "\($0)" + text }
    for count in [1, 2, 7] {
      let axis = Axis(label: text, categories: Array(names.prefix(count)))
      check(Gallery.empty(axis, axis, title: text), text)
    }
  }

  @Test func manyCategories() {
    let axis = Axis(label: "names", categories: (0..<500).map { "category \($0)" })
    check(Gallery.empty(axis, axis), "500 categories")
  }

  /// Names that would overlap are moved, or left out where there is no room.
  @Test func labelsBesidePoints() {
    var chart = Gallery.empty(Axis(label: "x", range: 0...1), Axis(label: "y", range: 0...1))
    chart.layers = [
      .labels((0..<4).map { Label(x: 0.5, y: 0.5, text: "name \($0)") }, .data),
      .labels((0..<40).map { Label(x: Double($0) / 40, y: 0.9, text: "number \($0)") }, .fit),
    ]
    check(chart, "labels")
    let texts = ParsedSVG(chart.svg(id: "a")).texts
    #expect(texts.filter { $0.content.hasPrefix("name") }.count == 4)
    #expect((4..<20).contains(texts.filter { $0.content.hasPrefix("number") }.count))
  }

  /// A name that is cut has the whole as a tooltip.
  @Test func tooltips() {
    let name = String(repeating: "long ", count: 40)
    let svg = Gallery.empty(Axis(label: "x", range: 0...1), Axis(label: "y", categories: [name, "b"])).svg(
      id: "a")
    #expect(svg.contains("<title>\(name)</title>"))
    #expect(svg.contains(/>long [a-z ]*…[a-z ]*long <\/text>|>long [a-z ]*…[a-z ]*long<\/text>/))
  }

  @Test(arguments: [0, -1, 1e-300, 1, 30, 1e9, Double.nan, .infinity]) func absurdSizes(side: Double) {
    var chart = Gallery.everything
    (chart.width, chart.height) = (side, side)
    #expect(ParsedSVG(chart.svg(id: "a", isStandalone: true)).isWellFormed)
  }
}
