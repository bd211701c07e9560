import LinearAlgebra
import TestSupport
import Testing

@Suite struct LUTests {
  private func checkFactors<Scalar: BLASScalar>(_ a: Matrix<Scalar>) throws {
    let n = a.rowCount, lu = try LU(factoring: a)
    let lower = lu.lower, upper = lu.upper
    // P A = L U, with |l| ≤ 1: partial pivoting.
    let rows = lu.permutation, permuted = Matrix(rows: n, columns: n) { a[rows[$0], $1] }
    #expect(ratio(gemm(lower, upper), permuted) < 30)
    #expect(ratio(lu.reconstructed(), a) < 30)
    #expect(lower.elements.allSatisfy { abs($0) <= 1 })
    for i in 0..<n {
      #expect(lower[i, i] == 1)
      #expect(!(0..<i).contains { upper[i, $0] != 0 || lower[$0, i] != 0 })
    }
    #expect(lu.permutation.sorted() == Array(0..<n))
  }

  private func checkSolutions<Scalar: BLASScalar>(
    _ a: Matrix<Scalar>, _ generator: inout SeededGenerator
  ) throws {
    let n = a.rowCount, lu = try LU(factoring: a)
    for count in [0, 1, 3] {
      let b: Matrix<Scalar> = generator.normalMatrix(n, count)
      #expect(residualRatio(a, try lu.solve(b), b) < 30)
      #expect(residualRatio(a.transposed(), try lu.solve(b, transpose: .transpose), b) < 30)
    }
    let b = (0..<n).map { _ in Scalar(generator.nextNormal()) }
    #expect(residualRatio(a, Matrix(column: try lu.solve(b)), Matrix(column: b)) < 30)
    let transposed = Matrix(column: try lu.solve(b, transpose: .transpose))
    #expect(residualRatio(a.transposed(), transposed, Matrix(column: b)) < 30)
  }

