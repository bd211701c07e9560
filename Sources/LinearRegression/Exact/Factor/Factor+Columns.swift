internal import LinearAlgebra

extension LeastSquares.Factor {
  /// The same rows, with some of the columns of [X y], counted from 0, as features and others as targets.
  ///
  /// - Parameters:
  ///   - intercept: whether rows in one group stay so; otherwise the result is that of rows without groups.
  ///   - epsilon: relative precision of the data; nil for what it was.
  /// - Complexity: 2 (p + k) q² flops for q columns that stay, and a copy of their means.
  package func selecting(
    features: [Int], targets: [Int], intercept: Bool = true, epsilon: Double? = nil
  ) -> LeastSquares.Factor {
    var whole = self
    let dropsOnes = grouping == .one && !intercept
    if dropsOnes {
      // Without a column of ones there is nothing to take a shift out again.
      var unshifted = units
      unshifted.shifts = zeros(units.shifts.count)
      whole.express(in: unshifted)
    }
    let columns = features + targets, keepsOnes = grouping == .one && intercept
    var result = LeastSquares.Factor(
      DesignLayout(features: features.count, targets: targets.count, hasOnes: keepsOnes),
      whole.units.selecting(columns), levels: grouping == .levels ? levels : nil)
    result.counts = counts
    result.epsilon = epsilon ?? self.epsilon
    if !roundings.isEmpty { result.roundings = columns.map { roundings[$0] } }
    result.triangle = whole.triangle.selecting(
      (keepsOnes ? [0] : []) + columns.map { layout.firstFeature + $0 })
    result.means = means.selecting(columns)
    return result
  }

  /// The same rows with a feature for each level: for few levels, and for what a fit cannot do without their columns.
  ///
  /// Rows of a level count as one row of its means, which is orthogonal to what they are beside it: the factor is that
  /// of √W_g [1 d_g m_g], stacked on the factor of the rows less their means.
  /// - Parameter columns: where the levels stand among the features.
  /// - Precondition: rows are in levels, of which there are columns enough.
  /// - Complexity: 2 (levels + p + k)³ flops. Uses `dtpqrt`.
  package func withColumns(_ columns: LevelColumns) -> LeastSquares.Factor {
    require(
      grouping == .levels && columns.levels >= levels, "withColumns: \(columns.levels) levels of \(levels)")
    let layout = DesignLayout(features: features + columns.count, targets: targets, hasOnes: true)
    /// Position among the new columns of each of [X y].
    let positions = (0..<features + targets).map {
      $0 < features ? columns.position(ofOther: $0) : columns.count + $0
    }
    var units = ColumnUnits(identity: layout.columns)
    for (j, position) in positions.enumerated() {
      (units.shifts[position], units.scales[position]) = (self.units.shifts[j], self.units.scales[j])
    }
    var result = LeastSquares.Factor(layout, units)
    result.epsilon = epsilon
    if !roundings.isEmpty {
      result.roundings = zeros(layout.columns)
      for (j, position) in positions.enumerated() { result.roundings[position] = roundings[j] }
    }
    result.counts = counts
    let count = levels + triangle.order, height = min(count, 512)
    for start in stride(from: 0, to: count, by: height) {
      let end = min(start + height, count), rows = end - start
      var block: [Double] = zeros(rows * layout.order)
      for row in start..<end {
        func set(_ column: Int, _ value: Double) { block[column * rows + row - start] = value }
        if row < levels {
          let root = means.weights[row].squareRoot()
          set(0, root)
          if let column = columns.column(of: row) { set(layout.firstFeature + column, root) }
          for (j, position) in positions.enumerated() {
            set(layout.firstFeature + position, root * means[row, j] * self.units.scales[j])
          }
        } else {
          let i = row - levels
          for j in i..<triangle.order { set(layout.firstFeature + positions[j], triangle[i, j]) }
        }
      }
      result.triangle.stack(rows: rows, columns: block)
    }
    return result
  }

  /// Makes room for more levels.
  mutating func grow(to levels: Int) { means.grow(to: levels) }
}

extension ColumnUnits {
  /// The units of some columns, in a new order.
  func selecting(_ columns: [Int]) -> ColumnUnits {
    var units = ColumnUnits(identity: 0)
    units.shifts = columns.map { shifts[$0] }
    units.scales = columns.map { scales[$0] }
    return units
  }
}

extension UpperTriangularMatrix<Double> {
  /// R of some of the columns, in a new order: the factor of the matrix that they form.
  func selecting(_ columns: [Int]) -> UpperTriangularMatrix {
    if columns.elementsEqual(0..<order) { return self }
    var rows: [Double] = zeros(order * columns.count)
    for (j, column) in columns.enumerated() { for i in 0...column { rows[j * order + i] = self[i, column] } }
    var result = UpperTriangularMatrix(order: columns.count)
    result.stack(rows: order, columns: rows)
    return result
  }
}
