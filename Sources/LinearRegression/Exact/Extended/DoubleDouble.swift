/// A number as the unevaluated sum of two doubles: about 32 digits. What is done on columns of them is in
/// `CRowKernels`; this is for the few numbers that come out.
struct DoubleDouble: Equatable {
  var high: Double
  var low: Double

  static let zero = DoubleDouble(0)

  init(_ value: Double) {
    high = value
    low = 0
  }

  /// A number as it was stored: both parts as they are.
  init(high: Double, low: Double) { (self.high, self.low) = (high, low) }

  /// The sum of two doubles of any size, exactly (Knuth's TwoSum).
  init(_ a: Double, plus b: Double) {
    high = a + b
    let t = high - a
    low = (a - (high - t)) + (b - t)
  }

  /// The sum where |a| ≥ |b|, exactly (Dekker's FastTwoSum).
  private init(large a: Double, small b: Double) {
    high = a + b
    low = b - (high - a)
  }

  /// The nearest Double.
  var rounded: Double { high + low }

  /// What it lacks.
  var rest: Double { (high - rounded) + low }

  static func + (x: DoubleDouble, y: DoubleDouble) -> DoubleDouble {
    let s = DoubleDouble(x.high, plus: y.high), t = DoubleDouble(x.low, plus: y.low)
    let v = DoubleDouble(large: s.high, small: s.low + t.high)
    return DoubleDouble(large: v.high, small: t.low + v.low)
  }

  static func * (x: DoubleDouble, y: DoubleDouble) -> DoubleDouble {
    let product = x.high * y.high
    let error = (-product).addingProduct(x.high, y.high)
    return DoubleDouble(large: product, small: error + (x.high * y.low + x.low * y.high))
  }

  static prefix func - (x: DoubleDouble) -> DoubleDouble {
    var result = x
    result.high.negate()
    result.low.negate()
    return result
  }
}
