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
  static func of(_ rows: Rows<Scalar>, _ layout: DesignLayout, _ units: ColumnUnits) -> CrossProducts {
    let stride = (layout.order + 7) / 8 * 8
    // Blocks of wide rows are taller than the cache wants: the product pays for it.
    let isWide = UpperTriangularMatrix.isWide(layout.order)
    let blockRows =
      isWide ? 512 : max(layout.order, rowsPerCacheBlock(rowBytes: stride * MemoryLayout<Double>.stride))
    // Threads share wide rows block by block, instead of leaves that each need order² numbers.
    return RowPass(
      rows: rows.rowCount, blockRows: blockRows,
      leafRows: isWide ? max(1, rows.rowCount) : leafRows(order: layout.order)
    ).reduce(rows) { CrossProducts(layout, units) }
  }

  /// Rows of a leaf: order²/2 multiplications for each of them, beside order² additions for a merge.
  static func leafRows(order: Int) -> Int { max(2048, 8 * order, (1 << 17) / order) }

  /// Element (i, j), i ≤ j.
  subscript(i: Int, j: Int) -> Double { elements[i * stride + j] }

  func makeWorkspace(rows: Int) -> StandardizedBlock {
    StandardizedBlock(layout, rows: rows, rowStride: stride, columnStride: 1, count: rows * stride)
  }

  mutating func add(_ block: Rows<Scalar>, _ workspace: inout StandardizedBlock) {
    workspace.fill(block, units, &counts)
    let stride = stride
    workspace.elements.withUnsafeBufferPointer { rows in
      elements.withUnsafeMutableBufferPointer { sums in
        guard let a = rows.baseAddress, let c = sums.baseAddress else { return }
        // Narrow blocks are the kernel's: it needs no copies, where `?syrk` copies every block into its own layout.
        if stride <= 256 {
          add_cross_products(a, stride, block.rowCount, stride, c)
        } else if UpperTriangularMatrix.isWide(layout.order) {
          Self.addInTiles(a, rows: block.rowCount, stride, to: c)
        } else {
          Double.routines.syrk(.upper, .transpose, stride, block.rowCount, 1, a, stride, 1, c, stride)
        }
      }
    }
  }

  /// C ← C + AᵀA in the upper triangle of C, tile by tile on all threads.
  private static func addInTiles(
    _ a: UnsafePointer<Double>, rows: Int, _ stride: Int, to c: UnsafeMutablePointer<Double>
  ) {
    let width = 256, starts = Array(Swift.stride(from: 0, to: stride, by: width))
    let tiles = starts.flatMap { i in starts.drop { $0 < i }.map { (i, $0) } }
    forEachRound(tiles.count, threads: Parallelism.threads) { index in
      let (i, j) = tiles[index], (height, breadth) = (min(width, stride - i), min(width, stride - j))
      if i == j {
        Double.routines.syrk(
          .upper, .transpose, height, rows, 1, a + i, stride, 1, c + i * stride + i, stride)
      } else {
        Double.routines.gemm(
          .transpose, .none, height, breadth, rows, 1, a + i, stride, a + j, stride, 1, c + i * stride + j,
          stride)
      }
    } next: {
      nil
    }
  }

  mutating func merge(_ later: CrossProducts) {
    counts.merge(later.counts)
    axpy(1, later.elements, into: &elements)
  }
}

extension CrossProducts {
  var columnSizes: ColumnSizes {
    let columns = layout.firstFeature..<layout.order
    return ColumnSizes(
      counts: counts, norms: columns.map { self[$0, $0].squareRoot() },
      offsets: columns.map { layout.hasOnes ? self[0, $0] / self[0, 0] : 0 })
  }
}
