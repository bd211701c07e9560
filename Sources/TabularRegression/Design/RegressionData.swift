internal import LinearAlgebra
internal import LinearRegression

/// A design and its columns for the rows of a table.
struct RegressionData {
  let source: String
  let design: Design
  let rows: DesignRows
  /// The category that has no columns in X.
  let absorption: Design.Absorption?
  /// Rows of the table that were left out.
  let droppedRows: Int

  var X: ExtendedMatrix { rows.X }
  var y: Matrix<Double> { rows.y }
  var weights: [Double]? { rows.weights }

  /// The data of a fit: the design is found in the table.
  ///
  /// - Parameter method: the fit, if it is one for which a category with many levels needs no columns.
  init(
    _ formula: Formula, _ table: Table, weights: String?, missing: MissingPolicy, method: LeastSquares? = nil
  ) throws(TabularError) {
    let design = try Design(formula, table, weights: weights, missing: missing)
    try self.init(design, table, absorbing: method?.isPlain == true ? design.absorption() : nil)
  }

  /// The data of a design that is there already.
  init(
    _ design: Design, _ table: Table, for use: Design.Use = .fit, unseen: UnseenPolicy = .error,
    absorbing absorption: Design.Absorption? = nil, effects: [Double]? = nil
  ) throws(TabularError) {
    source = table.source
    self.design = design
    self.absorption = absorption
    rows = try design.rows(
      of: table, for: use, unseen: unseen, isExtended: use == .fit && absorption == nil,
      absorbing: absorption, effects: effects)
    droppedRows = table.rowCount - rows.y.rowCount
  }

  /// Fits by least squares, to all digits of powers.
  func fit(_ method: LeastSquares) throws(TabularError) -> LeastSquaresFit {
    do throws(DataError) {
      if let absorption { return try reduced().solve(method, columns: absorption.columns) }
      return try method.fit(X.high, y, weights: weights, low: X.low)
    } catch {
      throw tabular(error)
    }
  }

  /// The rows without the levels of a category.
  ///
  /// - Throws: ``DataError`` with the columns of the design.
  /// - Precondition: there is such a category.
  func reduced() throws(DataError) -> LeastSquares.WithinAccumulator {
    var reduced = LeastSquares.WithinAccumulator(features: X.high.columnCount, targets: y.columnCount)
    guard let absorption, let levels = rows.levels else { preconditionFailure("all levels have columns") }
    do throws(DataError) {
      try reduced.add(
        X.high, y, levels: levels.codes, of: levels.words?.count ?? absorption.columns.levels,
        weights: weights)
    } catch {
      if case .overflow(.features, let column) = error {
        throw .overflow(.features, column: absorption.columns.position(ofOther: column))
      }
      throw error
    }
    return reduced
  }

  /// The errors of a model on the rows, weighed as they are.
  func evaluation(_ model: LinearModel) throws(TabularError) -> Evaluation {
    do throws(DataError) {
      return try model.evaluate(X.high, y, weights: weights)[0]
    } catch {
      throw tabular(error)
    }
  }
}
