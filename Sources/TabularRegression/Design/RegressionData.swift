internal import LinearAlgebra
internal import LinearRegression

/// A design and its columns for the rows of a table.
struct RegressionData {
  let source: String
  let design: Design
  let rows: DesignRows
  /// Rows of the table that were left out.
  let droppedRows: Int

  var X: ExtendedMatrix { rows.X }
  var y: Matrix<Double> { rows.y }
  var weights: [Double]? { rows.weights }

  /// The data of a fit: the design is found in the table.
  init(
    _ formula: Formula, _ table: Table, weights: String?, missing: MissingPolicy
  ) throws(TabularError) {
    try self.init(Design(formula, table, weights: weights, missing: missing), table)
  }

  /// The data of a design that is there already.
  init(
    _ design: Design, _ table: Table, for use: Design.Use = .fit, unseen: UnseenPolicy = .error
  ) throws(TabularError) {
    source = table.source
    self.design = design
    rows = try design.rows(of: table, for: use, unseen: unseen, isExtended: use == .fit)
    droppedRows = table.rowCount - rows.y.rowCount
  }

  /// Fits by least squares, to all digits of powers.
  ///
  /// - Parameter others: weights to use instead of the design's.
  func fit(_ method: LeastSquares, weights others: [Double]? = nil) throws(TabularError) -> LeastSquaresFit {
    do throws(DataError) {
      return try method.fit(X.high, y, weights: others ?? weights, low: X.low)
    } catch {
      throw tabular(error)
    }
  }

  /// The errors of a model on some rows; nil for all.
  func evaluation(_ model: LinearModel, of rows: [Int32]? = nil) throws(TabularError) -> Evaluation {
    do throws(DataError) {
      return try model.evaluate(rows.map(X.high.gathered) ?? X.high, rows.map(y.gathered) ?? y)[0]
    } catch {
      throw tabular(error)
    }
  }
}
