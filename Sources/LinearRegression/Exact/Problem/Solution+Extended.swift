internal import LinearAlgebra

/// Coefficients from residuals in double-double.
struct ExtendedCoefficients {
  let model: LinearModel

  /// What rounding took from it.
  let low: LinearModel

  /// √((XᵀWX)⁻¹ⱼⱼ) of the intercept and of each kept feature.
  let roots: [Double]

  /// Digits that are right, relative to the sizes of the coefficients in standardised units.
  let digits: Double

  /// ‖Xᵀr‖ / (‖X‖ ‖r‖); nil where nothing is left of y.
  let normalEquationResidual: Double?
}

extension Solution {
  /// Corrects the solution by residuals in double-double; false where that does not converge.
  ///
  /// - Parameters:
  ///   - factor: what the solution comes from.
  ///   - data: what is known of the columns' values.
  ///   - passes: counts the passes over the rows.
  ///   - pass: goes through all rows, wherever they are.
  /// - Throws: what the passes throw.
  mutating func refineExtended<Failure>(
    _ factor: LeastSquares.Factor, _ data: DataPrecision, passes: inout Int,
    _ pass: (ExtendedPlan) throws(Failure) -> ExtendedSums
  ) throws(Failure) -> Bool {
    let layout = factor.layout, first = layout.firstFeature, p = layout.features, units = factor.units
    let columns = Array(0..<first) + kept.map { first + $0 }
    let triangle = factor.triangle.selecting(columns)
    let coefficients = unitCoefficients(layout)
    let start = Matrix<Double>(rows: columns.count, columns: layout.targets) { coefficients[columns[$0], $1] }
    // Beyond a Double there is nothing to correct.
    guard start.firstNonFinite() == nil else { return false }
    guard
      let refined = try ExtendedRefinement(
        layout, units, kept: kept, triangle: triangle, start: start,
        targetSquares: (0..<layout.targets).map { whole.norms[p + $0] * whole.norms[p + $0] }, pass: pass),
      let inverse = try? triangle.inverse()
    else { return false }
    passes += refined.passes
    var weights = Matrix<Double>.zeros(p, layout.targets), lowWeights = weights
    var intercepts: [Double] = zeros(layout.targets), lowIntercepts = intercepts
    var digits = 16.0
    for t in 0..<layout.targets {
      let target = units.scales[p + t]
      var intercept = DoubleDouble.zero
      if first == 1 {
        intercept = DoubleDouble(units.shifts[p + t]) + refined.solution[t][0].times(powerOfTwo: 1 / target)
      }
      for (i, j) in kept.enumerated() {
        let weight = refined.solution[t][first + i].times(powerOfTwo: units.scales[j]).times(
          powerOfTwo: 1 / target)
        weights[j, t] = weight.rounded
        lowWeights[j, t] = weight.rest
        if first == 1 { intercept = intercept + -(weight * DoubleDouble(units.shifts[j])) }
      }
      (intercepts[t], lowIntercepts[t]) = (intercept.rounded, intercept.rest)
      var values = refined.solution[t].map(\.rounded)
      // Half a unit in the last place, and what the steps left.
      let errors = values.indices.map { Double.ulpOfOne * abs(values[$0]) + refined.errors[t][$0] }
      // The intercept is told from the shifts on here, which may be all of it.
      if first == 1 {
        values[0] = max(abs(values[0]), abs(units.shifts[p + t] * target), abs(intercepts[t] * target))
      }
      digits = min(digits, ErrorEstimate.digits(values, errors: errors, units: values.map { _ in 1 }))
      leftovers[t] = whole.norms[p + t] > 0 ? refined.squares[t] / whole.norms[p + t] / whole.norms[p + t] : 0
    }
    digits = min(digits, digitsOfData(data))
    let model = LinearModel(weights: weights, intercepts: intercepts)
    guard model.weights.firstNonFinite() == nil, intercepts.allSatisfy(\.isFinite) else { return false }
    extended = ExtendedCoefficients(
      model: model, low: LinearModel(weights: lowWeights, intercepts: lowIntercepts),
      roots: roots(inverse, refined.correction, units, first), digits: digits,
      normalEquationResidual: Self.normalEquationResidual(
        refined, triangle, norms: (0..<layout.targets).map { whole.norms[p + $0] }))
    return true
  }

  /// The digits that the rounding of columns to double-double leaves, where they are known to more than Doubles: of a
  /// column far from zero its spread has fewer, and coefficients lose as many again as the condition number has.
  private func digitsOfData(_ data: DataPrecision) -> Double {
    let root = whole.counts.weightSum.squareRoot()
    func rounding(_ j: Int) -> Double {
      guard data.isExtended[j], whole.norms[j] > 0 else { return 0 }
      return 0x1p-104 * abs(whole.units.shifts[j] * whole.units.scales[j]) * root / whole.norms[j]
    }
    let features = kept.reduce(0) { max($0, rounding($1)) }
    let targets = (0..<whole.targetCount).reduce(0) { max($0, rounding(whole.featureCount + $1)) }
    let error = conditionNumber * features + targets
    return error > 0 ? max(0, -CLibrary.decimalLogarithm(error)) : 16
  }

  /// √((XᵀWX)⁻¹ⱼⱼ) in the units of the data: norms of the rows of E T U⁻¹, E being the way from the units of the pass.
  private func roots(
    _ inverse: UpperTriangularMatrix<Double>, _ correction: UpperTriangularMatrix<Double>,
    _ units: ColumnUnits,
    _ first: Int
  ) -> [Double] {
    let q = inverse.order
    // The intercept at x = 0 is the one at the shifts less weights times shifts: the row cancels, so in double-double.
    var rows = (0..<q).map { i in (0..<q).map { inverse[i, $0] } }
    if first == 1 {
      rows[0] = (0..<q).map { column in
        kept.indices.reduce(DoubleDouble(inverse[0, column])) { sum, i in
          let shift = units.shifts[kept[i]] * units.scales[kept[i]]
          return sum + -(DoubleDouble(shift) * DoubleDouble(inverse[1 + i, column]))
        }.rounded
      }
    }
    return rows.indices.map { i in
      norm(correction.times(rows[i], transpose: .transpose)) * (i < first ? 1 : units.scales[kept[i - first]])
    }
  }

  private static func normalEquationResidual(
    _ refined: ExtendedRefinement, _ triangle: UpperTriangularMatrix<Double>, norms targets: [Double]
  ) -> Double? {
    var worst: Double?
    for t in refined.squares.indices {
      let r = refined.squares[t].squareRoot(), g = refined.products[t]
      guard r > 1e-14 * targets[t] else { continue }
      let norms = g.indices.map { j in norm((0...j).map { triangle[$0, j] }) }
      let scaled = g.indices.map { g[$0] / norms[$0] }
      worst = max(worst ?? 0, norm(scaled) / (Double(max(1, g.count)).squareRoot() * r))
    }
    return worst
  }
}

extension DoubleDouble {
  /// Multiplied by a power of two: exact.
  func times(powerOfTwo factor: Double) -> DoubleDouble {
    var result = self
    result.high *= factor
    result.low *= factor
    return result
  }
}
