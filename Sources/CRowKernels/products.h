// Several targets: the products of a batch with a narrow matrix, by tiles that stay in registers. Nothing is packed but
// columns that fill no vector or crowd the cache. Included by batches.h for each type.

#define WIDTH (WIDEST / SCALAR_BYTES)
#define VECTOR NAME(JOIN(JOIN(lanes, KIND), WIDEST))
#define ANYWHERE NAME(JOIN(JOIN(anywhere, KIND), WIDEST))
#define LOAD(p) ((VECTOR) * (const ANYWHERE *)(p))
#define STORE(p, v) (*(ANYWHERE *)(p) = (v))

// So many terms are added up before they are added to an element: they stay in the first-level cache while tiles pass
// over them, and sums in Float keep their digits.
#define DEPTH 128

// What a tile multiplies: element (s, d) of the left side is at left[s] + (order ? order[d] : d) · step; rows of the
// right side are `stride` apart.
typedef struct {
  const SCALAR *left[TARGET_ROWS];
  const int32_t *order;
  ptrdiff_t step, depth;
  const SCALAR *right;
  ptrdiff_t stride;
} OF(factors);

// `height` rows of `width` vectors: c ← start + left · right.
#define PRODUCT(height, width)                                                                                        \
  TARGET static void OF(product_##height##_##width)(const OF(factors) * f, const SCALAR *start,                       \
                                                    ptrdiff_t start_stride, SCALAR *c, ptrdiff_t c_stride) {          \
    VECTOR sums[height][width];                                                                                       \
    for (int s = 0; s < height; s++)                                                                                  \
      for (int v = 0; v < width; v++) sums[s][v] = (VECTOR){};                                                        \
    const SCALAR *left[height], *right = f->right;                                                                    \
    for (int s = 0; s < height; s++) left[s] = f->left[s];                                                            \
    const ptrdiff_t stride = f->stride, step = f->step, depth = f->depth;                                             \
    const int32_t *order = f->order;                                                                                  \
    for (ptrdiff_t d = 0; d < depth; d++) {                                                                           \
      const ptrdiff_t at = (order ? (ptrdiff_t)order[d] : d) * step;                                                  \
      VECTOR values[width];                                                                                           \
      for (int v = 0; v < width; v++) values[v] = LOAD(right + v * WIDTH);                                            \
      for (int s = 0; s < height; s++) {                                                                              \
        VECTOR value = left[s][at] - (VECTOR){};                                                                      \
        for (int v = 0; v < width; v++) sums[s][v] += value * values[v];                                              \
      }                                                                                                               \
      right += stride;                                                                                                \
    }                                                                                                                 \
    for (int s = 0; s < height; s++)                                                                                  \
      for (int v = 0; v < width; v++)                                                                                 \
        STORE(c + s * c_stride + v * WIDTH, LOAD(start + s * start_stride + v * WIDTH) + sums[s][v]);                 \
  }
PRODUCT(2, 1)
PRODUCT(2, 2)
PRODUCT(4, 1)
PRODUCT(4, 2)
#if TARGET_ROWS == 8
PRODUCT(8, 1)
PRODUCT(8, 2)
#define TALL(width) OF(product_8_##width)
#elif TARGET_ROWS == 6
PRODUCT(6, 1)
PRODUCT(6, 2)
#define TALL(width) OF(product_6_##width)
#else
#define TALL(width) OF(product_4_##width)
#endif
#undef PRODUCT

INLINE void OF(tile)(int height, int width, const OF(factors) * f, const SCALAR *start, ptrdiff_t start_stride,
                     SCALAR *c, ptrdiff_t c_stride) {
  if (width == 2) {
    if (height > 4) return TALL(2)(f, start, start_stride, c, c_stride);
    if (height > 2) return OF(product_4_2)(f, start, start_stride, c, c_stride);
    return OF(product_2_2)(f, start, start_stride, c, c_stride);
  }
  if (height > 4) return TALL(1)(f, start, start_stride, c, c_stride);
  if (height > 2) return OF(product_4_1)(f, start, start_stride, c, c_stride);
  return OF(product_2_1)(f, start, start_stride, c, c_stride);
}

