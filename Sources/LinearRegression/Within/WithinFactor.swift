internal import LinearAlgebra

/// Rows [X y] with a level each.
struct LevelRows<Scalar: BLASScalar>: RowSource {
  var rows: Observations<Scalar>
  var levels: UnsafePointer<Int32>

  var rowCount: Int { rows.rowCount }

  func block(_ range: Range<Int>) -> LevelRows {
    LevelRows(rows: rows.block(range), levels: levels + range.lowerBound)
  }
}

/// R of the QR factorisation of rows [X y] less the means of their levels, and those means.
///
/// With D the indicators of the levels, which are orthogonal, the R of [D X y] is diagonal in the columns of D: the
/// roots of the levels' weights. Beside it stand the levels' means times these roots, and what lies below is the factor
/// of M [X y], M = I − D (DᵀD)⁻¹Dᵀ taking the mean of each level away. So the coefficients of X are those of a fit of
/// M y by M X (the within transformation; theorem of Frisch and Waugh 1933, doi:10.2307/1907330, and Lovell 1963,
/// doi:10.1080/01621459.1963.10480682), and the levels cost no columns. One pass: rows are taken from running means.
struct WithinFactor<Scalar: BLASScalar>: Reduction, Equatable, Sendable {
  /// Columns of X and y.
  let layout: DesignLayout

  /// What is taken from each column of [X y] before anything is formed.
  private(set) var shifts: [Double]

  private(set) var counts = RowCounts()

  /// Of the columns less the shifts.
  private(set) var means: LevelMeans

  /// The factor of M [X y]; y is among its features, and only its scales are used of its units.
  private(set) var factor: TriangularFactor<Double>

  /// The factor of no rows.
  init(_ layout: DesignLayout, _ units: ColumnUnits, levels: Int) {
    let width = layout.features + layout.targets
    precondition(!layout.hasOnes && units.shifts.count == width)
    var scales = units
    scales.shifts = zeros(width)
    self.init(
      layout, shifts: units.shifts, RowCounts(), LevelMeans(levels: levels, width: width),
      TriangularFactor(Self.flat(layout), scales))
  }

  init(
    _ layout: DesignLayout, shifts: [Double], _ counts: RowCounts, _ means: LevelMeans,
    _ factor: TriangularFactor<Double>
  ) {
    self.layout = layout
    self.shifts = shifts
    self.counts = counts
    self.means = means
    self.factor = factor
  }

  /// y among the features.
  static func flat(_ layout: DesignLayout) -> DesignLayout {
    DesignLayout(features: layout.features + layout.targets, targets: 0, hasOnes: false)
  }

  /// The same, whatever type the rows had.
  var inDouble: WithinFactor<Double> {
    WithinFactor<Double>(layout, shifts: shifts, counts, means, factor)
  }

  /// Reduces rows in one pass on all cores.
  /// - Complexity: 2 n order² flops, and as much for (p + k) means of the levels as for so many rows, once for each share.
  static func of(
    _ rows: LevelRows<Scalar>, _ layout: DesignLayout, _ units: ColumnUnits, levels: Int
  ) -> WithinFactor {
    // Merging goes over all levels: each share has several rows of most.
    let blockRows = max(TriangularFactor<Double>.blockRows(order: flat(layout).order), 8 * levels)
    return RowPass(
      rows: rows.rowCount, blockRows: blockRows,
      partialBytes: levels * layout.order * MemoryLayout<Double>.stride
    ).reduce(rows) { WithinFactor(layout, units, levels: levels) }
  }

  struct Workspace {
    /// Rows less the shifts.
    var rows: StandardizedBlock
    var roots: [Double]
    var weights: [Double]
    var differences: Differences
  }

  /// Rows on their way into the factor.
  struct Differences {
    var elements: [Double]
    var factor: TriangularFactor<Double>.Workspace

    /// Room for so many rows at a time.
    let capacity: Int

    init(_ factor: TriangularFactor<Double>, rows: Int) {
      let order = factor.layout.order
      // Room that is cheap to make, for a block of rows has few: most are the first of their levels.
      capacity = min(
        max(1, rows), max(512, 16 * order), TriangularFactor<Double>.blockRows(order: order))
      elements = zeros(capacity * order)
      self.factor = factor.makeWorkspace(rows: capacity)
    }
  }

