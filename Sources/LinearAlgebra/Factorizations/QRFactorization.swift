// LAPACK: the QR factorization.

/// A = QR with Q orthogonal, as Householder reflectors, and R upper triangular (trapezoidal where m < n).
public struct QRFactorization<Scalar: BLASScalar>: Sendable {
  /// R on and above the diagonal; below it the vectors of the reflectors. m × n.
  public let factors: Matrix<Scalar>

  /// The scalar factors of the min(m, n) reflectors.
  public let tau: [Scalar]

  /// R, min(m, n) × n. Its diagonal may have either sign.
  public var r: Matrix<Scalar> {
    Matrix(rows: tau.count, columns: factors.columnCount) { i, j in i <= j ? factors[i, j] : 0 }
  }
}

/// The QR factorization without pivoting.
///
/// - Parameter a: A, m × n.
/// - Returns: R and the reflectors of Q.
/// - Throws: ``LAPACKError/nonFinite(argument:row:column:)``.
/// - Complexity: 2 n² (m − n/3) flops for m ≥ n; two copies. Uses `?geqrf`.
public func geqrf<M: RowMajor>(_ a: M) throws(LAPACKError) -> QRFactorization<M.Scalar> {
  try checkFinite(a, "A")
  let (m, n) = (a.rowCount, a.columnCount)
  var factors = columnMajorElements(of: a, leadingDimension: m)
  var tau = [M.Scalar](repeating: 0, count: min(m, n))
  if !tau.isEmpty {
    factors.withUnsafeMutableBufferPointer { factors in
      tau.withUnsafeMutableBufferPointer { tau in
        _ = withWorkspace("geqrf") { work, lwork in
          M.Scalar.routines.geqrf(m, n, factors.baseAddress!, m, tau.baseAddress!, work, lwork)
        }
      }
    }
  }
  return QRFactorization(
    factors: Matrix(columnMajor: factors, rows: m, columns: n, leadingDimension: m), tau: tau)
}
