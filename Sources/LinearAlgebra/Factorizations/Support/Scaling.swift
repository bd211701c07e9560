extension ColumnMajor {
  /// Multiplies the matrix by a number that takes its largest magnitude to where squares neither over- nor underflow,
  /// if it is not there, as LAPACK's drivers do.
  ///
  /// - Returns: the number, 1 for most matrices.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  mutating func scaleToMiddle() -> Scalar {
    let smallest = (Scalar.leastNormalMagnitude / Scalar.ulpOfOne).squareRoot(), largest = 1 / smallest
    var magnitude: Scalar = 0
    elements.withUnsafeBufferPointer { for x in $0 { magnitude = max(magnitude, abs(x)) } }
    if magnitude == 0 || (smallest...largest).contains(magnitude) { return 1 }
    let scale = (magnitude < smallest ? smallest : largest) / magnitude
    elements.withUnsafeMutableBufferPointer { a in for i in a.indices { a[i] *= scale } }
    return scale
  }
}
