internal import LinearAlgebra

/// What n rows come down to: a p × p triangle, from which everything else follows without the data.
///
/// Columns are centred (where there is an intercept) and have norm 1, so that their units do not matter: with
/// z = (x − mean) / norm, ‖R v − S‖ is least where ‖Z v − z_y‖ is, and w = v · norm_y / norm.
struct Problem {
  let hasIntercept: Bool
  let counts: RowCounts

  /// The units that means and norms are in.
  let units: ColumnUnits

  /// Mean of each column of [X y], in `units`; zeros without an intercept.
  let offsets: [Double]

  /// Norm of each centred column of [X y], in `units`; 0 for a column that is constant to rounding.
  let norms: [Double]

  /// R, p × p; its columns have norm 1 or are zeros.
  let triangle: UpperTriangularMatrix<Double>

  /// S, p × k.
  let projections: Matrix<Double>

  /// What the features leave of each target's norm, squared: 1 − R². Below zero where rounding hides it.
  let leftovers: [Double]

  /// For each feature, how much a stored value may be off, in norms: √Σ (ε x)² / norm.
  let uncertainties: [Double]

  /// For each column of [X y], the error of its values where they were rounded when they were read, in norms; empty
  /// where none were.
  let roundings: [Double]

  /// The condition number up to which cross-products answer by themselves.
  static let plainCondition = 100.0

  /// p
  var featureCount: Int { triangle.order }

  /// Mean of a column of [X y], in the units of the data; zero without an intercept.
  func mean(_ column: Int) -> Double {
    hasIntercept ? units.shifts[column] + offsets[column] / units.scales[column] : 0
  }

  /// The same to more digits than a Double has.
  func extendedMean(_ column: Int) -> DoubleDouble {
    hasIntercept
      ? DoubleDouble(units.shifts[column], plus: offsets[column] / units.scales[column]) : .zero
  }

  /// k
  var targetCount: Int { leftovers.count }
}

extension Problem {
  /// From a factor of rows.
  ///
  /// - Parameter data: what is known of the columns' values; nil for the precision of the factor.
  init(_ factor: LeastSquares.Factor, data: DataPrecision? = nil) {
    let layout = factor.layout, (p, k, first) = (layout.features, layout.targets, layout.firstFeature)
    let frame = Frame(factor, data)
    var triangle = UpperTriangularMatrix<Double>(order: p)
    for j in 0..<p where frame.norms[j] > 0 {
      for i in 0...j { triangle[i, j] = factor.triangle[first + i, first + j] / frame.norms[j] }
    }
    func target(_ i: Int, _ t: Int) -> Double {
      frame.norms[p + t] > 0 ? factor.triangle[first + i, first + p + t] / frame.norms[p + t] : 0
    }
    self.init(
      hasIntercept: layout.hasOnes, counts: factor.counts, units: factor.units, offsets: frame.offsets,
      norms: frame.norms, triangle: triangle, projections: Matrix(rows: p, columns: k, target),
      leftovers: (0..<k).map { t in (p...p + t).reduce(0) { $0 + target($1, t) * target($1, t) } },
      uncertainties: (0..<p).map { frame.uncertainty($0, epsilon: data?.features[$0] ?? factor.epsilon) },
      roundings: frame.inNorms(data?.roundings ?? factor.roundings))
  }

