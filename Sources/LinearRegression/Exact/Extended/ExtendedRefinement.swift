internal import LinearAlgebra

/// A least-squares solution that is right to nearly the last digit, whatever the condition number up to about 10¹⁵.
///
/// Given R of [1 X] from a factorisation in Double and T = R⁻¹, the columns of B = [1 X] T are nearly orthonormal. Each
/// step forms the residuals f = y − [1 X] x and g = [1 X]ᵀ f in double-double and corrects x by T (BᵀB)⁻¹ Tᵀ g. The
/// inverse of the cross-products, T (BᵀB)⁻¹ Tᵀ, is accurate too, because B is formed in double-double before it is
/// rounded. (Björck 1967, doi:10.1007/BF01934122, refines by means of Q instead, which would have to be kept.)
struct ExtendedRefinement {
  /// The solution: an intercept (if there is one) and a weight for each kept feature, in the units of the pass; k
  /// columns.
  private(set) var solution: [[DoubleDouble]]

  /// (BᵀB)⁻¹ = U⁻¹ U⁻ᵀ: T U⁻¹ is an accurate R⁻¹.
  private(set) var correction = UpperTriangularMatrix<Double>(order: 0)

  /// Σ w f² of each target, in the units of the pass.
  private(set) var squares: [Double] = []

  /// [1 X]ᵀ f at the solution, for each target.
  private(set) var products: [[Double]] = []

  /// How often the rows were read.
  private(set) var passes = 0

  /// What the last correction leaves to be corrected, for each target and coefficient.
  private(set) var errors: [[Double]] = []

  /// Refines a solution.
  ///
  /// - Parameters:
  ///   - layout: of [1 X y].
  ///   - units: of [X y]; scales are powers of two.
  ///   - kept: the features that take part.
  ///   - triangle: R of [1 X] with the kept features.
  ///   - start: x in Double, one row per column of R.
  ///   - targetSquares: Σ w y² of each target, to tell when nothing is left of it.
  ///   - pass: goes through all rows, wherever they are.
  /// - Returns: nil where corrections do not shrink: R is singular to rounding.
  /// - Throws: what the passes throw.
  /// - Complexity: n q² / 2 products and sums in double-double for q columns, and 2 n q for each of two to four steps.
  init?<Failure>(
    _ layout: DesignLayout, _ units: ColumnUnits, kept: [Int], triangle: UpperTriangularMatrix<Double>,
    start: Matrix<Double>, targetSquares: [Double],
    pass: (ExtendedPlan) throws(Failure) -> ExtendedSums
  ) throws(Failure) {
    let q = triangle.order
    guard let inverse = try? triangle.inverse() else { return nil }
    solution = (0..<layout.targets).map { t in (0..<q).map { DoubleDouble(start[$0, t]) } }
    var cross: UpperTriangularMatrix<Double>?
    var last = Double.infinity
    for _ in 1...8 {
      let plan = ExtendedPlan(
        layout: layout, units: units, kept: kept, inverse: cross == nil ? inverse : nil, solution: solution)
      let sums = try pass(plan)
      passes += 1
      if cross == nil {
        var triangle = sums.crossProducts
        guard (try? triangle.factorizeCholesky()) != nil, let inverse = try? triangle.inverse() else {
          return nil
        }
        cross = triangle
        correction = inverse
      }
      guard let cross else { return nil }
      squares = sums.squares.map(\.rounded)
      products = sums.products.map { $0.map(\.rounded) }
      var change = 0.0, settled = true
      errors = []
      for t in 0..<layout.targets {
        guard let (delta, decrease) = step(sums.products[t], inverse, cross) else { return nil }
        // The residuals are those before the step: good once the step no longer changes them.
        if decrease > 1e-15 * squares[t] && squares[t] > 1e-52 * targetSquares[t] { settled = false }
        for j in 0..<q { solution[t][j] = solution[t][j] + DoubleDouble(delta[j]) }
        // Columns are of one size, and so are coefficients; one that is nearly zero counts relative to the others.
        let largest = solution[t].reduce(0) { max($0, abs($1.high)) }
        for j in 0..<q where delta[j] != 0 {
          change = max(change, abs(delta[j]) / max(abs(solution[t][j].high), 1e-6 * largest))
        }
        errors.append(delta.map { abs($0) })
      }
      guard change.isFinite else { return nil }
      // Each step leaves about the same share of the error before it. The first one's is not known: it is small.
      let rate = last.isFinite ? change / last : 1e-3
      let stagnates = rate > 0.5
      if settled && change * rate <= 1e-18 || stagnates && change <= 1e-12 {
        errors = errors.map { $0.map { $0 * min(1, rate) } }
        return
      }
      if stagnates { return nil }
      last = change
    }
    return nil
  }

  /// T (BᵀB)⁻¹ Tᵀ g, and by how much it lowers the sum of squares.
  private func step(
    _ g: [DoubleDouble], _ inverse: UpperTriangularMatrix<Double>, _ cross: UpperTriangularMatrix<Double>
  ) -> (delta: [Double], decrease: Double)? {
    // Tᵀ g cancels: in double-double.
    let h = g.indices.map { j in
      (0...j).reduce(DoubleDouble.zero) { $0 + DoubleDouble(inverse[$1, j]) * g[$1] }.rounded
    }
    guard let half = try? cross.solve(Matrix(column: h), transpose: .transpose),
      let step = try? cross.solve(half)
    else { return nil }
    return (inverse.times(step.elements, transpose: .none), dot(half.elements, half.elements))
  }
}
