internal import LinearAlgebra

/// What a first pass over the rows finds: means and scales, and where p × p is affordable the triangular factor that
/// tells curvature and the distance to the exact solution.
struct FirstPass {
  /// Means and scales of the columns.
  let standardization: ProblemStandardization

  /// The least-squares problem; nil where it was not asked for, p is too large, or a penalty is beyond what distances
  /// can be told in.
  let problem: WhitenedProblem?

  /// √λⱼ for each feature, where λⱼ vⱼ² / 2 is added to the mean loss in standardised units; 0 for a constant column.
  let penaltyRoots: [Double]

  /// Σ of the weights; the number of rows without them.
  let weightSum: Double

  /// The exact solution, in the units of the data; nil without the problem.
  var exact: LinearModel? {
    problem.map { standardization.original(weights: $0.solution, bias: .zeros(1, $0.solution.columnCount)) }
  }

  /// The largest p for which p × p numbers and n p² products are affordable.
  static var affordableFeatures: Int { 2048 }

  /// Reads the rows: once for columns that are far from dependent, twice or three times otherwise.
  ///
  /// - Parameters:
  ///   - wantsProblem: whether the triangular factor is worth having.
  ///   - mostFeatures: where there are more the triangular factor costs too much.
  ///   - decay: λ, by which ‖w‖² λ / 2 is added to the mean loss.
  ///   - decaysStandardized: whether w is in standardised units there.
  static func of<Scalar>(
    _ rows: Rows<Scalar>, wantsProblem: Bool, mostFeatures: Int = affordableFeatures,
    decay: Double = 0, decaysStandardized: Bool = true
  ) throws(DataError) -> FirstPass {
    let (p, k) = (rows.featureCount, rows.targetCount)
    func penaltyRoots(_ units: ProblemStandardization) -> [Double] {
      units.features.scales.map { $0 == 0 ? 0 : decay.squareRoot() / (decaysStandardized ? 1 : $0) }
    }
    guard wantsProblem && p <= mostFeatures else {
      let moments = try ColumnMoments.of(rows)
      let units = ProblemStandardization(
        features: Standardization(moments, 0..<p), targets: Standardization(moments, p..<p + k))
      return FirstPass(
        standardization: units, problem: nil, penaltyRoots: penaltyRoots(units),
        weightSum: moments.counts.weightSum)
    }
    // What cross-products leave beyond their limit is enough for steps, and for distances after a correction.
    var ladder = Ladder(method: LeastSquares(), rows: rows)
    let reduced = try ladder.problem()
    let root = reduced.counts.weightSum.squareRoot()
    func standardization(_ columns: Range<Int>) -> Standardization {
      Standardization(means: columns.map(reduced.mean), scales: columns.map { reduced.norm($0) / root })
    }
    let units = ProblemStandardization(features: standardization(0..<p), targets: standardization(p..<p + k))
    let roots = penaltyRoots(units)
    return FirstPass(
      standardization: units,
      problem: roots.allSatisfy { $0 < 1e100 } ? WhitenedProblem(reduced, penaltyRoots: roots) : nil,
      penaltyRoots: roots, weightSum: reduced.counts.weightSum)
  }
}
