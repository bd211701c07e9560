/// A duration with three significant digits: "1.23 µs".
public func text(seconds: Double) -> String {
  let units: [(name: String, size: Double)] = [("s", 1), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)]
  // 0.9995 of a unit is rounded to the whole.
  let unit = units.first { seconds >= 0.9995 * $0.size } ?? units[units.count - 1]
  return "\(text(seconds / unit.size)) \(unit.name)"
}

/// A positive number with three significant digits, two of them behind the point at most: "1.23", "12.3", "1230".
public func text(_ value: Double) -> String {
  guard value.isFinite, value < 1e15 else { return "\(value)" }
  let decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0
  let scale = [1, 10, 100][decimals]
  let scaled = Int((value * Double(scale)).rounded())
  if decimals == 0 { return "\(scaled)" }
  let fraction = String(scaled % scale)
  return "\(scaled / scale)." + String(repeating: "0", count: decimals - fraction.count) + fraction
}
