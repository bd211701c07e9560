internal import LinearAlgebra

extension LeastSquares.WithinAccumulator {
  /// The same rows as a share that has a feature for each level: for few levels, and for what a fit cannot do without
  /// their columns.
  ///
  /// Rows of a level count as one row of its means, which is orthogonal to what they are beside it: the factor is that
  /// of √W_g [1 d_g m_g], stacked on the factor of the rows less their means.
  /// - Parameter columns: where the levels stand among the features.
  /// - Precondition: there are no fewer levels than were added.
  /// - Complexity: 2 (levels + p + k)³ flops. Uses `dtpqrt`.
  package func expanded(_ columns: LevelColumns) -> LeastSquares.Accumulator {
    require(columns.levels >= levels, "expanded: \(columns.levels) levels of \(levels)")
    var share = LeastSquares.Accumulator(features: features + columns.count, targets: targets)
    share.epsilon = epsilon
    guard let factor else { return share }
    let layout = DesignLayout(features: share.features, targets: targets, hasOnes: true)
    /// Column of the new factor for each of [X y].
    let positions = (0..<features + targets).map { j in
      layout.firstFeature + (j < features ? columns.position(ofOther: j) : columns.count + j)
    }
    var units = ColumnUnits(identity: layout.order - layout.firstFeature)
    for (j, position) in positions.enumerated() {
      units.shifts[position - layout.firstFeature] = factor.shifts[j]
      units.scales[position - layout.firstFeature] = factor.scales[j]
    }
    var triangle = UpperTriangularMatrix<Double>(order: layout.order)
    let means = factor.means, old = factor.factor.triangle
    let count = means.count + old.order, height = min(count, 512)
    var rows: [Double] = zeros(height * layout.order), work: [Double] = zeros(16 * layout.order)
    for start in stride(from: 0, to: count, by: height) {
      for i in rows.indices { rows[i] = 0 }
      let end = min(start + height, count)
      for row in start..<end {
        func set(_ column: Int, _ value: Double) { rows[column * height + row - start] = value }
        if row < means.count {
          let root = means.weights[row].squareRoot()
          set(0, root)
          if let column = columns.column(of: row) { set(layout.firstFeature + column, root) }
          for (j, position) in positions.enumerated() {
            set(position, root * means[row, j] * factor.scales[j])
          }
        } else {
          let i = row - means.count
          for j in i..<old.order { set(positions[j], old[i, j]) }
        }
      }
      rows.withUnsafeMutableBufferPointer { rows in
        work.withUnsafeMutableBufferPointer { work in
          triangle.absorb(
            rows: end - start, rows.baseAddress!, leadingDimension: height, work: work.baseAddress!)
        }
      }
    }
    share.factor = TriangularFactor(layout, units, factor.counts, triangle)
    return share
  }
}
