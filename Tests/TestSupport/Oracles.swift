public import LinearAlgebra

/// α op(A) op(B) + β C in plain loops, for shapes that include the empty ones.
public func oracleProduct(
  _ a: Matrix<Double>, _ b: Matrix<Double>, transposeA: Transpose = .none, transposeB: Transpose = .none,
  alpha: Double = 1, beta: Double = 0, _ c: Matrix<Double>
) -> Matrix<Double> {
  let (m, n) = (c.rowCount, c.columnCount)
  let k = transposeA == .none ? a.columnCount : a.rowCount
  // Steps through A and B from one element of a sum to the next, written so that a debug build is fast enough.
  let (aRow, aStep) = transposeA == .none ? (a.columnCount, 1) : (1, a.columnCount)
  let (bColumn, bStep) = transposeB == .none ? (1, b.columnCount) : (b.columnCount, 1)
  var result = c.elements
  a.withUnsafeElements { a in
    b.withUnsafeElements { b in
      result.withUnsafeMutableBufferPointer { result in
        var i = 0
        while i < m {
          var j = 0
          while j < n {
            var sum = 0.0
            var l = 0
            while l < k {
              sum += a[i * aRow + l * aStep] * b[j * bColumn + l * bStep]
              l += 1
            }
            result[i * n + j] = alpha * sum + (beta == 0 ? 0 : beta * result[i * n + j])
            j += 1
          }
          i += 1
        }
      }
    }
  }
  return Matrix(rows: m, columns: n, elements: result)
}
