import Drawing
import TabularRegression

/// Where charts are drawn in characters.
struct CharacterPage {
  private let columns: Int
  private let rows: Int
  private let style: TextStyle
  private let hasColor: Bool

  /// A page as wide and high as the terminal that standard output goes to.
  ///
  /// - Parameters:
  ///   - width: columns, in place of the terminal's.
  ///   - isASCII: whether no other characters are used.
  init(width: Int? = nil, isASCII: Bool = false, on stream: Terminal.Stream = .output) {
    let size = Terminal.size(stream)
    columns = max(30, width ?? size?.columns ?? 80)
    rows = size?.rows ?? 24
    style = isASCII || !Terminal.hasUTF8 ? .ascii : .braille
    hasColor = Terminal.hasColor(stream)
  }

  /// Charts, two beside each other, so that four fill the page; below them what is seen.
  func text(of panels: [Panel]) -> String {
    let charts = panels.flatMap(\.charts)
    let findings = panels.flatMap { panel in
      wrapped(
        "\(panel.finding.isRemarkable ? "* " : "  ")\(panel.title): \(panel.finding.text)", columns: columns)
    }
    return (drawn(charts, besides: findings.count + 2) + [""] + findings).joined(separator: "\n")
  }

  /// Charts, two beside each other where there are several.
  ///
  /// - Parameter lines: lines of the page that are not theirs.
  func drawn(_ charts: [Chart], besides lines: Int = 2) -> [String] {
    let isSingle = charts.count == 1
    let width = isSingle ? columns : (columns - 2) / 2
    // Charts that are too narrow for numbers stand below each other.
    let perRow = isSingle || width < 30 ? 1 : 2
    let height = isSingle ? min(max(12, rows - lines), 30) : min(max(9, (rows - lines) / 2), 24)
    return stride(from: 0, to: charts.count, by: perRow).flatMap { start in
      sideBySide(
        charts[start..<min(start + perRow, charts.count)].map {
          withoutLabels($0, perRow == 1 ? columns : width)
            .text(
              columns: perRow == 1 ? columns : width, rows: max(height, ($0.y.categories?.count ?? 0) + 5),
              style, color: hasColor
            ).split(
              separator: "\n", omittingEmptySubsequences: false
            ).map(String.init)
        }, width: width)
    }
  }

  /// The chart without the names beside points where they would hide most of them.
  private func withoutLabels(_ chart: Chart, _ width: Int) -> Chart {
    if width >= 70 { return chart }
    var chart = chart
    chart.layers.removeAll { if case .labels = $0 { true } else { false } }
    return chart
  }
}
