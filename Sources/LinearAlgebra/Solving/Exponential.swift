/// eᴬ = I + A + A²/2! + A³/3! + …, by scaling and squaring of a Padé approximant.
///
/// The scaling follows the powers of A rather than its norm, which may be far larger where A is not normal (Al-Mohy and
/// Higham 2009, doi:10.1137/09074721X, algorithm 5.1); the norms of powers are computed instead of estimated. Of a
/// triangular A, the diagonal and the elements beside it are the exponentials of their 2 × 2 blocks at every step
/// (their code fragment 2.1). Where A is neither normal nor triangular, and its norm is extremely large, squaring may
/// still lose digits. The exponential of a diagonal A is that of its elements.
///
/// - Parameter a: A, n × n.
/// - Returns: n × n.
/// - Throws: ``LAPACKError/nonFinite(argument:row:column:)``, ``LAPACKError/overflow(result:)``.
/// - Precondition: A is square.
/// - Complexity: 2 n³ (8 + s) flops for s squarings, for Float 2 n³ (5 + s), those of LU and those of a solution for n
///   right-hand sides, s being at most ⌈log₂(‖A‖₁ / 4.25)⌉ (for Float 3.9) unless rounding needs more; from two
///   products for small norms, where s = 0.
@specialized(where A == Matrix<Float>)
@specialized(where A == Matrix<Double>)
public func expm<A: RowMajor>(_ a: A) throws(LAPACKError) -> Matrix<A.Scalar> {
  require(a.rowCount == a.columnCount, "expm: A is \(a.shape), not square")
  try checkFinite(a, "A")
  let columns = ColumnMajor(transposing: a), n = a.rowCount
  if n == 0 { return .zeros(0, 0) }
  if columns.isDiagonal() {
    var result = Matrix<A.Scalar>.zeros(n, n)
    for (i, element) in columns.diagonal.enumerated() {
      result[i, i] = A.Scalar(CLibrary.exponential(Double(element)))
    }
    return try finite(result, "the exponential")
  }
  let matrix = columns.transposed
  if !matrix.norm(.one).isFinite { throw .overflow(result: "the exponential") }
  if isUpperTriangular(matrix) { return try squaredApproximant(matrix, isTriangular: true) }
  let transpose = matrix.transposed()
  if isUpperTriangular(transpose) {
    return try squaredApproximant(transpose, isTriangular: true).transposed()
  }
  return try squaredApproximant(matrix, isTriangular: false)
}

/// r(A / 2ˢ) to the power of 2ˢ: r the first approximant that needs no scaling, or the last one.
private func squaredApproximant<Scalar: BLASScalar>(
  _ a: Matrix<Scalar>, isTriangular: Bool
) throws(LAPACKError) -> Matrix<Scalar> {
  var powers = MatrixPowers(of: a)
  let approximants = PadeApproximant.all(for: Scalar.self)
  var last = approximants[approximants.count - 1], squarings = 0
  // Powers are no larger than the norm says: where that is small they need not be looked at.
  if let first = approximants.first(where: { powers.logarithmOfNorm <= $0.logarithmOfLargestSize }) {
    last = first
  } else {
    for approximant in approximants {
      (last, squarings) = (approximant, approximant.squarings(&powers))
      if squarings == 0 { break }
    }
  }
  var result = try last.value(&powers, squarings: squarings)
  if isTriangular { setBlocks(of: &result, a, squarings) }
  for left in (0..<squarings).reversed() {
    result = gemm(result, result)
    if isTriangular { setBlocks(of: &result, a, left) }
    result = try finite(result, "the exponential")
  }
  return try finite(result, "the exponential")
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func isUpperTriangular<Scalar: BLASScalar>(_ a: Matrix<Scalar>) -> Bool {
  for i in 0..<a.rowCount {
    for j in 0..<i where a[i, j] != 0 { return false }
  }
  return true
}

/// Sets the diagonal of e^(A / 2ˢ) and the elements beside it, A upper triangular: for a 2 × 2 block with λ ≥ μ on its
/// diagonal and t beside it, e^λ, e^μ and t (e^λ − e^μ) / (λ − μ) = t e^λ (1 − e^−δ) / δ with δ = λ − μ.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func setBlocks<Scalar: BLASScalar>(of result: inout Matrix<Scalar>, _ a: Matrix<Scalar>, _ s: Int) {
  func scaled(_ element: Scalar) -> Double {
    Double(sign: .plus, exponent: -s, significand: Double(element))
  }
  for i in 0..<a.rowCount {
    result[i, i] = Scalar(CLibrary.exponential(scaled(a[i, i])))
    if i == 0 { continue }
    let (first, second) = (scaled(a[i - 1, i - 1]), scaled(a[i, i]))
    let difference = abs(first - second)
    let quotient = difference == 0 ? 1 : -CLibrary.exponentialMinusOne(-difference) / difference
    // Two factors of one half each: e^λ may underflow where t is large.
    let half = CLibrary.exponential(max(first, second) / 2)
    result[i - 1, i] = Scalar(scaled(a[i - 1, i]) * quotient * half * half)
  }
}
