public import LinearAlgebra

extension UnscaledCovariance {
  /// The leverage xᵀ(XᵀWX)⁻¹x of a row: how much of an observation there its own prediction would take over. At a row
  /// of the fit with weight w, w times this is the diagonal element of the hat matrix.
  ///
  /// - Parameter row: all p features.
  /// - Precondition: the row has the features that were kept.
  /// - Complexity: O(p²)
  public func leverage(_ row: some RandomAccessCollection<Double>) -> Double {
    require(row.count >= width, "leverage: the row has \(row.count) elements, but feature \(width) was kept")
    func value(_ feature: Int) -> Double { row[row.index(row.startIndex, offsetBy: feature)] }
    var (z, own) = (features.map(value), weightSum.map { 1 / $0 } ?? 0)
    if let levels {
      own = levels.takeOut(of: &z, value)
    } else {
      for i in z.indices { z[i] -= means[i] }
    }
    for i in z.indices { z[i] /= norms[i] }
    let projected = norm(inverse.times(z, transpose: .transpose))
    return projected * projected + own
  }

  /// The leverages of many rows.
  ///
  /// - Parameter X: rows × p, all p features.
  /// - Precondition: X has the columns of all features.
  /// - Complexity: 2 rows p² flops. Uses `dgemm`; with levels row by row, O(levels) for each too.
  public func leverages(_ X: Matrix<Double>) -> [Double] {
    if levels != nil { return (0..<X.rowCount).map { leverage(X[row: $0]) } }
    let own = weightSum.map { 1 / $0 } ?? 0
    let columns = X.columnCount
    require(columns >= width, "leverages: X is \(X.shape), but feature \(width) was kept")
    return X.withUnsafeElements { x in
      squares(rows: X.rowCount) { x[$0 * columns + features[$1]] - means[$1] }.map { $0 + own }
    }
  }

  /// The leverages of rows of which the levels are given, 1/W_g + (x − m_g)ᵀ (XᵀMX)⁻¹ (x − m_g) in the level g.
  ///
  /// - Parameters:
  ///   - X: rows × some columns.
  ///   - positions: the column of each feature that was kept.
  ///   - codes: the level of each row.
  /// - Precondition: there are levels.
  /// - Complexity: 2 rows p² flops, p features without the levels. Uses `dgemm`.
  package func leverages(_ X: Matrix<Double>, columns positions: [Int], levels codes: [Int32]) -> [Double] {
    leveragesAndNeighbours(X, columns: positions, levels: codes).leverages
  }

  /// The leverages of rows, and the products xᵢ₋₁ᵀ(XᵀWX)⁻¹xᵢ of neighbouring ones, 0 for the first: what stands on and
  /// beside the diagonal of the hat matrix, where weights are 1. With independent errors −σ² times the sum of the
  /// products is the mean of Σ eᵢ eᵢ₋₁.
  ///
  /// - Parameters:
  ///   - X: rows × some columns.
  ///   - positions: the column of each feature that was kept.
  ///   - codes: the level of each row; nil where there are no levels.
  /// - Complexity: 2 rows p² flops. Uses `dgemm`.
  package func leveragesAndNeighbours(
    _ X: Matrix<Double>, columns positions: [Int], levels codes: [Int32]?
  ) -> (leverages: [Double], neighbours: [Double]) {
    var products: [Double] = zeros(X.rowCount)
    guard let levels, let codes else {
      let own = weightSum.map { 1 / $0 } ?? 0
      let columns = X.columnCount
      precondition(positions.allSatisfy { 0..<columns ~= $0 })
      let squares: [Double] = X.withUnsafeElements { x in
        self.squares(rows: X.rowCount, neighbours: &products) { (row: Int, i: Int) -> Double in
          x[row * columns + positions[i]] - means[i]
        }
      }
      for row in products.indices.dropFirst() { products[row] += own }
      return (squares.map { $0 + own }, products)
    }
    let base = levels.base
    // A level without rows is the intercept's, as it has no coefficient; nil for neither.
    let effective = levels.weights.indices.map { levels.weights[$0] > 0 ? $0 : base }
    let squares = squares(rows: X.rowCount, neighbours: &products) { row, i in
      X[row, positions[i]] - (effective[Int(codes[row])].map { levels.means[$0, i] } ?? 0)
    }
    for row in products.indices.dropFirst() {
      let (level, before) = (effective[Int(codes[row])], effective[Int(codes[row - 1])])
      if let level, level == before { products[row] += 1 / levels.weights[level] }
    }
    let leverages = zip(squares, codes).map { square, code in
      square + (effective[Int(code)].map { 1 / levels.weights[$0] } ?? 0)
    }
    return (leverages, products)
  }

