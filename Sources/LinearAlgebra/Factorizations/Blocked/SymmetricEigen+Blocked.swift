/// As `?syevd`, for orders that are worth dividing among threads: reduction to a tridiagonal matrix, its eigenvalues
/// and eigenvectors, and the way back. Scales as `?syevd` does, so that no square over- or underflows.
///
/// - Parameter a: A, n × n with n ≥ 1, given by its lower triangle.
func blockedSyevd<Scalar: BLASScalar>(
  _ a: consuming ColumnMajor<Scalar>, _ job: CChar
) throws(LAPACKError) -> (values: [Scalar], vectors: ColumnMajor<Scalar>) {
  let scale = a.scaleToSafeRange()
  let t = Tridiagonalization(a)
  var values: [Scalar], vectors: ColumnMajor<Scalar>
  if job == noVectors {
    (values, vectors) = (t.diagonal, ColumnMajor(zeros: 0, 0))
    var e = t.offDiagonal
    let info = positiveInfo("sterf", Scalar.routines.sterf(values.count, &values, &e))
    if info > 0 { throw .noConvergence(remaining: info) }
  } else {
    (values, vectors) = try divideAndConquer(t.diagonal, t.offDiagonal)
    t.reflectors().multiply(&vectors, .none, firstRow: 1)
  }
  if scale != 1 { for i in values.indices { values[i] /= scale } }
  return (values, vectors)
}
