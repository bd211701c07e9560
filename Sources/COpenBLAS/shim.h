// CBLAS as OpenBLAS ships it.
#ifndef COPENBLAS_SHIM_H
#define COPENBLAS_SHIM_H

#if !__has_include(<cblas.h>)
#error "cblas.h is missing. Debian, Ubuntu: apt-get install libopenblas-dev. macOS: brew install openblas. See README.md, 'If it does not build'."
#else
#include <cblas.h>
#ifndef OPENBLAS_VERSION
#error "cblas.h belongs to another BLAS, OpenBLAS is needed. Debian, Ubuntu: apt-get install libopenblas-dev pkg-config. See README.md, 'If it does not build'."
#endif

// Sets OpenBLAS to one thread, the first time. In C, because every product asks: a flag costs a small one nothing, a lazy
// global of Swift's is a call of the runtime. Two threads may do it at once.
static inline void openblas_use_one_thread(void) {
  static _Atomic(_Bool) is_done;
  if (__c11_atomic_load(&is_done, __ATOMIC_RELAXED)) return;
  openblas_set_num_threads(1);
  __c11_atomic_store(&is_done, 1, __ATOMIC_RELAXED);
}
#endif

#endif
