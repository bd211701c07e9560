internal import CRowKernels
internal import LinearAlgebra

extension Scores {
  /// The coordinates of a row as uᵢ = Bᵀ zᵢ of its standardised columns z, with a 1 behind them where there is an
  /// intercept.
  struct Basis: Sendable {
    /// Means and norms of the columns.
    let units: ColumnUnits
    /// B, stride × m.
    let matrix: Matrix<Double>
    /// Whether there is a 1 behind the columns.
    let hasOnes: Bool
    /// From one row of z to the next: whole vectors.
    let stride: Int

    /// From this ‖R⁻¹‖ on products of columns would lose too many digits.
    private static var mostInverse: Double { 30 }

    /// The widest rows that the kernel for narrow blocks takes.
    private static var mostColumns: Int { 255 }

    /// Nil where columns are close to each other, or there are many, or not all were kept.
    init?(_ covariance: UnscaledCovariance, _ positions: [Int], of columns: Int) {
      let q = covariance.features.count, m = covariance.coordinateCount, own = covariance.ownCoordinate
      guard covariance.levels == nil, q > 0, m <= Self.mostColumns, positions == Array(0..<columns),
        covariance.inverse.rowNorms().allSatisfy({ $0 < Self.mostInverse }),
        covariance.norms.allSatisfy({ (1 / $0).isNormal })
      else { return nil }
      var units = ColumnUnits(identity: q)
      (units.shifts, units.scales) = (covariance.means, covariance.norms.map { 1 / $0 })
      self.units = units
      let inverse = covariance.inverse
      hasOnes = m > q
      stride = (m + 7) / 8 * 8
      matrix = Matrix(rows: stride, columns: m) { i, j in
        if i < q, j < q { return i <= j ? inverse[i, j] : 0 }
        return i == j ? own ?? 0 : 0
      }
    }

    /// Writes fᵢ zᵢ of rows, at some positions or one after the other.
    func write(
      _ X: UnsafePointer<Double>, at order: UnsafePointer<Int32>? = nil, rows: Int,
      factors: UnsafePointer<Double>, into z: UnsafeMutablePointer<Double>
    ) {
      let columns = units.shifts.count
      RowKernel<Double>.standardize(
        X, at: order, rows: rows, units, columns: columns, factors: factors, into: z, rowStride: stride,
        columnStride: 1)
      if hasOnes { for i in 0..<rows { z[i * stride + columns] = factors[i] } }
    }
  }

  /// The sums of rows whose standardised columns are well conditioned, without their coordinates:
  /// Σ sᵢ sᵢᵀ = Bᵀ (Σ fᵢ² zᵢ zᵢᵀ) B, and in a cluster Σ sᵢ = Bᵀ Σ fᵢ zᵢ.
  func sums<Scalar>(
    _ rows: Rows<Scalar>, _ X: UnsafePointer<Double>, _ clusters: [Clusters], _ basis: Basis
  ) -> ScoreSums {
    let n = rows.rowCount, p = rows.featureCount
    var sums = ScoreSums(estimator, coordinates: basis.stride, clusters: clusters.map(\.count))
    // A chunk of rows is in the cache while they are added to their clusters.
    let chunk = 1 << 15
    var factors: [Double] = zeros(min(n, chunk))
    for start in stride(from: 0, to: n, by: chunk) {
      let range = start..<min(start + chunk, n)
      var leaves = Leaf.of(range, height: 1 << 12)
      factors.withUnsafeMutableBufferPointer { factors in
        guard let factors = factors.baseAddress else { return }
        leaves.withUnsafeMutableBufferPointer { leaves in
          // Safe: a leaf is worked by one thread, which writes its factors alone.
          nonisolated(unsafe) let (leaves, rows, X, factors) = (leaves, rows, X, factors)
          concurrently(leaves.count) { index in
            let range = leaves[index].rows
            form(
              rows.block(range), X + range.lowerBound * p, clusters.isEmpty ? basis : nil, &leaves[index],
              into: factors + (range.lowerBound - start))
          }
        }
        for way in sums.clusters.indices {
          nonisolated(unsafe) let (chunk, factors) = (X + start * p, factors)
          sums.clusters[way].add(clusters[way].codes[range]) { order, target in
            let own = order.map { factors[Int($0)] }
            basis.write(chunk, at: order.baseAddress, rows: order.count, factors: own, into: target)
          }
        }
      }
      for leaf in leaves { leaf.add(to: &sums) }
    }
    return sums.transformed(basis.matrix)
  }

  /// Writes the factors of the rows of a leaf, and adds their products where there is a basis.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func form<Scalar>(
    _ rows: Rows<Scalar>, _ X: UnsafePointer<Double>, _ basis: Basis?, _ leaf: inout Leaf,
    into factors: UnsafeMutablePointer<Double>
  ) {
    guard let basis else { return form(factors, rows, X, &leaf) }
    let order = basis.stride, height = 256
    var block: [Double] = zeros(min(height, rows.rowCount) * order), sums: [Double] = zeros(order * order)
    for start in stride(from: 0, to: rows.rowCount, by: height) {
      let part = rows.block(start..<min(start + height, rows.rowCount))
      let X = X + start * rows.featureCount, factors = factors + start
      form(factors, part, X, &leaf)
      basis.write(X, rows: part.rowCount, factors: factors, into: &block)
      add_cross_products(block, order, part.rowCount, order, &sums)
    }
    leaf.products = Matrix(rows: order, columns: order, elements: sums)
  }
}