// c ← start + left · right, c `rows` × k, or c ← c + left · right where `start` is null. Rows of the left side are
// found by `order`, elements of its rows `step` apart by `depth_order`.
TARGET static void OF(multiply)(const SCALAR *x, ptrdiff_t p, ptrdiff_t rows, const int32_t *order, ptrdiff_t step,
                                ptrdiff_t depth, const int32_t *depth_order, const SCALAR *right, ptrdiff_t k,
                                const SCALAR *start, SCALAR *c) {
  SCALAR panel[DEPTH * 2 * WIDTH] __attribute__((aligned(WIDEST)));
  for (ptrdiff_t from = 0; from < depth; from += DEPTH) {
    OF(factors) f = {.order = depth_order ? depth_order + from : NULL, .step = step};
    f.depth = depth - from < DEPTH ? depth - from : DEPTH;
    for (ptrdiff_t j = 0; j < k;) {
      const ptrdiff_t rest = k - j;
      const int width = rest > WIDTH ? 2 : 1;
      const ptrdiff_t columns = rest < width * WIDTH ? rest : width * WIDTH;
      f.right = right + from * k + j;
      f.stride = k;
      // Columns of a right side that fills the first-level cache would push each other out of it.
      const int crowded = rows >= 8 * TARGET_ROWS && f.depth * k * SCALAR_BYTES > 16384;
      if (columns < width * WIDTH || crowded) {
        for (ptrdiff_t d = 0; d < f.depth; d++)
          for (ptrdiff_t v = 0; v < width * WIDTH; v++)
            panel[d * width * WIDTH + v] = v < columns ? f.right[d * k + v] : 0;
        f.right = panel;
        f.stride = width * WIDTH;
      }
      for (ptrdiff_t i = 0; i < rows;) {
        const int height = rows - i > 4 ? TARGET_ROWS : rows - i > 2 ? 4 : 2;
        const ptrdiff_t count = rows - i < height ? rows - i : height;
        if (order && j == 0) PREFETCH(i, height)
        // Missing rows repeat the last.
        for (int s = 0; s < height; s++)
          f.left[s] = ROW(i + (s < count ? s : count - 1)) + (depth_order ? 0 : from * step);
        SCALAR *target = c + i * k + j;
        const SCALAR *before = start && from == 0 ? start + j : target;
        const ptrdiff_t before_stride = start && from == 0 ? 0 : k;
        if (count == height && columns == width * WIDTH) {
          OF(tile)(height, width, &f, before, before_stride, target, k);
        } else {
          SCALAR padded[TARGET_ROWS * 2 * WIDTH] = {};
          for (ptrdiff_t s = 0; s < count; s++)
            for (ptrdiff_t v = 0; v < columns; v++) padded[s * width * WIDTH + v] = before[s * before_stride + v];
          OF(tile)(height, width, &f, padded, width * WIDTH, padded, width * WIDTH);
          for (ptrdiff_t s = 0; s < count; s++)
            for (ptrdiff_t v = 0; v < columns; v++) target[s * k + v] = padded[s * width * WIDTH + v];
        }
        i += count;
      }
      j += columns;
    }
  }
}

TARGET static void OF(predict_targets)(const SCALAR *x, ptrdiff_t p, ptrdiff_t rows, const int32_t *order,
                                       const SCALAR *w, ptrdiff_t k, const SCALAR *b, SCALAR *out) {
  if (p == 0)
    for (ptrdiff_t i = 0; i < rows; i++)
      for (ptrdiff_t j = 0; j < k; j++) out[i * k + j] = b[j];
  OF(multiply)(x, p, rows, order, 1, p, NULL, w, k, b, out);
}

TARGET static void OF(add_gradient_targets)(const SCALAR *x, ptrdiff_t p, ptrdiff_t rows, const int32_t *order,
                                            const SCALAR *errors, ptrdiff_t k, SCALAR *gradient) {
  OF(multiply)(x, 1, p, NULL, p, rows, order, errors, k, NULL, gradient);
}

#undef WIDTH
#undef VECTOR
#undef ANYWHERE
#undef LOAD
#undef STORE
#undef DEPTH
#undef TALL
