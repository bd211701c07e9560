// Counts calls of BLAS by standing in for its routines: the dynamic linker finds a program's own function before that
// of a library.

#define _GNU_SOURCE  // RTLD_NEXT

#include "CBLASCalls.h"

#if defined(__linux__) && defined(__GLIBC__)

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

static _Thread_local struct blas_calls calls;

bool blas_calls_are_counted(void) { return true; }

struct blas_calls blas_calls_of_this_thread(void) { return calls; }

// Written out, because cblas.h is found by pkg-config only. Enumerations are passed as int, and dimensions are int in
// every OpenBLAS that LinearAlgebra can be built with.

#define GEMV(NAME, SCALAR)                                                                                     \
  typedef void NAME##_function(int, int, int, int, SCALAR, const SCALAR *, int, const SCALAR *, int, SCALAR,   \
                               SCALAR *, int);                                                                 \
  static NAME##_function *NAME;                                                                                \
  NAME##_function cblas_##NAME;                                                                                \
  void cblas_##NAME(int order, int trans, int m, int n, SCALAR alpha, const SCALAR *a, int lda,                \
                    const SCALAR *x, int incx, SCALAR beta, SCALAR *y, int incy) {                             \
    calls.NAME++;                                                                                              \
    NAME(order, trans, m, n, alpha, a, lda, x, incx, beta, y, incy);                                           \
  }

#define GEMM(NAME, SCALAR)                                                                                     \
  typedef void NAME##_function(int, int, int, int, int, int, SCALAR, const SCALAR *, int, const SCALAR *, int, \
                               SCALAR, SCALAR *, int);                                                         \
  static NAME##_function *NAME;                                                                                \
  NAME##_function cblas_##NAME;                                                                                \
  void cblas_##NAME(int order, int trans_a, int trans_b, int m, int n, int k, SCALAR alpha, const SCALAR *a,   \
                    int lda, const SCALAR *b, int ldb, SCALAR beta, SCALAR *c, int ldc) {                      \
    calls.NAME++;                                                                                              \
    NAME(order, trans_a, trans_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);                               \
  }

GEMV(sgemv, float)
GEMV(dgemv, double)
GEMM(sgemm, float)
GEMM(dgemm, double)

static void *next(const char *name) {
  void *function = dlsym(RTLD_NEXT, name);
  if (function) return function;
  fprintf(stderr, "CBLASCalls: no %s in the libraries of this program: calls are counted only where OpenBLAS is a "
                  "shared library\n", name);
  abort();
}

// Before main, so that a call does nothing but count and forward, and no two threads look for a routine at once.
__attribute__((constructor)) static void find_routines(void) {
  sgemv = (sgemv_function *)next("cblas_sgemv");
  dgemv = (dgemv_function *)next("cblas_dgemv");
  sgemm = (sgemm_function *)next("cblas_sgemm");
  dgemm = (dgemm_function *)next("cblas_dgemm");
}

#else

bool blas_calls_are_counted(void) { return false; }

struct blas_calls blas_calls_of_this_thread(void) { return (struct blas_calls){0}; }

#endif
