import LinearAlgebra
import TestSupport
import Testing

/// Products that are large enough to be divided among threads.
@Suite struct ParallelTests {
  /// Multiples of 1/16 up to 4, whose sums of some hundred products are exact in Float: the oracle is a product that is
  /// too small to be divided, row by row.
  @Test func productsAreTheSameOnAnyNumberOfThreads() {
    func check<Scalar: BLASScalar>(_: Scalar.Type, _ m: Int, _ n: Int, _ k: Int) {
      var generator = SeededGenerator(seed: 31)
      let a = Matrix<Scalar>(generator.dyadicMatrix(m, k)), b = Matrix<Scalar>(generator.dyadicMatrix(k, n))
      let c = Matrix<Scalar>(generator.dyadicMatrix(m, n))
      let aTransposed = a.transposed(), bTransposed = b.transposed()
      var expected: [Scalar] = []
      for i in 0..<m {
        expected += zip(gemv(bTransposed, a[row: i]), c[row: i]).map { 2 * $0 - $1 }
      }
      for transposeA in [Transpose.none, .transpose] {
        for transposeB in [Transpose.none, .transpose] {
          for threads in [1, 2, 5] {
            var result = c
            Parallelism.$threads.withValue(threads) {
              gemm(
                transposeA == .none ? a : aTransposed, transposeB == .none ? b : bTransposed,
                transposeA: transposeA, transposeB: transposeB, alpha: 2, beta: -1, into: &result)
            }
            if result.elements != expected {  // no `#expect`, which would print every element
              Issue.record("\(m) × \(n) × \(k), \(transposeA), \(transposeB), \(threads) threads")
            }
          }
        }
      }
    }
    check(Float.self, 300, 280, 70)
    check(Double.self, 200, 600, 1120)  // 2 × 2 blocks
    check(Double.self, 1025, 130, 40)
    check(Double.self, 33, 1100, 130)
  }

  /// For numbers whose sums are rounded, the bits.
  @Test func bitsDoNotDependOnThreads() {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      var generator = SeededGenerator(seed: 32)
      let a = Matrix<Scalar>.uniform(300, 200, in: -1..<1, using: &generator)
      let x = Matrix<Scalar>.uniform(1, 1100, in: -1..<1, using: &generator).elements
      let part = Matrix<Scalar>.uniform(50, 1100, in: -1..<1, using: &generator)
      let wide = Matrix(rowsOf: Array(repeating: part, count: 22))
      func products() -> [[Scalar]] {
        [
          (a.transposed() * a).elements, syrk(a).elements, syrk(a, transpose: .transpose).elements, wide * x,
          gemv(wide, x, transpose: .transpose),
        ]
      }
      let one = Parallelism.$threads.withValue(1) { products() }
      for threads in [2, 3, 7] {
        let many = Parallelism.$threads.withValue(threads) { products() }
        for (index, (a, b)) in zip(many, one).enumerated() where a != b {
          Issue.record("product \(index) on \(threads) threads")
        }
      }
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func largeProductsWithVectors() {
    var generator = SeededGenerator(seed: 33)
    let elements = Matrix(rowsOf: Array(repeating: generator.dyadicMatrix(120, 1050), count: 10))
    func check<Scalar: BLASScalar>(_: Scalar.Type, _ m: Int, _ n: Int) {
      let a = Matrix<Scalar>(elements).reshaped(rows: m, columns: n)
      let x = a.elements[0..<n].map { $0 / 2 }, y = a.elements[n..<n + m].map { $0 / 2 }
      // The same products of blocks that are too small to be divided; exact, so that the order does not matter.
      var expected: [Scalar] = [], expectedOfTranspose = [Scalar](repeating: 0, count: n)
      for block in stride(from: 0, to: m, by: 100) {
        let rows = block..<min(m, block + 100)
        expected += gemv(a[rows: rows], x)
        axpy(1, gemv(a[rows: rows], Array(y[rows]), transpose: .transpose), into: &expectedOfTranspose)
      }
      let isRight = a * x == expected,
        isRightOfTranspose = gemv(a, y, transpose: .transpose) == expectedOfTranspose
      #expect(isRight && isRightOfTranspose, "\(m) × \(n)")
    }
    check(Double.self, 1200, 1050)
    check(Double.self, 9000, 140)
    check(Double.self, 140, 9000)
    check(Float.self, 1200, 1050)
  }

  @Test func largeCrossProducts() {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      var generator = SeededGenerator(seed: 34)
      let a = Matrix<Scalar>(generator.dyadicMatrix(300, 70)),
        any = Matrix<Scalar>(generator.dyadicMatrix(300, 300))
      let c = any + any.transposed()
      for (matrix, transpose) in [(a, Transpose.none), (a.transposed(), .transpose)] {
        var result = c
        syrk(matrix, transpose: transpose, alpha: 2, beta: -1, into: &result)
        let isRight = result == 2 * (a * a.transposed()) - c
        #expect(isRight, "\(transpose)")
      }
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func tasksAreDoneOnceEach() {
    for (count, threads) in [(0, 2), (1, 2), (100, 1), (100, 2), (100, 9)] {
      let counts = Counts(count)
      Parallelism.$threads.withValue(threads) {
        concurrently(count) { index in
          counts.add(index)
          if threads > 1 && count > 1 { #expect(Parallelism.threads == 1) }
        }
      }
      #expect(counts.all == Array(repeating: 1, count: count))
    }
  }
}

/// How often each task was done; each is counted by whoever does it.
private final class Counts: @unchecked Sendable {
  private let pointer: UnsafeMutableBufferPointer<Int>

  init(_ count: Int) {
    pointer = .allocate(capacity: count)
    pointer.initialize(repeating: 0)
  }

  deinit { pointer.deallocate() }

  func add(_ index: Int) { pointer[index] += 1 }

  var all: [Int] { Array(pointer) }
}
