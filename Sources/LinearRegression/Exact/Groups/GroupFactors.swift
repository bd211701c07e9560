internal import CRowKernels
package import LinearAlgebra

/// A triangular factor for each of many groups of rows, for a fit of each: (p + 2)(p + 3)/2 numbers and its units, and
/// nothing for each row.
///
/// Rows come in any order of groups, and are rotated into the factor of their group one by one (Gentleman 1973,
/// doi:10.1093/imamat/12.3.329), for groups may have fewer rows than columns; a block of them would be no faster. Columns
/// are counted from the first row of the group, so that a large mean does not cancel.
package struct GroupFactors: Sendable {
  /// p
  package let features: Int

  package let hasIntercept: Bool

  /// Number of groups, those without rows too.
  package private(set) var count = 0

  /// Whether features, and whether targets are known to more digits than Doubles have.
  private(set) var isExtended = (X: false, y: false)

  /// The error of the values of each column of [X y] where they were rounded when they were read; empty where none
  /// were.
  private(set) var roundings: [Double] = []

  /// The numbers of all groups, as the kernel has them.
  private var elements: [Double] = []

  /// How many numbers a group has.
  let numbers: Int

  package init(features: Int, intercept: Bool) {
    require(features >= 0, "factors of \(features) features")
    (self.features, hasIntercept) = (features, intercept)
    numbers = group_numbers(features + 1, intercept ? 1 : 0)
  }

  /// Bytes that so many groups take; with room to grow.
  package func bytes(groups: Int) -> Double { 8 * Double(numbers) * Double(groups) * 1.5 }

  /// Makes room for more groups.
  package mutating func grow(to count: Int) {
    if count <= self.count { return }
    let size = count * numbers
    if elements.capacity < size { elements.reserveCapacity(max(size, elements.capacity / 2 * 3)) }
    elements.append(contentsOf: repeatElement(0, count: size - elements.count))
    self.count = count
  }

  /// Adds rows.
  ///
  /// Threads share the groups, not the rows, so that each group has its rows in order, whatever the number of threads.
  /// - Parameters:
  ///   - X: rows × p, finite.
  ///   - y: one finite target per row.
  ///   - low: what X and y lack beyond Doubles, which counts where there is an intercept; nil for nothing.
  ///   - roundings: the error of the values of each column of [X y] where they were rounded when they were read; empty
  ///     where none were.
  ///   - weights: one weight per row, 0 or more; nil for 1.
  ///   - groups: the group of each row; a negative one leaves the row out.
  /// - Complexity: 3 (p + 2)² flops for each row.
  package mutating func add(
    _ X: Matrix<Double>, _ y: Matrix<Double>, low: (X: Matrix<Double>?, y: Matrix<Double>?) = (nil, nil),
    roundings: [Double] = [], weights: [Double]?, groups: [Int32]
  ) {
    let rows = X.rowCount
    precondition(low.X.map { $0.shape == X.shape } ?? true && low.y.map { $0.shape == y.shape } ?? true)
    precondition(roundings.isEmpty || roundings.count == features + 1)
    require(
      X.columnCount == features && y.shape == Shape(rows, 1) && groups.count == rows
        && weights.map { $0.count == rows } ?? true,
      "add: X is \(X.shape), y is \(y.shape), and there are \(groups.count) groups of \(features) features")
    require(groups.allSatisfy { $0 < count }, "add: a group that is not one of \(count)")
    if rows == 0 { return }
    isExtended = (isExtended.X || low.X != nil, isExtended.y || low.y != nil)
    if !roundings.isEmpty {
      self.roundings = self.roundings.isEmpty ? roundings : zip(self.roundings, roundings).map(max)
    }
    // A few rows are not worth a thread.
    let parts = rows * numbers < 1 << 16 ? 1 : Parallelism.threads
    elements.withUnsafeMutableBufferPointer { elements in
      let elements = Elements(start: elements.baseAddress!)
      X.withUnsafeElements { x in
        y.withUnsafeElements { y in
          forEachRound(parts, threads: parts) { [features, hasIntercept] part in
            var work: [Double] = zeros(features + 2)
            add_rows_to_groups(
              x.baseAddress ?? y.baseAddress!, low.X?.elements, features, y.baseAddress!, low.y?.elements,
              weights, groups, rows, hasIntercept ? 1 : 0, elements.start, UInt32(part), UInt32(parts), &work)
          } next: {
            nil
          }
        }
      }
    }
  }

  /// Threads write the numbers of different groups.
  private struct Elements: @unchecked Sendable {
    let start: UnsafeMutablePointer<Double>
  }
}

extension GroupFactors {
  /// The numbers of a group.
  struct Group {
    let numbers: UnsafePointer<Double>
    /// p + 1
    let columns: Int
    /// 1 with an intercept, else 0.
    let first: Int

    var order: Int { columns + first }
    /// Rows whose weight is not zero.
    var observations: Int { Int(numbers[0]) }
    /// Whether all rows that came have the weight 0.
    var isWeightless: Bool { numbers[0] == 0 && numbers[1] < 0 }
    var weightUnit: Double { numbers[1] }
    func shift(_ j: Int) -> Double { numbers[2 + j] }
    /// 1 for a column that is constant.
    func scale(_ j: Int) -> Double { numbers[2 + columns + j] == 0 ? 1 : numbers[2 + columns + j] }
    /// D
    var diagonal: UnsafePointer<Double> { numbers + 2 + 2 * columns }
    /// Element (i, j) of R, i < j.
    func r(_ i: Int, _ j: Int) -> Double { diagonal[order + i * (2 * order - 1 - i) / 2 + j - i - 1] }
    /// Σ w (x − x̄)² of a column of [X y], in its scale; without an intercept Σ w x².
    func square(_ column: Int) -> Double {
      let j = first + column
      return (first..<j).reduce(diagonal[j]) { $0 + diagonal[$1] * r($1, j) * r($1, j) }
    }
    var isFinite: Bool {
      (0..<order * (order + 1) / 2).allSatisfy { diagonal[$0].isFinite }
    }
  }

  func withGroup<Result>(_ group: Int, _ body: (Group) -> Result) -> Result {
    require(group >= 0 && group < count, "group \(group) of \(count)")
    return elements.withUnsafeBufferPointer {
      body(
        Group(
          numbers: $0.baseAddress! + group * numbers, columns: features + 1, first: hasIntercept ? 1 : 0))
    }
  }

  /// The factor of a group's rows, in the unit of their weights.
  func factor(_ group: Group) -> LeastSquares.Factor {
    let layout = DesignLayout(features: features, targets: 1, hasOnes: hasIntercept)
    var units = ColumnUnits(identity: layout.columns)
    for j in 0..<layout.columns { (units.shifts[j], units.scales[j]) = (group.shift(j), group.scale(j)) }
    var factor = LeastSquares.Factor(layout, units)
    for i in 0..<layout.order {
      let root = group.diagonal[i].squareRoot()
      factor.triangle[i, i] = root
      for j in i + 1..<max(i + 1, layout.order) { factor.triangle[i, j] = root * group.r(i, j) }
    }
    factor.counts.observations = group.observations
    factor.counts.weightSum = hasIntercept ? group.diagonal[0] : Double(group.observations)
    factor.counts.leastWeight = factor.counts.weightSum / Double(max(1, group.observations))
    factor.epsilon = Double.ulpOfOne
    return factor
  }
}
