#include "CRowKernels.h"

#include <stdatomic.h>
#include <string.h>

#if defined(__x86_64__)
#define SUFFIX avx512
#define TARGET __attribute__((target("avx512f,avx512vl,avx512dq,avx2,fma")))
#define LANES 8
#define TILE_ROWS 8
#define HAS_FMA 1
#include "kernels.h"

#define SUFFIX avx2
#define TARGET __attribute__((target("avx2,fma")))
#define LANES 4
#define TILE_ROWS 4
#define HAS_FMA 1
#include "kernels.h"
#endif

#define SUFFIX portable
#define TARGET
#define LANES 2
#define TILE_ROWS 4
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
#define HAS_FMA 1
#else
#define HAS_FMA 0
#endif
#include "kernels.h"

// The best set, once it is known; and what a thread was told to use instead.
static _Atomic int best = -1;
static _Thread_local int chosen = -1;

static enum row_kernels_set find_best(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"))
    return row_kernels_avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return row_kernels_avx2;
#endif
  return row_kernels_portable;
}

enum row_kernels_set row_kernels_best(void) {
  int set = atomic_load_explicit(&best, memory_order_relaxed);
  if (set < 0) {
    set = (int)find_best();
    atomic_store_explicit(&best, set, memory_order_relaxed);
  }
  return (enum row_kernels_set)set;
}

enum row_kernels_set row_kernels_in_use(void) {
  return chosen < 0 ? row_kernels_best() : (enum row_kernels_set)chosen;
}

enum row_kernels_set row_kernels_use(enum row_kernels_set set) {
  // The sets are ordered: each processor has its best one and all that follow.
  if (set < row_kernels_best()) set = row_kernels_best();
  chosen = (int)set;
  return set;
}

#if defined(__x86_64__)
#define DISPATCH(function, ...)                                                                                       \
  switch (row_kernels_in_use()) {                                                                                     \
    case row_kernels_avx512: function##_avx512(__VA_ARGS__); break;                                                   \
    case row_kernels_avx2: function##_avx2(__VA_ARGS__); break;                                                       \
    default: function##_portable(__VA_ARGS__);                                                                        \
  }
#else
#define DISPATCH(function, ...) function##_portable(__VA_ARGS__)
#endif

#define FORM_ERRORS(type, kind)                                                                                       \
  void form_errors_##kind(type *errors, ptrdiff_t rows, ptrdiff_t k, const type *targets, ptrdiff_t stride,           \
                          const type *weights, type *sums, double *losses) {                                          \
    DISPATCH(form_errors_##kind, errors, rows, k, targets, stride, weights, sums, losses)                             \
  }
FORM_ERRORS(float, f32)
FORM_ERRORS(double, f64)
#undef FORM_ERRORS

// Copies rows of a size that is known to the compiler, without a call for each.
#define GATHER(bytes)                                                                                                 \
  for (ptrdiff_t i = 0; i < count; i++) memcpy(to + i * bytes, from + order[i] * (ptrdiff_t)bytes, bytes)

void gather_rows(const void *source, ptrdiff_t row_bytes, const int32_t *order, ptrdiff_t count, void *target) {
  const char *from = source;
  char *to = target;
  switch (row_bytes) {
    case 4: GATHER(4); return;
    case 8: GATHER(8); return;
    case 16: GATHER(16); return;
  }
  // Rows come from anywhere in memory: each is asked for twelve rows ahead. Of wide rows the first lines are enough:
  // the processor fetches the rest of them itself.
  const ptrdiff_t asked = row_bytes < 1024 ? row_bytes : 1024;
  for (ptrdiff_t i = 0; i < count; i++) {
    if (i + 12 < count) {
      const char *line = from + order[i + 12] * row_bytes, *end = line + asked;
      for (; line < end; line += 64) __builtin_prefetch(line);
    }
    memcpy(to + i * row_bytes, from + order[i] * row_bytes, (size_t)row_bytes);
  }
}
#undef GATHER

void standardize_rows_f32(const float *source, ptrdiff_t source_stride, const int32_t *order, ptrdiff_t rows,
                          ptrdiff_t columns, const double *shift, const double *scale, const double *factor,
                          double *target, ptrdiff_t row_stride, ptrdiff_t column_stride) {
  DISPATCH(standardize_rows_f32, source, source_stride, order, rows, columns, shift, scale, factor, target,
           row_stride, column_stride)
}

void standardize_rows_f64(const double *source, ptrdiff_t source_stride, const int32_t *order, ptrdiff_t rows,
                          ptrdiff_t columns, const double *shift, const double *scale, const double *factor,
                          double *target, ptrdiff_t row_stride, ptrdiff_t column_stride) {
  DISPATCH(standardize_rows_f64, source, source_stride, order, rows, columns, shift, scale, factor, target,
           row_stride, column_stride)
}

void add_cross_products(const double *a, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t order, double *c) {
  DISPATCH(add_cross_products, a, stride, rows, order, c)
}

void add_rows_at(const double *rows, ptrdiff_t columns, const int32_t *positions, ptrdiff_t count, double *target) {
  DISPATCH(add_rows_at, rows, columns, positions, count, target)
}

void solve_rows(double *a, ptrdiff_t stride, ptrdiff_t rows, const double *r, ptrdiff_t order) {
  DISPATCH(solve_rows, a, stride, rows, r, order)
}

void dd_standardize_f32(const float *source, ptrdiff_t source_stride, ptrdiff_t count, double shift, double scale,
                        double *high, double *low) {
  for (ptrdiff_t i = 0; i < count; i++) {
    // The sum of a float and a double need not be one double: its error is the low part.
    double a = source[i * source_stride], b = -shift, s = a + b, t = s - a;
    high[i] = s * scale;
    low[i] = ((a - (s - t)) + (b - t)) * scale;
  }
}

void dd_standardize_f64(const double *source, const double *source_low, ptrdiff_t source_stride, ptrdiff_t count,
                        double shift, double scale, double *high, double *low) {
  for (ptrdiff_t i = 0; i < count; i++) {
    double a = source[i * source_stride], b = -shift, s = a + b, t = s - a;
    double e = (a - (s - t)) + (b - t);
    if (source_low) {
      e += source_low[i * source_stride];
      double sum = s + e;
      e = e - (sum - s);
      s = sum;
    }
    high[i] = s * scale;
    low[i] = e * scale;
  }
}

void dd_axpy(ptrdiff_t count, double alpha_high, double alpha_low, const double *x_high, const double *x_low,
             double *y_high, double *y_low) {
  DISPATCH(dd_axpy, count, alpha_high, alpha_low, x_high, x_low, y_high, y_low)
}

void dd_scale(ptrdiff_t count, const double *d, double *y_high, double *y_low) {
  DISPATCH(dd_scale, count, d, y_high, y_low)
}

void dd_dot(ptrdiff_t count, const double *x_high, const double *x_low, const double *y_high, const double *y_low,
            double *sum) {
  DISPATCH(dd_dot, count, x_high, x_low, y_high, y_low, sum)
}
