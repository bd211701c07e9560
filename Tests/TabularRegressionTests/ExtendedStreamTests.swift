import Foundation
import LinearAlgebra
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// Fits in double-double of rows that do not stay in memory.
@Suite struct ExtendedStreamTests {
  private func reader(_ text: String, blockSize: Int) throws -> TableReader {
    try TableReader(
      [.memory(Array(text.utf8), name: "t.csv")], options: ReadingOptions().keepingDigits(.extended),
      blockSize: blockSize)
  }

  private func streamed(
    _ formula: String, _ text: String, blockSize: Int = 64, weights: String? = nil,
    missing: MissingPolicy = .refuse, redundancy: LeastSquares.RedundancyPolicy = .drop,
    progress: (Int) -> Void = { _ in }
  ) throws -> [FittedModel] {
    try FittedModel.perTarget(
      Formula(formula), reading: reader(text, blockSize: blockSize), weights: weights, missing: missing,
      method: LeastSquares(precision: .extended, redundancy: redundancy), blocksInMemory: 0,
      progress: progress)
  }

  private func inMemory(
    _ formula: String, _ text: String, weights: String? = nil, missing: MissingPolicy = .refuse
  ) throws -> [FittedModel] {
    try FittedModel.perTarget(
      Formula(formula), reading: reader(text, blockSize: 1 << 22), weights: weights, missing: missing,
      method: LeastSquares(precision: .extended))
  }

  /// Expects two models whose coefficients are rounded from nearly the same double-doubles.
  private func expectSame(_ a: FittedModel, _ b: FittedModel, _ text: String = "") {
    #expect(a.certificate?.solver == .extended && b.certificate?.solver == .extended)
    #expect(a.features == b.features && a.observations == b.observations && a.droppedRows == b.droppedRows)
    for (a, b) in zip(a.coefficientStatistics, b.coefficientStatistics) {
      #expect((a.estimate == nil) == (b.estimate == nil))
      guard let x = a.estimate, let y = b.estimate else { continue }
      #expect(abs(x - y) <= 2 * .ulpOfOne * abs(y), "\(text) \(x) \(y)")
      #expect(abs(a.standardError! - b.standardError!) <= 64 * .ulpOfOne * b.standardError!)
    }
  }

  // MARK: NIST

  private static func lines(_ problem: ReferenceProblem) -> [String] {
    problem.y.indices.map { row in
      ([problem.y] + problem.columns).map { "\($0[row])" }.joined(separator: ",")
    }
  }

  /// In NIST's order, and in the order of a column, so that each block knows but a part of its range.
  @Test(arguments: ReferenceProblem.nist, [16, 64, 400])
  func thirteenDigitsOfBlocks(problem: ReferenceProblem, blockSize: Int) throws {
    let names = problem.columns.indices.map { "x\($0)" }
    let features = problem.degree > 1 ? "poly(x0, \(problem.degree))" : names.joined(separator: " + ")
    let rows = problem.y.indices.sorted { problem.columns[0][$0] < problem.columns[0][$1] }
    let lines = Self.lines(problem)
    for lines in [lines, rows.map { lines[$0] }] {
      let text = (["y," + names.joined(separator: ",")] + lines).joined(separator: "\n") + "\n"
      var counts: [Int] = []
      let model = try streamed(
        "y ~ \(problem.intercept ? "" : "0 + ")\(features)", text, blockSize: blockSize,
        progress: { counts.append($0) })[0]
      let table = model.coefficientStatistics
      let digits = ReferenceProblem.digits(table.map { $0.estimate! }, certified: problem.estimates)
      let errors = ReferenceProblem.digits(
        table.map { $0.standardError! }, certified: problem.standardErrors)
      #expect(digits >= 13 && errors >= 13, "\(digits), \(errors)")
      #expect(model.certificate?.solver == .extended && model.certificate?.reason == "asked for")
      let certificate = try #require(model.certificate)
      #expect(certificate.estimatedDigits <= digits + 2.5)
      // Several blocks in each pass.
      #expect(counts.filter { $0 == problem.y.count }.count == certificate.passes)
      #expect(blockSize > 16 || counts.count > certificate.passes)
    }
  }

