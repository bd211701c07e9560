// What this module takes from the C library.
#if canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#else
  private import Darwin
#endif

enum CLibrary {
  static func power(_ x: Double, _ y: Double) -> Double { pow(x, y) }
  static func logarithm(_ x: Double) -> Double { log(x) }
  static func binaryLogarithm(_ x: Double) -> Double { log2(x) }
  static func decimalLogarithm(_ x: Double) -> Double { log10(x) }
  static func logarithmOfOnePlus(_ x: Double) -> Double { log1p(x) }
  static func exponential(_ x: Double) -> Double { exp(x) }
}
