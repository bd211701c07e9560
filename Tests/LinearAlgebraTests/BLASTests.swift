import LinearAlgebra
import TestSupport
import Testing

/// BLAS against plain loops. The data are multiples of 1/16, for which both are exact up to the rounding of long sums.
@Suite struct BLASTests {
  static let sizes = 0...33

  @Test func gemvForEveryShape() {
    var generator = SeededGenerator(seed: 1)
    for m in Self.sizes {
      for n in Self.sizes {
        let a = generator.dyadicMatrix(m, n)
        for transpose in [Transpose.none, .transpose] {
          let (rows, columns) = transpose == .none ? (m, n) : (n, m)
          let x = generator.dyadicMatrix(columns, 1), y = generator.dyadicMatrix(rows, 1)
          let expected = oracleProduct(a, x, transposeA: transpose, alpha: 2, beta: -0.5, y)
          func check<Scalar: BLASScalar>(_: Scalar.Type) {
            var result = Matrix<Scalar>(y).elements
            gemv(
              Matrix<Scalar>(a), Matrix<Scalar>(x).elements, transpose: transpose, alpha: 2, beta: -0.5,
              into: &result)
            #expect(
              difference(result, Matrix<Scalar>(expected).elements, factor: 4) == nil,
              "\(m) × \(n), \(transpose)")
          }
          check(Float.self)
          check(Double.self)
        }
      }
    }
  }

  @Test func gemmForEveryShape() {
    checkGemm(of: Float.self)
    checkGemm(of: Double.self)
  }

  /// −A B + 2 C for the leading blocks of three matrices; all four pairs of transpositions occur as the sizes change.
  /// Every sum of 33 products of multiples of 1/16 is exact in Float, so that the results are equal and not only close.
  private func checkGemm<Scalar: BLASScalar>(of: Scalar.Type) {
    var generator = SeededGenerator(seed: 2)
    let a = Matrix<Scalar>(generator.dyadicMatrix(33, 33)), b = Matrix<Scalar>(generator.dyadicMatrix(33, 33))
    let c = Matrix<Scalar>(generator.dyadicMatrix(33, 33))
    let aTransposed = a.transposed(), bTransposed = b.transposed()
    for m in Self.sizes {
      for n in Self.sizes {
        var expected = leading(m, n, of: c).elements.map { 2 * $0 }
        for k in Self.sizes {
          if k > 0 {  // what is expected for k follows from k − 1
            for i in 0..<m {
              let factor = a.elements[i * 33 + k - 1]
              for j in 0..<n { expected[i * n + j] -= factor * b.elements[(k - 1) * 33 + j] }
            }
          }
          let transposeA = (m + n + k) % 2 == 0 ? Transpose.none : .transpose
          let transposeB = (m + n + k) % 4 < 2 ? Transpose.none : .transpose
          var result = leading(m, n, of: c)
          gemm(
            transposeA == .none ? leading(m, k, of: a) : leading(k, m, of: aTransposed),
            transposeB == .none ? leading(k, n, of: b) : leading(n, k, of: bTransposed),
            transposeA: transposeA, transposeB: transposeB, alpha: -1, beta: 2, into: &result)
          if result.elements != expected { Issue.record("\(m) × \(n), k = \(k), \(Scalar.self)") }
        }
      }
    }
  }

  private func leading<Scalar: BLASScalar>(_ rows: Int, _ columns: Int, of matrix: Matrix<Scalar>) -> Matrix<
    Scalar
  > {
    let elements = (0..<rows).flatMap {
      matrix.elements[$0 * matrix.columnCount..<$0 * matrix.columnCount + columns]
    }
    return Matrix(rows: rows, columns: columns, elements: elements)
  }

  @Test func syrkForEveryShape() {
    var generator = SeededGenerator(seed: 3)
    for n in Self.sizes {
      for k in Self.sizes {
        for transpose in [Transpose.none, .transpose] {
          let a = transpose == .none ? generator.dyadicMatrix(n, k) : generator.dyadicMatrix(k, n)
          let other: Transpose = transpose == .none ? .transpose : .none
          let any = generator.dyadicMatrix(n, n)
          let c = any + any.transposed()
          let expected = oracleProduct(a, a, transposeA: transpose, transposeB: other, alpha: 3, beta: 0.5, c)
          func check<Scalar: BLASScalar>(_: Scalar.Type) {
            // The lower triangle is written only.
            var result = Matrix<Scalar>(rows: n, columns: n) { $0 <= $1 ? Scalar(c[$0, $1]) : .nan }
            syrk(Matrix<Scalar>(a), transpose: transpose, alpha: 3, beta: 0.5, into: &result)
            #expect(difference(result, Matrix<Scalar>(expected), factor: 4) == nil, "n = \(n), k = \(k)")
          }
          check(Float.self)
          check(Double.self)
        }
      }
    }
    let a: Matrix<Double> = [[1, 2], [3, 4], [5, 6]]
    #expect(syrk(a, transpose: .transpose) == [[35, 44], [44, 56]])
  }

  @Test func vectors() {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      for n in Self.sizes {
        let x = (0..<n).map { Scalar($0) - 3 }, ones = [Scalar](repeating: 1, count: n)
        #expect(dot(x, ones) == x.reduce(0, +))
        var y = ones
        axpy(2, x, into: &y)
        #expect(y == x.map { 2 * $0 + 1 })
        #expect(difference([norm(x)], [dot(x, x).squareRoot()], factor: 4) == nil)
      }
      // The squares overflow, the norm does not.
      let huge = Scalar.greatestFiniteMagnitude / 4
      #expect(difference([norm([huge, huge]) / huge], [Scalar(2).squareRoot()], factor: 4) == nil)
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func zeroBetaOverwritesNaN() {
    var y = [Double.nan, .nan]
    gemv(Matrix<Double>.identity(2), [1, 2], into: &y)
    #expect(y == [1, 2])
    gemv(Matrix<Double>.zeros(2, 0), [], into: &y)
    #expect(y == [0, 0])
    var c = Matrix<Double>(rows: 2, columns: 2, repeating: .nan)
    gemm(Matrix<Double>.zeros(2, 0), Matrix<Double>.zeros(0, 2), into: &c)
    #expect(c == .zeros(2, 2))
  }

  @Test func rowBlocksNeedNoCopy() {
    let X: Matrix<Double> = [[1, 2], [3, 4], [5, 6]]
    #expect(gemv(X[rows: 1..<3], [1, 1]) == [7, 11])
    #expect(gemm(X[rows: 1..<3], X[rows: 0..<2], transposeB: .transpose) == [[11, 25], [17, 39]])
  }

  @Test func blasRunsOnOneThread() {
    #expect(OpenBLAS.threads == 1)
    #expect(OpenBLAS.configuration.contains("OpenBLAS"))
    #expect(OpenBLAS.version.contains("."))
    #expect(!OpenBLAS.kernel.isEmpty)
  }

  @Test func shapesThatDoNotFitAreNamed() async {
    let vector = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = gemv(Matrix<Double>.zeros(3, 2), [1, 2, 3])
    }
    #expect(text(vector).contains("gemv: op(A) is 3 × 2 but x has 3 elements"))
    let matrix = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = gemm(Matrix<Double>.zeros(3, 2), Matrix<Double>.zeros(3, 2))
    }
    #expect(text(matrix).contains("gemm: op(A) is 3 × 2 but op(B) is 3 × 2"))
  }
}
