/// The powers of a square matrix A that its exponential takes, computed when they are asked for.
struct MatrixPowers<Scalar: BLASScalar> {
  /// A.
  let base: ScaledMatrix<Scalar>

  /// I, A², A⁴, …
  private(set) var even: [ScaledMatrix<Scalar>]

  /// |A|, element by element, divided by what A is multiplied by in `base`.
  private let magnitudes: Matrix<Double>

  init(of a: Matrix<Scalar>) {
    base = ScaledMatrix(a)
    even = [ScaledMatrix(.identity(a.rowCount))]
    magnitudes = Matrix(
      rows: a.rowCount, columns: a.rowCount, elements: base.matrix.storage.map { Double(abs($0)) })
  }

  /// log₂ ‖A‖₁
  var logarithmOfNorm: Double { base.logarithmOfNorm }

  /// Computes I, A², …, up to the power of degree 2 `count`.
  mutating func compute(_ count: Int) {
    while even.count <= count {
      let (a, b) = even.count == 1 ? (base, base) : (even[even.count - 1], even[1])
      even.append(ScaledMatrix(gemm(a.matrix, b.matrix), exponent: a.exponent + b.exponent))
    }
  }

  /// log₂ of αₚ = max(‖A²ᵖ‖₁^(1/2p), ‖A²ᵖ⁺²‖₁^(1/(2p + 2))), which takes the place of ‖A‖₁ in the bound of a power
  /// series that starts with x^(2m + 1), m ≥ p (p − 1) (Al-Mohy and Higham 2009, theorem 4.2).
  mutating func logarithmOfSize(_ p: Int) -> Double {
    compute(p + 1)
    return max(even[p].logarithmOfNorm / Double(2 * p), even[p + 1].logarithmOfNorm / Double(2 * p + 2))
  }

  /// log₂ (‖|A|ᵏ‖₁ / ‖A‖₁), by k products of the vector of ones with |A|.
  func logarithmOfMagnitudes(_ k: Int) -> Double {
    var sums = [Double](repeating: 1, count: magnitudes.rowCount), result = 0.0
    for _ in 0..<k {
      sums = gemv(magnitudes, sums, transpose: .transpose)
      let largest = sums.max() ?? 0
      if largest == 0 { return -.infinity }
      result += CLibrary.binaryLogarithm(largest)
      sums = sums.map { $0 / largest }
    }
    return result + Double(k * base.exponent) - base.logarithmOfNorm
  }
}

/// A matrix in units of a power of two in which its products neither overflow nor, where elements are of very different
/// sizes, underflow: its norm is half way to the largest number, in the logarithm.
struct ScaledMatrix<Scalar: BLASScalar> {
  let matrix: Matrix<Scalar>

  /// What is meant is 2 to the power of this times the matrix.
  let exponent: Int

  /// log₂ of ‖ ‖₁ of what is meant; −∞ for zeros.
  let logarithmOfNorm: Double

  /// - Precondition: ‖matrix‖₁ is finite.
  init(_ matrix: Matrix<Scalar>, exponent: Int = 0) {
    let norm = matrix.norm(.one)
    if norm == 0 {
      (self.matrix, self.exponent, logarithmOfNorm) = (matrix, 0, -.infinity)
      return
    }
    // What is left of the range are the sums of a product.
    let shift = Int(norm.exponent) - (Int(Scalar.greatestFiniteMagnitude.exponent) / 2 - 11)
    self.matrix = matrix.times(powerOfTwo: -shift)
    self.exponent = exponent + shift
    logarithmOfNorm = CLibrary.binaryLogarithm(Double(norm)) + Double(exponent)
  }

  /// What is meant, divided by 2 to the power of `halvings`.
  func value(halvings: Int) -> Matrix<Scalar> { matrix.times(powerOfTwo: exponent - halvings) }
}

extension Matrix {
  /// The matrix times 2 to the power of `exponent`, in two steps: one factor may be beyond the type where the product
  /// is not.
  fileprivate func times(powerOfTwo exponent: Int) -> Matrix {
    func power(_ exponent: Int) -> Scalar {
      Scalar(sign: .plus, exponent: Scalar.Exponent(exponent), significand: 1)
    }
    let half = exponent / 2
    return power(half) * (power(exponent - half) * self)
  }
}
