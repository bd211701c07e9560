public import LinearAlgebra

extension SeededGenerator {
  /// A matrix of normal random numbers.
  public mutating func normalMatrix<Scalar: BLASScalar>(
    _ rows: Int, _ columns: Int, of: Scalar.Type = Scalar.self
  ) -> Matrix<Scalar> {
    .normal(rows, columns, using: &self)
  }

  /// A matrix of multiples of 1/16 between −4 and 4: products and short sums of them are exact even in Float, so that
  /// one oracle in Double serves both types.
  public mutating func dyadicMatrix(_ rows: Int, _ columns: Int) -> Matrix<Double> {
    Matrix(rows: rows, columns: columns) { _, _ in Double(nextInteger(below: 129) - 64) / 16 }
  }

  /// A rows × columns matrix with the given singular values: U diag(σ) Vᵀ with U and V products of random Householder
  /// reflections.
  ///
  /// - Parameter spectrum: min(rows, columns) singular values.
  public mutating func matrix<Scalar: BLASScalar>(
    _ rows: Int, _ columns: Int, spectrum: [Double], of: Scalar.Type = Scalar.self
  ) -> Matrix<Scalar> {
    precondition(spectrum.count == min(rows, columns))
    var matrix = Matrix<Double>.zeros(rows, columns)
    for (i, value) in spectrum.enumerated() { matrix[i, i] = value }
    for _ in 0..<3 {
      matrix = reflected(matrix)
      matrix = reflected(matrix.transposed()).transposed()
    }
    return Matrix<Scalar>(matrix)
  }

  /// (I − 2 v vᵀ / vᵀv) A for a random v.
  private mutating func reflected(_ a: Matrix<Double>) -> Matrix<Double> {
    let v = (0..<a.rowCount).map { _ in nextNormal() }
    let projection = gemv(a, v, transpose: .transpose)
    let factor = 2 / dot(v, v)
    return Matrix(rows: a.rowCount, columns: a.columnCount) { i, j in a[i, j] - factor * v[i] * projection[j]
    }
  }
}

/// Singular values from 1 down to 1/condition, each the same fraction of the one before.
///
/// - Parameter count: 2, or one more than a power of two, so that the fraction follows by square roots.
public func geometricSpectrum(_ count: Int, condition: Double) -> [Double] {
  precondition(count >= 2 && (count - 1) & (count - 2) == 0)
  var fraction = 1 / condition, steps = count - 1
  while steps > 1 {
    fraction = fraction.squareRoot()
    steps /= 2
  }
  return (0..<count).reduce(into: [1.0]) { values, index in
    if index > 0 { values.append(values[index - 1] * fraction) }
  }
}
