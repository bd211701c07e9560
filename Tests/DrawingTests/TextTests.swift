import LinearAlgebra
import Testing

@testable import Drawing

@Suite struct TextTests {
  private func check(_ chart: Chart, _ columns: Int, _ rows: Int, _ style: TextStyle) {
    let text = chart.text(columns: columns, rows: rows, style, color: false)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines.count <= rows, "\(columns) × \(rows)")
    for line in lines {
      #expect(terminalColumns(line) <= columns, "\(columns) × \(rows): \(line)")
      #expect(line.last != " ", "\(columns) × \(rows): \(line)")
    }
    #expect(!text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" })
    #expect(style == .braille || text.utf8.allSatisfy { $0 < 128 })
  }

  @Test(arguments: [TextStyle.braille, .ascii]) func withinTheRoomThereIs(style: TextStyle) {
    for columns in [1, 2, 3, 4, 5, 10, 30, 79, 200] {
      for rows in [1, 2, 3, 5, 8, 10, 24, 60] { check(Gallery.everything, columns, rows, style) }
    }
  }

  @Test(arguments: Gallery.hostile) func hostileTexts(text: String) {
    var chart = Gallery.everything
    chart.title = text
    chart.x = Axis(label: text, categories: [text, "b", text])
    chart.y = Axis(label: text, categories: [text, text])
    chart.layers = [.labels([Label(x: 0, y: 1, text: text)], .data)]
    for columns in [5, 30, 80] { check(chart, columns, 12, .braille) }
  }

  @Test func randomRanges() {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<200 {
      let size = Decimal(mantissa: 1, exponent: generator.nextInteger(below: 600) - 300).value
      let low = generator.nextNormal() * size
      let axis = Axis(label: "value", range: low...low + abs(generator.nextNormal()) * size)
      check(Gallery.empty(axis, axis, title: ""), 30 + generator.nextInteger(below: 60), 10, .ascii)
    }
  }

  @Test func colours() {
    let text = Gallery.everything.text(columns: 40, rows: 15, .braille, color: true)
    let plain = Gallery.everything.text(columns: 40, rows: 15, .braille, color: false)
    #expect(text.contains("\u{1B}[38;5;\(Ink.fit.terminalColour)m"))
    #expect(text.replacing(/\u{1B}\[[0-9;]*m/, with: "") == plain)
    // Each line ends without a colour.
    for line in text.split(separator: "\n") where line.contains("\u{1B}") {
      let last = line.ranges(of: "\u{1B}").last.map { line[$0.lowerBound...] }
      #expect(last?.hasPrefix("\u{1B}[39m") == true)
    }
  }

  @Test func columnsOfWideCharacters() {
    #expect(terminalColumns("血圧") == 4)
    #expect(terminalColumns("e\u{301}a") == 2)
    #expect(terminalColumns("👩‍👩‍👧‍👦") == 2)
    #expect(terminalColumns("−×10⁻³…┤⠿") == 9)
    #expect(shortened("血圧血圧", toColumns: 8, .braille) == "血圧血圧")
    #expect(shortened("血圧血圧", toColumns: 7, .braille) == "血圧血…")
    #expect(shortened("a b c", toColumns: 3, .braille) == "a…")
    #expect(shortened("abc", toColumns: 0, .braille) == "")
    #expect(shortened("abcdefg", toColumns: 6, .ascii) == "abc...")
  }

  @Test func lineInBraille() {
    var chart = Gallery.empty(
      Axis(label: "x", range: 0...10), Axis(label: "y", range: 0...10), title: "A line")
    chart.layers = [.line([Point(x: 0, y: 0), Point(x: 10, y: 10)], .fit, isDashed: false)]
    #expect(
      chart.text(columns: 30, rows: 10, .braille, color: false) == """
        A line
        y
        10┤                      ⣀⡠⠔⠒⠉
          │                ⢀⡠⠤⠒⠊⠉
         5┤          ⢀⣀⠤⠔⠒⠉⠁
          │     ⣀⡠⠤⠒⠊⠁
         0┤⣀⠤⠔⠊⠉
          └┬────────────┬────────────┬
           0            5           10
                        x
        """)
    #expect(
      chart.text(columns: 30, rows: 10, .ascii, color: false) == """
        A line
        y
        10+                       ----
          |                 ------
         5+          -------
          |    ------
         0+----
          ++------------+------------+
           0            5           10
                        x
        """)
  }

  @Test func intervalsAndBars() {
    let names = Axis(label: "", categories: ["age", "bmi", "血圧"])
    var chart = Gallery.empty(Axis(label: "estimate", range: -2...2), names, title: "Estimates")
    chart.layers = [
      .rule(x: 0, y: nil, .muted),
      .horizontalIntervals(
        [(0.0, -1.0, 1.0), (1, 0.5, 1.5), (2, -1.5, -1)].map { at, low, high in
          Interval(at: at, low: low, high: high, middle: (low + high) / 2)
        }, .data),
    ]
    #expect(
      chart.text(columns: 40, rows: 10, .braille, color: false) == """
        Estimates
         age┤        ⢀⣀⣀⣀⣀⣀⣀⣀⣀⣠⣀⣀⣀⣀⣀⣀⣀⣀⡀
            │                 ⢨
         bmi┤                 ⢠   ⢀⣀⣀⣀⣀⣄⣀⣀⣀⣀
            │                 ⢠        ⠁
            │      ⢀          ⢠
        血圧┤    ⠉⠉⠙⠉⠉        ⢠
            └┬────────────────┬────────────────┬
            −2                0                2
                          estimate
        """)
    chart.layers = [.horizontalBars([Point(x: 1.5, y: 0), Point(x: -1, y: 1), Point(x: 0.5, y: 2)], .data)]
    #expect(
      chart.text(columns: 40, rows: 10, .ascii, color: false) == """
        Estimates
         age+                 ##############
            |                 ##############
         bmi+        ##########
            |        ##########
            |                 #####
        血圧+                 #####
            ++----------------+----------------+
            -2                0                2
                          estimate
        """)
  }

  @Test func densities() {
    var chart = Gallery.empty(
      Axis(label: "x", range: -4...4), Axis(label: "y", range: -4...4), title: "Density")
    chart.layers = [.cells(Gallery.normalCells(columns: 16, rows: 12))]
    #expect(
      chart.text(columns: 36, rows: 13, .braille, color: false) == """
        Density
        y
         4┤                     ⠁⠁⠁⠁⠅⠅⠁⠁⠁⠁
          │              ⠐⠕⠕⠕⢕⢗⢗⢗⢗⢗⢗⢗⢗⢗⢗⠁⠁⠁⠁
          │        ⠁⠁⢁⢅⢕⣕⣕⣗⣟⣟⣟⣟⣟⣟⣟⣟⣗⢗⢗⠕⠕⠅⠅
         0┤      ⠅⠅⢗⢗⢗⣗⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣟⣟⣗⢗⢗⠁⠁⠁⠁
          │  ⠁⠁⠕⠕⢗⢗⣟⣟⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣟⢟⠗⠗⠗⠕⠕⠁⠁
          │  ⠅⠅⠕⠕⢗⢗⣟⣟⣟⣟⣟⣟⣟⣟⣟⢟⠟⠝⠅⠅⠅⠁⠁⠁⠁
          │⠁⠁⠁⠁⠕⠕⠗⠗⠗⠗⠗⠗⠗⠗⠗⠗⠗⠕⠅  ⠁⠁
        −4┤⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁⠁  ⠁⠁
          └┬───────────────┬───────────────┬
          −4               0               4
                           x
        """)
    #expect(
      chart.text(columns: 36, rows: 13, .ascii, color: false) == """
        Density
        y
         4+                     ....::....
          |            ..=====++++++++++....
          |        ..::==++%%%%%%%%%++==::
         0+    ..::++%%@@@@@@@@@@@%%++....
          |  ..==++%%@@@@@@@@@@@%%++==..
          |  ::==++%%%%%%%%+++==::..
          |....==++++++++++===  ..
        -4+  ..........
          ++---------------+---------------+
          -4               0               4
                           x
        """)
  }
}
