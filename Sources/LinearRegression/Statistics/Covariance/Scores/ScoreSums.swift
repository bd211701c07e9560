internal import LinearAlgebra

/// Sums of the scores of rows, as an estimator of the covariance needs them; those of later rows are merged.
package struct ScoreSums: Sendable {
  /// Number of rows whose weight is not zero.
  package internal(set) var observations = 0

  /// Σ w
  package internal(set) var weightSum = 0.0

  /// Σ w e² / s²
  package internal(set) var squares = 0.0

  /// Rows of leverage 1, which HC2 and HC3 do not exist for.
  package internal(set) var fullLeverageRows = 0

  /// Σ sᵢ sᵢᵀ of HC0 to HC3, its upper triangle.
  var products: Matrix<Double>

  /// For each way the sums of the clusters; with two columns their intersections are the third.
  var clusters: [ClusterSums]

  /// Products of rows and of those before them.
  var lagged: LaggedSums?

  /// No rows.
  ///
  /// - Parameter clusters: how many clusters there are in each way.
  package init(_ estimator: CovarianceEstimator, coordinates m: Int, clusters: [Int] = []) {
    products = .zeros(m, m)
    self.clusters = clusters.map { ClusterSums(coordinates: m, count: $0) }
    if case .neweyWest(let lags) = estimator { lagged = LaggedSums(coordinates: m, lags: lags) }
  }

  /// Number of coordinates, m.
  package var coordinates: Int { products.rowCount }

  /// How many rows before its own a row is multiplied with; nil for an estimator without.
  package var lags: Int? { lagged?.lags }

  /// How many clusters there are in each way.
  package var clusterCounts: [Int] { clusters.map(\.count) }

  /// Takes the sums of later rows.
  ///
  /// - Parameter numbers: for each way which cluster here each of the later ones is; a new one where it is not less than
  ///   their number.
  /// - Precondition: both are sums of one estimator and one fit.
  package mutating func merge(_ later: ScoreSums, clusters numbers: [[Int32]] = []) {
    precondition(products.shape == later.products.shape && clusters.count == later.clusters.count)
    observations += later.observations
    weightSum += later.weightSum
    squares += later.squares
    fullLeverageRows += later.fullLeverageRows
    products += later.products
    for way in clusters.indices { clusters[way].merge(later.clusters[way], numbers[way]) }
    if let other = later.lagged { lagged?.merge(other) }
  }

  /// The sums of scores Bᵀ s.
  ///
  /// - Precondition: there are no lags.
  func transformed(_ B: Matrix<Double>) -> ScoreSums {
    precondition(lagged == nil)
    let whole = Matrix(rows: products.rowCount, columns: products.rowCount) {
      products[min($0, $1), max($0, $1)]
    }
    var result = self
    result.products = gemm(gemm(B, whole, transposeA: .transpose), B)
    result.clusters = clusters.map { $0.transformed(B) }
    return result
  }
}

/// Σ sᵢ (½ sᵢ + Σ (1 − l / (L + 1)) sᵢ₋ₗ)ᵀ, with its transpose the matrix of Newey and West.
struct LaggedSums: Sendable {
  let coordinates: Int
  let lags: Int
  /// m × m
  private(set) var products: Matrix<Double>
  /// The scores of the first rows, at most L, which rows before them will meet.
  private(set) var head: [Double] = []
  /// Those of the last rows, at most L.
  private(set) var tail: [Double] = []

  init(coordinates: Int, lags: Int) {
    (self.coordinates, self.lags) = (coordinates, lags)
    products = .zeros(coordinates, coordinates)
  }

  init(coordinates: Int, lags: Int, products: Matrix<Double>, head: [Double], tail: [Double]) {
    (self.coordinates, self.lags, self.products) = (coordinates, lags, products)
    (self.head, self.tail) = (head, tail)
  }

  private func weight(_ lag: Int) -> Double { 1 - Double(lag) / Double(lags + 1) }

  /// Adds rows that follow.
  ///
  /// - Parameters:
  ///   - scores: room for L rows, then the scores of the rows.
  ///   - height: rows of a leaf.
  mutating func add(_ scores: inout [Double], rows: Int, height: Int) {
    let m = coordinates, known = tail.count / max(1, m), lags = lags
    for (i, value) in tail.enumerated() { scores[(lags - known) * m + i] = value }
    if m == 0 { return }
    let leaves = (rows + height - 1) / height, before = self
    var parts = [Matrix<Double>](repeating: .zeros(m, m), count: leaves)
    scores.withUnsafeBufferPointer { scores in
      parts.withUnsafeMutableBufferPointer { parts in
        nonisolated(unsafe) let (scores, parts) = (scores, parts)
        concurrently(leaves) { leaf in
          let range = leaf * height..<min((leaf + 1) * height, rows)
          guard let source = scores.baseAddress else { return }
          parts[leaf] = before.product(of: range, source + lags * m, known: known)
        }
      }
    }
    for part in parts { products += part }
    let own = scores[lags * m..<(lags + rows) * m]
    head += own.prefix(max(0, lags * m - head.count))
    tail = Array((tail + own.suffix(lags * m)).suffix(lags * m))
  }

  /// Σ over some rows, the scores of `known` rows standing before the first.
  private func product(of range: Range<Int>, _ scores: UnsafePointer<Double>, known: Int) -> Matrix<Double> {
    let m = coordinates
    var past: [Double] = zeros(range.count * m), result = Matrix<Double>.zeros(m, m)
    for (i, row) in range.enumerated() {
      for j in 0..<m { past[i * m + j] = scores[row * m + j] / 2 }
      for lag in 1..<max(1, min(lags, row + known) + 1) {
        let weight = weight(lag), earlier = scores + (row - lag) * m
        for j in 0..<m { past[i * m + j] += weight * earlier[j] }
      }
    }
    result.withUnsafeMutableElements {
      guard let target = $0.baseAddress else { return }
      Double.routines.gemm(
        .transpose, .none, m, m, range.count, 1, scores + range.lowerBound * m, m, past, m, 1, target, m)
    }
    return result
  }

  /// Takes the sums of rows that follow.
  mutating func merge(_ later: LaggedSums) {
    precondition(coordinates == later.coordinates && lags == later.lags)
    let m = coordinates, known = tail.count / max(1, m)
    products += later.products
    for i in 0..<later.head.count / max(1, m) {
      for lag in (i + 1)..<max(i + 1, min(lags, i + known) + 1) {
        let weight = weight(lag), earlier = (known - (lag - i)) * m
        for a in 0..<m {
          for b in 0..<m { products[a, b] += weight * later.head[i * m + a] * tail[earlier + b] }
        }
      }
    }
    head += later.head.prefix(max(0, lags * m - head.count))
    tail = Array((tail + later.tail).suffix(lags * m))
  }

  /// The matrix of Newey and West.
  var symmetric: Matrix<Double> { products + products.transposed() }
}
