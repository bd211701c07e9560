internal import LinearAlgebra

/// What is wrong with the data of a fit. Shapes that do not fit are a programmer's error and stop the program instead.
public enum DataError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The side of the regression that a value belongs to.
  public enum Variable: String, Sendable {
    /// The design matrix X.
    case features
    /// The targets y.
    case targets
  }

  /// There is no row to learn from.
  case noRows

  /// A value is NaN or infinite; row and column count from 0.
  case nonFinite(Variable, row: Int, column: Int)

  /// A column's values are too large, too small or too far apart: its spread, a square or its coefficient is beyond Double.
  /// Counted from 0.
  case overflow(Variable, column: Int)

  /// One line: what was found, where, and what to do.
  public var description: String {
    switch self {
    case .noRows:
      "there are no rows to learn from"
    case .nonFinite(let variable, let row, let column):
      "the \(variable.rawValue) hold a value that is not finite in row \(row), column \(column) (counted from 0); remove or replace it"
    case .overflow(let variable, let column):
      "column \(column) (counted from 0) of the \(variable.rawValue) has values whose spread, squares or coefficient are beyond Double; use another unit"
    }
  }
}

extension DataError {
  /// Throws where there is nothing to learn from or a value is not finite.
  static func check(_ X: some RowMajor, _ y: some RowMajor) throws(DataError) {
    if X.rowCount == 0 { throw .noRows }
    if let (row, column) = X.firstNonFinite() { throw .nonFinite(.features, row: row, column: column) }
    if let (row, column) = y.firstNonFinite() { throw .nonFinite(.targets, row: row, column: column) }
  }
}
