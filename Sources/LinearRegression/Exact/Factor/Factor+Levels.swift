internal import LinearAlgebra

extension LeastSquares.Factor {
  /// Takes rows in levels: means move, and what each row adds to the cross-products about them goes into the triangle.
  mutating func take<Scalar>(
    _ block: Rows<Scalar>, _ workspace: inout LevelWorkspace, _ update: inout TriangleUpdate
  ) {
    for start in stride(from: 0, to: block.rowCount, by: workspace.capacity) {
      let rows = block.block(start..<min(start + workspace.capacity, block.rowCount))
      let seen = rowsAboutMeans
      workspace.fill(rows, units, &counts)
      guard let levels = rows.levels else { preconditionFailure("rows without levels") }
      take(
        workspace.rows.elements, count: rows.rowCount, levels: levels,
        weights: rows.weights == nil ? nil : workspace.weights, seen: seen, &workspace.differences, &update)
    }
  }

  /// Joins the means of later rows with these, as if each were a row of the weight of its level.
  ///
  /// - Parameter numbers: which level here each of the other's is; nil where they are counted the same.
  mutating func joinMeans(_ other: LevelMeans, _ numbers: [Int32]?) {
    let numbers = numbers ?? Array(0..<Int32(other.count)), width = other.width
    var workspace = LevelWorkspace(layout, rows: other.count)
    var update = TriangleUpdate(flatLayout, rows: workspace.capacity)
    for start in stride(from: 0, to: other.count, by: workspace.capacity) {
      let range = start..<min(start + workspace.capacity, other.count)
      numbers.withUnsafeBufferPointer { numbers in
        take(
          Array(other.elements[range.lowerBound * width..<range.upperBound * width]), count: range.count,
          levels: numbers.baseAddress! + start, weights: Array(other.weights[range]), seen: rowsAboutMeans,
          &workspace.differences, &update)
      }
    }
  }

  /// - Parameters:
  ///   - rows: less the shifts, no more than there is room for.
  ///   - seen: how many rows the triangle is made of.
  private mutating func take(
    _ rows: [Double], count: Int, levels: UnsafePointer<Int32>, weights: [Double]?, seen: Int,
    _ differences: inout [Double], _ update: inout TriangleUpdate
  ) {
    if layout.columns == 0 { return }
    differences.withUnsafeMutableBufferPointer { target in
      let written = means.take(
        rows, count: count, levels: levels, weights: weights, into: target.baseAddress!)
      var scales = units, counts = RowCounts()
      scales.shifts = zeros(units.shifts.count)
      counts.observations = seen
      update.add(
        Rows<Double>(
          X: UnsafePointer(target.baseAddress), rowCount: written, featureCount: layout.columns,
          targetCount: 0),
        scales, to: &triangle, &counts)
    }
  }

  /// How many rows the triangle is made of, where rows are in levels: the first of a level is its mean.
  private var rowsAboutMeans: Int { max(0, counts.observations - means.occupied) }

  /// y among the features.
  var flatLayout: DesignLayout { DesignLayout(features: layout.columns, targets: 0, hasOnes: false) }
}

/// Room for rows in levels on their way into a factor.
struct LevelWorkspace {
  /// So many rows at a time.
  let capacity: Int

  /// Rows less the shifts.
  fileprivate var rows: StandardizedBlock
  fileprivate var weights: [Double]
  fileprivate var differences: [Double]
  private var roots: [Double]

  init(_ layout: DesignLayout, rows: Int) {
    capacity = min(max(1, rows), max(512, 16 * layout.order))
    let count = capacity * layout.order
    self.rows = StandardizedBlock(
      layout, rows: capacity, rowStride: layout.order, columnStride: 1, count: count)
    (weights, roots, differences) = (zeros(capacity), zeros(capacity), zeros(count))
  }

  /// Takes the shifts from rows and counts them.
  fileprivate mutating func fill<Scalar>(
    _ block: Rows<Scalar>, _ units: ColumnUnits, _ counts: inout RowCounts
  ) {
    counts.add(block, roots: &roots)
    if let weights = block.weights {
      for i in 0..<block.rowCount { self.weights[i] = Double(weights[i]) }
    }
    var bare = block, shifts = ColumnUnits(identity: units.shifts.count), ignored = RowCounts()
    bare.weights = nil
    shifts.shifts = units.shifts
    rows.fill(bare, shifts, &ignored)
  }
}
