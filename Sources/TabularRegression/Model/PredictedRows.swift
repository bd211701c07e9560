package import LinearRegression

/// What is told of each row.
package struct PredictionColumns: Sendable {
  /// Columns of the rows that are passed through, before the others.
  package var passed: [String]
  /// What an interval around each prediction is to cover; nil for none.
  package var interval: PredictionInterval?
  /// With which probability.
  package var level: Double
  /// Whether the leverage is told, and which fields are outside the range that they had in the fit.
  package var isGuarded: Bool
  /// What becomes of rows with a level that the fit did not see.
  package var unseen: UnseenPolicy
  /// The targets that are predicted, where they are several: their names stand behind those of the columns.
  package var targets: [String] = []

  package init(
    passed: [String] = [], interval: PredictionInterval? = nil, level: Double = 0.95,
    isGuarded: Bool = false, unseen: UnseenPolicy = .error
  ) {
    self.passed = passed
    self.interval = interval
    self.level = level
    self.isGuarded = isGuarded
    self.unseen = unseen
  }

  /// Names of the columns that are not passed through.
  package var own: [String] {
    (targets.count > 1 ? targets.map { "_\($0)" } : [""]).flatMap(predicted)
      + (isGuarded ? ["leverage", "outside"] : [])
  }

  /// Names of the columns of one target.
  fileprivate func predicted(_ ending: String) -> [String] {
    ["prediction\(ending)"] + (interval == nil ? [] : ["lower\(ending)", "upper\(ending)"])
  }
}

/// The predictions for a block of rows.
package struct PredictedRows: Sendable {
  /// A row for each, with the columns that were asked for; what a row does not have is missing.
  package let table: Table
  /// The rows that a model was not fitted for; none where that was not asked.
  package let outside: OutsideRows
}

/// Rows with fields outside the range that their column had in the fit: there a prediction extrapolates.
package struct OutsideRows: Sendable {
  /// How many there are.
  package private(set) var rowCount = 0
  /// How many there are by column.
  package private(set) var columns: [String: Int] = [:]
  /// The file and line of the first, and its column.
  package private(set) var first: (file: String, line: Int, column: String)?

  package init() {}

  /// Counts those of a block that are outside in some columns.
  fileprivate init(_ isOutside: [(column: String, rows: [Int])], _ table: Table) {
    var rows: Set<Int> = []
    for (column, outside) in isOutside where !outside.isEmpty {
      columns[column] = outside.count
      rows.formUnion(outside)
    }
    rowCount = rows.count
    guard let row = rows.min(), let column = isOutside.first(where: { $0.rows.first == row })?.column else {
      return
    }
    let place = table.places[row]
    first = (place.file, place.line, column)
  }

  /// Counts those of a later block too.
  package mutating func merge(_ later: OutsideRows) {
    rowCount += later.rowCount
    columns.merge(later.columns, uniquingKeysWith: +)
    first = first ?? later.first
  }
}

extension FittedModel {
  /// Columns of a table that predictions are formed from, and those that are passed through.
  package func columnsRead(for columns: PredictionColumns) -> Set<String> {
    Set(design.sources.map(\.name)).union(columns.passed)
  }

  /// Columns that are only passed through, and so keep their text.
  package func columnsOnlyPassed(for columns: PredictionColumns) -> Set<String> {
    Set(columns.passed).subtracting(design.sources.map(\.name))
  }

  /// The predictions of the models of all targets for a block of rows, and what else was asked for.
  ///
  /// - Throws: ``TabularError``, as ``predictions(from:interval:level:unseen:)``.
  /// - Complexity: O(rows · p) for each target, with intervals or leverages O(rows · p²).
  /// - Precondition: the models are those of one formula, and their targets, if several, those of the columns.
  package static func predictedRows(
    _ models: [FittedModel], _ block: Table, _ columns: PredictionColumns
  ) throws(TabularError) -> PredictedRows {
    var result = try block.selecting(columns.passed).columns
    var names = columns.own[...], leverages: [Double] = []
    for model in models {
      let (values, found) = try model.predictedColumns(block, columns)
      for values in values {
        result.append(TableColumn(name: names.removeFirst(), values: .numbers(values)))
      }
      leverages = found
    }
    var outside = OutsideRows()
    if columns.isGuarded {
      result.append(TableColumn(name: "leverage", values: .numbers(leverages)))
      let found = try models[0].rowsOutside(block)
      outside = OutsideRows(found, block)
      result.append(TableColumn(name: "outside", values: .words(words(found, over: block.rowCount))))
    }
    let table = Table(
      source: block.source, columns: result, rowCount: block.rowCount, places: block.places)
    return PredictedRows(table: table, outside: outside)
  }

  /// Predictions, with intervals both ends too, and leverages where they are needed: a number for each row of a block,
  /// NaN where it is missing.
  private func predictedColumns(
    _ block: Table, _ columns: PredictionColumns
  ) throws(TabularError) -> (values: [[Double]], leverages: [Double]) {
    if columns.interval != nil { try requireIntervals() }
    let needsLeverages = columns.isGuarded || columns.interval != nil
    let rows = try rows(of: block, unseen: columns.unseen, forLeverages: needsLeverages)
    func spread(_ values: [Double]) -> [Double] { rows.spread(values, over: block.rowCount, missing: .nan) }
    let predictions = try predictions(rows, block)
    let leverages = needsLeverages ? leverages(rows) : nil
    var values = [spread(predictions)]
    if let interval = columns.interval {
      let intervals = try intervals(
        interval, columns.level, around: predictions, leverages: leverages, block)
      values += [spread(intervals.map(\.lower)), spread(intervals.map(\.upper))]
    }
    return (values, spread(leverages ?? predictions.map { _ in .nan }))
  }

  /// The rows, in order, in which each column is outside its range.
  private func rowsOutside(_ block: Table) throws(TabularError) -> [(column: String, rows: [Int])] {
    var result: [(column: String, rows: [Int])] = []
    for source in design.sources {
      guard let range = source.range, range.count == 2 else { continue }
      let numbers = try block.numbers(source.name)
      result.append(
        (source.name, numbers.indices.filter { numbers[$0] < range[0] || numbers[$0] > range[1] }))
    }
    return result
  }

  /// For each row the names of the columns in which it is outside, between semicolons; missing where there are none.
  private static func words(
    _ found: [(column: String, rows: [Int])], over count: Int
  ) -> TableColumn.Words {
    var names = [String?](repeating: nil, count: count)
    for (column, rows) in found {
      for row in rows { names[row] = names[row].map { "\($0);\(column)" } ?? column }
    }
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
