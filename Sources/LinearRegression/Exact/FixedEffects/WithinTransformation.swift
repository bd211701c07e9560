package import LinearAlgebra

/// What takes the fixed effects out of rows: X̃ = X − D θ, θ being the effects of X's own regression on the levels, and
/// the same of y (theorem of Frisch and Waugh 1933, doi:10.2307/1907330, and Lovell 1963,
/// doi:10.1080/01621459.1963.10480682).
package struct WithinTransformation: Sendable {
  /// Number of features, p.
  package let features: Int

  /// What is taken from each column of [X y] in all rows.
  let shifts: [Double]

  /// For each category the effects of its levels, levels × (p + k), in the units of the columns.
  let effects: [[Double]]

  /// Whether each level of each category has rows.
  let hasRows: [[Bool]]

  /// Number of targets, k.
  package var targets: Int { shifts.count - features }

  /// Number of levels of each category.
  package var levels: [Int] { hasRows.map(\.count) }

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

extension WithinTransformation {
  /// The factor of no rows.
  package var emptyFactor: LeastSquares.Factor {
    LeastSquares.Factor(features: features, targets: targets, grouping: .none)
  }

  /// The factor of rows less their effects; on all threads.
  ///
  /// - Parameters:
  ///   - X: rows × p.
  ///   - y: rows × k.
  ///   - low: what X and y lack beyond Doubles; nil for nothing.
  ///   - weights: one weight per row; nil for 1.
  ///   - codes: for each category the level of each row.
  /// - Throws: ``DataError/overflow(_:column:)``
  /// - Complexity: O(rows (p + k)²)
  package func factor(
    _ X: Matrix<Double>, _ y: Matrix<Double>, low: (X: Matrix<Double>?, y: Matrix<Double>?) = (nil, nil),
    weights: [Double]?, codes: [[Int32]]
  ) throws(DataError) -> LeastSquares.Factor {
    let height = 1 << 14, count = (X.rowCount + height - 1) / height
    var parts = [Result<LeastSquares.Factor, DataError>?](repeating: nil, count: count)
    parts.withUnsafeMutableBufferPointer { parts in
      nonisolated(unsafe) let parts = parts
      concurrently(count) { index in
        let block = self(
          X, y, low: low, weights: weights, codes: codes,
          range: index * height..<min((index + 1) * height, X.rowCount))
        parts[index] = Result { () throws(DataError) in
          var factor = emptyFactor
          try factor.add(block.X, block.y, weights: block.weights, levels: nil, isLeaf: true)
          return factor
        }
      }
    }
    var tree = MergeTree<LeastSquares.Factor>()
    for (index, part) in parts.enumerated() {
      guard let factor = try part?.get() else { continue }
      try tree.append(factor, before: MergeTree<LeastSquares.Factor>.height(before: index, of: count)) {
        (factor, later) throws(DataError) in try factor.merge(later)
      }
    }
    return try tree.whole { (factor, later) throws(DataError) in try factor.merge(later) } ?? emptyFactor
  }
}

extension WithinTransformation: Codable {
  private enum Key: String, CodingKey { case features, shifts, effects, hasRows }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(features, forKey: .features)
    try container.encode(StoredArray(shifts), forKey: .shifts)
    try container.encode(effects.map { StoredArray($0) }, forKey: .effects)
    try container.encode(hasRows.map { StoredArray($0.map { $0 ? 1 as UInt8 : 0 }) }, forKey: .hasRows)
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let shifts = try container.numbers(.shifts)
    features = try container.decode(Int.self, forKey: .features)
    effects = try container.decode([StoredArray<Double>].self, forKey: .effects).map(\.wrappedValue)
    hasRows = try container.decode([StoredArray<UInt8>].self, forKey: .hasRows)
      .map { $0.wrappedValue.map { $0 != 0 } }
    self.shifts = shifts
    try container.check(
      0...shifts.count ~= features && effects.count == hasRows.count
        && zip(effects, hasRows).allSatisfy { $0.count == $1.count * shifts.count }, .effects,
      "effects of other levels")
  }
}
