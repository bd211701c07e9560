internal import LinearAlgebra

/// A fit with fixed effects.
package struct FixedEffectsFit: Sendable {
  /// The coefficients of the features, with the statistics of all columns.
  package let fit: LeastSquaresFit

  /// For each target, category and level its effect; NaN for a level without rows.
  package let effects: [[[Double]]]

  /// For each category and level a number whose sum over the levels of a row is 0 where the rows determine the sum of
  /// their effects: a vector of the null space of D.
  package let aliases: [[Double]]

  /// What the levels add to what a feature that was left out depends on, in the order of the certificate's redundant
  /// features.
  package let dependencies: [Dependency]

  /// Rank of the indicators of all levels.
  package let rank: Int

  /// For each category, how many of its levels those before it determine; a lower bound where there are three
  /// categories or more.
  package let redundantLevels: [Int]

  /// 1 − Σ w r² / Σ w ỹ² of each target, ỹ being y less its effects; nil where nothing is left of y.
  package let withinRSquared: [Double?]

  /// Rows that were left out because a level of theirs has no other row.
  package let singletons: Int

  /// Iterations of conjugate gradients, and the norm of the residual that they reached, relative to the right side.
  package let iterations: Int
  package let residual: Double

  /// What a feature that was left out is, beside its terms in other features: a number for each level.
  package struct Dependency: Equatable, Sendable {
    /// For each category and level.
    package let levels: [[Double]]
    /// The categories that determine the feature by themselves.
    package let categories: [Int]
  }
}

extension FixedEffectsProblem {
  /// The fit of all rows.
  ///
  /// - Parameters:
  ///   - factor: of all rows less their effects.
  ///   - method: what becomes of redundant features.
  ///   - first: the levels of each category in the order in which the first of them is a reference.
  /// - Throws: ``DataError``: redundant features if the method refuses them, overflow,
  ///   ``DataError/effectsInRounding``.
  package func fit(
    _ factor: LeastSquares.Factor, _ method: LeastSquares, order: [[Int]]
  ) throws(DataError) -> FixedEffectsFit {
    var method = method
    method.intercept = false
    if factor.isEmpty { throw .noRows }
    let (p, k) = (factor.features, factor.targets)
    let norms = zip(factor.normsWithinGroups, factor.units.scales).map { $0 / $1 }
    let spreads = (0..<p + k).map { sums.spread($0).squareRoot() / sums.units.scales[$0] }
    let shares = (0..<p + k).map { spreads[$0] > 0 ? norms[$0] / spreads[$0] : 0 }
    let precision = precision(shares)
    let (differences, stored) = (differences, stored)
    // What may be rounding, by all that the estimates are wrong by.
    let floors = (0..<p + k).map { 10 * (errors[$0] + differences[$0]) }
    if (0..<p + k).contains(where: { floors[$0] > Self.largestFloor && shares[$0] <= 10 * floors[$0] }) {
      throw .effectsInRounding
    }
    let met = (0..<p + k).filter {
      shares[$0] <= ($0 < p ? floors[$0] + 2 * stored[$0] : max(floors[$0], Self.leastTargetShare))
    }
    let problem = Problem(factor.withoutColumns(met), data: precision)
    let solution = try method.solved(problem)
    let own = try solution.fit(solver: .qr, reason: "the fixed effects are taken out of the rows", passes: 2)
    let components = LevelGraph(table, sums.levels)
    let rank = LevelRank(table, within.hasRows, components)
    let total = min(own.rank + rank.total, sums.counts.observations)
    var statistics: [FitStatistics] = []
    for t in 0..<k {
      let isConstant = spreads[p + t] == 0
      let left = max(0, solution.leftovers[t]) * (met.contains(p + t) ? 0 : shares[p + t] * shares[p + t])
      statistics.append(
        FitStatistics(
          residualSumOfSquares: isConstant ? 0 : left, totalSumOfSquares: isConstant ? 0 : 1,
          scale: isConstant ? 1 : spreads[p + t], observations: sums.counts.observations, rank: total,
          hasIntercept: true, logWeightSum: sums.counts.logWeightSum))
      if !statistics[t].totalSumOfSquares.isFinite { throw .overflow(.targets, column: t) }
    }
    let certificate = own.certificate
    // An error that is a sum of effects meets only others of its kind in the products of what is left.
    let left = (0..<p + k).map { shares[$0] > 0 && !met.contains($0) ? 1 / shares[$0] : 0 }
    let largest = zip(errors, left).reduce(0) { max($0, 10 * $1.0 * $1.1) }
    let losses = (0..<p + k).map { (differences[$0] / 4 + 10 * errors[$0] * largest) * left[$0] }
    // What the effects leave of a target has fewer digits than it; none where more than rounding is taken as rounding.
    let digits = (0..<k).reduce(
      min(certificate.estimatedDigits, solution.digits(afterRoundings: losses))
    ) { least, t in
      let share = shares[p + t]
      if met.contains(p + t) { return share > 16 * .ulpOfOne ? 0 : least }
      if share == 0 { return least }
      var digits = min(least, 15.65 + CLibrary.decimalLogarithm(share))
      // Of a nearly perfect fit the same errors, squared, may be much of what is left: standard errors tell it.
      if floors[p + t] > Self.largestFloor {
        digits = min(digits, CLibrary.decimalLogarithm(solution.leftovers[t] / (largest * largest)))
      }
      return max(0, digits)
    }
    if digits < 1, floors.contains(where: { $0 > Self.largestFloor }) { throw .effectsInRounding }
    let fit = LeastSquaresFit(
      model: own.model, hasIntercept: false, observations: sums.counts.observations, statistics: statistics,
      certificate: Certificate(
        solver: .qr, reason: certificate.reason, passes: 2, conditionNumber: certificate.conditionNumber,
        rank: total, redundant: certificate.redundant, estimatedDigits: digits,
        readingLoss: certificate.readingLoss, normalEquationResidual: nil),
      covariance: own.covariance, roots: own.roots)
    var solver = solver
    let effects = try effects(own.model, &solver, components, order)
    let aliases = try aliases(&solver, components)
    return FixedEffectsFit(
      fit: fit, effects: effects, aliases: aliases,
      dependencies: certificate.redundant.map(dependency), rank: rank.total,
      redundantLevels: rank.redundant,
      withinRSquared: (0..<k).map { met.contains(p + $0) ? nil : own.statistics[$0].rSquared },
      singletons: sums.singletons, iterations: solver.iterations, residual: solver.residual)
  }

