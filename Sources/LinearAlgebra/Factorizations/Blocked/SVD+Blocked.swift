/// As `?gesdd`, for matrices that are worth dividing among threads: reduction to a bidiagonal matrix, of R of A = Q R
/// where A has many more rows than columns; its singular values and vectors; and the way back. Scales as `?gesdd`
/// does, so that no square over- or underflows.
///
/// - Parameter a: A, m × n with m ≥ n ≥ 1.
func blockedGesdd<Scalar: BLASScalar>(
  _ a: consuming ColumnMajor<Scalar>, _ vectors: SingularVectors?
) throws(LAPACKError) -> (u: ColumnMajor<Scalar>, values: [Scalar], vt: ColumnMajor<Scalar>) {
  let (m, n) = (a.rowCount, a.columnCount)
  var a = a
  let scale = a.scaleToSafeRange()
  // 8/3 m n² + 4/3 n³ flops instead of 4 m n² − 4/3 n³ for the reduction, of which half run at the speed of memory.
  var qr: BlockReflectors<Scalar>?
  if m >= n + n / 5 {
    let factored = BlockReflectors(factoring: a)
    a = factored.factors.upperTrapezoid(rows: n)
    qr = vectors == nil ? nil : factored
  }
  let b = Bidiagonalization(a)
  var (u, values, vt) = try bdsdc(b.diagonal, b.offDiagonal, vectors)
  if scale != 1 { for i in 0..<n { values[i] /= scale } }
  guard let vectors else { return (u, values, vt) }
  let count = vectors == .full ? m : n
  if let qr {
    b.left().multiply(&u, .none)
    u = u.extended(rows: m, columns: count)
    qr.multiply(&u, .none)
  } else {
    u = u.extended(rows: m, columns: count)
    b.left().multiply(&u, .none)
  }
  var v = ColumnMajor(rowCount: n, columnCount: n, elements: vt.rowMajor.elements)
  b.right().multiply(&v, .none, firstRow: 1)
  vt = ColumnMajor(rowCount: n, columnCount: n, elements: v.rowMajor.elements)
  return (u, values, vt)
}

/// The singular values of an upper bidiagonal matrix, and its singular vectors, n × n, if asked for.
private func bdsdc<Scalar: BLASScalar>(
  _ diagonal: [Scalar], _ offDiagonal: [Scalar], _ vectors: SingularVectors?
) throws(LAPACKError) -> (u: ColumnMajor<Scalar>, values: [Scalar], vt: ColumnMajor<Scalar>) {
  let n = diagonal.count, order = vectors == nil ? 0 : n
  var values = diagonal, e = offDiagonal
  var u = ColumnMajor<Scalar>(zeros: order, order), vt = ColumnMajor<Scalar>(zeros: order, order)
  var work: [Scalar] = zeros(vectors == nil ? 4 * n : 3 * n * n + 4 * n)
  var integers = [Int32](repeating: 0, count: 8 * n)
  let info = positiveInfo(
    "bdsdc",
    Scalar.routines.bdsdc(
      vectors == nil ? noVectors : fromIdentity, n, &values, &e, &u.elements, max(1, order), &vt.elements,
      max(1, order), &work, &integers))
  if info > 0 { throw .noConvergence(remaining: info) }
  return (u, values, vt)
}

extension ColumnMajor {
  /// The matrix in the upper left corner of the identity of a larger shape.
  fileprivate func extended(rows: Int, columns: Int) -> ColumnMajor {
    if rows == rowCount && columns == columnCount { return self }
    var result = ColumnMajor(zeros: rows, columns)
    result.elements.withUnsafeMutableBufferPointer { target in
      elements.withUnsafeBufferPointer { source in
        for j in 0..<columnCount {
          (target.baseAddress! + j * rows).update(from: source.baseAddress! + j * rowCount, count: rowCount)
        }
      }
      for j in columnCount..<columns { target[j * rows + j] = 1 }
    }
    return result
  }
}
