internal import LinearAlgebra
public import LinearRegression

/// A ridge penalty chosen by cross-validation.
public struct RidgeChoice: Equatable, Sendable, Encodable {
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
  ///   - missing: what becomes of rows in which a field is missing.
  ///   - folds: number of parts, each held out in turn; at least two.
  ///   - seed: which rows go together.
  /// - Throws: ``TabularError``: as a fit, or fewer rows than folds.
  /// - Complexity: as `LeastSquares.crossValidate`.
  public init(
    _ formula: Formula, _ table: Table, weights: String? = nil, missing: MissingPolicy = .refuse,
    folds: Int = 10, seed: UInt64 = 0
  ) throws(TabularError) {
    try formula.requireOneTarget()
    self = try Self.perTarget(
      formula, table, weights: weights, missing: missing, folds: folds, seed: seed)[0]
  }

  /// Cross-validates the default path of penalties for each target of a formula.
  ///
  /// - Returns: a choice for each target, in order.
  /// - Throws: ``TabularError``: as ``init(_:_:weights:missing:folds:seed:)``.
  /// - Complexity: as `LeastSquares.crossValidate` for each target.
  public static func perTarget(
    _ formula: Formula, _ table: Table, weights: String? = nil, missing: MissingPolicy = .refuse,
    folds: Int = 10, seed: UInt64 = 0
  ) throws(TabularError) -> [RidgeChoice] {
    // A factor of each fold, and a fit.
    let triangles = folds + LeastSquares(ridgePenalty: 1).trianglesInMemory
    let data = try DesignRows(formula, table, weights: weights, missing: missing, triangles: triangles)
    let response = data.response, method = LeastSquares(intercept: formula.hasIntercept)
    var choices: [RidgeChoice] = []
    do throws(DataError) {
      for target in 0..<response.columnCount {
        let validation = try method.crossValidate(
          data.X.high, Matrix(column: response[column: target]), weights: data.weights, folds: folds,
          seed: seed)
        choices.append(RidgeChoice(validation: validation, folds: folds))
      }
    } catch {
      throw data.tabular(error)
    }
    return choices
  }

  private init(validation: RidgeValidation, folds: Int) {
    (self.validation, self.folds) = (validation, folds)
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
