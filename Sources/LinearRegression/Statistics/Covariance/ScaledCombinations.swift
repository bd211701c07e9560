package import LinearAlgebra

/// Linear combinations L β of the coefficients of a fit: their standard errors, and Wald's test of all of them.
///
/// In coordinates L (XᵀWX)⁻¹ Lᵀ = D C Cᵀ D with rows of C of length 1 and a diagonal D. Products of C with itself are not
/// formed, which would square its condition number: with Cᵀ = Q R the combinations are D Rᵀ w of a w whose covariance is
/// s² QᵀΩQ, and s² I with independent errors (Golub and Van Loan 2013, Matrix Computations, section 5.3).
package struct ScaledCombinations {
  /// C, combinations × coordinates; where a category was taken out of the rows, with those of its levels behind.
  private let C: Matrix<Double>

  /// D
  private let lengths: [Double]

  /// Whether a combination has levels of a category that was taken out of the rows.
  package let haveLevels: Bool

  /// - Precondition: L has the coefficients of the features that were kept, the intercept's first (if there is one).
  package init(of L: Matrix<Double>, in covariance: UnscaledCovariance) {
    let (features, levels) = covariance.coordinates(ofCombinations: L)
    haveLevels = levels?.elements.contains { $0 != 0 } ?? false
    let width = features.columnCount + (haveLevels ? levels?.columnCount ?? 0 : 0)
    var C = Matrix<Double>(rows: L.rowCount, columns: width) { row, i in
      i < features.columnCount ? features[row, i] : levels![row, i - features.columnCount]
    }
    lengths = (0..<L.rowCount).map { norm(Array(C[row: $0])) }
    for row in lengths.indices where lengths[row] > 0 {
      for i in 0..<width { C[row, i] /= lengths[row] }
    }
    self.C = C
  }

  /// The standard errors in units of s; NaN where the variance is lost in rounding.
  ///
  /// - Parameter robust: nil for independent errors of equal variance.
  /// - Precondition: combinations with levels have independent errors.
  package func relativeErrors(_ robust: RobustCovariance?) -> [Double] {
    guard let robust else { return lengths }
    return zip(lengths, robust.variances(C)).map { $0 * $1.squareRoot() }
  }

  /// Wald's test.
  ///
  /// - Parameters:
  ///   - differences: how far each combination is from what the hypothesis says.
  ///   - s: the residual standard error.
  /// - Returns: nil where combinations depend on each other so nearly that F has fewer than four digits, and where their
  ///   covariance is singular.
  /// - Complexity: 2 r² m flops for r combinations of m coordinates. Uses `dgeqrt`, `dtrtrs` and `dsyevd`.
  package func test(
    _ differences: [Double], unit s: Double, _ robust: RobustCovariance?, degreesOfFreedom: Int
  ) -> WaldTest? {
    let r = lengths.count
    guard r <= C.columnCount, r <= robust?.mostRestrictions ?? .max, lengths.allSatisfy({ $0 > 0 }),
      let factored = try? QR(factoring: C.transposed())
    else { return nil }
    let v = differences.indices.map { differences[$0] / lengths[$0] / s }, triangle = factored.r
    var R = UpperTriangularMatrix<Double>(order: r)
    for j in 0..<r { for i in 0...j { R[i, j] = triangle[i, j] } }
    guard let w = try? R.solve(Matrix(column: v), transpose: .transpose).elements,
      let inverse = try? R.inverse(),
      Double(r) * .ulpOfOne * norm(inverse.columnMajorElements) * norm(v) <= 1e-4 * norm(w)
    else { return nil }
    guard let robust else { return WaldTest(w, degreesOfFreedom: degreesOfFreedom) }
    let Q = factored.q
    return WaldTest(
      w, covariance: gemm(gemm(Q, robust.inner, transposeA: .transpose), Q),
      leastVariance: robust.leastVariance, degreesOfFreedom: degreesOfFreedom)
  }
}
