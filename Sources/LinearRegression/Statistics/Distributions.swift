internal import CDistributions

/// Student's t distribution.
enum StudentT {
  /// P(|T| ≥ |t|) with so many degrees of freedom.
  static func twoSidedP(_ t: Double, freedom: Double) -> Double { student_t_two_sided(t, freedom) }

  /// The t that |T| exceeds with probability 1 − level.
  static func quantile(level: Double, freedom: Double) -> Double {
    student_t_two_sided_quantile(level, freedom)
  }
}

/// Fisher's F distribution.
enum FisherF {
  /// P(F ≥ f) with so many degrees of freedom in numerator and denominator.
  static func upperP(_ f: Double, _ numerator: Double, _ denominator: Double) -> Double {
    fisher_f_upper(f, numerator, denominator)
  }
}
