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

    /// Writes fᵢ zᵢ of rows.
    func write<Scalar>(
      _ rows: Rows<Scalar>, factors: UnsafePointer<Double>, into z: UnsafeMutablePointer<Double>
    ) {
      let columns = units.shifts.count
      RowKernel.standardize(
        rows.X, rows: rows.rowCount, units, columns: columns, factors: factors, into: z, rowStride: stride,
        columnStride: 1)
      if hasOnes { for i in 0..<rows.rowCount { z[i * stride + columns] = factors[i] } }
    }
  }
}
