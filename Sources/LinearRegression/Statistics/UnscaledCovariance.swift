public import LinearAlgebra

/// (XᵀWX)⁻¹ of the features that were kept, in the form that leverage and intervals are computed from without
/// cancelling: R⁻¹ of the columns centred (where there is an intercept) and scaled to norm 1.
///
/// Where the fit took the levels of a category out of the rows, R⁻¹ is of the other features less the means of their
/// levels, and the means of the levels stand beside it: O(levels p) numbers instead of O(levels²).
public struct UnscaledCovariance: Equatable, Sendable {
  /// The features that were kept, counted from 0; not the levels of a category that was taken out of the rows.
  package let features: [Int]

  /// The mean of each; zeros without an intercept.
  package let means: [Double]

  /// The norm of each, centred; less the means of the levels where there are any.
  package let norms: [Double]

  /// R⁻¹
  package let inverse: UpperTriangularMatrix<Double>

  /// Σ of the weights of the rows, or their number. Nil without an intercept.
  package let weightSum: Double?

  /// The category that was taken out of the rows; nil for none.
  package let levels: Levels?

  /// The levels of a category, and the means of the features in their rows.
  package struct Levels: Equatable, Sendable {
    /// Where their columns are among the features.
    package let columns: LevelColumns
    /// Σ of the weights of the rows of each; 0 without rows.
    package let weights: [Double]
    /// The mean of each feature that was kept, levels × features.
    package let means: Matrix<Double>

    package init(columns: LevelColumns, weights: [Double], means: Matrix<Double>) {
      precondition(weights.count == columns.levels && means.rowCount == columns.levels)
      (self.columns, self.weights, self.means) = (columns, weights, means)
    }

    /// The level that the intercept stands for; nil without an intercept.
    package var base: Int? { columns.base(weights) }

    /// The columns of levels that have a coefficient.
    package var kept: [Int] {
      let base = base
      return weights.indices.compactMap { weights[$0] > 0 && $0 != base ? columns.column(of: $0) : nil }
    }
  }

  package init(
    features: [Int], means: [Double], norms: [Double], inverse: UpperTriangularMatrix<Double>,
    weightSum: Double?, levels: Levels? = nil
  ) {
    precondition(means.count == features.count && norms.count == features.count)
    precondition(inverse.order == features.count)
    precondition(levels.map { $0.means.columnCount == features.count } ?? true)
    self.features = features
    self.means = means
    self.norms = norms
    self.inverse = inverse
    self.weightSum = weightSum
    self.levels = levels
  }

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

  /// Elements that a row has at least: up to the last feature that was kept.
  private var width: Int {
    max(features.last.map { $0 + 1 } ?? 0, levels.map { $0.columns.range.upperBound } ?? 0)
  }

  /// √((XᵀWX)⁻¹ⱼⱼ) of each kept feature, the levels not among them.
  var roots: [Double] { zip(inverse.rowNorms(), norms).map { $0 / $1 } }

  /// The same of the intercept: the root of the leverage where all features are zero. Nil without an intercept.
  var interceptRoot: Double? {
    if weightSum == nil { return nil }
    return leverage(Array(repeating: 0, count: width)).squareRoot()
  }

  /// The standard deviation of each of p features, √(Σ w (x − x̄)² / W · n / (n − 1)) with W = Σ w; nil for one that
  /// was left out, and for the levels of a category that was taken out of the rows.
  ///
  /// - Precondition: there is an intercept.
  package func standardDeviations(of p: Int, observations n: Int) -> [Double?] {
    var deviations = [Double?](repeating: nil, count: p)
    guard let weightSum, n > 1 else { return deviations }
    for (i, feature) in features.enumerated() where feature < p {
      let between = levels.map { $0.spread(i, about: means[i]) } ?? 0
      let share = Double(n) / Double(n - 1) / weightSum
      deviations[feature] = (norms[i] * norms[i] * share + between * share).squareRoot()
    }
    return deviations
  }

  /// The variance inflation factor of each of p features: how many times its variance is larger than if the other
  /// features were orthogonal to it, 1 / (1 − R²) with R² of its regression on the others. Nil for one that was left
  /// out.
  public func varianceInflationFactors(of p: Int) -> [Double?] {
    var factors = [Double?](repeating: nil, count: p)
    for (i, norm) in inverse.rowNorms().enumerated() {
      // The norm of the column about its mean, over that about the means of its levels.
      let ratio = levels.map { 1 + $0.spread(i, about: means[i]) / norms[i] / norms[i] } ?? 1
      if features[i] < p { factors[features[i]] = norm * norm * ratio }
    }
    guard let levels else { return factors }
    let base = levels.base, weights = levels.weights
    let squares = squares(rows: weights.count) { level, i in
      levels.means[level, i] - (base.map { levels.means[$0, i] } ?? 0)
    }
    for level in weights.indices where weights[level] > 0 && level != base {
      guard let column = levels.columns.column(of: level), column < p else { continue }
      let norm = weights[level] * (weightSum.map { 1 - weights[level] / $0 } ?? 1)
      factors[column] = norm * (squares[level] + 1 / weights[level] + (base.map { 1 / weights[$0] } ?? 0))
    }
    return factors
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

  /// Σ W (m − center)² of a feature.
  fileprivate func spread(_ i: Int, about center: Double) -> Double {
    weights.indices.reduce(0) { sum, level in
      let difference = means[level, i] - center
      return sum + weights[level] * difference * difference
    }
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
