import Foundation
import LinearAlgebra
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// Training runs whose rows are kept in a file.
@Suite struct TrainingRowsTests {
  let folder = TemporaryFolder()

  /// Rows with numbers, a category and a weight, of which some fields are missing.
  private func write(_ name: String, rows: Int, seed: UInt64, missing: Bool = false) throws {
    var generator = SeededGenerator(seed: seed)
    let lines = (0..<rows).map { row in
      let (a, b) = (generator.nextNormal(), 1 + generator.nextUniform()),
        zip = generator.nextInteger(below: 3)
      let y = 1 + a - 2 * b + Double(zip) + generator.nextNormal() / 10
      return "\(missing && row % 17 == 5 ? "" : "\(a)"),\(b),\(["n", "s", "w"][zip]),\(1 + row % 4),\(y)"
    }
    try (["a,b,zip,w,y"] + lines).joined(separator: "\n").write(
      toFile: folder.path(name), atomically: true, encoding: .utf8)
  }

  /// In blocks of some forty rows.
  private func reading(_ name: String) throws -> TableFile {
    .text(try TableReader([folder.path(name)], blockSize: 2000))
  }

  static let methods = [
    SGD(seed: 3), SGD(epochs: 3, batchSize: 7, learningRate: 0.01, order: .shuffledBlocks),
    SGD(epochs: 3, batchSize: 7, learningRate: 0.01, standardize: false, validationFraction: 0.2),
  ]

  @Test(arguments: ["y ~ a + b", "y ~ a + zip", "y ~ poly(a, 2) + log(b)", "y ~ 1"], methods)
  func theBitsAreThoseOfRowsInMemory(formula: String, method: SGD) throws {
    try write("t.csv", rows: 500, seed: 5, missing: true)
    for weights in [nil, "w"] {
      let table = try Table(all: reading("t.csv"))
      let here = try TableTraining(
        Formula(formula), table, weights: weights, missing: .drop, method: method)
      let there = try TableTraining(
        Formula(formula), reading: reading("t.csv"), weights: weights, missing: .drop, method: method,
        bytesInMemory: 0)
      while try here.next() != nil {}
      // A checkpoint belongs to the numbers, wherever they are.
      _ = try there.advance(rows: 100)
      try there.writeCheckpoint(to: folder.path("c"))
      let few = try TableTraining(
        Formula(formula), reading: reading("t.csv"), weights: weights, missing: .drop, method: method)
      try few.resume(fromCheckpoint: folder.path("c"))
      while try few.next() != nil {}
      while try there.next() != nil {}
      let expected = try here.model()
      #expect(try there.model() == expected)
      #expect(try few.model() == expected)
    }
  }

  @Test func otherRowsToValidateOnAreKeptAsTheseAre() throws {
    try write("t.csv", rows: 300, seed: 6)
    try write("v.csv", rows: 100, seed: 7)
    let method = SGD(epochs: 3, learningRate: 0.01)
    let models = try [0, 1 << 20].map { bytes in
      let training = try TableTraining(
        Formula("y ~ a + zip"), reading: reading("t.csv"), validation: reading("v.csv"), method: method,
        bytesInMemory: bytes)
      while try training.next() != nil {}
      return try training.model()
    }
    #expect(models[0] == models[1])
    #expect(models[0].training?.validationRows == 100)
  }

  /// Means come from blocks of rows, and so have bits of their own.
  @Test func meansAreThoseOfAllRows() throws {
    try write("t.csv", rows: 500, seed: 8, missing: true)
    let here = try FittedModel(
      training: Formula("y ~ scale(a) + b"), Table(all: reading("t.csv")), missing: .mean)
    let training = try TableTraining(
      Formula("y ~ scale(a) + b"), reading: reading("t.csv"), missing: .mean, bytesInMemory: 0)
    while try training.next() != nil {}
    #expect(difference(try training.model().model.coefficients, here.model.coefficients, factor: 100) == nil)
  }

  @Test func whatIsWrongIsToldWithItsPlace() throws {
    func message(_ formula: String, _ text: String, weights: String? = nil) throws -> String? {
      try text.write(toFile: folder.path("t.csv"), atomically: true, encoding: .utf8)
      let file = TableFile.text(try TableReader([folder.path("t.csv")], blockSize: 40))
      do {
        _ = try TableTraining(Formula(formula), reading: file, weights: weights, bytesInMemory: 0)
        return nil
      } catch {
        return "\(error)".replacing(folder.path(""), with: "")
      }
    }
    let rows = (1...30).map { "\($0),\($0 * $0 % 7)" }.joined(separator: "\n")
    #expect(try message("y ~ a", "a,y\n\(rows)\n") == nil)
    #expect(
      try message("y ~ log(a)", "a,y\n\(rows)\n0,1\n")
        == "t.csv:32:1: log(a) is not a finite number where a is 0; correct the row, leave it out, or change the formula"
    )
    #expect(
      try message("y ~ a", "a,y\n\(rows)\n,1\n,2\n")?.hasPrefix("t.csv:32:1: column \"a\": ") == true)
    #expect(
      try message("y ~ a - 1", "a,y\n\(rows)\n")?.contains("SGD trains an intercept too") == true)
  }

  @Test func noPlaceForTheFileIsToldInOneLine() throws {
    let none = folder.path("none")
    #expect(
      throws: TabularError.unusable(
        file: "t.csv",
        message:
          "the columns need a temporary file, which cannot be written (No such file or directory); set TMPDIR to a folder with room"
      )
    ) {
      try TemporaryMatrix(columns: 2, source: "t.csv", bytesInMemory: 0, in: none).append(Matrix([[1, 2]]))
    }
  }
}
