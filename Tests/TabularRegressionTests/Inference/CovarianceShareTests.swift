import Foundation
import LinearAlgebra
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// Shares of a covariance: the sums of scores of some rows, which merge to the bits of undivided rows.
@Suite struct CovarianceShareTests {
  static let text = RobustCovarianceTests.text(3000)

  /// The rows in files, in blocks of 5000 bytes.
  static func reader(_ texts: [String] = [text], part: Part? = nil, names: [String]? = nil)
    throws(TabularError)
    -> TableReader
  {
    try TableReader(
      texts.enumerated().map { .memory(Array($1.utf8), name: names?[$0] ?? "\($0).csv") },
      options: ReadingOptions(), blockSize: 5000, part: part)
  }

  /// The rows cut into three files.
  static let files: [String] = {
    let lines = text.split(separator: "\n").map { $0 + "\n" }
    return [1..<1000, 1000..<1001, 1001..<lines.count].map { lines[0] + lines[$0].joined() }
  }()

  static func models() throws -> [FittedModel] {
    [try FittedModel("y ~ x + z", Table(csvText: text, source: "t"))]
  }

  /// As another process finds it in a file.
  static func reopened(_ share: CovarianceShare) throws -> CovarianceShare {
    let bytes = share.fileBytes, again = try CovarianceShare(RandomAccessFile(bytes, name: "s"))
    #expect(again.fileBytes == bytes)
    return again
  }

  private func share(
    _ estimator: CovarianceEstimator, _ models: [FittedModel], _ texts: [String] = [text], part: Part? = nil,
    threads: Int = 2
  ) throws -> CovarianceShare {
    try Parallelism.$threads.withValue(threads) {
      try #require(try CovarianceShare(estimator, of: models, reading: Self.reader(texts, part: part)))
    }
  }

  // MARK: The bits of undivided rows

  @Test(arguments: RobustCovarianceTests.estimators)
  func partsInAnyOrderAreTheWhole(estimator: CovarianceEstimator) throws {
    let models = try Self.models()
    let alone = try FittedModel.withCovariance(estimator, of: models, reading: Self.reader())
    let whole = try share(estimator, models, threads: 1).fileBytes
    for count in [2, 7, 40] {
      var parts = try (1...count).map {
        try Self.reopened(share(estimator, models, part: Part($0, of: count), threads: [1, 2, 8][$0 % 3]))
      }
      var generator = SeededGenerator(seed: UInt64(count))
      while parts.count > 1 {
        let part = parts.remove(at: Int(generator.next() % UInt64(parts.count)))
        let place = Int(generator.next() % UInt64(parts.count))
        try parts[place].merge(Self.reopened(part))
      }
      #expect(parts[0].finished.fileBytes == whole, "\(count) parts")
      #expect(try parts[0].models(models, named: "s") == alone)
    }
  }

  @Test(arguments: RobustCovarianceTests.estimators)
  func filesInOrderAreTheWhole(estimator: CovarianceEstimator) throws {
    let models = try Self.models()
    let alone = try FittedModel.withCovariance(estimator, of: models, reading: Self.reader(Self.files))
    var shares = try Self.files.map { try Self.reopened(share(estimator, models, [$0])) }
    // However they are grouped.
    var grouped = shares[1]
    try grouped.merge(shares[2])
    for later in shares.dropFirst() { try shares[0].merge(later) }
    #expect(try shares[0].models(models, named: "s") == alone)
    var first = try share(estimator, models, [Self.files[0]])
    try first.merge(grouped)
    #expect(first.fileBytes == shares[0].fileBytes)
    #expect(try models[0].withCovariance(first) == alone?[0])
  }

