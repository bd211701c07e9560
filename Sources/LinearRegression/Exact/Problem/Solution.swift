internal import LinearAlgebra

/// A solution on its way to a fit: coefficients of a reduced problem, in units of norms, and what is known of their
/// errors.
struct SolvedProblem {
  /// The problem with all features.
  private let whole: ReducedProblem

  /// The problem of the features that take part, and their numbers.
  private let problem: ReducedProblem
  private let kept: [Int]
  private let redundant: [Redundancy]

  /// Number of columns that count, the intercept's not included.
  private let featureRank: Int

  /// v, one row per kept feature, one column per target.
  private var v: Matrix<Double>

  /// 1 − R² of each target.
  private(set) var leftovers: [Double]

  /// R⁻¹ of the kept features; nil where the coefficients are not those of least squares alone.
  private let inverse: UpperTriangularMatrix<Double>?

  /// What the factor says of errors; nil as the inverse.
  private let estimate: ErrorEstimate?

  /// Errors of v to be expected, and of the intercept in units of the target's norm, for each target.
  private var expected: [(coefficients: [Double], atCenters: Double)]

  let conditionNumber: Double

  /// Whether the solution is the one of least norm, and not the only one.
  let isLeastNorm: Bool

  /// Whether the coefficients are those of least squares alone.
  var isLeastSquares: Bool { inverse != nil }

  /// The correction of v that the residuals call for, kept × k, once they have been measured.
  private var correction: Matrix<Double>?

  /// The mean residual of each target, in units of its norm: what the intercept lacks.
  private var meanResiduals: [Double]

  /// What was added to the intercept of each target, in units of its norm: means have rounding errors of their own.
  private var interceptCorrections: [Double]

  /// ‖Xᵀr‖ / (‖X‖ ‖r‖), where it was measured: before the last correction, if there was one.
  private var normalEquationResidual: Double?

  /// Whether coefficients were corrected, or the correction they call for is known.
  private var isVerified = false

  /// Coefficients that are more accurate than v.
  private var extended: ExtendedCoefficients?

  private struct ExtendedCoefficients {
    let model: LinearModel
    /// √((XᵀWX)⁻¹ⱼⱼ) of the intercept and of each kept feature.
    let roots: [Double]
    /// Relative to the sizes of the coefficients, in standardised units.
    let digits: Double
  }
}

// MARK: Solving

extension SolvedProblem {
  /// From cross-products, where no feature is redundant; nil where R is singular.
  init?(_ problem: ReducedProblem, origin: ErrorEstimate.Origin) {
    self.init(whole: problem, problem, kept: Array(0..<problem.featureCount), redundant: [], origin)
  }

  /// From rows: redundant features are left out, or the solution of least norm is taken.
  init(
    _ whole: ReducedProblem, _ policy: LeastSquares.RedundancyPolicy, leastNorm: Bool
  ) throws(DataError) {
    let (kept, redundant) = whole.independentFeatures()
    if !redundant.isEmpty {
      if policy == .refuse { throw .rankDeficient(redundant) }
      if leastNorm {
        self.init(leastNorm: whole, rank: kept.count, redundant: redundant)
        return
      }
    }
    let problem = redundant.isEmpty ? whole : whole.selecting(features: kept)
    guard
      let solved = SolvedProblem(
        whole: whole, problem, kept: kept, redundant: redundant, .rows(merges: whole.counts.merges))
    else {
      fatalError("a factor of independent columns is singular; this is a bug in swift-linear-regression")
    }
    self = solved
  }

  private init?(
    whole: ReducedProblem, _ problem: ReducedProblem, kept: [Int], redundant: [Redundancy],
    _ origin: ErrorEstimate.Origin
  ) {
    guard let inverse = try? problem.triangle.inverse(),
      let v = try? problem.triangle.solve(problem.projections)
    else { return nil }
    let estimate = ErrorEstimate(problem.triangle, inverse: inverse)
    guard estimate.conditionNumber.isFinite else { return nil }
    self.init(
      whole: whole, problem: problem, kept: kept, redundant: redundant, featureRank: kept.count, v: v,
      leftovers: problem.leftovers, inverse: inverse, estimate: estimate,
      expected: (0..<problem.targetCount).map {
        estimate.errors(
          v[column: $0], leftover: problem.leftovers[$0], centers: problem.centers,
          offset: problem.largestOffset, origin)
      }, conditionNumber: estimate.conditionNumber, isLeastNorm: false)
  }

