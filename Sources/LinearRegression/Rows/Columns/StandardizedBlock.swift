internal import LinearAlgebra

/// A block of rows in the units of a reduction, row-major or column-major, times the roots of their weights.
struct StandardizedBlock {
  let layout: DesignLayout
  let rowStride: Int
  let columnStride: Int
  var elements: [Double]

  /// Roots of the weights; empty until there are weights.
  private(set) var roots: [Double] = []

  init(_ layout: DesignLayout, rows: Int, rowStride: Int, columnStride: Int, count: Int) {
    self.layout = layout
    self.rowStride = rowStride
    self.columnStride = columnStride
    elements = zeros(count)
  }

  /// Writes [1 X y] of a block and counts its rows.
  mutating func fill<Scalar>(_ block: Rows<Scalar>, _ units: ColumnUnits, _ counts: inout RowCounts) {
    precondition(
      block.featureCount == layout.features && block.targetCount == layout.targets
        && (block.rowCount == 0
          || (block.rowCount - 1) * rowStride + (layout.order - 1) * columnStride < elements.count)
    )
    if block.weights != nil && roots.count < block.rowCount { roots = zeros(block.rowCount) }
    counts.add(block, roots: &roots)
    let (p, k, first) = (layout.features, layout.targets, layout.firstFeature)
    let (rowStride, columnStride, weighted) = (rowStride, columnStride, block.weights != nil)
    let layout = layout
    elements.withUnsafeMutableBufferPointer { elements in
      roots.withUnsafeBufferPointer { roots in
        guard let target = elements.baseAddress else { return }
        let factors = weighted ? roots.baseAddress : nil
        if layout.hasOnes {
          for i in 0..<block.rowCount { target[i * rowStride] = factors.map { $0[i] } ?? 1 }
        }
        RowKernel<Scalar>.standardize(
          block.X, rows: block.rowCount, units, columns: p, factors: factors,
          into: target + first * columnStride, rowStride: rowStride, columnStride: columnStride)
        RowKernel<Scalar>.standardize(
          block.y, rows: block.rowCount, units, from: p, columns: k, factors: factors,
          into: target + (first + p) * columnStride, rowStride: rowStride, columnStride: columnStride)
        if block.lowX == nil && block.lowY == nil { return }
        // x − shift has room for what x lacks beyond its precision.
        for i in 0..<block.rowCount {
          for j in 0..<layout.columns {
            let low = block.low(i, j) * units.scales[j] * (factors.map { $0[i] } ?? 1)
            target[i * rowStride + (first + j) * columnStride] += low
          }
        }
      }
    }
  }
}
