import Foundation
import LinearAlgebra
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// Fits on ranks whose rows differ, of several kinds of files.
@Suite struct RankedRowsTests {
  /// Three files with as many leaves each, so that each of three ranks reads one.
  private func thirds(_ names: String, rows: Int = 300, _ row: (Int, Int) -> String) -> [String] {
    (0..<3).map { third in "\(names)\n" + (0..<rows).map { row(third, $0) + "\n" }.joined() }
  }

  private func expectThirds(_ fit: RankedFit<TableReader>) throws {
    let leaves = try fit.open(nil).division.leaves.files.map(\.leaves)
    #expect(leaves.count == 3 && leaves[0] > 2 && leaves.allSatisfy { $0 == leaves[0] }, "\(leaves)")
  }

  // MARK: Files

  @Test(arguments: [false, true], ["V1 ~ .", "V1 ~ V2*V3", "cbind(V1, V4) ~ V2 + V3 - 1", "V1 ~ scale(V2)"])
  func matrices(isDouble: Bool, formula: String) throws {
    let folder = TemporaryFolder(), path = folder.path("m.npy")
    var random = SeededGenerator(seed: 5)
    if isDouble {
      let matrix: Matrix<Double> = random.normalMatrix(900, 5)
      try matrix.write(npy: path)
    } else {
      let matrix: Matrix<Float> = random.normalMatrix(900, 5)
      try matrix.write(npy: path)
    }
    var fit = RankedFit(formula: formula) { (part) throws(TabularError) in
      try NPYFile(path, blockBytes: 2000, part: part)
    }
    #expect(try fit.open(nil).division.leaves.count > 8)
    try fit.expectBitsOfOneProcess()
    fit.method = LeastSquares(precision: .extended)
    #expect(try fit.expectBitsOfOneProcess([3, 7])[0].certificate?.solver == .extended)
  }

  /// Weights, missing fields of features and of targets, several targets; one file and three.
  @Test(arguments: ["cbind(y, u) ~ x + g", "y ~ x*g + z", "y ~ scale(z) + g"], [MissingPolicy.drop, .mean])
  func rowsWithGaps(formula: String, policy: MissingPolicy) throws {
    let texts = thirds("y,u,x,z,g,w") { third, row in
      let i = 300 * third + row
      let x = i % 53 == 9 ? "" : "\(i * 7919 % 1009)",
        y = policy == .drop && i % 71 == 3 ? "" : "\(i * 31 % 101)"
      return "\(y),\(i * 17 % 97),\(x),\(i * i % 89).5,g\(i % 4),\(i % 3)"
    }
    let whole = texts[0] + texts.dropFirst().map { $0.drop { $0 != "\n" }.dropFirst() }.joined()
    for texts in [texts, [whole]] {
      var fit = RankedFit(formula, texts, blockSize: 1000)
      (fit.weights, fit.missing) = ("w", policy)
      try fit.expectBitsOfOneProcess()
      fit.method = LeastSquares(precision: .extended)
      try fit.expectBitsOfOneProcess([3])
    }
  }

  @Test func tenThousandLevels() throws {
    let rows = (0..<20_000).map { "\($0 * 31 % 1009),\($0 * 7919 % 2003),z\($0 * 7 % 10_000)\n" }
    let fit = RankedFit("y ~ x + z", ["y,x,z\n" + rows.joined()], blockSize: 40_000)
    let model = try fit.expectBitsOfOneProcess([3, 4])[0]
    #expect(model.features.count == 10_000)
  }

  // MARK: Parts that differ

  /// Each third has levels of its own but for one formula's; the reference level, the first, is in the last only.
  @Test(arguments: ["y ~ x + z", "y ~ z*x", "y ~ z + kind", "y ~ kind*z + x"], [true, false])
  func levels(formula: String, areDisjoint: Bool) throws {
    let texts = thirds("y,x,z,kind") { third, row in
      let level = areDisjoint || row % 5 == 0 ? "cba".dropFirst(third).prefix(1) : "m"
      return "\(row * 31 % 101),\(row * 17 % 53 + 100),\(level)\(row % 2),k\(row / 2 % 2)"
    }
    let fit = RankedFit(formula, texts, blockSize: 1000)
    try expectThirds(fit)
    let model = try fit.expectBitsOfOneProcess()[0]
    let names = model.features.filter { $0.hasPrefix("z") && !$0.contains(":") }
    #expect(names == ["za1", "zb0", "zb1", "zc0", "zc1"] + (areDisjoint ? [] : ["zm0", "zm1"]))
  }

  /// In each third b is a but for a constant, and c is a + b but for a row of the last.
  @Test func columnsThatDependOnOthers() throws {
    func texts(_ exception: Int) -> [String] {
      thirds("y,a,b,c,d") { third, row in
        let a = row * 17 % 53 + 100, b = a + 7 * third * third
        let c = a + b + (third == 2 && row == 150 ? exception : 0)
        return "\(row * 31 % 101 + 100),\(a),\(b),\(c),\(row * row % 37 + 10)"
      }
    }
    let together = RankedFit("y ~ a + b + d", texts(0), blockSize: 1000)
    try expectThirds(together)
    let part = RankedFit("y ~ a + b + d", [texts(0)[1]], blockSize: 1000)
    #expect(try part.expectBitsOfOneProcess([3])[0].certificate?.redundant.map(\.feature) == [1])
    #expect(try together.expectBitsOfOneProcess()[0].certificate?.redundant.isEmpty == true)
    for precision in [nil, LeastSquares.Precision.extended] {
      let dependent = RankedFit("y ~ a + b + c + d", texts(0), blockSize: 1000, precision: precision)
      let redundant = try #require(dependent.expectBitsOfOneProcess()[0].certificate?.redundant)
      #expect(redundant.map(\.feature) == [2])
      #expect(redundant.first?.dependsOn.map(\.feature) == [0, 1])
      let excepted = RankedFit("y ~ a + b + c + d", texts(1), blockSize: 1000, precision: precision)
      #expect(try excepted.expectBitsOfOneProcess()[0].certificate?.redundant.isEmpty == true)
    }
  }

