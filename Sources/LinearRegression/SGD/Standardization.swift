public import LinearAlgebra

/// Means and scales of columns, and the way between original and standardised units: z = (x − mean) / scale.
public struct Standardization: Equatable, Sendable {
  /// Mean of each column; zeros where columns are not centred.
  public let means: [Double]

  /// Standard deviation of each column, √(Σ (x − mean)² / n): the root mean square where columns are not centred.
  /// Zero for a column that is constant to rounding; it is then zeros in standardised units.
  public let scales: [Double]

  /// Bound on the largest magnitude of each column, |mean| + largest deviation: with the scale it tells how coarse the
  /// column's storage is in standardised units.
  let magnitudes: [Double]

  /// Measures the columns of a matrix.
  ///
  /// The mean is corrected once by the mean of the deviations from it, and squares are formed of deviations divided by
  /// the largest, so that neither an offset nor the unit of a column matters.
  /// - Parameters:
  ///   - matrix: n × p.
  ///   - centered: whether means are subtracted; false for a fit without intercept.
  /// - Complexity: O(n p), four passes on all cores; two where columns are not centred.
  public init<M: RowMajor>(_ matrix: M, centered: Bool = true) {
    let n = matrix.rowCount
    (means, scales, magnitudes) = Observations.with(matrix, Matrix.zeros(n, 0)) {
      measure($0, centered: centered)
    }
  }

  /// The identity: means 0, scales 1.
  public init(identity columns: Int) {
    means = Array(repeating: 0, count: columns)
    scales = Array(repeating: 1, count: columns)
    magnitudes = scales
  }

  /// The columns in standardised units.
  /// - Parameters:
  ///   - matrix: n × p.
  ///   - as: the scalar type of the result.
  /// - Returns: (x − mean) / scale, n × p.
  /// - Precondition: the matrix has as many columns as were measured.
  /// - Complexity: O(n p), one allocation.
  public func applied<Target: BLASScalar>(to matrix: some RowMajor, as: Target.Type = Target.self) -> Matrix<
    Target
  > {
    require(
      matrix.columnCount == means.count,
      "standardisation of \(means.count) columns applied to \(matrix.shape)")
    var result = Matrix<Target>.zeros(matrix.rowCount, matrix.columnCount)
    matrix.withUnsafeElements { source in
      result.withUnsafeMutableElements {
        standardize(source, into: $0, means: means, divisors: nonzero(scales))
      }
    }
    return result
  }
}

/// The standardisations of X and y together: coefficients there and back.
struct ProblemStandardization {
  let features: Standardization
  let targets: Standardization

  /// Measures both; throws where a column's spread is more than Double can hold.
  init(_ X: some RowMajor, _ y: some RowMajor, centered: Bool) throws(DataError) {
    features = Standardization(X, centered: centered)
    targets = Standardization(y, centered: centered)
    if let column = features.scales.firstIndex(where: { !$0.isFinite }) {
      throw .overflow(.features, column: column)
    }
    if let column = targets.scales.firstIndex(where: { !$0.isFinite }) {
      throw .overflow(.targets, column: column)
    }
  }

  /// Leaves p features and k targets as they are.
  init(identity p: Int, _ k: Int) {
    features = Standardization(identity: p)
    targets = Standardization(identity: k)
  }

  /// The model in original units of weights and bias in standardised ones.
  ///
  /// wⱼ = w̃ⱼ sᵧ / sⱼ and b = b̃ sᵧ + ȳ − Σ wⱼ x̄ⱼ; a constant column has weight 0.
  func original<Scalar>(weights: Matrix<Scalar>, bias: Matrix<Scalar>) -> LinearModel {
    let (p, k) = (weights.rowCount, weights.columnCount)
    let original = Matrix<Double>(rows: p, columns: k) { j, t in
      features.scales[j] == 0 ? 0 : Double(weights[j, t]) * (targetScale(t) / features.scales[j])
    }
    let intercepts = (0..<k).map { t in
      (0..<p).reduce(Double(bias[0, t]) * targetScale(t) + targets.means[t]) {
        $0 - original[$1, t] * features.means[$1]
      }
    }
    return LinearModel(weights: original, intercepts: intercepts)
  }

  /// The first column whose coefficient is beyond Double in original units; the last one where only an intercept is. Nil if
  /// none is.
  func firstOverflow(_ model: LinearModel) -> Int? {
    if let (row, _) = model.weights.firstNonFinite() { return row }
    return model.intercepts.allSatisfy { $0.isFinite } ? nil : max(0, model.weights.rowCount - 1)
  }

