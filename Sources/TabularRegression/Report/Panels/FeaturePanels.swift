internal import Drawing
internal import LinearAlgebra
internal import LinearRegression

extension Report {
  /// A panel for each column of numbers: residuals with what the column contributes to the prediction.
  var featurePanels: [Panel] {
    diagnostics.features.compactMap(featurePanel)
  }

  private func featurePanel(_ bins: FeatureBins) -> Panel? {
    guard let range = bins.residuals.means.axis.range, range.lowerBound < range.upperBound else { return nil }
    let name = printable(bins.name), title = "Partial residuals: \(name)"
    let (low, high) = (range.lowerBound, range.upperBound)
    let grid = (0...80).map { low + (high - low) * (Double($0) / 80) }
    guard let line = model.contribution(of: bins.name, at: grid) else { return nil }
    let groups = bins.groups
    let centers = groups.map(\.center)
    guard let atCenters = model.contribution(of: bins.name, at: centers) else { return nil }
    let s = diagnostics.fit.unit
    let means = groups.indices.map { index in
      let half = 2 * (groups[index].standardError ?? 0)
      return Interval(
        at: centers[index], low: atCenters[index] + s * (groups[index].mean - half),
        high: atCenters[index] + s * (groups[index].mean + half),
        middle: atCenters[index] + s * groups[index].mean)
    }
    let marks: Layer, ys: [Double]
    if let rows = diagnostics.fewRows, bins.values.count == rows.count,
      let own = model.contribution(of: bins.name, at: bins.values)
    {
      let points = rows.indices.map { Point(x: bins.values[$0], y: own[$0] + s * rows[$0].scaled) }
      (marks, ys) = (.points(points, .data), points.map(\.y))
    } else {
      let cells = shifted(bins, s)
      (marks, ys) = (.cells(cells), ends(cells.yEdges))
    }
    let chart = Chart(
      title: title,
      summary: "Partial residuals of \(name): what it contributes to the prediction, and the residual.",
      x: Axis(label: name, range: span([low, high])),
      y: Axis(label: "contribution + residual", range: span(ys, around: line)),
      layers: [
        marks, .line(zip(grid, line).map { Point(x: $0, y: $1) }, .fit, isDashed: false),
        .line(smooth(means), .second, isDashed: true), .intervals(means, .second),
      ])
    return Panel(
      name: "partial", title: title,
      caption:
        "Line: the fit. Dots with bars: means of rows ± 2 standard errors, joined by a smooth.\(shadeNote)",
      finding: featureFinding(title, name, bins), charts: [chart])
  }

  /// Means of each group and its neighbours, weighted 1, 2, 1.
  private func smooth(_ means: [Interval]) -> [Point] {
    // Of a few there is nothing to smooth.
    if means.count < 4 { return means.map { Point(x: $0.at, y: $0.middle ?? .nan) } }
    return means.indices.map { index in
      let near = [max(0, index - 1), index, index, min(means.count - 1, index + 1)].compactMap {
        means[$0].middle
      }
      return Point(x: means[index].at, y: near.reduce(0, +) / Double(near.count))
    }
  }

  /// The cells of the residuals, moved by what the column contributes.
  private func shifted(_ bins: FeatureBins, _ s: Double) -> Cells {
    let counts = bins.residuals.counts, used = counts.x.range
    let columns = counts.countsOfX.indices.filter { counts.countsOfX[$0] > 0 }
    guard let first = columns.first, let last = columns.last, let used else {
      return Cells(xEdges: [], yEdges: [], counts: [])
    }
    let centers = (first...last).map { min(max(counts.x.center(of: $0), used.lowerBound), used.upperBound) }
    let moves = model.contribution(of: bins.name, at: centers) ?? centers.map { _ in 0 }
    let rows = counts.countsOfY.indices.filter { counts.countsOfY[$0] > 0 }
    let low = (moves.min() ?? 0) + s * counts.y.lowerEdge(of: rows.first ?? 0)
    let high = (moves.max() ?? 0) + s * counts.y.lowerEdge(of: (rows.last ?? 0) + 1)
    let height = 32, step = (high - low) / Double(height)
    var result = Array(repeating: 0, count: height * centers.count)
    for column in centers.indices {
      for row in rows where counts[first + column, row] > 0 {
        let y = moves[column] + s * counts.y.center(of: row)
        let place = step > 0 ? min(max(Int((y - low) / step), 0), height - 1) : 0
        result[place * centers.count + column] += counts[first + column, row]
      }
    }
    return Cells(
      xEdges: (first...last + 1).map { counts.x.lowerEdge(of: $0) },
      yEdges: (0...height).map { low + step * Double($0) }, counts: result)
  }

  private func featureFinding(_ title: String, _ name: String, _ bins: FeatureBins) -> Finding {
    guard let test = diagnostics.groupsTest(of: bins) else {
      return Finding(title, [], tests: [], otherwise: nothingUnusual([]))
    }
    var remarks: [String] = []
    if test.isSignificant, test.size >= 0.2 {
      remarks.append(
        "The residuals are not 0 on average all along \(name), but off by up to \(readable(test.size, digits: 2)) σ\(remedy(bins))."
      )
    }
    return Finding(title, remarks, tests: [test])
  }

