import Foundation

/// A duration with three significant digits: "1.23 µs".
public func text(seconds: Double) -> String {
  let units: [(name: String, size: Double)] = [("s", 1), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)]
  // 0.9995 of a unit is rounded to the whole.
  let unit = units.first { seconds >= 0.9995 * $0.size } ?? units[units.count - 1]
  return "\(text(seconds / unit.size)) \(unit.name)"
}

/// A positive number with three significant digits, two of them behind the point at most: "1.23", "12.3", "1234".
public func text(_ value: Double) -> String {
  String(format: value < 9.995 ? "%.2f" : value < 99.95 ? "%.1f" : "%.0f", value)
}

/// A number of any size with two significant digits: "5.2e-16".
public func text(scientific value: Double) -> String {
  String(format: "%.1e", value)
}
