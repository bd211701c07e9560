extension Matrix {
  /// Whether ‖A − B‖ ≤ max(`absoluteTolerance`, `relativeTolerance` · max(‖A‖, ‖B‖)), or A = B.
  ///
  /// The tolerance holds for the matrix as a whole: a small element beside large ones may differ by much of itself. As
  /// with `isApproximatelyEqual` of swift-numerics, NaN equals nothing, a matrix with infinities only one that is
  /// equal, and with no absolute tolerance zeros only zeros. Matrices of different shapes are not equal, as with `==`.
  ///
  /// - Parameters:
  ///   - other: B.
  ///   - absoluteTolerance: the difference in the norm that is allowed however small the matrices are.
  ///   - relativeTolerance: the difference that is allowed in proportion to the larger norm, by default √ε.
  ///   - norm: the norm of matrix and difference.
  /// - Precondition: no tolerance is negative; the relative one is at most 1.
  /// - Complexity: O(rowCount · columnCount), one allocation.
  public func isApproximatelyEqual(
    to other: Matrix, absoluteTolerance: Scalar = 0,
    relativeTolerance: Scalar = Scalar.ulpOfOne.squareRoot(), norm: MatrixNorm = .frobenius
  ) -> Bool {
    require(absoluteTolerance >= 0, "isApproximatelyEqual: an absolute tolerance of \(absoluteTolerance)")
    require(
      relativeTolerance >= 0 && relativeTolerance <= 1,
      "isApproximatelyEqual: a relative tolerance of \(relativeTolerance), which is not within 0 ... 1")
    if shape != other.shape { return false }
    let difference = (self - other).norm(norm), sizes = (self.norm(norm), other.norm(norm))
    if difference == 0 { return true }
    if !difference.isFinite || !sizes.0.isFinite || !sizes.1.isFinite {
      if !self.norm(.max).isFinite || !other.norm(.max).isFinite {
        // Arrays that share storage are equal in spite of NaN.
        return zip(storage, other.storage).allSatisfy(==)
      }
      // Finite elements whose norm overflows.
      let shrink: Scalar = 0x1p-64
      return (shrink * self).isApproximatelyEqual(
        to: shrink * other, absoluteTolerance: shrink * absoluteTolerance,
        relativeTolerance: relativeTolerance,
        norm: norm)
    }
    return difference <= Swift.max(absoluteTolerance, relativeTolerance * Swift.max(sizes.0, sizes.1))
  }
}
