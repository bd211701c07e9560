import Foundation
import LinearAlgebra
import LinearRegression
import Synchronization
import TestSupport
import Testing

@testable import TabularRegression

/// Categories with so many levels that they are taken out of the rows.
@Suite struct ManyLevelsTests {
  let folder = TemporaryFolder()

  /// Rows with two numbers, a category of many levels as words and as numbers, one of three, and weights.
  private static func text(
    _ rows: Range<Int> = 0..<3000, levels: Int = 250, missing: Bool = false, seed: UInt64 = 310
  ) -> String {
    var generator = SeededGenerator(seed: seed)
    let effects = (0..<levels).map { _ in generator.nextNormal() * 2 }
    var lines = ["y,x,zip,z,kind,code,w"]
    for row in 0..<rows.upperBound {
      let level = row < 2 * levels ? row / 2 : generator.nextInteger(below: levels)
      let x = generator.nextNormal(), z = generator.nextNormal() + effects[level]
      let kind = generator.nextInteger(below: 3), w = generator.nextInteger(below: 3)
      let y = 2 * x - z + effects[level] + Double(kind) + generator.nextNormal()
      if !rows.contains(row) { continue }
      let zip = missing && row % 41 == 7 ? "" : "L\(level)"
      let shown = missing && row % 97 == 50 ? "" : "\(x)"
      lines.append("\(y),\(shown),\(zip),\(z),\("abc".map(String.init)[kind]),\(1000 - level),\(w)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func table(_ text: String) throws -> Table { try Table(csvText: text, source: "t.csv") }

  private func reader(_ text: String, words: Set<String> = []) throws -> TableReader {
    var options = ReadingOptions()
    options.categories = words
    return try TableReader([.memory(Array(text.utf8), name: "t.csv")], options: options, blockSize: 8000)
  }

  /// Least squares with a column for each level.
  private static let plain = LeastSquares(solver: .qr)

  private func difference(_ a: FittedModel, _ b: FittedModel, digits: Double = 11) -> String? {
    let bound = pow(10, -digits)
    func differ(_ x: Double?, _ y: Double?, _ size: Double = 0) -> Bool {
      guard let x, let y else { return (x == nil) != (y == nil) }
      return !(abs(x - y) <= bound * max(abs(y), size))
    }
    if a.features != b.features { return "other features" }
    if a.observations != b.observations || a.droppedRows != b.droppedRows { return "other rows" }
    for (name, (x, y)) in zip(a.termNames, zip(a.coefficientStatistics, b.coefficientStatistics))
    where differ(x.estimate, y.estimate, y.standardError ?? 0) || differ(x.standardError, y.standardError) {
      return "\(name): \(x) instead of \(y)"
    }
    let (s, t) = (a.statistics, b.statistics)
    for (x, y) in [
      (s.rSquared, t.rSquared), (s.adjustedRSquared, t.adjustedRSquared), (s.fStatistic, t.fStatistic),
      (s.aic, t.aic), (s.residualStandardError, t.residualStandardError),
    ] where differ(x, y) { return "statistic \(String(describing: x)) instead of \(String(describing: y))" }
    return s.degreesOfFreedom == t.degreesOfFreedom ? nil : "degrees of freedom"
  }

  @Test(arguments: [
    "y ~ x + zip + z", "y ~ 0 + zip + x", "y ~ zip", "y ~ x + C(zip, reference = \"L7\")", "y ~ x + C(code)",
    "log(y + 100) ~ poly(x, 2) + zip + kind", "y ~ x:z + zip - 1", "y ~ x*kind + zip + scale(z)",
  ])
  func theFitIsThatWithColumns(formula: String) throws {
    let text = Self.text(), formula = try Formula(formula)
    for weights in [nil, "w"] {
      let whole = try FittedModel(formula, table(text), weights: weights, method: Self.plain)
      let inMemory = try FittedModel(formula, table(text), weights: weights)
      #expect(inMemory.covariance?.levels != nil && whole.covariance?.levels == nil)
      #expect(difference(inMemory, whole) == nil)
      let streamed = try FittedModel(
        formula, reading: reader(text, words: formula.categories), weights: weights, blocksInMemory: 0)
      #expect(streamed.covariance?.levels != nil)
      #expect(difference(streamed, whole) == nil)
      if !formula.text.contains("scale") { #expect(streamed.design.columns == whole.design.columns) }
    }
  }

  @Test func missingFieldsAreTreatedAsWithColumns() throws {
    let text = Self.text(missing: true), formula = try Formula("y ~ x + zip + z")
    let whole = try FittedModel(formula, table(text), missing: .drop, method: Self.plain)
    #expect(whole.droppedRows > 80)
    #expect(difference(try FittedModel(formula, table(text), missing: .drop), whole) == nil)
    let streamed = try FittedModel(formula, reading: reader(text), missing: .drop, blocksInMemory: 0)
    #expect(difference(streamed, whole) == nil)
    for policy in [MissingPolicy.constant(1), .refuse] {
      #expect(throws: TabularError.self) {
        try FittedModel(formula, reading: reader(text), missing: policy, blocksInMemory: 0)
      }
    }
    // A level of dropped rows only is none.
    let more = text + "1,,late,2,a,5,1\n"
    let same = try FittedModel(formula, reading: reader(more), missing: .drop, blocksInMemory: 0)
    #expect(same.features == streamed.features)
    // One of rows without weight has no coefficient.
    let absent = try FittedModel(
      formula, reading: reader(Self.text() + "1,2,late,2,a,5,0\n"), weights: "w", blocksInMemory: 0)
    let place = try #require(absent.features.firstIndex(of: "ziplate"))
    #expect(absent.coefficientStatistics[1 + place].estimate == nil)
  }

  @Test func severalTargetsShareTheRows() throws {
    let text = Self.text()
    let models = try FittedModel.perTarget(Formula("cbind(y, x) ~ zip + z"), table(text))
    for (model, target) in zip(models, ["y", "x"]) {
      let alone = try FittedModel(Formula("\(target) ~ zip + z"), table(text), method: Self.plain)
      #expect(difference(model, alone) == nil)
    }
  }

  /// Rows that can be read once.
  private final class Stream: TableSource {
    let reader: TableReader
    let readings = Mutex(0)
    init(_ reader: TableReader) { self.reader = reader }
    var source: String { reader.source }
    var columnNames: [String] { reader.columnNames }
    var division: Division { reader.division }
    func prepareToRepeat() throws(TabularError) { try reader.prepareToRepeat() }
    func firstBlock() throws(TabularError) -> Table { try reader.firstBlock() }
    func forEachBlock<Result: Sendable>(
      columns: Set<String>?, work: @escaping @Sendable (Table) throws(TabularError) -> Result,
      take: (Result) throws(TabularError) -> Void
    ) throws(TabularError) {
      readings.withLock { $0 += 1 }
      try reader.forEachBlock(columns: columns, work: work, take: take)
    }
  }

  @Test(arguments: [("y ~ x + zip", 1), ("y ~ x + kind", 1), ("y ~ zip + kind", 2), ("y ~ x*kind", 2)])
  func oneCategoryIsReadOnce(formula: String, readings: Int) throws {
    let formula = try Formula(formula), text = Self.text()
    let rows = Stream(try reader(text))
    let model = try FittedModel(formula, reading: rows, blocksInMemory: 0)
    #expect(rows.readings.withLock { $0 } == readings)
    #expect(difference(model, try FittedModel(formula, table(text), method: Self.plain)) == nil)
  }

  @Test func theNumberOfThreadsDoesNotMatter() throws {
    let text = Self.text(), formula = try Formula("y ~ x + zip")
    let models = try [1, 2, 3].map { threads in
      try Parallelism.$threads.withValue(threads) {
        try FittedModel(formula, reading: reader(text), blocksInMemory: 0)
      }
    }
    #expect(models[0] == models[1] && models[0] == models[2])
  }

  @Test func wordsThatAreBooleansJoin() throws {
    let rows = (0..<900).map {
      "\(Double($0 * $0 % 37)),\($0 < 400 ? ["true", "FALSE"][$0 % 2] : ["True", "false"][$0 % 2])"
    }
    let text = "y,b\n" + rows.joined(separator: "\n") + "\n", formula = try Formula("y ~ b")
    let streamed = try FittedModel(
      formula,
      reading: TableReader(
        [.memory(Array(text.utf8), name: "t.csv")], options: ReadingOptions(), blockSize: 2000),
      blocksInMemory: 0)
    #expect(streamed.features == ["bTRUE"])
    // R² is 2 · 10⁻⁵: the rounding of 1 shows.
    let found = difference(streamed, try FittedModel(formula, table(text)), digits: 10)
    #expect(found == nil, "\(found ?? "")")
  }

  @Test func aModelFileKeepsItAll() throws {
    let path = folder.path("m"), data = try table(Self.text())
    let model = try FittedModel("y ~ x + zip + z", data)
    try model.write(to: path)
    #expect(try FittedModel(contentsOf: path) == model)
    let plain = try FittedModel(Formula("y ~ x + zip + z"), data, method: Self.plain)
    #expect(model.json.utf8.count < plain.json.utf8.count)
    let file = OpenedFile(try [UInt8](Data(contentsOf: URL(fileURLWithPath: path))))
    let run = try #require(file.json.range(of: #""count":[0-9]+"#, options: .regularExpression))
    for (text, other) in [
      ("\"weights\":[", "\"weights\":[0,1],\"x\":["), ("\"first\":1", "\"first\":2"),
      ("\"first\":1", "\"first\":9223372036854775807"), ("\"lengths\":[", "\"lengths\":[0,1],\"x\":["),
      (String(file.json[run]), "\"count\":9223372036854775807"),
    ] {
      var changed = file
      changed.replace(text, with: other)
      #expect(throws: TabularError.self) {
        try FittedModel(RandomAccessFile(changed.sealed(FittedModel.envelope), name: "x"))
      }
    }
  }

  /// Files of 10⁵ levels hold few bytes for each, and come back whole.
  @Test func filesOfManyLevelsAreSmall() throws {
    let levels = 100_000
    let rows = (0..<2 * levels).map { "\($0 * 7919 % levels),\($0 % 1009),L\($0 % levels)\n" }
    let data = try table("y,x,zip\n" + rows.joined()), path = folder.path("m")
    let model = try FittedModel("y ~ x + zip", data)
    try model.write(to: path)
    #expect(try FittedModel(contentsOf: path) == model)
    // Words and their lengths, estimates, standard errors, weights and means.
    let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(bytes.count < levels * 43 && OpenedFile(bytes).json.utf8.count < 2000)
    let share = try Share("y ~ x + zip", data)
    #expect(try Share(RandomAccessFile(share.fileBytes, name: "x")) == share)
    #expect(OpenedFile(share.fileBytes).json.utf8.count < 2000)
  }

  @Test(arguments: ["y ~ x + zip + z", "y ~ 0 + zip + z"])
  func predictionsAreThoseWithColumns(formula: String) throws {
    let formula = try Formula(formula), data = try table(Self.text())
    let model = try FittedModel(formula, data)
    let plain = try FittedModel(formula, data, method: Self.plain)
    let (mine, theirs) = (
      try model.predictions(from: data, interval: .prediction),
      try plain.predictions(from: data, interval: .prediction)
    )
    for (a, b) in zip(mine, theirs) {
      #expect(abs(a.prediction - b.prediction) < 1e-12 * 10 && abs(a.lower - b.lower) < 1e-11)
    }
    #expect(try model.predictions(from: data) == mine.map(\.prediction))
    let (e, f) = (try model.evaluation(on: data), try plain.evaluation(on: data))
    #expect(abs(e.residualSumOfSquares - f.residualSumOfSquares) < 1e-10 * f.residualSumOfSquares)
    #expect(abs(e.totalSumOfSquares - f.totalSumOfSquares) < 1e-12 * f.totalSumOfSquares)
    // A level that the fit did not see.
    let strange = try table("x,zip,z\n1,L3,2\n1,new,2\n1,L0,2\n")
    #expect(throws: TabularError.self) { try model.predictions(from: strange) }
    let missing = try model.predictions(from: strange, unseen: .missing)
    #expect(missing[1].isNaN && !missing[0].isNaN && !missing[2].isNaN)
    let reference = try model.predictions(from: strange, unseen: .reference)
    #expect(reference[1] == reference[2])
  }

  @Test func sharesOfOtherLevelsMerge() throws {
    let formula = try Formula("y ~ x + zip + z")
    // The first rows have few levels, the later ones others.
    let parts = [0..<100, 100..<240, 240..<3000].map { Self.text($0) }
    let whole = try FittedModel(formula, table(Self.text()), method: Self.plain)
    var merged = try Share(formula, table(parts[2]))
    let path = folder.path("p.share")
    for part in parts[..<2] {
      try Share(formula, table(part)).write(to: path)
      try merged.merge(Share(contentsOf: path))
    }
    try merged.write(to: path)
    #expect(try Share(contentsOf: path) == merged)
    #expect(difference(try merged.solve(), whole) == nil)
    var other = try Share(formula, reading: reader(parts[0]))
    try other.merge(Share(formula, table(parts[1])))
    try other.merge(Share(formula, reading: reader(parts[2])))
    #expect(difference(try other.solve(), whole) == nil)
    // Another table's levels have to be known.
    #expect(throws: TabularError.self) { try other.add(table("y,x,zip,z\n1,2,new,3\n")) }
    // Other columns, another target, a penalty, no intercept.
    let without = try merged.solve(dropping: ["z"])
    #expect(without.covariance?.levels != nil)
    #expect(
      difference(without, try FittedModel(Formula("y ~ x + zip"), table(Self.text()), method: Self.plain))
        == nil)
    #expect(
      difference(
        try merged.solve(target: "z"),
        try FittedModel(Formula("z ~ x + zip"), table(Self.text()), method: Self.plain))
        == nil)
    let ridge = LeastSquares(ridgePenalty: 3)
    #expect(
      difference(
        try merged.solve(ridge), try FittedModel(formula, table(Self.text()), method: ridge), digits: 9)
        == nil)
    #expect(throws: TabularError.self) { try merged.solve(intercept: false) }
    #expect(try merged.solve(intercept: false, dropping: ["zip"]).hasIntercept == false)
    // Fewer levels than are taken out.
    let few = try Share(formula, table(parts[0]))
    #expect(try few.solve().covariance?.levels == nil)
  }

  @Test func theSummaryShowsTheFirstLevels() throws {
    let model = try FittedModel("y ~ x + zip + z", table(Self.text()))
    let lines = model.summary.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines.count { $0.hasPrefix("zip") } == 20)
    #expect(lines.contains("… and 229 more levels of zip: --json and a model file have them all"))
    #expect(lines.contains { $0.hasPrefix("x ") } && lines.contains { $0.hasPrefix("z ") })
    #expect(lines.contains { $0.contains("solver qr (the levels are taken out of the rows), 1 pass") })
  }

  @Test func thePlanTellsOfTheLevels() throws {
    var plan: FitPlan?
    _ = try FittedModel.perTarget(Formula("y ~ x + zip"), table(Self.text())) { plan = $0 }
    #expect(plan?.features == 250 && plan?.solver == .qr)
    #expect(plan?.reason == "the 250 levels of a category are taken out of the rows")
  }

  @Test func whatAFitWouldTakeIsToldBeforeItIsTaken() throws {
    var lines = ["y,x,zip"]
    for row in 0..<24_000 { lines.append("\(row % 7),\(row % 11),L\(row % 12_000)") }
    let data = try table(lines.joined(separator: "\n") + "\n")
    func message(_ remedy: String) -> TabularError { .unusable(file: "t.csv", message: remedy) }
    try FitMemory.$limit.withValue(1_000_000_000) {
      let model = try FittedModel("y ~ x + zip", data)
      #expect(model.features.count == 12_000 && model.statistics.degreesOfFreedom == 11_999)
      // 8 bytes · 12002 columns · (12002 · 10 matrices + 24000 rows)
      #expect(
        throws: message(
          "the design has 12000 columns, for column \"zip\" has 12000 levels; the fit would take 13.8 GB, and 1 GB are allowed: leave columns out, join levels, or allow more memory"
        )
      ) { try FittedModel(Formula("y ~ x + zip"), data, method: LeastSquares(ridgePenalty: 1)) }
      // Before the columns are listed.
      #expect(
        throws: message(
          "the design has 12000 columns, for column \"zip\" has 12000 levels; the fit would take 6.91 GB, and 1 GB are allowed: leave columns out, join levels, or allow more memory"
        )
      ) { try FittedModel("y ~ x:zip + x", data) }
    }
    #expect(FitMemory.available.map { $0 > 1 << 20 } ?? true)
    // Levels that are counted as they come have their means.
    FitMemory.$limit.withValue(500_000) {
      #expect(throws: TabularError.self) { try Share("y ~ x + zip", data) }
    }
  }

  @Test func aColumnThatIsConstantInEachLevelIsNamed() throws {
    var generator = SeededGenerator(seed: 311)
    let lines = (0..<2000).map { row in
      "\(generator.nextNormal()),\(generator.nextNormal()),L\(row % 400),\(Double(row % 400 % 7) / 10)"
    }
    let model = try FittedModel(
      "y ~ x + zip + area", table("y,x,zip,area\n" + lines.joined(separator: "\n") + "\n"))
    #expect(model.certificate?.redundant.map { model.features[$0.feature] } == ["area"])
    #expect(model.summary.contains("area = 0.1 zipL1 + 0.3 zipL10"))
  }
}
