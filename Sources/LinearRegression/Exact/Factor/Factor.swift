internal import LinearAlgebra

extension LeastSquares {
  /// What the rows of a fit are reduced to: takes rows as they come, merges with the factors of other rows, and is
  /// solved without the data.
  ///
  /// ```swift
  /// var factor = LeastSquares.Factor(features: 20)
  /// for (X, y) in blocks { try factor.add(X, y) }
  /// try factor.merge(other)
  /// let fit = try factor.solve()
  /// ```
  ///
  /// Rows are in groups: all in one where the fit has an intercept, or in the levels of a category. With D the
  /// indicators of the groups, which are orthogonal, R of the QR factorisation of [D X y] is diagonal in the columns of
  /// D: the roots of the groups' weights, and beside them the groups' means times these roots. What lies below is R of
  /// the rows less the means of their groups (the within transformation; theorem of Frisch and Waugh 1933,
  /// doi:10.2307/1907330, and Lovell 1963, doi:10.1080/01621459.1963.10480682). So a factor keeps a triangle of
  /// (p + k)² numbers, and p + k means for each group, however many rows.
  ///
  /// Q is never formed: blocks of rows are stacked below R and factorised again, and so are other factors (Demmel,
  /// Grigori, Hoemmen and Langou 2012, doi:10.1137/080731992, "TSQR"). Factors merged in any order agree to rounding;
  /// the same factors in the same order give the same bits.
  public struct Factor: Equatable, Sendable {
    /// Number of features, p; the levels of a category are not among them.
    public let features: Int

    /// Number of targets, k.
    public let targets: Int

    /// How rows are grouped.
    package let grouping: Grouping

    /// How rows are grouped: columns are centred within the groups.
    package enum Grouping: String, Codable, Sendable {
      /// Not at all, for a fit without an intercept.
      case none
      /// In one group, for a fit with an intercept. Its row of the factor, √W [1 m], stands on top of the triangle.
      case one
      /// In the levels of a category.
      case levels

      /// For messages.
      var words: String {
        switch self {
        case .none: "not centred"
        case .one: "centred"
        case .levels: "in levels"
        }
      }
    }

    /// The units of [X y]; without groups nothing is shifted.
    var units: ColumnUnits

    var counts = RowCounts()

    /// Relative precision of the data, the coarsest of all that were added.
    var epsilon = 0.0

    /// The error of the values of each column of [X y] where they were rounded when they were read, as a root mean
    /// square; empty where none were.
    var roundings: [Double] = []

    /// R of the rows less the means of their levels; of [1 X y] with one group, of [X y] without.
    var triangle: UpperTriangularMatrix<Double>

    /// The means of the levels, less the shifts; without columns where there are no levels.
    var means: LevelMeans

    /// The factor of no rows.
    /// - Precondition: the numbers are not negative.
    public init(features: Int, targets: Int = 1) {
      self.init(features: features, targets: targets, grouping: .one)
    }

    /// The factor of no rows.
    package init(features: Int, targets: Int, grouping: Grouping) {
      require(features >= 0 && targets >= 0, "a factor of \(features) features and \(targets) targets")
      let layout = DesignLayout(features: features, targets: targets, hasOnes: grouping == .one)
      self.init(layout, ColumnUnits(identity: features + targets), levels: grouping == .levels ? 0 : nil)
    }

    /// The factor of no rows in given units.
    ///
    /// - Parameter levels: number of levels; nil where rows are not grouped in levels.
    init(_ layout: DesignLayout, _ units: ColumnUnits, levels: Int? = nil) {
      precondition(units.shifts.count == layout.columns && (levels == nil || !layout.hasOnes))
      (features, targets, self.units) = (layout.features, layout.targets, units)
      grouping = levels != nil ? .levels : layout.hasOnes ? .one : .none
      triangle = UpperTriangularMatrix(order: layout.order)
      means = LevelMeans(levels: levels ?? 0, width: layout.columns)
    }

    /// The factor of no rows, of the same columns.
    package var empty: LeastSquares.Factor {
      LeastSquares.Factor(features: features, targets: targets, grouping: grouping)
    }

    /// Number of rows whose weight is not zero.
    public var observations: Int { counts.observations }

    /// Σ of the weights of the rows, or their number.
    package var weightSum: Double { counts.weightSum }

    /// Number of levels, those without rows too.
    package var levels: Int { means.count }

