// BLAS level 2: a matrix and a vector.

/// y ← α op(A) x + β y
///
/// - Parameters:
///   - a: A, m × n.
///   - x: n elements, or m with `transpose: .transpose`.
///   - transpose: op(A) = A or Aᵀ.
///   - alpha: α.
///   - beta: β; with 0, y is overwritten whatever it held.
///   - y: m elements, or n with `transpose: .transpose`; updated in place.
/// - Precondition: the lengths fit.
/// - Complexity: 2 m n flops, no allocation. Uses `?gemv`; a large product is divided among threads.
@specialized(where M == Matrix<Float>)
@specialized(where M == Matrix<Double>)
public func gemv<M: RowMajor>(
  _ a: M, _ x: [M.Scalar], transpose: Transpose = .none, alpha: M.Scalar = 1, beta: M.Scalar = 0,
  into y: inout [M.Scalar]
) {
  let shape = a.shape, op = shape.applying(transpose)
  require(x.count == op.columns, "gemv: op(A) is \(op) but x has \(x.count) elements")
  require(y.count == op.rows, "gemv: op(A) is \(op) but y has \(y.count) elements")
  if y.isEmpty { return }
  if x.isEmpty { return scale(&y, by: beta) }
  a.withUnsafeElements(of: shape) { a in
    x.withUnsafeBufferPointer { x in
      y.withUnsafeMutableBufferPointer { y in
        parallelGemv(
          transpose, shape.rows, shape.columns, alpha, a.baseAddress!, shape.columns, x.baseAddress!, beta,
          y.baseAddress!)
      }
    }
  }
}

/// α op(A) x
///
/// - Parameters:
///   - a: A, m × n.
///   - x: n elements, or m with `transpose: .transpose`.
///   - transpose: op(A) = A or Aᵀ.
///   - alpha: α.
/// - Returns: m elements, or n with `transpose: .transpose`.
/// - Precondition: the lengths fit.
/// - Complexity: 2 m n flops, one allocation. Uses `?gemv`; a large product is divided among threads.
@specialized(where M == Matrix<Float>)
@specialized(where M == Matrix<Double>)
public func gemv<M: RowMajor>(
  _ a: M, _ x: [M.Scalar], transpose: Transpose = .none, alpha: M.Scalar = 1
) -> [M.Scalar] {
  var y = [M.Scalar](repeating: 0, count: a.shape.applying(transpose).rows)
  gemv(a, x, transpose: transpose, alpha: alpha, into: &y)
  return y
}

/// y ← β y for the products over an empty dimension, which BLAS leaves undone. β = 0 overwrites NaN, as in BLAS.
func scale<Scalar: BLASScalar>(_ y: inout [Scalar], by beta: Scalar) {
  for i in y.indices { y[i] = beta == 0 ? 0 : beta * y[i] }
}
