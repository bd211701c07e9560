import LinearAlgebra
import TestSupport
import Testing

/// Matrices near the largest and the smallest numbers of their type, whose solutions are ordinary.
@Suite struct ExtremeScaleTests {
  private let large: Matrix<Float> = [[1e38, 0, 1e38], [-1e38, 1e38, 1e38], [-1e38, -1e38, 1e38]]

  /// The growth of LU would overflow, and x / ∞ is 0.
  @Test func growthDoesNotOverflow() throws {
    #expect(difference(try solve(large, [0, 0, 2e38]), [-0.5, -1, 0.5], factor: 8) == nil)
    let inverse = try inverse(large)
    #expect(difference(1e38 * inverse[row: 2], [0.5, 0.25, 0.25], factor: 8) == nil)
    let square: Matrix<Double> = [[1e308, 1e308], [-1e308, 1e308]]
    #expect(difference(try LU(factoring: square).solve([0, 1.5e308]), [-0.75, 0.75], factor: 8) == nil)
    #expect(try determinant(square) == .infinity)
    #expect(try determinant(large) == .infinity)
    let logarithm = try LU(factoring: square).logDeterminant
    #expect(logarithm.sign == 1 && abs(logarithm.logarithm - 1419.085566) < 1e-4)
    let symmetric: Matrix<Double> = [[1e308, 1e308], [1e308, -1e308]]
    let ldl = try LDL(factoring: symmetric)
    #expect(difference(try ldl.solve([1e308, 0]), [0.5, 0.5], factor: 8) == nil)
    #expect(ldl.determinant == -.infinity && ldl.inertia == (1, 1, 0))
    #expect(ldl.reconstructed().isApproximatelyEqual(to: symmetric))
  }

  @Test func leastSquaresOfLargeColumns() throws {
    #expect(
      try solve([[3e38], [3e38]] as Matrix<Float>, [3e38, 3e38]).map { ($0 * 1e4).rounded() } == [1e4])
    #expect(try QR(factoring: [[3e38], [3e38]] as Matrix<Float>).solve([3e38, 3e38])[0] > 0.999)
    #expect(try PivotedQR(factoring: 1e308 * Matrix<Double>.identity(3)).rank() == 3)
  }

  /// Factors of subnormal numbers would be infinite.
  @Test func subnormalMatrices() throws {
    let tiny = 0x1p-1040
    let small = tiny * ([[1, 2], [3, 4.5]] as Matrix<Double>)
    #expect(difference(try solve(small, tiny * [3, 7.5]), [1, 1], factor: 64) == nil)
    #expect(try solve(Matrix(row: [tiny]), [tiny]) == [1])
    #expect(try determinant(small) == 0)
    let positive = tiny * ([[2, 1], [1, 2]] as Matrix<Double>)
    #expect(try LDL(factoring: positive).inertia == (2, 0, 0))
    #expect(try Cholesky(factoring: positive).reconstructed() == positive)
  }

  /// Condition numbers do not depend on the scale.
  @Test func conditions() throws {
    for scale in [0x1p-1030, 1e-160, 1, 1e160, 1e308] {
      let matrix = scale * ([[1, 0.2], [0.2, 1]] as Matrix<Double>)
      for estimate in [
        try LU(factoring: matrix).conditionEstimate(), try LDL(factoring: matrix).conditionEstimate(),
        try Cholesky(factoring: matrix).conditionEstimate(),
        try Factorization(factoring: matrix).conditionEstimate(),
      ] {
        #expect(abs(estimate - 1.5) < 1e-6, "\(scale): \(estimate)")
      }
    }
    #expect(
      try solve([[3e38, 1e38], [1e38, 3e38]] as Matrix<Float>, [4e37, 4e37]).allSatisfy {
        abs($0 - 0.1) < 1e-6
      })
  }

  /// κ₁ of a triangle, and not κ∞, which is 10⁴ times as large here.
  @Test func conditionOfATriangle() throws {
    let n = 200
    let triangle = Matrix<Double>(rows: n, columns: n) { i, j in i == j ? 1 : i == 0 ? 1e3 : 0 }
    let estimate = try Factorization(factoring: triangle).conditionEstimate()
    #expect(abs(estimate / 1.002001e6 - 1) < 1e-3, "\(estimate)")
    #expect(try inverse(triangle)[0, 1] == -1000)
  }

  /// Singular values and eigenvalues beyond the type are told of, and not taken as infinite.
  @Test func valuesBeyondTheType() throws {
    let matrix: Matrix<Double> = [[1.5e308, 1.5e308], [1.5e308, -1.5e308]]
    #expect(throws: LAPACKError.overflow(result: "a singular value")) { try rank(matrix) }
    #expect(throws: LAPACKError.overflow(result: "a singular value")) { try pseudoinverse(matrix) }
    #expect(throws: LAPACKError.overflow(result: "an eigenvalue")) { try SymmetricEigen(factoring: matrix) }
    #expect(throws: LAPACKError.overflow(result: "an eigenvalue")) { try Eigen(factoring: matrix) }
    let block = 1e308 * Matrix<Double>(rows: 300, columns: 300) { $0 == $1 ? 1 : $0 / 2 == $1 / 2 ? 1 : 0 }
    #expect(throws: LAPACKError.overflow(result: "a singular value")) { try SVD.values(of: block) }
    #expect(throws: LAPACKError.overflow(result: "an eigenvalue")) { try SymmetricEigen.values(of: block) }
  }

  /// A pivot whose reciprocal overflows, beside ordinary elements.
  @Test func pivotsWithoutReciprocal() throws {
    let matrix: Matrix<Double> = [[1, 0, 0], [0, 0x1p-1040, 1], [0, 0x1.8p-1039, 1]]
    let solution = Result { () throws(LAPACKError) in try LU(factoring: matrix).solve([1, 1, 1]) }
    switch solution {
    case .success(let x): #expect(x[0] == 1 && abs(x[2] - 1) < 1e-12)
    case .failure(let error): #expect(error == .overflow(result: "the factorization"))
    }
  }

  @Test func tolerancesAreChecked() async {
    await #expect(processExitsWith: .failure) {
      _ = try PivotedQR(factoring: Matrix<Double>.identity(2)).rank(relativeTolerance: .nan)
    }
    await #expect(processExitsWith: .failure) {
      _ = try SVD(factoring: Matrix<Double>.identity(2)).pseudoinverse(relativeTolerance: -1)
    }
  }
}
