internal import LinearAlgebra

/// The least-squares fit of one group of rows: what a table of many groups shows of each.
package struct GroupSolution: Sendable {
  /// Rows whose weight is not zero.
  package var observations = 0

  /// The coefficients, the intercept's first (if there is one); NaN for those that are left out. Without standard
  /// errors where there are none.
  package var coefficients: CoefficientTable

  /// Nil without degrees of freedom, and where the fit is perfect.
  package var residualStandardError: Double?

  /// Nil where y is constant.
  package var rSquared: Double?

  /// Why the group has no fit, or not all of one; empty where it has.
  package var limits: [Limit] = []

  package enum Limit: Sendable, Equatable {
    /// There is no row.
    case noRows
    /// All rows have the weight 0.
    case noWeight
    /// The target is the same in all rows.
    case constantTarget
    /// Features, counted from 0, that others determine.
    case redundant([Int])
    /// As many rows as coefficients.
    case noDegreesOfFreedom
    /// Residuals are what rounding leaves.
    case perfect
    /// What is beyond Double.
    case overflow
    /// A column of [X y], counted from 0, of whose spread so many digits are left where its values were rounded.
    case rounded(column: Int, digits: Double)
  }
}

extension GroupFactors {
  /// The fit of a group.
  ///
  /// Where the diagonal of the factor shows that no feature is redundant, coefficients and standard errors follow by
  /// substitution in the numbers of the group; else the factor is solved as that of any rows, and leaves out the same
  /// features.
  /// - Complexity: p³/3 flops and the memory of the result; O(p³) with some dozens of arrays where a feature may be
  ///   redundant.
  package func solve(_ group: Int) -> GroupSolution {
    withGroup(group) { numbers in
      let n = numbers.observations
      if n == 0 { return nothing(0, numbers.isWeightless ? .noWeight : .noRows) }
      if !numbers.isFinite { return nothing(n, .overflow) }
      var solution = substituted(numbers) ?? solved(numbers)
      if let limit = rounding(numbers, solution) { solution.limits.append(limit) }
      return solution
    }
  }

  /// Of the columns of a solution that which was rounded most, where few digits are left of it.
  private func rounding(_ group: Group, _ solution: GroupSolution) -> GroupSolution.Limit? {
    if roundings.isEmpty { return nil }
    let weight = group.first == 1 ? group.diagonal[0] : Double(group.observations)
    var most: (column: Int, error: Double)?
    for (j, rounding) in roundings.enumerated() where rounding > 0 {
      let isKept = j == features || solution.coefficients[group.first + j].estimate != nil
      let norm = group.square(j).squareRoot(), error = rounding * group.scale(j) * weight.squareRoot()
      if isKept, norm > 0, error > Self.fewDigits * norm, error > (most?.error ?? 0) * norm {
        most = (j, error / norm)
      }
    }
    return most.map { .rounded(column: $0.column, digits: max(0, -CLibrary.decimalLogarithm($0.error))) }
  }

  /// The relative error of a column that is told of.
  private static var fewDigits: Double { 1e-8 }

  private func nothing(_ observations: Int, _ limit: GroupSolution.Limit) -> GroupSolution {
    GroupSolution(
      observations: observations,
      coefficients: CoefficientTable(
        estimates: Array(repeating: .nan, count: features + (hasIntercept ? 1 : 0)), degreesOfFreedom: 0),
      limits: [limit])
  }

  /// The solution of the factor, as of any rows.
  private func solved(_ group: Group) -> GroupSolution {
    let n = group.observations, fit: LeastSquaresFit
    do throws(DataError) {
      fit = try ExtendedFit(factor(group), LeastSquares(intercept: hasIntercept), low: isExtended).fit(
        because: "", passes: 1)
    } catch {
      return nothing(n, .overflow)
    }
    let statistics = fit.statistics[0], table = fit.coefficientStatistics()
    let left = fit.certificate.redundant.map(\.feature).sorted()
    return limited(
      n, estimates: table.estimates, errors: table.standardErrors,
      freedom: statistics.degreesOfFreedom,
      residual: statistics.residualSumOfSquares, total: statistics.totalSumOfSquares,
      residualStandardError: statistics.residualStandardError.map { $0 / group.weightUnit.squareRoot() },
      rSquared: statistics.rSquared, left: left)
  }

