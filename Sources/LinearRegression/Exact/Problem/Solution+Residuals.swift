internal import LinearAlgebra

/// What the residuals of a solution tell of it.
struct MeasuredResiduals {
  /// The correction of v that they call for, kept × k; nil once it was applied.
  var correction: Matrix<Double>?

  /// The mean residual of each target, in units of its norm: what the intercept lacks.
  var means: [Double]

  /// ‖Xᵀr‖ / (‖X‖ ‖r‖), before the correction; nil where nothing is left of y.
  let normalEquationResidual: Double?
}

extension Solution {
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

  /// Takes the residuals at the solution: what they are, and which correction they call for.
  mutating func take<Scalar>(_ sums: ResidualSums<Scalar>) {
    guard let inverse else { return }
    let p = whole.featureCount, k = whole.targetCount, first = sums.layout.firstFeature
    let root = whole.counts.weightSum.squareRoot()
    var correction = Matrix<Double>.zeros(kept.count, k), means: [Double] = zeros(k)
    var worst: Double?
    for t in 0..<k where whole.norms[p + t] > 0 {
      let size = whole.norms[p + t]
      let intercept = first == 1 ? sums.products[0, t] : 0
      let g = kept.map { j in
        (sums.products[first + j, t] - whole.offsets[j] * intercept) / whole.norms[j]
      }
      means[t] = intercept / whole.counts.weightSum / size
      let half = inverse.times(g.map { $0 / size }, transpose: .transpose)
      for (i, value) in inverse.times(half, transpose: .none).enumerated() { correction[i, t] = value }
      leftovers[t] = sums.squares[t] / size / size
      let r = sums.squares[t].squareRoot()
      if r > 1e-14 * size {
        let columns = Double(kept.count + first).squareRoot()
        worst = max(worst ?? 0, norm(g + [intercept / root]) / (columns * r))
      }
    }
    residuals = MeasuredResiduals(correction: correction, means: means, normalEquationResidual: worst)
  }

  /// The size of the correction that the residuals call for, relative to the coefficients.
  var correctionSize: Double {
    guard let correction = residuals?.correction else { return .infinity }
    let size = norm(v.elements), change = norm(correction.elements)
    return change == 0 ? 0 : change / max(size, Double.leastNormalMagnitude)
  }

  /// Applies the correction. Coefficients are then as good as residuals formed in Double can make them.
  mutating func correct() {
    guard let measured = residuals, let correction = measured.correction, let estimate else { return }
    v = v + correction
    for t in leftovers.indices {
      let lowered = norm(problem.triangle.times(correction[column: t], transpose: .none))
      leftovers[t] = max(0, leftovers[t] - lowered * lowered)
      // Weights move the plane about the means, and the mean residual stays what it was.
      interceptCorrections[t] += measured.means[t]
    }
    residuals = MeasuredResiduals(
      correction: nil, means: zeros(leftovers.count),
      normalEquationResidual: measured.normalEquationResidual)
    expected = (0..<problem.targetCount).map {
      estimate.errors(
        v[column: $0], leftover: leftovers[$0], centers: problem.centers,
        offset: problem.largestOffset, .rows(merges: 0))
    }
  }
}
