// LAPACKE, the C interface of LAPACK. Debian's OpenBLAS has LAPACK but not this interface.
#ifndef CLAPACKE_SHIM_H
#define CLAPACKE_SHIM_H

#if !__has_include(<lapacke.h>)
#error "lapacke.h is missing. Debian, Ubuntu: apt-get install liblapacke-dev. macOS: brew install lapack. See README.md, 'If it does not build'."
#else
#include <lapacke.h>
#endif

#endif
