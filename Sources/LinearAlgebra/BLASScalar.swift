/// Storage type of a matrix: `Float` or `Double`.
///
/// One requirement per BLAS or LAPACK routine that the package uses. The conformances, `Float+Routines.swift` and
/// `Double+Routines.swift`, hold one line per routine and differ only in the routine's first letter; everything
/// else is generic. The underscored requirements take raw pointers and check nothing: call the functions that bear
/// the routine's plain name (`gemv`, `gels`, …) instead.
///
/// BLAS routines here see row-major matrices, LAPACK routines column-major ones.
public protocol BLASScalar: BinaryFloatingPoint, LosslessStringConvertible, SIMDScalar, BitwiseCopyable,
  Sendable,
  Codable
{
  // MARK: BLAS 1
  static func _axpy(_ n: Int, _ alpha: Self, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>)
  static func _dot(_ n: Int, _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>) -> Self
  static func _nrm2(_ n: Int, _ x: UnsafePointer<Self>) -> Self
  static func _asum(_ n: Int, _ x: UnsafePointer<Self>) -> Self

  // MARK: BLAS 2 and 3
  static func _gemv(
    _ op: Transpose, _ m: Int, _ n: Int, _ alpha: Self, _ a: UnsafePointer<Self>, _ lda: Int,
    _ x: UnsafePointer<Self>, _ beta: Self, _ y: UnsafeMutablePointer<Self>)
  static func _gemm(
    _ opA: Transpose, _ opB: Transpose, _ m: Int, _ n: Int, _ k: Int, _ alpha: Self, _ a: UnsafePointer<Self>,
    _ lda: Int, _ b: UnsafePointer<Self>, _ ldb: Int, _ beta: Self, _ c: UnsafeMutablePointer<Self>,
    _ ldc: Int)
  static func _syrk(
    _ triangle: Triangle, _ op: Transpose, _ n: Int, _ k: Int, _ alpha: Self, _ a: UnsafePointer<Self>,
    _ lda: Int,
    _ beta: Self, _ c: UnsafeMutablePointer<Self>, _ ldc: Int)

  // MARK: LAPACK
  static func _potrf(_ uplo: CChar, _ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int) -> Int32
  static func _potrs(
    _ uplo: CChar, _ n: Int, _ nrhs: Int, _ a: UnsafePointer<Self>, _ lda: Int,
    _ b: UnsafeMutablePointer<Self>,
    _ ldb: Int
  ) -> Int32
  static func _pocon(
    _ uplo: CChar, _ n: Int, _ a: UnsafePointer<Self>, _ lda: Int, _ anorm: Self,
    _ rcond: UnsafeMutablePointer<Self>,
    _ work: UnsafeMutablePointer<Self>, _ iwork: UnsafeMutablePointer<Int32>
  ) -> Int32
  static func _geqrf(
    _ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int, _ tau: UnsafeMutablePointer<Self>,
    _ work: UnsafeMutablePointer<Self>, _ lwork: Int
  ) -> Int32
  static func _tpqrt(
    _ m: Int, _ n: Int, _ l: Int, _ nb: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int,
    _ b: UnsafeMutablePointer<Self>, _ ldb: Int, _ t: UnsafeMutablePointer<Self>, _ ldt: Int,
    _ work: UnsafeMutablePointer<Self>
  ) -> Int32
  static func _trtri(_ uplo: CChar, _ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int) -> Int32
  static func _trtrs(
    _ uplo: CChar, _ op: Transpose, _ n: Int, _ nrhs: Int, _ a: UnsafePointer<Self>, _ lda: Int,
    _ b: UnsafeMutablePointer<Self>, _ ldb: Int
  ) -> Int32
  static func _gesdd(
    _ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int, _ s: UnsafeMutablePointer<Self>,
    _ u: UnsafeMutablePointer<Self>, _ ldu: Int, _ vt: UnsafeMutablePointer<Self>, _ ldvt: Int,
    _ work: UnsafeMutablePointer<Self>, _ lwork: Int, _ iwork: UnsafeMutablePointer<Int32>
  ) -> Int32
  static func _gels(
    _ m: Int, _ n: Int, _ nrhs: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int,
    _ b: UnsafeMutablePointer<Self>,
    _ ldb: Int, _ work: UnsafeMutablePointer<Self>, _ lwork: Int
  ) -> Int32
  static func _gelsy(
    _ m: Int, _ n: Int, _ nrhs: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int,
    _ b: UnsafeMutablePointer<Self>,
    _ ldb: Int, _ jpvt: UnsafeMutablePointer<Int32>, _ rcond: Self, _ rank: UnsafeMutablePointer<Int32>,
    _ work: UnsafeMutablePointer<Self>, _ lwork: Int
  ) -> Int32
  static func _gelsd(
    _ m: Int, _ n: Int, _ nrhs: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int,
    _ b: UnsafeMutablePointer<Self>,
    _ ldb: Int, _ s: UnsafeMutablePointer<Self>, _ rcond: Self, _ rank: UnsafeMutablePointer<Int32>,
    _ work: UnsafeMutablePointer<Self>, _ lwork: Int, _ iwork: UnsafeMutablePointer<Int32>
  ) -> Int32
}
