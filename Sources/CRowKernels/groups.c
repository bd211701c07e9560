#include "CRowKernels.h"

#include <math.h>

// Deviations and weights beyond this, in their units, need other units.
static const double largest = 0x1p200;

ptrdiff_t group_numbers(ptrdiff_t columns, int has_ones) {
  const ptrdiff_t order = columns + has_ones;
  return 2 + 2 * columns + order * (order + 1) / 2;
}

// The parts of a group's numbers.
struct group {
  double *observations, *weight_unit, *shift, *scale, *d, *r;
  ptrdiff_t columns, order;
  int has_ones;
};

static inline struct group group_at(double *numbers, ptrdiff_t columns, int has_ones) {
  struct group g = {numbers, numbers + 1, numbers + 2, numbers + 2 + columns, numbers + 2 + 2 * columns, 0,
                    columns, columns + has_ones,  has_ones};
  g.r = g.d + g.order;
  return g;
}

// A power of two that takes a number near 1.
static double power_for(double value) {
  const int exponent = -ilogb(value);
  return ldexp(1, exponent < -1022 ? -1022 : exponent > 1022 ? 1022 : exponent);
}

// Rotates the elements of a row from one column on into the factor; z(k) is that of column k.
static inline __attribute__((always_inline)) void rotate(struct group g, ptrdiff_t start, double left, double *z) {
  double *r = g.r + start * (2 * g.order - 1 - start) / 2;
  for (ptrdiff_t i = start; i < g.order; r += g.order - 1 - i, i++) {
    const double value = z[i], moved = left * value, next = g.d[i] + moved * value;
    // A square below the smallest number is nothing beside 1.
    if (next == 0) continue;
    const double inverse = 1 / next, sine = moved * inverse, cosine = g.d[i] * inverse;
    left *= cosine;
    g.d[i] = next;
    double *rest = z + i + 1;
    const ptrdiff_t count = g.order - 1 - i;
    if (cosine > 0.5) {
      // As a mean takes another value.
      for (ptrdiff_t k = 0; k < count; k++) {
        rest[k] -= value * r[k];
        r[k] += sine * rest[k];
      }
    } else {
      // Most of what was there goes, and may be large.
      for (ptrdiff_t k = 0; k < count; k++) {
        const double before = r[k];
        r[k] = cosine * before + sine * rest[k];
        rest[k] -= value * before;
      }
    }
    if (left == 0) break;
  }
}

// Changes the scale of a column by a power of two.
static void change_scale(struct group g, ptrdiff_t column, double scale) {
  const ptrdiff_t position = g.has_ones + column, count = g.order - 1 - position;
  if (g.scale[column] != 0) {
    const double ratio = scale / g.scale[column], d = g.d[position], next = d * ratio * ratio;
    double *row = g.r;
    for (ptrdiff_t i = 0; i < position; i++) {
      row[position - i - 1] *= ratio;
      row += g.order - 1 - i;
    }
    if (next > 0x1p-900) {
      for (ptrdiff_t k = 0; k < count; k++) row[k] /= ratio;
      g.d[position] = next;
    } else {
      // Nothing is left of the column, and what its row has of the others is a row of theirs.
      rotate(g, position + 1, d, row - position - 1);
      for (ptrdiff_t k = 0; k < count; k++) row[k] = 0;
      g.d[position] = 0;
    }
  }
  g.scale[column] = scale;
}

// A row of [X y], and what it lacks beyond doubles: null for nothing.
struct row {
  const double *x, *x_low, *y, *y_low;
};

// The distance of column j of a row from its shift, which has room for what the column lacks.
static inline __attribute__((always_inline)) double deviation_of(struct group g, struct row row, ptrdiff_t j) {
  const int is_target = j == g.columns - 1;
  const double *low = is_target ? row.y_low : row.x_low;
  const double deviation = (is_target ? *row.y : row.x[j]) - g.shift[j];
  return low ? deviation + low[is_target ? 0 : j] : deviation;
}

