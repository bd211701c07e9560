internal import LinearAlgebra

/// A fit of all columns from that of the rows less the means of their levels.
struct LevelsFit {
  let factor: LeastSquares.Factor
  let columns: LevelColumns

  /// The fit of M y by M X.
  let within: LeastSquaresFit

  /// 1 − R² of that.
  let leftovers: [Double]

  /// The level that the intercept stands for; nil without an intercept.
  let base: Int?

  /// α less what the shifts add to all of them alike, levels × k.
  let effects: Matrix<Double>

  /// Norms about the means of the levels, in the units of the factor.
  private let norms: [Double]

  private var p: Int { factor.features }
  private var k: Int { factor.targets }
  private var weights: [Double] { factor.means.weights }

  init(
    _ factor: LeastSquares.Factor, _ columns: LevelColumns, _ within: LeastSquaresFit, leftovers: [Double]
  ) {
    (self.factor, self.columns, self.within, self.leftovers) = (factor, columns, within, leftovers)
    base = columns.base(factor.means.weights)
    norms = factor.normsWithinGroups
    let (p, slopes) = (factor.features, within.model.weights)
    effects = Matrix(rows: factor.means.count, columns: factor.targets) { g, t in
      (0..<p).reduce(factor.means[g, p + t]) { $0 - factor.means[g, $1] * slopes[$1, t] }
    }
  }

  func fit() throws(DataError) -> LeastSquaresFit {
    let statistics = try (0..<k).map { (t) throws(DataError) in try self.statistics(t) }
    let model = try model()
    let redundancy = LevelsRedundancy(factor, columns)
    let certificate = within.certificate
    let covariance = within.covariance.map {
      UnscaledCovariance(within: $0, factor, columns)
    }
    return LeastSquaresFit(
      model: model, hasIntercept: columns.hasReference, observations: factor.counts.observations,
      statistics: statistics,
      certificate: Certificate(
        solver: .qr, reason: certificate.reason, passes: certificate.passes,
        conditionNumber: certificate.conditionNumber, rank: rank,
        redundant: redundancy.spelledOut(certificate.redundant), estimatedDigits: digits,
        readingLoss: certificate.readingLoss.map { loss in
          Certificate.ReadingLoss(
            column: loss.column < p ? columns.position(ofOther: loss.column) : loss.column + columns.count,
            digits: loss.digits)
        },
        normalEquationResidual: nil),
      covariance: covariance, roots: covariance.map { roots($0) }, lowModel: lowModel(model, statistics))
  }

  /// Of the columns with rows, the intercept's included.
  private var rank: Int { within.certificate.rank + weights.count { $0 > 0 } }

  private func model() throws(DataError) -> LinearModel {
    let slopes = within.model.weights, shifts = factor.units.shifts
    // α = ȳ − m β in the data's own units, less the same in shifted ones.
    let common = (0..<k).map { t in (0..<p).reduce(shifts[p + t]) { $0 - shifts[$1] * slopes[$1, t] } }
    var all = Matrix<Double>.zeros(p + columns.count, k)
    for t in 0..<k {
      for j in 0..<p { all[columns.position(ofOther: j), t] = slopes[j, t] }
      for level in 0..<columns.levels where weights[level] > 0 && level != base {
        guard let column = columns.column(of: level) else { continue }
        all[column, t] = base.map { effects[level, t] - effects[$0, t] } ?? effects[level, t] + common[t]
        if !all[column, t].isFinite { throw .overflow(.targets, column: t) }
      }
    }
    let intercepts = (0..<k).map { t in base.map { effects[$0, t] + common[t] } ?? 0 }
    if let t = intercepts.firstIndex(where: { !$0.isFinite }) { throw .overflow(.targets, column: t) }
    return LinearModel(weights: all, intercepts: intercepts)
  }

