internal import CRowKernels
internal import LinearAlgebra

/// Forms the scores of the rows of a fit, sᵢ = wᵢ eᵢ uᵢ / s with the coordinates u of ``UnscaledCovariance`` and the
/// residual standard error s: in these units a covariance of errors that are independent and of equal variance has
/// Σ sᵢ sᵢᵀ ≈ I.
package struct Scores: Sendable {
  package let covariance: UnscaledCovariance
  package let estimator: CovarianceEstimator
  /// The column of each feature that was kept.
  let positions: [Int]
  /// What a row's prediction is formed with: a weight for each of its columns, and the intercept.
  let coefficients: [Double]
  let intercept: Double
  /// What rounding took from these; nil where it is nothing beside the residuals, which are then formed in Doubles.
  let low: LinearModel?
  /// What residuals are divided by.
  let unit: Double
  let weightKind: WeightKind
  /// What turns products of standardised columns into those of coordinates, where the condition number allows that;
  /// nil where coordinates are formed of each row.
  private let basis: Basis?

  /// - Precondition: the positions are those of columns, and the unit is positive.
  package init(
    _ covariance: UnscaledCovariance, _ estimator: CovarianceEstimator, positions: [Int],
    coefficients: [Double], intercept: Double, low: LinearModel? = nil, unit: Double,
    weightKind: WeightKind = .analytic
  ) {
    precondition(low.map { $0.featureCount == coefficients.count && $0.targetCount == 1 } ?? true)
    precondition(positions.count == covariance.features.count && unit > 0)
    precondition(positions.allSatisfy { coefficients.indices.contains($0) })
    (self.covariance, self.estimator, self.positions) = (covariance, estimator, positions)
    (self.coefficients, self.intercept, self.unit) = (coefficients, intercept, unit)
    (self.weightKind, self.low) = (weightKind, low)
    basis = low == nil && (estimator == .hc0 || estimator == .hc1) ? Basis(covariance, positions) : nil
  }

  /// What a leaf of rows has come to, beside its scores.
  private struct Leaf {
    var rows: Range<Int>
    var observations = 0
    var squares = 0.0
    var fullLeverageRows = 0
    var products: Matrix<Double>?
  }

  /// The clusters of rows in one way: a number for each row, and how many there are.
  package typealias Clusters = (codes: [Int32], count: Int)

  /// The sums of scores that the estimator needs.
  ///
  /// Rows are cut into leaves by their width alone; scores of leaves are formed on all cores, and added in the rows'
  /// order.
  /// - Parameters:
  ///   - X: rows of the fit, n × its columns.
  ///   - y: the target of each.
  ///   - low: what X and y lack beyond their precision; nil for nothing.
  ///   - weights: one for each; nil for 1.
  ///   - levels: the level of each, where a category was taken out of the rows.
  ///   - clusters: for each way; with two columns the intersections are the third.
  /// - Precondition: there is one y, weight, level and cluster for each row, and levels and clusters are counted from 0.
  /// - Complexity: 2 n p² flops, with HC0 to HC3 n p² more, with L lags n p (p + L).
  package func sums<Scalar: BLASScalar>(
    _ X: some RowMajor<Scalar>, _ y: [Scalar], low: (X: Matrix<Double>?, y: Matrix<Double>?) = (nil, nil),
    weights: [Scalar]? = nil, levels: [Int32]? = nil, clusters: [Clusters] = []
  ) -> ScoreSums {
    precondition(X.columnCount == coefficients.count)
    precondition(clusters.allSatisfy { $0.codes.count == X.rowCount })
    return Rows.with(X, Matrix(column: y), weights: weights, levels: levels, low: low) {
      sums($0, clusters)
    }
  }

  private func sums<Scalar>(_ rows: Rows<Scalar>, _ clusters: [Clusters]) -> ScoreSums {
    let n = rows.rowCount, p = rows.featureCount, m = covariance.coordinateCount
    var sums = ScoreSums(estimator, coordinates: m, clusters: clusters.map(\.count))
    let height = max(4 * m, 2 * rowsPerCacheBlock(rowBytes: (m + p) * MemoryLayout<Double>.stride))
    let chunk = height * 4 * Parallelism.threads, lead = sums.lagged?.lags ?? 0
    // The scores before a chunk that lags reach back to stand before its own.
    var scores: [Double] = zeros((lead + min(n, chunk)) * m)
    for start in stride(from: 0, to: n, by: chunk) {
      let range = start..<min(start + chunk, n)
      var leaves = stride(from: range.lowerBound, to: range.upperBound, by: height).map {
        Leaf(rows: $0..<min($0 + height, range.upperBound))
      }
      scores.withUnsafeMutableBufferPointer { scores in
        leaves.withUnsafeMutableBufferPointer { leaves in
          // Safe: a leaf is worked by one thread, which writes its scores alone.
          nonisolated(unsafe) let (leaves, rows) = (leaves, rows)
          nonisolated(unsafe) let own = scores.baseAddress.map { $0 + lead * m }
          concurrently(leaves.count) { index in
            guard let own else { return }
            let range = leaves[index].rows
            form(rows.block(range), &leaves[index], into: own + (range.lowerBound - start) * m)
          }
        }
      }
      for leaf in leaves {
        sums.observations += leaf.observations
        sums.squares += leaf.squares
        sums.fullLeverageRows += leaf.fullLeverageRows
        if let products = leaf.products { sums.products += products }
      }
      for way in sums.clusters.indices {
        sums.clusters[way].add(scores, clusters[way].codes[range], firstRow: lead)
      }
      sums.lagged?.add(&scores, rows: range.count, height: height)
    }
    return sums
  }

  /// Writes the scores of a leaf, rows × m.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func form<Scalar>(
    _ rows: Rows<Scalar>, _ leaf: inout Leaf, into scores: UnsafeMutablePointer<Double>
  ) {
    let n = rows.rowCount, p = rows.featureCount, m = covariance.coordinateCount
    guard let y = rows.y else { return }
    if let basis, rows.featureCount == basis.units.shifts.count, let X = RowKernel.doubles(rows.X) {
      return add(rows, X, basis, to: &leaf)
    }
    var residuals: [Double] = zeros(n)
    for i in 0..<n { residuals[i] = Double(y[i]) - intercept }
    var centred: [Double] = zeros(n * max(1, covariance.features.count))
    Self.withDoubles(rows) { X in
      if p > 0 { Double.routines.gemv(.none, n, p, -1, X, p, coefficients, 1, &residuals) }
      covariance.writeCoordinates(
        X, low: rows.lowX, rows: n, width: p, positions: positions, levels: rows.levels, centred: &centred,
        into: scores)
    }
    if let low {
      residuals = LinearModel(coefficients: coefficients, intercept: intercept).residuals(low: low, rows)
    }
    for i in 0..<n {
      let u = scores + i * m, weight = Double(rows.weight(i))
      if weight == 0 {
        u.update(repeating: 0, count: m)
        continue
      }
      let root = weight.squareRoot(), error = root * (residuals[i] / unit)
      leaf.observations += 1
      leaf.squares += error * error
      // Of w equal rows the squares of scores add up, in a cluster the scores.
      var scale = weightKind == .frequency && estimator.clusters.isEmpty ? error : error * root
      if estimator.needsLeverages {
        // A frequency is that of rows that have a leverage each.
        let left =
          1 - (weightKind == .frequency ? 1 : weight) * leverage(u, level: rows.levels.map { Int($0[i]) })
        if left <= 1e-10 { leaf.fullLeverageRows += 1 }
        scale /= estimator == .hc2 ? left.squareRoot() : left
      }
      for j in 0..<m { u[j] *= scale }
    }
    if m == 0 { return }
    if case .clustered = estimator { return }
    if case .neweyWest = estimator { return }
    var products = Matrix<Double>.zeros(m, m)
    products.withUnsafeMutableElements {
      if let base = $0.baseAddress {
        Double.routines.syrk(.upper, .transpose, m, n, 1, scores, m, 1, base, m)
      }
    }
    leaf.products = products
  }

  /// Adds the products of the scores of a leaf whose standardised columns are well conditioned: their scores are not
  /// formed, for Σ sᵢ sᵢᵀ = Bᵀ (Σ zᵢ zᵢᵀ wᵢ² eᵢ² / s²) B with uᵢ = Bᵀ zᵢ.
  private func add<Scalar>(
    _ rows: Rows<Scalar>, _ X: UnsafePointer<Double>, _ basis: Basis, to leaf: inout Leaf
  ) {
    let (n, p) = (rows.rowCount, rows.featureCount), (m, stride) = (covariance.coordinateCount, basis.stride)
    var factors: [Double] = zeros(n)
    for i in 0..<n { factors[i] = Double(rows.y.unsafelyUnwrapped[i]) - intercept }
    Double.routines.gemv(.none, n, p, -1, X, p, coefficients, 1, &factors)
    for i in 0..<n {
      let weight = Double(rows.weight(i)), root = weight.squareRoot(), error = root * (factors[i] / unit)
      if weight != 0 { leaf.observations += 1 }
      leaf.squares += error * error
      factors[i] = weightKind == .frequency ? error : error * root
    }
    var block: [Double] = zeros(n * stride), sums: [Double] = zeros(stride * stride)
    block.withUnsafeMutableBufferPointer { block in
      guard let base = block.baseAddress else { return }
      RowKernel<Double>.standardize(
        X, rows: n, basis.units, columns: p, factors: factors, into: base, rowStride: stride, columnStride: 1)
      if m > p { for i in 0..<n { base[i * stride + p] = factors[i] } }
      add_cross_products(base, stride, n, stride, &sums)
    }
    let products = Matrix<Double>(rows: m, columns: m) { sums[min($0, $1) * stride + max($0, $1)] }
    leaf.products = gemm(gemm(basis.matrix, products, transposeA: .transpose), basis.matrix)
  }

  /// xᵀ(XᵀWX)⁻¹x of a row with these coordinates.
  private func leverage(_ u: UnsafePointer<Double>, level: Int?) -> Double {
    var sum = 0.0
    for j in 0..<covariance.coordinateCount { sum += u[j] * u[j] }
    guard let level, let levels = covariance.levels else { return sum }
    let effective = levels.weights[level] > 0 ? level : levels.base
    return sum + (effective.map { 1 / levels.weights[$0] } ?? 0)
  }

  /// Calls `body` with X as Doubles.
  @inline(__always)
  private static func withDoubles<Scalar>(_ rows: Rows<Scalar>, _ body: (UnsafePointer<Double>) -> Void) {
    let count = rows.rowCount * rows.featureCount
    if let X = RowKernel.doubles(rows.X), Scalar.self == Double.self { return body(X) }
    let copy = (0..<count).map { Double(rows.X.unsafelyUnwrapped[$0]) } + [0]
    copy.withUnsafeBufferPointer { body($0.baseAddress!) }
  }
}
