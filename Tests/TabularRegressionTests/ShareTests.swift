import Foundation
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

@Suite struct ShareTests {
  let folder = TemporaryFolder()

  /// A table of 20 columns and a target.
  private func table(_ rows: Range<Int>, columns: Int = 20, names: [String]? = nil) throws -> Table {
    let names = names ?? (0..<columns).map { "column \($0)" } + ["y"]
    var generator = SeededGenerator(seed: 140)
    var lines = [names.joined(separator: ",")]
    for row in 0..<(rows.upperBound) {
      let values = names.indices.map { _ in generator.nextNormal() * 100 + 1e4 }
      if rows.contains(row) { lines.append(values.map(\.description).joined(separator: ",")) }
    }
    return try Table(csvText: lines.joined(separator: "\n"), source: "table.csv")
  }

  private func share(_ rows: Range<Int>) throws -> Share { try Share("y ~ .", table(rows)) }

  private func agrees(_ a: FittedModel, _ b: FittedModel, digits: Double = 12) -> Bool {
    let bound = pow(10, -digits)
    func close(_ x: Double?, _ y: Double?) -> Bool {
      guard let x, let y else { return x == nil && y == nil }
      return abs(x - y) <= bound * abs(y)
    }
    return a.features == b.features
      && zip(a.coefficientStatistics, b.coefficientStatistics).allSatisfy {
        close($0.estimate, $1.estimate) && close($0.standardError, $1.standardError)
      } && close(a.statistics.rSquared, b.statistics.rSquared) && a.observations == b.observations
  }