  /// From cross-products; nil where rounding in them hides what matters: a mean far from the shift, a constant column,
  /// a matrix that is not positive definite.
  init?<Scalar>(_ products: CrossProducts<Scalar>, data: DataPrecision) {
    let layout = products.layout, (p, k, first) = (layout.features, layout.targets, layout.firstFeature)
    let root = layout.hasOnes ? products[0, 0].squareRoot() : 1
    func top(_ column: Int) -> Double { layout.hasOnes ? products[0, column] / root : 0 }
    func centered(_ i: Int, _ j: Int) -> Double {
      products[first + i, first + j] - top(first + i) * top(first + j)
    }
    let columns = 0..<layout.columns
    let frame = Frame(
      products.units, products.counts, offsets: columns.map { top(first + $0) / root },
      norms: columns.map { max(0, centered($0, $0)).squareRoot() }, isCentered: layout.hasOnes, data)
    for j in 0..<p + k {
      let (total, left) = (products[first + j, first + j], centered(j, j))
      guard left > total / 1000, frame.norms[j] > 0 else { return nil }
    }
    var triangle = UpperTriangularMatrix<Double>(order: p)
    for j in 0..<p {
      for i in 0..<j { triangle[i, j] = centered(i, j) / frame.norms[i] / frame.norms[j] }
      triangle[j, j] = 1
    }
    guard (try? triangle.factorizeCholesky()) != nil, p == 0 || triangle[p - 1, p - 1].isFinite else {
      return nil
    }
    let right = Matrix<Double>(rows: p, columns: k) {
      centered($0, p + $1) / frame.norms[$0] / frame.norms[p + $1]
    }
    guard let projections = try? triangle.solve(right, transpose: .transpose) else { return nil }
    self.init(
      hasIntercept: layout.hasOnes, counts: products.counts, units: products.units, offsets: frame.offsets,
      norms: frame.norms, triangle: triangle, projections: projections,
      leftovers: (0..<k).map { t in (0..<p).reduce(1) { $0 - projections[$1, t] * projections[$1, t] } },
      uncertainties: (0..<p).map { frame.uncertainty($0, epsilon: data.features[$0]) },
      roundings: frame.inNorms(data.roundings))
  }

  /// Means and norms of the columns of [X y], in the units of a pass.
  private struct Frame {
    /// Means with one group; else zeros.
    let offsets: [Double]
    /// Norms about the means of the groups; 0 for a column that is constant within them to rounding.
    private(set) var norms: [Double]
    /// Norms of what was taken away: the groups' means, and their distance from the shifts.
    private var sizes: [Double]
    /// What an error of 1 in every value of a column is, in the units of a pass.
    private let ones: [Double]

    init(_ factor: LeastSquares.Factor, _ data: DataPrecision?) {
      let layout = factor.layout, first = layout.firstFeature, r = factor.triangle
      let columns = 0..<layout.columns
      self.init(
        factor.units, factor.counts, offsets: columns.map { first == 1 ? r[0, 1 + $0] / r[0, 0] : 0 },
        norms: factor.normsWithinGroups, isCentered: layout.hasOnes, data)
      if factor.grouping == .levels {
        for j in columns {
          let (shift, scale) = (factor.units.shifts[j], factor.units.scales[j])
          sizes[j] = factor.means.sum(j) {
            let value = (abs($0 + shift) + abs($0)) * scale
            return value * value
          }.squareRoot()
        }
        leaveOutConstants()
      }
    }

    init(
      _ units: ColumnUnits, _ counts: RowCounts, offsets: [Double], norms: [Double], isCentered: Bool,
      _ data: DataPrecision?
    ) {
      (self.offsets, self.norms) = (offsets, norms)
      ones = units.scales.map { counts.weightSum.squareRoot() * $0 }
      let root = isCentered ? counts.weightSum.squareRoot() : 0
      sizes = offsets.indices.map {
        // Of a column that is known beyond its precision the distance from the shift is right.
        let mean = data?.isExtended[$0] == true ? 0 : units.shifts[$0] * units.scales[$0] + offsets[$0]
        return root * (abs(mean) + abs(offsets[$0]))
      }
      leaveOutConstants()
    }

    /// What rounding leaves of a constant cannot be told from nothing.
    private mutating func leaveOutConstants() {
      for j in norms.indices where norms[j] <= 4 * Double.ulpOfOne * sizes[j] { norms[j] = 0 }
    }

    /// Errors of the values of columns, in norms.
    func inNorms(_ errors: [Double]) -> [Double] {
      errors.indices.map { norms[$0] == 0 ? 0 : errors[$0] * ones[$0] / norms[$0] }
    }

