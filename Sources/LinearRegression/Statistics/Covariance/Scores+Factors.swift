internal import LinearAlgebra

extension Scores {
  /// What a leaf of rows has come to, beside its scores.
  struct Leaf {
    let rows: Range<Int>
    var observations = 0
    var squares = 0.0
    var fullLeverageRows = 0
    var products: Matrix<Double>?

    /// The leaves of rows, so many at most in each.
    static func of(_ rows: Range<Int>, height: Int) -> [Leaf] {
      stride(from: rows.lowerBound, to: rows.upperBound, by: height).map {
        Leaf(rows: $0..<min($0 + height, rows.upperBound))
      }
    }

    func add(to sums: inout ScoreSums) {
      sums.observations += observations
      sums.squares += squares
      sums.fullLeverageRows += fullLeverageRows
      if let products { sums.products += products }
    }
  }

  /// Writes fᵢ, with which scores are sᵢ = fᵢ uᵢ where they need no leverages, and counts the rows.
  ///
  /// - Parameters:
  ///   - factors: room for one of each row; 0 for rows of weight 0.
  ///   - X: the rows as Doubles.
  func form<Scalar>(
    _ factors: UnsafeMutablePointer<Double>, _ rows: Rows<Scalar>, _ X: UnsafePointer<Double>, _ leaf: inout Leaf
  ) {
    let (n, p) = (rows.rowCount, rows.featureCount)
    guard n > 0, let y = rows.y else { return }
    for i in 0..<n { factors[i] = Double(y[i]) - intercept }
    if p > 0 { Double.routines.gemv(.none, n, p, -1, X, p, coefficients, 1, factors) }
    guard let weights = rows.weights else {
      for i in 0..<n { factors[i] /= unit }
      leaf.observations += n
      leaf.squares += Double.routines.dot(n, factors, factors)
      return
    }
    // Of w equal rows the squares of scores add up, in a cluster the scores.
    let addsSquares = weightKind == .frequency && estimator.clusters.isEmpty
    for i in 0..<n {
      let weight = Double(weights[i]), root = weight.squareRoot()
      let error = weight == 0 ? 0 : root * (factors[i] / unit)
      if weight != 0 { leaf.observations += 1 }
      leaf.squares += error * error
      factors[i] = addsSquares ? error : error * root
    }
  }
}