  /// What rounding of rows less their effects leaves of each column, over its norm about its mean. Differences of more
  /// digits than Doubles have are rounded at last.
  private var differences: [Double] {
    (0..<sums.columns).map { column in
      let spread = sums.spread(column)
      return spread == 0 || sums.isExtended[column]
        ? .ulpOfOne : .ulpOfOne * max(1, (sums.square(column) / spread).squareRoot())
    }
  }

  /// The same of rounding of the values themselves, when they were stored.
  private var stored: [Double] {
    (0..<sums.columns).map { column in
      let spread = sums.spread(column)
      if spread == 0 || sums.isExtended[column] { return 0 }
      let size = abs(sums.mean(column)) * sums.units.scales[column]
      return .ulpOfOne * size * (sums.counts.weightSum / spread).squareRoot()
    }
  }

  /// What is known of rows less their effects.
  ///
  /// - Parameter shares: the norm of each column less its effects, over that about its mean.
  private func precision(_ shares: [Double]) -> DataPrecision {
    let stored = stored
    return DataPrecision(
      features: (0..<sums.features).map {
        let error = 4 * .ulpOfOne + 10 * errors[$0]
        return min(0.1, max(.ulpOfOne, (error + stored[$0]) / max(shares[$0], .ulpOfOne)))
      },
      isExtended: sums.isExtended, roundings: sums.roundings)
  }

  /// Of a target less than this share of its norm is rounding.
  private static var leastTargetShare: Double { 1e-13 }

  /// Where rounding may be more than this share of a column's norm, a column with as little left is not left out: what
  /// it is cannot be told.
  private static var largestFloor: Double { 1e-9 }

  /// What a redundant feature is, beside its terms.
  private func dependency(_ redundancy: Redundancy) -> FixedEffectsFit.Dependency {
    let q = sums.columns, j = redundancy.feature
    func value(_ number: (Int) -> Double) -> Double {
      redundancy.dependsOn.reduce(number(j)) { $0 - $1.factor * number($1.feature) }
    }
    let common = value { within.shifts[$0] }
    var levels = within.effects.indices.map { category in
      within.hasRows[category].indices.map { level in
        value { within.effects[category][level * q + $0] } + (category == 0 ? common : 0)
      }
    }
    let largest = within.effects.reduce(abs(within.shifts[j])) { largest, effects in
      stride(from: j, to: effects.count, by: q).reduce(largest) { max($0, abs(effects[$1])) }
    }
    if levels.joined().allSatisfy({ abs($0) <= 1e-10 * largest }) { levels = levels.map { zeros($0.count) } }
    // By the means of its levels alone a category explains all of it.
    let categories = within.effects.indices.filter { category in
      guard redundancy.dependsOn.isEmpty, let position = solver.system.order.firstIndex(of: category) else {
        return false
      }
      let first = solver.system.offsets[position]
      let explained =
        sums.levels[category] == 0
        ? 0
        : (0..<sums.levels[category]).reduce(0.0) { sum, level in
          let weight = solver.system.diagonal[first + level], value = sums.sums[category][level * q + j]
          return weight > 0 ? sum + value * (value / weight) : sum
        }
      return sums.square(j) - explained <= 1e-12 * sums.square(j)
    }
    return FixedEffectsFit.Dependency(levels: levels, categories: categories)
  }
}

extension LeastSquares.Factor {
  /// The factor with zeros in some columns of [X y].
  fileprivate func withoutColumns(_ columns: [Int]) -> LeastSquares.Factor {
    var factor = self
    for column in columns { for i in 0...column { factor.triangle[i, column] = 0 } }
    return factor
  }
}
