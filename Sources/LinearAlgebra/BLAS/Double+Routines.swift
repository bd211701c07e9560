// One line per routine; Float+Routines.swift differs only in the letter.
// swift-format-ignore-file

internal import CLAPACKE
internal import COpenBLAS

extension Double: BLASScalar {
  public static var _routines: BLASRoutines<Double> { BLASRoutines(DoubleRoutines.self) }
}

private enum DoubleRoutines: Routines {
  typealias Scalar = Double

  // MARK: BLAS 1
  static func axpy(_ n: Int, _ alpha: Scalar, _ x: UnsafePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>) { OpenBLAS.prepare(); cblas_daxpy(int(n), alpha, x, 1, y, 1) }
  static func dot(_ n: Int, _ x: UnsafePointer<Scalar>, _ y: UnsafePointer<Scalar>) -> Scalar { OpenBLAS.prepare(); return cblas_ddot(int(n), x, 1, y, 1) }
  static func nrm2(_ n: Int, _ x: UnsafePointer<Scalar>) -> Scalar { OpenBLAS.prepare(); return cblas_dnrm2(int(n), x, 1) }
  static func asum(_ n: Int, _ x: UnsafePointer<Scalar>) -> Scalar { OpenBLAS.prepare(); return cblas_dasum(int(n), x, 1) }

  // MARK: BLAS 2 and 3
  static func gemv(_ op: Transpose, _ m: Int, _ n: Int, _ alpha: Scalar, _ a: UnsafePointer<Scalar>, _ lda: Int, _ x: UnsafePointer<Scalar>, _ beta: Scalar, _ y: UnsafeMutablePointer<Scalar>) { OpenBLAS.prepare(); cblas_dgemv(CblasRowMajor, op.cblas, int(m), int(n), alpha, a, int(lda), x, 1, beta, y, 1) }
  static func gemm(_ opA: Transpose, _ opB: Transpose, _ m: Int, _ n: Int, _ k: Int, _ alpha: Scalar, _ a: UnsafePointer<Scalar>, _ lda: Int, _ b: UnsafePointer<Scalar>, _ ldb: Int, _ beta: Scalar, _ c: UnsafeMutablePointer<Scalar>, _ ldc: Int) { OpenBLAS.prepare(); cblas_dgemm(CblasRowMajor, opA.cblas, opB.cblas, int(m), int(n), int(k), alpha, a, int(lda), b, int(ldb), beta, c, int(ldc)) }
  static func syrk(_ triangle: Triangle, _ op: Transpose, _ n: Int, _ k: Int, _ alpha: Scalar, _ a: UnsafePointer<Scalar>, _ lda: Int, _ beta: Scalar, _ c: UnsafeMutablePointer<Scalar>, _ ldc: Int) { OpenBLAS.prepare(); cblas_dsyrk(CblasRowMajor, triangle.cblas, op.cblas, int(n), int(k), alpha, a, int(lda), beta, c, int(ldc)) }