  @Test func partsMakeTheWhole() throws {
    var merged = try share(0..<60)
    try merged.merge(try share(60..<61))
    try merged.add(try table(61..<200))
    let whole = try FittedModel("y ~ .", table(0..<200))
    #expect(agrees(try merged.solve(), whole, digits: 10))
    #expect(try merged.solve().certificate?.solver == .qr)
    #expect(agrees(try Share("y ~ .", table(0..<200)).solve(), whole, digits: 10))
    var fewer = try merged.solve(dropping: ["column 3", "column 19"])
    let names = (0..<20).filter { $0 != 3 && $0 != 19 }.map { "column \($0)" }
    #expect(agrees(fewer, try FittedModel(table(0..<200), target: "y", features: names), digits: 10))
    fewer = try merged.solve(intercept: false, target: "column 2")
    let others = (0..<20).filter { $0 != 2 }.map { "column \($0)" }
    let direct = try FittedModel(
      table(0..<200), target: "column 2", features: others, method: LeastSquares(intercept: false))
    #expect(agrees(fewer, direct, digits: 8))
    let ridge = try merged.solve(LeastSquares(ridgePenalty: 5))
    #expect(
      agrees(
        ridge, try FittedModel("y ~ .", table(0..<200), method: LeastSquares(ridgePenalty: 5)), digits: 10))
  }

  /// A month may have rows of one level of a category, or one row: what all files together are fitted to is accepted.
  @Test func aShareMayHaveOneLevel() throws {
    let rows = ["1,1,A", "2.1,2,A", "2.9,3,A", "5,2,B", "6.2,3,B", "3,4,C", "3.5,5,C"]
    func table(_ range: Range<Int>) throws -> Table {
      try Table(csvText: (["y,x,store"] + rows[range]).joined(separator: "\n"), source: "t.csv")
    }
    let whole = try FittedModel("y ~ x + store", table(0..<7))
    let first = try Share("y ~ x + store", table(0..<3))
    for cuts in [[0..<3, 3..<5, 5..<7], [5..<7, 3..<5, 0..<3], [0..<3, 3..<4, 4..<7]] {
      var merged = try Share("y ~ x + store", table(cuts[0]))
      for cut in cuts.dropFirst() {
        let bytes = try Share("y ~ x + store", table(cut)).fileBytes
        try merged.merge(Share(RandomAccessFile(bytes, name: "s.share")))
      }
      #expect(agrees(try merged.solve(), whole))
    }
    let refused = TabularError.unusable(
      file: "the share", message: "column \"store\" is a category with one level only, \"A\"; leave it out")
    #expect(throws: refused) { try first.solve() }
    #expect(try first.solve(dropping: ["store"]).features == ["x"])
    // In a product columns belong to levels, which have to be the same.
    #expect(throws: TabularError.self) { try Share("y ~ x * store", table(0..<3)) }
  }

  @Test func sumsBeyondADoubleAreRefused() throws {
    func share(_ y: String) throws -> Share {
      try Share("y ~ x", Table(csvText: "x,y\n1,\(y)\n2,\(y)\n", source: "t.csv"))
    }
    #expect(throws: TabularError.self) {
      var merged = try share("1.7e308")
      try merged.merge(share("-1.7e308"))
      _ = try merged.solve()
    }
  }

  @Test func filesAreSmallAndComeBackBitForBit() throws {
    let path = folder.path("part.share")
    let share = try share(0..<200)
    try share.write(to: path)
    #expect(try Share(contentsOf: path) == share)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count < 10_000)
    let again = folder.path("again.share")
    try Share(contentsOf: path).write(to: again)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(contentsOf: URL(fileURLWithPath: again)))
  }

  @Test func mismatchesAreRefusedByName() throws {
    let share = try share(0..<50)
    func message(_ other: Share) -> String? {
      var copy = share
      do throws(TabularError) {
        try copy.merge(other, named: "other.share")
        return nil
      } catch {
        #expect(copy == share)
        return error.description
      }
    }
    func other(_ formula: String, _ names: [String]? = nil, weights: String? = nil) throws -> Share {
      try Share(formula, table(0..<30, names: names), weights: weights)
    }
    let names = (0..<20).map { "column \($0)" }
    #expect(
      try message(other("y ~ .", Array(names.dropLast()) + ["new", "y"]))
        == "other.share: the column \"column 19\" is missing here; merge shares of one formula")
    #expect(
      try message(other("y ~ .", names + ["new", "y"]))
        == "other.share: the column \"new\" stands only here; merge shares of one formula")
    #expect(
      try message(other("y ~ .", ["column 1", "column 0"] + names.dropFirst(2) + ["y"]))
        == "other.share: column 1 is \"column 1\" here and \"column 0\" before; merge shares of one formula")
    #expect(
      try message(other("z ~ .", names + ["z"]))
        == "other.share: the target is \"z\" here and \"y\" before; merge shares of one formula")
    #expect(
      try message(other("y ~ . - 1"))
        == "other.share: the formula is without intercept here; merge shares of one formula")
    #expect(
      try message(other("y ~ .", names + ["y", "w"], weights: "w"))
        == "other.share: rows are weighed by column \"w\" here and by nothing before; merge shares of one formula"
    )
  }

  @Test func moreRowsThanCanBeCountedAreRefused() throws {
    let bytes = try share(0..<30).fileBytes, start = bytes.firstIndex(of: 10)! + 1
    func read(dropped: String) throws(TabularError) -> Share {
      var contents = Array(bytes[start...])
      let place = contents.firstRange(of: Array("\"droppedRows\":0".utf8))!
      contents.replaceSubrange(place, with: "\"droppedRows\":\(dropped)".utf8)
      return try Share(RandomAccessFile(Share.envelope.firstLine(contents) + contents, name: "x"))
    }
    #expect(throws: Share.envelope.damaged(name: "x")) { try read(dropped: "9223372036854775807") }
    #expect(throws: Share.envelope.damaged(name: "x")) { try read(dropped: "9007199254740970") }
    var most = try read(dropped: "9007199254740962")
    let before = most, other = try share(30..<60)
    let error = TabularError.unusable(file: "b", message: "there are more rows than can be counted")
    #expect(throws: error) { try most.merge(other, named: "b") }
    #expect(most == before)
  }

  /// Every truncation, every flipped bit of the first line, and a thousand elsewhere.
  @Test func damageIsAlwaysNoticed() throws {
    let bytes = try share(0..<30).fileBytes
    func isRefused(_ bytes: [UInt8]) -> Bool {
      do throws(TabularError) {
        _ = try Share(RandomAccessFile(bytes, name: "x"))
        return false
      } catch {
        return error.description.hasPrefix("x: ") && !error.description.contains("\n")
      }
    }
    #expect(!isRefused(bytes))
    #expect((0..<bytes.count).allSatisfy { isRefused(Array(bytes[..<$0])) })
    #expect(isRefused(bytes + [10]))
    let header = bytes.firstIndex(of: 10)! + 1
    for bit in 0..<header * 8 {
      var flipped = bytes
      flipped[bit / 8] ^= 1 << (bit % 8)
      if !isRefused(flipped) { Issue.record("bit \(bit) of the first line") }
    }
    var generator = SeededGenerator(seed: 141)
    for _ in 0..<1000 {
      let bit = header * 8 + generator.nextInteger(below: (bytes.count - header) * 8)
      var flipped = bytes
      flipped[bit / 8] ^= 1 << (bit % 8)
      if !isRefused(flipped) { Issue.record("bit \(bit)") }
    }
    let newer = Array(
      String(decoding: bytes, as: UTF8.self).replacing("linreg-share 7", with: "linreg-share 8").utf8)
    #expect(
      throws: TabularError.model(
        path: "x", message: "the share has version 8, this software reads up to 7; update it")
    ) {
      try Share(RandomAccessFile(newer, name: "x"))
    }
    #expect(throws: TabularError.model(path: "x", message: "this is not a share of swift-linear-regression"))
    {
      try Share(RandomAccessFile(Array("a,b\n1,2\n".utf8), name: "x"))
    }
  }

  @Test func requestsThatCannotBeMet() throws {
    let share = try share(0..<50)
    #expect(throws: TabularError.self) { try share.solve(dropping: ["nothing"]) }
    #expect(throws: TabularError.self) { try share.solve(dropping: (0..<20).map { "column \($0)" }) }
    #expect(throws: TabularError.self) { try share.solve(target: "nothing") }
  }

  /// What is left out goes with its products, as if the formula had been without it.
  @Test func whatIsDroppedGoesWithItsProducts() throws {
    let rows = (0..<40).map {
      "\(Double($0 * 7 % 13) + 0.5 * Double($0)),\($0 % 9),\($0 % 5),\(["r", "g", "b"][$0 % 3])"
    }
    let table = try Table(csvText: "y,a,b,z\n" + rows.joined(separator: "\n"), source: "t.csv")
    let share = try Share("y ~ a * z + b + I(a^2)", table)
    func agree(_ model: FittedModel, _ formula: String) throws {
      let other = try FittedModel(formula, table)
      #expect(model.termNames == other.termNames)
      #expect(
        difference(
          model.coefficientStatistics.compactMap(\.estimate),
          other.coefficientStatistics.compactMap(\.estimate),
          factor: 1000) == nil)
    }
    try agree(share.solve(dropping: ["a"]), "y ~ z + b + I(a^2)")
    try agree(share.solve(dropping: ["z"]), "y ~ a + b + I(a^2)")
    try agree(share.solve(dropping: ["a:zg", "a:zr"]), "y ~ a + z + b + I(a^2)")
    try agree(share.solve(target: "a"), "a ~ z + b")
    try agree(share.solve(target: "b"), "b ~ a * z + I(a^2)")
    try agree(share.solve(intercept: false, dropping: ["z"]), "y ~ a + b + I(a^2) - 1")
    #expect(
      throws: TabularError.unusable(
        file: "the share",
        message:
          "without what is left out \"z\" needs columns for its first level too, which this share lacks; accumulate the shorter formula, or leave out the category as well"
      )
    ) { try share.solve(intercept: false) }
    try agree(Share("y ~ z + a - 1", table).solve(), "y ~ z + a - 1")
    #expect(
      throws: TabularError.unusable(
        file: "the share",
        message:
          "there is no column \"c\"; the columns are a, z, b, I(a^2), zg, zr, a:zg, a:zr, y")
    ) { try share.solve(dropping: ["c"]) }
  }

  /// Levels that only a term which is left out stood for.
  @Test func aLevelThatNothingStandsForIsRefused() throws {
    let rows = (0..<40).map {
      "\(Double($0 * 7 % 13)),\($0 % 7),\(["r", "g", "b"][$0 % 3]),\(["p", "q"][$0 / 3 % 2])"
    }
    let table = try Table(csvText: "y,x,z,w\n" + rows.joined(separator: "\n"), source: "t.csv")
    for (formula, dropped) in [("y ~ z + w - 1", "z"), ("y ~ z:x + w:x", "z")] {
      #expect(throws: Never.self, "\(formula)") { try Share(formula, table).solve() }
      #expect(throws: TabularError.self, "\(formula) without \(dropped)") {
        try Share(formula, table).solve(dropping: [dropped])
      }
      #expect(throws: Never.self, "\(formula) without w") {
        try Share(formula, table).solve(dropping: ["w"])
      }
    }
    var other = try Share("y ~ x*z", table)
    let fewer = try Table(
      csvText: "y,x,z,w\n" + rows.filter { !$0.contains("r") }.joined(separator: "\n"), source: "f.csv")
    #expect(
      throws: TabularError.unusable(
        file: "the other share",
        message:
          "the levels of \"z\" are b, g here and b, g, r before, and products are formed of those of all rows; accumulate the files together, or survey them first"
      )
    ) { try other.merge(Share("y ~ x*z", fewer)) }
    var coded = try Share("y ~ x + C(z, sum)", table)
    #expect(
      throws: TabularError.unusable(
        file: "the other share",
        message:
          "the levels of \"z\" are b, g here and b, g, r before, and contrasts are formed of those of all rows; accumulate the files together, or survey them first"
      )
    ) { try coded.merge(Share("y ~ x + C(z, sum)", fewer)) }
  }
}
