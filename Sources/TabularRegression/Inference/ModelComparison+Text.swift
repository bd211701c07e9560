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

  /// The coefficients side by side with their standard errors, the statistics of the fits, what they are of, and the F
  /// tests.
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
    var tables = parts.map { lines($0, format).joined(separator: "\n") }
    if stars { tables.insert(Self.meaningOfStars(format), at: tables.count - (steps.isEmpty ? 0 : 1)) }
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
    grid.rows += kinds
    return grid
  }

  /// What standard errors, effects and weights are: rows of the table, those that some model has.
  private var kinds: [[String]] {
    let models = members.map(\.model)
    let rows: [(name: String, cells: [String?])] = [
      ("clusters", models.map { $0.robustCovariance.flatMap { Self.joined($0.estimator.clusters) } }),
      ("effects of", models.map { $0.effects.map { printable($0.name) } }),
      ("weights", models.map { $0.weights.map(printable) }),
      ("kind of weights", models.map { $0.weights == nil ? nil : $0.weightKind.rawValue }),
    ]
    return [["std. errors"] + models.map { $0.standardErrorKind ?? "none" }]
      + rows.filter { $0.cells.contains { $0 != nil } }.map { row in [row.name] + row.cells.map { $0 ?? "" } }
  }

  /// "firm + year"; nil for none.
  private static func joined(_ names: [String]) -> String? {
    names.isEmpty ? nil : names.map(printable).joined(separator: " + ")
  }

  private static func meaningOfStars(_ format: Format) -> String {
    let levels = ["0.05", "0.01", "0.001"]
    return levels.enumerated().map { index, level in
      switch format {
      case .text: "\(String(repeating: "*", count: index + 1)) p < \(level)"
      case .markdown: "\(String(repeating: "\\*", count: index + 1)) p < \(level)"
      case .latex: "$^{\(String(repeating: "*", count: index + 1))}p < \(level)$"
      }
    }.joined(separator: ", ")
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
        let cells = all.map {
          index == 0 ? shortened($0[index], to: 32) : hanging(shortened($0[index], to: 24))
        }
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
        row.enumerated().map { $0 > 0 ? Self.formula($1) ?? escaped($1, format) : escaped($1, format) }
          .joined(separator: " & ") + " \\\\"
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

  /// A number with a minus sign or an exponent, between parentheses or with stars, as a formula of LaTeX; nil for others.
  private static func formula(_ cell: String) -> String? {
    let open = cell.prefix { "(<".contains($0) }
    let text = cell.dropFirst(open.count).prefix { !")*".contains($0) }
    let close = cell.dropFirst(open.count + text.count)
    guard text.contains(where: { "-e".contains($0) }), Double(text)?.isFinite == true else { return nil }
    let parts = text.split(separator: "e")
    let number = parts.count == 2 ? "\(parts[0]) \\cdot 10^{\(Int(parts[1]) ?? 0)}" : String(text)
    let stars = close.hasPrefix("*") ? "^{\(close)}" : String(close)
    return "$\(open)\(number)\(stars)$"
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
      case "<": result += "\\textless{}"
      case ">": result += "\\textgreater{}"
      case "|": result += "\\textbar{}"
      default: result.append(character)
      }
    }
    return result.replacing("$^*$$^*$$^*$", with: "$^{***}$").replacing("$^*$$^*$", with: "$^{**}$")
  }
}
