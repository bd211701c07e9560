/// As `?syevd`, for orders that are worth dividing among threads: reduction to a tridiagonal matrix, its eigenvalues, and the
/// way back. Scales as `?syevd` does, so that no square over- or underflows.
func blockedSyevd<Scalar: BLASScalar>(
  _ a: inout ColumnMajor<Scalar>, _ job: CChar
) throws(LAPACKError) -> [Scalar] {
  let n = a.rowCount
  let scale = a.scaleToMiddle()
  let t = Tridiagonalization(a)
  var values: [Scalar]
  if job == noVectors {
    values = t.diagonal
    var e = t.offDiagonal
    let info = positiveInfo("sterf", Scalar.routines.sterf(n, &values, &e))
    if info > 0 { throw .noConvergence(remaining: info) }
  } else {
    values = try stedc(t.diagonal, t.offDiagonal, &a)
    t.reflectors().multiply(&a, .none, firstRow: 1)
  }
  if scale != 1 { for i in 0..<n { values[i] /= scale } }
  return values
}

/// The eigenvalues of a tridiagonal matrix, and its eigenvectors.
func stedc<Scalar: BLASScalar>(
  _ diagonal: [Scalar], _ offDiagonal: [Scalar], _ z: inout ColumnMajor<Scalar>
) throws(LAPACKError) -> [Scalar] {
  let n = diagonal.count
  var values = diagonal, e = offDiagonal, size: Scalar = 0, integerCount: Int32 = 0
  positiveInfo(
    "stedc",
    Scalar.routines.stedc(
      fromIdentity, n, &values, &e, &z.elements, n, &size, -1, &integerCount, -1))
  var integers = [Int32](repeating: 0, count: max(1, Int(integerCount)))
  let info = withWorkspace("stedc") { work, lwork in
    Scalar.routines.stedc(
      fromIdentity, n, &values, &e, &z.elements, n, work, lwork, &integers, integers.count)
  }
  if info > 0 { throw .noConvergence(remaining: info) }
  return values
}
