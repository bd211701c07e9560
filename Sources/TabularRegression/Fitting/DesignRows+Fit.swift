internal import LinearAlgebra
internal import LinearRegression

extension DesignRows {
  /// The rows of a fit in memory: the design is found in the table.
  ///
  /// - Parameter method: the fit, if it is one for which a category with many levels needs no columns.
  init(
    _ formula: Formula, _ table: Table, weights: String?, missing: MissingPolicy, method: LeastSquares? = nil,
    triangles: Int? = nil
  ) throws(TabularError) {
    let design = try Design(
      formula, table, weights: weights, missing: missing, weightKind: method?.weightKind ?? .analytic)
    self = try design.rowsOfFit(table, method, triangles: triangles)
  }

  /// Fits by least squares, to all digits of powers and of the text.
  func fit(_ method: LeastSquares) throws(TabularError) -> LeastSquaresFit {
    do throws(DataError) {
      if let absorption { return try factor().solve(method, columns: absorption.columns) }
      return try method.fit(
        X.high, response, weights: weights, low: X.low, lowTargets: lowY, roundings: roundings)
    } catch {
      throw tabular(error)
    }
  }

  /// The models of all targets.
  ///
  /// - Parameter penalties: a ridge penalty for each target; nil for that of the method.
  func models(
    _ formula: String, _ method: LeastSquares, _ penalties: [Double]? = nil
  ) throws(TabularError) -> [FittedModel] {
    var models: [FittedModel] = [], method = method, fit: LeastSquaresFit?
    for target in design.targets.indices {
      if let penalty = penalties?[target], penalty != method.ridgePenalty {
        (method.ridgePenalty, fit) = (penalty, nil)
      }
      if fit == nil { fit = try self.fit(method) }
      models.append(
        FittedModel(formula, design, fit!, target: target, method: method, droppedRows: droppedRows))
    }
    return models
  }

  /// The factor of the rows, without the levels of a category that has no columns.
  ///
  /// - Parameter isLeaf: whether the rows are a few of many that other threads have.
  /// - Throws: ``DataError`` with the columns of the design.
  func factor(isLeaf: Bool = false) throws(DataError) -> LeastSquares.Factor {
    var factor = LeastSquares.Factor(
      features: X.high.columnCount, targets: y.columnCount, grouping: absorption == nil ? .one : .levels)
    do throws(DataError) {
      try factor.add(
        X.high, response, weights: weights, levels: levels.map { ($0.codes, $0.words.count) }, isLeaf: isLeaf,
        low: (X.low, lowY), roundings: roundings)
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
      guard let offset else { return try model.evaluate(X.high, y, weights: weights)[0] }
      // The offset is a column of the coefficient 1.
      let p = X.high.columnCount
      let columns = Matrix(rows: y.rowCount, columns: p + 1) { $1 < p ? X.high[$0, $1] : offset[$0] }
      return try LinearModel(coefficients: model.coefficients + [1], intercept: model.intercept)
        .evaluate(columns, y, weights: weights)[0]
    } catch {
      throw tabular(error)
    }
  }
}

extension Design {
  /// The rows of a table for a fit in memory, without columns for a category with many levels where the method needs
  /// none.
  ///
  /// - Parameter triangles: matrices of p² numbers that the fit has at a time; nil for those of the method.
  func rowsOfFit(
    _ table: Table, _ method: LeastSquares?, triangles: Int? = nil
  ) throws(TabularError) -> DesignRows {
    let absorption = method?.isPlain == true ? absorption() : nil
    try checkMemory(
      absorption, rows: table.rowCount, triangles: triangles ?? (method ?? LeastSquares()).trianglesInMemory,
      source: table.source)
    return try rows(of: table, isExtended: method != nil && absorption == nil, absorbing: absorption)
  }
}
