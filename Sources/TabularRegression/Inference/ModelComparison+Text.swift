#if canImport(FoundationEssentials)
  private import FoundationEssentials
#else
  private import Foundation
#endif
internal import LinearAlgebra
internal import LinearRegression

extension ModelComparison {
  /// How tables are written.
  package enum Format: String, Sendable, CaseIterable {
    case text, markdown, latex
  }

  /// Rows of cells under a heading.
  private struct Grid {
    var heading: [String]
    var rows: [[String]] = []
    /// Rows before which a line is drawn.
    var rules: Set<Int> = []
  }

  /// The coefficients side by side with their standard errors, the statistics of the fits, and the F tests.
  ///
  /// - Parameter stars: whether estimates have stars: one, two or three for p below 0.05, 0.01 and 0.001.
  package func text(_ format: Format, stars: Bool = false) -> String {
    let numbers = members.indices.map { "(\($0 + 1))" }
    let width = members.reduce(0) { max($0, $1.name.count) }
    let list = zip(numbers, members).map { number, member in
      let name = aligned(printable(member.name), .left, width: width)
      return "\(number) \(name)  \(printable(member.model.formula))"
    }
    var parts =
      format == .text ? foldedCoefficients(numbers, stars: stars) : [coefficients(numbers, stars: stars)]
    if !steps.isEmpty { parts.append(tests(numbers)) }
    let tables = parts.map { lines($0, format).joined(separator: "\n") }
    let legend =
      format == .text
      ? list.map { $0.count > 80 ? "\($0.prefix(79))…" : $0 }.joined(separator: "\n")
      : format == .markdown
        ? list.map { "- \(escaped($0, format))" }.joined(separator: "\n")
        : list.map { "% \($0)" }.joined(separator: "\n")
    return ([legend] + tables).joined(separator: "\n\n")
  }

  /// The coefficients in tables below each other, each of as many models as fit 80 columns.
  private func foldedCoefficients(_ numbers: [String], stars: Bool) -> [Grid] {
    var grids: [Grid] = [], start = 0
    while start < members.count {
      func grid(to end: Int) -> Grid {
        ModelComparison(table: Array(members[start..<end]))
          .coefficients(Array(numbers[start..<end]), stars: stars)
      }
      var end = start + 1, last = grid(to: end)
      while end < members.count, case let next = grid(to: end + 1), width(of: next) <= 80 {
        (last, end) = (next, end + 1)
      }
      grids.append(last)
      start = end
    }
    return grids
  }

  private func width(of grid: Grid) -> Int { lines(grid, .text).map(\.count).max() ?? 0 }

  private func coefficients(_ numbers: [String], stars: Bool) -> Grid {
    var terms: [String] = [], known: Set<String> = [], hidden = 0
    var values: [[String: CoefficientStatistics]] = []
    for member in members {
      let model = member.model
      let names = (model.hasIntercept ? [FittedModel.interceptName] : []) + model.design.distinctNames
      // Of a category with many levels there are the first.
      let shown = model.shownRows
      hidden = max(hidden, names.count - shown.count)
      for row in shown where known.insert(names[row]).inserted { terms.append(names[row]) }
      values.append(Dictionary(zip(names, model.coefficientStatistics)) { first, _ in first })
    }
    var grid = Grid(heading: ["term"] + numbers)
    for term in terms {
      let found = values.map { $0[term] }
      grid.rows.append([term] + found.map { cell($0, stars: stars) })
      grid.rows.append(
        [""] + found.map { $0?.standardError.map { "(\(number($0)))" } ?? "" })
    }
    if hidden > 0 { grid.rows.append(["… and \(hidden) more levels"] + numbers.map { _ in "" }) }
    grid.rules = [grid.rows.count]
    let statistics = members.map(\.model.statistics)
    func row(_ name: String, _ value: (FitStatistics) -> Double?, digits: Int = 4) {
      grid.rows.append([name] + statistics.map { value($0).map { number($0, digits: digits) } ?? "" })
    }
    grid.rows.append(["observations"] + members.map { "\($0.model.observations)" })
    row("residual std. error", \.residualStandardError)
    row("R²", \.rSquared)
    row("adjusted R²", \.adjustedRSquared)
    row("AIC", \.aic, digits: 6)
    row("BIC", \.bic, digits: 6)
    return grid
  }

