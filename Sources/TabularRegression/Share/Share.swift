internal import LinearAlgebra
public import LinearRegression

/// A share of an exact fit of named columns: one machine's rows or one month's, reduced to a few kilobytes.
///
/// ```swift
/// var share = try Share("price ~ .", Table(csv: "january.csv"))
/// try share.add(Table(csv: "february.csv"))
/// try share.write(to: "winter.share")
/// let model = try share.solve()
/// ```
public struct Share: Equatable, Sendable {
  /// What was asked for, in R's language.
  public let formula: String

  /// What is predicted from what.
  package private(set) var design: Design

  /// Number of rows that were left out, for a field was missing.
  public private(set) var droppedRows = 0

  var rows: LeastSquares.Accumulator

  /// Number of rows whose weight is not zero.
  public var observations: Int { rows.observations }

  /// What is predicted: the name of a column, or an expression as R prints it.
  public var target: String { design.target }

  /// Names of the columns that it is predicted from, as R prints them.
  public var features: [String] { design.names }

  /// Columns whose fields are words, of digits too: to be named where further tables are read.
  public var categories: Set<String> { design.categories }

  /// Takes the rows of a table.
  ///
  /// - Parameters:
  ///   - formula: what to predict from what.
  ///   - table: the data; levels, means and deviations are those of these rows.
  ///   - weights: name of the column that weighs the rows; nil for 1.
  ///   - missing: what becomes of rows in which a field is missing.
  /// - Throws: ``TabularError``: a column that is not there or does not hold what it has to; no feature.
  /// - Complexity: as `LeastSquares.Accumulator.add`.
  public init(
    _ formula: Formula, _ table: Table, weights: String? = nil, missing: MissingPolicy = .refuse
  ) throws(TabularError) {
    try formula.requireOneTarget()
    self.init(
      formula.text, try Design(formula, table, weights: weights, missing: missing))
    try add(table)
  }

  /// Takes the rows of a table: as with a ``Formula`` of this text.
  public init(
    _ formula: String, _ table: Table, weights: String? = nil, missing: MissingPolicy = .refuse
  ) throws(TabularError) {
    try self.init(Formula(formula), table, weights: weights, missing: missing)
  }

  /// An empty share of a design.
  package init(_ formula: String, _ design: Design) {
    self.init(
      formula: formula, design: design,
      rows: LeastSquares.Accumulator(features: design.columns.count, targets: design.targets.count))
  }

  init(formula: String, design: Design, droppedRows: Int = 0, rows: LeastSquares.Accumulator) {
    self.formula = formula
    self.design = design
    self.droppedRows = droppedRows
    self.rows = rows
  }

  /// Takes the rows of another table, whose columns are found by name.
  ///
  /// - Throws: ``TabularError``; the share is then as it was.
  public mutating func add(_ table: Table) throws(TabularError) { try add(table, isBlock: false) }

  /// Takes the rows of a table, which may be a block of many.
  mutating func add(_ table: Table, isBlock: Bool) throws(TabularError) {
    let data = try RegressionData(design, table)
    do throws(DataError) {
      if isBlock {
        try rows.addBlock(data.X.high, data.y, weights: data.weights)
      } else {
        try rows.add(data.X.high, data.y, weights: data.weights)
      }
    } catch {
      throw data.tabular(error)
    }
    droppedRows += data.droppedRows
  }

  /// Joins with the share of other rows.
  ///
  /// - Parameters:
  ///   - other: a share of the same formula.
  ///   - name: what it is called in messages.
  /// - Throws: ``TabularError/unusable(file:message:)`` where columns differ, naming one.
  public mutating func merge(_ other: Share, named name: String = "the other share") throws(TabularError) {
    if let difference = difference(to: other) { throw .unusable(file: name, message: difference) }
    do throws(DataError) {
      try rows.merge(other.rows)
    } catch {
      throw .unusable(file: name, message: error.description)
    }
    design.widenRanges(to: other.design)
    droppedRows += other.droppedRows
  }

  /// Notes the ranges of columns in all rows.
  mutating func widenRanges(to other: Design) { design.widenRanges(to: other) }

