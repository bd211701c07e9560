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
      if let absorption { return try factor().solve(method, columns: absorption.columns) }
      return try method.fit(X.high, y, weights: weights, low: X.low)
    } catch {
      throw tabular(error)
    }
  }

  /// The factor of the rows, without the levels of a category that has no columns.
  ///
  /// - Parameter isLeaf: whether the rows are a few of many that other threads have.
  /// - Throws: ``DataError`` with the columns of the design.
  func factor(isLeaf: Bool = false) throws(DataError) -> LeastSquares.Factor {
    var factor = LeastSquares.Factor(
      features: X.high.columnCount, targets: y.columnCount, grouping: absorption == nil ? .one : .levels)
    let levels = absorption.flatMap { absorption in
      rows.levels.map { (codes: $0.codes, count: $0.words?.count ?? absorption.columns.levels) }
    }
    do throws(DataError) {
      try factor.add(X.high, y, weights: weights, levels: levels, isLeaf: isLeaf)
    } catch {
      if let absorption, case .overflow(.features, let column) = error {
        throw .overflow(.features, column: absorption.columns.position(ofOther: column))
      }
      throw error
    }
    return factor
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
