internal import CRowKernels
internal import LinearAlgebra

/// A least-squares solution that is right to nearly the last digit, whatever the condition number up to about 10¹⁵.
///
/// Given R of [1 X] from a factorisation in Double and T = R⁻¹, the columns of B = [1 X] T are nearly orthonormal. Each
/// step forms the residuals f = y − [1 X] x and g = [1 X]ᵀ f in double-double and corrects x by T (BᵀB)⁻¹ Tᵀ g. The
/// inverse of the cross-products, T (BᵀB)⁻¹ Tᵀ, is accurate too, because B is formed in double-double before it is
/// rounded. (Björck 1967, doi:10.1007/BF01934122, refines by means of Q instead, which would have to be kept.)
struct ExtendedRefinement<Scalar: BLASScalar> {
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
  ///   - rows: the data.
  ///   - layout: of [1 X y].
  ///   - units: of [X y]; scales are powers of two.
  ///   - kept: the features that take part.
  ///   - triangle: R of [1 X] with the kept features.
  ///   - start: x in Double, one row per column of R.
  ///   - targetSquares: Σ w y² of each target, to tell when nothing is left of it.
  /// - Returns: nil where corrections do not shrink: R is singular to rounding.
  /// - Complexity: n q² / 2 products and sums in double-double for q columns, and 2 n q for each of two to four steps.
  init?(
    _ rows: Rows<Scalar>, _ layout: DesignLayout, _ units: ColumnUnits, kept: [Int],
    triangle: UpperTriangularMatrix<Double>, start: Matrix<Double>, targetSquares: [Double]
  ) {
    let q = triangle.order
    guard let inverse = try? triangle.inverse() else { return nil }
    solution = (0..<layout.targets).map { t in (0..<q).map { DoubleDouble(start[$0, t]) } }
    var cross: UpperTriangularMatrix<Double>?
    var last = Double.infinity
    for _ in 1...8 {
      let plan = ExtendedPlan(
        layout: layout, units: units, kept: kept, inverse: cross == nil ? inverse : nil, solution: solution)
      let sums = ExtendedSums<Scalar>.of(rows, plan)
      passes += 1
      if cross == nil {
        var triangle = sums.crossProducts(order: q)
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

/// What a pass in double-double needs to know.
private struct ExtendedPlan {
  let layout: DesignLayout
  let units: ColumnUnits
  let kept: [Int]
  /// T, where B is wanted.
  let inverse: UpperTriangularMatrix<Double>?
  let solution: [[DoubleDouble]]

  /// Number of columns that take part, the column of ones included.
  var order: Int { layout.firstFeature + kept.count }
}

/// Residuals in double-double and their products with the columns, and BᵀB where it is wanted.
private struct ExtendedSums<Scalar: BLASScalar>: Reduction {
  let plan: ExtendedPlan
  var products: [[DoubleDouble]]
  var squares: [DoubleDouble]
  var cross: [Double]

  init(_ plan: ExtendedPlan) {
    self.plan = plan
    let (q, k) = (plan.order, plan.layout.targets)
    products = Array(repeating: Array(repeating: .zero, count: q), count: k)
    squares = Array(repeating: .zero, count: k)
    cross = zeros(plan.inverse == nil ? 0 : q * q)
  }

  static func of(_ rows: Rows<Scalar>, _ plan: ExtendedPlan) -> ExtendedSums {
    let columns = plan.order + 2
    return RowPass(
      rows: rows.rowCount, blockRows: rowsPerCacheBlock(rowBytes: 3 * columns * MemoryLayout<Double>.stride)
    ).reduce(rows) { ExtendedSums(plan) }
  }

  func crossProducts(order: Int) -> UpperTriangularMatrix<Double> {
    var result = UpperTriangularMatrix<Double>(order: order)
    for j in 0..<order { for i in 0...j { result[i, j] = cross[i * order + j] } }
    return result
  }

  /// Columns of a block, one after the other: high parts, low parts, and B.
  struct Workspace {
    var high: [Double]
    var low: [Double]
    var basis: [Double]
    var weights: [Double]
    var residual: [Double]
  }

  func makeWorkspace(rows: Int) -> Workspace {
    let q = plan.order
    return Workspace(
      high: zeros(max(1, rows * q)), low: zeros(max(1, rows * q)),
      basis: zeros(plan.inverse == nil ? 0 : rows * q),
      weights: zeros(rows), residual: zeros(2 * rows))
  }

  mutating func add(_ block: Rows<Scalar>, _ workspace: inout Workspace) {
    let n = block.rowCount, q = plan.order, k = block.targetCount
    let hasWeights = block.weights != nil
    if let weights = block.weights { for i in 0..<n { workspace.weights[i] = Double(weights[i]) } }
    workspace.high.withUnsafeMutableBufferPointer { high in
      workspace.low.withUnsafeMutableBufferPointer { low in
        workspace.basis.withUnsafeMutableBufferPointer { basis in
          workspace.residual.withUnsafeMutableBufferPointer { residual in
            guard let high = high.baseAddress, let low = low.baseAddress else { return }
            fill(block, high, low)
            if q > 0, let basis = basis.baseAddress, let inverse = plan.inverse {
              addCross(
                n, high, low, basis, residual.baseAddress!, inverse, hasWeights ? workspace.weights : nil)
            }
            guard let f = residual.baseAddress else { return }
            let e = f + n
            for t in 0..<k {
              let column = plan.layout.features + t
              RowKernel.standardizeExtended(
                block.y! + t, low: block.lowY.map { $0 + t }, stride: k, count: n,
                shift: plan.units.shifts[column],
                scale: plan.units.scales[column], intoHigh: f, low: e)
              for j in 0..<q {
                let x = -plan.solution[t][j]
                dd_axpy(n, x.high, x.low, high + j * n, low + j * n, f, e)
              }
              if hasWeights {
                // Σ w f f: once with the weight, once without.
                let (wf, we) = (
                  Array(UnsafeBufferPointer(start: f, count: n)),
                  Array(UnsafeBufferPointer(start: e, count: n))
                )
                workspace.weights.withUnsafeBufferPointer { dd_scale(n, $0.baseAddress!, f, e) }
                add(&squares[t]) { sum in dd_dot(n, wf, we, f, e, sum) }
              } else {
                add(&squares[t]) { dd_dot(n, f, e, f, e, $0) }
              }
              for j in 0..<q {
                add(&products[t][j]) { dd_dot(n, high + j * n, low + j * n, f, e, $0) }
              }
            }
          }
        }
      }
    }
  }

  /// The columns [1 X] in double-double.
  private func fill(
    _ block: Rows<Scalar>, _ high: UnsafeMutablePointer<Double>, _ low: UnsafeMutablePointer<Double>
  ) {
    let n = block.rowCount, first = plan.layout.firstFeature
    if first == 1 {
      for i in 0..<n { (high[i], low[i]) = (1, 0) }
    }
    for (j, feature) in plan.kept.enumerated() {
      let at = (first + j) * n
      RowKernel.standardizeExtended(
        block.X! + feature, low: block.lowX.map { $0 + feature }, stride: block.featureCount, count: n,
        shift: plan.units.shifts[feature], scale: plan.units.scales[feature], intoHigh: high + at,
        low: low + at)
    }
  }

  /// BᵀB of a block, B = [1 X] T formed in double-double and rounded.
  private mutating func addCross(
    _ n: Int, _ high: UnsafePointer<Double>, _ low: UnsafePointer<Double>,
    _ basis: UnsafeMutablePointer<Double>, _ scratch: UnsafeMutablePointer<Double>,
    _ inverse: UpperTriangularMatrix<Double>, _ weights: [Double]?
  ) {
    let q = inverse.order, (sum, rest) = (scratch, scratch + n)
    for j in 0..<q {
      for i in 0..<2 * n { scratch[i] = 0 }
      for i in 0...j { dd_axpy(n, inverse[i, j], 0, high + i * n, low + i * n, sum, rest) }
      for i in 0..<n { basis[j * n + i] = sum[i] }
      if let weights { for i in 0..<n { basis[j * n + i] *= weights[i].squareRoot() } }
    }
    cross.withUnsafeMutableBufferPointer {
      Double.routines.syrk(.upper, .none, q, n, 1, basis, n, 1, $0.baseAddress!, q)
    }
  }

  /// Adds to a sum through the two numbers that the kernels see.
  private func add(_ sum: inout DoubleDouble, _ body: (UnsafeMutablePointer<Double>) -> Void) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 2) { pair in
      (pair[0], pair[1]) = (sum.high, sum.low)
      body(pair.baseAddress!)
      sum.high = pair[0]
      sum.low = pair[1]
    }
  }

  mutating func merge(_ later: ExtendedSums) {
    for t in squares.indices {
      squares[t] = squares[t] + later.squares[t]
      for j in products[t].indices { products[t][j] = products[t][j] + later.products[t][j] }
    }
    axpy(1, later.cross, into: &cross)
  }
}
