package import LinearAlgebra

/// Means and scales of columns, and the way between original and standardised units: z = (x − mean) / scale.
package struct Standardization: Equatable, Sendable {
  /// Mean of each column.
  package let means: [Double]

  /// Standard deviation of each column, √(Σ (x − mean)² / n). Zero for a column that is constant to rounding; it is
  /// then zeros in standardised units.
  package let scales: [Double]

  /// Measures the columns of a matrix, in units in which neither an offset nor the size of a column matters.
  ///
  /// - Parameter matrix: n × p.
  /// - Throws: ``DataError``: no rows, a value that is not finite, a spread beyond Double.
  /// - Complexity: O(n p), one pass on all cores; two more where 64 rows give a wrong idea of the others.
  package init<M: RowMajor>(_ matrix: M) throws(DataError) {
    let nothing = Matrix<M.Scalar>.zeros(matrix.rowCount, 0)
    let moments = try Rows.with(matrix, nothing) { (rows) throws(DataError) in
      try checked(matrix, nothing) { () throws(DataError) in try ColumnMoments.of(rows) }
    }
    self.init(moments, 0..<matrix.columnCount)
  }

  init<Scalar>(_ moments: ColumnMoments<Scalar>, _ columns: Range<Int>) {
    means = columns.map(moments.mean)
    scales = columns.map(moments.deviation)
  }

  init(means: [Double], scales: [Double]) {
    self.means = means
    self.scales = scales
  }

  /// The identity: means 0, scales 1.
  package init(identity columns: Int) {
    means = Array(repeating: 0, count: columns)
    scales = Array(repeating: 1, count: columns)
  }
}

/// The standardisations of X and y together: coefficients there and back.
struct ProblemStandardization: Equatable {
  let features: Standardization
  let targets: Standardization

  init(features: Standardization, targets: Standardization) {
    self.features = features
    self.targets = targets
  }

  /// Leaves p features and k targets as they are.
  init(identity p: Int, _ k: Int) {
    features = Standardization(identity: p)
    targets = Standardization(identity: k)
  }

  /// Units of a pass over [X y]. A constant column is zeros.
  var units: ColumnUnits {
    var units = ColumnUnits(identity: 0)
    units.shifts = features.means + targets.means
    units.scales = (features.scales + targets.scales).map { $0 == 0 ? 0 : 1 / $0 }
    return units
  }

  /// The model in original units of weights and bias in standardised ones.
  ///
  /// wⱼ = w̃ⱼ sᵧ / sⱼ and b = b̃ sᵧ + ȳ − Σ wⱼ x̄ⱼ; a constant column has weight 0.
  func original<Scalar>(weights: Matrix<Scalar>, bias: Matrix<Scalar>) -> LinearModel {
    let (p, k) = (weights.rowCount, weights.columnCount)
    let original = Matrix<Double>(rows: p, columns: k) { j, t in
      features.scales[j] == 0 ? 0 : Double(weights[j, t]) * (targetScale(t) / features.scales[j])
    }
    let intercepts = (0..<k).map { t in
      (0..<p).reduce(Double(bias[0, t]) * targetScale(t) + targets.means[t]) {
        $0 - original[$1, t] * features.means[$1]
      }
    }
    return LinearModel(weights: original, intercepts: intercepts)
  }

  /// The first column whose coefficient is beyond Double in original units; the last one where only an intercept is.
  /// Nil if none is.
  func firstOverflow(_ model: LinearModel) -> Int? {
    if let (row, _) = model.weights.firstNonFinite() { return row }
    return model.intercepts.allSatisfy { $0.isFinite } ? nil : max(0, model.weights.rowCount - 1)
  }

  /// Weights and bias, in these units, of the same model in others.
  ///
  /// wⱼ' = wⱼ (sᵧ / sᵧ') (sⱼ' / sⱼ) and b' = (b sᵧ + ȳ − ȳ' + Σ wⱼ (sᵧ / sⱼ) (x̄ⱼ' − x̄ⱼ)) / sᵧ', the sum in
  /// double-double: means far from zero cancel in it. A column that is constant in either has weight 0 there.
  func converted(
    _ weights: Matrix<Double>, _ bias: Matrix<Double>, to other: ProblemStandardization
  ) -> (weights: Matrix<Double>, bias: Matrix<Double>) {
    let (p, k) = (weights.rowCount, weights.columnCount)
    let convertedWeights = Matrix<Double>(rows: p, columns: k) { j, t in
      features.scales[j] == 0
        ? 0
        : weights[j, t] * (targetScale(t) / other.targetScale(t))
          * (other.features.scales[j] / features.scales[j])
    }
    let convertedBias = Matrix<Double>(rows: 1, columns: k) { _, t in
      var sum =
        DoubleDouble(bias[0, t]) * DoubleDouble(targetScale(t))
        + DoubleDouble(targets.means[t], plus: -other.targets.means[t])
      for j in 0..<p where features.scales[j] != 0 && features.means[j] != other.features.means[j] {
        sum =
          sum + DoubleDouble(weights[j, t] * (targetScale(t) / features.scales[j]))
          * DoubleDouble(other.features.means[j], plus: -features.means[j])
      }
      return sum.rounded / other.targetScale(t)
    }
    return (convertedWeights, convertedBias)
  }

  /// The scale of target t; 1 for a constant one, whose deviations are zeros in any unit.
  func targetScale(_ t: Int) -> Double { targets.scales[t] == 0 ? 1 : targets.scales[t] }
}
