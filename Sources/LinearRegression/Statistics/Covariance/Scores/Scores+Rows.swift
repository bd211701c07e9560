internal import LinearAlgebra

extension Scores {
  /// Rows that are worked by one thread, and what they have come to beside their scores.
  struct Leaf {
    let rows: Range<Int>
    var observations = 0
    var weightSum = 0.0
    var squares = 0.0
    var fullLeverageRows = 0
    /// Σ sᵢ sᵢᵀ, its upper triangle; empty where it is not asked for.
    var products: [Double] = []

    /// The leaves of rows, so many at most in each.
    static func of(_ rows: Range<Int>, height: Int) -> [Leaf] {
      stride(from: rows.lowerBound, to: rows.upperBound, by: height).map {
        Leaf(rows: $0..<min($0 + height, rows.upperBound))
      }
    }
  }

  /// From one row of scores to the next.
  var width: Int { basis?.stride ?? covariance.coordinateCount }

  /// Writes the scores of rows, rows × ``width``, and counts them.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func write<Scalar>(
    _ rows: Rows<Scalar>, _ leaf: inout Leaf, into scores: UnsafeMutablePointer<Double>
  ) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: rows.rowCount) { factors in
      guard let factors = factors.baseAddress else { return }
      if let basis, let X = RowKernel.doubles(rows.X) {
        writeFactors(rows, X, &leaf, into: factors)
        return basis.write(rows, factors: factors, into: scores)
      }
      Self.withDoubles(rows) { X in
        writeFactors(rows, X, &leaf, into: factors)
        writeCoordinates(rows, X, into: scores)
      }
      let m = width
      for i in 0..<rows.rowCount {
        let u = scores + i * m
        var factor = factors[i]
        let weight = Double(rows.weight(i))
        if estimator.needsLeverages, weight != 0 {
          // A frequency is that of rows that have a leverage each.
          let left =
            1 - (weightKind == .frequency ? 1 : weight) * leverage(u, level: rows.levels.map { Int($0[i]) })
          if left <= 1e-10 { leaf.fullLeverageRows += 1 }
          factor /= estimator == .hc2 ? left.squareRoot() : left
        }
        for j in 0..<m { u[j] = factor == 0 ? 0 : u[j] * factor }
      }
    }
  }

  /// Writes y − b − X w of rows.
  ///
  /// - Parameter X: the rows as Doubles.
  private func writeResiduals<Scalar>(
    _ rows: Rows<Scalar>, _ X: UnsafePointer<Double>, into residuals: UnsafeMutablePointer<Double>
  ) {
    let (n, p) = (rows.rowCount, rows.featureCount)
    guard n > 0, let y = rows.y else { return }
    if let low {
      let model = LinearModel(coefficients: coefficients, intercept: intercept)
      return residuals.update(from: model.residuals(low: low, rows), count: n)
    }
    for i in 0..<n { residuals[i] = Double(y[i]) - intercept }
    if p > 0 { Double.routines.gemv(.none, n, p, -1, X, p, coefficients, 1, residuals) }
  }

  /// Writes fᵢ, with which scores are sᵢ = fᵢ uᵢ where they need no leverages.
  ///
  /// - Parameters:
  ///   - X: the rows as Doubles.
  ///   - factors: room for one of each row; 0 for rows of weight 0.
  private func writeFactors<Scalar>(
    _ rows: Rows<Scalar>, _ X: UnsafePointer<Double>, _ leaf: inout Leaf,
    into factors: UnsafeMutablePointer<Double>
  ) {
    writeResiduals(rows, X, into: factors)
    let n = rows.rowCount
    guard let weights = rows.weights else {
      for i in 0..<n { factors[i] /= unit }
      leaf.observations += n
      leaf.weightSum += Double(n)
      leaf.squares += n == 0 ? 0 : Double.routines.dot(n, factors, factors)
      return
    }
    // Of w equal rows the squares of scores add up, in a cluster the scores.
    let addsSquares = weightKind == .frequency && estimator.clusters.isEmpty
    for i in 0..<n {
      let weight = Double(weights[i]), root = weight.squareRoot()
      let error = weight == 0 ? 0 : root * (factors[i] / unit)
      if weight != 0 { leaf.observations += 1 }
      leaf.weightSum += weight
      leaf.squares += error * error
      factors[i] = addsSquares ? error : error * root
    }
  }

  /// Writes the coordinates of rows.
  private func writeCoordinates<Scalar>(
    _ rows: Rows<Scalar>, _ X: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>
  ) {
    let n = rows.rowCount
    withUnsafeTemporaryAllocation(of: Double.self, capacity: n * max(1, covariance.features.count)) {
      guard let centred = $0.baseAddress else { return }
      covariance.writeCoordinates(
        X, low: rows.lowX, rows: n, width: rows.featureCount, positions: positions, levels: rows.levels,
        centred: centred, into: target)
    }
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
