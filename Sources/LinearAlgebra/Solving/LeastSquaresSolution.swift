// LAPACK's least squares: the reference that everything else is held against.

/// What a least-squares routine of LAPACK returns. A value is nil where the routine cannot know it.
public struct LeastSquaresSolution<Scalar: BLASScalar>: Sendable {
  /// X, n × k, one column per right-hand side: the minimum-norm solution where A has not full column rank.
  public let solution: Matrix<Scalar>

  /// Numerical rank of A. Nil from `gels`, which assumes full rank.
  public let rank: Int?

  /// Singular values of A, largest first. Only `gelsd` computes them.
  public let singularValues: [Scalar]?

  /// ‖B − A X‖² of each right-hand side. Nil where m ≤ n or the rank is below n: the routine then does not leave it.
  /// Infinite or 0 where the squares of the residuals overflow or underflow.
  public let residualSumOfSquares: [Scalar]?
}

/// Least squares by QR, for A of full rank: X that minimises ‖B − A X‖₂, or of least norm where m < n.
///
/// Notices only *exact* rank deficiency; use ``gelsy(_:_:rcond:)`` where the rank is in doubt.
///
/// - Parameters:
///   - a: A, m × n.
///   - b: B, m × k, one column per right-hand side.
/// - Throws: ``LAPACKError/singular(index:)``, ``LAPACKError/nonFinite(argument:row:column:)``,
///   ``LAPACKError/overflow(result:)``.
/// - Precondition: A and B have the same number of rows.
/// - Complexity: 2 n² (m − n/3) flops for m ≥ n; one copy of A and B. Uses `?gels`.
public func gels<A: RowMajor>(
  _ a: A, _ b: Matrix<A.Scalar>
) throws(LAPACKError) -> LeastSquaresSolution<A.Scalar> {
  var problem = try LeastSquaresProblem(a, b, "gels")
  if problem.isEmpty { return problem.emptySolution(rank: nil, singularValues: nil) }
  // gels would return zeros and report success
  if problem.a.allSatisfy({ $0 == 0 }) { throw .singular(index: 0) }
  let info = problem.call { m, n, k, a, b, ldb in
    withWorkspace("gels") { work, lwork in A.Scalar.routines.gels(m, n, k, a, m, b, ldb, work, lwork) }
  }
  if info > 0 { throw .singular(index: info - 1) }
  return try problem.solution(rank: nil, singularValues: nil)
}

/// Least squares by QR with column pivoting, for A of any rank: the X of least norm among those that minimise ‖B − A
/// X‖₂.
///
/// - Parameters:
///   - a: A, m × n.
///   - b: B, m × k, one column per right-hand side.
///   - rcond: the rank is the order of the largest leading triangle of R whose condition number is below 1/rcond.
///     The default is max(m, n) ε; with 0 only zeros reduce the rank.
/// - Throws: ``LAPACKError/nonFinite(argument:row:column:)``, ``LAPACKError/overflow(result:)``.
/// - Precondition: A and B have the same number of rows; 0 ≤ rcond < 1.
/// - Complexity: about 2 n² (m − n/3) flops, half of them at the speed of memory; one copy of A and B. Uses `?gelsy`.
public func gelsy<A: RowMajor>(
  _ a: A, _ b: Matrix<A.Scalar>, rcond: A.Scalar? = nil
) throws(LAPACKError) -> LeastSquaresSolution<A.Scalar> {
  let rcond = reciprocalCondition(rcond, a.shape, "gelsy")
  var problem = try LeastSquaresProblem(a, b, "gelsy")
  if problem.isEmpty { return problem.emptySolution(rank: 0, singularValues: nil) }
  var pivots = [Int32](repeating: 0, count: a.columnCount)  // zero: every column may move
  var rank: Int32 = 0
  _ = problem.call { m, n, k, a, b, ldb in
    pivots.withUnsafeMutableBufferPointer { pivots in
      withWorkspace("gelsy") { work, lwork in
        A.Scalar.routines.gelsy(m, n, k, a, m, b, ldb, pivots.baseAddress!, rcond, &rank, work, lwork)
      }
    }
  }
  return try problem.solution(rank: Int(rank), singularValues: nil)
}

/// Least squares by singular value decomposition, for A of any rank: the X of least norm among those that minimise
/// ‖B − A X‖₂.
///
/// - Parameters:
///   - a: A, m × n.
///   - b: B, m × k, one column per right-hand side.
///   - rcond: singular values up to rcond times the largest count as zero. The default is max(m, n) ε; with 0 only
///     zeros count.
/// - Throws: ``LAPACKError/noConvergence(remaining:)``, ``LAPACKError/nonFinite(argument:row:column:)``,
///   ``LAPACKError/overflow(result:)``.
/// - Precondition: A and B have the same number of rows; 0 ≤ rcond < 1.
/// - Complexity: about 4 m n² + 8 n³ flops for m ≥ n; one copy of A and B. Uses `?gelsd`.
public func gelsd<A: RowMajor>(
  _ a: A, _ b: Matrix<A.Scalar>, rcond: A.Scalar? = nil
) throws(LAPACKError) -> LeastSquaresSolution<A.Scalar> {
  let rcond = reciprocalCondition(rcond, a.shape, "gelsd")
  var problem = try LeastSquaresProblem(a, b, "gelsd")
  if problem.isEmpty { return problem.emptySolution(rank: 0, singularValues: []) }
  var singularValues = [A.Scalar](repeating: 0, count: min(a.rowCount, a.columnCount))
  var rank: Int32 = 0
  let info = problem.call { m, n, k, a, b, ldb in
    singularValues.withUnsafeMutableBufferPointer { s in
      // The workspace query also says how many integers are needed.
      var integerCount: Int32 = 0
      var size: A.Scalar = 0
      _ = positiveInfo(
        "gelsd",
        A.Scalar.routines.gelsd(m, n, k, a, m, b, ldb, s.baseAddress!, rcond, &rank, &size, -1, &integerCount)
      )
      var integers = [Int32](repeating: 0, count: max(1, Int(integerCount)))
      return integers.withUnsafeMutableBufferPointer { integers in
        withWorkspace("gelsd") { work, lwork in
          A.Scalar.routines.gelsd(
            m, n, k, a, m, b, ldb, s.baseAddress!, rcond, &rank, work, lwork, integers.baseAddress!)
        }
      }
    }
  }
  if info > 0 { throw .noConvergence(remaining: info) }
  return try problem.solution(rank: Int(rank), singularValues: singularValues)
}

/// The rcond of a call: max(m, n) ε by default. In place of 0, which `?gelsd` replaces by ε and with which `?gelsy`
/// divides by zeros, the smallest normal number: then only zeros count as zero.
private func reciprocalCondition<Scalar: BLASScalar>(
  _ rcond: Scalar?, _ shape: Shape, _ routine: StaticString
) -> Scalar {
  let value = relativeTolerance(rcond, shape, "\(routine): rcond")
  return max(value, Scalar.leastNormalMagnitude)
}
