internal import LinearAlgebra

extension FixedEffectsProblem {
  /// The effects of y − X β for each target: D α is what D explains of it.
  func effects(
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
  func aliases(
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
