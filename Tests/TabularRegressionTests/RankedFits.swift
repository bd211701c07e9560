import LinearRegression
import Testing

@testable import TabularRegression

/// A fit on ranks of rows of which `open` gives a part, or all: what each rank returns or throws, and what it has sent.
struct RankedFit<Source: TableSource>: Sendable {
  var formula: String
  var weights: String?
  var missing = MissingPolicy.refuse
  var method = LeastSquares(measuresResidual: true)
  var blocksInMemory = FittedModel.blocksInMemory
  let open: @Sendable (Part?) throws(TabularError) -> Source

  func alone() throws(TabularError) -> [FittedModel] {
    try FittedModel.perTarget(
      Formula(formula), reading: open(nil), weights: weights, missing: missing, method: method,
      blocksInMemory: blocksInMemory)
  }

  func results(_ ranks: Int) -> [Result<(models: [FittedModel]?, sent: Int), TabularError>] {
    LocalRanks.run(ranks) { (communicator) throws(TabularError) in
      let part = try communicator.agree(try open(Part(communicator.rank + 1, of: communicator.size)))
      let models = try FittedModel.perTarget(
        Formula(formula), on: communicator, part: part, whole: { () throws(TabularError) in try open(nil) },
        weights: weights, missing: missing, method: method, blocksInMemory: blocksInMemory)
      return (models, communicator.bytesSent)
    }
  }

  /// Expects that rank 0 has the model file of one process, and the others nothing; returns the models.
  @discardableResult func expectBitsOfOneProcess(
    _ counts: [Int] = [1, 2, 3, 4, 7], _ location: SourceLocation = #_sourceLocation
  ) throws -> [FittedModel] {
    let alone = try alone()
    for count in counts {
      let results = results(count)
      let json = try results[0].get().models?.map(\.json)
      #expect(json == alone.map(\.json), "\(formula) on \(count) ranks", sourceLocation: location)
      for result in results.dropFirst() {
        #expect(try result.get().models == nil, sourceLocation: location)
      }
    }
    return alone
  }
}

extension RankedFit where Source == TableReader {
  /// Texts that are read in small blocks.
  init(_ formula: String, _ texts: [String], blockSize: Int, precision: LeastSquares.Precision? = nil) {
    let bytes = texts.map { Array($0.utf8) }
    let method =
      precision.map { LeastSquares(precision: $0) } ?? LeastSquares(measuresResidual: true)
    let options = precision.map { ReadingOptions().keepingDigits($0) } ?? ReadingOptions()
    self.init(formula: formula, method: method) { (part) throws(TabularError) in
      try TableReader(
        bytes.enumerated().map { .memory($1, name: "\($0).csv") }, options: options, blockSize: blockSize,
        part: part)
    }
  }
}
