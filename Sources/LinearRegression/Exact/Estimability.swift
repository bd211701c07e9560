internal import LinearAlgebra

/// Of which rows a fit determines the prediction.
///
/// Where features are redundant, many coefficients fit the rows equally well. All of them predict the same for a row x
/// only where x lies in the row space of the fit's design: where x too has the dependencies of the redundant features
/// on the others, x_feature = constant + Σ factor · x. Then xᵀw + b is called *estimable* (Searle 1971, Linear Models).
/// Other rows have a prediction for each choice of coefficients, and the fit says nothing of which is right.
package struct Estimability: Sendable {
  /// What a row has to meet: constant + Σ factor · x = 0, the feature's own factor being −1.
  private struct Condition {
    /// Its number among the dependencies.
    var number: Int
    var constant: Double
    /// Columns of X.
    var terms: [Redundancy.Term]
    /// Levels of a category without columns in X, in order: the factor of a row's level counts.
    var levels: [Redundancy.Term]
    var tolerance: Double
    var size: Double

    /// - Parameters:
    ///   - sum: constant + Σ factor · x
    ///   - magnitude: |constant| + Σ |factor · x|
    ///   - precision: relative precision of the row's values.
    func isMet(_ sum: Double, _ magnitude: Double, precision: Double) -> Bool {
      let growth = size > 0 ? magnitude / size : 0
      return abs(sum) <= tolerance * (1 + growth) + precision * Double(terms.count + 4) * magnitude
    }

    func factor(ofLevel level: Int) -> Double {
      var (low, high) = (0, levels.count)
      while low < high {
        let middle = (low + high) / 2
        if levels[middle].feature < level { low = middle + 1 } else { high = middle }
      }
      return low < levels.count && levels[low].feature == level ? levels[low].factor : 0
    }
  }

  private var conditions: [Condition] = []

  /// Columns that a row has at least.
  private var columns = 0

  /// For each level of a category without columns the first dependency that its rows do not have, whatever their other
  /// columns; −1 for none. Empty where all levels have them.
  private var unmetByLevel: [Int32] = []

  /// Whether all rows are estimable.
  package var isAlways: Bool { conditions.isEmpty && unmetByLevel.isEmpty }

  /// - Parameters:
  ///   - dependencies: those of the fit's redundant features.
  ///   - levels: a category that has no columns in X, its levels standing beside it; nil for none.
  ///   - position: the column of X of each other feature.
  /// - Complexity: O(terms of the dependencies + levels)
  package init(
    _ dependencies: [Redundancy], levels: LevelColumns? = nil, position: (Int) -> Int = { $0 }
  ) {
    for (number, dependency) in dependencies.enumerated() {
      var condition = Condition(
        number: number, constant: dependency.constant, terms: [], levels: [],
        tolerance: dependency.tolerance, size: dependency.size)
      for term in dependency.dependsOn + [Redundancy.Term(feature: dependency.feature, factor: -1)] {
        if let levels, levels.range.contains(term.feature) {
          let level = term.feature - levels.first + (levels.hasReference ? 1 : 0)
          condition.levels.append(Redundancy.Term(feature: level, factor: term.factor))
        } else {
          condition.terms.append(Redundancy.Term(feature: position(term.feature), factor: term.factor))
        }
      }
      if let levels, condition.terms.isEmpty {
        addOfLevelsAlone(condition, levels.levels)
      } else {
        condition.levels.sort { $0.feature < $1.feature }
        conditions.append(condition)
        columns = condition.terms.reduce(columns) { max($0, $1.feature + 1) }
      }
    }
  }

  private mutating func addOfLevelsAlone(_ condition: Condition, _ count: Int) {
    if unmetByLevel.isEmpty { unmetByLevel = Array(repeating: -1, count: count) }
    func add(_ level: Int, _ factor: Double) {
      let (sum, magnitude) = (condition.constant + factor, abs(condition.constant) + abs(factor))
      if unmetByLevel[level] < 0, !condition.isMet(sum, magnitude, precision: .ulpOfOne) {
        unmetByLevel[level] = Int32(condition.number)
      }
    }
    for term in condition.levels { add(term.feature, term.factor) }
    // Without a constant all other levels have it.
    if condition.constant == 0 { return }
    let named = Set(condition.levels.map(\.feature))
    for level in 0..<count where !named.contains(level) { add(level, 0) }
  }

  /// The number of the first dependency that a row does not have; nil where the row is estimable.
  ///
  /// - Parameters:
  ///   - row: the columns of X.
  ///   - level: the row's level of the category without columns.
  /// - Complexity: O(terms of the dependencies)
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func firstUnmet<Scalar: BLASScalar>(_ row: UnsafeBufferPointer<Scalar>, level: Int? = nil) -> Int? {
    precondition(row.count >= columns, "a row of \(row.count) columns lacks some of those that were left out")
    var first = level.flatMap { unmetByLevel.isEmpty || unmetByLevel[$0] < 0 ? nil : Int(unmetByLevel[$0]) }
    for condition in conditions {
      if let first, first < condition.number { break }
      let constant = condition.constant + (level.map(condition.factor) ?? 0)
      var (sum, magnitude) = (constant, abs(constant))
      for term in condition.terms {
        let part = term.factor * Double(row[term.feature])
        sum += part
        magnitude += abs(part)
      }
      if !condition.isMet(sum, magnitude, precision: Double(Scalar.ulpOfOne)) {
        first = condition.number
        break
      }
    }
    return first
  }
}

extension Estimability {
  /// The same of a row given flat.
  package func firstUnmet<Scalar: BLASScalar>(_ row: [Scalar], level: Int? = nil) -> Int? {
    row.withUnsafeBufferPointer { firstUnmet($0, level: level) }
  }

  /// The rows of X that are not estimable, in order, and the number of the first dependency that each does not have.
  ///
  /// - Parameters:
  ///   - X: rows × columns.
  ///   - levels: the level of each row, where a category has no columns.
  /// - Complexity: O(rows · terms of the dependencies); nothing where all rows are estimable.
  package func unmet<M: RowMajor>(
    _ X: M, levels: [Int32]? = nil
  ) -> [(row: Int, dependency: Int)] {
    if isAlways { return [] }
    return X.withUnsafeElements { elements in
      (0..<X.rowCount).compactMap { row in
        let columns = row * X.columnCount..<(row + 1) * X.columnCount
        return firstUnmet(
          UnsafeBufferPointer(rebasing: elements[columns]), level: levels.map { Int($0[row]) }
        ).map { (row, $0) }
      }
    }
  }
}
