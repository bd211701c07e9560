// One line per routine; Double+Routines.swift differs only in the letter.
// swift-format-ignore-file

internal import CLAPACKE
internal import COpenBLAS

extension Float: BLASScalar {
  // MARK: BLAS 1
  public static func _axpy(_ n: Int, _ alpha: Self, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>) { OpenBLAS.prepare(); cblas_saxpy(int(n), alpha, x, 1, y, 1) }
  public static func _dot(_ n: Int, _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>) -> Self { OpenBLAS.prepare(); return cblas_sdot(int(n), x, 1, y, 1) }
  public static func _nrm2(_ n: Int, _ x: UnsafePointer<Self>) -> Self { OpenBLAS.prepare(); return cblas_snrm2(int(n), x, 1) }
  public static func _asum(_ n: Int, _ x: UnsafePointer<Self>) -> Self { OpenBLAS.prepare(); return cblas_sasum(int(n), x, 1) }

  // MARK: BLAS 2 and 3
  public static func _gemv(_ op: Transpose, _ m: Int, _ n: Int, _ alpha: Self, _ a: UnsafePointer<Self>, _ lda: Int, _ x: UnsafePointer<Self>, _ beta: Self, _ y: UnsafeMutablePointer<Self>) { OpenBLAS.prepare(); cblas_sgemv(CblasRowMajor, op.cblas, int(m), int(n), alpha, a, int(lda), x, 1, beta, y, 1) }
  public static func _gemm(_ opA: Transpose, _ opB: Transpose, _ m: Int, _ n: Int, _ k: Int, _ alpha: Self, _ a: UnsafePointer<Self>, _ lda: Int, _ b: UnsafePointer<Self>, _ ldb: Int, _ beta: Self, _ c: UnsafeMutablePointer<Self>, _ ldc: Int) { OpenBLAS.prepare(); cblas_sgemm(CblasRowMajor, opA.cblas, opB.cblas, int(m), int(n), int(k), alpha, a, int(lda), b, int(ldb), beta, c, int(ldc)) }
  public static func _syrk(_ triangle: Triangle, _ op: Transpose, _ n: Int, _ k: Int, _ alpha: Self, _ a: UnsafePointer<Self>, _ lda: Int, _ beta: Self, _ c: UnsafeMutablePointer<Self>, _ ldc: Int) { OpenBLAS.prepare(); cblas_ssyrk(CblasRowMajor, triangle.cblas, op.cblas, int(n), int(k), alpha, a, int(lda), beta, c, int(ldc)) }

