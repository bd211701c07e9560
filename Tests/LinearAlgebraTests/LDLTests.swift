import LinearAlgebra
import TestSupport
import Testing

@Suite struct LDLTests {
  @Test(arguments: orders + [70]) func everyOrder(n: Int) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      var generator = SeededGenerator(seed: 51)
      let square: Matrix<Scalar> = generator.normalMatrix(n, n),
        b: Matrix<Scalar> = generator.normalMatrix(n, 3)
      var a = square + square.transposed()
      // Zeros on the diagonal have blocks of order 2.
      for i in stride(from: 0, to: n, by: 2) { a[i, i] = 0 }
      for triangle in [nil, Triangle.upper, .lower] {
        let ldl = try LDL(factoring: a, triangle: triangle)
        #expect(ratio(ldl.reconstructed(), a) < 30)
        let lower = ldl.lower, diagonal = ldl.blockDiagonal, rows = ldl.permutation
        let product = gemm(gemm(lower, diagonal), lower, transposeB: .transpose)
        let permuted = Matrix(rows: n, columns: n) { a[rows[$0], rows[$1]] }
        #expect(ratio(product, permuted) < 30)
        for i in 0..<n {
          #expect(lower[i, i] == 1)
          #expect(!(i + 1..<max(n, i + 1)).contains { lower[i, $0] != 0 })
          #expect(!(0..<n).contains { abs($0 - i) > 1 && diagonal[i, $0] != 0 })
        }
        if ldl.isSingular { continue }
        #expect(residualRatio(a, try ldl.solve(b), b) < 30)
        let column = Matrix(column: try ldl.solve((0..<n).map { b[$0, 0] }))
        #expect(residualRatio(a, column, Matrix(rows: n, columns: 1) { i, _ in b[i, 0] }) < 30)
        let inverse = try ldl.inverse()
        #expect(residualRatio(a, inverse, .identity(n)) < 30)
        #expect(inverse == inverse.transposed())
        let determinant = try LU(factoring: a).logDeterminant
        #expect(ldl.logDeterminant.sign == determinant.sign)
        let factor = 10 * Double(ldl.conditionEstimate())
        #expect(
          difference([ldl.logDeterminant.logarithm], [determinant.logarithm], factor: factor) == nil)
      }
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test func inertiaIsThatOfTheEigenvalues() throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      var generator = SeededGenerator(seed: 52)
      let a: Matrix<Scalar> = symmetric([-3, -2, -1, 1, 2, 3, 4, 5], &generator)
      #expect(try LDL(factoring: a).inertia == (5, 3, 0))
      #expect(try LDL(factoring: [[0, 1], [1, 0]] as Matrix<Scalar>).inertia == (1, 1, 0))
      #expect(try LDL(factoring: Matrix<Scalar>.zeros(2, 2)).inertia == (0, 0, 2))
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test func extremes() throws {
    let swap = try LDL(factoring: [[0, 1e200], [1e200, 0]] as Matrix<Double>)
    #expect(swap.determinant == -.infinity)
    #expect(swap.logDeterminant.sign == -1)
    #expect(difference([swap.logDeterminant.logarithm], [921.0340371976183], factor: 4) == nil)
    #expect(try swap.solve([1e200, 2e200]) == [2, 1])
    #expect(difference([swap.conditionEstimate()], [1], factor: 4) == nil)
    let empty = try LDL(factoring: Matrix<Double>.zeros(0, 0))
    #expect(empty.determinant == 1)
    #expect(empty.conditionEstimate() == 1)
    #expect(try empty.solve([]) == [])
  }

  @Test func whatIsRefused() throws {
    let singular = try LDL(factoring: [[1, 1], [1, 1]] as Matrix<Double>)
    #expect(singular.firstZeroPivot == 1)
    #expect(singular.determinant == 0)
    #expect(singular.conditionEstimate() == .infinity)
    #expect(throws: LAPACKError.singular(index: 1)) { try singular.solve([1, 2]) }
    #expect(throws: LAPACKError.singular(index: 1)) { try singular.solve(Matrix.identity(2)) }
    #expect(throws: LAPACKError.singular(index: 1)) { try singular.inverse() }
    #expect(throws: LAPACKError.notSymmetric(row: 0, column: 1)) {
      try LDL(factoring: [[1, 2], [3, 4]] as Matrix<Double>)
    }
    #expect(throws: LAPACKError.nonFinite(argument: "A", row: 0, column: 1)) {
      try LDL(factoring: [[1, .infinity], [3, 4]] as Matrix<Double>)
    }
  }
}
