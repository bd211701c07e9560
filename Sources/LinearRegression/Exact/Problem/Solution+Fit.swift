internal import LinearAlgebra

extension Double {
  /// Numbers below have fewer than twelve digits.
  static var leastCoefficient: Double { .leastNonzeroMagnitude * 0x1p40 }
}

extension Solution {
  /// The fit in the units of the data.
  ///
  /// - Throws: where a coefficient or a sum of squares is beyond Double.
  func fit(solver: Certificate.Solver, reason: String, passes: Int) throws(DataError) -> LeastSquaresFit {
    let p = whole.featureCount, k = whole.targetCount
    let rank = featureRank + (whole.hasIntercept ? 1 : 0)
    let model = extended?.model ?? doubleModel
    if let (row, _) = model.weights.firstNonFinite() { throw .overflow(.features, column: row) }
    if model.intercepts.contains(where: { !$0.isFinite }) {
      throw .overflow(.features, column: max(0, p - 1))
    }
    if let column = columnBelowDouble(model) { throw .overflow(.features, column: column) }
    var statistics: [FitStatistics] = []
    for t in 0..<k {
      let isConstant = whole.norms[p + t] == 0
      let target = FitStatistics(
        residualSumOfSquares: isConstant ? 0 : max(0, leftovers[t]),
        totalSumOfSquares: isConstant ? 0 : 1, scale: isConstant ? 1 : whole.norm(p + t),
        observations: whole.counts.observations, rank: rank, hasIntercept: whole.hasIntercept,
        logWeightSum: whole.counts.logWeightSum, isLeastSquares: solver != .ridge,
        isPenalized: solver == .ridge)
      guard target.totalSumOfSquares.isFinite else { throw .overflow(.targets, column: t) }
      statistics.append(target)
    }
    let low = lowModel(model, statistics), norms = kept.map(whole.norm)
    // A spread beyond Double leaves nothing to compute leverages in.
    let covariance =
      norms.allSatisfy({ $0.isNormal })
      ? inverse.map {
        UnscaledCovariance(
          features: kept, means: kept.map(whole.mean), norms: norms, inverse: $0,
          weightSum: whole.hasIntercept ? whole.counts.weightSum : nil,
          lowMeans: low == nil || !whole.hasIntercept ? [] : kept.map { whole.extendedMean($0).low })
      } : nil
    let digits = digits
    return LeastSquaresFit(
      model: model, hasIntercept: whole.hasIntercept, observations: whole.counts.observations,
      statistics: statistics,
      certificate: Certificate(
        solver: solver, reason: reason, passes: passes, conditionNumber: conditionNumber, rank: rank,
        redundant: redundant, estimatedDigits: digits.all, readingLoss: readingLoss(digits),
        normalEquationResidual: extended?.normalEquationResidual ?? residuals?.normalEquationResidual),
      covariance: covariance, roots: covariance.map(allRoots), lowModel: covariance == nil ? nil : low)
  }

  /// The first feature whose coefficient is so small that a Double has fewer than twelve of its digits, and is not what
  /// rounding leaves of 0.
  private func columnBelowDouble(_ model: LinearModel) -> Int? {
    for t in 0..<whole.targetCount {
      let values = v[column: t], largest = values.reduce(0) { max($0, abs($1)) }
      for (i, j) in kept.enumerated() where abs(model.weights[j, t]) < .leastCoefficient {
        if abs(values[i]) > 1e-10 * largest { return j }
      }
    }
    return nil
  }

  /// √((XᵀWX)⁻¹ⱼⱼ) of the intercept (if there is one) and of all features; nil for those that are left out.
  private func allRoots(_ covariance: UnscaledCovariance) -> [Double?] {
    let first = whole.hasIntercept ? 1 : 0
    let known = extended?.roots ?? (first == 1 ? [covariance.interceptRoot!] : []) + covariance.roots
    var roots = [Double?](repeating: nil, count: first + whole.featureCount)
    if first == 1 { roots[0] = known[0] }
    for (i, j) in kept.enumerated() { roots[first + j] = known[first + i] }
    return roots
  }

