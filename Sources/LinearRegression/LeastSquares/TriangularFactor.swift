internal import LinearAlgebra

/// R of the QR factorisation of rows [1 X y], formed block by block: RᵀR = [1 X y]ᵀ[1 X y].
///
/// Each block is stacked below the R of the blocks before it and factorised again, and so are the factors of shares.
/// Q is never formed; memory does not grow with the number of rows (Demmel, Grigori, Hoemmen and Langou 2012,
/// doi:10.1137/080731992, "TSQR"). Uses `dtpqrt`.
struct TriangularFactor<Scalar: BLASScalar>: Reduction, Equatable, Sendable {
  let layout: DesignLayout
  private(set) var units: ColumnUnits
  private(set) var counts = RowCounts()
  private(set) var triangle: UpperTriangularMatrix<Double>

  /// The factor of no rows.
  init(_ layout: DesignLayout, _ units: ColumnUnits) {
    self.init(layout, units, RowCounts(), UpperTriangularMatrix(order: layout.order))
  }

  init(
    _ layout: DesignLayout, _ units: ColumnUnits, _ counts: RowCounts,
    _ triangle: UpperTriangularMatrix<Double>
  ) {
    precondition(triangle.order == layout.order && units.shifts.count == layout.features + layout.targets)
    self.layout = layout
    self.units = units
    self.counts = counts
    self.triangle = triangle
  }

  /// Reduces rows in one pass on all cores.
  /// - Complexity: 2 n order² flops.
  static func of(
    _ rows: Observations<Scalar>, _ layout: DesignLayout, _ units: ColumnUnits
  ) -> TriangularFactor {
    RowPass(
      rows: rows.rowCount, blockRows: blockRows(order: layout.order),
      partialBytes: layout.order * layout.order * MemoryLayout<Double>.stride
    ).reduce(rows) { TriangularFactor(layout, units) }
  }

  /// Rows of a block: taller than wide as well, because the factorisation goes over R with each block.
  static func blockRows(order: Int) -> Int {
    min(2048, max(16 * order, rowsPerCacheBlock(rowBytes: order * MemoryLayout<Double>.stride)))
  }

  /// Element (i, j) of R.
  subscript(i: Int, j: Int) -> Double { triangle[i, j] }

  /// Rows in column-major order, what `dtpqrt` works in, and the faster way.
  struct Workspace {
    var block: StandardizedBlock
    var work: [Double]
    var update: PreconditionedUpdate?
  }

  func makeWorkspace(rows: Int) -> Workspace {
    Workspace(
      block: StandardizedBlock(
        layout, rows: rows, rowStride: 1, columnStride: rows, count: rows * layout.order),
      work: zeros(16 * layout.order),
      update: PreconditionedUpdate.isWorthwhile(order: layout.order) ? PreconditionedUpdate(layout) : nil)
  }

  mutating func add(_ block: Observations<Scalar>, _ workspace: inout Workspace) {
    // Not before there are as many rows as the block has: it would be too large for them.
    if counts.observations >= max(block.rowCount, layout.order),
      workspace.update?.add(block, units, to: &triangle, &counts) == true
    {
      return
    }
    let height = workspace.block.columnStride
    precondition(block.rowCount <= height)
    workspace.block.fill(block, units, &counts)
    workspace.block.elements.withUnsafeMutableBufferPointer { rows in
      workspace.work.withUnsafeMutableBufferPointer { work in
        guard let rows = rows.baseAddress, let work = work.baseAddress else { return }
        triangle.absorb(rows: block.rowCount, rows, leadingDimension: height, work: work)
      }
    }
  }

  mutating func merge(_ later: TriangularFactor) {
    var other = later
    if units != other.units {
      // In the coarser scale of the two nothing overflows, and what underflows is nothing beside the other.
      var common = counts.weightSum >= other.counts.weightSum ? units : other.units
      for j in common.scales.indices { common.scales[j] = min(units.scales[j], other.units.scales[j]) }
      express(in: common)
      other.express(in: common)
    }
    counts.merge(other.counts)
    var work: [Double] = zeros(16 * layout.order)
    other.triangle.withUnsafeMutableColumns { rows in
      work.withUnsafeMutableBufferPointer { work in
        guard let rows = rows.baseAddress, let work = work.baseAddress else { return }
        triangle.absorb(rows: layout.order, rows, leadingDimension: layout.order, work: work)
      }
    }
  }

  /// Changes the units: a shift adds a multiple of the column of ones, which only the first row of R notices.
  mutating func express(in target: ColumnUnits) {
    if units == target { return }
    precondition(layout.hasOnes || units.shifts == target.shifts)
    for j in 0..<layout.features + layout.targets {
      let column = layout.firstFeature + j
      let ratio = target.scales[j] / units.scales[j]
      if ratio != 1 { for i in 0...column { triangle[i, column] *= ratio } }
      if layout.hasOnes {
        triangle[0, column] += triangle[0, 0] * ((units.shifts[j] - target.shifts[j]) * target.scales[j])
      }
    }
    units = target
  }
}
