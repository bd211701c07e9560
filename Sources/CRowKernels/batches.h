// The kernels of a training step, included by kernels.h for each type with
//   SCALAR         the type, of SCALAR_BYTES bytes
//   WHOLE          the integer of its size
//   KIND           what the names end in, before the instruction set
//   WIDEST         bytes in a vector: those of LANES doubles
// Rows are consecutive or at the positions `order`; both take the same operations in the same order, so that they give
// the same bits.

#define CHUNK_BYTES 16384
#define OF(function) NAME(JOIN(function, KIND))
#define ROW(i) (x + (order ? (ptrdiff_t)order[i] : (i)) * p)

// Rows at positions come from anywhere in memory: asks for `count` of them, some way ahead. Of wide rows the first
// lines are enough: the processor fetches the rest of them itself.
#define PREFETCH(i, count)                                                                                            \
  for (ptrdiff_t next = (i) + 12; next < (i) + 12 + (count) && next < rows; next++) {                                 \
    const char *line = (const char *)ROW(next), *end = line + (p * SCALAR_BYTES < 1024 ? p * SCALAR_BYTES : 1024);    \
    for (; line < end; line += 64) __builtin_prefetch(line);                                                          \
  }

// Asks for `count` consecutive rows that will be wanted soon, though not in this order, up to the second-level cache:
// the first holds what is worked on. A few rows at a time, between the arithmetic.
INLINE void OF(fetch)(const SCALAR *rows, ptrdiff_t p, ptrdiff_t count) {
  const char *line = (const char *)rows, *end = (const char *)(rows + p * count);
  for (; line < end; line += 64) __builtin_prefetch(line, 0, 2);
}

typedef SCALAR OF(quad) __attribute__((vector_size(4 * SCALAR_BYTES)));
typedef SCALAR OF(quad_anywhere) __attribute__((vector_size(4 * SCALAR_BYTES), aligned(SCALAR_BYTES)));

#define BYTES 16
#include "batch_vectors.h"
#if WIDEST >= 32
#define BYTES 32
#include "batch_vectors.h"
#endif
#if WIDEST >= 64
#define BYTES 64
#include "batch_vectors.h"
#endif

// MARK: One target

// Predictions from few columns, one by one.
#define PREDICT_FEW(p_)                                                                                               \
  INLINE void OF(predict##p_)(const SCALAR *x, ptrdiff_t rows, const int32_t *order, const SCALAR *ahead,             \
                              const SCALAR *w, SCALAR b, SCALAR *out) {                                               \
    enum { p = p_ };                                                                                                  \
    if (ahead) OF(fetch)(ahead, p, rows);                                                                             \
    for (ptrdiff_t i = 0; i < rows; i++) {                                                                            \
      const SCALAR *row = ROW(i);                                                                                     \
      SCALAR sum = b;                                                                                                 \
      for (int j = 0; j < p; j++) sum += row[j] * w[j];                                                               \
      out[i] = sum;                                                                                                   \
    }                                                                                                                 \
  }
PREDICT_FEW(1)
PREDICT_FEW(2)
PREDICT_FEW(3)
PREDICT_FEW(4)
PREDICT_FEW(5)
PREDICT_FEW(6)
PREDICT_FEW(7)
#undef PREDICT_FEW

// The gradient from rows below one vector of 16 bytes.
#define GRADIENT_FEW(p_)                                                                                              \
  INLINE void OF(gradient##p_)(const SCALAR *x, ptrdiff_t rows, const int32_t *order, const SCALAR *errors,           \
                               SCALAR *gradient) {                                                                    \
    enum { p = p_ };                                                                                                  \
    SCALAR sums[4][p] = {};                                                                                           \
    ptrdiff_t i = 0;                                                                                                  \
    for (; i + 4 <= rows; i += 4)                                                                                     \
      for (int r = 0; r < 4; r++) {                                                                                   \
        const SCALAR *row = ROW(i + r);                                                                               \
        for (int j = 0; j < p; j++) sums[r][j] += row[j] * errors[i + r];                                             \
      }                                                                                                               \
    for (int r = 0; r < 3; r++)                                                                                       \
      if (i + r < rows) {                                                                                             \
        const SCALAR *row = ROW(i + r);                                                                               \
        for (int j = 0; j < p; j++) sums[r][j] += row[j] * errors[i + r];                                             \
      }                                                                                                               \
    for (int j = 0; j < p; j++) gradient[j] += (sums[0][j] + sums[2][j]) + (sums[1][j] + sums[3][j]);                 \
  }
GRADIENT_FEW(1)
#if SCALAR_BYTES < 8
GRADIENT_FEW(2)
GRADIENT_FEW(3)
#endif
#undef GRADIENT_FEW