  private var doubleModel: LinearModel {
    let p = whole.featureCount, k = whole.targetCount
    var weights = Matrix<Double>.zeros(p, k)
    for t in 0..<k { for (i, j) in kept.enumerated() { weights[j, t] = v[i, t] * whole.unit(j, target: t) } }
    let intercepts = (0..<k).map { t in
      whole.hasIntercept
        ? kept.reduce(whole.mean(p + t)) { $0 - weights[$1, t] * whole.mean($1) }
          + interceptCorrections[t] * whole.norm(p + t) : 0
    }
    return LinearModel(weights: weights, intercepts: intercepts)
  }

  /// The digits of the least accurate coefficient: those that arithmetic leaves, and those that are left of numbers
  /// that were rounded when they were read.
  private var digits: (all: Double, arithmetic: Double) {
    let arithmetic = extended?.digits ?? digitsOfArithmetic
    return (min(arithmetic, digitsOfReading), arithmetic)
  }

  /// The column that was rounded most when it was read, where that costs a digit of the coefficients.
  private func readingLoss(_ digits: (all: Double, arithmetic: Double)) -> Certificate.ReadingLoss? {
    let kept = kept + (whole.featureCount..<whole.norms.count)
    guard digits.all <= digits.arithmetic - 1,
      let column = kept.max(by: { whole.roundings[$0] < whole.roundings[$1] })
    else { return nil }
    // A value as large as the spread is rounded by ε / √12 of it at most.
    let ratio = whole.roundings[column] * 12.0.squareRoot() / Double.ulpOfOne
    return Certificate.ReadingLoss(column: column, digits: max(1, CLibrary.decimalLogarithm(ratio)))
  }

  private var digitsOfReading: Double { digits(afterRoundings: whole.roundings) }

  /// The digits that rounding leaves which has happened to the values themselves: an error of relative size r in a
  /// column of Z moves v by R⁻¹ times one of size r |v|, and by B times one of size r ρ, as in ``ErrorEstimate``.
  ///
  /// - Parameter roundings: r of each column of [X y].
  func digits(afterRoundings roundings: [Double]) -> Double {
    let p = whole.featureCount
    guard roundings.contains(where: { $0 > 0 }) else { return .infinity }
    let own = kept.map { roundings[$0] }
    return (0..<whole.targetCount).reduce(16) { least, t in
      if whole.norms[p + t] == 0 { return least }
      let values = v[column: t], rho = max(0, min(1, leftovers[t])).squareRoot()
      let size = hypotenuse(roundings[p + t], norm(zip(values, own).map { $0 * $1 }))
      let squared = (own.max() ?? 0) * rho
      let errors = values.indices.map {
        estimate?.error(of: $0, size: size, squared: squared) ?? conditionNumber * (size + squared)
      }
      return min(least, ErrorEstimate.digits(values, errors: errors, units: values.map { _ in 1 }))
    }
  }

  private var digitsOfArithmetic: Double {
    let p = whole.featureCount
    return (0..<whole.targetCount).reduce(15.65) { least, t in
      if whole.norms[p + t] == 0 { return least }  // a constant target is met by its mean
      var (errors, intercept) = expected[t]
      let centers = problem.centers
      if let residuals {
        // What the residuals call for is nearly the error itself, but for their own rounding.
        let left = residuals.correction?[column: t] ?? zeros(errors.count)
        for i in errors.indices { errors[i] = max(errors[i] / 5, abs(left[i])) }
        intercept = max(intercept / 5, abs(dot(left, centers)), abs(residuals.means[t]))
      }
      var values = v[column: t], units = values.map { _ in 1.0 }
      if whole.hasIntercept && whole.norms[p + t] > 0 {
        // In units of the target's norm: b = ȳ − Σ v mean / norm.
        let mean = whole.mean(p + t) / whole.norm(p + t)
        let terms = zip(values, centers).map { $0 * $1 }
        let rounding = Double.ulpOfOne * norm(terms + [mean])
        let value = terms.reduce(mean, -)
        errors.append(intercept + rounding)
        units.append(0)  // not comparable
        // An intercept that rounding does not tell from zero counts relative to the mean.
        values.append(errors.last! < 1e-3 * abs(value) ? value : max(abs(mean), .leastNormalMagnitude))
      }
      return min(least, ErrorEstimate.digits(values, errors: errors, units: units))
    }
  }
}
