internal import Drawing
internal import LinearAlgebra
internal import LinearRegression

extension Report {
  /// Leverages against standardised residuals, with contours of Cook's distance.
  var influencePanel: Panel {
    let title = "Leverage and influence"
    if !diagnostics.isStandardized { return influencePanelOfOthers(title) }
    let bins = diagnostics.influence
    let few = points({ $0.leverage.flatMap { $0 > 0 ? $0 : nil } }, \.standardizedResidual)
    let cells = bins.cells()
    let edges = cells.xEdges.map { CLibrary.power(2, $0) }
    let highest = diagnostics.rowsOfLargestLeverage.first?.leverage ?? 1
    let leverages =
      few?.map(\.x) ?? [
        edges.first ?? 1e-3, min(edges.last ?? 1, 1, max(highest, edges.dropLast().last ?? 0)),
      ]
    // Room on both sides: the axis is logarithmic.
    let low = max((leverages.min() ?? 0.001) / 1.1, 1e-12),
      high = max(low * 1.5, min(1, (leverages.max() ?? 1) * 1.1))
    let shown = diagnostics.influentialRows.prefix(5)
    let residuals = span(
      few?.map(\.y) ?? ends(cells.yEdges), around: [-1, 1] + shown.compactMap(\.standardizedResidual))
    var layers: [Layer] = [.rule(x: nil, y: 0, .muted)]
    layers.append(
      few.map { .points($0, .data) }
        ?? .cells(Cells(xEdges: edges, yEdges: cells.yEdges, counts: cells.counts)))
    for distance in [0.5, 1] { layers += contours(of: distance, low...high, residuals) }
    if few == nil { layers.append(.points(shown.map(place), .warning)) }
    layers.append(
      .labels(shown.map { Label(x: place($0).x, y: place($0).y, text: rowName($0)) }, .muted))
    let chart = Chart(
      title: title,
      summary: "Standardised residuals over leverages, with contours of Cook's distances 0.5 and 1.",
      x: Axis(label: "leverage", range: low...high, scale: .log),
      y: Axis(label: "standardised residual", range: residuals), layers: layers)
    return Panel(
      name: "influence", title: title,
      caption:
        "Leverages are on a logarithmic axis; their mean is \(readable(diagnostics.leverageMoments.mean, digits: 3)). Dashed: Cook's distance 0.5 and 1, as far as they are in view.\(shadeNote)",
      finding: influenceFinding(title), charts: [chart],
      tables: [rowTable("The most influential rows", diagnostics.influentialRows)])
  }

  private func place(_ row: DiagnosedRow) -> Point {
    Point(x: row.leverage ?? .nan, y: row.standardizedResidual ?? .nan)
  }

  /// Where Cook's distance has a value: r = ± √(D p (1 − h) / h).
  private func contours(
    of distance: Double, _ leverages: ClosedRange<Double>, _ residuals: ClosedRange<Double>
  ) -> [Layer] {
    let ratio = leverages.upperBound / leverages.lowerBound, p = Double(max(1, diagnostics.fit.rank))
    let upper = (0...100).map { step in
      let h = min(1, leverages.lowerBound * CLibrary.power(ratio, Double(step) / 100))
      return Point(x: h, y: (distance * p * (1 - h) / h).squareRoot())
    }
    return [1.0, -1].flatMap { sign -> [Layer] in
      let line = upper.map { Point(x: $0.x, y: sign * $0.y) }
        .filter { residuals.contains($0.y) && $0.y != 0 }
      guard line.count > 1 else { return [] }
      return [
        .line(line, .warning, isDashed: true),
        .labels([Label(x: line[0].x, y: line[0].y, text: readable(distance))], .warning),
      ]
    }
  }

  private func influenceFinding(_ title: String) -> Finding {
    let test = diagnostics.outlierTest
    var remarks: [String] = []
    if let test, test.isSignificant, let row = diagnostics.rowsOfLargestResiduals.first {
      remarks.append(
        "\(rowName(row)) lies far \(test.size > 0 ? "above" : "below") the fit (\(test.size.isFinite ? "studentised residual \(readable(test.size, digits: 3))" : "all other rows are fitted exactly")): see whether it is an error\((row.cooksDistance ?? 0) > 1 ? ", for it may cause what else is said" : "")."
      )
    }
    // Of few rows each moves the coefficients.
    let influential =
      diagnostics.canBeTested(fewest: 20)
      ? diagnostics.influentialRows.filter { $0.cooksDistance ?? 0 > 1 } : []
    if let first = influential.first, let distance = first.cooksDistance {
      remarks.append(
        influential.count == 1
          ? "\(rowName(first)) moves the coefficients by itself: its Cook's distance is \(readable(distance, digits: 3))."
          : "\(influential.count)\(influential.count == 20 ? " or more" : "") rows move the coefficients by themselves: their Cook's distances are above 1, the largest is \(readable(distance, digits: 3)), of \(rowName(first))."
      )
    }
    if diagnostics.fullLeverageRows > 0 {
      let row = diagnostics.rowsOfLargestLeverage.first.map { ", such as \(rowName($0))" } ?? ""
      remarks.append(
        "\(counted(diagnostics.fullLeverageRows, "row")) with leverage 1\(row) \(diagnostics.fullLeverageRows == 1 ? "determines its" : "determine their") own prediction: the others say nothing of \(diagnostics.fullLeverageRows == 1 ? "it" : "them")."
      )
    }
    return Finding(title, remarks, tests: [test], otherwise: nothingUnusual([test]))
  }

  /// "homes.csv:17".
  func rowName(_ row: DiagnosedRow) -> String {
    let file = row.file.split(separator: "/").last.map(String.init) ?? row.file
    return "\(printable(file)):\(row.line)"
  }

  /// What is told of rows one by one.
  func rowTable(_ title: String, _ rows: [DiagnosedRow]) -> PanelTable {
    func text(_ value: Double?) -> String { value.map { readable($0) } ?? "–" }
    return PanelTable(
      title: title,
      columns: [
        "row", "observed", "fitted", "residual", "leverage", "standardised", "studentised", "Cook's distance",
      ],
      rows: rows.map { row in
        [
          rowName(row), text(row.observed), text(row.fitted), text(row.residual), text(row.leverage),
          text(row.standardizedResidual), text(row.studentizedResidual), text(row.cooksDistance),
        ]
      }, isOpen: true)
  }

  /// What stands in place of influence where that has no meaning.
  private func influencePanelOfOthers(_ title: String) -> Panel {
    let why =
      diagnostics.isOfFit
      ? "The model has no leverages: \(model.whyNoCovariance)."
      : "These are not the rows of the fit, or not all of them: influence is that of a row among all others."
    let test = diagnostics.outlierTest
    var remarks: [String] = []
    if let test, test.isSignificant, let row = diagnostics.rowsOfLargestResiduals.first {
      remarks.append(
        "\(rowName(row)) lies \(readable(abs(row.scaled), digits: 3)) σ \(row.scaled > 0 ? "above" : "below") the prediction: see whether it is an error."
      )
    }
    return Panel(
      name: "influence", title: title, caption: why,
      finding: Finding(title, remarks, tests: [test], otherwise: nothingUnusual([test])), charts: [],
      tables: [
        PanelTable(
          title: "The rows of the largest residuals",
          columns: ["row", "observed", "predicted", "residual", "residual / σ"],
          rows: diagnostics.rowsOfLargestResiduals.map { row in
            [
              rowName(row), readable(row.observed), readable(row.fitted), readable(row.residual),
              readable(row.scaled),
            ]
          }, isOpen: true)
      ])
  }
}
