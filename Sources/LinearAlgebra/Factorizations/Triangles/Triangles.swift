// LAPACK: triangles within column-major matrices.

/// B ← X with op(T) X = B for the first rows of B.
///
/// - Parameters:
///   - t: T in its first `order` rows and columns, in the triangle `uplo`.
///   - b: B, with at least `order` rows.
/// - Throws: ``LAPACKError/singular(index:)`` where the diagonal has a zero.
func solveTriangle<Scalar: BLASScalar>(
  _ t: ColumnMajor<Scalar>, _ order: Int, _ uplo: CChar, _ op: Transpose, _ b: inout ColumnMajor<Scalar>
) throws(LAPACKError) {
  if order == 0 || b.columnCount == 0 { return }
  let (ldb, count) = (b.rowCount, b.columnCount)
  let info = positiveInfo(
    "trtrs",
    Scalar.routines.trtrs(uplo, op, order, count, t.elements, t.rowCount, &b.elements, ldb))
  if info > 0 { throw .singular(index: info - 1) }
}

/// 1 / κ(T), estimated, of the first `n` rows and columns of the triangle `uplo`; 0 where the diagonal has a zero.
///
/// - Parameter norm: the norm, ‖T‖₁ or ‖T‖∞.
func triangularReciprocalCondition<Scalar: BLASScalar>(
  _ t: ColumnMajor<Scalar>, _ n: Int, _ uplo: CChar, norm: CChar = oneNorm
) -> Scalar {
  if n == 0 { return 1 }
  if t.diagonal.prefix(n).contains(0) { return 0 }
  return reciprocalConditionNumber("trcon", n, workPerColumn: 3) { result, work, integers in
    Scalar.routines.trcon(norm, uplo, n, t.elements, t.rowCount, result, work, integers)
  }
}