    func uncertainty(_ j: Int, epsilon: Double) -> Double {
      norms[j] == 0 ? 0 : epsilon * hypotenuse(1, sizes[j] / norms[j])
    }
  }
}

extension Problem {
  /// The problem of some of the features, in a new order, and of some of the targets.
  ///
  /// - Complexity: about 2 p q² flops for q columns that stay. Uses `dtpqrt`.
  func selecting(features: [Int], targets: [Int]? = nil) -> Problem {
    let targets = targets ?? Array(0..<targetCount)
    let (p, q, k) = (featureCount, features.count, targets.count)
    // [R S] restricted to the columns, factorised again; what it leaves of the targets adds to their leftovers. With
    // fewer rows than features the last rows are zeros.
    let height = occupiedRows
    var rows: [Double] = zeros(height * (q + k))
    triangle.withUnsafeColumns { r in
      for (j, feature) in features.enumerated() {
        for i in 0..<min(height, feature + 1) { rows[j * height + i] = r[feature * p + i] }
      }
    }
    for (t, target) in targets.enumerated() {
      for i in 0..<height { rows[(q + t) * height + i] = projections[i, target] }
    }
    var factor = UpperTriangularMatrix<Double>(order: q + k)
    if UpperTriangularMatrix.isWide(q + k) {
      rows.withUnsafeMutableBufferPointer { rows in
        guard let rows = rows.baseAddress else { return }
        factor.stackInPanels(rows: height, rows, leadingDimension: height, threads: Parallelism.threads)
      }
    } else {
      factor.stack(rows: height, columns: rows)
    }
    var selected = UpperTriangularMatrix<Double>(order: q)
    for j in 0..<q { for i in 0...j { selected[i, j] = factor[i, j] } }
    let columns = features + targets.map { p + $0 }
    return Problem(
      hasIntercept: hasIntercept, counts: counts, units: units.selecting(columns),
      offsets: columns.map { offsets[$0] }, norms: columns.map { norms[$0] }, triangle: selected,
      projections: Matrix(rows: q, columns: k) { factor[$0, q + $1] },
      leftovers: targets.indices.map { t in
        (q..<q + t + 1).reduce(leftovers[targets[t]]) { $0 + factor[$1, q + t] * factor[$1, q + t] }
      },
      uncertainties: features.map { uncertainties[$0] },
      roundings: roundings.isEmpty ? [] : columns.map { roundings[$0] })
  }

  /// The rows of [R S] up to the last that is not zero.
  var occupiedRows: Int {
    let p = featureCount
    let height =
      (0..<p).last { i in (0..<targetCount).contains { projections[i, $0] != 0 } }.map { $0 + 1 } ?? 0
    return triangle.withUnsafeColumns { r in
      (0..<p).reduce(height) { height, j in
        height > j ? height : (height...j).last { r[j * p + $0] != 0 }.map { $0 + 1 } ?? height
      }
    }
  }

  /// norm of target t / norm of feature j, in the units of the data: what a coefficient is multiplied by.
  func unit(_ j: Int, target t: Int) -> Double {
    norms[j] == 0 ? 0 : scaled(norms[featureCount + t] / norms[j], j, over: featureCount + t)
  }

  /// The norm of a column of [X y], in the units of the data.
  func norm(_ column: Int) -> Double { norms[column] / units.scales[column] }

  /// value · scale of column a / scale of column b, which are powers of two; in two steps, for the ratio could
  /// overflow.
  private func scaled(_ value: Double, _ a: Int, over b: Int) -> Double {
    let exponent = units.scales[a].exponent - units.scales[b].exponent
    let half = exponent / 2
    func power(_ exponent: Int) -> Double {
      Double(sign: .plus, exponent: min(max(exponent, -1022), 1023), significand: 1)
    }
    return value * power(half) * power(exponent - half)
  }
}
