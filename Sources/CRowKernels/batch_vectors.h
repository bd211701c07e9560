// One target, by vectors of BYTES bytes: for rows of at least one vector. Included by batches.h for each width.

#define WIDTH (BYTES / SCALAR_BYTES)
#define WIDE(function) NAME(JOIN(JOIN(function, KIND), BYTES))

typedef SCALAR WIDE(lanes) __attribute__((vector_size(BYTES)));
typedef SCALAR WIDE(anywhere) __attribute__((vector_size(BYTES), aligned(SCALAR_BYTES)));
typedef WHOLE WIDE(bits) __attribute__((vector_size(BYTES)));
typedef WHOLE WIDE(bits_anywhere) __attribute__((vector_size(BYTES), aligned(SCALAR_BYTES)));
#define VECTOR WIDE(lanes)
#define BITS WIDE(bits)
#define LOAD(p) ((VECTOR) * (const WIDE(anywhere) *)(p))
#define STORE(p, v) (*(WIDE(anywhere) *)(p) = (v))

// Read from element `rest` on, it keeps the last `rest` lanes. A row that is no whole number of vectors ends in one
// that begins before the end of the last: what would be counted twice is masked, on both sides, so that 0 · ∞ cannot
// arise.
static const WHOLE WIDE(masks)[2 * WIDTH] = {[WIDTH ... 2 * WIDTH - 1] = -1};
#define LAST_LANES(rest) ((BITS) * (const WIDE(bits_anywhere) *)(WIDE(masks) + (rest)))

#define HALF16(v)                                                                                                     \
  (__builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7) +                                                            \
   __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15))
#define HALF8(v) (__builtin_shufflevector(v, v, 0, 1, 2, 3) + __builtin_shufflevector(v, v, 4, 5, 6, 7))
#if WIDTH == 16
#define FOUR(v) HALF8(HALF16(v))
#elif WIDTH == 8
#define FOUR(v) HALF8(v)
#else
#define FOUR(v) (v)
#endif

// Four predictions. Each depends on its row alone, not on its place in the batch.
INLINE void WIDE(predict_four)(const SCALAR *const *rows, ptrdiff_t p, const SCALAR *w, SCALAR b, SCALAR *out) {
  const SCALAR *const row[4] = {rows[0], rows[1], rows[2], rows[3]};
  VECTOR even[4], odd[4], sum[4];
  for (int r = 0; r < 4; r++) even[r] = odd[r] = (VECTOR){};
  ptrdiff_t j = 0;
  for (; j + 2 * WIDTH <= p; j += 2 * WIDTH) {
    VECTOR first = LOAD(w + j), second = LOAD(w + j + WIDTH);
    for (int r = 0; r < 4; r++) {
      even[r] += LOAD(row[r] + j) * first;
      odd[r] += LOAD(row[r] + j + WIDTH) * second;
    }
  }
  if (j + WIDTH <= p) {
    VECTOR first = LOAD(w + j);
    for (int r = 0; r < 4; r++) even[r] += LOAD(row[r] + j) * first;
    j += WIDTH;
  }
  if (j < p) {
    const BITS mask = LAST_LANES(p - j);
    VECTOR last = (VECTOR)((BITS)LOAD(w + p - WIDTH) & mask);
    for (int r = 0; r < 4; r++) odd[r] += (VECTOR)((BITS)LOAD(row[r] + p - WIDTH) & mask) * last;
  }
  // Halves are added to halves down to a quarter of four rows each, and these together.
  for (int r = 0; r < 4; r++) sum[r] = even[r] + odd[r];
#if WIDTH > 2
  OF(quad) q0 = FOUR(sum[0]), q1 = FOUR(sum[1]), q2 = FOUR(sum[2]), q3 = FOUR(sum[3]);
  OF(quad) left = __builtin_shufflevector(q0, q1, 0, 1, 4, 5) + __builtin_shufflevector(q0, q1, 2, 3, 6, 7);
  OF(quad) right = __builtin_shufflevector(q2, q3, 0, 1, 4, 5) + __builtin_shufflevector(q2, q3, 2, 3, 6, 7);
  OF(quad) total = __builtin_shufflevector(left, right, 0, 2, 4, 6) + __builtin_shufflevector(left, right, 1, 3, 5, 7);
#else
  OF(quad) total = {sum[0][0] + sum[0][1], sum[1][0] + sum[1][1], sum[2][0] + sum[2][1], sum[3][0] + sum[3][1]};
#endif
  *(OF(quad_anywhere) *)out = total + b;
}