  /// A solution without what does not exist.
  private func limited(
    _ observations: Int, estimates: [Double], errors: [Double], freedom: Int, residual: Double, total: Double,
    residualStandardError: Double?, rSquared: Double?, left: [Int]
  ) -> GroupSolution {
    var limits: [GroupSolution.Limit] = left.isEmpty ? [] : [.redundant(left)]
    if total == 0 { limits.append(.constantTarget) }
    if freedom < 1 {
      limits.append(.noDegreesOfFreedom)
    } else if total > 0, residual <= 1e-26 * total {
      limits.append(.perfect)
    }
    let hasErrors = total > 0 && freedom > 0 && limits.last != .perfect
    return GroupSolution(
      observations: observations,
      coefficients: CoefficientTable(
        estimates: estimates, standardErrors: hasErrors ? errors : [], degreesOfFreedom: freedom),
      residualStandardError: hasErrors ? residualStandardError : nil, rSquared: rSquared, limits: limits)
  }

  /// The solution by substitution; nil where a feature may be redundant, a column is constant, or a number is out of
  /// range.
  private func substituted(_ group: Group) -> GroupSolution? {
    let (p, first) = (features, group.first), order = group.order, d = group.diagonal, target = order - 1
    let freedom = group.observations - first - p
    guard freedom > 0 else { return nil }
    let weight = first == 1 ? d[0] : Double(group.observations), root = weight.squareRoot()
    var total = d[target]
    for i in first..<target { total += d[i] * group.r(i, target) * group.r(i, target) }
    for j in first..<order {
      let norm = group.square(j - first).squareRoot()
      // Of a column that is known beyond Doubles the distance from the shift is right.
      let isRight = j == target ? isExtended.y : isExtended.X
      let mean = first == 1 ? (isRight ? 0 : abs(center(group, j - first))) + abs(group.r(0, j)) : 0
      // What rounding of the values may hide; the bounds are those of ``Problem/independentFeatures()``.
      let hidden = Double.ulpOfOne * hypotenuse(1, root * mean / norm)
      guard norm > 0, norm > 4 * Double.ulpOfOne * root * mean else { return nil }
      let clear = max(1e-3, 8e3 * (8 * Double(p + 1) * Double.ulpOfOne + hidden) * Double(p))
      if j < target, d[j].squareRoot() <= clear * norm { return nil }
    }
    let residual = d[target]
    var estimates = [Double](repeating: 0, count: first + p)
    for j in stride(from: target - 1, through: first, by: -1) {
      var value = group.r(j, target)
      for k in j + 1..<max(j + 1, target) { value -= group.r(j, k) * estimates[k] }
      estimates[j] = value
    }
    var errors = variances(group, estimates.count).map { ($0 * residual / Double(freedom)).squareRoot() }
    let unit = group.scale(p)
    if first == 1 {
      let mean = center(group, p)
      estimates[0] = (first..<target).reduce(mean) { $0 - estimates[$1] * center(group, $1 - first) } / unit
      errors[0] /= unit
    }
    for j in first..<target {
      estimates[j] = estimates[j] * group.scale(j - first) / unit
      errors[j] = errors[j] * group.scale(j - first) / unit
    }
    // Numbers that are not in range are looked at by the way of any rows, which tells why.
    guard estimates.allSatisfy({ $0.isFinite && ($0 == 0 || abs($0) >= .leastCoefficient) }),
      errors.allSatisfy({ $0.isFinite })
    else { return nil }
    return limited(
      group.observations, estimates: estimates, errors: errors, freedom: freedom, residual: residual,
      total: total,
      residualStandardError: (residual / Double(freedom)).squareRoot() / unit / group.weightUnit.squareRoot(),
      rSquared: p > 0 ? (total <= residual ? 0 : 1 - residual / total) : 0, left: [])
  }

  /// The mean of a column of [X y], in its scale.
  private func center(_ group: Group, _ column: Int) -> Double {
    group.shift(column) * group.scale(column) + group.r(0, 1 + column)
  }

  /// The diagonal of (XᵀWX)⁻¹, with an intercept of [1 X], in the units of the group: with V = R⁻¹ it is Σₖ Vⱼₖ² / dₖ, of
  /// the intercept 1/W + Σₖ (Σⱼ x̄ⱼ Vⱼₖ)² / dₖ.
  private func variances(_ group: Group, _ count: Int) -> [Double] {
    let first = group.first, d = group.diagonal
    var variances = [Double](repeating: 0, count: count), column = variances
    if first == 1 { variances[0] = 1 / d[0] }
    for k in first..<count {
      column[k] = 1
      var mean = first == 1 ? center(group, k - first) : 0
      variances[k] += 1 / d[k]
      for j in stride(from: k - 1, through: first, by: -1) {
        var value = -group.r(j, k)
        for i in j + 1..<k { value -= group.r(j, i) * column[i] }
        column[j] = value
        variances[j] += value * value / d[k]
        if first == 1 { mean += value * center(group, j - first) }
      }
      if first == 1 { variances[0] += mean * mean / d[k] }
    }
    return variances
  }
}