  /// ‖R⁻ᵀ z‖² of rows z, whose elements are divided by the norms.
  ///
  /// - Parameter element: of the row and of the feature among those that were kept.
  @inline(__always)
  func squares(rows: Int, _ element: (Int, Int) -> Double) -> [Double] {
    var none: [Double] = []
    return squares(rows: rows, neighbours: &none, element)
  }

  /// The same, and the products of neighbouring rows R⁻ᵀ z, where there is room for one for each row.
  @inline(__always)
  private func squares(
    rows: Int, neighbours: inout [Double], _ element: (Int, Int) -> Double
  ) -> [Double] {
    let q = features.count
    if q == 0 { return zeros(rows) }
    var last: [Double] = []
    // Column-major R⁻¹ is row-major R⁻ᵀ.
    let transposed = Matrix(rows: q, columns: q, elements: inverse.columnMajorElements)
    let height = rowsPerCacheBlock(rowBytes: q * MemoryLayout<Double>.stride)
    var squares: [Double] = zeros(rows)
    for first in stride(from: 0, to: rows, by: height) {
      var z = Matrix<Double>.zeros(min(height, rows - first), q)
      z.withUnsafeMutableElements { z in
        norms.withUnsafeBufferPointer { norms in
          for i in 0..<z.count / q {
            for j in 0..<q { z[i * q + j] = element(first + i, j) / norms[j] }
          }
        }
      }
      gemm(z, transposed, transposeB: .transpose).withUnsafeElements { projected in
        guard let start = projected.baseAddress else { return }
        for i in 0..<projected.count / q {
          let row = start + i * q
          squares[first + i] = dot(row, row, q)
          if neighbours.isEmpty { continue }
          if i > 0 {
            neighbours[first + i] = dot(row - q, row, q)
          } else if first > 0 {
            neighbours[first] = last.withUnsafeBufferPointer { dot($0.baseAddress!, row, q) }
          }
        }
        if !neighbours.isEmpty { last = Array(projected.suffix(q)) }
      }
    }
    return squares
  }

  /// The leverages of rows that come from outside the program.
  ///
  /// - Parameter rows: rows of p features.
  /// - Throws: ``DataError/shapes(_:)`` where a row lacks a feature that was kept.
  /// - Complexity: O(p²) for each row.
  public func leverages(for rows: [[Double]]) throws(DataError) -> [Double] {
    for (index, row) in rows.enumerated() {
      try DataError.check(
        row.count >= width,
        "leverages: row \(index) (counted from 0) has \(row.count) elements, but feature \(width) was kept")
    }
    return rows.map { leverage($0) }
  }
}

extension UnscaledCovariance.Levels {
  /// Takes the means of its levels from a row whose elements may stand in several of them, or in parts.
  ///
  /// - Parameters:
  ///   - z: the features that were kept.
  ///   - value: the row's element of a feature.
  /// - Returns: Σ d² / W, d being the row's part in each level.
  fileprivate func takeOut(of z: inout [Double], _ value: (Int) -> Double) -> Double {
    let base = base
    var sum = 0.0, rest = 1.0
    func take(_ level: Int, _ part: Double) {
      sum += part * part / weights[level]
      for i in z.indices { z[i] -= part * means[level, i] }
    }
    for level in weights.indices where weights[level] > 0 && level != base {
      guard let column = columns.column(of: level) else { continue }
      let part = value(column)
      if part == 0 { continue }
      take(level, part)
      rest -= part
    }
    if let base, rest != 0 { take(base, rest) }
    return sum
  }
}

/// Σ aᵢ bᵢ, in four sums that do not wait for each other.
private func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
  func four(_ x: UnsafePointer<Double>, _ i: Int) -> SIMD4<Double> {
    UnsafeRawPointer(x + i).loadUnaligned(as: SIMD4.self)
  }
  var sums = SIMD4<Double>.zero, i = 0
  while i + 4 <= count {
    sums += four(a, i) * four(b, i)
    i += 4
  }
  var sum = sums.sum()
  while i < count {
    sum += a[i] * b[i]
    i += 1
  }
  return sum
}
