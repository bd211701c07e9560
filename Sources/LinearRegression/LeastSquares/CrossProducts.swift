internal import CRowKernels
internal import LinearAlgebra

/// The cross-products [1 X y]ᵀ [1 X y] of rows, in units in which they do not cancel, added up in Double.
///
/// Half the work of a triangular factor, and half its digits: good for columns that are far from dependent.
struct CrossProducts<Scalar: BLASScalar>: Reduction {
  let layout: DesignLayout
  let units: ColumnUnits
  private(set) var counts = RowCounts()

  /// Order of the stored matrix, a multiple of 8: what the kernel works on.
  private let stride: Int

  /// Row-major; the upper triangle is meant.
  private var elements: [Double]

  init(_ layout: DesignLayout, _ units: ColumnUnits) {
    self.layout = layout
    self.units = units
    stride = (layout.order + 7) / 8 * 8
    elements = zeros(stride * stride)
  }

  /// Reduces rows in one pass on all cores.
  /// - Complexity: n order² flops.
  static func of(_ rows: Observations<Scalar>, _ layout: DesignLayout, _ units: ColumnUnits) -> CrossProducts
  {
    let stride = (layout.order + 7) / 8 * 8
    // Blocks of wide rows are taller than the cache wants: the product pays for it.
    let blockRows = max(layout.order, rowsPerCacheBlock(rowBytes: stride * MemoryLayout<Double>.stride))
    return RowPass(
      rows: rows.rowCount, blockRows: blockRows, partialBytes: stride * stride * MemoryLayout<Double>.stride
    ).reduce(rows) { CrossProducts(layout, units) }
  }

  /// Element (i, j), i ≤ j.
  subscript(i: Int, j: Int) -> Double { elements[i * stride + j] }

  func makeWorkspace(rows: Int) -> StandardizedBlock {
    StandardizedBlock(layout, rows: rows, rowStride: stride, columnStride: 1, count: rows * stride)
  }

  mutating func add(_ block: Observations<Scalar>, _ workspace: inout StandardizedBlock) {
    workspace.fill(block, units, &counts)
    let stride = stride
    workspace.elements.withUnsafeBufferPointer { rows in
      elements.withUnsafeMutableBufferPointer { sums in
        guard let a = rows.baseAddress, let c = sums.baseAddress else { return }
        // Narrow blocks are the kernel's: it needs no copies, where `?syrk` copies every block into its own layout.
        if stride <= 256 {
          add_cross_products(a, stride, block.rowCount, stride, c)
        } else {
          Double.routines.syrk(.upper, .transpose, stride, block.rowCount, 1, a, stride, 1, c, stride)
        }
      }
    }
  }

  mutating func merge(_ later: CrossProducts) {
    counts.merge(later.counts)
    axpy(1, later.elements, into: &elements)
  }
}

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
  mutating func fill<Scalar>(_ block: Observations<Scalar>, _ units: ColumnUnits, _ counts: inout RowCounts) {
    if block.weights != nil && roots.count < block.rowCount { roots = zeros(block.rowCount) }
    counts.add(block, roots: &roots)
    let (p, k, first) = (layout.features, layout.targets, layout.firstFeature)
    let (rowStride, columnStride, weighted) = (rowStride, columnStride, block.weights != nil)
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
      }
    }
  }
}
