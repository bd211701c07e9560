internal import LinearAlgebra
internal import LinearRegression

/// Residuals and leverages of the rows of a block that have a prediction and a weight.
struct ResidualRows {
  let block: Table
  /// The features of all rows that have a prediction, of weight 0 too, and these predictions.
  let features: FittedModel.FeatureRows
  let predictions: [Double]
  /// y − ŷ of these rows.
  let residuals: [Double]
  /// Which of ``features`` each is; nil for all.
  private(set) var used: [Int]?
  /// The row of the block of each.
  private(set) var rows: [Int] = []
  private(set) var fitted: [Double] = []
  private(set) var observed: [Double] = []
  /// Empty where each is 1.
  private(set) var weights: [Double] = []
  /// e √w / s
  private(set) var scaled: [Double] = []
  /// w xᵀ(XᵀWX)⁻¹x; empty where the model has no covariance.
  private(set) var leverages: [Double] = []
  /// √(w w′) x′ᵀ(XᵀWX)⁻¹x of each row and the one before it; empty as the leverages, and where a row of the block has weight 0.
  private(set) var neighbours: [Double] = []
  /// e √w / (s √(1 − h)); 0 for a leverage of 1, with which a row determines its own prediction. Empty as the
  /// leverages.
  private(set) var standardized: [Double] = []

  /// From this leverage on 1 − h is but rounding.
  static let fullLeverage = 1 - 1e-10

  /// - Parameters:
  ///   - weights: the column that weighs the rows; nil for 1.
  ///   - unit: s.
  /// - Throws: ``TabularError``: a column that is not there or does not hold what it has to, a prediction that
  ///   overflows, or weights that do not say how far an error scatters.
  init(
    _ model: FittedModel, _ block: Table, weights: String?, _ policies: FittedModel.Policies, unit: Double
  ) throws(TabularError) {
    try model.requireRowsOfOneObservation(named: block.source)
    self.block = block
    let isCondensed = model.condensed(forLeverages: model.hasLeverages) != nil
    features = try model.rows(
      of: block, for: weights == nil ? .evaluation : .fit, weights: weights, policies,
      forLeverages: model.hasLeverages, isExtended: !isCondensed && model.needsAllDigits(of: block))
    predictions = try model.predictions(features, block)
    residuals = model.residuals(features, predictions)
    let found = model.leveragesAndNeighbours(features)
    setValues(features.design, leverages: found?.leverages, neighbours: found?.neighbours, unit: unit)
  }

  private mutating func setValues(
    _ rows: DesignRows, leverages: [Double]?, neighbours: [Double]?, unit: Double
  ) {
    let weights = rows.weights
    // Without weights nothing is copied.
    used = weights.map { weights in weights.indices.filter { weights[$0] > 0 } }
    func chosen(_ values: [Double]) -> [Double] { used.map { $0.map { values[$0] } } ?? values }
    fitted = chosen(predictions)
    observed = chosen(rows.y.elements)
    self.rows = used.map { $0.map(rows.blockRow) } ?? rows.kept ?? Array(predictions.indices)
    self.weights = weights.map(chosen) ?? []
    scaled = chosen(residuals).map { $0 / unit }
    if used != nil { for row in scaled.indices { scaled[row] *= root(of: row) } }
    guard let leverages else { return }
    self.leverages = chosen(leverages)
    if used != nil { for row in scaled.indices { self.leverages[row] *= weight(of: row) } }
    // Where a row between two is left out, the two are no neighbours in the fit's sense.
    if let neighbours, fitted.count == predictions.count {
      self.neighbours = neighbours
      if used != nil {
        for row in neighbours.indices.dropFirst() {
          self.neighbours[row] *= root(of: row) * root(of: row - 1)
        }
      }
    }
    standardized = zip(scaled, self.leverages).map { scaled, leverage in
      leverage < Self.fullLeverage ? scaled / (1 - leverage).squareRoot() : 0
    }
  }

  /// ŷ less a number near them: from residuals, where these have more digits.
  func fitted(less center: Double, of model: FittedModel) -> [Double] {
    if model.lowModel == nil { return fitted.map { $0 - center } }
    let y = features.design.y, low = features.design.lowY
    return fitted.indices.map { row in
      let place = used?[row] ?? row
      return (y[place, 0] - center - residuals[place]) + (low?[place, 0] ?? 0)
    }
  }

  func weight(of row: Int) -> Double { weights.isEmpty ? 1 : weights[row] }

  private func root(of row: Int) -> Double { weights.isEmpty ? 1 : weights[row].squareRoot() }

  /// Everything that is told of a row.
  func diagnosed(_ row: Int, _ fit: Diagnostics.Fit) -> DiagnosedRow {
    let place = block.places[rows[row]]
    let leverage = leverages.isEmpty ? nil : leverages[row]
    let isFull = leverage.map { $0 >= Self.fullLeverage } ?? true
    let hasNone = isFull || fit.unitName != .standardError
    let r = hasNone ? nil : standardized[row]
    return DiagnosedRow(
      file: place.file, line: place.line, fitted: fitted[row], observed: observed[row],
      weight: weight(of: row), residual: residuals[used?[row] ?? row],
      leverage: leverage, scaled: scaled[row], standardizedResidual: r,
      studentizedResidual: r.flatMap { Diagnostics.studentized($0, freedom: fit.degreesOfFreedom) },
      cooksDistance: hasNone ? nil : cooksDistance(row, rank: fit.rank))
  }

  /// Cook's distance of a row; 0 where it has none.
  func cooksDistance(_ row: Int, rank: Int) -> Double {
    let (h, r) = (leverages[row], standardized[row])
    return h < Self.fullLeverage ? r * r * h / ((1 - h) * Double(max(1, rank))) : 0
  }
}

extension FittedModel {
  /// y − ŷ of rows with predictions; in double-double where the terms of a prediction are large beside it.
  fileprivate func residuals(_ rows: FeatureRows, _ predictions: [Double]) -> [Double] {
    guard let low = rows.condensed == nil ? lowModel : rows.condensed?.low else {
      return zip(rows.design.y.elements, predictions).map(-)
    }
    return rows.model(self).residuals(low: low, rows.design.X, rows.design.response, lowY: rows.design.lowY)
  }
}

extension Diagnostics {
  /// The studentised residual, r √((f − 1) / (f − r²)) with f degrees of freedom, of a standardised one; nil where there
  /// is none.
  static func studentized(_ r: Double, freedom f: Int) -> Double? {
    let rest = Double(f) - r * r
    return f > 1 && rest > 1e-8 * Double(f) ? r * (Double(f - 1) / rest).squareRoot() : nil
  }
}
