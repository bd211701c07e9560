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
  /// What residuals are divided by.
  let unit: Double
  let weightKind: WeightKind
  /// What turns products of standardised columns into those of coordinates, where the condition number allows that;
  /// nil where coordinates are formed of each row.
  private let basis: Basis?

  /// - Precondition: the positions are those of columns, and the unit is positive.
  package init(
    _ covariance: UnscaledCovariance, _ estimator: CovarianceEstimator, positions: [Int],
    coefficients: [Double], intercept: Double, unit: Double,
    weightKind: WeightKind = .analytic
  ) {
    precondition(positions.count == covariance.features.count && unit > 0)
    precondition(positions.allSatisfy { coefficients.indices.contains($0) })
    (self.covariance, self.estimator, self.positions) = (covariance, estimator, positions)
    (self.coefficients, self.intercept, self.unit) = (coefficients, intercept, unit)
    self.weightKind = weightKind
    basis = estimator.needsCoordinates ? nil : Basis(covariance, positions, of: coefficients.count)
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
  ///   - weights: one for each; nil for 1.
  ///   - levels: the level of each, where a category was taken out of the rows.
  ///   - clusters: for each way; with two columns the intersections are the third.
  /// - Precondition: there is one y, weight, level and cluster for each row, and levels and clusters are counted from 0.
  /// - Complexity: 2 n p² flops, with HC0 to HC3 n p² more, with L lags n p (p + L).
  package func sums<Scalar: BLASScalar>(
    _ X: some RowMajor<Scalar>, _ y: [Scalar], weights: [Scalar]? = nil, levels: [Int32]? = nil,
    clusters: [Clusters] = []
  ) -> ScoreSums {
    precondition(X.columnCount == coefficients.count)
    precondition(clusters.allSatisfy { $0.codes.count == X.rowCount })
    return Rows.with(X, Matrix(column: y), weights: weights, levels: levels) { sums($0, clusters) }
  }

  private func sums<Scalar>(_ rows: Rows<Scalar>, _ clusters: [Clusters]) -> ScoreSums {
    if let basis, let X = RowKernel.doubles(rows.X) { return sums(rows, X, clusters, basis) }
    let n = rows.rowCount, p = rows.featureCount, m = covariance.coordinateCount
    var sums = ScoreSums(estimator, coordinates: m, clusters: clusters.map(\.count))
    let height = max(4 * m, 2 * rowsPerCacheBlock(rowBytes: (m + p) * MemoryLayout<Double>.stride))
    let chunk = height * 4 * Parallelism.threads, lead = sums.lagged?.lags ?? 0
    // The scores before a chunk that lags reach back to stand before its own.
    var scores: [Double] = zeros((lead + min(n, chunk)) * m)
    for start in stride(from: 0, to: n, by: chunk) {
      let range = start..<min(start + chunk, n)
      var leaves = Leaf.of(range, height: height)
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
      for leaf in leaves { leaf.add(to: &sums) }
      for way in sums.clusters.indices {
        scores.withUnsafeBufferPointer { scores in
          nonisolated(unsafe) let scores = scores.baseAddress
          sums.clusters[way].add(clusters[way].codes[range]) { order, target in
            RowKernel.gather(scores, columns: m, at: order.baseAddress!, count: order.count, into: target)
          }
        }
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
    let n = rows.rowCount, m = covariance.coordinateCount
    var factors: [Double] = zeros(n), centred: [Double] = zeros(n * max(1, covariance.features.count))
    Self.withDoubles(rows) { X in
      form(&factors, rows, X, &leaf)
      covariance.writeCoordinates(
        X, rows: n, width: rows.featureCount, positions: positions, levels: rows.levels, centred: &centred,
        into: scores)
    }
    for i in 0..<n {
      let u = scores + i * m
      if estimator.needsLeverages, factors[i] != 0 {
        // A frequency is that of rows that have a leverage each.
        let left =
          1 - (weightKind == .frequency ? 1 : Double(rows.weight(i)))
          * leverage(u, level: rows.levels.map { Int($0[i]) })
        if left <= 1e-10 { leaf.fullLeverageRows += 1 }
        factors[i] /= estimator == .hc2 ? left.squareRoot() : left
      }
      for j in 0..<m { u[j] = factors[i] == 0 ? 0 : u[j] * factors[i] }
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
