internal import Drawing
internal import LinearAlgebra
internal import LinearRegression

extension FittedModel {
  /// The model for a person to read: what was fitted and how, a table of coefficients, the statistics. At most 80
  /// columns wide where names allow it.
  public var summary: String { summary(intervals: nil) }

  /// The same with intervals, variance inflation, likelihood and criteria.
  ///
  /// - Parameter level: with which probability intervals cover their coefficients; nil for the summary alone.
  package func summary(intervals level: Double?) -> String {
    let notes = [redundancyNotes, effectsNotes, training == nil ? exactFooter : trainedFooter].map(folded)
    let more = level.map { [intervalTable(level: $0), folded(likelihoodLines)] } ?? []
    let parts =
      [folded(heading), coefficientStatistics.isEmpty ? [] : table + hiddenNote] + notes + more
    return parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  /// Lines of at most 80 columns, where no word is longer.
  private func folded(_ lines: [String]) -> [String] {
    lines.flatMap { wrapped($0, columns: 80, indent: "  ") }
  }

  private var heading: [String] {
    var start =
      "\(printable(target)) on \(counted(design.columns.count, "feature")), \(counted(observations, "observation"))"
    if let weights {
      start += ", \(weightKind == .analytic ? "" : "\(weightKind.rawValue) ")weights \(printable(weights))"
    }
    if let offset = design.offsetText { start += ", \(printable(offset))" }
    if let training {
      let heldOut = training.method.validationFraction > 0 ? " and \(training.validationRows) held out" : ""
      return ["\(start)\(heldOut): SGD"] + training.settings + missingNote
    }
    if let effects {
      start += ", effects of \(printable(effects.name))"
    } else if !hasIntercept {
      start += ", no intercept"
    }
    let penalty = method?.ridgePenalty ?? 0
    let method = penalty > 0 ? "ridge, penalty \(number(penalty))" : "exact least squares"
    let line = "\(start): \(method)"
    return (line.count <= 80 ? [line] : ["\(start):", "  \(method)"]) + missingNote
  }

  /// What became of missing fields.
  private var missingNote: [String] {
    switch missing {
    case .refuse: []
    case .drop where droppedRows == 0: []
    case .drop: ["\(counted(droppedRows, "row")) with a missing field left out"]
    case .mean: ["missing numbers filled by the mean of their column"]
    case .constant(let value): ["missing numbers filled by \(Expression.text(of: value))"]
    }
  }

  /// Of a category with more levels than these the table has only the first.
  private static var mostLevels: Int { 50 }
  private static var firstLevels: Int { 20 }

  /// Columns of categories with many levels that the table leaves out, by category.
  private var hidden: [(category: String, columns: Range<Int>)] {
    guard let absorption = design.absorption(fewest: Self.mostLevels + 1) else { return [] }
    let columns = absorption.columns.range
    return [
      (
        design.variables[absorption.variable].variable.columns[0],
        columns.lowerBound + Self.firstLevels..<columns.upperBound
      )
    ]
  }

  private var hiddenNote: [String] {
    hidden.map { category, columns in
      "… and \(columns.count) more levels of \(printable(category)): --json and a model file have them all"
    }
  }

  /// The rows of the table, the intercept's first (if there is one).
  var shownRows: [Int] {
    let first = hasIntercept ? 1 : 0, hidden = hidden.map(\.columns)
    return coefficientStatistics.indices.filter { row in !hidden.contains { $0.contains(row - first) } }
  }

  private var table: [String] {
    guard let training else { return coefficientTable(exactColumns) }
    let shown = shownRows
    func values(_ model: LinearModel) -> [Double] {
      let all = [model.intercept] + model.coefficients
      return shown.map { all[$0] }
    }
    return coefficientTable([
      column("SGD", pointAligned(values(model), digits: 6)),
      column("exact", pointAligned(values(training.exact ?? model), digits: 6)),
    ])
  }

  /// Names, then columns of the same height.
  func coefficientTable(_ columns: [[String]]) -> [String] {
    let width = columns.reduce(0) { $0 + 2 + $1[0].count }
    let names = column(
      "term", shownRows.map { shortened(termName($0), to: max(16, 80 - width)) }, .left)
    return textTable([names] + columns)
  }

  /// Estimates, and what R's `summary` shows beside them as far as it is there.
  private var exactColumns: [[String]] {
    let all = coefficientStatistics, rows = shownRows.map { all[$0] }
    var columns = [column("estimate", pointAligned(rows.map(\.estimate), digits: 6))]
    guard rows.contains(where: { $0.standardError != nil }) else { return columns }
    columns.append(column("std. error", pointAligned(rows.map(\.standardError), digits: 4)))
    columns.append(column("t", pointAligned(rows.map(\.tStatistic), digits: 4)))
    columns.append(column("p", rows.map { $0.pValue.map(probability) ?? "-" }))
    return columns
  }
}