// Finds units in which a row is not large, and writes the row in them.
static void find_units(struct group g, struct row row, double weight, double *z) {
  if (!(weight * *g.weight_unit <= largest)) {
    const double unit = power_for(weight), ratio = unit / *g.weight_unit;
    for (ptrdiff_t i = 0; i < g.order; i++) g.d[i] *= ratio;
    *g.weight_unit = unit;
  }
  for (ptrdiff_t j = 0; j < g.columns; j++) {
    const double deviation = deviation_of(g, row, j);
    const int is_large = !(fabs(deviation * g.scale[j]) <= largest);
    if (isfinite(deviation) && deviation != 0 && (is_large || g.scale[j] == 0))
      change_scale(g, j, power_for(deviation));
    // What is not finite shows in D.
    z[g.has_ones + j] = deviation == 0 ? 0 : deviation * g.scale[j];
  }
}

static void begin(struct group g, struct row row, double weight) {
  *g.weight_unit = power_for(weight);
  if (!g.has_ones) return;
  for (ptrdiff_t j = 0; j < g.columns - 1; j++) g.shift[j] = row.x[j];
  g.shift[g.columns - 1] = *row.y;
}

static inline __attribute__((always_inline)) void add_row(struct group g, struct row row, double weight, double *z) {
  if (weight == 0) {
    if (*g.observations == 0) *g.weight_unit = -1;
    return;
  }
  if (*g.observations == 0) begin(g, row, weight);
  *g.observations += 1;
  int is_large = !(weight * *g.weight_unit <= largest);
  if (g.has_ones) z[0] = 1;
  for (ptrdiff_t j = 0; j < g.columns; j++) {
    const double deviation = deviation_of(g, row, j), value = deviation * g.scale[j];
    z[g.has_ones + j] = value;
    is_large |= !(fabs(value) <= largest) | ((g.scale[j] == 0) & (deviation != 0));
  }
  if (is_large) find_units(g, row, weight, z);
  rotate(g, 0, weight * *g.weight_unit, z);
}

// All rows; inlined for widths that the compiler knows, whose loops it unrolls.
static inline __attribute__((always_inline)) void add_rows(struct row start, ptrdiff_t columns,
                                                           const double *weights, const int32_t *groups,
                                                           ptrdiff_t rows, int has_ones, double *elements,
                                                           uint32_t part, uint32_t parts, double *work) {
  const ptrdiff_t features = columns - 1, numbers = group_numbers(columns, has_ones), ahead = 12;
  for (ptrdiff_t row = 0; row < rows; row++) {
    if (row + ahead < rows && groups[row + ahead] >= 0) {
      // Neighbouring rows are of groups that lie far apart.
      const double *next = elements + groups[row + ahead] * numbers;
      for (ptrdiff_t i = 0; i < numbers && i < 64; i += 8) __builtin_prefetch(next + i, 1);
    }
    const int32_t group = groups[row];
    if (group < 0 || (parts > 1 && (uint32_t)group % parts != part)) continue;
    const struct row own = {start.x + row * features, start.x_low ? start.x_low + row * features : 0, start.y + row,
                            start.y_low ? start.y_low + row : 0};
    add_row(group_at(elements + group * numbers, columns, has_ones), own, weights ? weights[row] : 1, work);
  }
}

void add_rows_to_groups(const double *x, const double *x_low, ptrdiff_t features, const double *y, const double *y_low,
                        const double *weights, const int32_t *groups, ptrdiff_t rows, int has_ones, double *elements,
                        uint32_t part, uint32_t parts, double *work) {
  if (x_low || y_low) {
    const struct row start = {x, x_low, y, y_low};
    return add_rows(start, features + 1, weights, groups, rows, has_ones, elements, part, parts, work);
  }
  const struct row start = {x, 0, y, 0};
#define CASE(p)                                                                                                  \
  case p:                                                                                                        \
    if (has_ones)                                                                                                \
      return add_rows(start, p + 1, weights, groups, rows, 1, elements, part, parts, work);                       \
    break;
  switch (features) { CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) }
#undef CASE
  add_rows(start, features + 1, weights, groups, rows, has_ones, elements, part, parts, work);
}
