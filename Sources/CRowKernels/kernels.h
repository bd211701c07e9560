// The kernels as source, included once for each instruction set with
//   SUFFIX       what the names end in
//   TARGET       the function attribute that chooses the instruction set
//   LANES        doubles in a vector
//   TILE_ROWS    rows and TILE_VECTORS vectors of a register tile of cross-products
//   HAS_FMA      whether a fused multiply-add is one instruction
// No fast-math here: double-double arithmetic is exact only if every operation is rounded as written.

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define NAME(function) JOIN(function, SUFFIX)

#define INLINE static inline __attribute__((always_inline)) TARGET

#pragma clang fp contract(on)

typedef double NAME(vector) __attribute__((vector_size(8 * LANES)));
typedef double NAME(unaligned) __attribute__((vector_size(8 * LANES), aligned(8)));
#define VECTOR NAME(vector)
#define LOAD(p) ((VECTOR) * (const NAME(unaligned) *)(p))
#define STORE(p, v) (*(NAME(unaligned) *)(p) = (v))

// MARK: Errors

INLINE double NAME(total)(VECTOR sums) {
#pragma clang loop unroll(full)
  for (int half = LANES / 2; half > 0; half /= 2)
#pragma clang loop unroll(full)
    for (int lane = 0; lane < half; lane++) sums[lane] += sums[lane + half];
  return sums[0];
}

