// The inner loops that BLAS has no routine for, or none fast enough: the products of a training step, standardising a
// block of rows, the cross-products of a narrow block, and vectors in double-double arithmetic. Each exists once as
// source, compiled for several instruction sets; the best one that the processor has is taken on first use. The package
// LinearRegression is their only caller.
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

/// out(i) ← b + Σⱼ x(i, j) w(j) for `rows` rows of `p` elements.
///
/// Row i is the one at position order(i) of X, or at i where `order` is null; both give the same bits. A prediction
/// depends on its row alone.
///
/// Rows at positions are fetched one by one; where `ahead` is not null they are taken to be in the cache, and as many
/// consecutive rows from `ahead` on, which has to point to so many, are brought there meanwhile.
void predict_rows_f32(const float *ROWS x, ptrdiff_t p, ptrdiff_t rows, const int32_t *MAYBE order,
                      const float *MAYBE ahead, const float *ROWS w, float b, float *ROWS out);
void predict_rows_f64(const double *ROWS x, ptrdiff_t p, ptrdiff_t rows, const int32_t *MAYBE order,
                      const double *MAYBE ahead, const double *ROWS w, double b, double *ROWS out);

/// gradient(j) ← gradient(j) + Σᵢ errors(i) x(i, j), and bias ← bias + Σᵢ errors(i), for `rows` rows of `p` elements.
///
/// Rows as above. The gradient takes sums of at most 128 rows, the bias one sum in double.
void add_gradient_rows_f32(const float *ROWS x, ptrdiff_t p, ptrdiff_t rows, const int32_t *MAYBE order,
                           const float *ROWS errors, float *ROWS gradient, float *ROWS bias);
void add_gradient_rows_f64(const double *ROWS x, ptrdiff_t p, ptrdiff_t rows, const int32_t *MAYBE order,
                           const double *ROWS errors, double *ROWS gradient, double *ROWS bias);

/// sum ← sum + Σᵢ errors(i)²/2, in double.
void add_half_squares_f32(const float *ROWS errors, ptrdiff_t rows, double *ROWS sum);
void add_half_squares_f64(const double *ROWS errors, ptrdiff_t rows, double *ROWS sum);

/// errors ← X w + b − targets, then the gradient of their loss as by add_gradient_rows; returns Σᵢ errors(i)²/2, formed
/// in double.
///
/// Rows as above; the bits are those of predict_rows, the difference and add_gradient_rows.
double differentiate_rows_f32(const float *ROWS x, ptrdiff_t p, ptrdiff_t rows, const int32_t *MAYBE order,
                              const float *MAYBE ahead, const float *ROWS w, float b, const float *ROWS targets,
                              float *ROWS errors, float *ROWS gradient, float *ROWS bias);
double differentiate_rows_f64(const double *ROWS x, ptrdiff_t p, ptrdiff_t rows, const int32_t *MAYBE order,
                              const double *MAYBE ahead, const double *ROWS w, double b, const double *ROWS targets,
                              double *ROWS errors, double *ROWS gradient, double *ROWS bias);

/// sums(t) ← sums(t) + Σᵢ errors(i, t)²/2 and bias(t) ← bias(t) + Σᵢ errors(i, t) for k targets, in double.
void add_half_squares_targets_f32(const float *ROWS errors, ptrdiff_t rows, ptrdiff_t k, double *ROWS sums);
void add_half_squares_targets_f64(const double *ROWS errors, ptrdiff_t rows, ptrdiff_t k, double *ROWS sums);
void add_sums_targets_f32(const float *ROWS errors, ptrdiff_t rows, ptrdiff_t k, float *ROWS bias);
void add_sums_targets_f64(const double *ROWS errors, ptrdiff_t rows, ptrdiff_t k, double *ROWS bias);

/// out(i, t) ← b(t) + Σⱼ x(i, j) w(j, t) for `rows` rows and k targets; w is `p` × k, out `rows` × k, both row-major.
/// Rows as above.
void predict_targets_f32(const float *ROWS x, ptrdiff_t p, ptrdiff_t rows, const int32_t *MAYBE order,
                         const float *ROWS w, ptrdiff_t k, const float *ROWS b, float *ROWS out);
void predict_targets_f64(const double *ROWS x, ptrdiff_t p, ptrdiff_t rows, const int32_t *MAYBE order,
                         const double *ROWS w, ptrdiff_t k, const double *ROWS b, double *ROWS out);

/// gradient(j, t) ← gradient(j, t) + Σᵢ x(i, j) errors(i, t), gradient `p` × k and errors `rows` × k; in sums of at
/// most 128 rows.
void add_gradient_targets_f32(const float *ROWS x, ptrdiff_t p, ptrdiff_t rows, const int32_t *MAYBE order,
                              const float *ROWS errors, ptrdiff_t k, float *ROWS gradient);
void add_gradient_targets_f64(const double *ROWS x, ptrdiff_t p, ptrdiff_t rows, const int32_t *MAYBE order,
                              const double *ROWS errors, ptrdiff_t k, double *ROWS gradient);

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

/// A ← A R⁻¹ by substitution, row by row: each row b of the result solves b (R + E) = a with |E| of the size of
/// rounding in R.
///
/// A is `rows` × `order` and R `order` × `order`, both row-major with rows `stride` and `order` apart; R is upper
/// triangular with zeros below its diagonal. `order` and `rows` are multiples of 8.
void solve_rows(double *ROWS a, ptrdiff_t stride, ptrdiff_t rows, const double *ROWS r, ptrdiff_t order);

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
