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
    let (n, p) = (matrix.rowCount, matrix.columnCount)
    (means, scales, magnitudes) = matrix.withUnsafeElements {
      measure(Columns(elements: $0, count: p), rows: n, centered: centered)
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
  _ columns: Columns<Scalar>, rows n: Int, centered: Bool
) -> (means: [Double], scales: [Double], magnitudes: [Double]) {
  let p = columns.count
  var means = [Double](repeating: 0, count: p)
  guard n > 0 else { return (means, means, means) }
  let pass = RowPass(rows: n, blockRows: rowsPerCacheBlock(rowBytes: p * MemoryLayout<Scalar>.stride))
  func reduce(
    _ add: (UnsafeMutablePointer<Double>, Range<Int>) -> Void, _ merge: (Double, Double) -> Double
  ) -> [Double] {
    pass.reduce {
      [Double](repeating: 0, count: p)
    } add: { sums, rows in
      sums.withUnsafeMutableBufferPointer { if let sums = $0.baseAddress { add(sums, rows) } }
    } merge: { sums, later in
      for j in 0..<p { sums[j] = merge(sums[j], later[j]) }
    }
  }
  if centered {
    for _ in 1...2 {  // the mean, then the mean of what it leaves
      let corrections = reduce(
        { columns.addDeviations(of: $1, from: means, share: 1 / Double(n), into: $0) }, +)
      for j in 0..<p { means[j] += corrections[j] }
    }
  }
  var largest = reduce({ columns.takeLargestDeviations(of: $1, from: means, into: $0) }, max)
  let magnitudes = (0..<p).map { abs(means[$0]) + largest[$0] }
  // What remains of a constant column is the rounding of its mean.
  for j in 0..<p where largest[j] <= 4 * Double.ulpOfOne * abs(means[j]) { largest[j] = 0 }
  let squares = reduce({ columns.addSquares(of: $1, from: means, divisors: nonzero(largest), into: $0) }, +)
  return (means, (0..<p).map { largest[$0] * (squares[$0] / Double(n)).squareRoot() }, magnitudes)
}

/// The columns of a row-major matrix, and what is added up over blocks of its rows.
private struct Columns<Scalar: BLASScalar> {
  let elements: UnsafeBufferPointer<Scalar>
  let count: Int

  /// sums ← sums + Σ (x − mean) · share, multiplied before adding: the sum itself could overflow.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func addDeviations(
    of rows: Range<Int>, from means: [Double], share: Double, into sums: UnsafeMutablePointer<Double>
  ) {
    for i in rows {
      for j in 0..<count { sums[j] += (Double(elements[i * count + j]) - means[j]) * share }
    }
  }

  /// largest ← max(largest, |x − mean|)
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func takeLargestDeviations(
    of rows: Range<Int>, from means: [Double], into largest: UnsafeMutablePointer<Double>
  ) {
    for i in rows {
      for j in 0..<count { largest[j] = max(largest[j], abs(Double(elements[i * count + j]) - means[j])) }
    }
  }

  /// sums ← sums + Σ ((x − mean) / divisor)²
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func addSquares(
    of rows: Range<Int>, from means: [Double], divisors: [Double], into sums: UnsafeMutablePointer<Double>
  ) {
    for i in rows {
      for j in 0..<count {
        let deviation = (Double(elements[i * count + j]) - means[j]) / divisors[j]
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
