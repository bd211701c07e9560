internal import Drawing
internal import LinearAlgebra
internal import LinearRegression

extension Report {
  /// What σ is, and how rows are weighed.
  var unitNote: String {
    let name =
      switch diagnostics.fit.unitName {
      case .standardError: "the residual standard error of the fit"
      case .meanSquare: "the root mean square of the fit's residuals"
      case .spread: "the standard deviation of \(shortTarget) in the fit"
      case .one: "one unit of \(shortTarget)"
      }
    let weights = model.weights.map { ", times the root of the row's \(printable($0))" } ?? ""
    return "Residuals are in units of σ = \(readable(diagnostics.fit.unit)), \(name)\(weights)."
  }

  /// What the shades of many rows mean.
  var shadeNote: String {
    diagnostics.fewRows == nil ? " Shades: the number of rows, in equal steps of its logarithm." : ""
  }

  /// What is said where nothing is remarkable.
  func nothingUnusual(_ tests: [ResidualTest?]) -> String {
    if tests.contains(where: { $0 != nil }) { return "Nothing unusual." }
    return diagnostics.observations < 20
      ? "\(counted(diagnostics.observations, "row")) \(diagnostics.observations == 1 ? "is" : "are") too few for a test: look for yourself."
      : "There is nothing to test."
  }

  /// The few rows with a number of theirs, where they are few.
  func points(_ x: (DiagnosedRow) -> Double?, _ y: (DiagnosedRow) -> Double?) -> [Point]? {
    diagnostics.fewRows.map { rows in
      rows.compactMap { row in x(row).flatMap { x in y(row).map { Point(x: x, y: $0) } } }
    }
  }

  /// The residuals of rows: of those of the fit in units of their own standard deviations.
  func residual(_ row: DiagnosedRow) -> Double? {
    diagnostics.isStandardized ? row.standardizedResidual : row.scaled
  }

  var residualName: String { diagnostics.isStandardized ? "standardised residual" : "residual / σ" }

  // MARK: Panels

  /// Residuals against fitted values.
  var residualPanel: Panel {
    let title = "Residuals against fitted values", bins = diagnostics.residuals
    let groups = diagnostics.fittedGroups
    var layers: [Layer] = [.rule(x: nil, y: 0, .muted)]
    let points = points(\.fitted, \.scaled)
    layers.append(points.map { .points($0, .data) } ?? .cells(bins.cells()))
    layers.append(.intervals(intervals(groups), .fit))
    let chart = Chart(
      title: title,
      summary:
        "Residuals in units of σ over fitted values, with their means in groups and two standard errors.",
      x: Axis(
        label: "fitted \(shortTarget)",
        range: span(bins.x.range.map { [$0.lowerBound, $0.upperBound] } ?? [])),
      y: Axis(
        label: "residual / σ", range: span(points?.map(\.y) ?? ends(bins.cells().yEdges), around: [-1, 1])),
      layers: layers)
    return Panel(
      name: "residuals", title: title,
      caption:
        "\(unitNote) Dots with bars: means of \(counted(groups.count, "group")) of rows ± 2 standard errors.\(shadeNote)",
      finding: residualFinding(title), charts: [chart],
      tables: [
        PanelTable(
          title: "Mean residuals by fitted value",
          columns: ["fitted from", "to", "rows", "mean residual / σ", "std. error", "std. deviation"],
          rows: groups.map { group in
            [
              readable(lower(group, bins.x)), readable(upper(group, bins.x)), String(group.count),
              readable(group.mean), group.standardError.map { readable($0) } ?? "–",
              group.deviation.map { readable($0) } ?? "–",
            ]
          })
      ])
  }

  private func residualFinding(_ title: String) -> Finding {
    let (curvature, groups) = (diagnostics.curvatureTest, diagnostics.groupsTest)
    var mean = model.hasIntercept && diagnostics.isOfFit ? nil : diagnostics.meanTest
    var remarks: [String] = []
    if let test = mean, test.isSignificant, abs(test.size) >= 0.1 {
      remarks.append(
        "The residuals are \(readable(test.size, digits: 2)) σ on average: \(diagnostics.isOfFit ? "the intercept is missing" : "the predictions are too \(test.size > 0 ? "low" : "high") for these rows")."
      )
    } else {
      mean = nil
    }
    if let curvature, curvature.isSignificant, curvature.size >= 0.05 {
      remarks.append(
        "The mean of the residuals bends with the fitted values, by \(readable(curvature.size, digits: 2)) σ on average: a power or a logarithm of a column, or a product of two, is missing."
      )
    } else if let groups, groups.isSignificant, groups.size >= 0.2,
      let group = diagnostics.fittedGroups.max(by: {
        abs($0.mean - diagnostics.moments.mean) < abs($1.mean - diagnostics.moments.mean)
      })
    {
      remarks.append(
        "The mean of the residuals is off 0 in places, by \(readable(group.mean, digits: 2)) σ where fitted values are \(readable(lower(group, diagnostics.means.axis), digits: 3)) to \(readable(upper(group, diagnostics.means.axis), digits: 3)): rows there are a group of their own, or the model bends."
      )
    }
    return Finding(
      title, remarks, tests: [mean, curvature, groups], otherwise: nothingUnusual([curvature, groups]))
  }

  /// Means of groups with two standard errors on either side.
  func intervals(_ groups: [BinnedSums.Group]) -> [Interval] {
    groups.map { group in
      let half = 2 * (group.standardError ?? 0)
      return Interval(
        at: group.center, low: group.mean - half, high: group.mean + half,
        middle: group.mean)
    }
  }