    /// Whether a level has rows of some weight.
    package func hasRows(level: Int) -> Bool { level < levels && means.weights[level] > 0 }

    /// Whether there is no row in it.
    var isEmpty: Bool { counts.observations == 0 }

    /// The columns of the triangle.
    var layout: DesignLayout {
      DesignLayout(features: features, targets: targets, hasOnes: grouping == .one)
    }
  }
}

extension LeastSquares.Factor {
  /// Joins with the factor of other rows.
  ///
  /// - Throws: ``DataError/columnsDiffer(features:targets:)``; ``DataError/overflow(_:column:)``, as by `add`.
  ///   The factor is then as it was.
  /// - Complexity: 2/3 (p + k)³ flops. Uses `dtpqrt`.
  public mutating func merge(_ other: LeastSquares.Factor) throws(DataError) {
    try merge(other, levels: nil)
  }

  /// Joins with the factor of other rows.
  ///
  /// - Parameter numbers: which level here each of the other's is: a new one where it is ``levels`` or more. Two may be
  ///   the same one. Nil where they are counted the same.
  /// - Throws: ``DataError/columnsDiffer(features:targets:)``.
  /// - Precondition: rows are grouped the same way, and there is a number for each of the other's levels.
  /// - Complexity: 2/3 (p + k)³ flops, and 2 (p + k)² for each of the other's levels.
  package mutating func merge(
    _ other: LeastSquares.Factor, levels numbers: [Int32]?
  ) throws(DataError) {
    guard features == other.features, targets == other.targets else {
      throw .columnsDiffer(features: [features, other.features], targets: [targets, other.targets])
    }
    try DataError.check(
      grouping == other.grouping,
      "merge: the rows of one factor are \(grouping.words), those of the other \(other.grouping.words)")
    require(
      numbers.map { $0.count == other.levels } ?? true,
      "merge: \(numbers?.count ?? 0) numbers for \(other.levels) levels")
    try checkSums(with: other)
    join(other, levels: numbers)
  }

  mutating func join(_ later: LeastSquares.Factor, levels numbers: [Int32]? = nil) {
    epsilon = max(epsilon, later.epsilon)
    if !later.roundings.isEmpty {
      roundings = roundings.isEmpty ? later.roundings : zip(roundings, later.roundings).map(max)
    }
    let levels = max(levels, numbers.map { Int(($0.max() ?? -1) + 1) } ?? later.levels)
    if later.isEmpty { return means.grow(to: levels) }
    if isEmpty {
      units = later.units
      if numbers == nil {
        (counts, triangle, means) = (later.counts, later.triangle, later.means)
        return means.grow(to: levels)
      }
    }
    var other = later
    if units != other.units {
      // In the coarser scale of the two nothing overflows, and what underflows is nothing beside the other.
      var common = counts.weightSum >= other.counts.weightSum ? units : other.units
      for j in common.scales.indices { common.scales[j] = min(units.scales[j], other.units.scales[j]) }
      express(in: common)
      other.express(in: common)
    }
    counts.merge(other.counts)
    triangle.stack(other.triangle)
    means.grow(to: levels)
    if grouping == .levels { joinMeans(other.means, numbers) }
  }

  /// Changes the units: with a shift the means move.
  mutating func express(in target: ColumnUnits) {
    if units == target { return }
    precondition(grouping != .none || units.shifts == target.shifts)
    let layout = layout
    for j in 0..<layout.columns {
      let column = layout.firstFeature + j
      let ratio = target.scales[j] / units.scales[j]
      if ratio != 1 { for i in 0...column { triangle[i, column] *= ratio } }
      if layout.hasOnes {
        triangle[0, column] += triangle[0, 0] * ((units.shifts[j] - target.shifts[j]) * target.scales[j])
      }
    }
    if grouping == .levels, units.shifts != target.shifts {
      means.shift(by: zip(units.shifts, target.shifts).map(-))
    }
    units = target
  }
}

extension LeastSquares.Factor {
  /// A hash of the numbers, as the height of a leaf in a ``MergeTree``.
  package var hash: UInt64 {
    var hash = LeafHash(UInt64(bitPattern: Int64(counts.observations)))
    for j in 0..<triangle.order { hash.mix(triangle[j, j]) }
    hash.mix(counts.weightSum)
    return hash.value
  }
}
