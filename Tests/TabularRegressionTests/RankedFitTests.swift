import Foundation
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// Fits on ranks: the bits of one process, and one account of what is wrong.
@Suite struct RankedFitTests {
  private static let blockSize = 3000

  private static func text(_ rows: Int, _ field: (Int, Double) -> String) -> [UInt8] {
    var generator = SeededGenerator(seed: 11)
    return Array(
      ("y,x,zip,kind,w\n"
        + (0..<rows).map { row in
          let x = generator.nextNormal()
          return
            "\(x + generator.nextNormal() + Double(row % 5)),\(field(row, x)),L\(row * row % 41),\(row % 7 < 3 ? "a" : "b"),\(row % 3 + 1)\n"
        }.joined()).utf8)
  }

  private static func reader(_ texts: [[UInt8]], _ part: Part?) throws(TabularError) -> TableReader {
    try TableReader(
      texts.enumerated().map { .memory($1, name: "\($0).csv") }, options: ReadingOptions(),
      blockSize: blockSize, part: part)
  }

  private static func fits(
    _ formula: String, _ texts: [[UInt8]], ranks: Int, missing: MissingPolicy = .refuse,
    method: LeastSquares = LeastSquares(measuresResidual: true)
  ) -> [Result<[FittedModel]?, TabularError>] {
    let fit = RankedFit(formula: formula, weights: "w", missing: missing, method: method) {
      (part) throws(TabularError) in try reader(texts, part)
    }
    return fit.results(ranks).map { $0.map(\.models) }
  }

  private static func json(_ models: [FittedModel]?) -> [String]? { models?.map(\.json) }

  @Test(arguments: [
    "y ~ x", "y ~ x + zip", "y ~ x*kind + zip", "y ~ scale(x)", "y ~ poly(x, 3, raw = FALSE)",
    "cbind(y, x) ~ zip",
  ])
  func anyNumberOfRanksHasTheBitsOfOneProcess(formula: String) throws {
    let texts = [
      Self.text(900) { _, x in "\(x)" }, Self.text(1) { _, x in "\(x)" }, Self.text(300) { _, x in "\(x)" },
    ]
    let alone = try FittedModel.perTarget(Formula(formula), reading: Self.reader(texts, nil), weights: "w")
    for ranks in [1, 2, 3, 4, 7] {
      let fits = Self.fits(formula, texts, ranks: ranks)
      #expect(Self.json(try fits[0].get()) == Self.json(alone), "\(ranks) ranks")
      for fit in fits.dropFirst() { #expect(try fit.get() == nil) }
    }
  }

  /// In double-double the rows are read again, pass by pass.
  @Test(arguments: ["y ~ x + kind", "y ~ zip", "y ~ x + I(2*x)"])
  func extendedPrecisionOnRanks(formula: String) throws {
    let texts = [Self.text(900) { _, x in "\(x)" }], method = LeastSquares(precision: .extended)
    let alone = try FittedModel.perTarget(
      Formula(formula), reading: Self.reader(texts, nil), weights: "w", method: method)
    #expect(alone[0].json.contains("\"extended\""))
    for ranks in [1, 3, 4] {
      let fits = Self.fits(formula, texts, ranks: ranks, method: method)
      #expect(Self.json(try fits[0].get()) == Self.json(alone), "\(ranks) ranks")
      for fit in fits.dropFirst() { #expect(try fit.get() == nil) }
    }
    // What is refused when all rows have been read.
    let refusing = LeastSquares(precision: .extended, redundancy: .refuse)
    let outcomes = Self.fits("y ~ x + I(2*x)", texts, ranks: 3, method: refusing)
    #expect(throws: TabularError.self) { try outcomes[0].get() }
    for outcome in outcomes.dropFirst() { #expect(try outcome.get() == nil) }
  }

  /// A means policy, and rows so few that rank 0 is left to fit them.
  @Test func meansAndFewRows() throws {
    let many = Self.text(700) { $0 % 50 == 7 ? "" : "\($1)" },
      few = Self.text(30) { "\($1)" + ($0 < 0 ? "" : "") }
    for (text, policy) in [(many, MissingPolicy.mean), (many, .drop), (few, .refuse)] {
      let alone = try FittedModel.perTarget(
        Formula("y ~ x + zip"), reading: Self.reader([text], nil), weights: "w", missing: policy)
      for ranks in [2, 5] {
        let fits = Self.fits("y ~ x + zip", [text], ranks: ranks, missing: policy)
        #expect(Self.json(try fits[0].get()) == Self.json(alone), "\(policy) on \(ranks) ranks")
      }
    }
  }

  /// What is wrong is told by rank 0 as one process tells it, wherever it stands; the others know that it does.
  @Test(arguments: ["x1", "", "1e999", "missing"])
  func faultsAreThoseOfOneProcess(field: String) throws {
    for place in [3, 400, 899] {
      let text = Self.text(900) { $0 == place || field == "" && $0 == 890 ? field : "\($1)" }
      let alone = #expect(throws: TabularError.self) {
        try FittedModel.perTarget(Formula("y ~ x"), reading: Self.reader([text], nil), weights: "w")
      }
      for ranks in [2, 5] {
        let fits = Self.fits("y ~ x", [text], ranks: ranks)
        for (rank, fit) in fits.enumerated() {
          let error = #expect(throws: TabularError.self) { try fit.get() }
          #expect(error == (rank == 0 ? alone : .elsewhere), "\(place) on \(ranks) ranks")
        }
      }
    }
  }

  @Test func ranksWithOtherFilesAreTold() {
    let outcomes = LocalRanks.run(4) { (communicator) throws(TabularError) in
      try communicator.requireSame(["version 1", communicator.rank == 2 ? "b.csv" : "a.csv"])
    }
    for (rank, outcome) in outcomes.enumerated() {
      let error = #expect(throws: TabularError.self) { try outcome.get() }
      #expect(
        error
          == (rank == 0
            ? .unusable(
              file: "MPI",
              message:
                "rank 2 has b.csv, and rank 0 has a.csv; start one program with the same arguments and files on all"
            ) : .elsewhere))
    }
  }
}
