package import LinearRegression

/// What is told of each row.
package struct PredictionColumns: Sendable {
  /// Columns of the rows that are passed through, before the others.
  package var passed: [String]
  /// What an interval around each prediction is to cover; nil for none.
  package var interval: PredictionInterval?
  /// With which probability.
  package var level: Double
  /// Whether the leverage is told, and which columns are outside the range that they had in the fit, or were left out of
  /// it and are not what they depend on.
  package var isGuarded: Bool
  /// The column that weighs the rows, for prediction intervals; nil for 1.
  package var weights: String?
  package var policies: FittedModel.Policies

  package init(
    passed: [String] = [], interval: PredictionInterval? = nil, level: Double = 0.95,
    isGuarded: Bool = false, weights: String? = nil, policies: FittedModel.Policies = .init()
  ) {
    self.passed = passed
    self.interval = interval
    self.level = level
    self.isGuarded = isGuarded
    self.weights = weights
    self.policies = policies
  }

  /// Names of the columns that are not passed through.
  package var own: [String] {
    ["prediction"] + (interval == nil ? [] : ["lower", "upper"])
      + (isGuarded ? ["leverage", "outside"] : [])
  }
}

/// The predictions for a block of rows.
package struct PredictedRows: Sendable {
  /// A row for each, with the columns that were asked for; what a row does not have is missing.
  package let table: Table
  package let notes: Notes

  /// What is said of the rows beside their predictions.
  package struct Notes: Sendable {
    /// Rows with fields outside the range that their column had in the fit, by column: there a prediction extrapolates.
    /// None where that was not asked.
    package var outside = RowTally()
    /// Rows that are not estimable, by the dependency that they do not have.
    package var unestimable = RowTally()
    /// Rows of weight 0: one more of them may be anywhere, so that their intervals have no ends.
    package var withoutWeight = 0

    package init() {}

    /// Adds what is said of a later block.
    package mutating func merge(_ later: Notes) {
      outside.merge(later.outside)
      unestimable.merge(later.unestimable)
      withoutWeight += later.withoutWeight
    }
  }
}

extension FittedModel {
  /// Columns of a table that predictions are formed from, and those that are passed through.
  package func columnsRead(for columns: PredictionColumns) -> Set<String> {
    columnsUsed(for: columns).union(columns.passed)
  }

  /// Columns that are only passed through, and so keep their text.
  package func columnsOnlyPassed(for columns: PredictionColumns) -> Set<String> {
    Set(columns.passed).subtracting(columnsUsed(for: columns))
  }

  private func columnsUsed(for columns: PredictionColumns) -> Set<String> {
    Set(design.sources.map(\.name)).union([columns.weights].compactMap { $0 })
  }

  /// The predictions for a block of rows, and what else was asked for.
  ///
  /// - Throws: ``TabularError``, as ``predictions(from:interval:level:weights:unseen:unestimable:)``.
  /// - Complexity: O(rows · p), with intervals or leverages O(rows · p²).
  package func predictedRows(
    _ block: Table, _ columns: PredictionColumns
  ) throws(TabularError) -> PredictedRows {
    if columns.interval != nil { try requireIntervals() }
    let needsLeverages = columns.isGuarded || columns.interval != nil
    let rows = try rows(
      of: block, for: .weightedPrediction, weights: columns.weights, columns.policies,
      forLeverages: needsLeverages)
    let predictions = try predictions(rows, block)
    let leverages = needsLeverages ? leverages(rows) : nil
    var notes = PredictedRows.Notes()
    notes.unestimable = tally(rows.unestimable, block)
    var result = try block.selecting(columns.passed).columns
    func append(_ name: String, _ values: [Double]) {
      let spread = rows.spread(values, over: block.rowCount, missing: .nan)
      result.append(TableColumn(name: name, values: .numbers(spread)))
    }
    append("prediction", predictions)
    if let interval = columns.interval {
      let weights = rows.design.weights
      let intervals = try intervals(
        interval, columns.level, around: predictions, leverages: leverages, weights: weights, block)
      // Tables have no infinity.
      append("lower", intervals.map { $0.lower.isFinite ? $0.lower : .nan })
      append("upper", intervals.map { $0.upper.isFinite ? $0.upper : .nan })
      notes.withoutWeight = weights?.count { $0 == 0 } ?? 0
    }
    if columns.isGuarded {
      append("leverage", leverages ?? predictions.map { _ in .nan })
      let found = try rowsOutside(block)
      notes.outside = RowTally(found, block)
      let words = Self.words(found + byColumn(rows.unestimable), over: block.rowCount)
      result.append(TableColumn(name: "outside", values: .words(words)))
    }
    let table = Table(
      source: block.source, columns: result, rowCount: block.rowCount, places: block.places)
    return PredictedRows(table: table, notes: notes)
  }

  /// The rows, in order, in which each column is outside its range.
  private func rowsOutside(_ block: Table) throws(TabularError) -> [(kind: String, rows: [Int])] {
    var result: [(kind: String, rows: [Int])] = []
    for source in design.sources {
      guard let range = source.range, range.count == 2 else { continue }
      let numbers = try block.numbers(source.name)
      result.append(
        (source.name, numbers.indices.filter { numbers[$0] < range[0] || numbers[$0] > range[1] }))
    }
    return result
  }

  /// For each row the names of its columns, each once, between semicolons; missing where there are none.
  private static func words(
    _ found: [(kind: String, rows: [Int])], over count: Int
  ) -> TableColumn.Words {
    var named = [[String]](repeating: [], count: count)
    for (column, rows) in found {
      for row in rows where !named[row].contains(column) { named[row].append(column) }
    }
    let names = named.map { $0.isEmpty ? nil : $0.joined(separator: ";") }
    var words = TableColumn.Words(codes: Array(repeating: -1, count: count)), codes: [String: Int32] = [:]
    for (row, name) in names.enumerated() {
      guard let name else { continue }
      if codes[name] == nil {
        codes[name] = Int32(words.levels.count)
        words.levels.append(name)
      }
      words.codes[row] = codes[name]!
    }
    return words
  }
}