  /// The solution of least norm, from the singular values above those that the rank leaves out.
  private init(leastNorm problem: ReducedProblem, rank: Int, redundant: [Redundancy]) {
    let p = problem.featureCount
    let decomposition = problem.decomposition
    let shrunk = decomposition.values.indices.map { $0 < rank ? 1 / decomposition.values[$0] : 0 }
    let v = problem.solution(decomposition, factors: shrunk)
    let smallest = rank > 0 ? decomposition.values[rank - 1] : 1
    self.init(
      whole: problem, problem: problem, kept: Array(0..<p), redundant: redundant, featureRank: rank, v: v,
      leftovers: (0..<problem.targetCount).map { problem.leftover(v, $0) }, inverse: nil,
      expected: (0..<problem.targetCount).map {
        problem.expectedErrors(v, target: $0, largest: 1 / smallest, squared: 1 / smallest / smallest)
      }, conditionNumber: rank > 0 ? decomposition.values[0] / smallest : 1, isLeastNorm: true)
  }

  /// The solution with a ridge penalty: v = V diag(σ / (σ² + λ / n)) Uᵀ S.
  init(
    ridge problem: ReducedProblem, _ penalty: Double,
    _ decomposition: SingularValueDecomposition<Double>? = nil
  ) {
    let decomposition = decomposition ?? problem.decomposition
    let lambda = penalty / problem.counts.weightSum
    // Singular values of rounding size are zeros, however small the penalty.
    let cutOff = decomposition.roundingSize
    let factors = decomposition.values.map { $0 > cutOff ? $0 / ($0 * $0 + lambda) : 0 }
    let v = problem.solution(decomposition, factors: factors)
    let kept = decomposition.values.filter { $0 > cutOff }.map { ($0 * $0 + lambda).squareRoot() }
    let size = (kept.first ?? 1) / (kept.last ?? 1)
    let squared = decomposition.values.reduce(0) { $1 > cutOff ? max($0, 1 / ($1 * $1 + lambda)) : $0 }
    self.init(
      whole: problem, problem: problem, kept: Array(0..<problem.featureCount), redundant: [],
      featureRank: problem.independentFeatures().kept.count, v: v,
      leftovers: (0..<problem.targetCount).map { problem.leftover(v, $0) }, inverse: nil,
      expected: (0..<problem.targetCount).map {
        problem.expectedErrors(v, target: $0, largest: factors.max() ?? 0, squared: squared)
      }, conditionNumber: size, isLeastNorm: false)
  }

  private init(
    whole: ReducedProblem, problem: ReducedProblem, kept: [Int], redundant: [Redundancy], featureRank: Int,
    v: Matrix<Double>, leftovers: [Double], inverse: UpperTriangularMatrix<Double>?,
    estimate: ErrorEstimate? = nil, expected: [(coefficients: [Double], atCenters: Double)],
    conditionNumber: Double, isLeastNorm: Bool
  ) {
    self.whole = whole
    self.problem = problem
    self.kept = kept
    self.redundant = redundant
    self.featureRank = featureRank
    self.v = v
    self.leftovers = leftovers
    self.inverse = inverse
    self.estimate = estimate
    self.expected = expected
    self.conditionNumber = conditionNumber
    self.isLeastNorm = isLeastNorm
    meanResiduals = zeros(leftovers.count)
    interceptCorrections = meanResiduals
  }
}

extension ReducedProblem {
  /// R = U diag(σ) Vᵀ
  var decomposition: SingularValueDecomposition<Double> {
    do throws(LAPACKError) {
      return try triangle.singularValueDecomposition()
    } catch {
      fatalError("gesdd on finite data: \(error); this is a bug in swift-linear-regression")
    }
  }

  /// Mean / norm of each feature: the intercept is ȳ − Σ centers v, in units of the target's norm. Zeros without one.
  var centers: [Double] { (0..<featureCount).map { norms[$0] > 0 ? mean($0) / norm($0) : 0 } }

  /// The largest distance of a column's mean from its shift, in standard deviations.
  var largestOffset: Double {
    let root = counts.weightSum.squareRoot()
    return norms.indices.reduce(0) { norms[$1] > 0 ? max($0, abs(offsets[$1]) * root / norms[$1]) : $0 }
  }

  /// Errors to be expected of V diag(factors) Uᵀ S.
  ///
  /// - Parameters:
  ///   - largest: the largest factor, which is what an error of S or of R v is multiplied by at most.
  ///   - squared: the largest factor over its singular value, for errors of R that meet the residual.
  func expectedErrors(
    _ v: Matrix<Double>, target: Int, largest: Double, squared: Double
  ) -> (coefficients: [Double], atCenters: Double) {
    let rho = max(0, leftover(v, target)).squareRoot()
    let error = 2 * Double.ulpOfOne * (largest * (1 + nrm2(v[column: target])) + squared * rho)
    return (Array(repeating: error, count: featureCount), error * nrm2(centers))
  }

