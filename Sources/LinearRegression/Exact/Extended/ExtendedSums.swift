internal import CRowKernels
internal import LinearAlgebra

/// What a pass in double-double needs to know.
package struct ExtendedPlan: Sendable {
  let layout: DesignLayout
  let units: ColumnUnits
  let kept: [Int]
  /// T, where B is wanted.
  let inverse: UpperTriangularMatrix<Double>?
  let solution: [[DoubleDouble]]

  /// Number of columns that take part, the column of ones included.
  var order: Int { layout.firstFeature + kept.count }
}

/// What a pass in double-double comes to: products of the residuals with the columns, and BᵀB where it is wanted.
///
/// The sums of some rows merge with those of the rows behind them. They round, so that their bits depend on the order:
/// along a ``MergeTree`` they are the same whoever has which rows.
package struct ExtendedSums: Equatable, Sendable {
  /// Number of columns, q, the column of ones included.
  let order: Int

  /// [1 X]ᵀ f of each target.
  var products: [[DoubleDouble]]

  /// Σ w f² of each target.
  var squares: [DoubleDouble]

  /// BᵀB, q × q, of which the upper triangle counts; empty where it is not wanted.
  var cross: [Double]

  /// No rows.
  package init(_ plan: ExtendedPlan) {
    let (q, k) = (plan.order, plan.layout.targets)
    order = q
    products = Array(repeating: Array(repeating: .zero, count: q), count: k)
    squares = Array(repeating: .zero, count: k)
    cross = zeros(plan.inverse == nil ? 0 : q * q)
  }

  /// The sums of all rows of a matrix.
  ///
  /// - Parameters:
  ///   - X: the features, n × p.
  ///   - y: the targets, n × k.
  ///   - low: what y lacks beyond its precision; nil for nothing.
  ///   - weights: one weight per row; nil for 1.
  ///   - plan: of so many features and targets.
  /// - Complexity: n q² / 2 products and sums in double-double for q columns where BᵀB is wanted, and 2 n q k.
  package init(
    _ X: ExtendedMatrix, _ y: Matrix<Double>, low: Matrix<Double>?, weights: [Double]?, _ plan: ExtendedPlan
  ) {
    require(
      X.high.columnCount == plan.layout.features && y.columnCount == plan.layout.targets,
      "the plan is for \(plan.layout.features) features and \(plan.layout.targets) targets, X is \(X.high.shape) and y \(y.shape)"
    )
    self = Rows.with(X.high, y, weights: weights, low: (X.low, low)) { ExtendedSums($0, plan) }
  }

  /// The sums of all rows in memory, on all cores.
  init<Scalar>(_ rows: Rows<Scalar>, _ plan: ExtendedPlan) {
    let columns = plan.order + 2
    self =
      RowPass(
        rows: rows.rowCount, blockRows: rowsPerCacheBlock(rowBytes: 3 * columns * MemoryLayout<Double>.stride)
      ).reduce(rows) { ExtendedReduction(plan) }.sums
  }

  /// BᵀB.
  ///
  /// - Precondition: it was wanted.
  var crossProducts: UpperTriangularMatrix<Double> {
    var result = UpperTriangularMatrix<Double>(order: order)
    for j in 0..<order { for i in 0...j { result[i, j] = cross[i * order + j] } }
    return result
  }

  /// Takes the sums of later rows under the same plan.
  package mutating func merge(_ later: ExtendedSums) {
    for t in squares.indices {
      squares[t] = squares[t] + later.squares[t]
      for j in products[t].indices { products[t][j] = products[t][j] + later.products[t][j] }
    }
    axpy(1, later.cross, into: &cross)
  }

  /// A hash of the numbers, as the height of a leaf in a ``MergeTree``.
  package var hash: UInt64 {
    var hash = LeafHash(0)
    for sum in squares + products.joined() {
      hash.mix(sum.high)
      hash.mix(sum.low)
    }
    return hash.value
  }
}

/// The sums of rows as they are read.
private struct ExtendedReduction<Scalar: BLASScalar>: Reduction {
  let plan: ExtendedPlan
  var sums: ExtendedSums

  init(_ plan: ExtendedPlan) { (self.plan, sums) = (plan, ExtendedSums(plan)) }

  func makeWorkspace(rows: Int) -> ExtendedWorkspace { ExtendedWorkspace(plan, rows: rows) }

  mutating func add(_ block: Rows<Scalar>, _ workspace: inout ExtendedWorkspace) {
    sums.add(block, plan, &workspace)
  }

  mutating func merge(_ later: ExtendedReduction) { sums.merge(later.sums) }
}

/// Columns of a block, one after the other: high parts, low parts, and B.
private struct ExtendedWorkspace {
  var high: [Double]
  var low: [Double]
  var basis: [Double]
  var weights: [Double]
  var residual: [Double]

  init(_ plan: ExtendedPlan, rows: Int) {
    let q = plan.order
    high = zeros(max(1, rows * q))
    low = zeros(max(1, rows * q))
    basis = zeros(plan.inverse == nil ? 0 : rows * q)
    weights = zeros(rows)
    residual = zeros(2 * rows)
  }
}

extension ExtendedSums {
  /// Takes a block of rows, no more than there is room for.
  fileprivate mutating func add<Scalar>(
    _ block: Rows<Scalar>, _ plan: ExtendedPlan, _ workspace: inout ExtendedWorkspace
  ) {
    let n = block.rowCount, q = plan.order, k = block.targetCount
    let hasWeights = block.weights != nil
    if let weights = block.weights { for i in 0..<n { workspace.weights[i] = Double(weights[i]) } }
    workspace.high.withUnsafeMutableBufferPointer { high in
      workspace.low.withUnsafeMutableBufferPointer { low in
        workspace.basis.withUnsafeMutableBufferPointer { basis in
          workspace.residual.withUnsafeMutableBufferPointer { residual in
            guard let high = high.baseAddress, let low = low.baseAddress else { return }
            plan.fill(block, high, low)
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
}

extension ExtendedPlan {
  /// The columns [1 X] in double-double.
  fileprivate func fill<Scalar>(
    _ block: Rows<Scalar>, _ high: UnsafeMutablePointer<Double>, _ low: UnsafeMutablePointer<Double>
  ) {
    let n = block.rowCount, first = layout.firstFeature
    if first == 1 {
      for i in 0..<n { (high[i], low[i]) = (1, 0) }
    }
    for (j, feature) in kept.enumerated() {
      let at = (first + j) * n
      RowKernel.standardizeExtended(
        block.X! + feature, low: block.lowX.map { $0 + feature }, stride: block.featureCount, count: n,
        shift: units.shifts[feature], scale: units.scales[feature], intoHigh: high + at,
        low: low + at)
    }
  }
}
