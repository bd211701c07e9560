internal import COpenBLAS

/// Whether a routine uses a matrix A as it is or its transpose Aᵀ: op(A) in the formulas.
public enum Transpose: Sendable {
  /// op(A) = A
  case none
  /// op(A) = Aᵀ
  case transpose
}

/// The triangle of a symmetric matrix that a routine reads and writes; it leaves the other one alone.
public enum Triangle: Sendable {
  /// Elements (i, j) with i ≤ j.
  case upper
  /// Elements (i, j) with i ≥ j.
  case lower
}

/// The side from which a triangular matrix multiplies.
@usableFromInline
package enum Side: Sendable { case left, right }

/// The diagonal of a triangular matrix: stored, or ones that are not stored.
@usableFromInline
package enum Diagonal: Sendable { case stored, ones }

// The one place where these words become the C libraries' constants.

extension Transpose {
  var cblas: CBLAS_TRANSPOSE { self == .none ? CblasNoTrans : CblasTrans }

  /// LAPACK's `trans`, of a column-major matrix.
  var lapack: CChar { CChar(UInt8(ascii: self == .none ? "N" : "T")) }
}

extension Side {
  var cblas: CBLAS_SIDE { self == .left ? CblasLeft : CblasRight }
}

extension Diagonal {
  var cblas: CBLAS_DIAG { self == .stored ? CblasNonUnit : CblasUnit }
}

extension Triangle {
  var cblas: CBLAS_UPLO { self == .upper ? CblasUpper : CblasLower }

  /// LAPACK's `uplo` for a row-major matrix. LAPACK reads the same memory column by column and so sees the
  /// transpose: our upper triangle is its lower one.
  var lapackOfRowMajor: CChar { CChar(UInt8(ascii: self == .upper ? "L" : "U")) }
}

/// LAPACK's `trans` for op(A) = A.
let noTranspose = CChar(UInt8(ascii: "N"))

/// LAPACK's `side` for Q B.
let left = CChar(UInt8(ascii: "L"))

/// LAPACK's `diag` for a triangle whose diagonal is stored.
let nonUnit = CChar(UInt8(ascii: "N"))

/// LAPACK's `uplo` for the upper triangle of a column-major matrix.
package let upperTriangle = CChar(UInt8(ascii: "U"))

/// LAPACK's `uplo` for the lower triangle of a column-major matrix.
let lowerTriangle = CChar(UInt8(ascii: "L"))

/// LAPACK's `norm` for ‖A‖₁.
let oneNorm = CChar(UInt8(ascii: "1"))

/// LAPACK's `norm` for ‖A‖∞.
let infinityNorm = CChar(UInt8(ascii: "I"))

/// LAPACK's `job` for eigenvalues or singular values alone.
let noVectors = CChar(UInt8(ascii: "N"))

/// LAPACK's `job` for eigenvectors too.
let withVectors = CChar(UInt8(ascii: "V"))

/// LAPACK's `job` for the vectors of a tridiagonal or bidiagonal matrix itself.
let fromIdentity = CChar(UInt8(ascii: "I"))

/// LAPACK's `direct` for reflectors H₁ H₂ ….
let forward = CChar(UInt8(ascii: "F"))

/// LAPACK's `storev` for reflectors that are stored as columns.
let columnwise = CChar(UInt8(ascii: "C"))

/// A dimension as BLAS and LAPACK take it.
@inline(__always)
func int(_ dimension: Int) -> Int32 {
  guard let small = Int32(exactly: dimension) else { failDimension(dimension) }
  return small
}

/// Apart, so that the check is small enough to be inlined.
@inline(never)
private func failDimension(_ dimension: Int) -> Never {
  fatalError(
    "a dimension of \(dimension) is more than one BLAS or LAPACK call can take (\(Int32.max)); pass blocks of rows"
  )
}