  private func cell(_ coefficient: CoefficientStatistics?, stars: Bool) -> String {
    guard let coefficient else { return "" }
    guard let estimate = coefficient.estimate else { return "left out" }
    let p = stars ? coefficient.pValue ?? 1 : 1
    return number(estimate, digits: 5) + String(repeating: "*", count: [0.05, 0.01, 0.001].count { p < $0 })
  }

  /// The table of the F tests, as R's `anova` prints it.
  private func tests(_ numbers: [String]) -> Grid {
    var grid = Grid(heading: ["model", "residual df", "RSS", "df", "sum of squares", "F", "p"])
    for (index, member) in members.enumerated() {
      let s = member.model.statistics
      let own = [numbers[index], "\(s.degreesOfFreedom)", number(s.residualSumOfSquares, digits: 6)]
      guard index > 0 else {
        grid.rows.append(own + ["", "", "", ""])
        continue
      }
      let step = steps[index - 1]
      grid.rows.append(
        own + [
          "\(step.degreesOfFreedom)", number(step.sumOfSquares, digits: 6), number(step.fStatistic),
          probability(step.pValue),
        ])
    }
    return grid
  }

  // MARK: Writing

  private func lines(_ grid: Grid, _ format: Format) -> [String] {
    switch format {
    case .text:
      let all = [grid.heading] + grid.rows
      let columns = grid.heading.indices.map { index in
        let cells = all.map { index == 0 ? shortened($0[index], to: 32) : hanging($0[index]) }
        return column(cells[0], Array(cells.dropFirst()), index == 0 ? .left : .right)
      }
      var lines = textTable(columns)
      for rule in grid.rules.sorted().reversed() { lines.insert("", at: rule + 1) }
      return lines
    case .markdown:
      let rule = ["---"] + grid.heading.dropFirst().map { _ in "---:" }
      return ([grid.heading, rule] + grid.rows).enumerated().map { index, row in
        "| \(row.map { index == 1 ? $0 : escaped($0, format) }.joined(separator: " | ")) |"
      }
    case .latex:
      func line(_ row: [String]) -> String {
        row.map { escaped($0, format) }.joined(separator: " & ") + " \\\\"
      }
      var lines = ["\\begin{tabular}{l\(String(repeating: "r", count: grid.heading.count - 1))}", "\\hline"]
      lines += [line(grid.heading), "\\hline"]
      for (index, row) in grid.rows.enumerated() {
        if grid.rules.contains(index) { lines.append("\\hline") }
        lines.append(line(row))
      }
      return lines + ["\\hline", "\\end{tabular}"]
    }
  }

  /// A parenthesis and stars hang over the end of the numbers.
  private func hanging(_ cell: String) -> String {
    if cell.isEmpty || cell.hasSuffix(")") { return cell }
    return cell.hasSuffix("*") ? cell : cell + " "
  }

  private func escaped(_ text: String, _ format: Format) -> String {
    let text = printable(text)
    if format == .markdown { return text.replacing("|", with: "\\|").replacing("*", with: "\\*") }
    var result = ""
    for character in text {
      switch character {
      case "&", "%", "$", "#", "_", "{", "}": result += "\\\(character)"
      case "~": result += "\\textasciitilde{}"
      case "^": result += "\\textasciicircum{}"
      case "\\": result += "\\textbackslash{}"
      case "*": result += "$^*$"
      case "²": result += "$^2$"
      case "<": result += "$<$"
      default: result.append(character)
      }
    }
    return result.replacing("$^*$$^*$$^*$", with: "$^{***}$").replacing("$^*$$^*$", with: "$^{**}$")
  }

  /// The same for other programs.
  package var json: String {
    struct Model: Encodable {
      let name: String
      let formula: String
      let observations: Int
      let statistics: FitStatistics
      let terms: [String]
      let coefficients: CoefficientTable
    }
    struct Contents: Encodable {
      let models: [Model]
      let tests: [Step]
      let reason: String?
    }
    let contents = Contents(
      models: members.map {
        Model(
          name: $0.name, formula: $0.model.formula, observations: $0.model.observations,
          statistics: $0.model.statistics, terms: $0.model.termNames,
          coefficients: $0.model.coefficientStatistics)
      }, tests: steps, reason: reason)
    do {
      return String(decoding: try JSONEncoder.ofModels.encode(contents), as: UTF8.self) + "\n"
    } catch {
      fatalError("a comparison cannot be encoded: \(error); this is a bug in swift-linear-regression")
    }
  }
}
