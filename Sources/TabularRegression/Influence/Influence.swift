internal import LinearAlgebra
internal import LinearRegression

/// What a fit tells of each of its rows: fitted value, residual, leverage, and how far the fit would move without the
/// row.
///
/// Rows are worked on in blocks; memory does not grow with their number.
package struct Influence: Sendable {
  let model: FittedModel
  let fit: Diagnostics.Fit
  let policies: FittedModel.Policies
  /// Columns of the rows that are passed through, before the others.
  package let passed: [String]
  /// What DFBETAs are formed with; nil where they are not asked for.
  private let projections: UnscaledCovariance.Projections?
  /// Names of the columns that are not passed through.
  package let names: [String]

  /// - Parameters:
  ///   - passed: columns of the rows that are passed through.
  ///   - dfbetas: whether DFBETAs are asked for, a column for each coefficient; without leverages there are none.
  package init(
    _ model: FittedModel, passed: [String] = [], dfbetas: Bool = false,
    _ policies: FittedModel.Policies = .init()
  ) {
    self.model = model
    self.policies = policies
    self.passed = passed
    fit = Diagnostics.Fit(model)
    projections = dfbetas && model.hasLeverages ? model.covariance?.projections : nil
    let terms = model.design.distinctNames
    let ofCoefficients =
      projections?.coefficients.map { "dfbetas_\($0.map { terms[$0] } ?? FittedModel.interceptName)" } ?? []
    names =
      ["fitted", "residual"]
      + (!model.hasLeverages
        ? [] : ["leverage", "standardized", "studentized", "cooks_distance", "dffits"]) + ofCoefficients
  }

  /// What is said beside the values: which are not there, and why. Nil where nothing is missing.
  package var note: String? {
    if !model.hasLeverages {
      return "fitted values and residuals only: \(whyNoLeverages)"
    }
    if let whyNotScaled {
      return "residuals are not standardised, and there is no influence: \(whyNotScaled)"
    }
    if projections != nil, let levels = model.covariance?.levels {
      return
        "the \(levels.kept.count) levels of \(printable(model.design.absorption(fewest: 2).map(model.design.column) ?? "a category")) have no DFBETAs: they were taken out of the rows"
    }
    return nil
  }

  /// Why residuals have no standard errors, where there are leverages; nil where they have.
  var whyNotScaled: String? {
    if fit.unitName == .standardError { return nil }
    return fit.isPerfect && fit.degreesOfFreedom > 0
      ? "the residuals of the fit are but rounding" : "the fit has as many coefficients as rows"
  }

  private var whyNoLeverages: String { "the model has no leverages, for \(model.whyNoCovariance)" }

  /// Columns of a table that are read.
  package var columnsRead: Set<String> { columnsUsed.union(passed) }

  /// Columns that are only passed through, and so keep their text.
  package var columnsOnlyPassed: Set<String> { Set(passed).subtracting(columnsUsed) }

  private var columnsUsed: Set<String> {
    model.design.tableColumns(for: model.weights == nil ? .evaluation : .fit)
  }

  /// A block of rows: a row for each, with the columns that were asked for; what a row does not have is missing.
  ///
  /// - Throws: ``TabularError``: a column that is not there or does not hold what it has to, or a prediction that
  ///   overflows.
  /// - Complexity: O(rows · p²)
  package func augmented(_ block: Table) throws(TabularError) -> (table: Table, notes: Sums) {
    let rows = try ResidualRows(model, block, weights: model.weights, policies, unit: fit.unit)
    var columns = names.map { _ in [Double](repeating: .nan, count: block.rowCount) }
    for (row, prediction) in rows.predictions.enumerated() {
      let place = rows.features.design.blockRow(row)
      (columns[0][place], columns[1][place]) = (prediction, rows.residuals[row])
    }
    if model.hasLeverages {
      for (row, place) in rows.rows.enumerated() {
        columns[2][place] = rows.leverages[row]
        let found = rows.diagnosed(row, fit)
        let values = [
          found.standardizedResidual, found.studentizedResidual, found.cooksDistance, found.dffits,
        ]
        for (index, value) in values.enumerated() { columns[3 + index][place] = value ?? .nan }
      }
      addDfbetas(rows, to: &columns)
    }
    let own = zip(names, columns).map { TableColumn(name: $0, values: .numbers($1)) }
    let table = Table(
      source: block.source, columns: try block.selecting(passed).columns + own, rowCount: block.rowCount,
      places: block.places)
    return (table, sums(rows))
  }

  /// DFBETAs: how far each coefficient moves when the row is added, in units of its standard error by the other rows:
  /// √w ((XᵀWX)⁻¹x)ⱼ t / √((1 − h) (XᵀWX)⁻¹ⱼⱼ) with t the studentised residual.
  private func addDfbetas(_ rows: ResidualRows, to columns: inout [[Double]]) {
    guard let projections, let coordinates = model.coordinates(rows.features) else { return }
    let all = projections.of(coordinates, levels: rows.features.levelCodes)
    let first = names.count - projections.coefficients.count
    for (row, place) in rows.rows.enumerated() {
      guard let t = rows.diagnosed(row, fit).studentizedResidual else { continue }
      let scale = t * (rows.weight(of: row) / (1 - rows.leverages[row])).squareRoot()
      let kept = rows.used?[row] ?? row
      for j in 0..<all.columnCount { columns[first + j][place] = all[kept, j] * scale }
    }
  }

  // MARK: Sums

  /// What is known of the rows together.
  package struct Sums: Codable, Sendable {
    /// Rows with a prediction and a weight.
    package private(set) var observations = 0
    /// Σ u², u being the residuals in units of σ.
    private(set) var sumOfSquares = 0.0
    /// The largest target.
    private var size = 0.0
    /// Rows of which the fit does not determine the prediction, by the dependency that they do not have.
    package private(set) var unestimable = RowTally()
    /// The rows with the largest Cook's distances; nil where they are not asked for.
    var top: TopRows?

    init(_ rows: ResidualRows, _ unestimable: RowTally) {
      observations = rows.rows.count
      for (u, y) in zip(rows.scaled, rows.observed) {
        sumOfSquares += min(u * u, 1e100)
        size = max(size, abs(y))
      }
      self.unestimable = unestimable
    }

    /// Takes those of the following rows in.
    package mutating func merge(_ later: Sums) {
      observations += later.observations
      sumOfSquares += later.sumOfSquares
      size = max(size, later.size)
      unestimable.merge(later.unestimable)
      if let rows = later.top { top?.merge(rows) }
    }

    /// Whether the rows are those of a fit.
    func areOf(_ fit: Diagnostics.Fit) -> Bool {
      fit.isOf(rows: observations, sumOfScaledSquares: sumOfSquares, size: size)
    }
  }

  private func sums(_ rows: ResidualRows) -> Sums {
    Sums(rows, model.tally(rows.features.unestimable, rows.block))
  }

  /// What is said of rows that are not those of the fit; nil where they are.
  ///
  /// - Parameter sums: those of all rows.
  package func noteOfOthers(_ sums: Sums) -> String? {
    if sums.areOf(fit) || !model.hasLeverages { return nil }
    let what =
      sums.observations == fit.observations
      ? "the residual sum of squares is not that of the fit"
      : "\(counted(sums.observations, "row")), the fit has \(fit.observations)"
    return
      "these are not the rows of the fit (\(what)): only fitted values, residuals and leverages have a meaning here"
  }
}

extension Influence {
  /// The sums of a block, and the rows of it with the largest Cook's distances.
  ///
  /// - Parameter count: how many, from 1 to 1000.
  package func mostInfluential(_ count: Int, _ block: Table) throws(TabularError) -> Sums {
    let rows = try ResidualRows(model, block, weights: model.weights, policies, unit: fit.unit)
    var result = sums(rows), top = TopRows(most: count)
    for row in rows.leverages.indices {
      let found = rows.diagnosed(row, fit)
      if let distance = found.cooksDistance { top.add(distance, found) }
    }
    result.top = top
    return result
  }

  /// Why there is no most influential row; nil where there may be one.
  package var whyNone: String? {
    model.hasLeverages ? whyNotScaled : whyNoLeverages
  }
}