  @Test(arguments: OneWayProblem.nist.indices)
  func thirteenDigitsOfDecimals(index: Int) throws {
    let problem = OneWayProblem.nist[index]
    var lines: [String] = []
    for (level, group) in problem.groups.enumerated() {
      for response in group {
        let digits = "\(response)"
        lines.append("\(level),\(digits.dropLast(problem.decimals)).\(digits.suffix(problem.decimals))")
      }
    }
    let text = "g,y\n" + lines.joined(separator: "\n") + "\n"
    let statistics = try streamed("y ~ C(g)", text, blockSize: lines.count > 1000 ? 20_000 : 100)[0]
      .statistics
    let values = [statistics.fStatistic!, statistics.rSquared!, statistics.residualStandardError!]
    let digits = ReferenceProblem.digits(values, certified: problem.certified)
    #expect(digits >= 13, "\(problem.name): \(digits)")
  }

  // MARK: As in memory

  /// Rows with words, weights and missing fields; `time` grows.
  private static func text(rows: Int) -> String {
    var random = SeededGenerator(seed: 11)
    var lines = ["y,u,x,z,g,w,time"]
    for row in 0..<rows {
      let x = random.nextNormal(), z = random.nextNormal() + 1000, g = Int(random.nextInteger(below: 5))
      let y = 3 * x - z + Double(g) + random.nextNormal()
      let values = [y, y * x, x, z].map { "\($0)" }
      lines.append(
        "\(values[0]),\(values[1]),\(row % 53 == 9 ? "" : values[2]),\(values[3]),g\(g),\(row % 4),\(1_600_000_000_000 + 1000 * row)"
      )
    }
    return lines.joined(separator: "\n") + "\n"
  }

  @Test(arguments: [
    ("y ~ x + z", nil), ("y ~ x * g", nil), ("y ~ x + g + time", "w"), ("y ~ 0 + x + z", "w"),
    ("cbind(y, u) ~ x + z", nil), ("y ~ x + offset(z)", "w"), ("log(z) ~ poly(time, 3) + x", nil),
    ("y ~ 1", nil),
  ])
  func blocksGiveTheFitOfTheWhole(formula: String, weights: String?) throws {
    let text = Self.text(rows: 1500)
    let streamed = try streamed(formula, text, blockSize: 2000, weights: weights, missing: .drop)
    let whole = try inMemory(formula, text, weights: weights, missing: .drop)
    #expect(streamed.count == whole.count)
    for (a, b) in zip(streamed, whole) { expectSame(a, b, formula) }
  }

  @Test func wholeNumbersBeyondDoublesKeepTheirDigits() throws {
    let first = 9_007_199_254_740_993, y = (0..<60).map { $0 * 7 % 11 + $0 }
    func text(_ first: Int) -> String {
      "x,y\n" + y.indices.map { "\(first + 2 * $0),\(y[$0])\n" }.joined()
    }
    let far = try streamed("y ~ x", text(first))[0], near = try streamed("y ~ x", text(0))[0]
    let (a, b) = (far.model.weights[0, 0], near.model.weights[0, 0])
    #expect(abs(a - b) <= .ulpOfOne * b)
    #expect(throws: TabularError.self) { try streamed("y ~ log(x)", text(first)) }
  }

  @Test func theNumberOfThreadsDoesNotMatter() throws {
    let text = Self.text(rows: 1500)
    let models = try [1, 2, 5].map { threads in
      try Parallelism.$threads.withValue(threads) {
        try streamed("y ~ x + g", text, blockSize: 2000, missing: .drop)
      }
    }
    #expect(models[0] == models[1] && models[0] == models[2])
  }

