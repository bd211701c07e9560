/// The diagonal Padé approximant of eˣ of one degree m: p(x) / p(−x), p of degree m.
struct PadeApproximant {
  let degree: Int

  /// log₂ θ: the backward error is below the rounding of the type for sizes of A up to θ (Higham 2005,
  /// doi:10.1137/04061101X, tables 2.3 and for single precision 2.4; for degree 13, Al-Mohy and Higham 2009).
  let logarithmOfLargestSize: Double

  /// log₂ u: what is rounded is off by up to this share.
  private let logarithmOfRounding: Double

  /// Those that are used for a type, by degree.
  static func all<Scalar: BLASScalar>(for: Scalar.Type) -> [PadeApproximant] {
    let ofDouble = [
      (3, 1.495585217958292e-2), (5, 2.539398330063230e-1), (7, 9.504178996162932e-1), (9, 2.097847961257068),
      (13, 4.25),
    ]
    let ofFloat = [(3, 4.258730016922831e-1), (5, 1.880152677804762), (7, 3.925724783138660)]
    return (Scalar.self == Float.self ? ofFloat : ofDouble).map {
      PadeApproximant(
        degree: $0, logarithmOfLargestSize: CLibrary.binaryLogarithm($1),
        logarithmOfRounding: Double(Scalar.ulpOfOne.exponent) - 1)
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

  /// s: how often A has to be halved.
  ///
  /// Until αₚ / 2ˢ ≤ θ for one of the αₚ that bound the backward error, and until rounding in the evaluation, which
  /// grows with the powers of |A|, is no more than u: c ‖|A|²ᵐ⁺¹‖₁ / ‖A‖₁ ≤ u at A / 2ˢ, with 1 / c = (2m choose m)
  /// (2m + 1)! from the backward error's first term (Al-Mohy and Higham 2009, ℓ in algorithm 5.1).
  func squarings<Scalar>(_ powers: inout MatrixPowers<Scalar>) -> Int {
    var size = Double.infinity
    for p in 2...4 where p * (p - 1) <= degree { size = min(size, powers.logarithmOfSize(p)) }
    var term = powers.logarithmOfMagnitudes(2 * degree + 1)
    for k in 1...degree { term -= CLibrary.binaryLogarithm(Double(degree + k) / Double(k)) }
    for k in 1...2 * degree + 1 { term -= CLibrary.binaryLogarithm(Double(k)) }
    let needed = max(size - logarithmOfLargestSize, (term - logarithmOfRounding) / Double(2 * degree))
    return needed > 0 ? Int(needed.rounded(.up)) : 0
  }

  /// p(A / 2ˢ) / p(−A / 2ˢ) = (V + U) / (V − U), U of the odd powers and V of the even ones.
  func value<Scalar: BLASScalar>(
    _ powers: inout MatrixPowers<Scalar>, squarings s: Int
  ) throws(LAPACKError) -> Matrix<Scalar> {
    let b = coefficients.map { Scalar($0) }
    let highest = degree == 13 ? 3 : degree / 2
    powers.compute(highest)
    let even = powers.even.prefix(highest + 1).enumerated().map { k, power in power.value(halvings: 2 * k * s)
    }
    func sum(_ first: Int) -> Matrix<Scalar> {
      let low = combination(even, even.indices.map { b[first + 2 * $0] })
      if degree < 13 { return low }
      // x¹³: A⁶ (b₁₃ A⁶ + b₁₁ A⁴ + b₉ A²) needs no power above A⁶.
      return low + gemm(even[3], combination(Array(even[1...]), (1...3).map { b[first + 6 + 2 * $0] }))
    }
    let u = gemm(powers.base.value(halvings: s), sum(1)), v = sum(0)
    return try LU(factoring: v - u).solve(v + u)
  }
}

/// Σ factors[i] matrices[i]
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func combination<Scalar: BLASScalar>(
  _ matrices: [Matrix<Scalar>], _ factors: [Scalar]
) -> Matrix<Scalar> {
  var result = Matrix<Scalar>.zeros(matrices[0].rowCount, matrices[0].columnCount)
  for (matrix, factor) in zip(matrices, factors) { axpy(factor, matrix.storage, into: &result.storage) }
  return result
}
