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
#endif

#endif
