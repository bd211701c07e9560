/// As `?syevd`, for orders that are worth dividing among threads: reduction to a tridiagonal matrix, its eigenvalues and
/// eigenvectors, and the way back. Scales as `?syevd` does, so that no square over- or underflows.
///
/// - Parameter a: A, n × n with n ≥ 1, given by its lower triangle.
func blockedSyevd<Scalar: BLASScalar>(
  _ a: consuming ColumnMajor<Scalar>, _ job: CChar
) throws(LAPACKError) -> (values: [Scalar], vectors: ColumnMajor<Scalar>) {
  let scale = a.scaleToMiddle()
  let t = Tridiagonalization(a)
  var values = t.diagonal, e = t.offDiagonal
  let n = values.count
  var vectors = ColumnMajor<Scalar>(zeros: job == noVectors ? 0 : n, n)
  let info =
    job == noVectors
    ? positiveInfo("sterf", Scalar.routines.sterf(n, &values, &e))
    : withWorkspaces("stedc") { work, lwork, integers, liwork in
      Scalar.routines.stedc(
        fromIdentity, n, &values, &e, &vectors.elements, n, work, lwork, integers, liwork)
    }
  if info > 0 { throw .noConvergence(remaining: info) }
  if job != noVectors { t.reflectors().multiply(&vectors, .none, firstRow: 1) }
  if scale != 1 { for i in 0..<n { values[i] /= scale } }
  return (values, vectors)
}
