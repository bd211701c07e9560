internal import LinearAlgebra
public import LinearRegression

/// A ridge penalty chosen by cross-validation.
public struct RidgeChoice: Equatable, Sendable {
  /// The errors behind the choice.
  public let validation: RidgeValidation

  /// Number of folds.
  public let folds: Int

  /// Cross-validates the default path of penalties on a table.
  ///
  /// - Parameters:
  ///   - formula: what to predict from what.
  ///   - table: the data.
  ///   - weights: name of the column that weighs the rows; nil for 1.
  ///   - folds: number of parts, each held out in turn; at least two.
  ///   - seed: which rows go together.
  /// - Throws: ``TabularError``: as a fit, or fewer rows than folds.
  /// - Complexity: as `LeastSquares.crossValidate`.
  public init(
    _ formula: Formula, _ table: Table, weights: String? = nil, folds: Int = 10, seed: UInt64 = 0
  ) throws(TabularError) {
    try self.init(
      Design(
        table, target: formula.target, terms: formula.terms(in: table, weights: weights), weights: weights),
      intercept: formula.hasIntercept, folds, seed)
  }

  /// Cross-validates the default path of penalties on a table, with features by name; nil for all other columns.
  ///
  /// - Throws: ``TabularError``: as a fit, or fewer rows than folds.
  public init(
    _ table: Table, target: String, features: [String]? = nil, weights: String? = nil, intercept: Bool = true,
    folds: Int = 10, seed: UInt64 = 0
  ) throws(TabularError) {
    let features = features ?? table.columnNames.filter { $0 != target && $0 != weights }
    try self.init(
      Design(table, target: target, terms: features.map(Term.column), weights: weights), intercept: intercept,
      folds, seed)
  }

  private init(_ design: Design, intercept: Bool, _ folds: Int, _ seed: UInt64) throws(TabularError) {
    do throws(DataError) {
      validation = try LeastSquares(intercept: intercept).crossValidate(
        design.X.high, design.y, weights: design.weights, folds: folds, seed: seed)
    } catch {
      throw design.tabular(error)
    }
    self.folds = folds
  }
}

extension RidgeChoice: CustomStringConvertible {
  /// One line: both choices and the error.
  public var description: String {
    func text(_ value: Double) -> String { formatted(value, significantDigits: 4) }
    let index = validation.penalties.firstIndex(of: validation.best) ?? 0
    let error =
      "\(text(validation.meanSquaredErrors[index])) ± \(text(validation.standardErrors[index]))"
    let edge = validation.best == validation.penalties.max() ? " (the largest tried)" : ""
    return
      "ridge: \(folds)-fold mean squared error \(error) at penalty \(text(validation.best))\(edge), within one standard error up to \(text(validation.withinOneStandardError))"
  }
}
