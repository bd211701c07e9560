package import LinearRegression

/// What is told of each row.
package struct PredictionColumns: Sendable {
  /// Columns of the rows that are passed through, before the others.
  package var passed: [String]
  /// What an interval around each prediction is to cover; nil for none.
  package var interval: PredictionInterval?
  /// With which probability.
  package var level: Double
  /// Whether the leverage is told, and which columns are outside the range that they had in the fit, or were left out
  /// of it and are not what they depend on.
  package var isGuarded: Bool
  /// Whether predictions are on the scale of y where the target is a function of it.
  package var isResponse: Bool
  /// The column that weighs the rows, for prediction intervals; nil for 1.
  package var weights: String?
  package var policies: FittedModel.Policies
  /// The targets that are predicted, where they are several: their names stand behind those of the columns.
  package var targets: [String] = []

  package init(
    passed: [String] = [], interval: PredictionInterval? = nil, level: Double = 0.95,
    isGuarded: Bool = false, isResponse: Bool = false, weights: String? = nil,
    policies: FittedModel.Policies = .init()
  ) {
    self.passed = passed
    self.interval = interval
    self.level = level
    self.isGuarded = isGuarded
    self.isResponse = isResponse
    self.weights = weights
    self.policies = policies
  }

  /// Names of the columns that are not passed through.
  package var own: [String] {
    (targets.count > 1 ? targets.map { "_\($0)" } : [""]).flatMap(predicted)
      + (isGuarded ? ["leverage", "outside"] : [])
  }

  /// Names of the columns of one target. Where targets are named, "prediction_log(y)" would be one of log(y).
  private func predicted(_ ending: String) -> [String] {
    let isNamed = isResponse && !ending.isEmpty
    return [isNamed ? "response\(ending)" : "prediction\(ending)"]
      + (interval == nil ? [] : ["lower\(ending)", "upper\(ending)"].map { isNamed ? "response_\($0)" : $0 })
  }
}

/// The predictions for a block of rows.
package struct PredictedRows: Sendable {
  /// A row for each, with the columns that were asked for; what a row does not have is missing.
  package let table: Table
  package let notes: Notes

  /// What is said of the rows beside their predictions.
  package struct Notes: Sendable, Codable {
    /// Rows with fields outside the range that their column had in the fit, by column: there a prediction extrapolates.
    /// None where that was not asked.
    package var outside = RowTally()
    /// For each target the rows that are not estimable, by the dependency that they do not have. They are the same, but
    /// where some of the targets have a penalty.
    package var unestimable: [RowTally]
    /// Rows of weight 0: one more of them may be anywhere, so that their intervals have no ends.
    package var withoutWeight = 0

    package init(targets: Int) { unestimable = Array(repeating: RowTally(), count: targets) }

    /// Adds what is said of a later block.
    package mutating func merge(_ later: Notes) {
      outside.merge(later.outside)
      for target in unestimable.indices { unestimable[target].merge(later.unestimable[target]) }
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
    Set(variables).union([columns.weights].compactMap { $0 })
  }

  /// The predictions of the models of all targets for a block of rows, and what else was asked for.
  ///
  /// - Throws: ``TabularError``, as ``predictions(from:interval:level:weights:unseen:unestimable:response:)``.
  /// - Complexity: O(rows · p) for each target, with intervals or leverages O(rows · p²).
  /// - Precondition: the models are those of one formula, and their targets, if several, those of the columns.
  package static func predictedRows(
    _ models: [FittedModel], _ block: Table, _ columns: PredictionColumns
  ) throws(TabularError) -> PredictedRows {
    var result = try block.selecting(columns.passed).columns
    var names = columns.own[...], notes = PredictedRows.Notes(targets: models.count)
    func append(_ values: [Double]) {
      result.append(TableColumn(name: names.removeFirst(), values: .numbers(values)))
    }
    var leverages: [Double]?, leftOut: [(kind: String, rows: [Int])] = []
    for (target, model) in models.enumerated() {
      let predicted = try model.predictedColumns(block, columns)
      predicted.values.forEach(append)
      leverages = leverages ?? predicted.leverages
      if leftOut.isEmpty { leftOut = model.byColumn(predicted.unestimable) }
      notes.unestimable[target] = model.tally(predicted.unestimable, block)
      notes.withoutWeight = predicted.withoutWeight
    }
    if columns.isGuarded {
      append(leverages ?? Array(repeating: .nan, count: block.rowCount))
      let found = try models[0].rowsOutside(block)
      notes.outside = RowTally(found, block)
      result.append(
        TableColumn(name: "outside", values: .words(words(found + leftOut, over: block.rowCount))))
    }
    let table = Table(
      source: block.source, columns: result, rowCount: block.rowCount, places: block.places)
    return PredictedRows(table: table, notes: notes)
  }

  /// What one model tells of a block of rows.
  private struct PredictedColumns {
    /// Predictions, with intervals both ends too: a number for each row, NaN where it is missing.
    var values: [[Double]]
    /// Nil where they are not needed, or the model has none.
    var leverages: [Double]?
    var unestimable: [Unestimable]
    var withoutWeight: Int
  }

  private func predictedColumns(
    _ block: Table, _ columns: PredictionColumns
  ) throws(TabularError) -> PredictedColumns {
    if let interval = columns.interval {
      try requireIntervals(interval, columns.level, weights: columns.weights, block)
    }
    let needsLeverages = columns.isGuarded || columns.interval != nil
    let rows = try rows(
      of: block, for: .weightedPrediction, weights: columns.weights, columns.policies,
      forLeverages: needsLeverages)
    func spread(_ values: [Double]) -> [Double] { rows.spread(values, over: block.rowCount, missing: .nan) }
    let predictions = try predictions(rows, block)
    let leverages = needsLeverages ? leverages(rows) : nil
    let shown = columns.isResponse ? try onScaleOfResponse(predictions, rows, block) : predictions
    var values = [spread(shown)]
    if let interval = columns.interval {
      var intervals = try intervals(
        interval, columns.level, around: predictions,
        leverages: robustCovariance == nil ? leverages : try relativeVariances(rows),
        weights: rows.design.weights, block)
      if columns.isResponse { intervals = try onScaleOfResponse(intervals, shown, block) }
      // Tables have no infinity.
      for ends in [intervals.map(\.lower), intervals.map(\.upper)] {
        values.append(spread(ends.map { $0.isFinite ? $0 : .nan }))
      }
    }
    return PredictedColumns(
      values: values, leverages: leverages.map(spread), unestimable: rows.unestimable,
      withoutWeight: columns.interval == nil ? 0 : rows.design.weights?.count { $0 == 0 } ?? 0)
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
    return TableColumn.Words(named.lazy.map { $0.isEmpty ? nil : $0.joined(separator: ";") })
  }
}
