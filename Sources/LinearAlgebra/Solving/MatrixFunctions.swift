// Systems and functions of matrices in one call.

/// x with A x = b, by the factorization that A's structure allows: see ``Factorization``.
///
/// - Parameters:
///   - a: A, m × n. Where it is not square, x minimises ‖b − A x‖₂, and is of least norm where several do.
///   - b: m elements.
/// - Returns: n elements.
/// - Throws: ``LAPACKError/singular(index:)``; ``LAPACKError/illConditioned(reciprocalCondition:)`` where A is square
///   and the estimate of 1 / κ₁(A) is below ε; ``LAPACKError/nonFinite(argument:row:column:)``;
///   ``LAPACKError/overflow(result:)``.
/// - Precondition: b has m elements.
/// - Complexity: 2/3 n³ flops for a square matrix, n³/3 for a symmetric positive definite one, n² for a triangular one,
///   2 n² (m − n/3) for m ≥ n rows.
@specialized(where A == Matrix<Float>)
@specialized(where A == Matrix<Double>)
public func solve<A: RowMajor>(_ a: A, _ b: [A.Scalar]) throws(LAPACKError) -> [A.Scalar] {
  require(b.count == a.rowCount, "solve: A is \(a.shape) but b has \(b.count) elements")
  let factorization = try Factorization(factoring: a)
  try factorization.checkCondition()
  return try factorization.solve(b)
}

/// X with A X = B, by the factorization that A's structure allows: see ``Factorization``.
///
/// - Parameters:
///   - a: A, m × n. Where it is not square, X minimises ‖B − A X‖₂ column by column, and is of least norm where
///     several do.
///   - b: B, m × k.
/// - Returns: X, n × k.
/// - Throws: as for one right-hand side.
/// - Precondition: B has m rows.
/// - Complexity: as for one right-hand side, and 2 n² k flops.
@specialized(where A == Matrix<Float>)
@specialized(where A == Matrix<Double>)
public func solve<A: RowMajor>(_ a: A, _ b: Matrix<A.Scalar>) throws(LAPACKError) -> Matrix<A.Scalar> {
  require(b.rowCount == a.rowCount, "solve: A is \(a.shape) but B is \(b.shape)")
  let factorization = try Factorization(factoring: a)
  try factorization.checkCondition()
  return try factorization.solve(b)
}

/// A⁻¹. To solve a system, `solve` is faster and more accurate.
///
/// - Parameter a: A, n × n.
/// - Returns: n × n.
/// - Throws: ``LAPACKError/singular(index:)``; ``LAPACKError/illConditioned(reciprocalCondition:)`` where the estimate
///   of 1 / κ₁(A) is below ε; ``LAPACKError/nonFinite(argument:row:column:)``; ``LAPACKError/overflow(result:)``.
/// - Precondition: A is square.
/// - Complexity: 2 n³ flops, n³ for a symmetric positive definite matrix.
@specialized(where A == Matrix<Float>)
@specialized(where A == Matrix<Double>)
public func inverse<A: RowMajor>(_ a: A) throws(LAPACKError) -> Matrix<A.Scalar> {
  require(a.rowCount == a.columnCount, "inverse: A is \(a.shape), not square; use the pseudoinverse")
  let factorization = try Factorization(factoring: a)
  try factorization.checkCondition()
  return try factorization.inverse()
}

/// det A: 0 for a singular matrix, 1 for an empty one. ``LU/logDeterminant`` does not overflow.
///
/// - Parameter a: A, n × n.
/// - Throws: ``LAPACKError/nonFinite(argument:row:column:)``; ``LAPACKError/overflow(result:)`` as ``LU`` does.
/// - Precondition: A is square.
/// - Complexity: 2/3 n³ flops. Uses `?getrf`.
@specialized(where A == Matrix<Float>)
@specialized(where A == Matrix<Double>)
public func determinant<A: RowMajor>(_ a: A) throws(LAPACKError) -> A.Scalar {
  try LU(factoring: a).determinant
}