  /// V diag(factors) Uᵀ S
  func solution(_ decomposition: SingularValueDecomposition<Double>, factors: [Double]) -> Matrix<Double> {
    let projected = gemm(decomposition.u, projections, transposeA: .transpose)
    let shrunk = Matrix<Double>(rows: featureCount, columns: targetCount) { factors[$0] * projected[$0, $1] }
    return gemm(decomposition.v, shrunk)
  }

  /// ‖y − Z v‖² of a target: what R leaves, and what v does not take.
  func leftover(_ v: Matrix<Double>, _ target: Int) -> Double {
    let fitted = triangle.times(v[column: target], transpose: .none)
    return (0..<featureCount).reduce(leftovers[target]) {
      let difference = projections[$1, target] - fitted[$1]
      return $0 + difference * difference
    }
  }
}

extension SingularValueDecomposition<Double> {
  /// The size below which a singular value of a triangular factor is nothing but rounding.
  var roundingSize: Double { 8 * Double(values.count + 1) * Double.ulpOfOne * (values.first ?? 0) }
}

// MARK: Residuals

extension SolvedProblem {
  /// Intercept (if there is one) and weights of all features in the units of the pass, k columns.
  func unitCoefficients(_ layout: DesignLayout) -> Matrix<Double> {
    let p = whole.featureCount, first = layout.firstFeature
    var x = Matrix<Double>.zeros(first + p, whole.targetCount)
    for t in 0..<whole.targetCount {
      for (i, j) in kept.enumerated() where whole.norms[j] > 0 {
        x[first + j, t] = v[i, t] * (whole.norms[p + t] / whole.norms[j])
      }
      if first == 1 {
        x[0, t] =
          kept.reduce(whole.offsets[p + t]) { $0 - x[1 + $1, t] * whole.offsets[$1] }
          + interceptCorrections[t] * whole.norms[p + t]
      }
    }
    return x
  }

  /// Takes note of the residuals at the solution: what they are, and which correction they call for.
  mutating func note<Scalar>(_ sums: ResidualSums<Scalar>) {
    guard let inverse else { return }
    let p = whole.featureCount, k = whole.targetCount, first = sums.layout.firstFeature
    let root = whole.counts.weightSum.squareRoot()
    var correction = Matrix<Double>.zeros(kept.count, k)
    var worst: Double?
    for t in 0..<k where whole.norms[p + t] > 0 {
      let size = whole.norms[p + t]
      let intercept = first == 1 ? sums.products[0, t] : 0
      let g = kept.map { j in
        (sums.products[first + j, t] - whole.offsets[j] * intercept) / whole.norms[j]
      }
      meanResiduals[t] = intercept / whole.counts.weightSum / size
      let half = inverse.times(g.map { $0 / size }, transpose: .transpose)
      for (i, value) in inverse.times(half, transpose: .none).enumerated() { correction[i, t] = value }
      leftovers[t] = sums.squares[t] / size / size
      let r = sums.squares[t].squareRoot()
      if r > 1e-14 * size {
        let columns = Double(kept.count + first).squareRoot()
        worst = max(worst ?? 0, nrm2(g + [intercept / root]) / (columns * r))
      }
    }
    self.correction = correction
    normalEquationResidual = worst
    isVerified = true
  }

  /// The size of the correction that the residuals call for, relative to the coefficients.
  var correctionSize: Double {
    guard let correction else { return .infinity }
    let size = nrm2(v.elements), change = nrm2(correction.elements)
    return change == 0 ? 0 : change / max(size, Double.leastNormalMagnitude)
  }

  /// Applies the correction. Coefficients are then as good as residuals formed in Double can make them.
  mutating func correct() {
    guard let correction, let estimate else { return }
    v = v + correction
    for t in leftovers.indices {
      let lowered = nrm2(problem.triangle.times(correction[column: t], transpose: .none))
      leftovers[t] = max(0, leftovers[t] - lowered * lowered)
      // Weights move the plane about the means, and the mean residual stays what it was.
      interceptCorrections[t] += meanResiduals[t]
      meanResiduals[t] = 0
    }
    self.correction = nil
    expected = (0..<problem.targetCount).map {
      estimate.errors(
        v[column: $0], leftover: leftovers[$0], centers: problem.centers,
        offset: problem.largestOffset, .rows(merges: 0))
    }
  }
}

// MARK: Extended precision