  func makeWorkspace(rows: Int) -> Workspace {
    let differences = Differences(factor, rows: rows)
    return Workspace(
      rows: StandardizedBlock(
        layout, rows: differences.capacity, rowStride: layout.order, columnStride: 1,
        count: differences.elements.count), roots: zeros(differences.capacity),
      weights: zeros(differences.capacity), differences: differences)
  }

  mutating func add(_ block: LevelRows<Scalar>, _ workspace: inout Workspace) {
    var units = ColumnUnits(identity: shifts.count)
    units.shifts = shifts
    let capacity = workspace.differences.capacity
    for start in stride(from: 0, to: block.rowCount, by: capacity) {
      let part = block.block(start..<min(start + capacity, block.rowCount))
      counts.add(part.rows, roots: &workspace.roots)
      if let weights = part.rows.weights {
        for i in 0..<part.rowCount { workspace.weights[i] = Double(weights[i]) }
      }
      var bare = part.rows, ignored = RowCounts()
      bare.weights = nil
      workspace.rows.fill(bare, units, &ignored)
      workspace.rows.elements.withUnsafeBufferPointer { rows in
        workspace.weights.withUnsafeBufferPointer { weights in
          take(
            rows.baseAddress!, count: part.rowCount, levels: part.levels,
            weights: part.rows.weights == nil ? nil : weights.baseAddress, &workspace.differences)
        }
      }
    }
  }

  /// Takes rows less the shifts, no more than there is room for.
  private mutating func take(
    _ rows: UnsafePointer<Double>, count: Int, levels: UnsafePointer<Int32>, weights: UnsafePointer<Double>?,
    _ differences: inout Differences
  ) {
    let order = layout.order
    differences.elements.withUnsafeMutableBufferPointer { target in
      let written = means.take(
        rows, count: count, levels: levels, weights: weights, into: target.baseAddress!)
      if written == 0 { return }
      factor.add(
        Observations<Double>(
          X: UnsafePointer(target.baseAddress!), rowCount: written, featureCount: order, targetCount: 0),
        &differences.factor)
    }
  }

  mutating func merge(_ later: WithinFactor) { merge(later, levels: Array(0..<Int32(later.means.count))) }

  /// Joins with what other rows were reduced to.
  ///
  /// - Parameter levels: which level here each of the other's is; there may be new ones.
  mutating func merge(_ later: WithinFactor, levels: [Int32]) {
    precondition(levels.count == later.means.count)
    var other = later.means
    if shifts != later.shifts {
      if counts.weightSum >= later.counts.weightSum {
        other.shift(by: zip(later.shifts, shifts).map(-))
      } else {
        means.shift(by: zip(shifts, later.shifts).map(-))
        shifts = later.shifts
      }
    }
    counts.merge(later.counts)
    // First, for it finds the scales that suit both.
    factor.merge(later.factor)
    means.grow(to: Int(levels.max() ?? -1) + 1)
    var differences = Differences(factor, rows: other.count)
    for start in stride(from: 0, to: other.count, by: differences.capacity) {
      let count = min(differences.capacity, other.count - start)
      other.elements.withUnsafeBufferPointer { rows in
        other.weights.withUnsafeBufferPointer { weights in
          levels.withUnsafeBufferPointer { levels in
            take(
              rows.baseAddress! + start * other.width, count: count, levels: levels.baseAddress! + start,
              weights: weights.baseAddress! + start, &differences)
          }
        }
      }
    }
  }

  /// Makes room for more levels.
  mutating func grow(to levels: Int) { means.grow(to: levels) }

  /// Scales of the columns, by which their squares are kept from overflowing.
  var scales: [Double] { factor.units.scales }

  /// The norm of a column less the means of its levels, times its scale.
  func norm(_ column: Int) -> Double {
    factor.triangle.withUnsafeColumns { r in
      nrm2(Array(r[column * layout.order...column * layout.order + column]))
    }
  }

  /// Sizes of the columns, times their scales.
  var columnSizes: ColumnSizes {
    let columns = 0..<layout.order, sums = means.sums(scales)
    return ColumnSizes(
      counts: counts,
      norms: columns.map { j in (norm(j) * norm(j) + sums.squares[j]).squareRoot() },
      offsets: columns.map { sums.values[$0] / counts.weightSum })
  }
}
