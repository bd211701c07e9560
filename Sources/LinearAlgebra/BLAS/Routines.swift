/// The BLAS and LAPACK routines that the package uses, of one storage type: one requirement for each.
///
/// The conformances, in `Float+Routines.swift` and `Double+Routines.swift`, hold one line per routine and differ only
/// in the routine's first letter; everything else is generic. They take raw pointers and check nothing: call the
/// functions that bear the routine's plain name (`gemv`, `gels`, …) instead.
///
/// BLAS routines here see row-major matrices, LAPACK routines column-major ones.
@usableFromInline
package protocol Routines<Scalar> {
  /// Type of the elements.
  associatedtype Scalar

  // MARK: BLAS 1
  static func axpy(_ n: Int, _ alpha: Scalar, _ x: UnsafePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>)
  static func dot(_ n: Int, _ x: UnsafePointer<Scalar>, _ y: UnsafePointer<Scalar>) -> Scalar
  static func nrm2(_ n: Int, _ x: UnsafePointer<Scalar>) -> Scalar
  static func asum(_ n: Int, _ x: UnsafePointer<Scalar>) -> Scalar

  // MARK: BLAS 2 and 3
  static func gemv(
    _ op: Transpose, _ m: Int, _ n: Int, _ alpha: Scalar, _ a: UnsafePointer<Scalar>, _ lda: Int,
    _ x: UnsafePointer<Scalar>, _ beta: Scalar, _ y: UnsafeMutablePointer<Scalar>)
  static func symv(
    _ triangle: Triangle, _ n: Int, _ alpha: Scalar, _ a: UnsafePointer<Scalar>, _ lda: Int,
    _ x: UnsafePointer<Scalar>, _ beta: Scalar, _ y: UnsafeMutablePointer<Scalar>)
  static func gemm(
    _ opA: Transpose, _ opB: Transpose, _ m: Int, _ n: Int, _ k: Int, _ alpha: Scalar,
    _ a: UnsafePointer<Scalar>, _ lda: Int, _ b: UnsafePointer<Scalar>, _ ldb: Int, _ beta: Scalar,
    _ c: UnsafeMutablePointer<Scalar>, _ ldc: Int)
  static func syrk(
    _ triangle: Triangle, _ op: Transpose, _ n: Int, _ k: Int, _ alpha: Scalar, _ a: UnsafePointer<Scalar>,
    _ lda: Int, _ beta: Scalar, _ c: UnsafeMutablePointer<Scalar>, _ ldc: Int)
  static func trsm(
    _ side: Side, _ triangle: Triangle, _ op: Transpose, _ diagonal: Diagonal, _ m: Int, _ n: Int,
    _ a: UnsafePointer<Scalar>, _ lda: Int, _ b: UnsafeMutablePointer<Scalar>, _ ldb: Int)

  // MARK: LAPACK
  static func potrf(_ uplo: CChar, _ n: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int) -> Int32
  static func potrs(
    _ uplo: CChar, _ n: Int, _ nrhs: Int, _ a: UnsafePointer<Scalar>, _ lda: Int,
    _ b: UnsafeMutablePointer<Scalar>, _ ldb: Int
  ) -> Int32
  static func pocon(
    _ uplo: CChar, _ n: Int, _ a: UnsafePointer<Scalar>, _ lda: Int, _ anorm: Scalar,
    _ rcond: UnsafeMutablePointer<Scalar>, _ work: UnsafeMutablePointer<Scalar>,
    _ iwork: UnsafeMutablePointer<Int32>
  ) -> Int32
  static func geqrf(
    _ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int, _ tau: UnsafeMutablePointer<Scalar>,
    _ work: UnsafeMutablePointer<Scalar>, _ lwork: Int
  ) -> Int32
  static func tpqrt(
    _ m: Int, _ n: Int, _ l: Int, _ nb: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int,
    _ b: UnsafeMutablePointer<Scalar>, _ ldb: Int, _ t: UnsafeMutablePointer<Scalar>, _ ldt: Int,
    _ work: UnsafeMutablePointer<Scalar>
  ) -> Int32
  static func tpmqrt(
    _ m: Int, _ n: Int, _ k: Int, _ nb: Int, _ v: UnsafePointer<Scalar>, _ ldv: Int,
    _ t: UnsafePointer<Scalar>, _ ldt: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int,
    _ b: UnsafeMutablePointer<Scalar>, _ ldb: Int, _ work: UnsafeMutablePointer<Scalar>
  ) -> Int32
  static func geqrt(
    _ m: Int, _ n: Int, _ nb: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int,
    _ t: UnsafeMutablePointer<Scalar>, _ ldt: Int, _ work: UnsafeMutablePointer<Scalar>
  ) -> Int32
  static func gemqrt(
    _ op: Transpose, _ m: Int, _ n: Int, _ k: Int, _ nb: Int, _ v: UnsafePointer<Scalar>, _ ldv: Int,
    _ t: UnsafePointer<Scalar>, _ ldt: Int, _ c: UnsafeMutablePointer<Scalar>, _ ldc: Int,
    _ work: UnsafeMutablePointer<Scalar>
  ) -> Int32
  static func trtri(_ uplo: CChar, _ n: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int) -> Int32
  static func trtrs(
    _ uplo: CChar, _ op: Transpose, _ n: Int, _ nrhs: Int, _ a: UnsafePointer<Scalar>, _ lda: Int,
    _ b: UnsafeMutablePointer<Scalar>, _ ldb: Int
  ) -> Int32
  static func gesdd(
    _ jobz: CChar, _ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int,
    _ s: UnsafeMutablePointer<Scalar>,
    _ u: UnsafeMutablePointer<Scalar>, _ ldu: Int, _ vt: UnsafeMutablePointer<Scalar>, _ ldvt: Int,
    _ work: UnsafeMutablePointer<Scalar>, _ lwork: Int, _ iwork: UnsafeMutablePointer<Int32>
  ) -> Int32
  static func gels(
    _ m: Int, _ n: Int, _ nrhs: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int,
    _ b: UnsafeMutablePointer<Scalar>, _ ldb: Int, _ work: UnsafeMutablePointer<Scalar>, _ lwork: Int
  ) -> Int32
  static func gelsy(
    _ m: Int, _ n: Int, _ nrhs: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int,
    _ b: UnsafeMutablePointer<Scalar>, _ ldb: Int, _ jpvt: UnsafeMutablePointer<Int32>, _ rcond: Scalar,
    _ rank: UnsafeMutablePointer<Int32>, _ work: UnsafeMutablePointer<Scalar>, _ lwork: Int
  ) -> Int32
  static func gelsd(
    _ m: Int, _ n: Int, _ nrhs: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int,
    _ b: UnsafeMutablePointer<Scalar>, _ ldb: Int, _ s: UnsafeMutablePointer<Scalar>, _ rcond: Scalar,
    _ rank: UnsafeMutablePointer<Int32>, _ work: UnsafeMutablePointer<Scalar>, _ lwork: Int,
    _ iwork: UnsafeMutablePointer<Int32>
  ) -> Int32
  static func getrf(
    _ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int, _ ipiv: UnsafeMutablePointer<Int32>
  ) -> Int32
  static func getrs(
    _ op: Transpose, _ n: Int, _ nrhs: Int, _ a: UnsafePointer<Scalar>, _ lda: Int,
    _ ipiv: UnsafePointer<Int32>, _ b: UnsafeMutablePointer<Scalar>, _ ldb: Int
  ) -> Int32
  static func gecon(
    _ n: Int, _ a: UnsafePointer<Scalar>, _ lda: Int, _ anorm: Scalar, _ rcond: UnsafeMutablePointer<Scalar>,
    _ work: UnsafeMutablePointer<Scalar>, _ iwork: UnsafeMutablePointer<Int32>
  ) -> Int32
  static func getri(
    _ n: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int, _ ipiv: UnsafePointer<Int32>,
    _ work: UnsafeMutablePointer<Scalar>, _ lwork: Int
  ) -> Int32
  static func laswp(
    _ n: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int, _ k1: Int, _ k2: Int,
    _ ipiv: UnsafePointer<Int32>
  ) -> Int32
  static func potri(_ uplo: CChar, _ n: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int) -> Int32
  static func sytrf(
    _ uplo: CChar, _ n: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int,
    _ ipiv: UnsafeMutablePointer<Int32>, _ work: UnsafeMutablePointer<Scalar>, _ lwork: Int
  ) -> Int32
  static func sytrs(
    _ uplo: CChar, _ n: Int, _ nrhs: Int, _ a: UnsafePointer<Scalar>, _ lda: Int,
    _ ipiv: UnsafePointer<Int32>, _ b: UnsafeMutablePointer<Scalar>, _ ldb: Int
  ) -> Int32
  static func sycon(
    _ uplo: CChar, _ n: Int, _ a: UnsafePointer<Scalar>, _ lda: Int, _ ipiv: UnsafePointer<Int32>,
    _ anorm: Scalar, _ rcond: UnsafeMutablePointer<Scalar>, _ work: UnsafeMutablePointer<Scalar>,
    _ iwork: UnsafeMutablePointer<Int32>
  ) -> Int32
  static func sytri(
    _ uplo: CChar, _ n: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int, _ ipiv: UnsafePointer<Int32>,
    _ work: UnsafeMutablePointer<Scalar>
  ) -> Int32
  static func trcon(
    _ norm: CChar, _ uplo: CChar, _ n: Int, _ a: UnsafePointer<Scalar>, _ lda: Int,
    _ rcond: UnsafeMutablePointer<Scalar>, _ work: UnsafeMutablePointer<Scalar>,
    _ iwork: UnsafeMutablePointer<Int32>
  ) -> Int32
  static func geqp3(
    _ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int, _ jpvt: UnsafeMutablePointer<Int32>,
    _ tau: UnsafeMutablePointer<Scalar>, _ work: UnsafeMutablePointer<Scalar>, _ lwork: Int
  ) -> Int32
  static func ormqr(
    _ op: Transpose, _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Scalar>, _ lda: Int,
    _ tau: UnsafePointer<Scalar>, _ c: UnsafeMutablePointer<Scalar>, _ ldc: Int,
    _ work: UnsafeMutablePointer<Scalar>, _ lwork: Int
  ) -> Int32
  static func orgqr(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int,
    _ tau: UnsafePointer<Scalar>, _ work: UnsafeMutablePointer<Scalar>, _ lwork: Int
  ) -> Int32
  static func syevd(
    _ jobz: CChar, _ uplo: CChar, _ n: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int,
    _ w: UnsafeMutablePointer<Scalar>, _ work: UnsafeMutablePointer<Scalar>, _ lwork: Int,
    _ iwork: UnsafeMutablePointer<Int32>, _ liwork: Int
  ) -> Int32
  static func larfg(
    _ n: Int, _ alpha: UnsafeMutablePointer<Scalar>, _ x: UnsafeMutablePointer<Scalar>, _ incx: Int,
    _ tau: UnsafeMutablePointer<Scalar>
  ) -> Int32
  static func larft(
    _ n: Int, _ k: Int, _ v: UnsafePointer<Scalar>, _ ldv: Int, _ tau: UnsafePointer<Scalar>,
    _ t: UnsafeMutablePointer<Scalar>, _ ldt: Int
  ) -> Int32
  static func sytrd(
    _ uplo: CChar, _ n: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int,
    _ d: UnsafeMutablePointer<Scalar>, _ e: UnsafeMutablePointer<Scalar>, _ tau: UnsafeMutablePointer<Scalar>,
    _ work: UnsafeMutablePointer<Scalar>, _ lwork: Int
  ) -> Int32
  static func sterf(_ n: Int, _ d: UnsafeMutablePointer<Scalar>, _ e: UnsafeMutablePointer<Scalar>) -> Int32
  static func stedc(
    _ compz: CChar, _ n: Int, _ d: UnsafeMutablePointer<Scalar>, _ e: UnsafeMutablePointer<Scalar>,
    _ z: UnsafeMutablePointer<Scalar>, _ ldz: Int, _ work: UnsafeMutablePointer<Scalar>, _ lwork: Int,
    _ iwork: UnsafeMutablePointer<Int32>, _ liwork: Int
  ) -> Int32
  static func laed2(
    _ k: UnsafeMutablePointer<Int32>, _ n: Int, _ n1: Int, _ d: UnsafeMutablePointer<Scalar>,
    _ q: UnsafeMutablePointer<Scalar>, _ ldq: Int, _ indxq: UnsafeMutablePointer<Int32>,
    _ rho: UnsafeMutablePointer<Scalar>, _ z: UnsafeMutablePointer<Scalar>,
    _ dlamda: UnsafeMutablePointer<Scalar>, _ w: UnsafeMutablePointer<Scalar>,
    _ q2: UnsafeMutablePointer<Scalar>, _ indx: UnsafeMutablePointer<Int32>,
    _ indxc: UnsafeMutablePointer<Int32>, _ indxp: UnsafeMutablePointer<Int32>,
    _ coltyp: UnsafeMutablePointer<Int32>
  ) -> Int32
  static func laed4(
    _ n: Int, _ i: Int, _ d: UnsafePointer<Scalar>, _ z: UnsafePointer<Scalar>,
    _ delta: UnsafeMutablePointer<Scalar>, _ rho: Scalar, _ dlam: UnsafeMutablePointer<Scalar>
  ) -> Int32
  static func gebrd(
    _ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int, _ d: UnsafeMutablePointer<Scalar>,
    _ e: UnsafeMutablePointer<Scalar>, _ tauq: UnsafeMutablePointer<Scalar>,
    _ taup: UnsafeMutablePointer<Scalar>, _ work: UnsafeMutablePointer<Scalar>, _ lwork: Int
  ) -> Int32
  static func bdsdc(
    _ compq: CChar, _ n: Int, _ d: UnsafeMutablePointer<Scalar>, _ e: UnsafeMutablePointer<Scalar>,
    _ u: UnsafeMutablePointer<Scalar>, _ ldu: Int, _ vt: UnsafeMutablePointer<Scalar>, _ ldvt: Int,
    _ work: UnsafeMutablePointer<Scalar>, _ iwork: UnsafeMutablePointer<Int32>
  ) -> Int32
  static func geev(
    _ jobvr: CChar, _ n: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int,
    _ wr: UnsafeMutablePointer<Scalar>, _ wi: UnsafeMutablePointer<Scalar>,
    _ vr: UnsafeMutablePointer<Scalar>, _ ldvr: Int, _ work: UnsafeMutablePointer<Scalar>, _ lwork: Int
  ) -> Int32
}
