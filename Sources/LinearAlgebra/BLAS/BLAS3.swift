// BLAS level 3: matrices with matrices.

/// C ← α op(A) op(B) + β C
///
/// - Parameters:
///   - a: A; op(A) is m × k.
///   - b: B; op(B) is k × n.
///   - transposeA: op(A) = A or Aᵀ.
///   - transposeB: op(B) = B or Bᵀ.
///   - alpha: α.
///   - beta: β; with 0, C is overwritten whatever it held.
///   - c: C, m × n; updated in place.
/// - Precondition: the shapes fit.
/// - Complexity: 2 m n k flops, no allocation. Uses `?gemm`; a large product is divided among threads.
@specialized(where A == Matrix<Float>, B == Matrix<Float>)
@specialized(where A == Matrix<Double>, B == Matrix<Double>)
public func gemm<A: RowMajor, B: RowMajor<A.Scalar>>(
  _ a: A, _ b: B, transposeA: Transpose = .none, transposeB: Transpose = .none, alpha: A.Scalar = 1,
  beta: A.Scalar = 0,
  into c: inout Matrix<A.Scalar>
) {
  let (shapeA, shapeB) = (a.shape, b.shape)
  let (opA, opB) = (shapeA.applying(transposeA), shapeB.applying(transposeB))
  require(opA.columns == opB.rows, "gemm: op(A) is \(opA) but op(B) is \(opB)")
  require(
    c.shape == Shape(opA.rows, opB.columns),
    "gemm: op(A) op(B) is \(Shape(opA.rows, opB.columns)) but C is \(c.shape)")
  if c.isEmpty { return }
  if opA.columns == 0 { return scale(&c.storage, by: beta) }
  a.withUnsafeElements(of: shapeA) { a in
    b.withUnsafeElements(of: shapeB) { b in
      c.withUnsafeMutableElements { c in
        parallelGemm(
          transposeA, transposeB, opA.rows, opB.columns, opA.columns, alpha, a.baseAddress!, shapeA.columns,
          b.baseAddress!, shapeB.columns, beta, c.baseAddress!, opB.columns)
      }
    }
  }
}

/// α op(A) op(B)
///
/// - Parameters:
///   - a: A; op(A) is m × k.
///   - b: B; op(B) is k × n.
///   - transposeA: op(A) = A or Aᵀ.
///   - transposeB: op(B) = B or Bᵀ.
///   - alpha: α.
/// - Returns: the product, m × n; zeros where k = 0.
/// - Precondition: the shapes fit.
/// - Complexity: 2 m n k flops, one allocation. Uses `?gemm`; a large product is divided among threads.
@specialized(where A == Matrix<Float>, B == Matrix<Float>)
@specialized(where A == Matrix<Double>, B == Matrix<Double>)
public func gemm<A: RowMajor, B: RowMajor<A.Scalar>>(
  _ a: A, _ b: B, transposeA: Transpose = .none, transposeB: Transpose = .none, alpha: A.Scalar = 1
) -> Matrix<A.Scalar> {
  let (shapeA, shapeB) = (a.shape, b.shape)
  let (opA, opB) = (shapeA.applying(transposeA), shapeB.applying(transposeB))
  require(opA.columns == opB.rows, "gemm: op(A) is \(opA) but op(B) is \(opB)")
  if opA.columns == 0 { return .zeros(opA.rows, opB.columns) }
  return a.withUnsafeElements(of: shapeA) { a in
    b.withUnsafeElements(of: shapeB) { b in
      Matrix(rows: opA.rows, columns: opB.columns) { c in
        parallelGemm(
          transposeA, transposeB, opA.rows, opB.columns, opA.columns, alpha, a.baseAddress!, shapeA.columns,
          b.baseAddress!, shapeB.columns, 0, c.baseAddress!, opB.columns)
      }
    }
  }
}

/// C ← α op(A) op(A)ᵀ + β C
///
/// With `transpose: .transpose` this is the cross-product AᵀA of a design matrix.
///
/// - Parameters:
///   - a: A; op(A) is n × k.
///   - transpose: op(A) = A or Aᵀ.
///   - alpha: α.
///   - beta: β; with 0, C is overwritten whatever it held.
///   - c: C, symmetric, n × n: the upper triangle is read, both are written.
/// - Precondition: the shapes fit.
/// - Complexity: n (n + 1) k flops, no allocation. Uses `?syrk`, of a large C also `?gemm`, and divides it among
///   threads.
@specialized(where M == Matrix<Float>)
@specialized(where M == Matrix<Double>)
public func syrk<M: RowMajor>(
  _ a: M, transpose: Transpose = .none, alpha: M.Scalar = 1, beta: M.Scalar = 0,
  into c: inout Matrix<M.Scalar>
) {
  let shape = a.shape, op = shape.applying(transpose)
  let n = op.rows
  require(c.shape == Shape(n, n), "syrk: op(A) is \(op) but C is \(c.shape)")
  if n == 0 { return }
  if op.columns == 0 {
    scale(&c.storage, by: beta)
  } else {
    a.withUnsafeElements(of: shape) { a in
      c.withUnsafeMutableElements { c in
        parallelSyrk(
          .upper, transpose, n, op.columns, alpha, a.baseAddress!, shape.columns, beta, c.baseAddress!, n)
      }
    }
  }
  c.withUnsafeMutableElements { mirrorUpperTriangle(of: $0, order: n) }
}

/// α op(A) op(A)ᵀ
///
/// - Parameters:
///   - a: A; op(A) is n × k.
///   - transpose: op(A) = A or Aᵀ.
///   - alpha: α.
/// - Returns: the symmetric product, n × n.
/// - Complexity: n (n + 1) k flops, one allocation. Uses `?syrk`, of a large C also `?gemm`, and divides it among
///   threads.
public func syrk<M: RowMajor>(
  _ a: M, transpose: Transpose = .none, alpha: M.Scalar = 1
) -> Matrix<M.Scalar> {
  let n = a.shape.applying(transpose).rows
  var c = Matrix<M.Scalar>.zeros(n, n)
  syrk(a, transpose: transpose, alpha: alpha, into: &c)
  return c
}
