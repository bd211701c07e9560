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

// Reads a value of each line of `count` consecutive rows that will be wanted soon, though not in this order. Loads, for
// they make the processor fetch ahead of them, as prefetches do not.
INLINE void OF(touch)(const SCALAR *rows, ptrdiff_t p, ptrdiff_t count) {
  const char *line = (const char *)rows, *end = (const char *)(rows + p * count);
  for (; line < end; line += 64) (void)*(const volatile char *)line;
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
    if (ahead) OF(touch)(ahead, p, rows);                                                                             \
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
INLINE void OF(gradient_any)(const SCALAR *x, ptrdiff_t p, ptrdiff_t count, const int32_t *order, const SCALAR *errors,
                             SCALAR *gradient) {
  ptrdiff_t chunk = 128;
  // A division takes as long as a small batch.
  if (count * p * SCALAR_BYTES > CHUNK_BYTES) {
    chunk = CHUNK_BYTES / (p * SCALAR_BYTES) / 8 * 8;
    chunk = chunk < 8 ? 8 : chunk > 128 ? 128 : chunk;
  }
  while (count > 0) {
    const ptrdiff_t rows = count < chunk ? count : chunk;
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
    count -= rows;
    errors += rows;
    if (order) {
      order += rows;
    } else {
      x += rows * p;
    }
  }
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

TARGET static void OF(add_half_squares)(const SCALAR *errors, ptrdiff_t rows, double *sum) {
  double sums[8] = {};
  ptrdiff_t i = 0;
  for (; i + 8 <= rows; i += 8)
    for (int r = 0; r < 8; r++) sums[r] += 0.5 * errors[i + r] * errors[i + r];
  for (int r = 0; r < 7; r++)
    if (i + r < rows) sums[r] += 0.5 * errors[i + r] * errors[i + r];
  *sum += ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

// errors ← errors − targets, and Σ errors²/2 of what they are then.
TARGET static double OF(subtract)(const SCALAR *restrict targets, ptrdiff_t rows, SCALAR *restrict errors) {
  double sums[4] = {};
  ptrdiff_t i = 0;
  for (; i + 4 <= rows; i += 4)
    for (int r = 0; r < 4; r++) {
      errors[i + r] -= targets[i + r];
      sums[r] += (double)errors[i + r] * errors[i + r];
    }
  for (int r = 0; r < 3; r++)
    if (i + r < rows) {
      errors[i + r] -= targets[i + r];
      sums[r] += (double)errors[i + r] * errors[i + r];
    }
  return 0.5 * ((sums[0] + sums[2]) + (sums[1] + sums[3]));
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

#include "products.h"

#undef OF_64
#undef OF_32
#undef OF_WIDTH
#undef OF
#undef ROW
#undef PREFETCH
#undef CHUNK_BYTES
