package import LinearAlgebra

// A row x has coordinates u in which xᵀ(XᵀWX)⁻¹x′ = uᵀu′: those of x in an orthonormal basis of the columns of the fit.
// They are R⁻ᵀ (x − m) / norms, and 1/√W of the intercept behind them; sums of squares and products of rows in them do
// not cancel, whatever the columns' units and condition number.

extension UnscaledCovariance {
  /// Number of coordinates of a row, m; where a category was taken out of the rows, its levels have others beside them.
  package var coordinateCount: Int { features.count + (ownCoordinate == nil ? 0 : 1) }

  /// 1/√W, the coordinate of the intercept; nil where there is none beside the features.
  var ownCoordinate: Double? { levels == nil ? weightSum.map { 1 / $0.squareRoot() } : nil }

  /// Writes the coordinates of rows.
  ///
  /// - Parameters:
  ///   - X: rows of `width` elements.
  ///   - low: what they lack beyond Doubles; nil for nothing.
  ///   - positions: the column of each feature that was kept.
  ///   - codes: the level of each row, where a category was taken out of the rows.
  ///   - centred: room for rows × features.
  ///   - target: room for rows × ``coordinateCount``.
  /// - Complexity: 2 rows p² flops. Uses `dgemm`.
  func writeCoordinates(
    _ X: UnsafePointer<Double>, low: UnsafePointer<Double>? = nil, rows: Int, width: Int, positions: [Int],
    levels codes: UnsafePointer<Int32>?, centred: UnsafeMutablePointer<Double>,
    into target: UnsafeMutablePointer<Double>
  ) {
    let q = features.count, m = coordinateCount
    let areConsecutive = positions.indices.allSatisfy { positions[$0] == $0 }
    norms.withUnsafeBufferPointer { norms in
      if let levels, let codes {
        let base = levels.base
        for i in 0..<rows {
          let code = Int(codes[i]), level = levels.weights[code] > 0 ? code : base
          for j in 0..<q {
            let mean = level.map { levels.means[$0, j] } ?? 0
            centred[i * q + j] = (X[i * width + positions[j]] - mean) / norms[j]
          }
        }
        return
      }
      means.withUnsafeBufferPointer { means in
        for i in 0..<rows {
          let row = X + i * width, z = centred + i * q
          if areConsecutive {
            for j in 0..<q { z[j] = (row[j] - means[j]) / norms[j] }
          } else {
            for j in 0..<q { z[j] = (row[positions[j]] - means[j]) / norms[j] }
          }
        }
      }
      if lowMeans.isEmpty { return }
      for i in 0..<rows {
        for j in 0..<q {
          let rest = (low.map { $0[i * width + positions[j]] } ?? 0) - lowMeans[j]
          centred[i * q + j] += rest / norms[j]
        }
      }
    }
    if q > 0 {
      // Column-major R⁻¹ is row-major R⁻ᵀ.
      inverse.withUnsafeColumns { columns in
        Double.routines.gemm(
          .none, .transpose, rows, q, q, 1, centred, q, columns.baseAddress!, q, 0, target, m)
      }
    }
    if let ownCoordinate { for i in 0..<rows { target[i * m + q] = ownCoordinate } }
  }

  /// The coordinates of linear combinations of the coefficients: L (XᵀWX)⁻¹ Lᵀ = C Cᵀ.
  ///
  /// - Parameter L: combinations × coefficients, that of the intercept first (if there is one); coefficients that were
  ///   left out do not count.
  /// - Returns: C, combinations × ``coordinateCount``, and beside it, where a category was taken out of the rows, the
  ///   columns of its levels.
  /// - Precondition: L has the coefficients of the features that were kept.
  package func coordinates(
    ofCombinations L: Matrix<Double>
  ) -> (features: Matrix<Double>, levels: Matrix<Double>?) {
    let first = weightSum == nil ? 0 : 1, q = features.count
    var z = Matrix<Double>(rows: L.rowCount, columns: q) { L[$0, first + features[$1]] }
    var ofLevels: Matrix<Double>?
    for row in 0..<L.rowCount {
      if let levels {
        if ofLevels == nil { ofLevels = .zeros(L.rowCount, levels.weights.count) }
        var rest = first == 1 ? L[row, 0] : 0
        func take(_ level: Int, _ part: Double) {
          if part == 0 { return }
          ofLevels![row, level] = part / levels.weights[level].squareRoot()
          for i in 0..<q { z[row, i] -= part * levels.means[level, i] }
        }
        for level in levels.weights.indices where levels.weights[level] > 0 && level != levels.base {
          guard let column = levels.columns.column(of: level) else { continue }
          take(level, L[row, first + column])
          rest -= L[row, first + column]
        }
        if let base = levels.base { take(base, rest) }
      } else if first == 1, L[row, 0] != 0 {
        for i in 0..<q { z[row, i] -= L[row, 0] * means[i] }
      }
      for i in 0..<q { z[row, i] /= norms[i] }
    }
    let transposed = Matrix(rows: q, columns: q, elements: inverse.columnMajorElements)
    let projected = gemm(z, transposed, transposeB: .transpose)
    let own = ownCoordinate
    return (
      Matrix(rows: L.rowCount, columns: coordinateCount) { row, i in
        i < q ? projected[row, i] : L[row, 0] * (own ?? 0)
      }, ofLevels
    )
  }

  /// The rounding of residuals in units of s, as the terms of a row about the means have it:
  /// ε (1 + (|b₀| + Σ |x̄ⱼ bⱼ|) / s).
  ///
  /// - Parameters:
  ///   - b: the coefficients of all features.
  ///   - intercept: b₀
  ///   - s: the residual standard error.
  package func rounding(ofResiduals b: [Double], intercept: Double, unit s: Double) -> Double {
    let size = zip(features, means).reduce(abs(intercept)) { $0 + abs($1.1 * b[$1.0]) }
    return .ulpOfOne * (1 + size / s)
  }
}
