internal import LinearAlgebra

/// What is wrong with the data or the settings of a fit, or that it was cancelled.
public enum DataError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The side of the regression that a value belongs to.
  public enum Variable: String, Sendable {
    /// The design matrix X.
    case features
    /// The targets y.
    case targets
    /// The weights of the rows.
    case weights
  }

  /// There is no row to learn from.
  case noRows

  /// A value is NaN or infinite; row and column count from 0.
  case nonFinite(Variable, row: Int, column: Int)

  /// A column's values are too large, too small or too far apart: its spread, a square or its coefficient is beyond
  /// Double. Counted from 0.
  case overflow(Variable, column: Int)

  /// A weight is negative; the row counts from 0.
  case negativeWeight(row: Int)

  /// A weight that counts equal rows is no whole number; the row counts from 0.
  case fractionalWeight(row: Int)

  /// Every weight is zero.
  case noWeight

  /// Features depend on others, and the method refuses that.
  case rankDeficient([Redundancy])

  /// There are fewer rows (or folds with rows that have a weight) than folds.
  case fewerRowsThanFolds(rows: Int, folds: Int)

  /// Shapes do not fit; the text names them.
  case shapes(String)

  /// A setting has a value that it cannot have.
  case setting(SettingError)

  /// A covariance of the coefficients does not exist, or cannot be estimated; the text says why.
  case noCovariance(String)

  /// Fixed effects were not found in so many iterations; the residual is relative to the right side of their equations.
  case notConverged(iterations: Int, residual: Double)

  /// The weights differ by so much that rounding of the sums of heavy rows hides the fixed effects that light ones tell.
  case effectsInRounding

  /// Every row has a level that no other row has, so that the fixed effects meet it.
  case onlySingletons

  /// The task was cancelled.
  case cancelled

  /// Shares of a fit have different columns.
  case columnsDiffer(features: [Int], targets: [Int])

  /// One line: what was found, where, and what to do.
  public var description: String {
    switch self {
    case .noRows:
      "there are no rows to learn from"
    case .nonFinite(let variable, let row, let column):
      "the \(variable.rawValue) hold a value that is not finite in row \(row), column \(column) (counted from 0); remove or replace it"
    case .negativeWeight(let row):
      "the weight of row \(row) (counted from 0) is negative; weights are zero or more"
    case .fractionalWeight(let row):
      "the weight of row \(row) (counted from 0) is no whole number; frequency weights count equal rows"
    case .noWeight:
      "all weights are zero; give at least one row a weight"
    case .rankDeficient(let redundant):
      "columns depend on others: \(redundant.prefix(3).map(\.description).joined(separator: ", "))\(redundant.count > 3 ? " and \(redundant.count - 3) more" : ""); leave them out"
    case .fewerRowsThanFolds(let rows, let folds):
      "\(rows) rows are too few for \(folds) folds; use fewer folds"
    case .shapes(let text), .noCovariance(let text): text
    case .setting(let error): error.description
    case .notConverged(let iterations, let residual):
      "the fixed effects were not found in \(iterations) iterations (residual \(formatted(residual, significantDigits: 2))); their levels hardly meet, or weights differ too much: leave one of the categories out"
    case .effectsInRounding:
      "the weights differ by too much for the fixed effects behind the bar: rounding of heavy rows hides what light ones tell; give the effects as terms, as in C(firm), or the lightest rows the weight 0"
    case .onlySingletons:
      "every row is the only one of a level, and says nothing beside its effect; use categories of fewer levels"
    case .cancelled: "the task was cancelled"
    case .columnsDiffer(let features, let targets):
      "the shares have \(features[0]) and \(features[1]) features, \(targets[0]) and \(targets[1]) targets; merge shares of the same columns"
    case .overflow(let variable, let column):
      "column \(column) (counted from 0) of the \(variable.rawValue) has values whose spread, squares or coefficient are beyond Double; use another unit"
    }
  }
}

extension DataError {
  /// Throws ``shapes(_:)`` where shapes do not fit.
  static func check(_ fits: Bool, _ text: @autoclosure () -> String) throws(DataError) {
    if !fits { throw .shapes(text()) }
  }

  /// Throws where X, y and the weights have different numbers of rows.
  ///
  /// - Parameter name: of the function, which the message begins with.
  static func checkRows<Scalar>(
    _ X: some RowMajor<Scalar>, _ y: Matrix<Scalar>, _ weights: [Scalar]?, _ name: String
  ) throws(DataError) {
    try check(X.rowCount == y.rowCount, "\(name): X is \(X.shape) but y is \(y.shape)")
    if let weights {
      try check(
        weights.count == X.rowCount, "\(name): X is \(X.shape) but there are \(weights.count) weights")
    }
  }

  /// Throws where there is nothing to learn from or a value is not finite.
  static func check<Scalar>(
    _ X: some RowMajor<Scalar>, _ y: some RowMajor<Scalar>, weights: [Scalar]? = nil
  ) throws(DataError) {
    if X.rowCount == 0 { throw .noRows }
    if let (row, column) = X.firstNonFinite() { throw .nonFinite(.features, row: row, column: column) }
    if let (row, column) = y.firstNonFinite() { throw .nonFinite(.targets, row: row, column: column) }
    if let weights { try check(weights: weights) }
  }

  /// Throws where a weight is none, or all are zero.
  static func check<Scalar: BLASScalar>(weights: [Scalar]) throws(DataError) {
    if let row = weights.firstIndex(where: { !$0.isFinite }) {
      throw .nonFinite(.weights, row: row, column: 0)
    }
    if let row = weights.firstIndex(where: { $0 < 0 }) { throw .negativeWeight(row: row) }
    if weights.allSatisfy({ $0 == 0 }) { throw .noWeight }
  }
}

/// Does a pass over rows. A pass sees that a value is not finite; where it failed, this looks for the place.
func checked<Scalar, Result>(
  _ X: some RowMajor<Scalar>, _ y: some RowMajor<Scalar>, weights: [Scalar]? = nil,
  _ pass: () throws(DataError) -> Result
) throws(DataError) -> Result {
  if X.rowCount == 0 { throw .noRows }
  do throws(DataError) {
    return try pass()
  } catch {
    try DataError.check(X, y, weights: weights)
    throw error
  }
}

extension DataError {
  /// A column of [X y] that overflows.
  static func overflow(column: Int, features: Int) -> DataError {
    column < features ? .overflow(.features, column: column) : .overflow(.targets, column: column - features)
  }
}
