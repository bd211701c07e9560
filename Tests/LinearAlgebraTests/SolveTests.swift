import LinearAlgebra
import TestSupport
import Testing

@Suite struct SolveTests {
  private func problems<Scalar: BLASScalar>(_: Scalar.Type) -> [(String, Matrix<Scalar>)] {
    var generator = SeededGenerator(seed: 101)
    let n = 9
    let square: Matrix<Scalar> = generator.normalMatrix(n, n),
      tall: Matrix<Scalar> = generator.normalMatrix(14, n)
    let dominant = square + Scalar(n) * Matrix.identity(n)
    let symmetric = square + square.transposed()
    return [
      ("upper triangular", Matrix(rows: n, columns: n) { $0 <= $1 ? dominant[$0, $1] : 0 }),
      ("lower triangular", Matrix(rows: n, columns: n) { $0 >= $1 ? dominant[$0, $1] : 0 }),
      ("upper triangular", Matrix.identity(n)),
      ("Cholesky", syrk(tall, transpose: .transpose)),
      ("LU", square),
      ("LU", symmetric),
      // A positive diagonal does not make it positive definite.
      ("LU", Matrix(rows: n, columns: n) { $0 == $1 ? 1 : symmetric[$0, $1] }),
      ("least squares by QR with column pivoting", tall),
      ("least squares by QR with column pivoting", tall.transposed()),
    ]
  }