  private func statistics(_ t: Int) throws(DataError) -> FitStatistics {
    let means = factor.means, column = p + t
    let scale = factor.units.scales[column], shift = factor.units.shifts[column]
    let within = norms[column]
    // Without an intercept R² is about zero, as R has it.
    let center = base == nil ? -shift : means.sum(column) { $0 } / factor.counts.weightSum
    let between = means.sum(column) { (($0 - center) * scale) * (($0 - center) * scale) }
    let size = means.sum(column) { (abs($0 + shift) * scale) * (abs($0 + shift) * scale) }.squareRoot()
    let norm = hypotenuse(within, between.squareRoot())
    let isConstant = norm <= 4 * Double.ulpOfOne * size
    let share = within / norm
    let statistics = FitStatistics(
      residualSumOfSquares: isConstant ? 0 : max(0, leftovers[t]) * share * share,
      totalSumOfSquares: isConstant ? 0 : 1, scale: isConstant ? 1 : norm / scale,
      observations: factor.counts.observations, rank: rank, hasIntercept: columns.hasReference,
      logWeightSum: factor.counts.logWeightSum)
    guard statistics.totalSumOfSquares.isFinite else { throw .overflow(.targets, column: t) }
    return statistics
  }

  /// √((XᵀWX)⁻¹ⱼⱼ) of the intercept (if there is one) and of each feature; nil for those that are left out.
  private func roots(_ covariance: UnscaledCovariance) -> [Double?] {
    var roots = [Double?](repeating: nil, count: p + columns.count)
    for (feature, root) in zip(within.covariance!.features, within.covariance!.roots) {
      roots[columns.position(ofOther: feature)] = root
    }
    for (level, root) in levelRoots.enumerated() {
      if let column = columns.column(of: level) { roots[column] = root }
    }
    return (columns.hasReference ? [covariance.interceptRoot] : []) + roots
  }

  /// √(1/W_g + m_gᵀ C m_g) of each level, C = (XᵀMX)⁻¹; with an intercept that of the difference to its level,
  /// √(1/W_g + 1/W_b + (m_g − m_b)ᵀ C (m_g − m_b)). Nil for a level without rows and that of the intercept.
  private var levelRoots: [Double?] {
    guard let own = within.covariance else { return [] }
    let squares = own.squares(rows: columns.levels) { level, i in
      let j = own.features[i], mean = factor.means[level, j]
      return base.map { mean - factor.means[$0, j] } ?? mean + factor.units.shifts[j]
    }
    return squares.enumerated().map { level, square in
      if weights[level] == 0 || level == base { return nil }
      return (square + 1 / weights[level] + (base.map { 1 / weights[$0] } ?? 0)).squareRoot()
    }
  }

  /// The digits of the least accurate coefficient: of the slopes as estimated, and of the levels what their means and
  /// the slopes' errors leave.
  private var digits: Double {
    var least = within.certificate.estimatedDigits
    let error = CLibrary.decimalPower(-least)
    for t in 0..<k {
      let slopes = within.model.weights, norm = norms[p + t]
      var values: [Double] = [], errors: [Double] = [], units: [Double] = []
      for level in 0..<columns.levels where weights[level] > 0 && level != base {
        var square = 0.0, value = effects[level, t]
        if let base { value -= effects[base, t] }
        for j in 0..<p {
          let mean = factor.means[level, j] - (base.map { factor.means[$0, j] } ?? -factor.units.shifts[j])
          square += (mean * slopes[j, t] * error) * (mean * slopes[j, t] * error)
        }
        let y =
          factor.means[level, p + t] - (base.map { factor.means[$0, p + t] } ?? -factor.units.shifts[p + t])
        values.append(value)
        errors.append(square.squareRoot() + Double.ulpOfOne * (abs(y) + abs(value)))
        units.append(weights[level].squareRoot())
      }
      if !values.isEmpty, norm > 0 {
        least = min(least, ErrorEstimate.digits(values, errors: errors, units: units))
      }
    }
    return least
  }
}

/// Redundant features of a fit of rows less the means of their levels, in terms of all columns.
struct LevelsRedundancy {
  let factor: LeastSquares.Factor
  let columns: LevelColumns

  init(_ factor: LeastSquares.Factor, _ columns: LevelColumns) {
    (self.factor, self.columns) = (factor, columns)
  }

