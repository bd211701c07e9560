internal import LinearAlgebra
internal import LinearRegression

/// The fixed effects of a model: a number for each level of the columns behind the bar, which stands in place of the
/// intercept.
///
/// Where two levels always come together only the sum of their effects is determined. The effects are those for which
/// the first level of every category but the first, in R's order, has the effect 0 in each connected component of
/// levels (as fixest's `fixef`).
package struct FixedEffects: Sendable {
  /// The effects of one category.
  package struct Category: Equatable, Sendable {
    /// The columns, several for their combinations.
    package let columns: [String]
    /// The levels that have rows, sorted as R does.
    package let levels: [String]
    /// The effect of each.
    package let estimates: [Double]
    /// What adds up to 0 where the sum of the effects of a row is determined.
    let aliases: [Double]
    /// How many levels the categories before it determine.
    package let redundantLevels: Int

    /// The columns, joined by "^".
    package var name: String { Formula.name(ofEffect: columns) }
  }

  /// What a feature that was left out depends on beside others.
  struct Dependency: Equatable, Sendable {
    /// For each category a number for each level.
    let levels: [[Double]]
    /// The categories that determine the feature by themselves.
    let categories: [Int]
  }

  package let categories: [Category]
  /// One for each redundant feature of the certificate.
  let dependencies: [Dependency]
  /// Rank of the indicators of all levels.
  package let rank: Int
  /// 1 − RSS / Σ w ỹ², ỹ being the target less its own effects; nil where nothing is left of it.
  package let withinRSquared: Double?
  /// Rows that were left out because a level of theirs has no other row.
  package let singletons: Int
  /// Iterations of conjugate gradients, and the residual that they reached, relative to the right side.
  package let iterations: Int
  package let residual: Double
  /// For each category the position of each level.
  private let positions: [[String: Int32]]

  init(
    categories: [Category], dependencies: [Dependency], rank: Int, withinRSquared: Double?, singletons: Int,
    iterations: Int, residual: Double
  ) {
    self.categories = categories
    self.dependencies = dependencies
    (self.rank, self.withinRSquared, self.singletons) = (rank, withinRSquared, singletons)
    (self.iterations, self.residual) = (iterations, residual)
    positions = categories.map { category in
      Dictionary(zip(category.levels, category.levels.indices.map(Int32.init))) { first, _ in first }
    }
  }

  /// Those of one target of a fit.
  ///
  /// - Parameters:
  ///   - words: the levels of each category, as the fit counts them.
  ///   - order: these in R's order.
  init(_ fit: FixedEffectsFit, target: Int, _ columns: [[String]], _ words: [[String]], _ order: [[Int]]) {
    func sorted(_ values: [Double], _ category: Int) -> [Double] {
      order[category].filter { !fit.effects[target][category][$0].isNaN }.map { values[$0] }
    }
    self.init(
      categories: columns.indices.map { category in
        let estimates = fit.effects[target][category]
        return Category(
          columns: columns[category],
          levels: order[category].filter { !estimates[$0].isNaN }.map { words[category][$0] },
          estimates: sorted(estimates, category), aliases: sorted(fit.aliases[category], category),
          redundantLevels: fit.redundantLevels[category])
      },
      dependencies: fit.dependencies.map { dependency in
        Dependency(
          levels: dependency.levels.enumerated().map { sorted($1, $0) }, categories: dependency.categories)
      }, rank: fit.rank, withinRSquared: fit.withinRSquared[target], singletons: fit.singletons,
      iterations: fit.iterations, residual: fit.residual)
  }

  /// "firm + year"
  package var name: String { categories.map(\.name).joined(separator: " + ") }

  /// The position of a level of a category, as it stands in a table; nil for one that had no rows in the fit.
  func position(_ word: String, of category: Int) -> Int32? {
    positions[category][word] ?? positions[category][Design.level(word)]
  }

  /// What is wrong with effects from a file; nil where they can be used.
  ///
  /// - Parameters:
  ///   - columns: those of the design.
  ///   - redundant: number of redundant features.
  func fault(_ columns: [[String]], redundant: Int) -> String? {
    if categories.map(\.columns) != columns { return "the effects are not those of the formula" }
    for (number, category) in categories.enumerated() {
      let count = category.levels.count
      if count == 0 || positions[number].count != count { return "the levels are not those of a category" }
      if category.estimates.count != count || category.aliases.count != count
        || !(category.estimates + category.aliases).allSatisfy(\.isFinite)
      {
        return "the effects are not those of the levels"
      }
      if !(0...count ~= category.redundantLevels) { return "there are more redundant levels than levels" }
      for dependency in dependencies
      where dependency.levels.count != categories.count || dependency.levels[number].count != count
        || !dependency.levels[number].allSatisfy(\.isFinite)
        || !dependency.categories.allSatisfy(categories.indices.contains)
      {
        return "a dependency is not that of the levels"
      }
    }
    let levels = categories.reduce(0) { $0 + $1.levels.count }
    if dependencies.count != redundant || !(0...levels ~= rank) || singletons < 0 || iterations < 0 {
      return "the effects are not those of the fit"
    }
    return nil
  }
}

