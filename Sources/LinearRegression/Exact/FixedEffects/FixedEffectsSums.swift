package import LinearAlgebra

/// What one pass over rows in several categories comes to: the sums of [X y] over the rows of each level, and how often
/// levels meet. With D the indicators of all levels these are DᵀWD and DᵀW[X y]: the normal equations of the fixed
/// effects, which are solved without the rows.
package struct FixedEffectsSums: Sendable {
  /// Number of features, p.
  package let features: Int

  /// Number of targets, k.
  package let targets: Int

  /// Number of levels of each category.
  package private(set) var levels: [Int]

  /// Rows that were left out because a level of theirs has no other row.
  package private(set) var singletons = 0

  /// The units of [X y] that sums are in.
  private(set) var units: ColumnUnits

  private(set) var counts = RowCounts()

  /// For each category Σ w z of each level, levels × (p + k).
  private(set) var sums: [[Double]]

  /// What each addition to `sums` has lost so far (Kahan 1965, doi:10.1145/363707.363723): a sum is as good whatever
  /// the number of rows.
  private var lost: [[Double]]

  /// Σ w z / Σ w and Σ w (z − mean)² over all rows, which do not cancel where a weight or a value is large: those of
  /// blocks are joined (Chan, Golub and LeVeque 1983, doi:10.1080/00031305.1983.10483115).
  private var means: [Double]
  private var deviations: [Double]

  /// Whether each column of [X y] is known to more digits than Doubles have.
  private(set) var isExtended: [Bool]

  /// The error of the values of each column of [X y] where they were rounded when they were read; empty where none
  /// were.
  private(set) var roundings: [Double] = []

  var table: CrossTabulation

  /// No rows.
  package init(features: Int, targets: Int, categories: Int) {
    (self.features, self.targets) = (features, targets)
    levels = Array(repeating: 0, count: categories)
    units = ColumnUnits(identity: features + targets)
    sums = Array(repeating: [], count: categories)
    lost = sums
    means = zeros(features + targets)
    deviations = means
    isExtended = Array(repeating: false, count: features + targets)
    table = CrossTabulation(categories: categories)
  }

  var columns: Int { features + targets }

  /// Σ w (z − mean)²; 0 for a column that is constant to the rounding of its mean. With more digits than Doubles have
  /// its distance from the shift is right.
  func spread(_ column: Int) -> Double {
    let size =
      abs(means[column]) + (isExtended[column] ? 0 : abs(mean(column)) * units.scales[column])
    let rounding = 4 * .ulpOfOne * size * counts.weightSum.squareRoot()
    return deviations[column] <= rounding * rounding ? 0 : deviations[column]
  }

  /// Σ w z
  func total(_ column: Int) -> Double { means[column] * counts.weightSum }

  /// Σ w z²
  func square(_ column: Int) -> Double { deviations[column] + means[column] * total(column) }

  /// The mean of a column.
  func mean(_ column: Int) -> Double { units.shifts[column] + means[column] / units.scales[column] }

  /// Takes the next rows.
  ///
  /// - Parameters:
  ///   - X: rows × p.
  ///   - y: rows × k.
  ///   - low: what X and y lack beyond Doubles; nil for nothing.
  ///   - roundings: the error of the values of each column of [X y] where they were rounded when they were read; empty
  ///     where none were.
  ///   - weights: one weight per row; nil for 1.
  ///   - codes: for each category the level of each row.
  ///   - levels: number of levels of each category so far.
  /// - Throws: ``DataError``: more rows than can be counted; values beyond Double.
  /// - Precondition: each level is one of those that there are.
  /// - Complexity: O(rows (p + k) categories)
  package mutating func add(
    _ X: Matrix<Double>, _ y: Matrix<Double>, low: (X: Matrix<Double>?, y: Matrix<Double>?) = (nil, nil),
    roundings: [Double] = [], weights: [Double]?, codes: [[Int32]], levels: [Int]
  ) throws(DataError) {
    precondition(roundings.isEmpty || roundings.count == columns)
    precondition(X.columnCount == features && y.columnCount == targets && codes.count == self.levels.count)
    try DataError.checkRows(X, y, weights, "add")
    for (category, codes) in codes.enumerated() {
      precondition(codes.count == X.rowCount)
      precondition(codes.allSatisfy { 0..<levels[category] ~= Int($0) })
      let missing = levels[category] * columns - sums[category].count
      if missing > 0 {
        sums[category] += repeatElement(0, count: missing)
        lost[category] += repeatElement(0, count: missing)
      }
    }
    self.levels = zip(self.levels, levels).map(max)
    guard table.count < Int(Int32.max) - X.rowCount else {
      throw .shapes("there are more combinations of levels than can be counted; use fewer rows or categories")
    }
    if !roundings.isEmpty {
      self.roundings = self.roundings.isEmpty ? roundings : zip(self.roundings, roundings).map(max)
    }
    Rows.with(X, y, weights: weights, low: low) { rows in
      for column in 0..<columns where rows.hasLow(column) { isExtended[column] = true }
      if counts.observations == 0 { units = ColumnUnits(sampling: rows, centered: true) }
      add(rows, codes)
    }
    for start in stride(from: 0, to: X.rowCount, by: 1 << 16) {
      table.append(
        start..<min(start + 1 << 16, X.rowCount), of: codes, weights: weights, levels: self.levels)
    }
    guard counts.weightSum.isFinite, !counts.logWeightSum.isNaN else { throw .overflow(.weights, column: 0) }
    if let column = (0..<columns).first(where: { !square($0).isFinite }) {
      throw .overflow(column: column, features: features)
    }
  }

  private mutating func add(_ rows: Rows<Double>, _ codes: [[Int32]]) {
    let layout = DesignLayout(features: features, targets: targets, hasOnes: true)
    let (order, columns, height) = (layout.order, columns, min(rows.rowCount, 1 << 14))
    var block = StandardizedBlock(
      layout, rows: height, rowStride: order, columnStride: 1, count: height * order)
    for start in stride(from: 0, to: rows.rowCount, by: max(1, height)) {
      let count = min(height, rows.rowCount - start)
      let before = counts.weightSum
      block.fill(rows.block(start..<start + count), units, &counts)
      joinMoments(block.elements, order, rows: count, before: before)
      for category in codes.indices {
        codes[category].withUnsafeBufferPointer { codes in
          block.elements.withUnsafeBufferPointer { z in
            sums[category].withUnsafeMutableBufferPointer { sums in
              lost[category].withUnsafeMutableBufferPointer { lost in
                for i in 0..<count {
                  let level = Int(codes[start + i]) * columns, root = z[i * order]
                  for j in 0..<columns {
                    let value = root * z[i * order + 1 + j] - lost[level + j], sum = sums[level + j] + value
                    lost[level + j] = (sum - sums[level + j]) - value
                    sums[level + j] = sum
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  /// Joins means and squares about them with those of a block [√w √w z].
  ///
  /// - Parameter before: Σ w of the rows before the block.
  private mutating func joinMoments(_ block: [Double], _ order: Int, rows: Int, before: Double) {
    let weight = (0..<rows).reduce(0.0) { $0 + block[$1 * order] * block[$1 * order] }
    if weight == 0 { return }
    for j in 0..<columns {
      var total = 0.0, rest = 0.0, square = 0.0
      for i in 0..<rows { total += block[i * order] * block[i * order + 1 + j] }
      let mean = total / weight
      for i in 0..<rows {
        let deviation = block[i * order + 1 + j] - block[i * order] * mean
        rest += block[i * order] * deviation
        square += deviation * deviation
      }
      // The rest would be 0 but for rounding of the mean.
      let difference = mean + rest / weight - means[j], share = weight / (before + weight)
      means[j] += difference * share
      deviations[j] +=
        max(0, square - rest * (rest / weight)) + difference * (difference * (before * share))
    }
  }
}

extension FixedEffectsSums {
  /// Leaves out rows that are the only one of a level, until there is none: such a row is met by its level's effect
  /// and says nothing of the coefficients (Correia 2015, "Singletons, cluster-robust standard errors and fixed
  /// effects"). The sums of such a level are its row's.
  ///
  /// - Complexity: O(combinations · categories + levels (p + k))
  package mutating func dropSingletons() {
    table.merge(levels: levels)
    var counts = levels.map { [Int32](repeating: 0, count: $0) }
    for category in levels.indices {
      for (cell, code) in table.codes[category].enumerated() {
        let (sum, overflow) = counts[category][Int(code)].addingReportingOverflow(table.rows[cell])
        counts[category][Int(code)] = overflow ? .max : sum
      }
    }
    var waiting: [(category: Int, level: Int)] = []
    for category in levels.indices {
      for level in 0..<levels[category] where counts[category][level] == 1 {
        waiting.append((category, level))
      }
    }
    if waiting.isEmpty { return }
    let views = levels.indices.map { table.sorted(by: $0, levels: levels[$0]) }
    var isRemoved = Array(repeating: false, count: table.count)
    while let (category, level) = waiting.popLast() {
      let view = views[category]
      let cells = view.order[Int(view.starts[level])..<Int(view.starts[level + 1])]
      guard counts[category][level] == 1, let found = cells.first(where: { !isRemoved[Int($0)] }) else {
        continue
      }
      let cell = Int(found)
      isRemoved[cell] = true
      leaveOut(cell, sums: category, level)
      for other in levels.indices {
        let code = Int(table.codes[other][cell])
        counts[other][code] -= 1
        if counts[other][code] == 1 { waiting.append((other, code)) }
      }
    }
    table.removeAll { isRemoved[$0] }
  }

  /// Takes the only row of a combination, and of a level, out of all sums.
  private mutating func leaveOut(_ cell: Int, sums category: Int, _ level: Int) {
    let columns = columns, weight = table.weights[cell]
    let row = Array(sums[category][level * columns..<(level + 1) * columns])
    for other in levels.indices {
      let start = Int(table.codes[other][cell]) * columns
      for j in 0..<columns {
        sums[other][start + j] = other == category ? 0 : sums[other][start + j] - row[j]
      }
    }
    let before = counts.weightSum
    counts.leaveOut(weight)
    if counts.weightSum > 0 {
      for j in 0..<columns {
        let difference = row[j] / weight - means[j], ratio = weight / counts.weightSum
        means[j] -= difference * ratio
        deviations[j] = max(0, deviations[j] - difference * (difference * (before * ratio)))
      }
    }
    singletons += 1
  }
}