  @Test func redundantColumnsAreNamed() throws {
    let text =
      "a,b,c,y\n" + (0..<200).map { "\($0 % 7),\($0 % 5),\($0 % 7 + $0 % 5),\($0 * $0 % 13)\n" }.joined()
    let model = try streamed("y ~ a + b + c", text)[0]
    expectSame(model, try inMemory("y ~ a + b + c", text)[0])
    #expect(model.certificate?.redundant.map(\.feature) == [2])
    let error = #expect(throws: TabularError.self) {
      try streamed("y ~ a + b + c", text, redundancy: .refuse)
    }
    #expect(error?.description == "t.csv: columns depend on others: c = a + b; leave them out")
  }

  @Test func rowsOfFewBlocksAreFittedInMemory() throws {
    let text = Self.text(rows: 300), formula = try Formula("y ~ x + g")
    let method = LeastSquares(precision: .extended)
    let few = try FittedModel(
      formula, reading: reader(text, blockSize: 2000), missing: .drop, method: method, blocksInMemory: 1000)
    let table = try Table(all: reader(text, blockSize: 2000))
    #expect(try few == FittedModel(formula, table, missing: .drop, method: method))
  }

  @Test func aMatrixIsReadInBlocks() throws {
    let folder = TemporaryFolder(), path = folder.path("x.npy")
    var random = SeededGenerator(seed: 3)
    let matrix: Matrix<Double> = random.normalMatrix(900, 4)
    let columns = (0..<4).map { TableColumn(name: "V\($0)", values: .numbers(matrix[column: $0])) }
    let table = Table(source: "x", columns: columns, rowCount: 900, places: RowPlaces())
    try table.write(npy: path, as: Double.self)
    let formula = try Formula("V3 ~ V0 + V1:V2"), method = LeastSquares(precision: .extended)
    let file = try NPYFile(path, names: columns.map(\.name), blockBytes: 2000)
    let model = try FittedModel(formula, reading: file, method: method, blocksInMemory: 0)
    expectSame(model, try FittedModel(formula, table, method: method))
  }

  /// A column is constant in the first blocks; another one hardly varies within any.
  @Test func blocksMayBeOfOtherSizesThanTheWhole() throws {
    let rows = (0..<400).map { i in
      let x = i < 100 ? 1 : i < 200 ? 1 + i % 3 : 1_000_000_000 * (i - 200) + i * i % 7
      let step = "\(i / 20 * i / 20 + 3)000000.00000\(i * 7919 % 100 + 100)"
      return "\(x),\(step),\(i * i % 17),\(i * 31 % 101)\n"
    }
    for rows in [rows, rows.reversed()] {
      let text = "x,s,z,y\n" + rows.joined()
      for formula in ["y ~ x + z", "y ~ s + z", "y ~ s + x + z", "s ~ z", "y ~ s + I(s^2)"] {
        expectSame(try streamed(formula, text)[0], try inMemory(formula, text)[0], formula)
      }
    }
  }

  // MARK: Files

  @Test func aPipeIsReadAgainFromItsCopy() throws {
    let folder = TemporaryFolder(), text = Self.text(rows: 400)
    let (file, pipe) = (folder.path("t.csv"), folder.path("pipe"))
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    #expect(mkfifo(pipe, 0o600) == 0)
    Thread.detachNewThread {
      let descriptor = open(pipe, O_WRONLY)
      _ = text.utf8.withContiguousStorageIfAvailable { write(descriptor, $0.baseAddress, $0.count) }
      close(descriptor)
    }
    func fit(_ path: String) throws -> FittedModel {
      let reader = try TableReader(
        [path], options: ReadingOptions().keepingDigits(.extended), blockSize: 2000)
      return try FittedModel(
        Formula("y ~ x + z"), reading: reader, missing: .drop, method: LeastSquares(precision: .extended),
        blocksInMemory: 0)
    }
    let (model, expected) = (try fit(pipe), try fit(file))
    #expect(model == expected && model.certificate?.solver == .extended)
  }

  @Test func aFileThatChangesBetweenPassesIsRefused() throws {
    let folder = TemporaryFolder(), path = folder.path("t.csv")
    try Data(Self.text(rows: 400).utf8).write(to: URL(fileURLWithPath: path))
    let reader = try TableReader([path], options: ReadingOptions().keepingDigits(.extended), blockSize: 2000)
    var passes = 0
    let error = #expect(throws: TabularError.self) {
      try FittedModel(
        Formula("y ~ z"), reading: reader, method: LeastSquares(precision: .extended), blocksInMemory: 0,
        progress: { rows in
          if rows == 400 { passes += 1 }
          guard rows == 400, passes == 2, let file = FileHandle(forWritingAtPath: path) else { return }
          _ = try? file.seekToEnd()
          try? file.write(contentsOf: Data("1,1,1,1,g1,1,1\n".utf8))
        })
    }
    #expect(
      error?.description == "\(path): the file changed while it was read; read it again once it is whole")
  }
}