INLINE void WIDE(predict)(const SCALAR *x, ptrdiff_t p, ptrdiff_t rows, const int32_t *order, const SCALAR *ahead,
                          const SCALAR *w, SCALAR b, SCALAR *out) {
  ptrdiff_t i = 0;
  for (; i + 4 <= rows; i += 4) {
    if (ahead) OF(fetch)(ahead + i * p, p, 4);
    if (order) PREFETCH(i, 4)
    const SCALAR *const four[4] = {ROW(i), ROW(i + 1), ROW(i + 2), ROW(i + 3)};
    WIDE(predict_four)(four, p, w, b, out + i);
  }
  if (i < rows) {
    // Missing rows repeat the first.
    const SCALAR *const four[4] = {ROW(i), ROW(i + 1 < rows ? i + 1 : i), ROW(i + 2 < rows ? i + 2 : i), ROW(i)};
    SCALAR results[4];
    WIDE(predict_four)(four, p, w, b, results);
    for (int r = 0; r < 3; r++)
      if (i + r < rows) out[i + r] = results[r];
  }
}

// `width` vectors of the gradient: their sums stay in registers. Narrow ones take `apart` rows side by side, for
// additions that do not wait for each other. The last one is at `last`, and `mask` keeps of it what is not in the one
// before.
#define COLUMNS(width, apart)                                                                                         \
  INLINE void WIDE(columns##width)(const SCALAR *x, ptrdiff_t p, ptrdiff_t rows, const int32_t *order,                \
                                   const SCALAR *errors, SCALAR *gradient, ptrdiff_t last, BITS mask) {               \
    VECTOR sums[apart][width];                                                                                        \
    for (int r = 0; r < apart; r++)                                                                                   \
      for (int v = 0; v < width; v++) sums[r][v] = (VECTOR){};                                                        \
    ptrdiff_t i = 0;                                                                                                  \
    for (; i + apart <= rows; i += apart)                                                                             \
      for (int r = 0; r < apart; r++) {                                                                               \
        const SCALAR *row = ROW(i + r);                                                                               \
        VECTOR error = errors[i + r] - (VECTOR){};                                                                    \
        for (int v = 0; v < width; v++) sums[r][v] += LOAD(row + (v < width - 1 ? v * WIDTH : last)) * error;         \
      }                                                                                                               \
    for (int r = 0; r < apart - 1; r++)                                                                               \
      if (i + r < rows) {                                                                                             \
        const SCALAR *row = ROW(i + r);                                                                               \
        VECTOR error = errors[i + r] - (VECTOR){};                                                                    \
        for (int v = 0; v < width; v++) sums[r][v] += LOAD(row + (v < width - 1 ? v * WIDTH : last)) * error;         \
      }                                                                                                               \
    for (int half = apart / 2; half > 0; half /= 2)                                                                   \
      for (int r = 0; r < half; r++)                                                                                  \
        for (int v = 0; v < width; v++) sums[r][v] += sums[r + half][v];                                              \
    sums[0][width - 1] = (VECTOR)((BITS)sums[0][width - 1] & mask);                                                   \
    for (int v = 0; v < width; v++) {                                                                                 \
      SCALAR *sum = gradient + (v < width - 1 ? v * WIDTH : last);                                                    \
      STORE(sum, LOAD(sum) + sums[0][v]);                                                                             \
    }                                                                                                                 \
  }
COLUMNS(1, 8)
COLUMNS(2, 4)
#if BYTES == WIDEST
COLUMNS(3, 2)
COLUMNS(4, 2)
COLUMNS(5, 2)
COLUMNS(6, 2)
COLUMNS(7, 1)
COLUMNS(8, 1)
#endif
#undef COLUMNS

INLINE void WIDE(gradient)(const SCALAR *x, ptrdiff_t p, ptrdiff_t rows, const int32_t *order, const SCALAR *errors,
                           SCALAR *gradient) {
  const ptrdiff_t vectors = (p + WIDTH - 1) / WIDTH, rest = p % WIDTH;
  ptrdiff_t done = 0;
#if BYTES == WIDEST
  for (; vectors - done > 8; done += 8)
    WIDE(columns8)(x + done * WIDTH, p, rows, order, errors, gradient + done * WIDTH, 7 * WIDTH, LAST_LANES(WIDTH));
#endif
  x += done * WIDTH;
  gradient += done * WIDTH;
  const ptrdiff_t last = p - done * WIDTH - WIDTH;
  const BITS mask = LAST_LANES(rest ? rest : WIDTH);
  switch (vectors - done) {
    case 1: WIDE(columns1)(x, p, rows, order, errors, gradient, last, mask); break;
    case 2: WIDE(columns2)(x, p, rows, order, errors, gradient, last, mask); break;
#if BYTES == WIDEST
    case 3: WIDE(columns3)(x, p, rows, order, errors, gradient, last, mask); break;
    case 4: WIDE(columns4)(x, p, rows, order, errors, gradient, last, mask); break;
    case 5: WIDE(columns5)(x, p, rows, order, errors, gradient, last, mask); break;
    case 6: WIDE(columns6)(x, p, rows, order, errors, gradient, last, mask); break;
    case 7: WIDE(columns7)(x, p, rows, order, errors, gradient, last, mask); break;
    default: WIDE(columns8)(x, p, rows, order, errors, gradient, last, mask);
#endif
  }
}

#undef HALF16
#undef HALF8
#undef FOUR
#undef WIDTH
#undef VECTOR
#undef BITS
#undef LOAD
#undef STORE
#undef LAST_LANES
#undef WIDE
#undef BYTES
