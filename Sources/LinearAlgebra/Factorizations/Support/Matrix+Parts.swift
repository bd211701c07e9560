// Parts of matrices that the factorizations have in common.

extension Matrix {
  /// Some consecutive columns, each multiplied by a factor.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func columns(_ range: Range<Int>, times factors: ArraySlice<Scalar>? = nil) -> Matrix {
    if factors == nil && range == 0..<columnCount { return self }
    var result = Matrix.zeros(rowCount, range.count)
    for i in 0..<rowCount {
      for j in range {
        let element = self[i, j]
        result.storage[i * range.count + j - range.lowerBound] = factors.map { element * $0[j] } ?? element
      }
    }
    return result
  }

  /// Row `source[i]` of this matrix as row i.
  func rows(_ source: [Int]) -> Matrix {
    var result = Matrix(
      rows: source.count, columns: columnCount, elements: LinearAlgebra.zeros(source.count * columnCount))
    withUnsafeElements { from in
      result.withUnsafeMutableElements { to in
        guard let from = from.baseAddress, let to = to.baseAddress else { return }
        for (i, row) in source.enumerated() {
          (to + i * columnCount).update(from: from + row * columnCount, count: columnCount)
        }
      }
    }
    return result
  }
}
