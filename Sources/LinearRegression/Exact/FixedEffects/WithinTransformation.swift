package import LinearAlgebra

/// What takes the fixed effects out of rows: X̃ = X − D θ, θ being the effects of X's own regression on the levels, and
/// the same of y (theorem of Frisch and Waugh 1933, doi:10.2307/1907330, and Lovell 1963,
/// doi:10.1080/01621459.1963.10480682).
package struct WithinTransformation: Sendable {
  /// Number of features, p.
  let features: Int

  /// What is taken from each column of [X y] in all rows.
  let shifts: [Double]

  /// For each category the effects of its levels, levels × (p + k), in the units of the columns.
  let effects: [[Double]]

  /// Whether each level of each category has rows.
  let hasRows: [[Bool]]

  /// The rows that take part, less their effects.
  package struct Block: Sendable {
    /// X̃ and ỹ
    package let X: Matrix<Double>
    package let y: Matrix<Double>
    /// One weight per row; nil for 1.
    package let weights: [Double]?
    /// Which of the rows they are.
    package let rows: [Int]
  }

  /// Takes the effects out of a block of rows; those of weight 0 are left out, and those with a level that has no other
  /// row.
  ///
  /// - Parameters:
  ///   - X: rows × p.
  ///   - y: rows × k.
  ///   - low: what X and y lack beyond Doubles; nil for nothing.
  ///   - weights: one weight per row; nil for 1.
  ///   - codes: for each category the level of each row.
  ///   - range: which of the rows; nil for all.
  /// - Complexity: O(rows (p + k) categories)
  package func callAsFunction(
    _ X: Matrix<Double>, _ y: Matrix<Double>, low: (X: Matrix<Double>?, y: Matrix<Double>?) = (nil, nil),
    weights: [Double]?, codes: [[Int32]], range: Range<Int>? = nil
  ) -> Block {
    let rows = (range ?? 0..<X.rowCount).filter { row in
      weights.map { $0[row] > 0 } ?? true
        && codes.indices.allSatisfy { hasRows[$0][Int(codes[$0][row])] }
    }
    let q = shifts.count, k = q - features
    if low.X != nil || low.y != nil { return extended(X, y, low, weights: weights, codes: codes, rows) }
    var left = [Double](repeating: 0, count: rows.count * features)
    var right = [Double](repeating: 0, count: rows.count * k)
    X.withUnsafeElements { X in
      y.withUnsafeElements { y in
        for (place, row) in rows.enumerated() {
          for j in 0..<features { left[place * features + j] = X[row * features + j] - shifts[j] }
          for t in 0..<k { right[place * k + t] = y[row * k + t] - shifts[features + t] }
        }
      }
    }
    for category in codes.indices {
      effects[category].withUnsafeBufferPointer { effects in
        codes[category].withUnsafeBufferPointer { codes in
          for (place, row) in rows.enumerated() {
            let level = Int(codes[row]) * q
            for j in 0..<features { left[place * features + j] -= effects[level + j] }
            for t in 0..<k { right[place * k + t] -= effects[level + features + t] }
          }
        }
      }
    }
    return Block(
      X: Matrix(rows: rows.count, columns: features, elements: left),
      y: Matrix(rows: rows.count, columns: k, elements: right),
      weights: weights.map { weights in rows.map { weights[$0] } }, rows: rows)
  }

  /// The same of rows that are known to more digits than Doubles have: differences in double-double.
  private func extended(
    _ X: Matrix<Double>, _ y: Matrix<Double>, _ low: (X: Matrix<Double>?, y: Matrix<Double>?),
    weights: [Double]?, codes: [[Int32]], _ rows: [Int]
  ) -> Block {
    let q = shifts.count
    func left(_ value: Double, _ rest: Double?, _ row: Int, _ column: Int) -> Double {
      var sum = DoubleDouble(value, plus: -shifts[column]) + DoubleDouble(rest ?? 0)
      for (effects, codes) in zip(effects, codes) {
        sum = sum + DoubleDouble(-effects[Int(codes[row]) * q + column])
      }
      return sum.rounded
    }
    return Block(
      X: Matrix(rows: rows.count, columns: features) { i, j in
        left(X[rows[i], j], low.X?[rows[i], j], rows[i], j)
      },
      y: Matrix(rows: rows.count, columns: q - features) { i, t in
        left(y[rows[i], t], low.y?[rows[i], t], rows[i], features + t)
      },
      weights: weights.map { weights in rows.map { weights[$0] } }, rows: rows)
  }
}
