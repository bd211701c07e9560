internal import LinearAlgebra

/// A solution on its way to a fit: coefficients of a reduced problem, in units of norms, and what is known of their
/// errors.
struct Solution {
  /// The problem with all features.
  let whole: Problem

  /// The problem of the features that take part, and their numbers.
  let problem: Problem
  let kept: [Int]
  let redundant: [Redundancy]

  /// Number of columns that count, the intercept's not included.
  let featureRank: Int

  /// v, one row per kept feature, one column per target.
  var v: Matrix<Double>

  /// 1 − R² of each target.
  var leftovers: [Double]

  /// R⁻¹ of the kept features; nil where the coefficients are not those of least squares alone.
  let inverse: UpperTriangularMatrix<Double>?

  /// What the factor says of errors; nil as the inverse.
  let estimate: ErrorEstimate?

  /// Errors of v to be expected, and of the intercept in units of the target's norm, for each target.
  var expected: [(coefficients: [Double], atCenters: Double)]

  let conditionNumber: Double

  /// Whether the solution is the one of least norm, and not the only one.
  let isLeastNorm: Bool

  /// Whether the coefficients are those of least squares alone.
  var isLeastSquares: Bool { inverse != nil }

  /// What was added to the intercept of each target, in units of its norm: means have rounding errors of their own.
  var interceptCorrections: [Double]

  /// What the residuals tell; nil until the rows were read for them.
  var residuals: MeasuredResiduals?

  /// Coefficients that are more accurate than v; nil unless residuals were formed in double-double.
  var extended: ExtendedCoefficients?
}

extension Solution {
  /// From cross-products, where no feature is redundant; nil where R is singular.
  init?(_ problem: Problem, origin: ErrorEstimate.Origin) {
    self.init(whole: problem, problem, kept: Array(0..<problem.featureCount), redundant: [], origin)
  }

  /// From rows: redundant features are left out, or the solution of least norm is taken.
  init(
    _ whole: Problem, _ policy: LeastSquares.RedundancyPolicy, leastNorm: Bool
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
      let solved = Solution(
        whole: whole, problem, kept: kept, redundant: redundant, .rows(merges: whole.counts.merges))
    else {
      fatalError("a factor of independent columns is singular; this is a bug in swift-linear-regression")
    }
    self = solved
  }

  private init?(
    whole: Problem, _ problem: Problem, kept: [Int], redundant: [Redundancy],
    _ origin: ErrorEstimate.Origin
  ) {
    guard let inverse = try? problem.triangle.inverseOnAllThreads(),
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
  private init(leastNorm problem: Problem, rank: Int, redundant: [Redundancy]) {
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
  ///
  /// - Parameter basis: what penalties of the same problem share; nil where there is only this one.
  init(ridge problem: Problem, _ penalty: Double, _ basis: RidgeBasis? = nil) {
    let basis = basis ?? RidgeBasis(problem), decomposition = basis.decomposition
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
      featureRank: basis.rank, v: v,
      leftovers: (0..<problem.targetCount).map { problem.leftover(v, $0) }, inverse: nil,
      expected: (0..<problem.targetCount).map {
        problem.expectedErrors(v, target: $0, largest: factors.max() ?? 0, squared: squared)
      }, conditionNumber: size, isLeastNorm: false)
  }

  private init(
    whole: Problem, problem: Problem, kept: [Int], redundant: [Redundancy], featureRank: Int,
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
    interceptCorrections = zeros(leftovers.count)
  }
}

/// What the ridge solutions of a problem have in common.
struct RidgeBasis {
  let decomposition: SVD<Double>
  /// Number of features that do not depend on the ones before.
  let rank: Int

  init(_ problem: Problem) {
    decomposition = problem.decomposition
    rank = problem.independentFeatures().kept.count
  }
}

extension Problem {
  /// R = U diag(σ) Vᵀ
  var decomposition: SVD<Double> {
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
    let error = 2 * Double.ulpOfOne * (largest * (1 + LinearAlgebra.norm(v[column: target])) + squared * rho)
    return (Array(repeating: error, count: featureCount), error * LinearAlgebra.norm(centers))
  }

  /// V diag(factors) Uᵀ S
  func solution(_ decomposition: SVD<Double>, factors: [Double]) -> Matrix<Double> {
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

extension SVD<Double> {
  /// The size below which a singular value of a triangular factor is nothing but rounding.
  var roundingSize: Double { 8 * Double(values.count + 1) * Double.ulpOfOne * (values.first ?? 0) }
}
