internal import LinearAlgebra

/// Σ w z and Σ w z² of the columns of [X y], in units in which they do not cancel, added up in Double.
struct ColumnMoments<Scalar: BLASScalar>: Reduction {
  let units: ColumnUnits
  private(set) var counts = RowCounts()
  private(set) var sums: [Double]
  private(set) var squares: [Double]

  private let layout: DesignLayout

  init(_ layout: DesignLayout, _ units: ColumnUnits) {
    self.layout = layout
    self.units = units
    sums = zeros(units.shifts.count)
    squares = sums
  }

  /// Reduces rows in one pass on all cores, or in a second one where the units turn out not to fit.
  /// - Complexity: 3 n (p + k) flops.
  static func of(_ rows: Rows<Scalar>) throws(DataError) -> ColumnMoments {
    let layout = DesignLayout(features: rows.featureCount, targets: rows.targetCount, hasOnes: true)
    var units = ColumnUnits(sampling: rows, centered: true), passes = 0
    return try units.inSoundUnits(rows, layout, passes: &passes) { units in
      let blockRows = rowsPerCacheBlock(rowBytes: rows.columnCount * MemoryLayout<Double>.stride)
      let moments = RowPass(rows: rows.rowCount, blockRows: blockRows).reduce(rows) {
        ColumnMoments(layout, units)
      }
      return (moments, moments.columnSizes)
    }
  }

  /// The mean of a column, in the units of the data.
  func mean(_ j: Int) -> Double { units.shifts[j] + sums[j] / counts.weightSum / units.scales[j] }

  /// The standard deviation √(Σ w (x − x̄)² / Σ w) of a column, in the units of the data; 0 for one that is constant to
  /// rounding.
  func deviation(_ j: Int) -> Double {
    let offset = sums[j] / counts.weightSum
    let deviation = max(0, squares[j] / counts.weightSum - offset * offset).squareRoot()
    let size = abs(units.shifts[j] * units.scales[j] + offset) + abs(offset)
    return deviation <= 4 * Double.ulpOfOne * size ? 0 : deviation / units.scales[j]
  }

  func makeWorkspace(rows: Int) -> StandardizedBlock {
    StandardizedBlock(
      layout, rows: rows, rowStride: layout.order, columnStride: 1, count: rows * layout.order)
  }

  mutating func add(_ block: Rows<Scalar>, _ workspace: inout StandardizedBlock) {
    workspace.fill(block, units, &counts)
    let order = layout.order, columns = sums.count
    workspace.elements.withUnsafeBufferPointer { rows in
      for i in 0..<block.rowCount {
        let root = rows[i * order]  // of the weight
        for j in 0..<columns {
          let z = rows[i * order + 1 + j]
          sums[j] += root * z
          squares[j] += z * z
        }
      }
    }
  }

  mutating func merge(_ later: ColumnMoments) {
    counts.merge(later.counts)
    axpy(1, later.sums, into: &sums)
    axpy(1, later.squares, into: &squares)
  }

  var columnSizes: ColumnSizes {
    ColumnSizes(
      counts: counts, norms: squares.map { $0.squareRoot() }, offsets: sums.map { $0 / counts.weightSum })
  }
}
