internal import LinearAlgebra

extension Scores {
  /// The coordinates of a row as uᵢ = Bᵀ zᵢ of its standardised columns z, with a 1 behind them where there is an
  /// intercept.
  struct Basis: Sendable {
    /// Means and norms of the columns.
    let units: ColumnUnits
    /// B, m × m.
    let matrix: Matrix<Double>
    /// From one row of z to the next: whole vectors.
    let stride: Int

    /// From this ‖R⁻¹‖ on products of columns would lose too many digits.
    private static var mostInverse: Double { 30 }

    /// The widest rows that the kernel for narrow blocks takes.
    private static var mostColumns: Int { 255 }

    /// Nil where columns are close to each other, or there are many, or not all were kept.
    init?(_ covariance: UnscaledCovariance, _ positions: [Int]) {
      let q = covariance.features.count, m = covariance.coordinateCount, own = covariance.ownCoordinate
      guard covariance.levels == nil, q > 0, m <= Self.mostColumns, positions == Array(0..<q),
        covariance.inverse.rowNorms().allSatisfy({ $0 < Self.mostInverse }),
        covariance.norms.allSatisfy({ (1 / $0).isNormal })
      else { return nil }
      var units = ColumnUnits(identity: q)
      (units.shifts, units.scales) = (covariance.means, covariance.norms.map { 1 / $0 })
      self.units = units
      let inverse = covariance.inverse
      matrix = Matrix(rows: m, columns: m) { i, j in
        if i < q, j < q { return i <= j ? inverse[i, j] : 0 }
        return i == j ? own ?? 0 : 0
      }
      stride = (m + 7) / 8 * 8
    }
  }
}
