internal import LinearAlgebra

/// The regression of y on X and the levels of several categories, between its two passes over the rows: the effects of
/// each column are known, and rows less their effects are to be reduced to a triangular factor.
///
/// An error δ of the effects moves the coefficients by δ² only, for X̃ᵀX̃ has no terms in δ alone: what is left of X is
/// orthogonal to D.
package struct FixedEffectsProblem: Sendable {
  let sums: FixedEffectsSums
  let table: CrossTabulation
  var solver: FixedEffectsSolver

  /// Takes the effects out of rows.
  package let within: WithinTransformation

  /// The estimated norm of the error of each column of [X y] less its effects that is a sum of effects itself, over its
  /// norm about its mean.
  let errors: [Double]

  /// Solves for the effects of each column of [X y].
  ///
  /// - Throws: ``DataError``: no rows, or none with weight; ``DataError/notConverged(iterations:residual:)``.
  /// - Complexity: O(combinations · categories · (p + k)) for each iteration.
  package init(_ sums: FixedEffectsSums) throws(DataError) {
    var sums = sums
    if sums.counts.observations == 0 {
      // Rows without a weight have levels too.
      let hasRows = sums.levels.contains { $0 > 0 }
      throw sums.singletons > 0 ? .onlySingletons : hasRows ? .noWeight : .noRows
    }
    sums.mergeTable()
    let (q, units) = (sums.columns, sums.units)
    let system = FixedEffectsSystem(sums.table, levels: sums.levels)
    var solver = FixedEffectsSolver(system)
    let b = system.order.flatMap { sums.sums[$0] }
    let spreads = (0..<q).map { sums.spread($0) }, squares = (0..<q).map { sums.square($0) }
    let rounding = Self.rounding(sums)
    // A column with as little left as rounding is met by its effects.
    let solution = try solver.solve(b, columns: q) { column, energy in
      max(1e-21 * (squares[column] - energy), 1e-26 * spreads[column])
    }
    self.sums = sums
    self.solver = solver
    table = sums.table
    errors = (0..<q).map {
      spreads[$0] > 0 ? ((solution.errors[$0] + rounding * squares[$0]) / spreads[$0]).squareRoot() : 0
    }
    var effects = sums.levels.map { _ in [Double]() }, hasRows = sums.levels.map { _ in [Bool]() }
    for (position, category) in system.order.enumerated() {
      let first = system.offsets[position], range = first..<first + system.levels[position]
      hasRows[category] = range.map { system.diagonal[$0] > 0 }
      effects[category] = range.flatMap { unknown in
        (0..<q).map { solution.effects[unknown * q + $0] / units.scales[$0] }
      }
    }
    within = WithinTransformation(
      features: sums.features, shifts: units.shifts, effects: effects, hasRows: hasRows)
  }

  /// The energy of the error that rounding of the right side leaves in the effects of a column, over Σ w z².
  ///
  /// The sum of a level is off by ε Σ w |z|. Of one category its effect is off by that over Σ w: in all by ε² Σ w z² at
  /// most. Of several it has to flow to other levels over the rows that they share. A flow of ε Σ w |z| ≤ ε √(W Σ w z²),
  /// W being the weight of all rows, over an edge of weight w costs its square over w: ε² Σ w z² W / w where all goes
  /// over the lightest.
  private static func rounding(_ sums: FixedEffectsSums) -> Double {
    let lightest = sums.levels.count < 2 ? nil : sums.table.weights.min()
    return .ulpOfOne * .ulpOfOne * (lightest.map { sums.counts.weightSum / $0 } ?? 1)
  }

  /// Rank of the indicators of the levels of some categories.
  package func rank(of categories: [Int]) -> Int {
    LevelRank(table, within.hasRows, categories: categories).total
  }
}

extension FixedEffectsSums {
  /// Brings the cross-tabulation in order.
  mutating func mergeTable() { table.merge(levels: levels) }
}
