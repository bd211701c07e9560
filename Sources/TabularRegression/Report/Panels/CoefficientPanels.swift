internal import Drawing
internal import LinearAlgebra
internal import LinearRegression

extension Report {
  /// Most terms of a chart or a table.
  private static var mostTerms: Int { 40 }

  /// The coefficients as a table and as charts with intervals: in the units of the columns, and standardised.
  var coefficientPanel: Panel {
    let title = "Coefficients", first = model.hasIntercept ? 1 : 0
    let all = model.coefficientStatistics, names = model.termNames.map { printable($0) }
    let shown = shownTerms
    let hasErrors = all.contains { $0.standardError != nil }
    func chart(_ name: String, _ label: String, _ scale: (Int) -> Double?) -> Chart? {
      let rows = shown.filter { $0 >= first && all[$0].estimate != nil && scale($0) != nil }
      let intervals = rows.enumerated().map { position, row in
        let factor = scale(row)!, estimate = all[row].estimate! * factor
        let interval = all[row].confidenceInterval()
        return Interval(
          at: Double(position), low: interval.map { $0.lowerBound * factor } ?? estimate,
          high: interval.map { $0.upperBound * factor } ?? estimate, middle: estimate)
      }
      guard !intervals.isEmpty, intervals.allSatisfy({ $0.low.isFinite && $0.high.isFinite }) else {
        return nil
      }
      return Chart(
        title: name,
        summary:
          "The coefficients of \(counted(rows.count, "term"))\(hasErrors ? " with intervals of 95 %" : "").",
        x: Axis(label: label, range: span(intervals.flatMap { [$0.low, $0.high] }, around: [0])),
        y: Axis(label: "", categories: rows.map { names[$0] }),
        layers: [.rule(x: 0, y: nil, .muted), .horizontalIntervals(intervals, .data)],
        height: Double(90 + 22 * max(3, rows.count)))
    }
    let deviations = model.standardDeviations
    let spread =
      model.hasIntercept && model.observations > 1
      ? (model.statistics.totalSumOfSquares / Double(model.observations - 1)).squareRoot() : 0
    let charts = [
      chart("In the units of the columns", "change of \(shortTarget) with one unit of the column") { _ in 1 },
      spread > 0
        ? chart("In standard deviations", "change, both in standard deviations") { row in
          deviations[row - first].map { $0 / spread }
        } : nil,
    ].compactMap { $0 }
    let table = PanelTable(
      title: "Coefficients",
      columns: ["term", "estimate"] + (hasErrors ? ["std. error", "t", "p", "95 % interval"] : []),
      rows: shown.map { row in
        let term = all[row]
        func text(_ value: Double?) -> String { value.map { readable($0) } ?? "–" }
        let interval = term.confidenceInterval().map {
          "\(readable($0.lowerBound)) to \(readable($0.upperBound))"
        }
        return [names[row], term.estimate.map { readable($0, digits: 5) } ?? "left out"]
          + (hasErrors
            ? [
              text(term.standardError), text(term.tStatistic), term.pValue.map(probability) ?? "–",
              interval ?? "–",
            ]
            : [])
      }, isOpen: true)
    let hidden = all.count - shown.count
    return Panel(
      name: "coefficients", title: title,
      caption: (hasErrors
        ? "Intervals of 95 %."
        : "There are no standard errors: \(model.statistics.degreesOfFreedom < 1 ? "there are as many coefficients as rows" : model.whyNoCovariance).")
        + (hidden > 0
          ? " The \(shown.count) terms with the largest \(hasErrors ? "|t|" : "effects over the range of their columns") are shown, \(hidden) are not."
          : ""),
      finding: coefficientFinding(title), charts: charts, tables: [table])
  }

  /// The rows of the table that are shown, in order: of many those with the largest |t|.
  private var shownTerms: [Int] {
    let all = model.coefficientStatistics
    if all.count <= Self.mostTerms { return Array(all.indices) }
    let first = model.hasIntercept ? 1 : 0
    let sizes = all.indices.map { row in row < first ? .infinity : model.importance(row - first) }
    return sizes.indices.sorted { (sizes[$0], $1) > (sizes[$1], $0) }.prefix(Self.mostTerms).sorted()
  }

