// Powers of two that keep what lies between a matrix and its solution away from the ends of the numbers.

extension ColumnMajor {
  /// Multiplies the matrix by a power of two where its largest element is so large or small that a factorization could
  /// overflow or underflow though the solution does not; rounds nothing that is not subnormal.
  ///
  /// - Parameter isEven: whether the exponent has to be even, for a factor that has the power's root.
  /// - Returns: that power; 1 for most matrices.
  mutating func scaleToSafeRange(isEven: Bool = false) -> Scalar {
    let largest = transposed.norm(.max), limit = Scalar.greatestFiniteMagnitude.exponent / 5
    if largest.isZero || abs(largest.exponent) <= limit { return 1 }
    // Within the normal numbers.
    var exponent = max(min(-largest.exponent, 5 * limit), -5 * limit)
    if isEven { exponent -= exponent % 2 }
    let scale = Scalar(sign: .plus, exponent: exponent, significand: 1)
    multiply(by: scale)
    return scale
  }

  /// Multiplies each element.
  mutating func multiply(by factor: Scalar) {
    if factor == 1 { return }
    elements.withUnsafeMutableBufferPointer { elements in
      guard let start = elements.baseAddress else { return }
      apply(.multiply, .result, .scalar(factor), count: elements.count, into: start)
    }
  }

  /// Multiplies each element by the quotient of two powers of two, which may itself be beyond the type.
  mutating func multiply(by factor: Scalar, over divisor: Scalar) {
    if factor == divisor { return }
    // Half of the exponent at a time.
    let exponent = factor.exponent - divisor.exponent, half = exponent / 2
    multiply(by: Scalar(sign: .plus, exponent: half, significand: 1))
    multiply(by: Scalar(sign: .plus, exponent: exponent - half, significand: 1))
  }

  /// The matrix times a factor.
  func times(_ factor: Scalar) -> ColumnMajor {
    var result = self
    result.multiply(by: factor)
    return result
  }

  /// Throws where an element of the diagonal is not finite: pivots were subnormal, and their reciprocals overflow.
  func checkPivots() throws(LAPACKError) {
    for i in 0..<min(rowCount, columnCount) where !elements[i * rowCount + i].isFinite {
      throw .overflow(result: "the factorization")
    }
  }
}
