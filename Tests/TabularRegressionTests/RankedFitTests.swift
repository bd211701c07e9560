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
    "cbind(y, x) ~ zip", "y ~ ns(x, 4) + bs(w, 3)*C(kind, sum)", "log1p(y^2) ~ bs(x, knots = c(-1, 0.5))",
    "cbind(sqrt(y^2), x) ~ I(kind == \"a\")",
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
    for outcome in outcomes.dropFirst() { #expect(throws: TabularError.elsewhere) { try outcome.get() } }
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

  /// Steps are those of one process; the rows of all ranks come to rank 0 in their order.
  @Test(arguments: [nil, 0.01] as [Double?])
  func trainingOnRanks(rate: Double?) throws {
    let text = Self.text(1000) { _, x in "\(x)" }, formula = try Formula("y ~ x + kind")
    let learningRate: LearningRate = rate.map { .constant($0) } ?? .automatic
    let method = SGD(
      epochs: rate == nil ? 30 : 2, batchSize: rate == nil ? nil : 256, learningRate: learningRate)
    let alone = try TableTraining(
      formula, reading: .text(Self.reader([text], nil)), weights: "w", method: method)
    while try alone.next() != nil {}
    let exact = try FittedModel(formula, reading: Self.reader([text], nil), weights: "w")
    if rate == nil {
      for (a, b) in zip(
        try alone.model().coefficientStatistics.estimates, exact.coefficientStatistics.estimates)
      { #expect(abs(a - b) < 1e-9) }
    }
    for ranks in [2, 3, 4] {
      let runs = LocalRanks.run(ranks) { (communicator) throws(TabularError) -> String? in
        let part = TableFile.text(try Self.reader([text], communicator.part))
        guard
          let training = try TableTraining(
            formula, on: communicator, part: part, weights: "w", method: method)
        else { return nil }
        while try training.next() != nil {}
        return try training.model().json
      }
      #expect(try runs[0].get() == alone.model().json, "\(ranks) ranks")
      for run in runs.dropFirst() { #expect(try run.get() == nil) }
    }
  }

  /// What ranks have kept is taken up, if it is of the same rows and the same fit.
  @Test func keptPartsAreTakenUp() throws {
    let folder = TemporaryFolder(), text = Self.text(900) { _, x in "\(x)" }
    func fit(_ formula: String) -> [Result<(json: [String]?, rows: Int), TabularError>] {
      LocalRanks.run(3) { (communicator) throws(TabularError) in
        var rows = 0
        let models = try FittedModel.perTarget(
          Formula(formula), on: communicator, part: Self.reader([text], communicator.part),
          whole: { () throws(TabularError) in try Self.reader([text], nil) },
          kept: KeptParts(in: folder.path("kept")), progress: { rows = $0 })
        return (Self.json(models), rows)
      }
    }
    let first = fit("y ~ x + zip")
    #expect(try first.allSatisfy { try $0.get().rows > 200 })
    // One is lost, and one damaged: they are made again.
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path("kept")).sorted()
    #expect(files.count == 3)
    try FileManager.default.removeItem(atPath: folder.path("kept/\(files[0])"))
    let damaged = folder.path("kept/\(files[1])")
    try Data(contentsOf: URL(fileURLWithPath: damaged)).dropLast().write(to: URL(fileURLWithPath: damaged))
    let again = fit("y ~ x + zip")
    #expect(try again.map { try $0.get().rows > 0 }.count { $0 } == 2)
    #expect(try again[0].get().json == first[0].get().json)
    // Another fit does not take them.
    #expect(try fit("y ~ x").allSatisfy { try $0.get().rows > 200 })
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
                "rank 2 has b.csv, and rank 0 has a.csv; start one program with the same arguments and files on all, or add --no-mpi for processes on their own"
            ) : .elsewhere))
    }
  }
}
