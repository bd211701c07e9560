import LinearAlgebra
import TestSupport
import Testing

@Suite struct UpperTriangularMatrixTests {
  private func triangle<Scalar: BLASScalar>(_ order: Int, _: Scalar.Type) -> UpperTriangularMatrix<Scalar> {
    var generator = SeededGenerator(seed: 20)
    var r = UpperTriangularMatrix<Scalar>(order: order)
    for j in 0..<order { for i in 0...j { r[i, j] = i == j ? 3 : Scalar(generator.nextNormal() / 2) } }
    return r
  }

  private func dense<Scalar>(_ r: UpperTriangularMatrix<Scalar>) -> Matrix<Scalar> {
    Matrix(rows: r.order, columns: r.order) { r[$0, $1] }
  }

  @Test(arguments: [0, 1, 2, 9, 40])
  func inverseAndSolve(order: Int) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      let r = triangle(order, Scalar.self)
      let product = gemm(dense(r), dense(try r.inverse()))
      #expect(difference(product, .identity(order), factor: 50) == nil)
      var generator = SeededGenerator(seed: 21)
      let b: Matrix<Scalar> = generator.normalMatrix(order, 3)
      let x = try r.solve(b), z = try r.solve(b, transpose: .transpose)
      #expect(difference(gemm(dense(r), x), b, factor: 50) == nil)
      #expect(difference(gemm(dense(r), z, transposeA: .transpose), b, factor: 50) == nil)
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test func choleskyOfAProduct() throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      let r = triangle(12, Scalar.self)
      let product = gemm(dense(r), dense(r), transposeA: .transpose)
      var factor = UpperTriangularMatrix<Scalar>(order: 12)
      for j in 0..<12 { for i in 0...j { factor[i, j] = product[i, j] } }
      try factor.factorizeCholesky()
      #expect(difference(dense(factor), dense(r), factor: 50) == nil)
      factor[5, 5] = -1
      #expect(throws: LAPACKError.notPositiveDefinite(order: 6)) { try factor.factorizeCholesky() }
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test func singularTrianglesHaveNoInverse() {
    var r = triangle(4, Double.self)
    r[2, 2] = 0
    #expect(throws: LAPACKError.singular(index: 2)) { try r.inverse() }
    #expect(throws: LAPACKError.singular(index: 2)) { try r.solve(Matrix<Double>.zeros(4, 1)) }
  }

  @Test func overflowIsNoticed() throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      var r = triangle(3, Scalar.self)
      r[1, 1] = Scalar.leastNonzeroMagnitude
      let b = Matrix<Scalar>(rows: 3, columns: 2, repeating: 1)
      #expect(throws: LAPACKError.overflow(result: "the inverse")) { try r.inverse() }
      #expect(throws: LAPACKError.overflow(result: "the solution")) { try r.solve(b) }
      #expect(throws: LAPACKError.overflow(result: "the solution")) { try r.solve(b, transpose: .transpose) }
      r[1, 1] = 1
      #expect(throws: LAPACKError.nonFinite(argument: "B", row: 1, column: 0)) {
        try r.solve([[1], [.nan], [1]])
      }
    }
    try check(Float.self)
    try check(Double.self)
  }

  /// RᵀR is the sum of the cross-products of all rows.
  @Test(arguments: [1, 3, 20, 200])
  func stackedRows(rows: Int) {
    var generator = SeededGenerator(seed: 22)
    let before = triangle(7, Double.self)
    let b: Matrix<Double> = generator.normalMatrix(rows, 7)
    var after = before
    after.stack(rows: rows, columns: b.transposed().elements)
    let expected =
      gemm(dense(before), dense(before), transposeA: .transpose) + gemm(b, b, transposeA: .transpose)
    #expect(
      difference(gemm(dense(after), dense(after), transposeA: .transpose), expected, factor: 100) == nil)
  }

  @Test(arguments: [0, 1, 6, 7, 30]) func factorizedRows(rows: Int) {
    var generator = SeededGenerator(seed: 24)
    let b: Matrix<Double> = generator.normalMatrix(rows, 7)
    var factor = triangle(7, Double.self), columns = b.transposed().elements + [0]
    columns.withUnsafeMutableBufferPointer {
      factor.factorize(rows: rows, $0.baseAddress!, leadingDimension: max(1, rows))
    }
    let products = gemm(dense(factor), dense(factor), transposeA: .transpose)
    #expect(difference(products, gemm(b, b, transposeA: .transpose), factor: 100) == nil)
    for i in rows..<max(rows, 7) { #expect((i..<7).allSatisfy { factor[i, $0] == 0 }) }
  }

  @Test(arguments: [1, 7, 200]) func stackedTriangles(order: Int) {
    var generator = SeededGenerator(seed: 23)
    let before = triangle(order, Double.self)
    var other = UpperTriangularMatrix<Double>(order: order)
    for j in 0..<order { for i in 0...j { other[i, j] = generator.nextNormal() } }
    var after = before
    after.stack(other)
    let expected =
      gemm(dense(before), dense(before), transposeA: .transpose)
      + gemm(dense(other), dense(other), transposeA: .transpose)
    #expect(
      difference(gemm(dense(after), dense(after), transposeA: .transpose), expected, factor: 1000) == nil)
  }

  @Test func singularValues() throws {
    let r = triangle(9, Double.self)
    let parts = try r.singularValueDecomposition()
    let scaled = Matrix<Double>(rows: 9, columns: 9) { parts.u[$0, $1] * parts.values[$1] }
    #expect(difference(gemm(scaled, parts.v, transposeB: .transpose), dense(r), factor: 100) == nil)
    #expect(difference(gemm(parts.v, parts.v, transposeA: .transpose), .identity(9), factor: 100) == nil)
    #expect(parts.values == parts.values.sorted(by: >))
  }

  @Test func packedColumns() {
    let r = triangle(6, Float.self)
    #expect(r.packedColumns.count == 21)
    #expect(UpperTriangularMatrix(order: 6, packedColumns: r.packedColumns) == r)
  }
}
