/// det A as its sign and the logarithm of its magnitude, which are finite where det A overflows or underflows.
public struct LogDeterminant<Scalar: BLASScalar>: Equatable, Sendable {
  /// 1, −1, or 0 for a singular matrix.
  public let sign: Scalar

  /// ln |det A|; −∞ for a singular matrix.
  public let logarithm: Scalar
}

/// A product of many factors, which cannot overflow or underflow: ± m · 2ᵉ with 1 ≤ m < 2.
struct ScaledProduct<Scalar: BLASScalar> {
  private var significand: Scalar = 1
  private var exponent = 0

  mutating func multiply(by factor: Scalar) {
    significand *= factor.isZero ? 0 : factor / Scalar(sign: .plus, exponent: factor.exponent, significand: 1)
    if significand.isZero { return }
    exponent += Int(factor.exponent) + Int(significand.exponent)
    significand = Scalar(sign: significand.sign, exponent: 0, significand: significand.significand)
  }

  /// Multiplies by a power of a power of two.
  mutating func multiply(by powerOfTwo: Scalar, times count: Int) {
    exponent += Int(powerOfTwo.exponent) * count
  }

  /// The product; infinity or zero where it is too large or too small for the type.
  var value: Scalar {
    if significand.isZero { return 0 }
    // Beyond this the result is infinity or zero whatever the significand.
    let exponent = max(-5000, min(5000, exponent))
    return Scalar(sign: significand.sign, exponent: Scalar.Exponent(exponent), significand: abs(significand))
  }

  var logarithm: LogDeterminant<Scalar> {
    if significand.isZero { return LogDeterminant(sign: 0, logarithm: -.infinity) }
    let logarithm = CLibrary.logarithm(Double(abs(significand))) + Double(exponent) * CLibrary.logarithm(2)
    return LogDeterminant(sign: significand < 0 ? -1 : 1, logarithm: Scalar(logarithm))
  }
}
