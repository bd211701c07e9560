#include "CRowKernels.h"

#include <stdatomic.h>

#if defined(__x86_64__)
#define SUFFIX avx512
#define TARGET __attribute__((target("avx512f,avx512vl,avx512dq,avx2,fma")))
#define LANES 8
#define WIDEST 64
#define TILE_ROWS 8
#define TARGET_ROWS 8
#define HAS_FMA 1
#include "kernels.h"

#define SUFFIX avx2
#define TARGET __attribute__((target("avx2,fma")))
#define LANES 4
#define WIDEST 32
#define TILE_ROWS 4
#define TARGET_ROWS 6
#define HAS_FMA 1
#include "kernels.h"
#endif

#define SUFFIX portable
#define TARGET
#define LANES 2
#define WIDEST 16
#define TILE_ROWS 4
#define TARGET_ROWS 4
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

#if defined(__x86_64__)
#define RETURN(function, ...)                                                                                         \
  switch (row_kernels_in_use()) {                                                                                     \
    case row_kernels_avx512: return function##_avx512(__VA_ARGS__);                                                   \
    case row_kernels_avx2: return function##_avx2(__VA_ARGS__);                                                       \
    default: return function##_portable(__VA_ARGS__);                                                                 \
  }
#else
#define RETURN(function, ...) return function##_portable(__VA_ARGS__);
#endif

#define BATCHES(type, kind)                                                                                           \
  void predict_rows_##kind(const type *x, ptrdiff_t p, ptrdiff_t rows, const int32_t *order, const type *ahead,       \
                           const type *w, type b, type *out) {                                                        \
    DISPATCH(predict_rows_##kind, x, p, rows, order, ahead, w, b, out)                                                \
  }                                                                                                                   \
  void add_gradient_rows_##kind(const type *x, ptrdiff_t p, ptrdiff_t rows, const int32_t *order, const type *errors, \
                                type *gradient, type *bias) {                                                         \
    DISPATCH(add_gradient_rows_##kind, x, p, rows, order, errors, gradient, bias)                                     \
  }                                                                                                                   \
  void add_half_squares_##kind(const type *errors, ptrdiff_t rows, double *sum) {                                     \
    DISPATCH(add_half_squares_##kind, errors, rows, sum)                                                              \
  }                                                                                                                   \
  double differentiate_rows_##kind(const type *x, ptrdiff_t p, ptrdiff_t rows, const int32_t *order,                  \
                                   const type *ahead, const type *w, type b, const type *targets, type *errors,       \
                                   type *gradient, type *bias) {                                                      \
    RETURN(differentiate_rows_##kind, x, p, rows, order, ahead, w, b, targets, errors, gradient, bias)                \
  }                                                                                                                   \
  void add_half_squares_targets_##kind(const type *errors, ptrdiff_t rows, ptrdiff_t k, double *sums) {               \
    DISPATCH(add_half_squares_targets_##kind, errors, rows, k, sums)                                                  \
  }                                                                                                                   \
  void add_sums_targets_##kind(const type *errors, ptrdiff_t rows, ptrdiff_t k, type *bias) {                         \
    DISPATCH(add_sums_targets_##kind, errors, rows, k, bias)                                                          \
  }                                                                                                                   \
  void predict_targets_##kind(const type *x, ptrdiff_t p, ptrdiff_t rows, const int32_t *order, const type *w,        \
                              ptrdiff_t k, const type *b, type *out) {                                                \
    DISPATCH(predict_targets_##kind, x, p, rows, order, w, k, b, out)                                                 \
  }                                                                                                                   \
  void add_gradient_targets_##kind(const type *x, ptrdiff_t p, ptrdiff_t rows, const int32_t *order,                  \
                                   const type *errors, ptrdiff_t k, type *gradient) {                                 \
    DISPATCH(add_gradient_targets_##kind, x, p, rows, order, errors, k, gradient)                                     \
  }
BATCHES(float, f32)
BATCHES(double, f64)
#undef BATCHES

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
