internal import CDistributions
private import Synchronization

/// Student's t distribution.
enum StudentT {
  /// P(|T| ≥ |t|) with so many degrees of freedom.
  static func twoSidedP(_ t: Double, freedom: Double) -> Double { student_t_two_sided(t, freedom) }

  /// The t that |T| exceeds with probability 1 − level.
  static func quantile(level: Double, freedom: Double) -> Double {
    // All coefficients and predictions of a fit ask for the same one, which takes some microseconds.
    if let known = last.withLock({ $0 }), known.level == level, known.freedom == freedom { return known.t }
    let t = student_t_two_sided_quantile(level, freedom)
    last.withLock { $0 = Quantile(level: level, freedom: freedom, t: t) }
    return t
  }

  private struct Quantile {
    let level, freedom, t: Double
  }

  /// The quantile that was formed last.
  private static let last = Mutex<Quantile?>(nil)
}

/// Fisher's F distribution.
enum FisherF {
  /// P(F ≥ f) with so many degrees of freedom in numerator and denominator.
  static func upperP(_ f: Double, _ numerator: Double, _ denominator: Double) -> Double {
    fisher_f_upper(f, numerator, denominator)
  }
}
