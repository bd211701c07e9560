import LinearAlgebra
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// Matrix files whose rows are reduced as they are stored.
@Suite struct MatrixRowsTests {
  let folder = TemporaryFolder()

  private func file<Scalar: BLASScalar>(
    _: Scalar.Type, rows: Int, _ change: (inout Matrix<Scalar>) -> Void = { _ in }
  )
    throws -> String
  {
    var random = SeededGenerator(seed: 9)
    let noise: Matrix<Scalar> = random.normalMatrix(rows, 6)
    var matrix = Matrix<Scalar>(rows: rows, columns: 6) { i, j in
      j == 4 ? 2 * noise[i, 0] - noise[i, 5] + noise[i, 4] / 4 + 3 : noise[i, j] + Scalar(100 * j)
    }
    change(&matrix)
    let path = folder.path("x.npy")
    let columns = (0..<6).map { j in
      TableColumn(name: "V\(j + 1)", values: .numbers((0..<rows).map { Double(matrix[$0, j]) }))
    }
    try Table(source: "x", columns: columns, rowCount: rows, places: RowPlaces()).write(
      npy: path, as: Scalar.self)
    return path
  }

  /// Wherever it stands, and however the rows are read.
  @Test(arguments: ["V5 ~ V2 + V1", "V2 ~ V1", "V1 ~ V5 + V2:V3", "V5 ~ V1 + poly(V2, 2)"])
  func anInfinityIsNamedWithItsPlace(formula: String) throws {
    let path = try file(Double.self, rows: 900) { $0[700, 1] = -.infinity }
    for memory in [0, 8] {
      do {
        _ = try FittedModel(
          Formula(formula), reading: NPYFile(path, blockBytes: 5000), blocksInMemory: memory)
        Issue.record("no error")
      } catch {
        #expect("\(error)".hasPrefix("\(path):701:2: "))
        #expect("\(error)".contains("V2") && "\(error)".contains("-inf"))
      }
    }
    do {
      _ = try FittedModel("V5 ~ V1", Table(npy: path), weights: "V2")
      Issue.record("no error")
    } catch {
      #expect(
        "\(error)"
          == "\(path):701:2: column \"V2\": -inf is not a finite number; correct it, or leave the row out")
    }
  }

  @Test(arguments: ["V5 ~ .", "V5 ~ V6 + V1", "V5 ~ 0 + V1 + V2", "V5 ~ log(V2) + V1"])
  func theFitIsThatOfTheTable(formula: String) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      let path = try file(Scalar.self, rows: 3000), formula = try Formula(formula)
      let whole = try FittedModel(formula, Table(npy: path))
      let streamed = try FittedModel(formula, reading: NPYFile(path, blockBytes: 5000), blocksInMemory: 0)
      #expect(streamed.design == whole.design && streamed.observations == 3000)
      for (a, b) in zip(streamed.coefficientStatistics, whole.coefficientStatistics) {
        #expect(abs(a.estimate! - b.estimate!) <= 1e-9 * b.standardError!)
        #expect(abs(a.standardError! - b.standardError!) <= 1e-9 * b.standardError!)
      }
      for threads in [1, 3] {
        let other = try Parallelism.$threads.withValue(threads) {
          try FittedModel(formula, reading: NPYFile(path, blockBytes: 5000), blocksInMemory: 0)
        }
        #expect(other == streamed)
      }
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test func aMissingNumberIsFoundWithItsRow() throws {
    let path = try file(Float.self, rows: 500) {
      $0[300, 1] = .nan
      $0[400, 1] = .nan
    }
    let rows = try NPYFile(path, blockBytes: 1000)
    let error = #expect(throws: TabularError.self) {
      try FittedModel(Formula("V5 ~ ."), reading: rows, blocksInMemory: 0)
    }
    #expect(
      error?.description
        == "\(path):301:2: column \"V2\": a number is missing; fill it in, or drop or fill such rows (2 such fields in the column)"
    )
    // Where it is not used it does not matter.
    #expect(try FittedModel(Formula("V5 ~ V1"), reading: rows, blocksInMemory: 0).observations == 500)
  }

  @Test func whatHasToBeComputedIsNotTakenAsItIs() throws {
    let path = try file(Double.self, rows: 50), file = try NPYFile(path)
    func rows(_ formula: String, weights: String? = nil, missing: MissingPolicy = .refuse) throws
      -> MatrixRows?
    {
      let design = try Design(Formula(formula), Table(npy: path), weights: weights, missing: missing)
      return MatrixRows(design, file)
    }
    #expect(try rows("V5 ~ .") != nil && rows("V5 ~ V1") != nil)
    #expect(try rows("V5 ~ V1:V2") == nil && rows("V5 ~ I(V1^2)") == nil && rows("log(V5) ~ V1") == nil)
    #expect(try rows("V5 ~ C(V1)") == nil && rows("V5 ~ scale(V1)") == nil)
    #expect(try rows("V5 ~ V1", weights: "V2") == nil && rows("V5 ~ V1", missing: .drop) == nil)
  }

  /// Few rows are kept, and their levels counted where they are looked at.
  @Test func aSmallMatrixMayHaveACategory() throws {
    let folder = TemporaryFolder()
    try Matrix<Double>([[1, 0, 1], [2, 1, 2.5], [3, 0, 2], [4, 1, 4.5], [6, 2, 5], [5, 2, 4]]).write(
      npy: folder.path("m.npy"))
    for formula in ["V3 ~ C(V2)", "V3 ~ V1 + C(V2)"] {
      let model = try FittedModel(Formula(formula), reading: NPYFile(folder.path("m.npy")))
      #expect(try model == FittedModel(formula, Table(npy: folder.path("m.npy"))))
    }
  }
}
