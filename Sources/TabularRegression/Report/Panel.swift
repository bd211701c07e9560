package import Drawing
internal import LinearAlgebra

/// A part of a report: charts of one thing, what is seen in them, and the numbers behind them.
package struct Panel: Sendable {
  /// A short name, with which `linreg plot --panel` asks for it.
  package let name: String
  /// Its heading.
  package let title: String
  /// What the axes and marks mean.
  package let caption: String
  package let finding: Finding
  package let charts: [Chart]
  package var tables: [PanelTable] = []

  /// Whether it takes the width of the page: for two charts, or a table beside the chart.
  var isWide: Bool { charts.count > 1 || tables.contains { $0.isOpen && $0.columns.count > 4 } }
}

/// Numbers behind a chart.
package struct PanelTable: Sendable {
  package let title: String
  package let columns: [String]
  package let rows: [[String]]
  /// Whether it is shown at once, not only where asked for.
  package var isOpen = false
}

extension BinnedCounts {
  /// The counts as cells for a chart: as many as fit, in the part of the bins that has rows.
  ///
  /// - Parameters:
  ///   - columns: the most cells along x.
  ///   - rows: the most along y.
  func cells(columns: Int = 64, rows: Int = 48) -> Cells {
    let horizontal = Self.grouping(countsOfX, most: columns), vertical = Self.grouping(countsOfY, most: rows)
    var counts = Array(repeating: 0, count: horizontal.count * vertical.count)
    for i in 0..<horizontal.count {
      for j in 0..<vertical.count {
        for bin in horizontal.bins(i) {
          for other in vertical.bins(j) { counts[j * horizontal.count + i] += self[bin, other] }
        }
      }
    }
    return Cells(
      xEdges: (0...horizontal.count).map { x.lowerEdge(of: horizontal.first + $0 * horizontal.size) },
      yEdges: (0...vertical.count).map { y.lowerEdge(of: vertical.first + $0 * vertical.size) },
      counts: counts)
  }

  /// Neighbouring bins taken together.
  private struct Grouping {
    let first: Int
    let size: Int
    let count: Int
    let end: Int

    func bins(_ group: Int) -> Range<Int> {
      min(first + group * size, end)..<min(first + (group + 1) * size, end)
    }
  }

  private static func grouping(_ counts: [Int], most: Int) -> Grouping {
    guard let first = counts.firstIndex(where: { $0 > 0 }), let last = counts.lastIndex(where: { $0 > 0 })
    else { return Grouping(first: 0, size: 1, count: 0, end: 0) }
    let size = (last - first + most) / most
    return Grouping(first: first, size: size, count: (last - first) / size + 1, end: counts.count)
  }
}

/// The least and the greatest of numbers with some room; 0 and 1 where there are none.
func span(_ values: some Sequence<Double>, around extra: [Double] = []) -> ClosedRange<Double> {
  let all = (Array(values) + extra).filter(\.isFinite)
  guard let low = all.min(), let high = all.max() else { return 0...1 }
  if low == high { return low == 0 ? -1...1 : min(low - abs(low) / 10, low)...(high + abs(high) / 10) }
  let room = (high / 50 - low / 50)
  return low - room...high + room
}

/// A number with as many digits as a reader uses, and all before the point up to ten million; beyond 10⁷ and below 10⁻⁴
/// as a multiple of a power of ten. The minus is that of typography.
func readable(_ value: Double, digits: Int = 4) -> String {
  guard value != 0, value.isFinite else { return value == 0 ? "0" : "–" }
  let size = abs(value), sign = value < 0 ? "−" : ""
  if size < 1e-4 || size >= 1e7 {
    let parts = formatted(size, exponentDigits: digits - 1).split(separator: "e")
    let power = parts.count == 2 ? Int(parts[1]) ?? 0 : 0
    return "\(sign)\(withoutZeros(String(parts[0])))×10\(superscript(power))"
  }
  let magnitude = Int(CLibrary.decimalLogarithm(size).rounded(.down))
  return sign + withoutZeros(formatted(size, decimals: max(0, digits - 1 - magnitude)))
}

/// The text of a number without zeros at the end of its decimals.
private func withoutZeros(_ text: String) -> String {
  guard text.contains(".") else { return text }
  var text = text
  while text.last == "0" { text.removeLast() }
  if text.last == "." { text.removeLast() }
  return text
}

private func superscript(_ power: Int) -> String {
  String("\(power)".map { $0 == "-" ? "⁻" : Array("⁰¹²³⁴⁵⁶⁷⁸⁹")[$0.wholeNumberValue ?? 0] })
}
