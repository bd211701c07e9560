/// A norm of a matrix.
public enum MatrixNorm: Sendable {
  /// ‖A‖₁, the largest sum of magnitudes in a column.
  case one
  /// ‖A‖∞, the largest sum of magnitudes in a row.
  case infinity
  /// ‖A‖_F = √(Σ aᵢⱼ²)
  case frobenius
  /// The largest magnitude of an element. Not submultiplicative: ‖A B‖ may exceed ‖A‖ ‖B‖.
  case max
}

extension RowMajor {
  /// A norm of the matrix; 0 for an empty one, NaN where an element is.
  ///
  /// Sums are formed in Double; the Frobenius norm overflows or underflows only where the result does.
  /// - Complexity: O(rowCount · columnCount), at the speed of memory. Uses `?nrm2` for a Frobenius norm whose squares
  ///   overflow or underflow.
  public func norm(_ norm: MatrixNorm) -> Scalar {
    switch norm {
    case .one: Scalar(largest(columnSums(of: .magnitude)))
    case .infinity: Scalar(largest(rowSums(of: .magnitude)))
    case .frobenius: frobeniusNorm()
    case .max: extremum(.largestMagnitude) ?? 0
    }
  }

  private func largest(_ sums: [Double]) -> Double { sums.reduce(0) { $1 > $0 || $1.isNaN ? $1 : $0 } }

  private func frobeniusNorm() -> Scalar {
    let squares = sum(of: .square)
    // Squares below the smallest normal number have lost at most 2⁻⁵², relative to such a sum.
    if squares > 0x1p-900 && squares.isFinite || squares.isNaN { return Scalar(squares.squareRoot()) }
    // The norm of the norms of pieces that one call of BLAS takes.
    return withUnsafeElements { elements in
      let piece = 1 << 20
      return LinearAlgebra.norm(
        stride(from: 0, to: elements.count, by: piece).map {
          Scalar.routines.nrm2(Swift.min(piece, elements.count - $0), elements.baseAddress! + $0)
        })
    }
  }
}
