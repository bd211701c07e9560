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

// Whether a file of Swift knows that OpenBLAS has been set up. Each object file has a flag of its own; to ask it is one
// load, where to ask a lazy global of Swift's is a call of the runtime, and every product asks. (The builtins are those
// behind <stdatomic.h>, which C++ does not take.)
static inline _Atomic(_Bool) *openblas_set_up_flag(void) {
  static _Atomic(_Bool) flag;
  return &flag;
}
static inline _Bool openblas_is_set_up(void) { return __c11_atomic_load(openblas_set_up_flag(), __ATOMIC_ACQUIRE); }
static inline void openblas_note_set_up(void) { __c11_atomic_store(openblas_set_up_flag(), 1, __ATOMIC_RELEASE); }

// OpenBLAS starts its threads when it is loaded, and they look for work without sleeping for some hundredths of a
// second. Where it has threads of its own it ends them here; no other thread may be using it. It starts them again when
// asked.
extern int blas_thread_shutdown_(void) __attribute__((weak));
static inline void openblas_end_threads(void) {
  if (blas_thread_shutdown_) blas_thread_shutdown_();
}

// Has OpenBLAS take buffers for so many threads now, where it shows how, instead of in the calls that need them: there
// it tries for ever where the address space is used up.
extern void *blas_memory_alloc(int) __attribute__((weak));
extern void blas_memory_free(void *) __attribute__((weak));
static inline void openblas_take_buffers(int count) {
  if (count <= 0 || !blas_memory_alloc || !blas_memory_free) return;
  void *buffer = blas_memory_alloc(0);
  openblas_take_buffers(count - 1);
  blas_memory_free(buffer);
}
#endif

#endif
