// The settings of the C library's memory, which the Glibc module leaves out.
#ifndef CMALLOC_H
#define CMALLOC_H

#include <stddef.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

/// Keeps memory that is let go of for later, instead of giving it back to the system, where the C library can be told so.
static inline void keep_freed_memory(void) {
#if defined(__GLIBC__)
  mallopt(M_MMAP_THRESHOLD, 32 << 20);  // the most that glibc takes
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 16 << 20);
#endif
}

#endif
