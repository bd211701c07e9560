internal import CDistributions
private import Synchronization

/// Student's t distribution.
package enum StudentT {
  /// P(|T| ≥ |t|) with so many degrees of freedom.
  package static func twoSidedP(_ t: Double, freedom: Double) -> Double { student_t_two_sided(t, freedom) }

  /// The t that |T| exceeds with probability 1 − level.
  package static func quantile(level: Double, freedom: Double) -> Double {
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
package enum FisherF {
  /// P(F ≥ f) with so many degrees of freedom in numerator and denominator.
  package static func upperP(_ f: Double, _ numerator: Double, _ denominator: Double) -> Double {
    fisher_f_upper(f, numerator, denominator)
  }
}

/// The χ² distribution.
package enum ChiSquared {
  /// P(χ² ≥ x) with so many degrees of freedom.
  package static func upperP(_ x: Double, freedom: Double) -> Double { chi_squared_upper(x, freedom) }
}

/// The standard normal distribution.
package enum Normal {
  /// P(|Z| ≥ |z|).
  package static func twoSidedP(_ z: Double) -> Double { normal_two_sided(z) }

  /// P(Z ≤ z).
  package static func lowerP(_ z: Double) -> Double {
    let tail = normal_two_sided(z) / 2
    return z < 0 ? tail : 1 - tail
  }

  /// The z with P(Z ≤ z) = p; NaN unless p is between 0 and 1.
  package static func quantile(_ p: Double) -> Double { normal_quantile(p) }

  /// The density at z.
  package static func density(_ z: Double) -> Double {
    CLibrary.exponential(-z * z / 2) / (2 * Double.pi).squareRoot()
  }
}