// The widest vectors that a row fills, of 16 bytes at least.
#if WIDEST >= 64
#define OF_64(function, ...)                                                                                          \
  if (p * SCALAR_BYTES >= 64) {                                                                                       \
    NAME(JOIN(JOIN(function, KIND), 64))(x, p, rows, order, __VA_ARGS__);                                             \
  } else
#else
#define OF_64(function, ...)
#endif
#if WIDEST >= 32
#define OF_32(function, ...)                                                                                          \
  if (p * SCALAR_BYTES >= 32) {                                                                                       \
    NAME(JOIN(JOIN(function, KIND), 32))(x, p, rows, order, __VA_ARGS__);                                             \
  } else
#else
#define OF_32(function, ...)
#endif
#define OF_WIDTH(function, ...)                                                                                       \
  OF_64(function, __VA_ARGS__)                                                                                        \
  OF_32(function, __VA_ARGS__)                                                                                        \
  NAME(JOIN(JOIN(function, KIND), 16))(x, p, rows, order, __VA_ARGS__);

INLINE void OF(predict_any)(const SCALAR *x, ptrdiff_t p, ptrdiff_t rows, const int32_t *order,
                            const SCALAR *ahead, const SCALAR *w, SCALAR b, SCALAR *out) {
  // Sums of few elements would take longer across a vector than one by one.
  switch (p) {
    case 0: break;
    case 1: return OF(predict1)(x, rows, order, ahead, w, b, out);
    case 2: return OF(predict2)(x, rows, order, ahead, w, b, out);
    case 3: return OF(predict3)(x, rows, order, ahead, w, b, out);
    case 4: return OF(predict4)(x, rows, order, ahead, w, b, out);
    case 5: return OF(predict5)(x, rows, order, ahead, w, b, out);
    case 6: return OF(predict6)(x, rows, order, ahead, w, b, out);
    case 7: return OF(predict7)(x, rows, order, ahead, w, b, out);
    default: {
      OF_WIDTH(predict, ahead, w, b, out)
      return;
    }
  }
  for (ptrdiff_t i = 0; i < rows; i++) out[i] = b;
}

// An order that is known to be null is one test less in the inner loops.
TARGET static void OF(predict_rows)(const SCALAR *x, ptrdiff_t p, ptrdiff_t rows, const int32_t *order,
                                    const SCALAR *ahead, const SCALAR *w, SCALAR b, SCALAR *out) {
  if (order && ahead) {
    OF(predict_any)(x, p, rows, order, ahead, w, b, out);
  } else if (order) {
    OF(predict_any)(x, p, rows, order, NULL, w, b, out);
  } else {
    OF(predict_any)(x, p, rows, NULL, NULL, w, b, out);
  }
}

// So many rows that they stay in the first-level cache while columns pass over them, and that sums in registers do not
// lose digits.
INLINE ptrdiff_t OF(chunk_rows)(ptrdiff_t p, ptrdiff_t rows) {
  // A division takes as long as a small batch.
  if (rows * p * SCALAR_BYTES <= CHUNK_BYTES) return 128;
  const ptrdiff_t chunk = CHUNK_BYTES / (p * SCALAR_BYTES) / 8 * 8;
  return chunk < 8 ? 8 : chunk > 128 ? 128 : chunk;
}

INLINE void OF(gradient_chunk)(const SCALAR *x, ptrdiff_t p, ptrdiff_t rows, const int32_t *order, const SCALAR *errors,
                               SCALAR *gradient) {
  if (p * SCALAR_BYTES >= 16) {
    OF_WIDTH(gradient, errors, gradient)
  } else if (p == 1) {
    OF(gradient1)(x, rows, order, errors, gradient);
#if SCALAR_BYTES < 8
  } else if (p == 2) {
    OF(gradient2)(x, rows, order, errors, gradient);
  } else if (p == 3) {
    OF(gradient3)(x, rows, order, errors, gradient);
#endif
  }
}

INLINE void OF(gradient_any)(const SCALAR *x, ptrdiff_t p, ptrdiff_t count, const int32_t *order, const SCALAR *errors,
                             SCALAR *gradient) {
  const ptrdiff_t chunk = OF(chunk_rows)(p, count);
  for (ptrdiff_t start = 0; start < count; start += chunk)
    OF(gradient_chunk)(order ? x : x + start * p, p, count - start < chunk ? count - start : chunk,
                       order ? order + start : NULL, errors + start, gradient);
}

