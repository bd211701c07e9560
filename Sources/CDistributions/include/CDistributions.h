// Distribution functions, by Boost.Math. Where an argument makes no sense the result is NaN.
#ifndef CDISTRIBUTIONS_H
#define CDISTRIBUTIONS_H

#ifdef __cplusplus
extern "C" {
#endif

/// P(|T| ≥ |t|) for Student's t distribution.
double student_t_two_sided(double t, double degrees_of_freedom);

/// The t with P(|T| ≤ t) = level.
double student_t_two_sided_quantile(double level, double degrees_of_freedom);

/// P(F ≥ f) for Fisher's F distribution.
double fisher_f_upper(double f, double numerator, double denominator);

/// P(χ² ≥ x) for the χ² distribution.
double chi_squared_upper(double x, double degrees_of_freedom);

/// P(|Z| ≥ |z|) for the standard normal distribution.
double normal_two_sided(double z);

/// The z with P(Z ≤ z) = p for the standard normal distribution.
double normal_quantile(double p);

#ifdef __cplusplus
}
#endif

#endif
