internal import LinearAlgebra
internal import LinearRegression

extension FittedModel {
  /// The model with one column instead of those of a category with many levels: it holds the coefficient of a row's
  /// level, and counts once.
  struct Condensed {
    let absorption: Design.Absorption
    /// The coefficient of each level; 0 for the reference.
    let effects: [Double]
    let model: LinearModel
    /// What rounding took from the model; nil for nothing.
    let low: LinearModel?
  }

  /// Nil where there is no such category, or where leverages need the columns of its levels.
  func condensed(forLeverages: Bool = false) -> Condensed? {
    let hasColumns = covariance != nil && covariance?.levels == nil
    guard let absorption = design.absorption(), !(forLeverages && hasColumns) else { return nil }
    let columns = absorption.columns
    func condensed(_ model: LinearModel, own: Double) -> LinearModel {
      var weights = model.coefficients
      weights.replaceSubrange(columns.range, with: [own])
      return LinearModel(coefficients: weights, intercept: model.intercept)
    }
    let weights = model.coefficients
    let effects = (0..<columns.levels).map { columns.column(of: $0).map { weights[$0] } ?? 0 }
    return Condensed(
      absorption: absorption, effects: effects, model: condensed(model, own: 1),
      low: lowModel.map { condensed($0, own: 0) })
  }
}

extension FittedModel.Condensed {
  /// The leverages of rows.
  ///
  /// - Precondition: the covariance has levels, and the rows theirs.
  func leverages(_ covariance: UnscaledCovariance, _ rows: DesignRows) -> [Double] {
    covariance.leverages(
      rows.X.high, columns: covariance.features.map { absorption.position(ofOther: $0, effects: true) },
      levels: rows.levels!.codes)
  }
}