extension SolvedProblem {
  /// Corrects the solution by residuals in double-double; false where that does not converge.
  mutating func refineExtended<Scalar>(
    _ rows: Observations<Scalar>, _ factor: LeastSquares.Factor, passes: inout Int
  ) -> Bool {
    let layout = factor.layout, first = layout.firstFeature, p = layout.features, units = factor.units
    let columns = Array(0..<first) + kept.map { first + $0 }
    let triangle = factor.triangle.selecting(columns)
    let coefficients = unitCoefficients(layout)
    let start = Matrix<Double>(rows: columns.count, columns: layout.targets) { coefficients[columns[$0], $1] }
    guard
      let refined = ExtendedRefinement(
        rows, layout, units, kept: kept, triangle: triangle, start: start,
        targetSquares: (0..<layout.targets).map { whole.norms[p + $0] * whole.norms[p + $0] }),
      let inverse = try? triangle.inverse()
    else { return false }
    passes += refined.passes
    var weights = Matrix<Double>.zeros(p, layout.targets)
    var intercepts: [Double] = zeros(layout.targets)
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
        if first == 1 { intercept = intercept + -(weight * DoubleDouble(units.shifts[j])) }
      }
      intercepts[t] = intercept.rounded
      let values = refined.solution[t].map(\.rounded)
      // Half a unit in the last place, and what the steps left.
      let errors = values.indices.map { Double.ulpOfOne * abs(values[$0]) + refined.errors[t][$0] }
      digits = min(digits, ErrorEstimate.digits(values, errors: errors, units: values.map { _ in 1 }))
      leftovers[t] = whole.norms[p + t] > 0 ? refined.squares[t] / whole.norms[p + t] / whole.norms[p + t] : 0
    }
    let model = LinearModel(weights: weights, intercepts: intercepts)
    guard model.weights.firstNonFinite() == nil, intercepts.allSatisfy(\.isFinite) else { return false }
    extended = ExtendedCoefficients(
      model: model, roots: roots(inverse, refined.correction, units, first), digits: digits)
    normalEquationResidual = Self.normalEquationResidual(
      refined, triangle, norms: (0..<layout.targets).map { whole.norms[p + $0] })
    return true
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
      nrm2(correction.times(rows[i], transpose: .transpose)) * (i < first ? 1 : units.scales[kept[i - first]])
    }
  }

  private static func normalEquationResidual<Scalar>(
    _ refined: ExtendedRefinement<Scalar>, _ triangle: UpperTriangularMatrix<Double>, norms targets: [Double]
  ) -> Double? {
    var worst: Double?
    for t in refined.squares.indices {
      let r = refined.squares[t].squareRoot(), g = refined.products[t]
      guard r > 1e-14 * targets[t] else { continue }
      let norms = g.indices.map { j in nrm2((0...j).map { triangle[$0, j] }) }
      let scaled = g.indices.map { g[$0] / norms[$0] }
      worst = max(worst ?? 0, nrm2(scaled) / (Double(max(1, g.count)).squareRoot() * r))
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

// MARK: The fit

extension SolvedProblem {
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
    let norms = kept.map(whole.norm)
    // A spread beyond Double leaves nothing to compute leverages in.
    let covariance =
      norms.allSatisfy({ $0.isNormal })
      ? inverse.map {
        UnscaledCovariance(
          features: kept, means: kept.map(whole.mean), norms: norms, inverse: $0,
          weightSum: whole.hasIntercept ? whole.counts.weightSum : nil)
      } : nil
    return LeastSquaresFit(
      model: model, hasIntercept: whole.hasIntercept, observations: whole.counts.observations,
      statistics: statistics,
      certificate: Certificate(
        solver: solver, reason: reason, passes: passes, conditionNumber: conditionNumber, rank: rank,
        redundant: redundant, estimatedDigits: digits,
        normalEquationResidual: normalEquationResidual),
      covariance: covariance, roots: covariance.map(allRoots))
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

  /// The digits of the least accurate coefficient.
  private var digits: Double {
    if let extended { return extended.digits }
    let p = whole.featureCount
    return (0..<whole.targetCount).reduce(15.65) { least, t in
      if whole.norms[p + t] == 0 { return least }  // a constant target is met by its mean
      var (errors, intercept) = expected[t]
      let centers = problem.centers
      if isVerified {
        // What the residuals call for is nearly the error itself, but for their own rounding.
        let left = correction?[column: t] ?? zeros(errors.count)
        for i in errors.indices { errors[i] = max(errors[i] / 5, abs(left[i])) }
        intercept = max(intercept / 5, abs(dot(left, centers)), abs(meanResiduals[t]))
      }
      var values = v[column: t], units = values.map { _ in 1.0 }
      if whole.hasIntercept && whole.norms[p + t] > 0 {
        // In units of the target's norm: b = ȳ − Σ v mean / norm.
        let mean = whole.mean(p + t) / whole.norm(p + t)
        let terms = zip(values, centers).map { $0 * $1 }
        let rounding = Double.ulpOfOne * nrm2(terms + [mean])
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