  /// The value where a group begins: no less than the least.
  func lower(_ group: BinnedSums.Group, _ axis: BinAxis) -> Double {
    max(axis.lowerEdge(of: group.bins.lowerBound), axis.range?.lowerBound ?? -.infinity)
  }

  func upper(_ group: BinnedSums.Group, _ axis: BinAxis) -> Double {
    min(axis.lowerEdge(of: group.bins.upperBound), axis.range?.upperBound ?? .infinity)
  }

  func ends(_ edges: [Double]) -> [Double] { [edges.first, edges.last].compactMap { $0 } }

  /// The spread of the residuals against fitted values.
  var spreadPanel: Panel {
    let title = "Scale–location"
    let sums = diagnostics.isStandardized ? diagnostics.standardizedSpreads : diagnostics.spreads
    let groups = sums.groups(most: 20, fewest: 10), bins = diagnostics.scales
    let points = points(\.fitted) { residual($0).map { abs($0).squareRoot() } }
    let chart = Chart(
      title: title,
      summary: "The root of the size of residuals over fitted values, with its means in groups.",
      x: Axis(
        label: "fitted \(shortTarget)",
        range: span(bins.x.range.map { [$0.lowerBound, $0.upperBound] } ?? [])),
      y: Axis(
        label: "√|\(points == nil ? "residual / σ" : residualName)|",
        range: span(points?.map(\.y) ?? ends(bins.cells().yEdges), around: [0])),
      layers: [
        points.map { .points($0, .data) } ?? .cells(bins.cells()),
        .line(
          groups.map { Point(x: $0.center, y: $0.mean) }, .fit,
          isDashed: false),
        .intervals(intervals(groups), .fit),
      ])
    return Panel(
      name: "spread", title: title,
      caption:
        "Where the spread is the same everywhere, the line is level. Bars: ± 2 standard errors.\(shadeNote)",
      finding: spreadFinding(title), charts: [chart],
      tables: [
        PanelTable(
          title: "Spread by fitted value",
          columns: ["fitted from", "to", "rows", "mean √|residual|", "std. error"],
          rows: groups.map { group in
            [
              readable(lower(group, sums.axis)), readable(upper(group, sums.axis)), String(group.count),
              readable(group.mean), group.standardError.map { readable($0) } ?? "–",
            ]
          })
      ])
  }

  private func spreadFinding(_ title: String) -> Finding {
    let test = diagnostics.spreadTest
    var remarks: [String] = []
    if let test, test.isSignificant {
      let ratio = test.size > 1 ? test.size : 1 / test.size
      if (test.size > 1) != diagnostics.spreadGrows {
        remarks.append(
          "The spread is not the same everywhere along the fitted values: standard errors do not hold, and robust ones would."
        )
      } else if ratio >= 1.2 {
        let logarithm =
          test.size > 1
          ? logOfTarget.map { ": try \($0), or robust ones" } ?? ", and robust ones would"
          : ", and robust ones would"
        remarks.append(
          "The spread \(test.size > 1 ? "grows" : "shrinks") \(readable(ratio, digits: 2))-fold from left to right. Standard errors do not hold\(logarithm)."
        )
      }
    }
    return Finding(title, remarks, tests: [test], otherwise: nothingUnusual([test]))
  }

  /// log(y) where the target is a column of positive numbers.
  var logOfTarget: String? {
    guard case .column(let name)? = model.design.targets.first, diagnostics.observedMoments.minimum > 0 else {
      return nil
    }
    return "log(\(FormulaParser.quoted(name)))"
  }

  /// Residuals against those of the row before.
  var neighbourPanel: Panel {
    let title = "Residuals of neighbouring rows", bins = diagnostics.neighbours
    let few = diagnostics.fewRows.map { rows in
      zip(rows, rows.dropFirst()).map { Point(x: $0.scaled, y: $1.scaled) }
    }
    let test = diagnostics.neighboursTest
    var remarks: [String] = []
    if let test, test.isSignificant, abs(test.size) >= 0.1, !diagnostics.fit.isPerfect {
      remarks.append(
        "Rows that follow each other have \(test.size > 0 ? "residuals alike" : "residuals of opposite signs"), with correlation \(readable(test.size, digits: 2)): if rows are in the order of time, standard errors do not hold."
      )
    }
    let slope = diagnostics.autocorrelation ?? 0
    let range = span(
      few?.flatMap { [$0.x, $0.y] } ?? ends(bins.cells().yEdges) + ends(bins.cells().xEdges), around: [-1, 1])
    let chart = Chart(
      title: title, summary: "The residual of each row over that of the row before it.",
      x: Axis(label: "residual / σ of the row before", range: range),
      y: Axis(label: "residual / σ", range: range),
      layers: [
        .rule(x: 0, y: 0, .muted), few.map { .points($0, .data) } ?? .cells(bins.cells()),
        .line(
          [range.lowerBound, range.upperBound].map { Point(x: $0, y: slope * $0) }, .fit, isDashed: false),
      ])
    return Panel(
      name: "neighbours", title: title,
      caption: "The line has the slope of their correlation, \(readable(slope, digits: 3)).\(shadeNote)",
      finding: Finding(title, remarks, tests: [test], otherwise: nothingUnusual([test])),
      charts: [chart])
  }
}
