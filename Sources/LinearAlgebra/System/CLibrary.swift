#if canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#else
  private import Darwin
#endif

/// What the package takes from the C library, whose name differs from system to system.
package enum CLibrary {
  /// The natural logarithm.
  package static func logarithm(_ x: Double) -> Double { log(x) }

  /// The logarithm to a base: the functions for 2 and 10 are right where a quotient is rounded, as log(8, 2) = 3.
  package static func logarithm(_ x: Double, base: Double) -> Double {
    switch base {
    case 2: log2(x)
    case 10: log10(x)
    default: log(x) / log(base)
    }
  }

  /// The decimal logarithm.
  package static func decimalLogarithm(_ x: Double) -> Double { log10(x) }

  /// The logarithm to the base 2.
  package static func binaryLogarithm(_ x: Double) -> Double { log2(x) }

  /// The natural logarithm of 1 + x, without cancelling for small x.
  package static func logarithmOfOnePlus(_ x: Double) -> Double { log1p(x) }

  /// 10 to the power of x.
  package static func decimalPower(_ x: Double) -> Double { pow(10, x) }

  /// e to the power of x.
  package static func exponential(_ x: Double) -> Double { exp(x) }

  /// e to the power of x, less 1, without cancelling for small x.
  package static func exponentialMinusOne(_ x: Double) -> Double { expm1(x) }

  /// x to the power of y.
  package static func power(_ x: Double, _ y: Double) -> Double { pow(x, y) }

  /// The cosine of an angle in radians.
  package static func cosine(_ angle: Double) -> Double { cos(angle) }

  /// Number of cores that are online.
  package static func onlineCores() -> Int { Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// Lets other threads run, if any wait for this core.
  package static func yieldThread() { sched_yield() }
}
