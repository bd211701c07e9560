public import LinearAlgebra

/// Where two results differ by more than rounding allows, in words; nil where they agree. Written for
/// `#expect(difference(…) == nil)`, whose failure then tells index, values and the error in ε.
///
/// - Parameters:
///   - actual: the result.
///   - expected: what it should be.
///   - factor: the tolerance in units of ε of the scalar times `scale`.
///   - scale: the magnitude that rounding errors are relative to; nil for the largest expected magnitude, at least 1.
public func difference<Scalar: BLASScalar>(
  _ actual: [Scalar], _ expected: [Scalar], factor: Double, scale: Double? = nil
) -> String? {
  if actual.count != expected.count { return "\(actual.count) elements instead of \(expected.count)" }
  let scale = scale ?? expected.reduce(1) { max($0, abs(Double($1))) }
  let unit = Double(Scalar.ulpOfOne) * scale
  for (index, (a, e)) in zip(actual, expected).enumerated() {
    let error = abs(Double(a) - Double(e)) / unit
    if !(error <= factor) {
      return "element \(index): \(a) instead of \(e), an error of \(error) ε where \(factor) ε are allowed"
    }
  }
  return nil
}

/// Where two matrices differ in shape or by more than rounding allows; nil where they agree.
public func difference<Scalar: BLASScalar>(
  _ actual: Matrix<Scalar>, _ expected: Matrix<Scalar>, factor: Double, scale: Double? = nil
) -> String? {
  if actual.shape != expected.shape { return "shape \(actual.shape) instead of \(expected.shape)" }
  return difference(actual.elements, expected.elements, factor: factor, scale: scale)
}
