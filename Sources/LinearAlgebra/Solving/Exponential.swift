/// eᴬ = I + A + A²/2! + A³/3! + …, by scaling and squaring of a Padé approximant (Higham 2005,
/// doi:10.1137/04061101X).
///
/// The result is exact but for the exponentials of single numbers where A is diagonal. Where A is far from normal and
/// its norm is large, squaring may lose digits (Al-Mohy and Higham 2009, doi:10.1137/09074721X).
///
/// - Parameter a: A, n × n.
/// - Returns: n × n.
/// - Throws: ``LAPACKError/nonFinite(argument:row:column:)``, ``LAPACKError/overflow(result:)``.
/// - Precondition: A is square.
/// - Complexity: 2 n³ (6 + s) flops, those of LU and those of a solution for n right-hand sides, with s =
///   ⌈log₂(‖A‖₁ / 5.4)⌉ squarings (for Float 3.9) where that is positive; less for small norms.
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
  let matrix = columns.transposed, norm = ColumnMajor(matrix).norm1
  if !norm.isFinite { throw .overflow(result: "the exponential") }
  let approximants = PadeApproximant.all(for: A.Scalar.self)
  if let approximant = approximants.first(where: { norm <= A.Scalar($0.largestNorm) }) {
    return try finite(approximant.value(at: matrix), "the exponential")
  }
  let last = approximants[approximants.count - 1]
  let ratio = norm / A.Scalar(last.largestNorm)
  let squarings = Int(ratio.exponent) + (ratio.significand == 1 ? 0 : 1)
  let scale = A.Scalar(sign: .plus, exponent: A.Scalar.Exponent(-squarings), significand: 1)
  var result = try last.value(at: scale * matrix)
  for _ in 0..<squarings { result = try finite(gemm(result, result), "the exponential") }
  return result
}

/// The diagonal Padé approximant of eˣ of one degree m: p(x) / p(−x), p of degree m.
private struct PadeApproximant {
  let degree: Int

  /// θ: its backward error is below the rounding of the type for ‖A‖₁ up to this (Higham 2005, tables 2.3 and for
  /// single precision 2.4).
  let largestNorm: Double

  /// Those that are used for a type, by degree.
  static func all<Scalar: BLASScalar>(for: Scalar.Type) -> [PadeApproximant] {
    let ofDouble = [
      (3, 1.495585217958292e-2), (5, 2.539398330063230e-1), (7, 9.504178996162932e-1), (9, 2.097847961257068),
      (13, 5.371920351148152),
    ]
    let ofFloat = [(3, 4.258730016922831e-1), (5, 1.880152677804762), (7, 3.925724783138660)]
    return (Scalar.self == Float.self ? ofFloat : ofDouble).map {
      PadeApproximant(degree: $0, largestNorm: $1)
    }
  }

  /// The coefficients of p in units of b₁, from that of x⁰ on: bₖ₊₁ / bₖ = (m − k) / ((2 m − k) (k + 1)). Then b₀ = 2
  /// and b₁ = 1, and the exponential of an A with A² = 0 is exact.
  private var coefficients: [Double] {
    var result = [2.0, 1]
    for k in 1..<degree {
      result.append(result[k] * Double(degree - k) / Double((2 * degree - k) * (k + 1)))
    }
    return result
  }

  /// p(A) / p(−A) = (V + U) / (V − U), U of the odd powers and V of the even ones.
  func value<Scalar: BLASScalar>(at a: Matrix<Scalar>) throws(LAPACKError) -> Matrix<Scalar> {
    let b = coefficients.map { Scalar($0) }, n = a.rowCount
    let square = gemm(a, a)
    var powers = [Matrix<Scalar>.identity(n), square]  // A⁰, A², A⁴, …
    while powers.count <= min(degree / 2, degree == 13 ? 3 : 4) { powers.append(gemm(powers.last!, square)) }
    func sum(_ first: Int) -> Matrix<Scalar> {
      var low = combination(powers, stride(from: first, through: min(degree, 7), by: 2).map { b[$0] })
      if degree == 9 { low = combination([low, powers[4]], [1, b[first + 8]]) }
      if degree < 13 { return low }
      // x¹³: A⁶ (b₁₃ A⁶ + b₁₁ A⁴ + b₉ A²) needs no power above A⁶.
      let high = combination(Array(powers[1...]), stride(from: first + 8, through: 13, by: 2).map { b[$0] })
      return combination([low, gemm(powers[3], high)], [1, 1])
    }
    let u = gemm(a, sum(1)), v = sum(0)
    let one: Scalar = 1
    return try LU(factoring: combination([v, u], [one, -one])).solve(combination([v, u], [one, one]))
  }
}

/// Σ factors[i] matrices[i], over as many as there are factors.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func combination<Scalar: BLASScalar>(
  _ matrices: [Matrix<Scalar>], _ factors: [Scalar]
) -> Matrix<Scalar> {
  var result = Matrix<Scalar>.zeros(matrices[0].rowCount, matrices[0].columnCount)
  for (matrix, factor) in zip(matrices, factors) { axpy(factor, matrix.storage, into: &result.storage) }
  return result
}
