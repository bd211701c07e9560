// OpenBLAS chooses its kernels by the number of the processor's model when it is loaded. Releases before 0.3.25 take
// an Intel processor that is younger than they are for a Prescott of 2004, whose kernels are several times slower and
// whose sums depend on where in memory the numbers lie (OpenBLAS, issue 4267 and pull request 4268). Here it chooses
// again, by what the processor can do, as later releases do.
//
// This runs when the program is loaded, after OpenBLAS's own start and before any other thread can use it.
#define _GNU_SOURCE
#include "COpenBLASKernels.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *chosen;

const char *openblas_kernels_chosen_for_it(void) { return chosen; }

#if defined(__x86_64__) && defined(__linux__)

// Weak, for an OpenBLAS that is built for one type of processor has no choice.
extern char *openblas_get_corename(void) __attribute__((weak));
extern void gotoblas_dynamic_init(void) __attribute__((weak));
extern void gotoblas_dynamic_quit(void) __attribute__((weak));

__attribute__((constructor)) static void choose_kernels(void) {
  static const char variable[] = "OPENBLAS_CORETYPE";
  if (!openblas_get_corename || !gotoblas_dynamic_init || !gotoblas_dynamic_quit || getenv(variable)) return;
  if (strcmp(openblas_get_corename(), "Prescott") != 0) return;
  __builtin_cpu_init();
  const char *type = NULL;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) type = "Haswell";
  if (type && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
    type = "SkylakeX";
  // Swift's runtime looks for the program's arguments beside the environment that it was started with, which setenv
  // leaves for a longer one.
  char **const environment = environ;
  if (!type || setenv(variable, type, 1) != 0) return;
  gotoblas_dynamic_quit();
  gotoblas_dynamic_init();
  environ = environment;
  chosen = type;
}

#endif