  /// From tables, and so of other leaves: the same to rounding.
  @Test(arguments: RobustCovarianceTests.estimators)
  func tablesAgreeToRounding(estimator: CovarianceEstimator) throws {
    let model = try Self.models()[0]
    let whole = try model.withCovariance(estimator, of: Table(csvText: Self.text, source: "t"))
    var share: CovarianceShare?
    for text in Self.files {
      let next = try CovarianceShare(estimator, of: model, Table(csvText: text, source: "t"))
      if share == nil { share = next } else { try share?.merge(next) }
    }
    #expect(share?.observations == 3000 && share?.estimator == estimator)
    let merged = try model.withCovariance(#require(share))
    for (a, b) in zip(merged.coefficientStatistics, whole.coefficientStatistics) {
      #expect(abs(try #require(a.standardError) / b.standardError! - 1) <= 1e-12)
      #expect(a.degreesOfFreedom == b.degreesOfFreedom)
    }
    #expect(merged.robustCovariance?.clusterCounts == whole.robustCovariance?.clusterCounts)
  }

  /// Several targets, weights, rows that are left out, a category without columns.
  @Test(arguments: [
    ("cbind(y, z) ~ x", nil, MissingPolicy.refuse), ("y ~ x", "z", .refuse), ("y ~ x + firm", nil, .drop),
  ])
  func modelsOfAllKinds(formula: String, weights: String?, missing: MissingPolicy) throws {
    var lines = Self.text.split(separator: "\n").map(String.init)
    if missing == .drop {
      lines[77] = "," + lines[77].split(separator: ",").dropFirst().joined(separator: ",")
    }
    let text = lines.joined(separator: "\n")
    let models = try FittedModel.perTarget(
      Formula(formula), Table(csvText: text, source: "t"), weights: weights, missing: missing)
    let estimator = CovarianceEstimator.clustered(by: ["firm", "year"])
    let alone = try FittedModel.withCovariance(estimator, of: models, reading: Self.reader([text]))
    var parts = try (1...3).map { try share(estimator, models, [text], part: Part($0, of: 3)) }
    try parts[2].merge(parts[0])
    try parts[2].merge(parts[1])
    #expect(try parts[2].models(models, named: "s") == alone)
  }

  /// Clusters whose words are written in several ways are one, be they in one block or in two.
  @Test func clustersOfOtherLettersForms() throws {
    var lines = ["x,y,g"], generator = SeededGenerator(seed: 3)
    for row in 0..<900 {
      let name = ["caf\u{e9}", "cafe\u{301}", "bar"][row % 3]
      lines.append("\(row % 17),\(generator.nextNormal()),\(name)")
    }
    let text = lines.joined(separator: "\n"), table = try Table(csvText: text, source: "t")
    let model = try FittedModel("y ~ x", table), estimator = CovarianceEstimator.clustered(by: ["g"])
    let blocks = try FittedModel.withCovariance(estimator, of: [model], reading: Self.reader([text]))
    #expect(blocks?[0].robustCovariance?.clusterCounts == [2])
    #expect(try model.withCovariance(estimator, of: table).robustCovariance?.clusterCounts == [2])
  }

  /// Of fewer leaves than parts some parts are empty.
  @Test func fewerLeavesThanParts() throws {
    let models = try Self.models(), text = Self.files[1]
    let parts = try (1...3).map { try share(.hc1, models, [text], part: Part($0, of: 3)) }
    #expect(parts.count { $0.observations == 0 } == 2)
    let whole = try share(.hc1, models, [text]).fileBytes
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
      var merged = parts[order[0]].finished
      for index in order.dropFirst() {
        try merged.merge(Self.reopened(parts[index]))
        merged = merged.finished
      }
      #expect(merged.fileBytes == whole)
    }
  }

  // MARK: What does not fit

  private func message(_ work: () throws -> Void) throws -> String {
    try #require(throws: TabularError.self, performing: work).description
  }

