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
public func gemm<A: RowMajor, B: RowMajor<A.Scalar>>(
  _ a: A, _ b: B, transposeA: Transpose = .none, transposeB: Transpose = .none, alpha: A.Scalar = 1,
  beta: A.Scalar = 0,
  into c: inout Matrix<A.Scalar>
) {
  let opA = a.shape.applying(transposeA), opB = b.shape.applying(transposeB)
  require(opA.columns == opB.rows, "gemm: op(A) is \(opA) but op(B) is \(opB)")
  require(
    c.shape == Shape(opA.rows, opB.columns),
    "gemm: op(A) op(B) is \(Shape(opA.rows, opB.columns)) but C is \(c.shape)")
  if c.isEmpty { return }
  if opA.columns == 0 { return scale(&c.storage, by: beta) }
  let (m, n) = (c.rowCount, c.columnCount)
  a.withUnsafeElements { aElements in
    b.withUnsafeElements { bElements in
      c.withUnsafeMutableElements { cElements in
        parallelGemm(
          transposeA, transposeB, m, n, opA.columns, alpha, aElements.baseAddress!, a.columnCount,
          bElements.baseAddress!, b.columnCount, beta, cElements.baseAddress!, n)
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
public func gemm<A: RowMajor, B: RowMajor<A.Scalar>>(
  _ a: A, _ b: B, transposeA: Transpose = .none, transposeB: Transpose = .none, alpha: A.Scalar = 1
) -> Matrix<A.Scalar> {
  var c = Matrix<A.Scalar>.zeros(a.shape.applying(transposeA).rows, b.shape.applying(transposeB).columns)
  gemm(a, b, transposeA: transposeA, transposeB: transposeB, alpha: alpha, into: &c)
  return c
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
/// - Complexity: n (n + 1) k flops, no allocation. Uses `?syrk`.
@specialized(where M == Matrix<Float>)
@specialized(where M == Matrix<Double>)
public func syrk<M: RowMajor>(
  _ a: M, transpose: Transpose = .none, alpha: M.Scalar = 1, beta: M.Scalar = 0,
  into c: inout Matrix<M.Scalar>
) {
  let op = a.shape.applying(transpose)
  let n = op.rows
  require(c.shape == Shape(n, n), "syrk: op(A) is \(op) but C is \(c.shape)")
  if n == 0 { return }
  if op.columns == 0 {
    scale(&c.storage, by: beta)
  } else {
    a.withUnsafeElements { elements in
      c.withUnsafeMutableElements { c in
        M.Scalar.routines.syrk(
          .upper, transpose, n, op.columns, alpha, elements.baseAddress!, a.columnCount, beta, c.baseAddress!,
          n)
      }
    }
  }
  for i in 0..<n {
    for j in 0..<i { c[i, j] = c[j, i] }
  }
}

/// α op(A) op(A)ᵀ
///
/// - Parameters:
///   - a: A; op(A) is n × k.
///   - transpose: op(A) = A or Aᵀ.
///   - alpha: α.
/// - Returns: the symmetric product, n × n.
/// - Complexity: n (n + 1) k flops, one allocation. Uses `?syrk`.
public func syrk<M: RowMajor>(
  _ a: M, transpose: Transpose = .none, alpha: M.Scalar = 1
) -> Matrix<M.Scalar> {
  let n = a.shape.applying(transpose).rows
  var c = Matrix<M.Scalar>.zeros(n, n)
  syrk(a, transpose: transpose, alpha: alpha, into: &c)
  return c
}
