internal import LinearAlgebra

/// A least-squares problem in coordinates in which its curvature is the identity.
///
/// In standardised units the mean loss with its penalty is (‖R v − S‖² + what no v can lower) / 2 for each target. With
/// T = R⁻¹ (or V Σ⁻¹ of the singular value decomposition where columns depend on each other) and ρ = S − R v, T ρ is
/// the way to the solution, and ‖ρ‖² / 2 the excess loss.
struct WhitenedProblem {
  /// R, rank × p.
  let forward: Matrix<Double>

  /// T, p × rank.
  let inverse: Matrix<Double>

  /// S, rank × k.
  let projections: Matrix<Double>

  /// The solution v, p × k: of least norm where it is not the only one.
  let solution: Matrix<Double>

  /// Number of features that the ones before them do not determine, and what the others depend on; without a penalty.
  let rank: Int
  let redundant: [Redundancy]

  /// What rounding may have done to each target's solution: to the largest of its coefficients.
  let expectedErrors: [Double]

  /// Mean of each column of [X y] in standardised units: what the rounding of the mean that they are shifted by has
  /// left.
  private let means: [Double]

  /// The problem without a penalty, for the loss alone.
  private let loss: Problem

  /// - Parameter penaltyRoots: √λⱼ, where λⱼ vⱼ² / 2 is added to the mean loss; 0 for a constant column.
  /// - Complexity: O(p³)
  init(_ problem: Problem, penaltyRoots: [Double]) {
    let p = problem.featureCount
    let roots = (0..<p).filter { problem.norms[$0] > 0 }.map { penaltyRoots[$0] }
    var objective = problem, units = Array(repeating: 1.0, count: p), commonRoot = roots.first ?? 0
    let (kept, redundant) = problem.independentFeatures()
    (self.rank, self.redundant) = (kept.count, redundant)
    var rank = kept.count
    // One penalty on all columns is one on all singular values: what depends on each other, to rounding, stays so. Any
    // other makes columns independent, if it is large enough.
    if roots.contains(where: { $0 > 0 }), rank == p || roots.contains(where: { $0 != commonRoot }) {
      units = penaltyRoots.map { (1 + $0 * $0).squareRoot() }
      objective = problem.penalized(penaltyRoots, units: units)
      rank = objective.independentFeatures().kept.count
      commonRoot = 0
    }
    let coordinates =
      (rank == p ? objective.triangularCoordinates() : nil)
      ?? objective.singularCoordinates(rank: rank, penaltyRoot: commonRoot)
    forward = Matrix(rows: coordinates.forward.rowCount, columns: p) {
      coordinates.forward[$0, $1] * units[$1]
    }
    inverse = Matrix(rows: p, columns: coordinates.inverse.columnCount) {
      coordinates.inverse[$0, $1] / units[$0]
    }
    projections = coordinates.projections
    solution = gemm(inverse, projections)
    expectedErrors = coordinates.errors.map { zip($0, units).reduce(0) { max($0, $1.0 / $1.1) } }
    let root = problem.counts.weightSum.squareRoot()
    means = problem.norms.indices.map { j in
      let left =
        (problem.units.shifts[j] - problem.mean(j)) + problem.offsets[j] / problem.units.scales[j]
      return problem.norms[j] == 0 ? 0 : left / (problem.norm(j) / root)
    }
    loss = problem
  }

  /// ρ = S − R v, rank × k.
  func residual(_ v: Matrix<Double>) -> Matrix<Double> { projections - gemm(forward, v) }

  /// The mean prediction less the mean of y, 1 × k: zero at the solution.
  func biasAtMeans(_ v: Matrix<Double>, _ bias: Matrix<Double>) -> Matrix<Double> {
    let p = v.rowCount
    return Matrix(rows: 1, columns: v.columnCount) { _, t in
      (0..<p).reduce(bias[0, t] - means[p + t]) { $0 + v[$1, t] * means[$1] }
    }
  }

  /// The mean loss of each target at weights v, p × k, and a bias at the means, in standardised units.
  func losses(_ v: Matrix<Double>, bias: Matrix<Double>) -> [Double] {
    (0..<v.columnCount).map { (loss.leftover(v, $0) + bias[0, $0] * bias[0, $0]) / 2 }
  }

  /// How much the objective of each target is above its minimum at weights of residual ρ and a bias at the means, in
  /// standardised units.
  func excesses(_ residual: Matrix<Double>, bias: Matrix<Double>) -> [Double] {
    (0..<residual.columnCount).map { t in
      let length = norm(residual[column: t])
      return (length * length + bias[0, t] * bias[0, t]) / 2
    }
  }
}

