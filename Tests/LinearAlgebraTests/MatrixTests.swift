import Foundation
import LinearAlgebra
import Testing

@Suite struct MatrixTests {
  let X: Matrix<Double> = [[1, 2], [3, 4], [5, 6]]

  @Test func shapeAndElements() {
    #expect(X.shape == Shape(3, 2))
    #expect("\(X.shape)" == "3 × 2")
    #expect(X.elements == [1, 2, 3, 4, 5, 6])
    #expect(X[2, 0] == 5)
    #expect(X[row: 1] == [3, 4])
    #expect(X[column: 1] == [2, 4, 6])
    #expect(Matrix<Float>.identity(2) == [[1, 0], [0, 1]])
    #expect(Matrix<Float>(column: [1, 2]).shape == Shape(2, 1))
    #expect(Matrix<Float>(row: [1, 2]).shape == Shape(1, 2))
  }

  @Test func transposed() {
    #expect(X.transposed() == [[1, 3, 5], [2, 4, 6]])
    // Larger than a tile, and not a multiple of it.
    let large = Matrix<Float>(rows: 70, columns: 45) { Float($0 * 45 + $1) }
    #expect(large.transposed() == Matrix(rows: 45, columns: 70) { large[$1, $0] })
    #expect(large.transposed().transposed() == large)
  }

  @Test func copiesDoNotShareChanges() {
    var copy = X
    copy[0, 0] = 100
    #expect(X[0, 0] == 1)
    #expect(copy[0, 0] == 100)
    copy.withUnsafeMutableElements { $0[1] = 7 }
    #expect(copy[0, 1] == 7)
    #expect(X[0, 1] == 2)
  }

  @Test func rowBlocksShareStorage() {
    let block = X[rows: 1..<3]
    #expect(block.shape == Shape(2, 2))
    #expect(block[0, 1] == 4)
    #expect(Matrix(block) == [[3, 4], [5, 6]])
    let whole = X.withUnsafeElements { $0.baseAddress! }
    #expect(block.withUnsafeElements { $0.baseAddress! } == whole + 2)
    #expect(Matrix(block[rows: 1..<2]) == [[5, 6]])
    #expect(X[rows: 1..<1].isEmpty)
  }

  @Test func rowBlocksCoverEveryRowOnce() {
    let X = Matrix<Float>(rows: 10, columns: 1) { row, _ in Float(row) }
    #expect(X.rowBlocks(ofRows: 4).map { Matrix($0).elements } == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]])
    #expect(Array(Matrix<Float>.zeros(0, 3).rowBlocks).isEmpty)
    let tall = Matrix<Double>.zeros(100_000, 3)
    #expect(tall.rowBlocks.reduce(0) { $0 + $1.rowCount } == 100_000)
    #expect(tall.rowBlocks.allSatisfy { $0.rowCount * 3 * 8 <= 256 << 10 })
  }

  @Test func emptyMatrices() {
    #expect(Matrix<Double>([]).shape == Shape(0, 0))
    #expect(Matrix<Double>.zeros(0, 3).transposed().shape == Shape(3, 0))
    #expect(Matrix<Double>.zeros(3, 0)[row: 2] == [])
    #expect(Matrix<Double>.zeros(0, 3).sum() == 0)
    #expect(Matrix<Double>.zeros(3, 0).firstNonFinite() == nil)
    #expect(Matrix<Double>.zeros(3, 0) != Matrix<Double>.zeros(0, 3))
  }

  @Test func arithmetic() {
    #expect(X + X == 2.0 * X)
    #expect(X - X == .zeros(3, 2))
    #expect(X.sum() == 21)
    #expect(X.map { -$0 }.sum() == -21)
    #expect(Matrix<Float>(X) == [[1, 2], [3, 4], [5, 6]])
    // Added up in Double: in Float the ones behind 2²⁴ would be lost.
    #expect(Matrix<Float>(row: [16_777_216, 1, 1]).sum() == 16_777_218)
  }

  @Test func description() {
    #expect("\(Matrix<Double>([[1, -2.5], [1000, 1 / 3.0]]))" == "[    1      -2.5 ]\n[ 1000  0.333333 ]")
    #expect("\(Matrix<Double>.zeros(0, 3))" == "[] (0 × 3)")
    let lines = "\(Matrix<Double>.zeros(100, 20))".split(separator: "\n")
    #expect(lines.count == 8)
    #expect(lines[0] == "[ 0  0  0  …  0  0  0 ]")
    #expect(lines[7] == "(100 × 20)")
  }

  @Test func firstNonFinite() throws {
    var large = Matrix<Float>.zeros(1000, 7)
    #expect(large.firstNonFinite() == nil)
    large[999, 6] = .infinity
    #expect(try #require(large.firstNonFinite()) == (999, 6))
    large[613, 2] = .nan
    #expect(try #require(large.firstNonFinite()) == (613, 2))
    // Finite values whose sum of magnitudes overflows are still finite.
    #expect(Matrix<Float>(rows: 3, columns: 3, repeating: .greatestFiniteMagnitude).firstNonFinite() == nil)
  }

  @Test func codable() throws {
    let values: Matrix<Double> = [[0.1, -0.0], [Double.leastNonzeroMagnitude, 1.7976931348623157e308]]
    let decoded = try JSONDecoder().decode(Matrix<Double>.self, from: JSONEncoder().encode(values))
    #expect(decoded.elements.map(\.bitPattern) == values.elements.map(\.bitPattern))
    for damaged in [
      #"{"rows":2,"columns":2,"elements":[1,2,3]}"#, #"{"rows":-1,"columns":-3,"elements":[1,2,3]}"#,
      #"{"rows":4611686018427387904,"columns":4,"elements":[]}"#,
    ] {
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(Matrix<Double>.self, from: Data(damaged.utf8))
      }
    }
  }

  @Test func indicesOutOfBoundsStopTheProgram() async throws {
    // In a 3 × 2 matrix (0, 2) lies within the storage but not within the row.
    let column = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let X: Matrix<Double> = [[1, 2], [3, 4], [5, 6]]
      print(X[0, 2])
    }
    #expect(text(column).contains("element (0, 2) is outside a 3 × 2 matrix"))
    let row = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let X: Matrix<Double> = [[1, 2], [3, 4], [5, 6]]
      print(X[rows: 2..<4])
    }
    #expect(text(row).contains("rows 2..<4 are outside a 3 × 2 matrix"))
    let ragged = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      print(Matrix<Double>([[1, 2], [3]]))
    }
    #expect(text(ragged).contains("row 1 has 1 elements, row 0 has 2"))
  }

  @Test func typesOfOthersHandOutAsManyElementsAsTheySay() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      print(gemv(TooShort(), [1, 1, 1]))
    }
    #expect(text(result).contains("a 2 × 3 matrix hands out 5 elements"))
  }
}

/// Two rows of three elements, of which there are but five.
private struct TooShort: RowMajor {
  typealias Rows = RowBlock<Double>
  let rowCount = 2, columnCount = 3

  func withUncheckedElements<Result, Failure>(
    _ body: (UnsafeBufferPointer<Double>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try Matrix<Double>(row: [1, 2, 3, 4, 5]).withUncheckedElements(body)
  }

  subscript(rows range: Range<Int>) -> RowBlock<Double> { Matrix<Double>.zeros(2, 3)[rows: range] }
}

/// What a process that was expected to exit wrote to standard error.
func text(_ result: ExitTest.Result?) -> String {
  String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
}
