import Foundation
import LinearAlgebra
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// Fits of rows that do not stay in memory.
@Suite struct FormulaRowsTests {
  /// Rows with numbers, words, and (every 97th) a missing field.
  private static func text(rows: Int, missing: Bool = false) -> String {
    var generator = SeededGenerator(seed: 5)
    var lines = ["y,x,note,zip,z"]
    for row in 0..<rows {
      let x = generator.nextNormal(), z = generator.nextNormal() + 5
      // A level that only the last rows have.
      let zip = row < rows - 3 ? "abc".map(String.init)[Int(generator.nextInteger(below: 3))] : "late"
      let y = 2 * x - z + (zip == "b" ? 1 : 0) + generator.nextNormal()
      lines.append("\(y),\(missing && row % 97 == 50 ? "" : "\(x)"),\"n, \(row)\",\(zip),\(z)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func reader(_ text: String) throws -> TableReader {
    try TableReader(
      [.memory(Array(text.utf8), name: "t.csv")], options: ReadingOptions().keepingDigits(.extended),
      blockSize: 4000)
  }

  @Test(arguments: [
    "y ~ x + z", "y ~ x*zip + scale(z)", "y ~ . - note", "log(z) ~ x", "y ~ 0 + zip",
    "y ~ ns(x, 4) + bs(z, 5)", "y ~ C(zip, poly)*x", "y ~ I(zip %in% c(\"a\", \"late\") | x > 0):z",
    "y ~ C(zip, sum) + x", "y ~ factor(zip, levels = c(\"late\", \"c\", \"b\", \"a\"))",
  ])
  func blocksGiveTheFitOfTheWhole(formula: String) throws {
    let text = Self.text(rows: 1000), formula = try Formula(formula)
    let whole = try FittedModel(formula, Table(csvText: text, source: "t.csv"))
    let kept = try FittedModel(formula, reading: reader(text), blocksInMemory: 1000)
    // Means of blocks that are merged differ from those of the whole by rounding.
    if !formula.text.contains("scale") { #expect(kept == whole) }
    let streamed = try FittedModel(formula, reading: reader(text), blocksInMemory: 0)
    #expect(streamed.features == whole.features && streamed.observations == whole.observations)
    #expect(streamed.design == kept.design)
    for (a, b) in zip(streamed.coefficientStatistics, whole.coefficientStatistics) {
      #expect(abs(a.estimate! - b.estimate!) <= 1e-11 * b.standardError!.magnitude.squareRoot())
      #expect(abs(a.standardError! - b.standardError!) <= 1e-11 * b.standardError!)
    }
  }

  @Test func theNumberOfThreadsDoesNotMatter() throws {
    let text = Self.text(rows: 2000), formula = try Formula("y ~ x + zip")
    let models = try [1, 2, 3].map { threads in
      try Parallelism.$threads.withValue(threads) {
        try FittedModel(formula, reading: reader(text), blocksInMemory: 0)
      }
    }
    #expect(models[0] == models[1] && models[0] == models[2])
  }

  @Test func missingFieldsAreCountedInAllBlocks() throws {
    let text = Self.text(rows: 1000, missing: true)
    for blocks in [0, 1000] {
      let error = #expect(throws: TabularError.self) {
        try FittedModel(Formula("y ~ x + z"), reading: reader(text), blocksInMemory: blocks)
      }
      #expect(
        error?.description
          == "t.csv:52:2: column \"x\": a number is missing; fill it in, or drop or fill such rows (10 such fields in the column)"
      )
    }
    for missing in [MissingPolicy.drop, .mean, .constant(3)] {
      let formula = try Formula("y ~ x + zip")
      let whole = try FittedModel(formula, Table(csvText: text, source: "t.csv"), missing: missing)
      let streamed = try FittedModel(formula, reading: reader(text), missing: missing, blocksInMemory: 0)
      #expect(streamed.droppedRows == whole.droppedRows && streamed.observations == whole.observations)
      #expect(streamed.design.sources.map(\.name) == whole.design.sources.map(\.name))
      for (a, b) in zip(streamed.coefficientStatistics, whole.coefficientStatistics) {
        #expect(abs(a.estimate! - b.estimate!) <= 1e-10)
      }
    }
  }

  @Test func progressCountsAllRows() throws {
    var counts: [Int] = []
    let rows = try reader(Self.text(rows: 500))
    _ = try FittedModel(Formula("y ~ x"), reading: rows, blocksInMemory: 0, progress: { counts.append($0) })
    #expect(counts.last == 500 && counts == counts.sorted() && counts.count > 3)
  }

  @Test func firstRowsThatAreLeftOutDoNotStandForAll() throws {
    let rows = (0..<2000).map { row in
      row < 1500 ? (row % 2 == 0 ? ",2" : "1,") + ",\(row)" : "\(row % 9),\(row % 7),\(row % 5)"
    }
    let text = (["a,b,y"] + rows).joined(separator: "\n") + "\n"
    let model = try FittedModel(
      Formula("y ~ a + b"), reading: reader(text), missing: .drop, blocksInMemory: 0)
    #expect(model.observations == 500)
  }

  /// What the second pass reads has to be what the first one has read.
  @Test func aFileThatChangesBetweenTwoPassesIsRefused() throws {
    let folder = TemporaryFolder(), path = folder.path("t.csv")
    try Data(Self.text(rows: 1000).utf8).write(to: URL(fileURLWithPath: path))
    let changed = TabularError.unusable(
      file: path, message: "the file changed while it was read; read it again once it is whole")
    func grow() throws {
      let file = try #require(FileHandle(forWritingAtPath: path))
      try file.seekToEnd()
      try file.write(contentsOf: Data("1,1,\"\",a,1\n".utf8))
      try file.close()
    }
    // Once between the passes, once within the second.
    for whole in [true, false] {
      let reader = try TableReader([path], blockSize: 4000)
      var rows = 0
      #expect(throws: changed) {
        try FittedModel(
          Formula("y ~ scale(x)"), reading: reader, blocksInMemory: 0,
          progress: { count in
            if whole ? count == 1000 && rows < 1000 : count < rows { try? grow() }
            rows = count
          })
      }
    }
    // Of a matrix the one pass has to see one file.
    try Matrix<Double>([[1, 2], [2, 3], [3, 5]]).write(npy: path)
    let matrix = try NPYFile(path)
    try grow()
    #expect(throws: changed) { try FittedModel(Formula("V2 ~ V1"), reading: matrix, blocksInMemory: 0) }
  }
}