/// R, T = R⁻¹ or V Σ⁻¹, S, and the error to be expected of each coefficient of each target.
private struct WhitenedCoordinates {
  let forward: Matrix<Double>
  let inverse: Matrix<Double>
  let projections: Matrix<Double>
  let errors: [[Double]]
}

extension Problem {
  /// The problem with p more rows: √λⱼ in column j, zeros in y. What is least there is ‖R v − S‖² + Σ λⱼ vⱼ².
  ///
  /// - Parameter units: √(1 + λⱼ), which column j is divided by to have norm 1 again.
  /// - Complexity: O(p² (p + k)). Uses `dtpqrt`.
  fileprivate func penalized(_ roots: [Double], units: [Double]) -> Problem {
    let (p, k) = (featureCount, targetCount), order = p + k
    var factor = UpperTriangularMatrix<Double>(order: order)
    var rows: [Double] = zeros(p * order)
    for j in 0..<p {
      for i in 0...j { factor[i, j] = triangle[i, j] / units[j] }
      for t in 0..<k { factor[j, p + t] = projections[j, t] }
      rows[j * p + j] = roots[j] / units[j]
    }
    factor.stack(rows: p, columns: rows)
    var penalized = UpperTriangularMatrix<Double>(order: p)
    for j in 0..<p { for i in 0...j { penalized[i, j] = factor[i, j] } }
    return Problem(
      hasIntercept: hasIntercept, counts: counts, units: self.units, offsets: offsets, norms: norms,
      triangle: penalized, projections: Matrix(rows: p, columns: k) { factor[$0, p + $1] },
      leftovers: (0..<k).map { t in
        (p...p + t).reduce(leftovers[t]) { $0 + factor[$1, p + t] * factor[$1, p + t] }
      },
      uncertainties: (0..<p).map { uncertainties[$0] / units[$0] })
  }

  /// By the factor's inverse; nil where it has none.
  fileprivate func triangularCoordinates() -> WhitenedCoordinates? {
    guard let inverse = try? triangle.inverseOnAllThreads() else { return nil }
    let estimate = ErrorEstimate(triangle, inverse: inverse)
    let T = inverse.matrix, v = gemm(T, projections)
    return WhitenedCoordinates(
      forward: triangle.matrix, inverse: T, projections: projections,
      errors: (0..<targetCount).map { t in
        estimate.errors(
          v[column: t], leftover: leftovers[t], centers: centers, offset: largestOffset, .rows(merges: 0)
        ).coefficients
      })
  }

  /// By singular values: the first `rank` of them without a penalty; with one, λ of all columns, all of them, as √(σ² +
  /// λ).
  fileprivate func singularCoordinates(rank: Int, penaltyRoot: Double) -> WhitenedCoordinates {
    let (p, k) = (featureCount, targetCount), lambda = penaltyRoot * penaltyRoot
    let decomposition = decomposition
    let counting = decomposition.values.count { $0 > decomposition.roundingSize }
    let count = lambda > 0 ? p : min(rank, counting)
    let values = (0..<count).map { $0 < counting ? decomposition.values[$0] : 0 }
    let penalized = values.map { ($0 * $0 + lambda).squareRoot() }
    let projected = gemm(decomposition.u, projections, transposeA: .transpose)
    let inverse = Matrix<Double>(rows: p, columns: count) { decomposition.v[$0, $1] / penalized[$1] }
    let S = Matrix<Double>(rows: count, columns: k) { values[$0] / penalized[$0] * projected[$0, $1] }
    let v = gemm(inverse, S), counted = 0..<min(count, counting)
    let squared = counted.reduce(0) { max($0, 1 / (penalized[$1] * penalized[$1])) }
    let largest = counted.reduce(0) { max($0, values[$1] / (penalized[$1] * penalized[$1])) }
    return WhitenedCoordinates(
      forward: Matrix(rows: count, columns: p) { penalized[$0] * decomposition.v[$1, $0] }, inverse: inverse,
      projections: S,
      errors: (0..<k).map { expectedErrors(v, target: $0, largest: largest, squared: squared).coefficients })
  }
}

extension UpperTriangularMatrix<Double> {
  /// The same elements, row-major, with the zeros below the diagonal.
  var matrix: Matrix<Double> {
    Matrix(rows: order, columns: order) { $0 <= $1 ? self[$0, $1] : 0 }
  }
}