// Σ errors, in Double: the sum over a long column would lose digits in Float.
INLINE double OF(sum)(const SCALAR *errors, ptrdiff_t rows) {
  double sums[8] = {};
  ptrdiff_t i = 0;
  for (; i + 8 <= rows; i += 8)
    for (int r = 0; r < 8; r++) sums[r] += errors[i + r];
  for (int r = 0; r < 7; r++)
    if (i + r < rows) sums[r] += errors[i + r];
  return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

// Σ errors²/2 in Double.
INLINE double OF(half_squares)(const SCALAR *errors, ptrdiff_t rows) {
  double sums[8] = {};
  ptrdiff_t i = 0;
  for (; i + 8 <= rows; i += 8)
    for (int r = 0; r < 8; r++) sums[r] += (double)errors[i + r] * errors[i + r];
  for (int r = 0; r < 7; r++)
    if (i + r < rows) sums[r] += (double)errors[i + r] * errors[i + r];
  return 0.5 * (((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7])));
}

TARGET static void OF(add_half_squares)(const SCALAR *errors, ptrdiff_t rows, double *sum) {
  *sum += OF(half_squares)(errors, rows);
}

// Σ errors²/2 and Σ errors of each of k targets, in Double.
TARGET static void OF(add_half_squares_targets)(const SCALAR *errors, ptrdiff_t rows, ptrdiff_t k, double *restrict sums) {
  for (ptrdiff_t i = 0; i < rows; i++)
    for (ptrdiff_t t = 0; t < k; t++) sums[t] += 0.5 * errors[i * k + t] * errors[i * k + t];
}

TARGET static void OF(add_sums_targets)(const SCALAR *errors, ptrdiff_t rows, ptrdiff_t k, SCALAR *restrict bias) {
  // Sixteen targets at a time stay in registers.
  for (ptrdiff_t t = 0; t < k; t += 16) {
    double sums[16] = {};
    if (k - t >= 16) {
      for (ptrdiff_t i = 0; i < rows; i++)
        for (int v = 0; v < 16; v++) sums[v] += errors[i * k + t + v];
    } else {
      for (ptrdiff_t i = 0; i < rows; i++)
        for (ptrdiff_t v = 0; v < k - t; v++) sums[v] += errors[i * k + t + v];
    }
    for (ptrdiff_t v = 0; v < 16 && v < k - t; v++) bias[t + v] += (SCALAR)sums[v];
  }
}

TARGET static void OF(add_gradient_rows)(const SCALAR *x, ptrdiff_t p, ptrdiff_t rows, const int32_t *order,
                                         const SCALAR *errors, SCALAR *gradient, SCALAR *bias) {
  *bias += (SCALAR)OF(sum)(errors, rows);
  if (order) {
    OF(gradient_any)(x, p, rows, order, errors, gradient);
  } else {
    OF(gradient_any)(x, p, rows, NULL, errors, gradient);
  }
}

// Prediction, errors and gradient of a few rows at a time, so that each row is brought to the first-level cache once.
// The same operations in the same order as predict_rows, subtract and add_gradient_rows.
INLINE double OF(differentiate_any)(const SCALAR *x, ptrdiff_t p, ptrdiff_t count, const int32_t *order, const SCALAR *ahead,
                                    const SCALAR *w, SCALAR b, const SCALAR *targets, SCALAR *errors, SCALAR *gradient,
                                    SCALAR *bias) {
  const ptrdiff_t chunk = OF(chunk_rows)(p, count);
  for (ptrdiff_t start = 0; start < count; start += chunk) {
    const ptrdiff_t rows = count - start < chunk ? count - start : chunk;
    const SCALAR *first = order ? x : x + start * p;
    const int32_t *places = order ? order + start : NULL;
    OF(predict_any)(first, p, rows, places, ahead ? ahead + start * p : NULL, w, b, errors + start);
    for (ptrdiff_t i = start; i < start + rows; i++) errors[i] -= targets[i];
    OF(gradient_chunk)(first, p, rows, places, errors + start, gradient);
  }
  *bias += (SCALAR)OF(sum)(errors, count);
  return OF(half_squares)(errors, count);
}

TARGET static double OF(differentiate_rows)(const SCALAR *x, ptrdiff_t p, ptrdiff_t rows, const int32_t *order,
                                            const SCALAR *ahead, const SCALAR *w, SCALAR b, const SCALAR *targets,
                                            SCALAR *errors, SCALAR *gradient, SCALAR *bias) {
  if (order && ahead) return OF(differentiate_any)(x, p, rows, order, ahead, w, b, targets, errors, gradient, bias);
  if (order) return OF(differentiate_any)(x, p, rows, order, NULL, w, b, targets, errors, gradient, bias);
  return OF(differentiate_any)(x, p, rows, NULL, NULL, w, b, targets, errors, gradient, bias);
}

#include "products.h"

#undef OF_64
#undef OF_32
#undef OF_WIDTH
#undef OF
#undef ROW
#undef PREFETCH
#undef CHUNK_BYTES
