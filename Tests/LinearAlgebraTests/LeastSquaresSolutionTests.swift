import LinearAlgebra
import TestSupport
import Testing

/// Least squares of matrices whose singular values are known.
@Suite struct LeastSquaresSolutionTests {
  @Test(arguments: [1.0, 1e3, 1e6])
  func leastSquaresOfFullRank(condition: Double) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      if condition * Double(Scalar.ulpOfOne) > 0.01 { return }
      var generator = SeededGenerator(seed: 6)
      let spectrum = geometricSpectrum(9, condition: condition)
      let a: Matrix<Scalar> = generator.matrix(60, 9, spectrum: spectrum)
      let b: Matrix<Scalar> = generator.normalMatrix(60, 2)
      let solutions = [try gels(a, b), try gelsy(a, b), try gelsd(a, b)]
      // The problem is what it is meant to be.
      #expect(
        difference(try #require(solutions[2].singularValues), spectrum.map { Scalar($0) }, factor: 50) == nil)
      #expect(solutions.map(\.rank) == [nil, 9, 9])
      for solution in solutions {
        #expect(orthogonality(a, b, solution.solution) < 30)
        #expect(difference(solution.solution, solutions[0].solution, factor: 100 * condition) == nil)
        let residual = b - gemm(a, solution.solution)
        for target in 0..<2 {
          let r = residual[column: target], x = solution.solution[column: target]
          // r is computed from terms as large as ‖A‖‖x‖, and so are its rounding errors.
          let scale = Double(norm(r)) * Double(norm(a.elements)) * max(1, Double(norm(x)))
          let sum = try #require(solution.residualSumOfSquares)[target]
          #expect(difference([sum], [dot(r, r)], factor: 100, scale: scale) == nil)
        }
      }
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test func leastSquaresOfDeficientRank() throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      var generator = SeededGenerator(seed: 7)
      let spectrum = [2, 1, 0.5, 0.25, 0, 0]
      let a: Matrix<Scalar> = generator.matrix(40, 6, spectrum: spectrum)
      let b: Matrix<Scalar> = generator.normalMatrix(40, 1)
      let byQR = try gelsy(a, b), bySVD = try gelsd(a, b)
      #expect(byQR.rank == 4)
      #expect(bySVD.rank == 4)
      #expect(difference(try #require(bySVD.singularValues), spectrum.map { Scalar($0) }, factor: 100) == nil)
      // The solution of least norm is unique.
      #expect(difference(byQR.solution, bySVD.solution, factor: 1000) == nil)
      #expect(orthogonality(a, b, byQR.solution) < 30)
      #expect(orthogonality(a, b, bySVD.solution) < 30)
      #expect(byQR.residualSumOfSquares == nil)
      #expect(bySVD.residualSumOfSquares == nil)
    }
    try check(Float.self)
    try check(Double.self)
  }

  @Test func fewerRowsThanColumns() throws {
    var generator = SeededGenerator(seed: 8)
    let a: Matrix<Double> = generator.normalMatrix(4, 7), b: Matrix<Double> = generator.normalMatrix(4, 2)
    let solutions = [try gels(a, b), try gelsy(a, b), try gelsd(a, b)]
    for solution in solutions {
      #expect(solution.solution.shape == Shape(7, 2))
      #expect(difference(gemm(a, solution.solution), b, factor: 100) == nil)
      #expect(difference(solution.solution, solutions[0].solution, factor: 1000) == nil)
      #expect(solution.residualSumOfSquares == nil)
    }
  }

  @Test func emptyProblems() throws {
    for (m, n, k) in [(0, 0, 0), (0, 3, 2), (3, 0, 2), (3, 2, 0)] {
      let a = Matrix<Double>(rows: m, columns: n) { i, j in i == j ? 1 : 0 }
      let b = Matrix<Double>(rows: m, columns: k, repeating: 1)
      for solution in [try gels(a, b), try gelsy(a, b), try gelsd(a, b)] {
        #expect(solution.solution == .zeros(n, k))
        #expect(solution.rank ?? min(m, n) == min(m, n))
      }
    }
    #expect(
      try gelsd(Matrix<Double>.zeros(3, 0), [[1], [2], [2]]).residualSumOfSquares?.map { $0.rounded() } == [9]
    )
  }

  @Test func gelsNoticesExactSingularity() {
    let a: Matrix<Double> = [[1, 0], [1, 0], [1, 0]]
    #expect(throws: LAPACKError.singular(index: 1)) { try gels(a, [[1], [2], [3]]) }
    // LAPACK returns zeros and reports success.
    #expect(throws: LAPACKError.singular(index: 0)) { try gels(Matrix<Double>.zeros(3, 2), [[1], [2], [3]]) }
  }

  /// LAPACK multiplies very large and small arguments and leaves the residuals multiplied.
  @Test func residualsOfVeryLargeAndSmallNumbers() throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type, _ exponents: [Int]) throws {
      for exponent in exponents {
        func power(_ exponent: Int) -> Scalar {
          Scalar(sign: .plus, exponent: Scalar.Exponent(exponent), significand: 1)
        }
        // Three right-hand sides of very different sizes, with residuals of their own: 3, 1 and 0.
        let a: Matrix<Scalar> = [[4], [0]], unit = power(exponent)
        let b: Matrix<Scalar> = [[unit, 8, unit], [3, 1, 0]]
        for (size, a) in [(0, a), (exponent, a * unit)] {
          for solution in [try gels(a, b), try gelsy(a, b), try gelsd(a, b)] {
            for (target, exponent) in [exponent - 2 - size, 1 - size, exponent - 2 - size].enumerated() {
              let x = solution.solution[0, target], expected = power(exponent)
              #expect(difference([x], [expected], factor: 4, scale: Double(expected)) == nil)
            }
            let sums = try #require(solution.residualSumOfSquares)
            #expect(difference(sums, [9, 1, 0], factor: 8) == nil, "2^\(exponent), A of 2^\(size)")
            if let values = solution.singularValues {
              #expect(difference(values, [power(size + 2)], factor: 4, scale: Double(power(size + 2))) == nil)
            }
          }
        }
      }
      // A residual of which only the square is large.
      let huge = Scalar.greatestFiniteMagnitude / 4, large = huge.squareRoot() / 4
      let solution = try gels([[1], [0]] as Matrix<Scalar>, [[huge], [large]])
      #expect(
        difference(
          try #require(solution.residualSumOfSquares), [large * large], factor: 4,
          scale: Double(large * large)) == nil)
    }
    try check(Double.self, [1010, 990, 0, -990, -1010])
    try check(Float.self, [120, 106, 0, -106, -120])
  }

  @Test func overflowIsNoticed() throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      let huge = Scalar.greatestFiniteMagnitude / 2, small: Matrix<Scalar> = [[.leastNormalMagnitude]]
      let overflow = LAPACKError.overflow(result: "the solution")
      #expect(throws: overflow) { try gels(small, [[huge]]) }
      #expect(throws: overflow) { try gelsy(small, [[huge]]) }
      #expect(throws: overflow) { try gelsd(small, [[huge]]) }
      #expect(try gels(small, small).solution == [[1]])
      #expect(throws: LAPACKError.overflow(result: "the singular values")) {
        try gelsd(
          Matrix<Scalar>(rows: 9, columns: 9, repeating: huge), [[1], [1], [1], [1], [1], [1], [1], [1], [1]])
      }
      #expect(try gels([[1], [0]] as Matrix<Scalar>, [[0], [huge]]).residualSumOfSquares == [.infinity])
    }
    try check(Float.self)
    try check(Double.self)
  }

  /// With rcond = 0 only zeros count as zero: LAPACK's gelsd would take ε, and gelsy divide by zeros.
  @Test func ranksWithoutTolerance() throws {
    let a = Matrix<Double>(diagonal: [1, 1e-30, 0]), b: Matrix<Double> = [[1], [1e-30], [1]]
    for solution in [try gelsy(a, b, rcond: 0), try gelsd(a, b, rcond: 0)] {
      #expect(solution.rank == 2)
      #expect(difference(solution.solution, [[1], [1], [0]], factor: 10) == nil)
    }
    #expect(try gelsd(a, b).rank == 1)
  }

  @Test func tolerancesHaveARange() async {
    let one = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try gelsd([[1]] as Matrix<Double>, [[1]], rcond: 1)
    }
    #expect(text(one).contains("gelsd: rcond is 1.0, which is not within 0 ..< 1"))
    let negative = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try gelsy([[1]] as Matrix<Double>, [[1]], rcond: -0.5)
    }
    #expect(text(negative).contains("gelsy: rcond is -0.5, which is not within 0 ..< 1"))
    let nan = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try rank([[1]] as Matrix<Double>, relativeTolerance: .nan)
    }
    #expect(text(nan).contains("rank: relativeTolerance is nan, which is not within 0 ..< 1"))
    let two = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try pseudoinverse([[1]] as Matrix<Float>, relativeTolerance: 2)
    }
    #expect(text(two).contains("pseudoinverse: relativeTolerance is 2.0, which is not within 0 ..< 1"))
  }

  @Test func infinityIsRefused() {
    // LAPACK itself returns zeros and reports success.
    let a: Matrix<Double> = [[1, 2], [3, .infinity], [5, 6]], b: Matrix<Double> = [[1], [2], [3]]
    let error = LAPACKError.nonFinite(argument: "A", row: 1, column: 1)
    #expect(throws: error) { try gels(a, b) }
    #expect(throws: error) { try gelsy(a, b) }
    #expect(throws: error) { try gelsd(a, b) }
    #expect(throws: LAPACKError.nonFinite(argument: "B", row: 2, column: 0)) {
      try gelsy([[1], [2], [3]] as Matrix<Double>, [[1], [2], [.nan]])
    }
    #expect("\(error)" == "A is not finite in row 1, column 1 (from 0); remove or replace the value")
  }
}

/// ‖Aᵀr‖ / (‖A‖ (‖r‖ + ‖A‖‖x‖) max(m, n) ε), the largest over the right-hand sides: the residual r of a least-squares
/// solution is orthogonal to the columns. (A x = b itself need not hold.) LAPACK's own test ratio, with the rounding of
/// r itself in the denominator, which counts where x is large.
private func orthogonality<Scalar: BLASScalar>(_ a: Matrix<Scalar>, _ b: Matrix<Scalar>, _ x: Matrix<Scalar>)
  -> Double
{
  let residual = b - gemm(a, x)
  let normOfA = Double(a.norm(.frobenius)), size = Double(max(a.rowCount, a.columnCount))
  return (0..<b.columnCount).map { column in
    let r = residual[column: column]
    let scale = normOfA * (Double(norm(r)) + normOfA * Double(norm(x[column: column]))) * size
    return Double(norm(gemv(a, r, transpose: .transpose))) / (scale * Double(Scalar.ulpOfOne))
  }.max() ?? 0
}