  // MARK: LAPACK
  public static func _potrf(_ uplo: CChar, _ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int) -> Int32 { OpenBLAS.prepare(); return LAPACKE_spotrf_work(LAPACK_COL_MAJOR, uplo, int(n), a, int(lda)) }
  public static func _potrs(_ uplo: CChar, _ n: Int, _ nrhs: Int, _ a: UnsafePointer<Self>, _ lda: Int, _ b: UnsafeMutablePointer<Self>, _ ldb: Int) -> Int32 { OpenBLAS.prepare(); return LAPACKE_spotrs_work(LAPACK_COL_MAJOR, uplo, int(n), int(nrhs), a, int(lda), b, int(ldb)) }
  public static func _pocon(_ uplo: CChar, _ n: Int, _ a: UnsafePointer<Self>, _ lda: Int, _ anorm: Self, _ rcond: UnsafeMutablePointer<Self>, _ work: UnsafeMutablePointer<Self>, _ iwork: UnsafeMutablePointer<Int32>) -> Int32 { OpenBLAS.prepare(); return LAPACKE_spocon_work(LAPACK_COL_MAJOR, uplo, int(n), a, int(lda), anorm, rcond, work, iwork) }
  public static func _geqrf(_ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int, _ tau: UnsafeMutablePointer<Self>, _ work: UnsafeMutablePointer<Self>, _ lwork: Int) -> Int32 { OpenBLAS.prepare(); return LAPACKE_sgeqrf_work(LAPACK_COL_MAJOR, int(m), int(n), a, int(lda), tau, work, int(lwork)) }
  public static func _tpqrt(_ m: Int, _ n: Int, _ l: Int, _ nb: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int, _ b: UnsafeMutablePointer<Self>, _ ldb: Int, _ t: UnsafeMutablePointer<Self>, _ ldt: Int, _ work: UnsafeMutablePointer<Self>) -> Int32 { OpenBLAS.prepare(); return LAPACKE_stpqrt_work(LAPACK_COL_MAJOR, int(m), int(n), int(l), int(nb), a, int(lda), b, int(ldb), t, int(ldt), work) }
  public static func _trtri(_ uplo: CChar, _ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int) -> Int32 { OpenBLAS.prepare(); return LAPACKE_strtri_work(LAPACK_COL_MAJOR, uplo, nonUnit, int(n), a, int(lda)) }
  public static func _trtrs(_ uplo: CChar, _ op: Transpose, _ n: Int, _ nrhs: Int, _ a: UnsafePointer<Self>, _ lda: Int, _ b: UnsafeMutablePointer<Self>, _ ldb: Int) -> Int32 { OpenBLAS.prepare(); return LAPACKE_strtrs_work(LAPACK_COL_MAJOR, uplo, op.lapack, nonUnit, int(n), int(nrhs), a, int(lda), b, int(ldb)) }
  public static func _gesdd(_ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int, _ s: UnsafeMutablePointer<Self>, _ u: UnsafeMutablePointer<Self>, _ ldu: Int, _ vt: UnsafeMutablePointer<Self>, _ ldvt: Int, _ work: UnsafeMutablePointer<Self>, _ lwork: Int, _ iwork: UnsafeMutablePointer<Int32>) -> Int32 { OpenBLAS.prepare(); return LAPACKE_sgesdd_work(LAPACK_COL_MAJOR, thinVectors, int(m), int(n), a, int(lda), s, u, int(ldu), vt, int(ldvt), work, int(lwork), iwork) }
  public static func _gels(_ m: Int, _ n: Int, _ nrhs: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int, _ b: UnsafeMutablePointer<Self>, _ ldb: Int, _ work: UnsafeMutablePointer<Self>, _ lwork: Int) -> Int32 { OpenBLAS.prepare(); return LAPACKE_sgels_work(LAPACK_COL_MAJOR, noTranspose, int(m), int(n), int(nrhs), a, int(lda), b, int(ldb), work, int(lwork)) }
  public static func _gelsy(_ m: Int, _ n: Int, _ nrhs: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int, _ b: UnsafeMutablePointer<Self>, _ ldb: Int, _ jpvt: UnsafeMutablePointer<Int32>, _ rcond: Self, _ rank: UnsafeMutablePointer<Int32>, _ work: UnsafeMutablePointer<Self>, _ lwork: Int) -> Int32 { OpenBLAS.prepare(); return LAPACKE_sgelsy_work(LAPACK_COL_MAJOR, int(m), int(n), int(nrhs), a, int(lda), b, int(ldb), jpvt, rcond, rank, work, int(lwork)) }
  public static func _gelsd(_ m: Int, _ n: Int, _ nrhs: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int, _ b: UnsafeMutablePointer<Self>, _ ldb: Int, _ s: UnsafeMutablePointer<Self>, _ rcond: Self, _ rank: UnsafeMutablePointer<Int32>, _ work: UnsafeMutablePointer<Self>, _ lwork: Int, _ iwork: UnsafeMutablePointer<Int32>) -> Int32 { OpenBLAS.prepare(); return LAPACKE_sgelsd_work(LAPACK_COL_MAJOR, int(m), int(n), int(nrhs), a, int(lda), b, int(ldb), s, rcond, rank, work, int(lwork), iwork) }
}
