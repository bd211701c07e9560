import LinearAlgebra
import TestSupport
import Testing

@Suite struct CholeskyTests {
  private func positive<Scalar: BLASScalar>(
    _ n: Int, _ generator: inout SeededGenerator, of: Scalar.Type = Scalar.self
  ) -> Matrix<Scalar> {
    let b: Matrix<Scalar> = generator.normalMatrix(n + 3, n)
    return syrk(b, transpose: .transpose) + Matrix.identity(n)
  }

  @Test(arguments: orders) func everyOrder(n: Int) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      var generator = SeededGenerator(seed: 4)
      let a: Matrix<Scalar> = positive(n, &generator), b: Matrix<Scalar> = generator.normalMatrix(n, 3)
      for triangle in [nil, Triangle.upper, .lower] {
        let cholesky = try Cholesky(factoring: a, triangle: triangle)
        #expect(ratio(gemm(cholesky.lower, cholesky.lower, transposeB: .transpose), a) < 30)
        #expect(ratio(cholesky.reconstructed(), a) < 30)
        #expect(cholesky.upper == cholesky.lower.transposed())
        for i in 0..<n {
          #expect(cholesky.lower[i, i] > 0)
          #expect(!(0..<i).contains { cholesky.upper[i, $0] != 0 })
        }
        #expect(residualRatio(a, try cholesky.solve(b), b) < 30)
        let column = Matrix(column: try cholesky.solve((0..<n).map { b[$0, 0] }))
        #expect(residualRatio(a, column, Matrix(rows: n, columns: 1) { i, _ in b[i, 0] }) < 30)
        let inverse = try cholesky.inverse()
        #expect(residualRatio(a, inverse, .identity(n)) < 30)
        #expect(inverse == inverse.transposed())
      }
    }
    try check(Float.self)
    try check(Double.self)
  }

  /// In blocks, and with the same bits for any number of threads.
  @Test func largeMatrices() throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      var generator = SeededGenerator(seed: 41)
      var a: Matrix<Scalar> = positive(largeOrder, &generator)
      let factors = try [1, 2, 5].map { threads in
        try Parallelism.$threads.withValue(threads) { try Cholesky(factoring: a).lower }
      }
      #expect(ratio(gemm(factors[0], factors[0], transposeB: .transpose), a) < 30)
      #expect(factors[1] == factors[0])
      #expect(factors[2] == factors[0])
      a[280, 280] = 0
      #expect(throws: LAPACKError.notPositiveDefinite(order: 281)) { try Cholesky(factoring: a) }
      a[140, 140] = 0
      #expect(throws: LAPACKError.notPositiveDefinite(order: 141)) { try Cholesky(factoring: a) }
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test func oneTriangleIsRead() throws {
    let upper: Matrix<Double> = [[4, 2], [.nan, 5]]
    #expect(try Cholesky(factoring: upper, triangle: .upper).upper == [[2, 1], [0, 2]])
    #expect(try Cholesky(factoring: upper.transposed(), triangle: .lower).lower == [[2, 0], [1, 2]])
  }

  /// The triangles of A Aᵀ may differ by rounding; those of a matrix that differ by more are told of.
  @Test func productsAreSymmetricButForRounding() throws {
    var generator = SeededGenerator(seed: 8)
    let a: Matrix<Double> = generator.normalMatrix(40, 60)
    var product = a * a.transposed()
    product[3, 17] = product[17, 3] * (1 + 4 * .ulpOfOne)
    #expect(product[3, 17] != product[17, 3])
    #expect(ratio(try Cholesky(factoring: product).reconstructed(), product) < 30)
    #expect(try SymmetricEigen(factoring: product).values[0] > 0)
    product[3, 17] += 41 * .ulpOfOne * product.norm(.max)
    #expect(throws: LAPACKError.notSymmetric(row: 3, column: 17)) { try Cholesky(factoring: product) }
  }

  @Test func whatIsRefused() {
    #expect(throws: LAPACKError.notPositiveDefinite(order: 2)) {
      try Cholesky(factoring: [[1, 2], [2, 1]] as Matrix<Double>)
    }
    #expect(throws: LAPACKError.notSymmetric(row: 0, column: 2)) {
      try Cholesky(factoring: [[1, 0, 0.5], [0, 1, 0], [0.25, 0, 1]] as Matrix<Double>)
    }
    for triangle in [nil, Triangle.upper, .lower] {
      #expect(throws: LAPACKError.nonFinite(argument: "A", row: 1, column: 1)) {
        try Cholesky(factoring: [[1, 0], [0, .nan]] as Matrix<Double>, triangle: triangle)
      }
    }
    #expect(throws: LAPACKError.nonFinite(argument: "A", row: 0, column: 1)) {
      try Cholesky(factoring: [[1, .nan], [0, 1]] as Matrix<Double>, triangle: .upper)
    }
    #expect(throws: LAPACKError.nonFinite(argument: "A", row: 1, column: 0)) {
      try Cholesky(factoring: [[1, 0], [.nan, 1]] as Matrix<Double>, triangle: .lower)
    }
    #expect(throws: LAPACKError.nonFinite(argument: "b", row: 0, column: 0)) {
      try Cholesky(factoring: [[1]] as Matrix<Double>).solve([.nan])
    }
  }

  @Test func conditionAndDeterminant() throws {
    // A = LLᵀ for L = [[1, 0], [3, 1]]: A⁻¹ = [[10, −3], [−3, 1]], ‖A‖₁ ‖A⁻¹‖₁ = 13 · 13.
    let a: Matrix<Double> = [[1, 3], [3, 10]]
    let cholesky = try Cholesky(factoring: a)
    #expect(difference([cholesky.conditionEstimate()], [169], factor: 8) == nil)
    #expect(cholesky.determinant == 1)
    #expect(cholesky.logDeterminant == 0)
    let small = try Cholesky(factoring: 1e-300 * Matrix<Double>.identity(4))
    #expect(small.determinant == 0)
    #expect(difference([small.logDeterminant], [-2763.102111592855], factor: 4) == nil)
    #expect(small.conditionEstimate() == 1)
    let empty = try Cholesky(factoring: Matrix<Float>.zeros(0, 0))
    #expect(empty.conditionEstimate() == 1)
    #expect(empty.determinant == 1)
  }
}