  /// Adds what the levels contribute, and the levels that have no column of their own because there are no rows.
  func spelledOut(_ redundant: [Redundancy]) -> [Redundancy] {
    (redundant.map(dependency) + levelsWithoutRows).sorted { $0.feature < $1.feature }
  }

  /// Whether a feature before the levels is constant within each of them, and not the same in all: the levels do not
  /// determine it, for they come later, but the last of them that it tells apart is determined by it and the others.
  func takesLevels(_ problem: Problem) -> Bool {
    problem.independentFeatures().redundant.contains {
      $0.feature < columns.first
        && dependency($0).dependsOn.contains { columns.range.contains($0.feature) }
    }
  }

  /// M x = Σ factor M xᵢ means x = Σ factor xᵢ + a number for each level.
  private func dependency(_ redundancy: Redundancy) -> Redundancy {
    let means = factor.means, shifts = factor.units.shifts, j = redundancy.feature
    let base = columns.base(means.weights)
    func number(_ value: (Int) -> Double) -> (value: Double, size: Double) {
      redundancy.dependsOn.reduce((value(j), abs(value(j)))) {
        let part = $1.factor * value($1.feature)
        return ($0.0 - part, $0.1 + abs(part))
      }
    }
    let common = number { shifts[$0] }
    let levels = (0..<means.count).map { level in number { means[level, $0] } }
    let size = levels.reduce(0) { max($0, $1.size) }
    var terms = redundancy.dependsOn.map {
      Redundancy.Term(feature: columns.position(ofOther: $0.feature), factor: $0.factor)
    }
    var tolerance = redundancy.tolerance
    for level in levels.indices where means.weights[level] > 0 && level != base {
      guard let column = columns.column(of: level) else { continue }
      let value = levels[level].value - (base.map { levels[$0].value } ?? -common.value)
      if abs(value) > 1e-9 * (base == nil ? size + common.size : size) {
        terms.append(Redundancy.Term(feature: column, factor: value))
      } else {
        tolerance = max(tolerance, redundancy.tolerance + abs(value))
      }
    }
    let constant = base.map { levels[$0].value + common.value } ?? 0
    let isZero = abs(constant) <= 1e-12 * (size + common.size) && !terms.isEmpty
    let rounding =
      8 * Double.ulpOfOne * Double(factor.counts.observations).squareRoot() * (size + common.size)
    return Redundancy(
      feature: columns.position(ofOther: j), dependsOn: terms, constant: isZero ? 0 : constant,
      tolerance: tolerance + rounding + (isZero ? abs(constant) : 0), size: size + common.size)
  }

  /// Columns of zeros, and that of the level that stands in for a reference without rows.
  private var levelsWithoutRows: [Redundancy] {
    let weights = factor.means.weights, base = columns.base(weights)
    return weights.indices.compactMap { level in
      guard let column = columns.column(of: level), weights[level] == 0 || level == base else { return nil }
      if weights[level] == 0 {
        return Redundancy(feature: column, dependsOn: [], constant: 0, tolerance: 0, size: 0)
      }
      let others = weights.indices.filter { weights[$0] > 0 && $0 != level }
      return Redundancy(
        feature: column,
        dependsOn: others.map { Redundancy.Term(feature: columns.column(of: $0)!, factor: -1) }, constant: 1,
        tolerance: 0, size: 2)
    }
  }
}

extension UnscaledCovariance {
  /// That of all columns.
  ///
  /// - Parameter within: that of the features less the means of their levels.
  fileprivate init(within: UnscaledCovariance, _ factor: LeastSquares.Factor, _ columns: LevelColumns) {
    let means = factor.means, shifts = factor.units.shifts, sum = factor.counts.weightSum
    self.init(
      features: within.features.map { columns.position(ofOther: $0) },
      means: within.features.map { j in columns.hasReference ? shifts[j] + means.sum(j) { $0 } / sum : 0 },
      norms: within.norms, inverse: within.inverse, weightSum: columns.hasReference ? sum : nil,
      levels: Levels(
        columns: columns, weights: means.weights,
        means: Matrix(rows: means.count, columns: within.features.count) { level, i in
          let j = within.features[i]
          return means.weights[level] > 0 ? means[level, j] + shifts[j] : 0
        }))
  }
}