  /// Means 10⁹ apart, around which x varies by 10⁻³. Where only that tells, Doubles lose digits, as the certificate
  /// says, and double-double does not.
  @Test(arguments: [("y ~ x + z", 10.0), ("y ~ x + part", 0), ("z ~ x*part", 0)])
  func meansFarApart(formula: String, fewest: Double) throws {
    var random = SeededGenerator(seed: 8)
    let texts = thirds("y,x,z,part") { third, _ in
      let near = Int(random.nextInteger(below: 4096)), z = Int(random.nextInteger(below: 1000))
      // A multiple of 2⁻²⁰ with all its decimals, so that it is the same as a Double and in double-double.
      let decimals = "\(near * 95_367_431_640_625)"
      let x = "\(third)000000000." + String(repeating: "0", count: 20 - decimals.count) + decimals
      let y = Double(3 * third) + Double(near) / 256 + Double(random.nextInteger(below: 100))
      return "\(y),\(x),\(z),p\(third)"
    }
    func estimates(_ model: FittedModel) -> [Double] {
      model.coefficientStatistics.map { $0.estimate ?? .nan }
    }
    let fit = RankedFit(formula, texts, blockSize: 1000)
    let inMemory = try FittedModel(
      Formula(formula), Table(all: fit.open(nil)), method: LeastSquares(precision: .extended))
    let model = try fit.expectBitsOfOneProcess()[0]
    let digits = ReferenceProblem.digits(estimates(model), certified: estimates(inMemory))
    let estimated = try #require(model.certificate?.estimatedDigits)
    #expect(digits >= fewest && estimated <= digits, "\(digits), \(estimated)")
    let extended = try RankedFit(formula, texts, blockSize: 1000, precision: .extended)
      .expectBitsOfOneProcess([3])
    #expect(ReferenceProblem.digits(estimates(extended[0]), certified: estimates(inMemory)) >= 13)
  }

  /// NIST's problems, whose rows are dealt to three ranks one by one.
  @Test(arguments: ReferenceProblem.nist)
  func thirteenDigitsOnRanks(problem: ReferenceProblem) throws {
    let names = problem.columns.indices.map { "x\($0)" }
    let features = problem.degree > 1 ? "poly(x0, \(problem.degree))" : names.joined(separator: " + ")
    let texts = (0..<3).map { third in
      (["y," + names.joined(separator: ",")]
        + problem.y.indices.filter { $0 % 3 == third }.map { row in
          ([problem.y] + problem.columns).map { "\($0[row])" }.joined(separator: ",")
        }).joined(separator: "\n") + "\n"
    }
    var fit = RankedFit(
      "y ~ \(problem.intercept ? "" : "0 + ")\(features)", texts, blockSize: 16, precision: .extended)
    fit.blocksInMemory = 0
    let table = try fit.expectBitsOfOneProcess([3, 7])[0].coefficientStatistics
    let digits = ReferenceProblem.digits(table.map { $0.estimate! }, certified: problem.estimates)
    let errors = ReferenceProblem.digits(table.map { $0.standardError! }, certified: problem.standardErrors)
    #expect(digits >= 13 && errors >= 13, "\(digits), \(errors)")
  }

  // MARK: Messages

  /// A rank sends the factors of at most 2 log₂ L subtrees of L leaves. What goes with them in one message is what one
  /// leaf has beside its factor; each rank also says once that it has its file, whether a survey is needed, and that
  /// it goes on, in 16 bytes each to at most log₂ n others.
  @Test(arguments: [2, 3, 4, 7])
  func fewBytesAreSent(ranks: Int) throws {
    var random = SeededGenerator(seed: 2)
    let names = (0..<20).map { "x\($0)" }
    let rows = (0..<1500).map { _ in
      (0...20).map { _ in "\(random.nextInteger(below: 1000))" }.joined(separator: ",")
    }
    func fit(_ rows: ArraySlice<String>, blockSize: Int) -> RankedFit<TableReader> {
      let text = "y,\(names.joined(separator: ","))\n" + rows.map { $0 + "\n" }.joined()
      return RankedFit("y ~ .", [text], blockSize: blockSize)
    }
    let all = fit(rows[...], blockSize: 1000), leaf = try fit(rows[..<40], blockSize: 1 << 20).open(nil)
    let leaves = try all.open(nil).division.leaves.count, depth = Int(log2(Double(leaves)).rounded(.up))
    #expect(leaves > 100)
    var part = Share.formulaRows(try Formula("y ~ ."), leaf, nil, .refuse)
    part.isPart = true
    let factor = Envelope.ofRanks.bytes(of: try part.partialReduction(knowing: nil) { _ in }).count
    let triangle = 8 * 22 * 23 / 2
    #expect(factor > triangle)
    let sent = try all.results(ranks).map { try $0.get().sent }
    for (rank, sent) in sent.enumerated() {
      #expect(sent <= 2 * depth * factor + 3 * 16 * depth, "rank \(rank) of \(ranks)")
      #expect(rank == 0 ? sent < 3 * 16 * depth : sent > triangle, "rank \(rank) of \(ranks)")
    }
  }
}
