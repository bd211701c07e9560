// The inner loops that BLAS has no routine for, or none fast enough: gathering rows, subtracting targets and adding up
// errors, standardising a block of rows, the cross-products of a narrow block, and vectors in double-double arithmetic.
// Each exists once as source, compiled for several instruction sets; the best one that the processor has is taken on
// first use. The package LinearRegression is their only caller.
#ifndef CROWKERNELS_H
#define CROWKERNELS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ROWS _Nonnull
#define MAYBE _Nullable

/// The instruction sets that kernels are compiled for, widest first. What the compiler does not offer or the processor
/// does not have falls back to `row_kernels_portable`, which needs neither vectors nor a fused multiply-add.
enum row_kernels_set { row_kernels_avx512 = 0, row_kernels_avx2 = 1, row_kernels_portable = 2 };

/// The best instruction set of this processor.
enum row_kernels_set row_kernels_best(void);

/// The one in use on this thread.
enum row_kernels_set row_kernels_in_use(void);

/// Uses another one on this thread from now on, if the processor has it: for tests. Returns the one that is now in use.
enum row_kernels_set row_kernels_use(enum row_kernels_set set);

/// Row i of the target ← row order(i) of the source, for `count` rows of `row_bytes` bytes that follow each other.
void gather_rows(const void *ROWS source, ptrdiff_t row_bytes, const int32_t *ROWS order, ptrdiff_t count,
                 void *ROWS target);

/// The errors of predictions, in their place: e(i, t) ← weight(i) · (e(i, t) − y(i, t)) for `rows` rows and k targets.
/// Adds Σᵢ e(i, t) to sum(t), and Σᵢ weight(i) (e(i, t) − y(i, t))²/2, of the errors before they are weighted, to
/// loss(t), where losses are asked for.
///
/// Errors are row-major, rows of y are `stride` apart. Without `targets` y is 0, without `weights` each is 1. Sums are
/// formed in double and rounded once.
void form_errors_f32(float *ROWS errors, ptrdiff_t rows, ptrdiff_t k, const float *MAYBE targets, ptrdiff_t stride,
                     const float *MAYBE weights, float *ROWS sums, double *MAYBE losses);
void form_errors_f64(double *ROWS errors, ptrdiff_t rows, ptrdiff_t k, const double *MAYBE targets, ptrdiff_t stride,
                     const double *MAYBE weights, double *ROWS sums, double *MAYBE losses);

/// target(i, j) ← (source(i, j) − shift(j)) · scale(j) · factor(i) for `rows` × `columns` elements.
///
/// Rows of the source are `source_stride` apart; row i is the one at position order(i), or at i where `order` is null.
/// Element (i, j) of the target is at i · row_stride + j · column_stride: a row-major or a column-major block. `factor`
/// may be null: then it is 1.
void standardize_rows_f32(const float *ROWS source, ptrdiff_t source_stride, const int32_t *MAYBE order, ptrdiff_t rows,
                          ptrdiff_t columns, const double *ROWS shift, const double *ROWS scale, const double *MAYBE factor,
                          double *ROWS target, ptrdiff_t row_stride, ptrdiff_t column_stride);
void standardize_rows_f64(const double *ROWS source, ptrdiff_t source_stride, const int32_t *MAYBE order, ptrdiff_t rows,
                          ptrdiff_t columns, const double *ROWS shift, const double *ROWS scale, const double *MAYBE factor,
                          double *ROWS target, ptrdiff_t row_stride, ptrdiff_t column_stride);

/// The upper triangle, by tiles, of C ← C + AᵀA; A is `rows` × `order`, C is `order` × `order`, both row-major with
/// rows `stride` and `order` apart.
///
/// `order` and `stride` are multiples of 8. Tiles that the diagonal crosses are computed whole: what lies below the
/// diagonal is not meaningful.
void add_cross_products(const double *ROWS a, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t order, double *ROWS c);

/// Row positions(i) of the target ← itself + row i of `rows`, for `count` rows of `columns` elements, one after another.
void add_rows_at(const double *ROWS rows, ptrdiff_t columns, const int32_t *ROWS positions, ptrdiff_t count,
                 double *ROWS target);

/// A ← A R⁻¹ by substitution, row by row: each row b of the result solves b (R + E) = a with |E| of the size of
/// rounding in R.
///
/// A is `rows` × `order` and R `order` × `order`, both row-major with rows `stride` and `order` apart; R is upper
/// triangular with zeros below its diagonal. `order` and `rows` are multiples of 8.
void solve_rows(double *ROWS a, ptrdiff_t stride, ptrdiff_t rows, const double *ROWS r, ptrdiff_t order);

/// How many numbers a group has for `columns` columns of [X y]: see `add_rows_to_groups`.
ptrdiff_t group_numbers(ptrdiff_t columns, int has_ones);

/// Adds rows to the triangular factors of their groups, each row in turn.
///
/// X is `rows` × `features`, row-major; `x_low` and `y_low`, what X and y lack beyond doubles, may be null for nothing,
/// and count where there are ones; `weights` may be null for 1; rows of a negative group are left out. A group has
/// `group_numbers` numbers, zeros where it is empty: the number of its rows of some weight; the unit of the weights (−1
/// where all are 0 so far); the shifts and the scales of [X y], with which columns are (x − shift) · scale; then D and,
/// row after row, the elements of R right of its diagonal, which is 1: √D R is the triangular factor of the rows of
/// [1 X y], or of [X y] without ones, times the roots of their weights. Shifts are the first row's, scales and the unit
/// of the weights powers of two.
///
/// Rotations without square roots (Gentleman 1973, doi:10.1093/imamat/12.3.329; Miller 1992, AS 274,
/// doi:10.2307/2347583): 3 order² flops for each row.
///
/// Of the groups those are worked whose number leaves `part` when it is divided by `parts`. `work` has room for
/// features + 2 numbers.
void add_rows_to_groups(const double *ROWS x, const double *MAYBE x_low, ptrdiff_t features, const double *ROWS y,
                        const double *MAYBE y_low, const double *MAYBE weights, const int32_t *ROWS groups,
                        ptrdiff_t rows, int has_ones, double *ROWS elements, uint32_t part, uint32_t parts,
                        double *ROWS work);

/// (high, low) ← (source + source_low − shift) · scale, element by element, as the unevaluated sum of two doubles:
/// exact where source_low is null and scale is a power of two.
void dd_standardize_f32(const float *ROWS source, ptrdiff_t source_stride, ptrdiff_t count, double shift, double scale,
                        double *ROWS high, double *ROWS low);
void dd_standardize_f64(const double *ROWS source, const double *MAYBE source_low, ptrdiff_t source_stride,
                        ptrdiff_t count, double shift, double scale, double *ROWS high, double *ROWS low);

/// y ← y + α x in double-double, α = (alpha_high, alpha_low).
void dd_axpy(ptrdiff_t count, double alpha_high, double alpha_low, const double *ROWS x_high, const double *ROWS x_low,
             double *ROWS y_high, double *ROWS y_low);

/// y ← y · d element by element, d in double.
void dd_scale(ptrdiff_t count, const double *ROWS d, double *ROWS y_high, double *ROWS y_low);

/// (sum[0], sum[1]) ← (sum[0], sum[1]) + Σ x y in double-double.
void dd_dot(ptrdiff_t count, const double *ROWS x_high, const double *ROWS x_low, const double *ROWS y_high,
            const double *ROWS y_low, double *ROWS sum);

#undef ROWS
#undef MAYBE

#ifdef __cplusplus
}
#endif

#endif