  // MARK: LAPACK
  static func potrf(_ uplo: CChar, _ n: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int) -> Int32 { OpenBLAS.prepare(); return LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, uplo, int(n), a, int(lda)) }
  static func potrs(_ uplo: CChar, _ n: Int, _ nrhs: Int, _ a: UnsafePointer<Scalar>, _ lda: Int, _ b: UnsafeMutablePointer<Scalar>, _ ldb: Int) -> Int32 { OpenBLAS.prepare(); return LAPACKE_dpotrs_work(LAPACK_COL_MAJOR, uplo, int(n), int(nrhs), a, int(lda), b, int(ldb)) }
  static func pocon(_ uplo: CChar, _ n: Int, _ a: UnsafePointer<Scalar>, _ lda: Int, _ anorm: Scalar, _ rcond: UnsafeMutablePointer<Scalar>, _ work: UnsafeMutablePointer<Scalar>, _ iwork: UnsafeMutablePointer<Int32>) -> Int32 { OpenBLAS.prepare(); return LAPACKE_dpocon_work(LAPACK_COL_MAJOR, uplo, int(n), a, int(lda), anorm, rcond, work, iwork) }
  static func geqrf(_ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int, _ tau: UnsafeMutablePointer<Scalar>, _ work: UnsafeMutablePointer<Scalar>, _ lwork: Int) -> Int32 { OpenBLAS.prepare(); return LAPACKE_dgeqrf_work(LAPACK_COL_MAJOR, int(m), int(n), a, int(lda), tau, work, int(lwork)) }
  static func tpqrt(_ m: Int, _ n: Int, _ l: Int, _ nb: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int, _ b: UnsafeMutablePointer<Scalar>, _ ldb: Int, _ t: UnsafeMutablePointer<Scalar>, _ ldt: Int, _ work: UnsafeMutablePointer<Scalar>) -> Int32 { OpenBLAS.prepare(); return LAPACKE_dtpqrt_work(LAPACK_COL_MAJOR, int(m), int(n), int(l), int(nb), a, int(lda), b, int(ldb), t, int(ldt), work) }
  static func tpmqrt(_ m: Int, _ n: Int, _ k: Int, _ nb: Int, _ v: UnsafePointer<Scalar>, _ ldv: Int, _ t: UnsafePointer<Scalar>, _ ldt: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int, _ b: UnsafeMutablePointer<Scalar>, _ ldb: Int, _ work: UnsafeMutablePointer<Scalar>) -> Int32 { OpenBLAS.prepare(); return LAPACKE_dtpmqrt_work(LAPACK_COL_MAJOR, left, Transpose.transpose.lapack, int(m), int(n), int(k), 0, int(nb), v, int(ldv), t, int(ldt), a, int(lda), b, int(ldb), work) }
  static func geqrt(_ m: Int, _ n: Int, _ nb: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int, _ t: UnsafeMutablePointer<Scalar>, _ ldt: Int, _ work: UnsafeMutablePointer<Scalar>) -> Int32 { OpenBLAS.prepare(); return LAPACKE_dgeqrt_work(LAPACK_COL_MAJOR, int(m), int(n), int(nb), a, int(lda), t, int(ldt), work) }
  static func gemqrt(_ m: Int, _ n: Int, _ k: Int, _ nb: Int, _ v: UnsafePointer<Scalar>, _ ldv: Int, _ t: UnsafePointer<Scalar>, _ ldt: Int, _ c: UnsafeMutablePointer<Scalar>, _ ldc: Int, _ work: UnsafeMutablePointer<Scalar>) -> Int32 { OpenBLAS.prepare(); return LAPACKE_dgemqrt_work(LAPACK_COL_MAJOR, left, Transpose.transpose.lapack, int(m), int(n), int(k), int(nb), v, int(ldv), t, int(ldt), c, int(ldc), work) }
  static func trtri(_ uplo: CChar, _ n: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int) -> Int32 { OpenBLAS.prepare(); return LAPACKE_dtrtri_work(LAPACK_COL_MAJOR, uplo, nonUnit, int(n), a, int(lda)) }
  static func trtrs(_ uplo: CChar, _ op: Transpose, _ n: Int, _ nrhs: Int, _ a: UnsafePointer<Scalar>, _ lda: Int, _ b: UnsafeMutablePointer<Scalar>, _ ldb: Int) -> Int32 { OpenBLAS.prepare(); return LAPACKE_dtrtrs_work(LAPACK_COL_MAJOR, uplo, op.lapack, nonUnit, int(n), int(nrhs), a, int(lda), b, int(ldb)) }
  static func gesdd(_ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int, _ s: UnsafeMutablePointer<Scalar>, _ u: UnsafeMutablePointer<Scalar>, _ ldu: Int, _ vt: UnsafeMutablePointer<Scalar>, _ ldvt: Int, _ work: UnsafeMutablePointer<Scalar>, _ lwork: Int, _ iwork: UnsafeMutablePointer<Int32>) -> Int32 { OpenBLAS.prepare(); return LAPACKE_dgesdd_work(LAPACK_COL_MAJOR, thinVectors, int(m), int(n), a, int(lda), s, u, int(ldu), vt, int(ldvt), work, int(lwork), iwork) }
  static func gels(_ m: Int, _ n: Int, _ nrhs: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int, _ b: UnsafeMutablePointer<Scalar>, _ ldb: Int, _ work: UnsafeMutablePointer<Scalar>, _ lwork: Int) -> Int32 { OpenBLAS.prepare(); return LAPACKE_dgels_work(LAPACK_COL_MAJOR, noTranspose, int(m), int(n), int(nrhs), a, int(lda), b, int(ldb), work, int(lwork)) }
  static func gelsy(_ m: Int, _ n: Int, _ nrhs: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int, _ b: UnsafeMutablePointer<Scalar>, _ ldb: Int, _ jpvt: UnsafeMutablePointer<Int32>, _ rcond: Scalar, _ rank: UnsafeMutablePointer<Int32>, _ work: UnsafeMutablePointer<Scalar>, _ lwork: Int) -> Int32 { OpenBLAS.prepare(); return LAPACKE_dgelsy_work(LAPACK_COL_MAJOR, int(m), int(n), int(nrhs), a, int(lda), b, int(ldb), jpvt, rcond, rank, work, int(lwork)) }
  static func gelsd(_ m: Int, _ n: Int, _ nrhs: Int, _ a: UnsafeMutablePointer<Scalar>, _ lda: Int, _ b: UnsafeMutablePointer<Scalar>, _ ldb: Int, _ s: UnsafeMutablePointer<Scalar>, _ rcond: Scalar, _ rank: UnsafeMutablePointer<Int32>, _ work: UnsafeMutablePointer<Scalar>, _ lwork: Int, _ iwork: UnsafeMutablePointer<Int32>) -> Int32 { OpenBLAS.prepare(); return LAPACKE_dgelsd_work(LAPACK_COL_MAJOR, int(m), int(n), int(nrhs), a, int(lda), b, int(ldb), s, rcond, rank, work, int(lwork), iwork) }
}
