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

  /// Name of the column that is predicted.
  public let target: String

  /// What it is predicted from.
  public let terms: [Term]

  /// Whether the formula has an intercept.
  public let hasIntercept: Bool

  /// Name of the column that weighs the rows; nil where each counts the same.
  public let weights: String?

  var rows: LeastSquares.Accumulator

  /// Number of rows whose weight is not zero.
  public var observations: Int { rows.observations }

  /// Takes the rows of a table.
  ///
  /// - Parameters:
  ///   - formula: what to predict from what.
  ///   - table: the data.
  ///   - weights: name of the column that weighs the rows; nil for 1.
  /// - Throws: ``TabularError``: a column that is not there or holds something other than numbers; no feature.
  /// - Complexity: as `LeastSquares.Accumulator.add`.
  public init(_ formula: Formula, _ table: Table, weights: String? = nil) throws(TabularError) {
    self.init(
      formula: formula.text, target: formula.target,
      terms: try formula.terms(in: table, weights: weights), hasIntercept: formula.hasIntercept,
      weights: weights)
    try add(table)
  }

  /// Takes the rows of a table: as with a ``Formula`` of this text.
  public init(_ formula: String, _ table: Table, weights: String? = nil) throws(TabularError) {
    try self.init(Formula(formula), table, weights: weights)
  }

  init(
    formula: String, target: String, terms: [Term], hasIntercept: Bool, weights: String?,
    rows: LeastSquares.Accumulator? = nil
  ) {
    self.formula = formula
    self.target = target
    self.terms = terms
    self.hasIntercept = hasIntercept
    self.weights = weights
    self.rows = rows ?? LeastSquares.Accumulator(features: terms.count)
  }

  /// Takes the rows of another table, whose columns are found by name.
  ///
  /// - Throws: ``TabularError``; the share is then as it was.
  public mutating func add(_ table: Table) throws(TabularError) {
    let design = try Design(table, target: target, terms: terms, weights: weights)
    do throws(DataError) {
      try rows.add(design.X.high, design.y, weights: design.weights)
    } catch {
      throw design.tabular(error)
    }
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
  }

  /// Why two shares cannot be merged; nil where they can.
  private func difference(to other: Share) -> String? {
    func quoted(_ name: String) -> String { "\"\(printable(name))\"" }
    if target != other.target {
      return
        "the target is \(quoted(other.target)) here and \(quoted(target)) before; merge shares of one formula"
    }
    if weights != other.weights {
      func named(_ name: String?) -> String { name.map { "column \(quoted($0))" } ?? "nothing" }
      return
        "rows are weighed by \(named(other.weights)) here and by \(named(weights)) before; merge shares of one formula"
    }
    let mine = terms.map(\.name), theirs = other.terms.map(\.name)
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
    if hasIntercept != other.hasIntercept {
      return
        "the formula \(other.hasIntercept ? "has an" : "is without") intercept here; merge shares of one formula"
    }
    return nil
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
    let names = terms.map(\.name) + [target]
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
    let features = terms.indices.filter { names[$0] != response && !dropped.contains(names[$0]) }
    if features.isEmpty {
      throw .unusable(
        file: file, message: "no column is left to predict \"\(printable(response))\" from")
    }
    var method = method
    method.intercept = intercept ?? hasIntercept
    let kept = features.map { terms[$0] }
    do throws(DataError) {
      let fit = try rows.solve(method, features: features, targets: [names.firstIndex(of: response)!])
      return FittedModel(
        formula: Formula.text(target: response, features: kept.map(\.name), intercept: method.intercept),
        target: response, terms: kept, weights: weights, hasIntercept: method.intercept, model: fit.model,
        coefficientStatistics: fit.coefficientStatistics(), observations: fit.observations,
        statistics: fit.statistics[0], certificate: fit.certificate, covariance: fit.covariance,
        method: method,
        training: nil)
    } catch {
      if case .rankDeficient(let redundant) = error {
        throw .rankDeficient(
          file: file, dependencies: redundant.map { $0.described(kept.map(\.name)) })
      }
      if case .overflow(let variable, let column) = error {
        let name = variable == .targets ? response : kept[column].name
        throw .unusable(
          file: file,
          message:
            "column \"\(printable(name))\" has squares or a coefficient beyond a Double; use another unit")
      }
      throw .unusable(file: file, message: error.description)
    }
  }
}
