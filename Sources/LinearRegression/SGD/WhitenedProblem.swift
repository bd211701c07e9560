internal import LinearAlgebra

/// A least-squares problem in coordinates in which its curvature is the identity.
///
/// In standardised units the mean loss is (‖R v − S‖² + what no v can lower) / 2 for each target. With T = R⁻¹ (or V Σ⁻¹ of the singular
/// value decomposition where columns depend on each other) and ρ = S − R v, T ρ is the way to the solution, and ‖ρ‖² / 2 the excess loss.
struct WhitenedProblem {
  /// R, rank × p.
  let forward: Matrix<Double>

  /// T, p × rank.
  let inverse: Matrix<Double>

  /// S, rank × k.
  let projections: Matrix<Double>

  /// The solution v, p × k: of least norm where it is not the only one.
  let solution: Matrix<Double>

  /// What rounding may have done to each target's solution: to the largest of its coefficients.
  let expectedErrors: [Double]

  /// The problem without a penalty, for the loss alone.
  private let loss: ReducedProblem

  /// - Parameter penalties: what is added to the diagonal of RᵀR.
  init(_ problem: ReducedProblem, penalties: [Double]) {
    loss = problem
    let k = problem.targetCount
    if penalties.contains(where: { $0 > 0 }) {
      (forward, inverse, projections) = problem.penalized(penalties)
      expectedErrors = Array(repeating: Double.ulpOfOne, count: k)
    } else if problem.independentFeatures().redundant.isEmpty, let inverse = problem.triangle.inverse() {
      let estimate = ErrorEstimate(problem.triangle, inverse: inverse)
      forward = problem.triangle.matrix
      self.inverse = inverse.matrix
      projections = problem.projections
      let v = gemm(self.inverse, projections)
      expectedErrors = (0..<k).map { t in
        estimate.errors(
          v[column: t], leftover: problem.leftovers[t], centers: problem.centers,
          offset: problem.largestOffset, .rows(merges: 0)
        ).coefficients.max() ?? 0
      }
    } else {
      let smallest: Double
      (forward, inverse, projections, smallest) = problem.leastNorm()
      let v = gemm(inverse, projections)
      expectedErrors = (0..<k).map { t in
        problem.expectedErrors(v, target: t, largest: 1 / smallest, squared: 1 / smallest / smallest)
          .coefficients.max() ?? 0
      }
    }
    solution = gemm(inverse, projections)
  }

  /// ρ = S − R v, rank × k.
  func residual(_ v: Matrix<Double>) -> Matrix<Double> { projections - gemm(forward, v) }

  /// The mean loss of each target at weights v, p × k, and bias, in standardised units.
  func losses(_ v: Matrix<Double>, bias: Matrix<Double>) -> [Double] {
    (0..<v.columnCount).map { (loss.leftover(v, $0) + bias[0, $0] * bias[0, $0]) / 2 }
  }

  /// How much the objective of each target is above its minimum at weights v and bias, in standardised units.
  func excesses(_ residual: Matrix<Double>, bias: Matrix<Double>) -> [Double] {
    (0..<residual.columnCount).map { t in
      let norm = nrm2(residual[column: t])
      return (norm * norm + bias[0, t] * bias[0, t]) / 2
    }
  }
}

extension ReducedProblem {
  /// R with RᵀR + diag(penalties), its inverse, and the projections that belong to it.
  fileprivate func penalized(_ penalties: [Double]) -> (Matrix<Double>, Matrix<Double>, Matrix<Double>) {
    let p = featureCount
    var stacked: [Double] = zeros(p * p), work: [Double] = zeros(16 * max(1, p))
    for j in 0..<p { stacked[j * p + j] = penalties[j].squareRoot() }
    var factor = triangle
    stacked.withUnsafeMutableBufferPointer { rows in
      work.withUnsafeMutableBufferPointer { work in
        guard p > 0, let rows = rows.baseAddress, let work = work.baseAddress else { return }
        factor.absorb(rows: p, rows, leadingDimension: p, work: work)
      }
    }
    // Constant columns have nothing to penalise.
    for j in 0..<p where factor[j, j] == 0 { factor[j, j] = 1 }
    guard let inverse = factor.inverse() else {
      fatalError("a penalised factor is singular; this is a bug in swift-linear-regression")
    }
    let moments = gemm(triangle.matrix, projections, transposeA: .yes)  // RᵀS
    return (factor.matrix, inverse.matrix, gemm(inverse.matrix, moments, transposeA: .yes))
  }

  /// Σ Vᵀ, V Σ⁻¹ and Uᵀ S over the singular values that count, and the smallest of them.
  fileprivate func leastNorm() -> (Matrix<Double>, Matrix<Double>, Matrix<Double>, Double) {
    let (p, k) = (featureCount, targetCount)
    let decomposition = decomposition, rank = independentFeatures().kept.count
    let projected = gemm(decomposition.u, projections, transposeA: .yes)
    return (
      Matrix(rows: rank, columns: p) { decomposition.values[$0] * decomposition.v[$1, $0] },
      Matrix(rows: p, columns: rank) { decomposition.v[$0, $1] / decomposition.values[$1] },
      Matrix(rows: rank, columns: k) { projected[$0, $1] }, rank > 0 ? decomposition.values[rank - 1] : 1
    )
  }
}

extension UpperTriangularMatrix<Double> {
  /// The same elements, row-major, with the zeros below the diagonal.
  var matrix: Matrix<Double> {
    Matrix(rows: order, columns: order) { $0 <= $1 ? self[$0, $1] : 0 }
  }
}
