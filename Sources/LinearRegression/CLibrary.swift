// What this module takes from the C library.
#if canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#else
  private import Darwin
#endif

/// The natural logarithm.
func logarithm(_ x: Double) -> Double { log(x) }

/// The decimal logarithm.
package func decimalLogarithm(_ x: Double) -> Double { log10(x) }

/// 10 to the power of x.
func decimalPower(_ x: Double) -> Double { pow(10, x) }

/// e to the power of x.
func exponential(_ x: Double) -> Double { exp(x) }

/// x to the power of y.
func power(_ x: Double, _ y: Double) -> Double { pow(x, y) }

/// The cosine of an angle in radians.
func cosine(_ angle: Double) -> Double { cos(angle) }

/// Number of cores that are online.
func onlineCores() -> Int { Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

/// Lets other threads run, if any wait for this core.
func yieldThread() { sched_yield() }