  /// Why two shares cannot be merged; nil where they can.
  private func difference(to other: Share) -> String? {
    func quoted(_ name: String) -> String { "\"\(printable(name))\"" }
    if target != other.target {
      return
        "the target is \(quoted(other.target)) here and \(quoted(target)) before; merge shares of one formula"
    }
    if design.weights != other.design.weights {
      func named(_ name: String?) -> String { name.map { "column \(quoted($0))" } ?? "nothing" }
      return
        "rows are weighed by \(named(other.design.weights)) here and by \(named(design.weights)) before; merge shares of one formula"
    }
    let mine = features, theirs = other.features
    if let missing = mine.first(where: { !theirs.contains($0) }) {
      return "the column \(quoted(missing)) is missing here; merge shares of one formula"
    }
    if let extra = theirs.first(where: { !mine.contains($0) }) {
      return "the column \(quoted(extra)) stands only here; merge shares of one formula"
    }
    if let index = mine.indices.first(where: { mine[$0] != theirs[$0] }) {
      return
        "column \(index + 1) is \(quoted(theirs[index])) here and \(quoted(mine[index])) before; merge shares of one formula"
    }
    if design.hasIntercept != other.design.hasIntercept {
      return
        "the formula \(other.design.hasIntercept ? "has an" : "is without") intercept here; merge shares of one formula"
    }
    return design.difference(to: other.design)
  }

  /// The fit of all rows, without reading them again.
  ///
  /// - Parameters:
  ///   - method: the settings; its intercept is the formula's unless `intercept` says otherwise.
  ///   - intercept: whether the model has an intercept; nil as the formula says.
  ///   - dropped: names of columns to leave out.
  ///   - newTarget: another column to predict; the former target is then left out. Nil for the formula's.
  ///   - file: what the share is called in messages.
  /// - Throws: ``TabularError``: a column that is not there, no rows, no feature left, what `LeastSquares` refuses.
  /// - Complexity: O(p³)
  public func solve(
    _ method: LeastSquares = LeastSquares(), intercept: Bool? = nil, dropping dropped: [String] = [],
    target newTarget: String? = nil, named file: String = "the share"
  ) throws(TabularError) -> FittedModel {
    let names = features + design.targets.map { Variable.expression($0).name }
    for name in dropped + (newTarget.map { [$0] } ?? []) where !names.contains(name) {
      throw .unusable(
        file: file,
        message: "there is no column \"\(printable(name))\"; the columns are \(listed(names))")
    }
    let response = newTarget ?? target
    if dropped.contains(response) {
      throw .unusable(
        file: file, message: "\"\(printable(response))\" is the target; leave out another column")
    }
    let kept = features.indices.filter { names[$0] != response && !dropped.contains(names[$0]) }
    if kept.isEmpty {
      throw .unusable(
        file: file, message: "no column is left to predict \"\(printable(response))\" from")
    }
    var method = method
    method.intercept = intercept ?? design.hasIntercept
    let column = names.firstIndex(of: response)!
    guard let expression = column < features.count ? design.number(column) : design.targets[0] else {
      throw .unusable(
        file: file,
        message:
          "\"\(printable(response))\" is a part of a term, not a number of its own; predict another column")
    }
    let narrowed = design.keeping(kept, target: expression, intercept: method.intercept)
    let isWhole = kept.count == features.count && method.intercept == design.hasIntercept
    do throws(DataError) {
      let fit = try rows.solve(method, features: kept, targets: [column])
      return FittedModel(
        isWhole
          ? formula
          : Formula(target: response, features: narrowed.names, intercept: method.intercept).text,
        narrowed, fit, method: method, droppedRows: droppedRows)
    } catch {
      if case .rankDeficient(let redundant) = error {
        throw .rankDeficient(
          file: file, dependencies: redundant.map { $0.described(narrowed.names) })
      }
      if case .overflow(let variable, let column) = error {
        let name = variable == .targets ? response : narrowed.names[column]
        throw .unusable(
          file: file,
          message:
            "column \"\(printable(name))\" has squares or a coefficient beyond a Double; use another unit")
      }
      throw .unusable(file: file, message: error.description)
    }
  }
}