/// The Moore–Penrose pseudoinverse A⁺.
///
/// - Parameters:
///   - a: A, m × n.
///   - tolerance: singular values up to this times the largest count as zero; max(m, n) ε by default.
/// - Returns: n × m.
/// - Throws: ``LAPACKError/nonFinite(argument:row:column:)``, ``LAPACKError/noConvergence(remaining:)``,
///   ``LAPACKError/overflow(result:)``.
/// - Precondition: 0 ≤ relativeTolerance < 1.
/// - Complexity: about 22 n³ flops for m = n. Uses `?gesdd`.
@specialized(where A == Matrix<Float>)
@specialized(where A == Matrix<Double>)
public func pseudoinverse<A: RowMajor>(
  _ a: A, relativeTolerance tolerance: A.Scalar? = nil
) throws(LAPACKError) -> Matrix<A.Scalar> {
  let tolerance = relativeTolerance(tolerance, a.shape, "pseudoinverse: relativeTolerance")
  return try finite(SVD(factoring: a).pseudoinverse(relativeTolerance: tolerance), "the pseudoinverse")
}

/// The numerical rank of A: the number of singular values that are not rounding.
///
/// - Parameters:
///   - a: A, m × n.
///   - tolerance: singular values up to this times the largest count as zero; max(m, n) ε by default.
/// - Throws: ``LAPACKError/nonFinite(argument:row:column:)``, ``LAPACKError/noConvergence(remaining:)``,
///   ``LAPACKError/overflow(result:)`` where σ₁ is beyond the type.
/// - Precondition: 0 ≤ relativeTolerance < 1.
/// - Complexity: 4 m n² − 4/3 n³ flops for m ≥ n. Uses `?gesdd`.
@specialized(where A == Matrix<Float>)
@specialized(where A == Matrix<Double>)
public func rank<A: RowMajor>(
  _ a: A, relativeTolerance tolerance: A.Scalar? = nil
) throws(LAPACKError) -> Int {
  let tolerance = relativeTolerance(tolerance, a.shape, "rank: relativeTolerance")
  let values = try SVD.values(of: a)
  return values.prefix { $0 > tolerance * values[0] }.count
}

/// ‖A‖₂ = σ₁, the largest singular value; 0 for an empty matrix.
///
/// - Parameter a: A, m × n.
/// - Throws: ``LAPACKError/nonFinite(argument:row:column:)``, ``LAPACKError/noConvergence(remaining:)``,
///   ``LAPACKError/overflow(result:)`` where σ₁ is beyond the type.
/// - Complexity: 4 m n² − 4/3 n³ flops for m ≥ n. Uses `?gesdd`.
@specialized(where A == Matrix<Float>)
@specialized(where A == Matrix<Double>)
public func norm2<A: RowMajor>(_ a: A) throws(LAPACKError) -> A.Scalar {
  try SVD.values(of: a).first ?? 0
}

/// κ₂(A) = σ₁ / σ of the least singular value: infinity for a singular matrix, 1 for an empty one.
///
/// - Parameter a: A, m × n.
/// - Throws: ``LAPACKError/nonFinite(argument:row:column:)``, ``LAPACKError/noConvergence(remaining:)``,
///   ``LAPACKError/overflow(result:)`` where σ₁ is beyond the type.
/// - Complexity: 4 m n² − 4/3 n³ flops for m ≥ n. Uses `?gesdd`.
@specialized(where A == Matrix<Float>)
@specialized(where A == Matrix<Double>)
public func conditionNumber<A: RowMajor>(_ a: A) throws(LAPACKError) -> A.Scalar {
  let values = try SVD.values(of: a)
  guard let first = values.first, let last = values.last else { return 1 }
  return last == 0 ? .infinity : first / last
}

/// A tolerance relative to the largest singular value, or to the norm: max(m, n) ε by default.
/// - Precondition: 0 ≤ tolerance < 1.
func relativeTolerance<Scalar: BLASScalar>(
  _ tolerance: Scalar?, _ shape: Shape, _ name: @autoclosure () -> String
) -> Scalar {
  guard let tolerance else { return Scalar(max(shape.rows, shape.columns)) * Scalar.ulpOfOne }
  require(tolerance >= 0 && tolerance < 1, "\(name()) is \(tolerance), which is not within 0 ..< 1")
  return tolerance
}