  @Test func structureIsPicked() throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      var generator = SeededGenerator(seed: 102)
      for (name, a) in problems(Scalar.self) {
        let factorization = try Factorization(factoring: a)
        #expect("\(factorization)" == name)
        let b: Matrix<Scalar> = generator.normalMatrix(a.rowCount, 2)
        let x = try solve(a, b)
        #expect(x.shape == Shape(a.columnCount, 2))
        #expect(try solve(a, b[column: 1]).count == a.columnCount)
        #expect(
          difference(
            try solve(a, b[column: 1]), x[column: 1], factor: 10 * Double(factorization.conditionEstimate()))
            == nil)
        #expect(try factorization.solve(b) == x)
        if a.rowCount > a.columnCount {
          #expect(difference(x, try gels(a, b).solution, factor: 1000) == nil)
        } else {
          #expect(residualRatio(a, x, b) < 30)
        }
        if a.rowCount != a.columnCount { continue }
        #expect(residualRatio(a, try inverse(a), .identity(a.rowCount)) < 30)
        let condition = a.norm(.one) * (try inverse(a)).norm(.one)
        let estimate = factorization.conditionEstimate()
        // Of a triangle the estimate is that of the other norm.
        #expect(estimate <= 10 * condition && estimate >= condition / 10)
      }
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test(arguments: [0, 1, 2, 300]) func everyKindOfOrder(n: Int) throws {
    var generator = SeededGenerator(seed: 103)
    let a: Matrix<Double> = generator.normalMatrix(n, n), b: Matrix<Double> = generator.normalMatrix(n, 1)
    let positive = syrk(a) + Matrix.identity(n)
    for matrix in [a, positive] {
      #expect(residualRatio(matrix, try solve(matrix, b), b) < 30)
      #expect(residualRatio(matrix, try inverse(matrix), .identity(n)) < 30)
    }
  }

  @Test func singularMatrices() throws {
    let error = LAPACKError.singular(index: 1)
    for a: Matrix<Double> in [[[1, 2], [2, 4]], [[1, 2], [0, 0]], [[1, 0], [2, 0]]] {
      #expect(throws: error) { try solve(a, [1, 2]) }
      #expect(throws: error) { try solve(a, Matrix.identity(2)) }
      #expect(throws: error) { try inverse(a) }
      #expect(try determinant(a) == 0)
    }
    #expect(
      "\(error)"
        == "the matrix has not full rank (diagonal element 1 of its factor is zero); use gelsy or gelsd")
  }

  /// Singular to working precision, by each factorization.
  @Test func illConditionedMatrices() throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      let tiny = Scalar.ulpOfOne / 8
      let triangle: Matrix<Scalar> = [[1, 1], [0, tiny]],
        full: Matrix<Scalar> = [[1, 2], [3, 6 * (1 + 2 * Scalar.ulpOfOne)]]
      let hilbertMatrix: Matrix<Scalar> = Scalar.self == Float.self ? hilbert(7) : hilbert(13)
      for (name, a) in [("upper triangular", triangle), ("LU", full), ("Cholesky", hilbertMatrix)] {
        #expect("\(try Factorization(factoring: a))" == name)
        let b = [Scalar](repeating: 1, count: a.rowCount)
        #expect {
          try solve(a, b)
        } throws: {
          guard case .illConditioned(let reciprocal)? = $0 as? LAPACKError else { return false }
          return reciprocal > 0 && reciprocal < Double(Scalar.ulpOfOne)
        }
        #expect(throws: LAPACKError.self) { try inverse(a) }
        // Whoever wants it regardless has it.
        #expect(try Factorization(factoring: a).solve(b).count == a.rowCount)
      }
    }
    try check(Float.self)
    try check(Double.self)
    #expect(
      "\(LAPACKError.illConditioned(reciprocalCondition: 1.25e-17))"
        == "the matrix is singular to working precision (reciprocal condition number 1.2e-17); "
        + "use gelsd or the pseudoinverse, or LU to go on regardless"
    )
  }

  @Test(arguments: [1e-300, 1e300]) func scaledMatrices(scale: Double) throws {
    for (_, a) in problems(Double.self) {
      let b = [Double](repeating: 1, count: a.rowCount)
      let x = try solve(a, b), scaled = try solve(scale * a, b)
      let condition = try Factorization(factoring: a).conditionEstimate()
      #expect(difference(scaled.map { $0 * scale }, x, factor: 10 * condition) == nil)
    }
  }

  @Test func deficientLeastSquares() throws {
    var generator = SeededGenerator(seed: 104)
    let a: Matrix<Double> = generator.matrix(12, 5, spectrum: [3, 2, 1, 0, 0])
    let b: Matrix<Double> = generator.normalMatrix(12, 1)
    #expect(difference(try solve(a, b), try gelsd(a, b).solution, factor: 100) == nil)
  }

  @Test func determinants() throws {
    #expect(try determinant([[1, 2], [3, 4]] as Matrix<Double>).rounded() == -2)
    #expect(try determinant(Matrix<Float>.zeros(0, 0)) == 1)
  }

  @Test func whatIsRefused() throws {
    for a: Matrix<Double> in [
      [[1, .nan], [0, 1]], [[1, .nan], [2, 1]], [[1, .nan], [.nan, 1]], [[1, .nan]],
    ] {
      let b = [Double](repeating: 1, count: a.rowCount)
      let error = LAPACKError.nonFinite(argument: "A", row: 0, column: 1)
      #expect(throws: error) { try solve(a, b) }
      #expect(throws: error) { try solve(a, Matrix(column: b)) }
    }
    #expect(throws: LAPACKError.nonFinite(argument: "B", row: 1, column: 0)) {
      try solve([[1, 2], [0, 1]] as Matrix<Double>, [1, .nan])
    }
    #expect(
      "\(LAPACKError.notSymmetric(row: 0, column: 2))"
        == "the matrix is not symmetric: elements (0, 2) and (2, 0) differ; name the triangle to be read, or use LU"
    )
    #expect(
      "\(LAPACKError.overflow(result: "the inverse"))"
        == "the inverse overflows; scale the matrix or use Double")
    #expect(
      "\(LAPACKError.noConvergence(remaining: 2))"
        == "the iteration for singular values or eigenvalues did not converge (2 elements left); "
        + "scale the columns or use gelsy"
    )
  }

  @Test func shapesThatDoNotFitStop() async {
    let vector = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try solve(Matrix<Double>.identity(3), [1, 2])
    }
    #expect(text(vector).contains("solve: A is 3 × 3 but b has 2 elements"))
    let matrix = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try solve(Matrix<Double>.zeros(3, 2), .zeros(2, 1))
    }
    #expect(text(matrix).contains("solve: A is 3 × 2 but B is 2 × 1"))
    let notSquare = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try inverse(Matrix<Double>.zeros(3, 2))
    }
    #expect(text(notSquare).contains("inverse: A is 3 × 2, not square; use the pseudoinverse"))
  }
}