  private func coefficientFinding(_ title: String) -> Finding {
    let all = Array(model.coefficientStatistics.dropFirst(model.hasIntercept ? 1 : 0))
    let leftOut = all.count { $0.estimate == nil }
    let tested = all.compactMap(\.pValue)
    let differ = tested.count { $0 < 0.05 }
    var text =
      tested.isEmpty || diagnostics.fit.isPerfect
      ? (all.isEmpty ? "Nothing but the intercept." : "\(counted(all.count, "coefficient")).")
      : tested.count == 1
        ? "The coefficient \(differ == 1 ? "differs" : "does not differ") from 0 at the level of 5 %."
        : "\(differ == 0 ? "None" : "\(differ)") of \(tested.count) coefficients \(differ == 1 || differ == 0 ? "differs" : "differ") from 0 at the level of 5 %."
    if leftOut > 0 {
      text +=
        " \(counted(leftOut, "column")) that others determine \(leftOut == 1 ? "was" : "were") left out: \(model.dependencyNotes.joined(separator: "; "))."
    }
    return Finding(title, isRemarkable: leftOut > 0, text)
  }

  /// How much the variance of each coefficient is inflated by the other columns; nil where that is not known.
  var inflationPanel: Panel? {
    let title = "Variance inflation"
    guard let covariance = model.covariance, model.hasIntercept, model.features.count > 1 else { return nil }
    let factors = covariance.varianceInflationFactors(of: model.features.count)
    let names = model.features.map { printable($0) }
    let known = factors.indices.compactMap { index in factors[index].map { (index: index, factor: $0) } }
      .filter(\.factor.isFinite).sorted { ($0.factor, $1.index) > ($1.factor, $0.index) }
    if known.isEmpty { return nil }
    let shown = known.prefix(30)
    let chart = Chart(
      title: title, summary: "The variance inflation factors of \(counted(shown.count, "column")).",
      x: Axis(label: "variance inflation factor", range: 1...max(12, shown[0].factor * 1.05), scale: .log),
      y: Axis(label: "", categories: shown.map { names[$0.index] }),
      layers: [
        .rule(x: 10, y: nil, .warning),
        .horizontalBars(shown.enumerated().map { Point(x: $1.factor, y: Double($0)) }, .data),
      ], height: Double(90 + 22 * max(3, shown.count)))
    let large = known.filter { $0.factor > 10 && model.isPlain($0.index) }
    let byForm = known.contains { $0.factor > 10 && !model.isPlain($0.index) }
    let listedNames = large.prefix(5).map { "\(names[$0.index]) \(readable($0.factor, digits: 3))" }.joined(
      separator: ", ")
    return Panel(
      name: "inflation", title: title,
      caption:
        "How many times larger the variance of a coefficient is than if its column were not correlated with the others. Beyond 10 it is called large.\(known.count > shown.count ? " The \(shown.count) largest of \(known.count)." : "")",
      finding: large.isEmpty
        ? Finding(
          title, isRemarkable: false,
          byForm
            ? "Large factors are those of products and powers, which are correlated with what they are made of."
            : "Nothing unusual: the largest factor is \(readable(known[0].factor, digits: 3)).")
        : Finding(
          title, isRemarkable: true,
          "\(listedNames)\(large.count > 5 ? " and \(large.count - 5) more" : ""): the others predict these columns well, so that their coefficients are uncertain one by one; predictions are not."
        ), charts: [chart],
      tables: [
        PanelTable(
          title: "Variance inflation factors", columns: ["column", "factor"],
          rows: shown.map { [names[$0.index], readable($0.factor)] })
      ])
  }
}

extension FittedModel {
  /// Whether a feature is a column of the table, and no other is made of that column: no product, power or function.
  func isPlain(_ feature: Int) -> Bool {
    guard case .part(let part) = design.columns[feature] else { return false }
    let own = design.variables[part.variable]
    if own.levels == nil, case .expression(.column) = own.variable {
    } else if own.levels == nil {
      return false
    }
    let sources = Set(own.variable.columns)
    return design.columns.allSatisfy { other in
      other.parts.allSatisfy { $0.variable == part.variable }
        && other.parts.count == 1
        || other.parts.allSatisfy { sources.isDisjoint(with: design.variables[$0.variable].variable.columns) }
    }
  }

  /// The standard deviation of each feature over the rows of the fit; nil where it is not known.
  var standardDeviations: [Double?] {
    guard hasIntercept, let covariance else { return features.map { _ in nil } }
    return covariance.standardDeviations(of: features.count, observations: observations)
  }
}
