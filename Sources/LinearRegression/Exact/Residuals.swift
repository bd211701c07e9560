internal import LinearAlgebra

/// Residuals of rows at fixed coefficients, and what is orthogonal to them in a least-squares fit.
struct ResidualSums<Scalar: BLASScalar>: Reduction {
  let layout: DesignLayout
  let units: ColumnUnits

  /// What a row [1 X y] is multiplied by to give its residuals, order × k, row-major: −coefficients above an identity.
  private let combination: [Double]

  /// [1 X y]ᵀ r, order × k.
  private(set) var products: Matrix<Double>

  /// Σ r² of each target.
  private(set) var squares: [Double]

  /// - Parameter coefficients: intercept (if there is one) and weights in the given units, k columns.
  init(_ layout: DesignLayout, _ units: ColumnUnits, _ coefficients: Matrix<Double>) {
    self.layout = layout
    self.units = units
    let (k, q) = (layout.targets, layout.firstFeature + layout.features)
    precondition(coefficients.shape == Shape(q, k))
    combination =
      Matrix<Double>(rows: layout.order, columns: k) { i, t in
        i < q ? -coefficients[i, t] : i == q + t ? 1 : 0
      }.elements
    products = .zeros(layout.order, k)
    squares = zeros(k)
  }

  /// Reduces rows in one pass on all cores.
  /// - Complexity: 4 n order k flops.
  static func of(
    _ rows: Rows<Scalar>, _ layout: DesignLayout, _ units: ColumnUnits, _ coefficients: Matrix<Double>
  ) -> ResidualSums {
    let blockRows = rowsPerCacheBlock(rowBytes: (layout.order + layout.targets) * MemoryLayout<Double>.stride)
    return RowPass(rows: rows.rowCount, blockRows: blockRows).reduce(rows) {
      ResidualSums(layout, units, coefficients)
    }
  }

  struct Workspace {
    var block: StandardizedBlock
    var residuals: [Double]
  }

  func makeWorkspace(rows: Int) -> Workspace {
    Workspace(
      block: StandardizedBlock(
        layout, rows: rows, rowStride: layout.order, columnStride: 1, count: rows * layout.order),
      residuals: zeros(rows * layout.targets))
  }

  mutating func add(_ block: Rows<Scalar>, _ workspace: inout Workspace) {
    var counts = RowCounts()
    workspace.block.fill(block, units, &counts)
    let (n, order, k) = (block.rowCount, layout.order, layout.targets)
    if k == 0 { return }
    workspace.block.elements.withUnsafeBufferPointer { rows in
      workspace.residuals.withUnsafeMutableBufferPointer { residuals in
        products.withUnsafeMutableElements { products in
          let (rows, r, products) = (rows.baseAddress!, residuals.baseAddress!, products.baseAddress!)
          if k == 1 {
            Double.routines.gemv(.none, n, order, 1, rows, order, combination, 0, r)
            Double.routines.gemv(.transpose, n, order, 1, rows, order, r, 1, products)
          } else {
            Double.routines.gemm(.none, .none, n, k, order, 1, rows, order, combination, k, 0, r, k)
            Double.routines.gemm(.transpose, .none, order, k, n, 1, rows, order, r, k, 1, products, k)
          }
          for i in 0..<n { for t in 0..<k { squares[t] += r[i * k + t] * r[i * k + t] } }
        }
      }
    }
  }

  mutating func merge(_ later: ResidualSums) {
    products = products + later.products
    axpy(1, later.squares, into: &squares)
  }
}
