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
  /// - Throws: ``DataError``: redundant features if the method refuses them, overflow.
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
    let met = (0..<p + k).filter { shares[$0] <= ($0 < p ? Self.leastShare : Self.leastTargetShare) }
    let root = sums.counts.weightSum.squareRoot()
    let precision = DataPrecision(
      features: (0..<p).map {
        let stored =
          sums.isExtended[$0] || norms[$0] == 0 ? 0 : .ulpOfOne * abs(sums.mean($0)) * root / norms[$0]
        return max(
          .ulpOfOne, min(0.1, (4 * .ulpOfOne + 10 * errors[$0]) / max(shares[$0], 1e-9) + stored))
      },
      isExtended: sums.isExtended, roundings: sums.roundings)
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
    // What the effects leave of a target has fewer digits than it; none where more than rounding is taken as rounding.
    let digits = (0..<k).reduce(certificate.estimatedDigits) { least, t in
      let share = shares[p + t]
      if met.contains(p + t) { return share > 16 * .ulpOfOne ? 0 : least }
      return share > 0 ? max(0, min(least, 15.65 + CLibrary.decimalLogarithm(share))) : least
    }
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

  /// Of a column of which less than this share of its norm is left, its effects are all.
  private static var leastShare: Double { 1e-9 }

  /// Of a target less than this is rounding.
  private static var leastTargetShare: Double { 1e-13 }

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
          return weight > 0 ? sum + value * value / weight : sum
        }
      return sums.squares[j] - explained <= 1e-12 * sums.squares[j]
    }
    return FixedEffectsFit.Dependency(levels: levels, categories: categories)
  }
}

extension FixedEffectsProblem {
  /// The effects of y − X β for each target: D α is what D explains of it.
  private func effects(
    _ model: LinearModel, _ solver: inout FixedEffectsSolver, _ graph: LevelGraph, _ order: [[Int]]
  ) throws(DataError) -> [[[Double]]] {
    let (p, q, k, scales) = (sums.features, sums.columns, sums.targets, sums.units.scales)
    let system = solver.system
    // In the units of the targets' sums.
    func combined(_ values: [Double]) -> [Double] {
      (0..<values.count / max(1, q)).flatMap { row in
        (0..<k).map { t in
          (0..<p).reduce(values[row * q + p + t]) {
            let ratio = scales[p + t] / scales[$1]
            return $0 - model.weights[$1, t] * ratio * values[row * q + $1]
          }
        }
      }
    }
    let b = combined(system.order.flatMap { sums.sums[$0] })
    let solution = try solver.solve(b, columns: k) { column, energy in
      max(1e-25 * energy, 1e-28 * sums.spread(p + column))
    }
    return (0..<k).map { t in
      let common = (0..<p).reduce(within.shifts[p + t]) { $0 - model.weights[$1, t] * within.shifts[$1] }
      var effects = sums.levels.map { _ in [Double]() }
      for (position, category) in system.order.enumerated() {
        let first = system.offsets[position]
        effects[category] = (0..<system.levels[position]).map { level in
          system.diagonal[first + level] > 0
            ? solution.effects[(first + level) * k + t] / scales[p + t] + (category == 0 ? common : 0) : .nan
        }
      }
      for category in effects.indices.dropFirst() {
        let (components, place) = category == 1 ? (graph.pair, 1) : (graph.all, category)
        Self.setReferences(&effects, category, components, place, order[category])
      }
      return effects
    }
  }

  /// Makes the effect of a category's first level 0 in each component, and adds what it was to those of the first
  /// category.
  private static func setReferences(
    _ effects: inout [[Double]], _ category: Int, _ components: LevelComponents, _ place: Int, _ order: [Int]
  ) {
    var references = [Double?](repeating: nil, count: components.count)
    for level in order {
      let component = Int(components.numbers[place][level])
      if component >= 0, references[component] == nil { references[component] = effects[category][level] }
    }
    for (position, other) in [(place, category), (0, 0)] {
      for level in effects[other].indices {
        let component = Int(components.numbers[position][level])
        guard component >= 0, let reference = references[component] else { continue }
        effects[other][level] += other == 0 ? reference : -reference
      }
    }
  }

  /// A vector of the null space of D: of two categories the number of the component, with either sign; of more a random
  /// one.
  private func aliases(
    _ solver: inout FixedEffectsSolver, _ graph: LevelGraph
  ) throws(DataError) -> [[Double]] {
    let categories = sums.levels.indices
    if categories.count == 1 { return [zeros(sums.levels[0])] }
    if categories.count == 2 {
      return zip([1, -1], graph.pair.numbers).map { sign, numbers in numbers.map { sign * Double($0) } }
    }
    let system = solver.system
    var generator = SeededGenerator(seed: 0)
    let random = (0..<system.count).map { unknown in
      let value = Double.random(in: -1...1, using: &generator)
      return SIMD2(system.diagonal[unknown] > 0 ? value : 0, 0)
    }
    var b = random
    system.multiply(random, &b)
    let solution = try solver.solve(b.map(\.x), columns: 1) { _, energy in 1e-24 * energy }
    let null = zip(random, solution.effects).map { $0.x - $1 }
    let largest = null.reduce(0) { max($0, abs($1)) }
    return categories.map { category in
      let position = system.order.firstIndex(of: category) ?? 0, first = system.offsets[position]
      return null[first..<first + system.levels[position]].map { largest > 0 ? $0 / largest : 0 }
    }
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