  @Test(arguments: orders) func everyOrder(n: Int) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      var generator = SeededGenerator(seed: 31)
      let a: Matrix<Scalar> = generator.normalMatrix(n, n)
      try checkFactors(a)
      try checkSolutions(a, &generator)
      let lu = try LU(factoring: a)
      let inverse = try lu.inverse()
      // ‖A X − I‖ is bounded by ‖A‖ ‖X‖ n ε, whatever the condition of A.
      #expect(residualRatio(a, inverse, .identity(n)) < 30)
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test func difficultMatrices() throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      var generator = SeededGenerator(seed: 32)
      for a: Matrix<Scalar> in [hilbert(5), vandermonde(6), graded(9, &generator)] {
        try checkFactors(a)
        try checkSolutions(a, &generator)
      }
    }
    try check(Float.self)
    try check(Double.self)
  }

  /// In blocks, and with the same bits for any number of threads.
  @Test func largeMatrices() throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      var generator = SeededGenerator(seed: 33)
      let n = largeOrder
      let a: Matrix<Scalar> = generator.normalMatrix(n, n), b: Matrix<Scalar> = generator.normalMatrix(n, 150)
      let (x, lower, inverse) = try Parallelism.$threads.withValue(3) {
        let lu = try LU(factoring: a)
        return (try lu.solve(b), lu.lower, try lu.inverse())
      }
      try Parallelism.$threads.withValue(1) {
        let lu = try LU(factoring: a)
        #expect(ratio(lu.reconstructed(), a) < 30)
        #expect(lower.elements.allSatisfy { abs($0) <= 1 })
        #expect(residualRatio(a, x, b) < 30)
        #expect(residualRatio(a, inverse, .identity(n)) < 30)
        #expect(try lu.solve(b) == x)
        #expect(lu.lower == lower)
        #expect(try lu.inverse() == inverse)
      }
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test func determinants() throws {
    let a: Matrix<Double> = [[0, 2, 1], [1, 0, 0], [3, 0, 4]]
    #expect(try LU(factoring: a).determinant == -8)
    #expect(try LU(factoring: a.transposed()).determinant == -8)
    #expect(try LU(factoring: a).logDeterminant.sign == -1)
    #expect(
      difference([try LU(factoring: a).logDeterminant.logarithm], [2.0794415416798357], factor: 4) == nil)
    // The determinants of these are beyond the type, or become so on the way.
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      for exponent in [-40, 40] {
        let scale = Scalar(sign: .plus, exponent: Scalar.Exponent(exponent), significand: 1)
        let large = try LU(factoring: scale * Matrix.identity(60))
        #expect(large.determinant == (exponent > 0 ? .infinity : 0))
        let expected = Scalar(Double(60 * exponent) * 0.6931471805599453)
        #expect(difference([large.logDeterminant.logarithm], [expected], factor: 4) == nil)
      }
      let mixed = Matrix<Scalar>(rows: 60, columns: 60) { i, j in
        i != j ? 0 : Scalar(sign: .plus, exponent: i < 30 ? 40 : -40, significand: i == 7 ? 1.5 : 1)
      }
      #expect(try LU(factoring: mixed).determinant == 1.5)
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test func singularMatrices() throws {
    let a: Matrix<Double> = [[1, 2, 3], [2, 4, 6], [1, 0, 1]]
    let lu = try LU(factoring: a)
    #expect(lu.isSingular)
    #expect(lu.firstZeroPivot == 2)
    #expect(lu.determinant == 0)
    #expect(lu.logDeterminant.sign == 0)
    #expect(lu.logDeterminant.logarithm == -.infinity)
    #expect(lu.conditionEstimate() == .infinity)
    #expect(throws: LAPACKError.singular(index: 2)) { try lu.solve([1, 2, 3]) }
    #expect(throws: LAPACKError.singular(index: 2)) { try lu.solve(Matrix.identity(3)) }
    #expect(throws: LAPACKError.singular(index: 2)) { try lu.inverse() }
    #expect(try !LU(factoring: [[0, 1], [1, 0]] as Matrix<Float>).isSingular)
    // In a later panel of a large one.
    var large = Matrix<Double>.identity(largeOrder)
    large[200, 200] = 0
    #expect(try LU(factoring: large).firstZeroPivot == 200)
    large[40, 40] = 0
    #expect(try LU(factoring: large).firstZeroPivot == 40)
  }

  @Test(arguments: [1e-300, 1e300]) func scaledMatrices(scale: Double) throws {
    var generator = SeededGenerator(seed: 34)
    let a = scale * (generator.normalMatrix(8, 8) as Matrix<Double>)
    let x: Matrix<Double> = generator.normalMatrix(8, 2)
    let lu = try LU(factoring: a), b = gemm(a, x)
    #expect(difference(try lu.solve(b), x, factor: 8 * Double(lu.conditionEstimate())) == nil)
    #expect(lu.conditionEstimate() < 1e4)
  }

  @Test func conditionEstimates() throws {
    // ‖A‖₁ = 7, ‖A⁻¹‖₁ = 7 for L Lᵀ with L = [[1, 0], [2, 1]]
    #expect(
      difference(
        [try LU(factoring: [[1, 2], [2, 5]] as Matrix<Double>).conditionEstimate()], [49], factor: 4) == nil)
    #expect(try LU(factoring: Matrix<Double>.zeros(0, 0)).conditionEstimate() == 1)
    // 943656 = κ₁ of the Hilbert matrix of order 5
    #expect(
      difference([try LU(factoring: hilbert(5) as Matrix<Double>).conditionEstimate()], [943656], factor: 1e6)
        == nil)
  }

  @Test func whatIsRefused() throws {
    #expect(throws: LAPACKError.nonFinite(argument: "A", row: 1, column: 0)) {
      try LU(factoring: [[1, 0], [.nan, 1]] as Matrix<Double>)
    }
    let lu = try LU(factoring: [[1, 0], [0, 1e-300]] as Matrix<Double>)
    #expect(throws: LAPACKError.nonFinite(argument: "b", row: 1, column: 0)) { try lu.solve([1, .infinity]) }
    #expect(throws: LAPACKError.nonFinite(argument: "B", row: 0, column: 1)) {
      try lu.solve([[1, .nan], [1, 1]])
    }
    #expect(throws: LAPACKError.overflow(result: "the solution")) { try lu.solve([1, 1e300]) }
    #expect(throws: LAPACKError.overflow(result: "the inverse")) {
      try LU(factoring: [[0x1p-1060]] as Matrix<Double>).inverse()
    }
  }

  @Test func shapesThatDoNotFitStop() async {
    let notSquare = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try LU(factoring: Matrix<Double>.zeros(2, 3))
    }
    #expect(text(notSquare).contains("LU: A is 2 × 3, not square"))
    let rows = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try LU(factoring: Matrix<Double>.identity(2)).solve(Matrix<Double>.zeros(3, 1))
    }
    #expect(text(rows).contains("solve: A is 2 × 2 but B is 3 × 1"))
    let count = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try LU(factoring: Matrix<Double>.identity(2)).solve([1])
    }
    #expect(text(count).contains("solve: A is 2 × 2 but b has 1 elements"))
  }
}
