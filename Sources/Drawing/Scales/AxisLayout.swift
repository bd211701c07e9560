internal import LinearAlgebra

/// How lettering along an axis is measured, and how much room there is.
struct Lettering {
  /// The length of the axis.
  var length: Double
  /// Between ticks, about.
  var spacing: Double
  /// Between labels, at least.
  var gap: Double
  /// How far a label reaches along the axis.
  var extent: (String) -> Double
  /// A label cut to the length at hand.
  var shortened: (String) -> String
  var style: NumberStyle
}

/// An axis with its ends, its ticks and their labels.
struct AxisLayout {
  struct Tick: Equatable {
    /// 0 at the left or bottom end of the axis, 1 at the other.
    var position: Double
    var label: String
    /// The label before it was shortened.
    var name: String
  }

  /// Units are logarithms where the scale is logarithmic.
  private(set) var low: Double
  private(set) var high: Double
  private(set) var ticks: [Tick] = []
  let scale: Axis.Scale
  /// The first category is at the top.
  private let isReversed: Bool

  init(_ axis: Axis, isVertical: Bool, _ lettering: Lettering) {
    isReversed = isVertical && axis.categories != nil
    scale = axis.categories == nil ? axis.scale : .linear
    (low, high) = (0, 1)
    if let categories = axis.categories {
      (low, high) = (-0.5, Double(max(1, categories.count)) - 0.5)
      ticks = thinned(
        categories.enumerated().filter { !$0.element.isEmpty }.map { index, name in
          Tick(
            position: fraction(Double(index)) ?? 0, label: Self.shortened(printable(name), lettering),
            name: printable(name))
        }, lettering)
    } else {
      layOutNumbers(Self.usable(axis.range, scale), lettering)
    }
  }

  /// A name that has room: a long one is cut in the middle, for its two ends tell most.
  private static func shortened(_ name: String, _ lettering: Lettering) -> String {
    let cut = lettering.shortened(name)
    if cut == name { return name }
    for count in stride(from: min(cut.count, name.count), to: 3, by: -1) {
      let candidate = "\(name.prefix(count * 6 / 10))…\(name.suffix(count - count * 6 / 10 - 1))"
      if lettering.shortened(candidate) == candidate { return candidate }
    }
    return cut
  }

  /// A range of finite numbers with room for ticks between its ends, above 0 where the scale is logarithmic.
  private static func usable(_ range: ClosedRange<Double>, _ scale: Axis.Scale) -> (low: Double, high: Double)
  {
    let largest = Double.greatestFiniteMagnitude / 4
    var low = min(max(range.lowerBound, -largest), largest),
      high = min(max(range.upperBound, -largest), largest)
    if scale == .log {
      if high <= 0 { (low, high) = (1, 10) }
      high = max(high, 1e-300)
      low = low > 0 ? max(low, 1e-300) : high / 1e6
    }
    // Numbers closer than this cannot be told apart by 13 digits.
    let size = max(abs(low), abs(high))
    if size < 1e-300 { return (-1, 1) }
    if high - low > 1e-12 * size { return (low, high) }
    let margin = Decimal(mantissa: 1, exponent: Decimal.magnitude(of: size) - 1).value
    return (low - margin, high + margin)
  }

  /// As many ticks as there is room for with labels that do not overlap.
  private mutating func layOutNumbers(_ range: (low: Double, high: Double), _ lettering: Lettering) {
    var count = max(3, min(50, Int((lettering.length / lettering.spacing).rounded(.down)) + 1))
    while true {
      let numbers =
        scale == .log
        ? LogarithmicTicks.ticks(low: range.low, high: range.high, count: count)
        : LinearTicks.ticks(low: range.low, high: range.high, count: count)
      lay(numbers, over: range, lettering.style)
      if count == 2 || !overlap(ticks, lettering) { break }
      count -= 1
    }
    ticks = thinned(ticks, lettering)
  }

  /// Sets the ends of the axis and its ticks. An end becomes the tick just beyond it, if there is one, else lies a little
  /// outside the data.
  private mutating func lay(
    _ numbers: [Decimal], over range: (low: Double, high: Double), _ style: NumberStyle
  ) {
    let (dataLow, dataHigh) = (unit(range.low), unit(range.high))
    let span = dataHigh - dataLow
    let kept = numbers.filter { number in
      let value = unit(number.value)
      return value.isFinite && value >= dataLow - 0.12 * span && value <= dataHigh + 0.12 * span
    }
    let values = kept.map { unit($0.value) }
    low = values.first.map { $0 <= dataLow ? $0 : dataLow - 0.02 * span } ?? dataLow
    high = values.last.map { $0 >= dataHigh ? $0 : dataHigh + 0.02 * span } ?? dataHigh
    let labels = scale == .log ? Decimal.logarithmicLabels(kept, style) : Decimal.labels(kept, style)
    ticks = zip(values, labels).map { value, label in
      Tick(position: (value - low) / (high - low), label: label, name: label)
    }
  }

  private func unit(_ value: Double) -> Double { scale == .log ? CLibrary.decimalLogarithm(value) : value }

  /// Where a value is: 0 at the left or bottom end of the axis, 1 at the other; nil where it is nowhere. Values far outside
  /// are brought nearer.
  func fraction(_ value: Double) -> Double? {
    let value = unit(value)
    guard value.isFinite else { return nil }
    let fraction = min(max((value / 2 - low / 2) / (high / 2 - low / 2), -1e4), 1e4)
    return isReversed ? 1 - fraction : fraction
  }

  /// Where bars begin: at 0 or, on a logarithmic axis, at `origin`; at the end of the axis that is nearest to it.
  func base(logarithmicOrigin origin: Double?) -> Double {
    let base = scale == .log ? origin.map(CLibrary.decimalLogarithm) ?? low : 0
    return min(max((base - low) / (high - low), 0), 1)
  }

  private func overlap(_ ticks: [Tick], _ lettering: Lettering) -> Bool {
    zip(ticks, ticks.dropFirst()).contains { first, second in
      let room = abs(second.position - first.position) * lettering.length - lettering.gap
      return (lettering.extent(first.label) + lettering.extent(second.label)) / 2 > room
    }
  }

  /// Every tick, or every second, third, …, the fewest left out with which labels do not overlap.
  private func thinned(_ ticks: [Tick], _ lettering: Lettering) -> [Tick] {
    for step in 1..<max(2, ticks.count) {
      let kept = stride(from: 0, to: ticks.count, by: step).map { ticks[$0] }
      if !overlap(kept, lettering) { return kept }
    }
    return Array(ticks.prefix(1))
  }
}
