// BLAS level 1: vectors.

/// y ← α x + y
///
/// - Parameters:
///   - alpha: α.
///   - x: n elements.
///   - y: n elements, updated in place.
/// - Precondition: x and y are equally long.
/// - Complexity: 2 n flops, no allocation. Uses `?axpy`.
public func axpy<Scalar: BLASScalar>(_ alpha: Scalar, _ x: [Scalar], into y: inout [Scalar]) {
  require(x.count == y.count, "axpy: x has \(x.count) elements, y has \(y.count)")
  if x.isEmpty { return }
  y.withUnsafeMutableBufferPointer { Scalar.routines.axpy(x.count, alpha, x, $0.baseAddress!) }
}

/// xᵀ y
///
/// - Parameters:
///   - x: n elements.
///   - y: n elements.
/// - Returns: the inner product; 0 for empty vectors.
/// - Precondition: x and y are equally long.
/// - Complexity: 2 n flops, no allocation. Uses `?dot`.
public func dot<Scalar: BLASScalar>(_ x: [Scalar], _ y: [Scalar]) -> Scalar {
  require(x.count == y.count, "dot: x has \(x.count) elements, y has \(y.count)")
  return x.isEmpty ? 0 : Scalar.routines.dot(x.count, x, y)
}

/// ‖x‖₂ = √(Σ xᵢ²), without overflow where the result itself does not overflow.
///
/// - Parameter x: n elements.
/// - Returns: the Euclidean norm; 0 for an empty vector.
/// - Complexity: 2 n flops, no allocation. Uses `?nrm2`, the name under which BLAS has it.
public func norm<Scalar: BLASScalar>(_ x: [Scalar]) -> Scalar {
  x.isEmpty ? 0 : Scalar.routines.nrm2(x.count, x)
}
