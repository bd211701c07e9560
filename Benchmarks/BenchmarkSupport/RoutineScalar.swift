internal import CCBLAS
package import LinearRegression

/// A storage type with the BLAS routines that benchmarks call without the package, on row-major matrices.
package protocol RoutineScalar: BLASScalar {
  /// y ← α x + y
  static func axpy(_ n: Int, _ alpha: Self, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>)

  /// xᵀ y
  static func dot(_ n: Int, _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>) -> Self

  /// y ← op(A) x + β y
  static func gemv(
    transposed: Bool, _ m: Int, _ n: Int, _ a: UnsafePointer<Self>, _ x: UnsafePointer<Self>, _ beta: Self,
    _ y: UnsafeMutablePointer<Self>)

  /// C ← op(A) B + β C
  static func gemm(
    transposed: Bool, _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>,
    _ beta: Self, _ c: UnsafeMutablePointer<Self>)
}

extension Float: RoutineScalar {
  package static func axpy(_ n: Int, _ alpha: Self, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>)
  {
    cblas_saxpy(Int32(n), alpha, x, 1, y, 1)
  }

  package static func dot(_ n: Int, _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>) -> Self {
    cblas_sdot(Int32(n), x, 1, y, 1)
  }

  package static func gemv(
    transposed: Bool, _ m: Int, _ n: Int, _ a: UnsafePointer<Self>, _ x: UnsafePointer<Self>, _ beta: Self,
    _ y: UnsafeMutablePointer<Self>
  ) {
    cblas_sgemv(CblasRowMajor, op(transposed), Int32(m), Int32(n), 1, a, Int32(n), x, 1, beta, y, 1)
  }

  package static func gemm(
    transposed: Bool, _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>,
    _ beta: Self, _ c: UnsafeMutablePointer<Self>
  ) {
    cblas_sgemm(
      CblasRowMajor, op(transposed), CblasNoTrans, Int32(m), Int32(n), Int32(k), 1, a,
      Int32(transposed ? m : k), b, Int32(n), beta, c, Int32(n))
  }
}

extension Double: RoutineScalar {
  package static func axpy(_ n: Int, _ alpha: Self, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>)
  {
    cblas_daxpy(Int32(n), alpha, x, 1, y, 1)
  }

  package static func dot(_ n: Int, _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>) -> Self {
    cblas_ddot(Int32(n), x, 1, y, 1)
  }

  package static func gemv(
    transposed: Bool, _ m: Int, _ n: Int, _ a: UnsafePointer<Self>, _ x: UnsafePointer<Self>, _ beta: Self,
    _ y: UnsafeMutablePointer<Self>
  ) {
    cblas_dgemv(CblasRowMajor, op(transposed), Int32(m), Int32(n), 1, a, Int32(n), x, 1, beta, y, 1)
  }

  package static func gemm(
    transposed: Bool, _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>,
    _ beta: Self, _ c: UnsafeMutablePointer<Self>
  ) {
    cblas_dgemm(
      CblasRowMajor, op(transposed), CblasNoTrans, Int32(m), Int32(n), Int32(k), 1, a,
      Int32(transposed ? m : k), b, Int32(n), beta, c, Int32(n))
  }
}

private func op(_ transposed: Bool) -> CBLAS_TRANSPOSE { transposed ? CblasTrans : CblasNoTrans }
