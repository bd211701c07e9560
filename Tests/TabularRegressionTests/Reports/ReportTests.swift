import Foundation
import LinearAlgebra
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

@Suite struct ReportTests {
  /// A text with missing fields, a category and a column to weigh by.
  private static let text: String = {
    var random = SeededGenerator(seed: 3)
    let normal: Matrix<Double> = random.normalMatrix(2000, 2)
    return "x,g,w,y\n"
      + (0..<2000).map { i in
        let x = i % 97 == 5 ? "" : "\(normal[i, 0] * 30 + 50)"
        return "\(x),g\(i * 7 % 5),\(i % 4),\(3 * normal[i, 0] + normal[i, 1] + Double(i * 7 % 5))\n"
      }.joined()
  }()

  private func source(_ part: Part? = nil) throws(TabularError) -> TableReader {
    try TableReader(
      [.memory(Array(Self.text.utf8), name: "t.csv")], options: ReadingOptions(), blockSize: 3000, part: part)
  }

  private func model(_ weights: String? = nil) throws -> FittedModel {
    try FittedModel(
      "y ~ x + I(x^2) + g", Table(all: source()), weights: weights, missing: .drop)
  }

  private func encoded(_ diagnostics: Diagnostics) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try encoder.encode(diagnostics)
  }

  // MARK: The same bytes

  @Test(arguments: [nil, "w"]) func threads(weights: String?) throws {
    let model = try model(weights)
    let alone = try #require(
      try Parallelism.$threads.withValue(1) { try Diagnostics(model, reading: source()) })
    #expect(alone.isOfFit && alone.observations == model.observations)
    #expect(alone.missingRows == model.droppedRows)
    for threads in [2, 8] {
      let together = try #require(
        try Parallelism.$threads.withValue(threads) { try Diagnostics(model, reading: source()) })
      #expect(try encoded(together) == encoded(alone))
      #expect(Report(model, together).html == Report(model, alone).html)
    }
  }

  @Test func ranks() throws {
    let model = try model(), alone = try #require(try Diagnostics(model, reading: source()))
    for size in [2, 5] {
      let outcomes = LocalRanks.run(size) { (ranks) throws(TabularError) -> Diagnostics? in
        let part = TableFile.text(try source(ranks.part))
        try ranks.locate(part)
        return try Diagnostics(model, reading: part, on: ranks)
      }
      let diagnostics = try #require(try outcomes[0].get())
      #expect(try encoded(diagnostics) == encoded(alone))
      for other in outcomes.dropFirst() {
        let none = try other.get() == nil
        #expect(none)
      }
    }
  }

  /// Many blocks tell what one tells, but for rounding.
  @Test func blocks() throws {
    let model = try model()
    let whole = try Diagnostics(model, Table(all: source())),
      parts = try #require(try Diagnostics(model, reading: source()))
    #expect(whole.residuals == parts.residuals && whole.predictions == parts.predictions)
    #expect(whole.influence == parts.influence && whole.scales == parts.scales)
    #expect(whole.influentialRows == parts.influentialRows)
    #expect(whole.rowsOfLargestResiduals == parts.rowsOfLargestResiduals)
    let (a, b) = (whole.moments.durbinWatson!, parts.moments.durbinWatson!)
    #expect(abs(a - b) < 1e-12)
    #expect(whole.fewRows == nil && parts.fewRows == nil)
  }

  @Test func decoded() throws {
    let model = try model(), diagnostics = try Diagnostics(model, Table(all: source()))
    let read = try JSONDecoder().decode(Diagnostics.self, from: encoded(diagnostics))
    #expect(Report(model, read).html == Report(model, diagnostics).html)
  }

  // MARK: Awkward rows

  private func report(_ formula: String, _ table: Table) throws -> (diagnostics: Diagnostics, html: String) {
    let model = try FittedModel(formula, table), diagnostics = try Diagnostics(model, table)
    let html = Report(model, diagnostics).html
    #expect(!html.contains("nan") && !html.contains("inf\""))
    return (diagnostics, html)
  }

  @Test func perfectFit() throws {
    let x = (0..<50).map(Double.init)
    let table = Table(["x": x, "y": x.map { 0.1 * $0 + 0.3 }])
    let (diagnostics, html) = try report("y ~ x", table)
    #expect(diagnostics.isOfFit)
    #expect(html.contains("perfect but for rounding"))
    // That x determines the target is said of the data.
    let remarkable = Report(try FittedModel("y ~ x", table), diagnostics).findings.filter(\.isRemarkable)
    #expect(remarkable.map(\.panel) == ["The data"])
  }

  @Test func oneRowAndConstantTargets() throws {
    let one = try report("y ~ 1", Table(["x": [1], "y": [2]]))
    #expect(one.diagnostics.observations == 1 && one.html.contains("as many coefficients as rows"))
    let constant = try report("y ~ x", Table(["x": [1, 2, 3, 4], "y": [5, 5, 5, 5]]))
    #expect(constant.html.contains("the same in every row"))
    _ = try report("y ~ 1", Table(["x": [1, 2, 3, 4], "y": [1, 5, 2, 5]]))
  }

  /// A row that alone has a level determines its own prediction.
  @Test func fullLeverage() throws {
    var x = (0..<40).map { Double($0 % 7) }, only = x.map { _ in 0.0 }
    only[11] = 1
    x[11] = 90
    let y = x.indices.map { x[$0] + Double($0 * $0 % 13) }
    let (diagnostics, html) = try report("y ~ x + only", Table(["x": x, "only": only, "y": y]))
    #expect(diagnostics.fullLeverageRows == 1)
    let row = try #require(diagnostics.rowsOfLargestLeverage.first)
    #expect(row.line == 13 && row.standardizedResidual == nil && abs(row.leverage! - 1) < 1e-12)
    #expect(html.contains("1 row with leverage 1, such as test.csv:13 determines its own prediction"))
  }

  @Test func otherRows() throws {
    let x = (0..<60).map { Double($0 * 17 % 23) }, y = x.indices.map { x[$0] + Double($0 * 31 % 11) }
    let model = try FittedModel("y ~ x", Table(["x": x, "y": y]))
    let others = Table(["x": Array(x.prefix(30)), "y": y.prefix(30).map { $0 + 1 }])
    let diagnostics = try Diagnostics(model, others)
    #expect(!diagnostics.isOfFit && diagnostics.influentialRows.isEmpty)
    #expect(Report(model, diagnostics).html.contains("that are not those of the fit"))
    // As many rows, but others.
    #expect(!(try Diagnostics(model, Table(["x": x, "y": y.reversed()])).isOfFit))
    #expect(throws: TabularError.self) { try Diagnostics(model, Table(["x": x, "z": y])) }
  }

  /// Squares beyond and below Doubles, and rows in another unit than the fit's.
  @Test(arguments: [1e-300, 1e-160, 1, 1e140] as [Double])
  func extremeUnits(unit: Double) throws {
    let x = (0..<60).map { Double($0 * 17 % 23) }
    let y = x.indices.map { (x[$0] + Double($0 * 31 % 11)) * unit }
    let (diagnostics, html) = try report("y ~ x", Table(["x": x, "y": y]))
    #expect(diagnostics.isOfFit && !html.contains("perfect but") && !html.contains("same in every row"))
    let row = try #require(diagnostics.influentialRows.first),
      one = try #require(
        try Diagnostics(
          FittedModel("y ~ x", Table(["x": x, "y": y.map { $0 / unit }])),
          Table(["x": x, "y": y.map { $0 / unit }])
        )
        .influentialRows.first)
    #expect(row.line == one.line && abs(row.cooksDistance! - one.cooksDistance!) < 1e-9)
    let model = try FittedModel(
      "y ~ x", Table(["x": x, "y": x.indices.map { x[$0] + Double($0 * 31 % 11) }]))
    let others = Table(["x": x, "y": y.map { $0 * 1e6 }])
    if unit > 1 {
      #expect(throws: TabularError.self) { try Diagnostics(model, others) }
    } else {
      _ = Report(model, try Diagnostics(model, others)).html
    }
  }

  /// Rounding of a large target is not another set of rows.
  @Test func largeTargets() throws {
    let x = (0..<200).map { Double($0 * 17 % 23) }
    let y = x.indices.map { 1.7e9 + ((x[$0] + Double($0 * 31 % 11)) * 1000).rounded() / 1e6 }
    #expect(try report("y ~ x", Table(["x": x, "y": y])).diagnostics.isOfFit)
  }

  /// What is decoded comes from outside: anything that is not diagnostics is an error, and never a trap.
  @Test func damagedNumbers() throws {
    let model = try model()
    let whole = String(decoding: try encoded(Diagnostics(model, Table(all: source()))), as: UTF8.self)
    var random = SeededGenerator(seed: 8), read = 0
    let numbers = whole.ranges(of: /-?[0-9][0-9.e-]*/)
    for _ in 0..<300 {
      let place = numbers[Int(random.next() % UInt64(numbers.count))]
      let value = ["1e308", "-1", "0", "9223372036854775807", "-9223372036854775808", "[]", "4096"]
        .randomElement(using: &random)!
      let damaged = whole.replacingCharacters(in: place, with: value)
      guard let diagnostics = try? JSONDecoder().decode(Diagnostics.self, from: Data(damaged.utf8)) else {
        continue
      }
      read += 1
      _ = Report(model, diagnostics).html
    }
    #expect(read > 20)
  }

  @Test func namesAreNoMarkup() throws {
    let name = "<script>alert(\"&\")</script>", x = (0..<30).map { Double($0 * 7 % 11) }
    let table = Table([name: x, "y\u{7}": x.indices.map { Double($0 * $0 % 17) }])
    let model = try FittedModel(table, target: "y\u{7}")
    let html = Report(model, try Diagnostics(model, table)).html
    #expect(
      !html.contains("<script") && html.contains("&lt;script&gt;") && !html.unicodeScalars.contains("\u{7}"))
  }

  @Test func manyLevels() throws {
    let n = 20_000
    let g = TableColumn(name: "g", values: .words(.init((0..<n).map { "level \($0 / 4)" })))
    let x = TableColumn(name: "x", values: .numbers((0..<n).map { Double($0 * 7919 % 1009) }))
    let y = TableColumn(name: "y", values: .numbers((0..<n).map { Double($0 * 31 % 101 + $0 / 400) }))
    let table = Table(
      source: "test.csv", columns: [g, x, y], rowCount: n, places: RowPlaces(file: "test.csv", firstLine: 2))
    let (diagnostics, html) = try report("y ~ g + x", table)
    #expect(diagnostics.isOfFit && diagnostics.levels.isEmpty)
    #expect(html.utf8.count < 300_000)
  }

  @Test func writtenWholeOrNotAtAll() throws {
    let folder = TemporaryFolder(), path = folder.path("r.html")
    let model = try model(), report = Report(model, try Diagnostics(model, Table(all: source())))
    try report.write(to: path)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == report.html)
    #expect(throws: TabularError.self) { try report.write(to: folder.path("none/r.html")) }
  }
}
