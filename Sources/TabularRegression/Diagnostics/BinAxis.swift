/// The bins along one axis of a histogram: bin i holds the values in [i 2ᵏ, (i + 1) 2ᵏ).
///
/// Either k is fixed, and values beyond the first and last bin are counted there; or k is the least for which so many
/// bins hold all values. Since bins of 2ᵏ⁺¹ are made of two of 2ᵏ, an axis that grows joins the bins that it has: the
/// counts are the same in whichever order, and in whichever parts, values come.
package struct BinAxis: Equatable, Sendable, Codable {
  /// How many bins there are.
  package let count: Int
  /// Whether the bins are the same whatever the values are.
  private let isFixed: Bool
  /// k.
  package private(set) var exponent: Int
  /// The number i of the first bin.
  private(set) var first: Int
  /// The least and the greatest value; nil where there is none.
  package private(set) var range: ClosedRange<Double>?

  /// So many bins that hold all values.
  package init(count: Int) { (self.count, isFixed, exponent, first) = (count, false, 0, 0) }

  /// Bins of the width 2^exponent, from first · 2^exponent on.
  package init(exponent: Int, first: Int, count: Int) {
    (self.count, isFixed, self.exponent, self.first) = (count, true, exponent, first)
  }

  /// 2ᵏ.
  package var width: Double { Double(sign: .plus, exponent: exponent, significand: 1) }

  /// Where a bin begins; that of `count` where the last one ends.
  package func lowerEdge(of bin: Int) -> Double { Double(first + bin) * width }

  /// The middle of a bin.
  package func center(of bin: Int) -> Double { (Double(first + bin) + 0.5) * width }

  /// Finds the positions of values among the bins.
  struct Locator {
    private let scale: Double
    private let low: Double
    private let high: Double

    init(_ axis: BinAxis) {
      scale = Double(sign: .plus, exponent: -axis.exponent, significand: 1)
      (low, high) = (Double(axis.first), Double(axis.first + axis.count - 1))
    }

    /// The position of a value: the first of one below all bins, and of NaN, the last of one above.
    @inline(__always)
    func position(_ value: Double) -> Int {
      let place = min(high, max(low, value * scale)), whole = Int(place)
      // Truncated numbers are those below but for negative ones; places below the first bin are it.
      return whole - (Double(whole) > place ? 1 : 0) - Int(low)
    }
  }

  /// The positions of values among the bins.
  func positions(_ values: [Double]) -> [Int32] {
    let locator = Locator(self)
    return values.map { Int32(truncatingIfNeeded: locator.position($0)) }
  }

  /// The axis that holds these values too.
  ///
  /// - Precondition: they are finite, unless the axis is fixed.
  func covering(_ values: [Double]) -> BinAxis {
    extremes(of: values).map(covering) ?? self
  }

  /// The axis that holds the values of another of its kind too.
  func covering(_ other: BinAxis) -> BinAxis { other.range.map(covering) ?? self }

  /// The axis that holds a range of finite values too.
  func covering(_ values: ClosedRange<Double>) -> BinAxis {
    var axis = self
    let (low, high) =
      range.map { (min($0.lowerBound, values.lowerBound), max($0.upperBound, values.upperBound)) }
      ?? (values.lowerBound, values.upperBound)
    axis.range = low...high
    if !isFixed { axis.fit(low, high) }
    return axis
  }

  /// Takes the least k for which the bins hold a range. Below 2⁻⁴⁵ of the largest value nothing is told apart, so that
  /// the number of a bin is a whole number.
  private mutating func fit(_ low: Double, _ high: Double) {
    let magnitude = max(abs(low), abs(high)), halfSpread = high / 2 - low / 2
    let finest = magnitude > 0 ? Int(magnitude.exponent) - 45 : -1000
    let spread =
      halfSpread > 0 ? Int(halfSpread.exponent) - (Int.bitWidth - count.leadingZeroBitCount) : -1000
    exponent = max(-1000, finest, spread)
    while true {
      let scale = Double(sign: .plus, exponent: -exponent, significand: 1)
      let (lowest, highest) = ((low * scale).rounded(.down), (high * scale).rounded(.down))
      first = Int(lowest)
      if highest - lowest < Double(count) { return }
      exponent += 1
    }
  }

  /// Where a bin of this axis is on one that covers it.
  func position(of bin: Int, on wider: BinAxis) -> Int {
    ((first + bin) >> (wider.exponent - exponent)) - wider.first
  }
}

extension BinAxis {
  private enum CodingKeys: String, CodingKey { case count, isFixed, exponent, first, range }

  /// Decodes an axis; bins that do not hold the values are an error.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    count = try container.decode(Int.self, forKey: .count)
    isFixed = try container.decode(Bool.self, forKey: .isFixed)
    exponent = try container.decode(Int.self, forKey: .exponent)
    first = try container.decode(Int.self, forKey: .first)
    range = try container.decodeIfPresent(ClosedRange<Double>.self, forKey: .range)
    try container.check(
      1...4096 ~= count && -1000...1100 ~= exponent && (-1 << 50)...(1 << 50) ~= first, .exponent,
      "bins without a place")
    guard let range, !isFixed else { return }
    try container.check(
      range.lowerBound.isFinite && range.upperBound.isFinite, .range, "a range without an end")
    var fitted = self
    fitted.fit(range.lowerBound, range.upperBound)
    try container.check(
      (fitted.exponent, fitted.first) == (exponent, first), .range, "values outside the bins")
  }
}

/// The least and the greatest of numbers; nil where there are none.
private func extremes(of values: [Double]) -> ClosedRange<Double>? {
  guard let first = values.first else { return nil }
  var low = SIMD8(repeating: first), high = low, start = 0
  values.withUnsafeBufferPointer { values in
    while start + 8 <= values.count {
      let eight = UnsafeRawPointer(values.baseAddress! + start).loadUnaligned(as: SIMD8<Double>.self)
      low.replace(with: eight, where: eight .< low)
      high.replace(with: eight, where: eight .> high)
      start += 8
    }
  }
  let rest = values[start...]
  return rest.reduce(low.min()) { min($0, $1) }...rest.reduce(high.max()) { max($0, $1) }
}