extension FixedEffects: Equatable {
  package static func == (a: FixedEffects, b: FixedEffects) -> Bool {
    a.categories == b.categories && a.dependencies == b.dependencies && a.rank == b.rank
      && a.withinRSquared == b.withinRSquared && a.singletons == b.singletons && a.iterations == b.iterations
      && a.residual == b.residual
  }
}

extension FixedEffects: Codable {
  private enum Key: String, CodingKey {
    case categories, dependencies, rank, withinRSquared, singletons, iterations, residual
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    self.init(
      categories: try container.decode([Category].self, forKey: .categories),
      dependencies: try container.decodeIfPresent([Dependency].self, forKey: .dependencies) ?? [],
      rank: try container.decode(Int.self, forKey: .rank),
      withinRSquared: try container.decodeIfPresent(Double.self, forKey: .withinRSquared),
      singletons: try container.decode(Int.self, forKey: .singletons),
      iterations: try container.decode(Int.self, forKey: .iterations),
      residual: try container.decode(Double.self, forKey: .residual))
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(categories, forKey: .categories)
    if !dependencies.isEmpty { try container.encode(dependencies, forKey: .dependencies) }
    try container.encode(rank, forKey: .rank)
    try container.encodeIfPresent(withinRSquared, forKey: .withinRSquared)
    try container.encode(singletons, forKey: .singletons)
    try container.encode(iterations, forKey: .iterations)
    try container.encode(residual, forKey: .residual)
  }
}

// Levels may be millions, and so a file keeps them as bytes.

extension FixedEffects.Category: Codable {
  private enum Key: String, CodingKey { case columns, levels, estimates, aliases, redundantLevels }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    columns = try container.decode([String].self, forKey: .columns)
    levels = Array(try container.decode(WordList.self, forKey: .levels))
    estimates = try container.decode(StoredArray<Double>.self, forKey: .estimates).wrappedValue
    aliases = try container.decode(StoredArray<Double>.self, forKey: .aliases).wrappedValue
    redundantLevels = try container.decode(Int.self, forKey: .redundantLevels)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(columns, forKey: .columns)
    try container.encode(WordList(levels), forKey: .levels)
    try container.encode(StoredArray(estimates), forKey: .estimates)
    try container.encode(StoredArray(aliases), forKey: .aliases)
    try container.encode(redundantLevels, forKey: .redundantLevels)
  }
}

extension FixedEffects.Dependency: Codable {
  private enum Key: String, CodingKey { case levels, categories }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    levels = try container.decode([StoredArray<Double>].self, forKey: .levels).map(\.wrappedValue)
    categories = try container.decode([Int].self, forKey: .categories)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(levels.map { StoredArray($0) }, forKey: .levels)
    try container.encode(categories, forKey: .categories)
  }
}