// Without targets and weights these are 0 and 1, which changes no bit.
#define FORM_ERRORS(type, kind)                                                                                       \
  typedef type NAME(lanes_##kind) __attribute__((vector_size(LANES * sizeof(type))));                                 \
  typedef type NAME(lanes_##kind##_anywhere) __attribute__((vector_size(LANES * sizeof(type)), aligned(sizeof(type))));\
                                                                                                                      \
  INLINE void NAME(errors_of_lanes_##kind)(type *error, const type *target, NAME(lanes_##kind) weight, VECTOR *sums,  \
                                           VECTOR *squares) {                                                         \
    NAME(lanes_##kind##_anywhere) *place = (NAME(lanes_##kind##_anywhere) *)error;                                    \
    NAME(lanes_##kind) value = *place;                                                                                \
    if (target) value -= *(const NAME(lanes_##kind##_anywhere) *)target;                                              \
    const VECTOR wide = __builtin_convertvector(value, VECTOR);                                                       \
    *squares += __builtin_convertvector(weight, VECTOR) * wide * wide;                                                \
    value *= weight;                                                                                                  \
    *place = value;                                                                                                   \
    *sums += __builtin_convertvector(value, VECTOR);                                                                  \
  }                                                                                                                   \
                                                                                                                      \
  INLINE void NAME(error_of_one_##kind)(type *error, const type *target, type weight, double *sum, double *square) {  \
    type value = target ? *error - *target : *error;                                                                  \
    const double wide = value;                                                                                        \
    *square += weight * wide * wide;                                                                                  \
    value *= weight;                                                                                                  \
    *error = value;                                                                                                   \
    *sum += value;                                                                                                    \
  }                                                                                                                   \
                                                                                                                      \
  /* One target: rows beside each other. */                                                                           \
  INLINE void NAME(errors_of_column_##kind)(type *errors, ptrdiff_t rows, const type *targets, const type *weights,   \
                                            type *sum, double *loss) {                                                \
    const NAME(lanes_##kind) ones = 1 - (NAME(lanes_##kind)){};                                                       \
    VECTOR sums = {}, squares = {};                                                                                   \
    double rest = 0, square = 0;                                                                                      \
    ptrdiff_t i = 0;                                                                                                  \
    for (; i + LANES <= rows; i += LANES)                                                                             \
      NAME(errors_of_lanes_##kind)(errors + i, targets ? targets + i : NULL,                                          \
                                   weights ? *(const NAME(lanes_##kind##_anywhere) *)(weights + i) : ones, &sums,     \
                                   &squares);                                                                         \
    for (; i < rows; i++)                                                                                             \
      NAME(error_of_one_##kind)(errors + i, targets ? targets + i : NULL, weights ? weights[i] : 1, &rest, &square);  \
    *sum += (type)(NAME(total)(sums) + rest);                                                                         \
    if (loss) *loss += 0.5 * (NAME(total)(squares) + square);                                                         \
  }                                                                                                                   \
                                                                                                                      \
  /* Several: `width` vectors of targets beside each other. Their rows in y are short and apart: each is asked for 32 \
     rows ahead, which is about the time that memory takes. */                                                        \
  INLINE void NAME(errors_of_columns_##kind)(type *errors, ptrdiff_t rows, ptrdiff_t k, const type *targets,          \
                                             ptrdiff_t stride, const type *weights, type *sum, double *loss,          \
                                             const int width) {                                                       \
    VECTOR sums[4] = {}, squares[4] = {};                                                                             \
    for (ptrdiff_t i = 0; i < rows; i++) {                                                                            \
      for (int v = 0; targets && i + 32 < rows && v < width; v += 64 / (LANES * (int)sizeof(type)))                   \
        __builtin_prefetch(targets + (i + 32) * stride + v * LANES);                                                  \
      const NAME(lanes_##kind) weight = (weights ? weights[i] : 1) - (NAME(lanes_##kind)){};                          \
      for (int v = 0; v < width; v++)                                                                                 \
        NAME(errors_of_lanes_##kind)(errors + i * k + v * LANES, targets ? targets + i * stride + v * LANES : NULL,   \
                                     weight, sums + v, squares + v);                                                  \
    }                                                                                                                 \
    for (int v = 0; v < width; v++)                                                                                   \
      for (int lane = 0; lane < LANES; lane++) {                                                                      \
        sum[v * LANES + lane] += (type)sums[v][lane];                                                                 \
        if (loss) loss[v * LANES + lane] += 0.5 * squares[v][lane];                                                   \
      }                                                                                                               \
  }                                                                                                                   \
                                                                                                                      \
  TARGET static void NAME(form_errors_##kind)(type *errors, ptrdiff_t rows, ptrdiff_t k, const type *targets,         \
                                              ptrdiff_t stride, const type *weights, type *sums, double *losses) {    \
    if (k == 1 && (stride == 1 || !targets)) {                                                                        \
      NAME(errors_of_column_##kind)(errors, rows, targets, weights, sums, losses);                                    \
      return;                                                                                                         \
    }                                                                                                                 \
    ptrdiff_t t = 0;                                                                                                  \
    for (; t + 4 * LANES <= k; t += 4 * LANES)                                                                        \
      NAME(errors_of_columns_##kind)(errors + t, rows, k, targets ? targets + t : NULL, stride, weights, sums + t,    \
                                     losses ? losses + t : NULL, 4);                                                  \
    for (; t + LANES <= k; t += LANES)                                                                                \
      NAME(errors_of_columns_##kind)(errors + t, rows, k, targets ? targets + t : NULL, stride, weights, sums + t,    \
                                     losses ? losses + t : NULL, 1);                                                  \
    for (; t < k; t++) {                                                                                              \
      double sum = 0, square = 0;                                                                                     \
      for (ptrdiff_t i = 0; i < rows; i++)                                                                            \
        NAME(error_of_one_##kind)(errors + i * k + t, targets ? targets + i * stride + t : NULL,                      \
                                  weights ? weights[i] : 1, &sum, &square);                                           \
      sums[t] += (type)sum;                                                                                           \
      if (losses) losses[t] += 0.5 * square;                                                                          \
    }                                                                                                                 \
  }
FORM_ERRORS(float, f32)
FORM_ERRORS(double, f64)
#undef FORM_ERRORS

// MARK: Blocks of rows

#define STANDARDIZE(type, name)                                                                                       \
  INLINE void NAME(name##_lanes)(const type *x, const double *shift, const double *scale, VECTOR factor, double *z) { \
    typedef type lanes __attribute__((vector_size(LANES * sizeof(type)), aligned(sizeof(type))));                     \
    STORE(z, (__builtin_convertvector(*(const lanes *)x, VECTOR) - LOAD(shift)) * LOAD(scale) * factor);              \
  }                                                                                                                   \
                                                                                                                      \
  TARGET static void NAME(name)(const type *source, ptrdiff_t source_stride, const int32_t *order, ptrdiff_t rows,    \
                                ptrdiff_t columns, const double *shift, const double *scale, const double *factor,    \
                                double *target, ptrdiff_t row_stride, ptrdiff_t column_stride) {                      \
    if (column_stride == 1 && (columns >= 4 || order)) {                                                              \
      for (ptrdiff_t i = 0; i < rows; i++) {                                                                          \
        if (order && i + 12 < rows) {                                                                                 \
          const char *line = (const char *)(source + order[i + 12] * source_stride);                                  \
          const char *end = line + (columns * sizeof(type) < 1024 ? columns * sizeof(type) : 1024);                   \
          for (; line < end; line += 64) __builtin_prefetch(line);                                                    \
        }                                                                                                             \
        const type *restrict x = source + (order ? (ptrdiff_t)order[i] : i) * source_stride;                          \
        double *restrict z = target + i * row_stride;                                                                 \
        const double f = factor ? factor[i] : 1;                                                                      \
        ptrdiff_t j = 0;                                                                                              \
        for (; j + LANES <= columns; j += LANES)                                                                      \
          NAME(name##_lanes)(x + j, shift + j, scale + j, f - (VECTOR){}, z + j);                                     \
        if (j == columns) continue;                                                                                   \
        /* The rest as the end of a whole vector, of which some elements are computed twice. */                       \
        const ptrdiff_t last = columns - LANES;                                                                       \
        if (last >= 0) {                                                                                              \
          NAME(name##_lanes)(x + last, shift + last, scale + last, f - (VECTOR){}, z + last);                         \
        } else {                                                                                                      \
          for (; j < columns; j++) z[j] = ((double)x[j] - shift[j]) * scale[j] * f;                                   \
        }                                                                                                             \
      }                                                                                                               \
      return;                                                                                                         \
    }                                                                                                                 \
    /* Tiles, so that both sides stay in the first-level cache. */                                                    \
    enum { tile = 16 };                                                                                               \
    for (ptrdiff_t top = 0; top < rows; top += tile) {                                                                \
      ptrdiff_t bottom = top + tile < rows ? top + tile : rows;                                                       \
      for (ptrdiff_t left = 0; left < columns; left += tile) {                                                        \
        ptrdiff_t right = left + tile < columns ? left + tile : columns;                                              \
        for (ptrdiff_t j = left; j < right; j++) {                                                                    \
          double *restrict z = target + j * column_stride;                                                            \
          for (ptrdiff_t i = top; i < bottom; i++) {                                                                  \
            const ptrdiff_t row = order ? (ptrdiff_t)order[i] : i;                                                    \
            double value = ((double)source[row * source_stride + j] - shift[j]) * scale[j];                           \
            z[i * row_stride] = factor ? value * factor[i] : value;                                                   \
          }                                                                                                           \
        }                                                                                                             \
      }                                                                                                               \
    }                                                                                                                 \
  }
STANDARDIZE(float, standardize_rows_f32)
STANDARDIZE(double, standardize_rows_f64)
#undef STANDARDIZE

TARGET static void NAME(add_rows_at)(const double *rows, ptrdiff_t columns, const int32_t *positions, ptrdiff_t count,
                                     double *target) {
  for (ptrdiff_t i = 0; i < count; i++) {
    const double *restrict row = rows + i * columns;
    double *restrict sum = target + positions[i] * columns;
    ptrdiff_t j = 0;
    for (; j + LANES <= columns; j += LANES) STORE(sum + j, LOAD(sum + j) + LOAD(row + j));
    for (; j < columns; j++) sum[j] += row[j];
  }
}

// Columns j ..< j + width · LANES of rows i ..< i + TILE_ROWS of C: the sums over a chunk of rows stay in registers,
// and are added to C once, so that rounding does not add up over one long chain.
#define TILE(width)                                                                                                   \
  TARGET static void NAME(tile##width)(const double *a, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t i, ptrdiff_t j,   \
                                       double *c, ptrdiff_t order) {                                                  \
    VECTOR sums[TILE_ROWS][width];                                                                                    \
    for (int s = 0; s < TILE_ROWS; s++)                                                                               \
      for (int v = 0; v < width; v++) sums[s][v] = (VECTOR){};                                                        \
    for (ptrdiff_t r = 0; r < rows; r++) {                                                                            \
      const double *row = a + r * stride;                                                                             \
      VECTOR right[width];                                                                                            \
      for (int v = 0; v < width; v++) right[v] = LOAD(row + j + v * LANES);                                           \
      for (int s = 0; s < TILE_ROWS; s++) {                                                                           \
        VECTOR left = row[i + s] - (VECTOR){};                                                                        \
        for (int v = 0; v < width; v++) sums[s][v] += left * right[v];                                                \
      }                                                                                                               \
    }                                                                                                                 \
    for (int s = 0; s < TILE_ROWS; s++)                                                                               \
      for (int v = 0; v < width; v++) {                                                                               \
        double *sum = c + (i + s) * order + j + v * LANES;                                                            \
        STORE(sum, LOAD(sum) + sums[s][v]);                                                                           \
      }                                                                                                               \
  }
TILE(1)
TILE(2)
TILE(3)
#undef TILE

TARGET static void NAME(add_cross_products)(const double *a, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t order,
                                            double *c) {
  // So many rows that a few columns of them stay in the first-level cache while tiles pass over them.
  const ptrdiff_t chunk = 64;
  for (ptrdiff_t top = 0; top < rows; top += chunk) {
    ptrdiff_t count = rows - top < chunk ? rows - top : chunk;
    const double *block = a + top * stride;
    for (ptrdiff_t i = 0; i < order; i += TILE_ROWS) {
      ptrdiff_t j = i / LANES * LANES;
      for (; j + 3 * LANES <= order; j += 3 * LANES) NAME(tile3)(block, stride, count, i, j, c, order);
      if (j + 2 * LANES <= order) {
        NAME(tile2)(block, stride, count, i, j, c, order);
      } else if (j + LANES <= order) {
        NAME(tile1)(block, stride, count, i, j, c, order);
      }
    }
  }
}

// Columns j ..< j + LANES of some rows of A ← A R⁻¹, once the columns before j are done: what they take away as a
// product that stays in registers, then the triangle on the diagonal by substitution.
TARGET static void NAME(solve_tile)(double *a, ptrdiff_t stride, ptrdiff_t j, const double *r, ptrdiff_t order) {
  enum { tile_rows = 8 };
  VECTOR rest[tile_rows];
  for (int s = 0; s < tile_rows; s++) rest[s] = LOAD(a + s * stride + j);
  for (ptrdiff_t i = 0; i < j; i++) {
    VECTOR right = LOAD(r + i * order + j);
    for (int s = 0; s < tile_rows; s++) rest[s] -= a[s * stride + i] * right;
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < LANES; i++) {
    VECTOR right = LOAD(r + (j + i) * order + j);
    double pivot = 1 / right[i];
    right[i] = 0;
    for (int s = 0; s < tile_rows; s++) {
      double value = rest[s][i] * pivot;
      rest[s] -= value * right;
      rest[s][i] = value;
    }
  }
  for (int s = 0; s < tile_rows; s++) STORE(a + s * stride + j, rest[s]);
}

// A ← A R⁻¹ for `rows` rows, a multiple of 8.
TARGET static void NAME(solve_rows)(double *a, ptrdiff_t stride, ptrdiff_t rows, const double *r, ptrdiff_t order) {
  for (ptrdiff_t top = 0; top < rows; top += 8)
    for (ptrdiff_t j = 0; j < order; j += LANES) NAME(solve_tile)(a + top * stride, stride, j, r, order);
}

// MARK: Double-double

#pragma clang fp contract(off)

typedef struct { VECTOR high, low; } NAME(pair);
#define PAIR NAME(pair)

// s + e = a + b exactly (Knuth's TwoSum).
INLINE PAIR NAME(two_sum)(VECTOR a, VECTOR b) {
#pragma clang fp contract(off)
  VECTOR s = a + b, t = s - a;
  return (PAIR){s, (a - (s - t)) + (b - t)};
}

// As above where |a| ≥ |b| (Dekker's FastTwoSum).
INLINE PAIR NAME(fast_two_sum)(VECTOR a, VECTOR b) {
#pragma clang fp contract(off)
  VECTOR s = a + b;
  return (PAIR){s, b - (s - a)};
}

// p + e = a b exactly: by a fused multiply-add, or by Veltkamp's splitting (Dekker 1971, doi:10.1007/BF01397083).
INLINE PAIR NAME(two_product)(VECTOR a, VECTOR b) {
#pragma clang fp contract(off)
  VECTOR p = a * b;
#if HAS_FMA
  return (PAIR){p, __builtin_elementwise_fma(a, b, -p)};
#else
  VECTOR ta = 134217729.0 * a, tb = 134217729.0 * b;
  VECTOR ah = ta - (ta - a), bh = tb - (tb - b);
  VECTOR al = a - ah, bl = b - bh;
  return (PAIR){p, ((ah * bh - p) + ah * bl + al * bh) + al * bl};
#endif
}

// x + y, relative error below 3 · 2⁻¹⁰⁶ (Joldes, Muller and Popescu 2017, doi:10.1145/3121432, "AccurateDWPlusDW").
INLINE PAIR NAME(add)(PAIR x, PAIR y) {
#pragma clang fp contract(off)
  PAIR s = NAME(two_sum)(x.high, y.high), t = NAME(two_sum)(x.low, y.low);
  PAIR v = NAME(fast_two_sum)(s.high, s.low + t.high);
  return NAME(fast_two_sum)(v.high, t.low + v.low);
}

INLINE PAIR NAME(multiply)(PAIR x, PAIR y) {
#pragma clang fp contract(off)
  PAIR p = NAME(two_product)(x.high, y.high);
  return NAME(fast_two_sum)(p.high, p.low + (x.high * y.low + x.low * y.high));
}

INLINE VECTOR NAME(broadcast)(double x) { return x - (VECTOR){}; }

// Some elements from `p`, zeros behind them.
INLINE VECTOR NAME(load_some)(const double *p, ptrdiff_t count) {
  VECTOR v = {};
  for (ptrdiff_t i = 0; i < count; i++) v[i] = p[i];
  return v;
}

INLINE void NAME(store_some)(double *p, VECTOR v, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) p[i] = v[i];
}

// Runs `body` on vectors of elements and once more on the rest; LOAD_AT and STORE_AT fit both.
#define FOR_VECTORS(count, ...)                                                                                       \
  ptrdiff_t at = 0;                                                                                                   \
  for (; at + LANES <= (count); at += LANES) {                                                                        \
    const ptrdiff_t some = LANES;                                                                                     \
    __VA_ARGS__                                                                                                       \
  }                                                                                                                   \
  if (at < (count)) {                                                                                                 \
    const ptrdiff_t some = (count) - at;                                                                              \
    __VA_ARGS__                                                                                                       \
  }
#define LOAD_AT(p) (some == LANES ? LOAD((p) + at) : NAME(load_some)((p) + at, some))
#define STORE_AT(p, v)                                                                                                \
  if (some == LANES) {                                                                                                \
    STORE((p) + at, v);                                                                                               \
  } else {                                                                                                            \
    NAME(store_some)((p) + at, v, some);                                                                              \
  }

TARGET static void NAME(dd_axpy)(ptrdiff_t count, double alpha_high, double alpha_low, const double *x_high,
                                 const double *x_low, double *y_high, double *y_low) {
  PAIR alpha = {NAME(broadcast)(alpha_high), NAME(broadcast)(alpha_low)};
  FOR_VECTORS(count, {
    PAIR x = {LOAD_AT(x_high), LOAD_AT(x_low)};
    PAIR y = {LOAD_AT(y_high), LOAD_AT(y_low)};
    PAIR sum = NAME(add)(y, NAME(multiply)(alpha, x));
    STORE_AT(y_high, sum.high)
    STORE_AT(y_low, sum.low)
  })
}

TARGET static void NAME(dd_scale)(ptrdiff_t count, const double *d, double *y_high, double *y_low) {
  FOR_VECTORS(count, {
    PAIR y = {LOAD_AT(y_high), LOAD_AT(y_low)};
    PAIR product = NAME(multiply)((PAIR){LOAD_AT(d), (VECTOR){}}, y);
    STORE_AT(y_high, product.high)
    STORE_AT(y_low, product.low)
  })
}

TARGET static void NAME(dd_dot)(ptrdiff_t count, const double *x_high, const double *x_low, const double *y_high,
                                const double *y_low, double *sum) {
  PAIR sums = {};
  FOR_VECTORS(count, {
    PAIR x = {LOAD_AT(x_high), LOAD_AT(x_low)};
    PAIR y = {LOAD_AT(y_high), LOAD_AT(y_low)};
    sums = NAME(add)(sums, NAME(multiply)(x, y));
  })
  PAIR total = {{sum[0]}, {sum[1]}};
  for (int lane = 0; lane < LANES; lane++)
    total = NAME(add)(total, (PAIR){{sums.high[lane]}, {sums.low[lane]}});
  sum[0] = total.high[0];
  sum[1] = total.low[0];
}

#undef JOIN_
#undef JOIN
#undef NAME
#undef VECTOR
#undef LOAD
#undef STORE
#undef INLINE
#undef PAIR
#undef FOR_VECTORS
#undef LOAD_AT
#undef STORE_AT
#undef SUFFIX
#undef TARGET
#undef LANES
#undef TILE_ROWS
#undef HAS_FMA