  /// Weights and bias in standardised units of a model in original ones.
  func standardized(_ model: LinearModel) -> (weights: Matrix<Double>, bias: Matrix<Double>) {
    let (p, k) = (model.weights.rowCount, model.weights.columnCount)
    let weights = Matrix<Double>(rows: p, columns: k) { j, t in
      model.weights[j, t] * features.scales[j] / targetScale(t)
    }
    let bias = Matrix<Double>(rows: 1, columns: k) { _, t in
      let atMeans = (0..<p).reduce(model.intercepts[t]) { $0 + model.weights[$1, t] * features.means[$1] }
      return (atMeans - targets.means[t]) / targetScale(t)
    }
    return (weights, bias)
  }

  /// The scale of target t; 1 for a constant one, whose deviations are zeros in any unit.
  func targetScale(_ t: Int) -> Double { targets.scales[t] == 0 ? 1 : targets.scales[t] }
}

private func measure<Scalar>(
  _ rows: Observations<Scalar>, centered: Bool
) -> (means: [Double], scales: [Double], magnitudes: [Double]) {
  let (n, p) = (rows.rowCount, rows.featureCount)
  var means = [Double](repeating: 0, count: p)
  guard n > 0 else { return (means, means, means) }
  let pass = RowPass(rows: n, blockRows: rowsPerCacheBlock(rowBytes: p * MemoryLayout<Scalar>.stride))
  func reduce(
    _ add: @escaping (Observations<Scalar>, UnsafeMutablePointer<Double>) -> Void,
    _ merge: @escaping (Double, Double) -> Double
  ) -> [Double] {
    pass.reduce(rows) { ColumnSums(values: zeros(p), addBlock: add, mergeValues: merge) }.values
  }
  if centered {
    for _ in 1...2 {  // the mean, then the mean of what it leaves
      let current = means
      let corrections = reduce({ $0.addDeviations(from: current, share: 1 / Double(n), into: $1) }, +)
      for j in 0..<p { means[j] += corrections[j] }
    }
  }
  let center = means
  var largest = reduce({ $0.takeLargestDeviations(from: center, into: $1) }, max)
  let magnitudes = (0..<p).map { abs(means[$0]) + largest[$0] }
  // What remains of a constant column is the rounding of its mean.
  for j in 0..<p where largest[j] <= 4 * Double.ulpOfOne * abs(means[j]) { largest[j] = 0 }
  let divisors = nonzero(largest)
  let squares = reduce({ $0.addSquares(from: center, divisors: divisors, into: $1) }, +)
  return (means, (0..<p).map { largest[$0] * (squares[$0] / Double(n)).squareRoot() }, magnitudes)
}

/// One number for each column of X.
private struct ColumnSums<Scalar: BLASScalar>: Reduction {
  var values: [Double]
  let addBlock: (Observations<Scalar>, UnsafeMutablePointer<Double>) -> Void
  let mergeValues: (Double, Double) -> Double

  mutating func add(_ block: Observations<Scalar>, _: inout Void) {
    values.withUnsafeMutableBufferPointer { if let values = $0.baseAddress { addBlock(block, values) } }
  }

  mutating func merge(_ later: ColumnSums) {
    for j in values.indices { values[j] = mergeValues(values[j], later.values[j]) }
  }
}

extension Observations {
  /// sums ← sums + Σ (x − mean) · share, multiplied before adding: the sum itself could overflow.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  fileprivate func addDeviations(
    from means: [Double], share: Double, into sums: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<rowCount {
      for j in 0..<featureCount { sums[j] += (element(i, j) - means[j]) * share }
    }
  }

  /// largest ← max(largest, |x − mean|)
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  fileprivate func takeLargestDeviations(from means: [Double], into largest: UnsafeMutablePointer<Double>) {
    for i in 0..<rowCount {
      for j in 0..<featureCount { largest[j] = max(largest[j], abs(element(i, j) - means[j])) }
    }
  }

  /// sums ← sums + Σ ((x − mean) / divisor)²
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  fileprivate func addSquares(
    from means: [Double], divisors: [Double], into sums: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<rowCount {
      for j in 0..<featureCount {
        let deviation = (element(i, j) - means[j]) / divisors[j]
        sums[j] += deviation * deviation
      }
    }
  }
}

/// Divisors that send the deviations of a constant column to 0.
private func nonzero(_ scales: [Double]) -> [Double] { scales.map { $0 == 0 ? .infinity : $0 } }

@specialized(where Source == Float, Target == Float)
@specialized(where Source == Float, Target == Double)
@specialized(where Source == Double, Target == Double)
private func standardize<Source: BLASScalar, Target: BLASScalar>(
  _ source: UnsafeBufferPointer<Source>, into target: UnsafeMutableBufferPointer<Target>, means: [Double],
  divisors: [Double]
) {
  let p = means.count
  precondition(source.count == target.count && divisors.count == p && (p == 0 || source.count % p == 0))
  for i in 0..<(p == 0 ? 0 : source.count / p) {
    for j in 0..<p { target[i * p + j] = Target((Double(source[i * p + j]) - means[j]) / divisors[j]) }
  }
}
