internal import LinearAlgebra
internal import LinearRegression

/// Residuals against the numbers of a column of the table.
package struct FeatureBins: Equatable, Sendable, Codable {
  /// The column's name.
  package let name: String
  /// Residuals over the column, in units of σ.
  package private(set) var residuals: BinnedResiduals
  /// The column's numbers, in the order of the few rows; empty where rows are many.
  package var values: [Double] = []

  /// Groups of rows with neighbouring numbers.
  package var groups: [BinnedSums.Group] { residuals.means.groups(most: 15, fewest: 10) }

  init(_ name: String) {
    self.name = name
    residuals = BinnedResiduals(columns: 64)
  }

  /// - Parameters:
  ///   - range: the least and the greatest of the values, where that is known.
  ///   - areFew: whether the numbers are kept.
  mutating func add(
    _ values: [Double], _ block: BinnedResiduals.Block, range: ClosedRange<Double>? = nil, areFew: Bool
  ) {
    residuals.add(values, block, range: range)
    self.values = areFew ? self.values + values : []
  }

  mutating func merge(_ later: FeatureBins) {
    residuals.merge(later.residuals)
    values += later.values
  }
}

/// Observed and fitted means of the levels of a category, weighted as the rows are.
package struct LevelBins: Equatable, Sendable, Codable {
  /// The name of the category's column.
  package let name: String
  package let levels: [String]
  /// Rows of each level, and the sum of their weights.
  package private(set) var counts: [Int]
  private var weights: [Double]
  private var fittedSums: [Double]
  private var errorSums: [Double]
  private var errorSquares: [Double]

  init(_ name: String, _ levels: [String]) {
    (self.name, self.levels) = (name, levels)
    counts = levels.map { _ in 0 }
    weights = levels.map { _ in 0 }
    (fittedSums, errorSums, errorSquares) = (
      levels.map { _ in 0 }, levels.map { _ in 0 }, levels.map { _ in 0 }
    )
  }

  /// ŷ of the rows of a level, on average.
  package func fittedMean(_ level: Int) -> Double { fittedSums[level] / weights[level] }

  /// y of the rows of a level, on average.
  package func observedMean(_ level: Int) -> Double {
    fittedMean(level) + errorSums[level] / weights[level]
  }

  /// The standard error of the mean residual of a level; nil for one row.
  package func standardError(_ level: Int) -> Double? {
    let n = Double(counts[level]), sum = errorSums[level], weight = weights[level]
    return n > 1 ? (max(0, errorSquares[level] - sum * sum / weight) / (n - 1) / weight).squareRoot() : nil
  }

  /// - Parameter words: the category's fields of all rows of the block.
  mutating func add(_ words: TableColumn.Words, _ rows: ResidualRows) {
    let positions = Dictionary(zip(levels, levels.indices)) { first, _ in first }
    let known = words.levels.map { word in
      positions[word] ?? positions[Design.level(word)] ?? Design.boolean(word).flatMap { positions[$0] }
    }
    for (index, row) in rows.rows.enumerated() {
      let code = Int(words.codes[row])
      guard code >= 0, let level = known[code] else { continue }
      let error = rows.observed[index] - rows.fitted[index]
      let weight = rows.weight(of: index)
      counts[level] += 1
      weights[level] += weight
      fittedSums[level] += weight * rows.fitted[index]
      errorSums[level] += weight * error
      errorSquares[level] += weight * error * error
    }
  }

  mutating func merge(_ later: LevelBins) {
    for level in levels.indices {
      counts[level] += later.counts[level]
      weights[level] += later.weights[level]
      fittedSums[level] += later.fittedSums[level]
      errorSums[level] += later.errorSums[level]
      errorSquares[level] += later.errorSquares[level]
    }
  }
}

extension FittedModel {
  /// Residuals are binned along so many columns of numbers; of more along those that matter most.
  private static var mostFeatures: Int { 16 }
  private static var mostCategories: Int { 8 }
  private static var mostLevels: Int { 1000 }

  /// The positions, among the features, of those that are formed of this column of the table alone.
  package func features(of source: String) -> [Int] {
    design.columns.indices.filter { column in
      design.columns[column].parts.allSatisfy { part in
        let variable = design.variables[part.variable]
        return variable.levels == nil && variable.variable.columns.allSatisfy { $0 == source }
      }
    }
  }

  /// How much a feature matters: |t|; without standard errors how far it moves the prediction over the range that it had
  /// in the fit, where it is a column of the table.
  func importance(_ feature: Int) -> Double {
    let term = coefficientStatistics[(hasIntercept ? 1 : 0) + feature]
    if let t = term.tStatistic { return abs(t) }
    guard let estimate = term.estimate, case .part(let part) = design.columns[feature],
      case .expression(.column(let name)) = design.variables[part.variable].variable
    else { return 0 }
    let range = design.sources.first { $0.name == name }?.range ?? [0, 1]
    return abs(estimate) * (range[range.count - 1] - range[0])
  }

  /// The columns of numbers that features are formed of, in the order of the formula.
  package var numberColumns: [String] {
    design.sources.filter { $0.kind == .numbers && !features(of: $0.name).isEmpty }.map(\.name)
  }

  /// Empty histograms of the columns of numbers.
  var featureBins: [FeatureBins] {
    let names = numberColumns
    func importance(_ name: String) -> Double {
      features(of: name).reduce(0) { max($0, self.importance($1)) }
    }
    let chosen = Set(
      names.map { (name: $0, importance: importance($0)) }.sorted { $0.importance > $1.importance }
        .prefix(Self.mostFeatures).map(\.name))
    return names.filter(chosen.contains).map(FeatureBins.init)
  }

  /// Empty sums of the levels of categories.
  var levelBins: [LevelBins] {
    design.variables.compactMap { variable in
      guard let name = variable.variable.levelColumn, let levels = variable.levels,
        levels.count <= Self.mostLevels
      else { return nil }
      return LevelBins(name, levels)
    }.prefix(Self.mostCategories).map { $0 }
  }
}

extension LevelBins {
  private enum CodingKeys: String, CodingKey {
    case name, levels, counts, weights, fittedSums, errorSums, errorSquares
  }

  /// Decodes sums; others than one of each level are an error.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String.self, forKey: .name)
    levels = try container.decode([String].self, forKey: .levels)
    counts = try container.decode([Int].self, forKey: .counts)
    weights = try container.decode([Double].self, forKey: .weights)
    fittedSums = try container.decode([Double].self, forKey: .fittedSums)
    errorSums = try container.decode([Double].self, forKey: .errorSums)
    errorSquares = try container.decode([Double].self, forKey: .errorSquares)
    let numbers = [counts.count, weights.count, fittedSums.count, errorSums.count, errorSquares.count]
    try container.check(
      numbers.allSatisfy { $0 == levels.count } && counts.allSatisfy { 0...1 << 53 ~= $0 }, .levels,
      "sums that are not those of the levels")
  }
}
