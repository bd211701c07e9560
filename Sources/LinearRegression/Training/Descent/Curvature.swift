internal import LinearAlgebra

/// The largest eigenvalue and the trace of [1 Z]ᵀ[1 Z] / n, in given units: what bounds the rates of SGD.
struct Curvature {
  let largestEigenvalue: Double

  /// The mean squared norm of a row [1 z].
  let trace: Double

  /// - Complexity: 22 passes over the rows, 4 n p flops each: power iteration to a few percent.
  init<Scalar>(_ rows: Rows<Scalar>, _ units: ColumnUnits) {
    let (p, k) = (rows.featureCount, rows.targetCount)
    let layout = DesignLayout(features: p, targets: k, hasOnes: true)
    // r = y − [1 Z] v, so that what v changes in [1 Z]ᵀ r is −[1 Z]ᵀ[1 Z] v.
    func moments(_ v: [Double]) -> Matrix<Double> {
      let coefficients = Matrix<Double>(rows: p + 1, columns: k) { i, _ in v[i] }
      return ResidualSums.of(rows, layout, units, coefficients).products
    }
    var generator = SeededGenerator(seed: 0)  // a fixed start could be orthogonal to what is looked for
    var v = (0...p).map { _ in generator.nextNormal() }
    let weight = rows.totalWeight
    let atZero = moments(zeros(p + 1))
    var eigenvalue = 1.0
    for _ in 0..<20 {
      let length = norm(v)
      guard length > 0, length.isFinite else { break }
      for i in v.indices { v[i] /= length }
      let image = moments(v)
      for i in v.indices { v[i] = (atZero[i, 0] - image[i, 0]) / weight }
      eigenvalue = norm(v)
    }
    largestEigenvalue = eigenvalue
    if let moments = try? ColumnMoments.of(rows) {
      trace = (0..<p).reduce(1) { sum, j in
        let mean = (moments.mean(j) - units.shifts[j]) * units.scales[j],
          deviation = moments.deviation(j) * units.scales[j]
        return sum + mean * mean + deviation * deviation
      }
    } else {
      trace = eigenvalue
    }
  }

  /// The largest learning rate at which steps of a batch size shrink the error on average: 2 (1 − μ) / (λ + t / batch +
  /// d), λ being the largest eigenvalue, t the trace, μ the momentum and d the decay. An estimate: t is the mean
  /// squared norm of a row, where a bound would take the largest (Ma, Bassily and Belkin 2018, arXiv:1712.06559).
  func largestRate(batchSize: Int, momentum: Double, decay: Double) -> Double {
    2 * (1 - momentum) / (largestEigenvalue + trace / Double(batchSize) + decay)
  }
}
