import Foundation
import LinearAlgebra
import TestSupport
import Testing

/// Matrices from rows, from random numbers, from decoders; shapes that no matrix has.
@Suite struct CreationTests {
  @Test func fromRows() throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      let rows: [[Scalar]] = [[1, 2], [3, 4], [5, 6]]
      #expect(Matrix(rows).elements == [1, 2, 3, 4, 5, 6])
      #expect(try Matrix(checking: rows) == Matrix(rows))
      #expect(try Matrix(checking: [[Scalar]]()) == .zeros(0, 0))
      #expect(try Matrix<Scalar>(checking: [[], []]) == .zeros(2, 0))
      let ragged = RaggedRowsError(row: 2, elementCount: 1, expectedCount: 2)
      #expect(throws: ragged) { try Matrix<Scalar>(checking: [[1, 2], [3, 4], [5], []]) }
      #expect("\(ragged)" == "row 2 has 1 elements, row 0 has 2: the rows of a matrix are equally long")
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test func uniform() {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      var generator = SeededGenerator(seed: 41)
      let a = Matrix<Scalar>.uniform(100, 100, in: -1..<3, using: &generator)
      #expect(a.min()! >= -1 && a.max()! < 3)
      // The mean of 10⁴ has a standard deviation of 4/√12/100 = 0.0115, the mean of (a − 1)²/4 one of 0.003.
      #expect(abs(a.mean() - 1) < 0.05)
      let centered = a - 1
      let square = (centered .* centered).mean() / 4
      #expect(abs(square - 1 / 3) < 0.015)
      var again = SeededGenerator(seed: 41)
      #expect(Matrix.uniform(100, 100, in: -1..<3, using: &again) == a)
      #expect(generator == again)
      // The upper bound is never reached, not by rounding either: here every second number rounds up to it.
      let narrow = Matrix<Scalar>.uniform(10, 10, in: 1..<Scalar(1).nextUp, using: &generator)
      #expect(narrow == Matrix(rows: 10, columns: 10, repeating: 1))
      #expect(Matrix<Scalar>.uniform(0, 3, using: &generator) == .zeros(0, 3))
      var system = SystemRandomNumberGenerator()
      #expect(Matrix<Scalar>.uniform(3, 3, using: &system).min()! >= 0)
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func normal() {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      var generator = SeededGenerator(seed: 42), same = generator
      let a = Matrix<Scalar>.normal(100, 100, using: &generator)
      #expect(a.elements == (0..<10_000).map { _ in Scalar(same.nextNormal()) })
      #expect(abs(a.mean()) < 0.05)
      #expect(abs((a .* a).mean() - 1) < 0.07)
      var again = SeededGenerator(seed: 42)
      let scaled = Matrix<Scalar>.normal(100, 100, mean: 3, standardDeviation: 2, using: &again)
      #expect(scaled == 2 * a + 3)
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func decodersCannotAskForMoreThanTheyBring() {
    for damaged in [
      #"{"rows":4611686018427387904,"columns":0,"elements":[]}"#,
      #"{"rows":0,"columns":1048577,"elements":[]}"#,
      #"{"rows":1,"columns":-1,"elements":[]}"#,
    ] {
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(Matrix<Double>.self, from: Data(damaged.utf8))
      }
    }
    for fine in [
      #"{"rows":1048576,"columns":0,"elements":[]}"#, #"{"rows":0,"columns":1048576,"elements":[]}"#,
    ] {
      #expect(throws: Never.self) { try JSONDecoder().decode(Matrix<Double>.self, from: Data(fine.utf8)) }
    }
  }

  @Test func impossibleShapesStopTheProgram() async {
    // 8 · 2⁶¹ bytes are 0 in 64 bits.
    let bytes = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Matrix<Double>.zeros(1 << 61, 1)
    }
    #expect(text(bytes).contains("a 2305843009213693952 × 1 matrix has more elements than memory can hold"))
    let product = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Matrix<Float>(rows: 1 << 32, columns: 1 << 32) { _, _ in 0 }
    }
    #expect(text(product).contains("a 4294967296 × 4294967296 matrix has more elements than memory can hold"))
    let triangle = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = UpperTriangularMatrix<Double>(order: 1 << 31)
    }
    #expect(
      text(triangle).contains("a 2147483648 × 2147483648 matrix has more elements than memory can hold"))
    // Asked for it once by each step, a factorization stops at the second answer or works with the first.
    for honest in 0..<3 {
      let qr = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        [honest = honest as Int] in
        let qr = try QR(factoring: Changing(honest))
        fatalError("R is \(qr.r.shape)")
      }
      let message = text(qr)
      #expect(
        message.contains("a 2000 × 2 matrix hands out 4 elements") || message.contains("R is 2 × 2"),
        "\(message)")
    }
    let negative = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Matrix<Double>(rows: -2, columns: -3, elements: [1, 2, 3, 4, 5, 6])
    }
    #expect(text(negative).contains("a matrix cannot have the shape -2 × -3"))
    let range = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var generator = SeededGenerator(seed: 1)
      _ = Matrix<Double>.uniform(1, 1, in: 1..<1, using: &generator)
    }
    #expect(text(range).contains("uniform: cannot draw from 1.0..<1.0"))
  }

  /// Types of others that say something else when they are asked again stop the program, wherever they do.
  @Test func shapesThatChangeStopTheProgram() async {
    let first = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Changing(0) * [1, 1]
    }
    #expect(text(first).contains("a 2000 × 2 matrix hands out 4 elements"))
    let second = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Changing(1) * [1, 1]
    }
    #expect(text(second).contains("gemv: op(A) is 2000 × 2 but y has 2 elements"))
    let sum = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Changing(0).columnSums()
    }
    #expect(text(sum).contains("a 2000 × 2 matrix hands out 4 elements"))
    // Asked for its shape once only, it is what it said then.
    #expect(Changing(2) * [1, 1] == [3, 7])
    #expect(Changing(1).columnSums() == [4, 6])
    let negative = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Negative() * Negative()
    }
    #expect(text(negative).contains("a matrix cannot have the shape -2 × -2"))
  }
}

/// A 2 × 2 matrix that says it is 2000 × 2 once it has been asked for its number of rows so many times.
private final class Changing: RowMajor, @unchecked Sendable {
  typealias Rows = RowBlock<Double>
  private let elements: Matrix<Double> = [[1, 2], [3, 4]]
  private var honest: Int

  init(_ honest: Int) { self.honest = honest }

  var rowCount: Int {
    honest -= 1
    return honest >= 0 ? 2 : 2000
  }
  let columnCount = 2

  func withUncheckedElements<Result, Failure>(
    _ body: (UnsafeBufferPointer<Double>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try elements.withUncheckedElements(body)
  }

  subscript(rows range: Range<Int>) -> RowBlock<Double> { elements[rows: range] }
}

/// Four elements in −2 rows of −2 columns.
private struct Negative: RowMajor {
  typealias Rows = RowBlock<Double>
  let rowCount = -2, columnCount = -2

  func withUncheckedElements<Result, Failure>(
    _ body: (UnsafeBufferPointer<Double>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try Matrix<Double>(row: [1, 2, 3, 4]).withUncheckedElements(body)
  }

  subscript(rows range: Range<Int>) -> RowBlock<Double> { Matrix<Double>.zeros(2, 2)[rows: range] }
}