  /// What may follow a bend better than the column as it is.
  private func remedy(_ bins: FeatureBins) -> String {
    let name = FormulaParser.quoted(bins.name)
    let isPositive = bins.residuals.means.axis.range.map { $0.lowerBound > 0 } ?? false
    // A curve has been tried.
    if model.features(of: bins.name).count > 1 { return "" }
    return ": try poly(\(name), 2)\(isPositive ? " or log(\(name))" : "")"
  }

  /// A panel for each category: the means of its levels, observed and fitted.
  var levelPanels: [Panel] { diagnostics.levels.compactMap(levelPanel) }

  private func levelPanel(_ bins: LevelBins) -> Panel? {
    let most = 30, known = bins.counts.indices.filter { bins.counts[$0] > 0 }
    if known.isEmpty { return nil }
    let shown = known.sorted { (bins.counts[$0], $1) > (bins.counts[$1], $0) }.prefix(most).sorted()
    let name = printable(bins.name), title = "Levels: \(name)"
    let observed = shown.enumerated().map { position, level in
      let mean = bins.observedMean(level), half = 2 * (bins.standardError(level) ?? 0)
      return Interval(at: Double(position), low: mean - half, high: mean + half, middle: mean)
    }
    let fitted = shown.enumerated().map { Point(x: bins.fittedMean($1), y: Double($0)) }
    let chart = Chart(
      title: title, summary: "The mean of \(shortTarget) in each level of \(name), observed and fitted.",
      x: Axis(
        label: "mean \(shortTarget)",
        range: span(observed.flatMap { [$0.low, $0.high] }, around: fitted.map(\.x))),
      y: Axis(label: "", categories: shown.map { printable(bins.levels[$0]) }),
      layers: [.horizontalIntervals(observed, .data), .points(fitted, .fit)],
      height: Double(90 + 22 * max(3, shown.count)))
    let tests = known.compactMap { level in
      diagnostics.levelTest(bins, level).map { (level: level, test: $0) }
    }
    let odd = tests.filter { $0.test.isSignificant }.map(\.level)
    let remarks =
      odd.isEmpty || diagnostics.hasNoResiduals
      ? []
      : [
        "Predictions are wrong on average for \(odd.prefix(5).map { printable(bins.levels[$0]) }.joined(separator: ", "))\(odd.count > 5 ? " and \(odd.count - 5) more" : "")."
      ]
    return Panel(
      name: "levels", title: title,
      caption:
        "Dots with bars: observed means ± 2 standard errors of the residuals; other dots: fitted means.\(known.count > shown.count ? " The \(shown.count) of \(known.count) levels with most rows." : "")",
      finding: Finding(
        title, remarks, tests: [tests.map(\.test).min { $0.p < $1.p }],
        otherwise: tests.isEmpty ? nothingUnusual([]) : "Nothing unusual."), charts: [chart],
      tables: [
        PanelTable(
          title: "Means by level", columns: [name, "rows", "observed", "fitted", "std. error"],
          rows: shown.map { level in
            [
              printable(bins.levels[level]), String(bins.counts[level]), readable(bins.observedMean(level)),
              readable(bins.fittedMean(level)), bins.standardError(level).map { readable($0) } ?? "–",
            ]
          })
      ])
  }
}

extension Diagnostics {
  /// Whether the mean residual of a level differs from 0 by more than chance: Student's t, by Bonferroni for the largest
  /// of all levels. The size is the mean, in units of the target.
  func levelTest(_ bins: LevelBins, _ level: Int) -> ResidualTest? {
    let n = bins.counts[level], mean = bins.observedMean(level) - bins.fittedMean(level)
    guard canBeTested(), n >= 5, let error = bins.standardError(level), error > 0, mean.isFinite else {
      return nil
    }
    let ofPrediction = isOfFit ? 0 : fit.unit * fit.unit * leverageMoments.mean
    let t = mean / (error * error + ofPrediction).squareRoot(), levels = bins.counts.count { $0 >= 5 }
    return ResidualTest(
      name: "t test of the farthest of \(levels) levels", statistic: "t \(number(t)), \(n - 1) df",
      p: min(1, Double(levels) * StudentT.twoSidedP(t, freedom: Double(n - 1))), size: mean)
  }
}

extension FittedModel {
  /// What the features that are formed of a column alone add to the prediction at some values of it;
  /// nil where it cannot be computed.
  func contribution(of source: String, at values: [Double]) -> [Double]? {
    let features = features(of: source)
    if features.isEmpty || values.isEmpty { return nil }
    var design = design.keeping(features, intercept: false)
    (design.offsets, design.weights, design.missing) = ([], nil, .drop)
    let table = Table(
      source: "", columns: [TableColumn(name: source, values: .numbers(values))], rowCount: values.count,
      places: RowPlaces(file: "", firstLine: 1))
    guard let X = try? design.rows(of: table, for: .prediction).X.high, X.rowCount == values.count else {
      return nil
    }
    let sums = (0..<X.rowCount).map { row in
      features.indices.reduce(0) { $0 + model.coefficients[features[$1]] * X[row, $1] }
    }
    return sums
  }
}