  @Test func otherSharesAreRefused() throws {
    let models = try Self.models()
    let other = try FittedModel("y ~ x + year", Table(csvText: Self.text, source: "t"))
    var share = try share(.hc1, models, [Self.files[0]])
    let foreign = try self.share(.hc1, [other], [Self.files[2]])
    #expect(
      try message { try share.merge(foreign, named: "b") }
        == "b: it is of another model than those before; make all shares with one model file")
    #expect(
      try message { _ = try foreign.models(models, named: "b") }
        == "b: it is a share of another model; give the one that it was made with")
    for (estimator, text) in [
      (CovarianceEstimator.hc3, "HC3"), (.clustered(by: ["firm"]), "clusters of firm"),
      (.neweyWest(lags: 2), "HAC with 2 lags"),
    ] {
      let rest = try self.share(estimator, models, [Self.files[2]])
      #expect(
        try message { try share.merge(rest, named: "b") }
          == "b: it is for \(text), and those before are for HC1; make all with the same options")
    }
    // A covariance that the model has already is no part of what tells it.
    let robust = try #require(try FittedModel.withCovariance(.hc3, of: models, reading: Self.reader()))
    #expect(try self.share(.hc1, robust).fileBytes == self.share(.hc1, models).fileBytes)
  }

  /// A checksum that is right by chance, or by intent, does not let sums of other shapes in.
  @Test func equalChecksumsOfOtherModelsAreRefused() throws {
    let models = try Self.models(), other = try FittedModel("y ~ x", Table(csvText: Self.text, source: "t"))
    var share = try share(.hc1, models)
    let foreign = try self.share(.hc1, [other])
    let forged = CovarianceShare(
      .hc1, fit: share.fit, coordinates: foreign.coordinates, reading: "", foreign.sums)
    #expect(throws: TabularError.self) { try share.merge(forged) }
    #expect(throws: TabularError.self) { try models[0].withCovariance(forged) }
  }

  @Test func sharesOfOtherRowsAreRefused() throws {
    let models = try Self.models()
    var twice = try share(.hc1, models)
    #expect(
      try message { _ = try share(.hc1, models, [Self.files[0]]).models(models, named: "a") }
        == "a: the fit has 3000 rows, and these are 999; give the shares of all rows that it was fitted to, each once"
    )
    try twice.merge(twice)
    #expect(try message { _ = try twice.models(models, named: "a") }.contains("these are 6000;"))
    var part = try share(.hc1, models, part: Part(1, of: 2))
    let again = part
    #expect(
      try message { try part.merge(again, named: "b") }.hasSuffix("are here and before; merge each part once")
    )
    #expect(
      try message { _ = try part.models(models, named: "a") }.hasSuffix("; give the shares of all parts"))
    #expect(
      try message { _ = try part.models(models, named: "a", "b") }.hasPrefix("a, b: together they lack "))
    #expect(
      try message { try part.merge(twice, named: "b") }.hasPrefix(
        "b: a share of a part of files and one of others cannot be merged"))
  }

  /// A byte that has changed is found; so is what cannot be sums of rows, behind a checksum that is right.
  @Test func damagedFilesAreErrors() throws {
    let models = try Self.models()
    let bytes = try share(.clustered(by: ["firm", "year"]), models, part: Part(1, of: 3)).fileBytes
    for place in stride(from: 0, to: bytes.count, by: 97) {
      var damaged = bytes
      damaged[place] ^= 0x10
      #expect(throws: TabularError.self) {
        _ = try CovarianceShare(RandomAccessFile(damaged, name: "s"))
      }
    }
    for end in stride(from: 0, to: bytes.count, by: 311) {
      #expect(throws: TabularError.self) {
        _ = try CovarianceShare(RandomAccessFile(Array(bytes[..<end]), name: "s"))
      }
    }
  }

  /// What cannot be the sums of rows is an error.
  @Test(arguments: [
    ("\"rowCount\":6", "\"rowCount\":5"), ("\"rowCount\":6", "\"rowCount\":9007199254740993"),
    ("\"coordinates\":[2]", "\"coordinates\":[3]"), ("\"coordinates\":[2]", "\"coordinates\":[2,2]"),
    ("[\"g\",\"h\"]", "[\"g\"]"), ("[\"a\",\"b\",\"c\"]", "[\"a\",\"b\",\"b\"]"),
    ("[\"a\",\"b\",\"c\"]", "[\"a\",\"b\"]"), ("[[0,1,0,1,2,2]", "[[0,1,0,1,2,3]"),
    ("[[0,1,0,1,2,2]", "[[0,1,0,1,2,-1]"), ("[[0,1,0,1,2,2]", "[[0,1,0,1,2]"),
    ("\"observations\":6", "\"observations\":7"),
    ("\"fullLeverageRows\":0", "\"fullLeverageRows\":7"), ("\"order\":2", "\"order\":1"),
    ("\"count\":3", "\"count\":2"), ("\"sections\":[", "\"sections\":[{\"parts\":[]},"),
    ("{\"clusters\":[\"g\",\"h\"],\"name\":\"cluster\"}", "{\"name\":\"HC1\"}"),
    ("{\"clusters\":[\"g\",\"h\"],\"name\":\"cluster\"}", "{\"name\":\"HAC\",\"lags\":2}"),
  ])
  func contentsThatDoNotFit(old: String, new: String) throws {
    let table = try Table(
      csvText: "x,y,g,h\n1,2,a,p\n2,3,b,q\n3,5,a,q\n4,4,b,p\n5,7,c,p\n6,6,c,q\n", source: "s")
    let share = try CovarianceShare(.clustered(by: ["g", "h"]), of: FittedModel("y ~ x", table), table)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = String(decoding: try encoder.encode(share), as: UTF8.self)
    #expect(throws: Never.self) {
      try JSONDecoder().decode(CovarianceShare.self, from: Data(text.utf8))
    }
    let place = try #require(text.range(of: old), "\(text)")
    let changed = text.replacingCharacters(in: place, with: new)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(CovarianceShare.self, from: Data(changed.utf8))
    }
  }
}
