#ifndef CBLAS_CALLS_H
#define CBLAS_CALLS_H

#include <stdbool.h>
#include <stdint.h>

// Number of calls of each routine.
struct blas_calls {
  int64_t sgemv;
  int64_t dgemv;
  int64_t sgemm;
  int64_t dgemm;
};

// Whether calls are counted: on Linux with glibc. Elsewhere all numbers are 0.
bool blas_calls_are_counted(void);

// The calls that this thread has made so far. Other threads do not change them, so that tests can run in parallel.
struct blas_calls blas_calls_of_this_thread(void);

#endif
