import LinearRegression
import Testing

@testable import TabularRegression

/// What tables of models say of standard errors, effects and weights.
@Suite struct ComparisonFootTests {
  private func table() throws -> Table {
    let rows = 0..<24
    return try Table(columns: [
      "x": .numbers(rows.map { Double($0 * $0 % 11) }), "w": .numbers(rows.map { Double($0 % 3 + 1) }),
      "y": .numbers(rows.map { 3 - 2 * Double($0 * $0 % 11) + Double($0 * 7 % 5) }),
      "firm": .words(rows.map { "f\($0 % 4)" }), "year": .words(rows.map { "y\($0 % 3)" }),
    ])
  }

  /// The cells of the rows of a table in Markdown, by the first of each.
  private func cells(_ models: [FittedModel]) -> [String: [String]] {
    let members = models.enumerated().map { ModelComparison.Member(name: "m\($0)", model: $1) }
    let rows = ModelComparison(members).text(.markdown).split(separator: "\n").filter { $0.hasPrefix("|") }
      .map { $0.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast() }
      .map { $0.map { String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) } }
    return Dictionary(rows.map { ($0[0], Array($0.dropFirst())) }) { first, _ in first }
  }

  @Test func theFootTellsOfEachModel() throws {
    let table = try table(), plain = try FittedModel("y ~ x", table)
    let alone = cells([plain, plain])
    #expect(alone["std. errors"] == ["classical", "classical"])
    for name in ["clusters", "effects of", "weights", "kind of weights"] { #expect(alone[name] == nil) }
    let clustered = try FittedModel("y ~ x", table, weights: "w")
      .withCovariance(.clustered(by: ["firm", "year"]), of: table)
    let lagged = try plain.withCovariance(.neweyWest(lags: 1), of: table)
    let robust = try plain.withCovariance(.hc3, of: table)
    let effects = try FittedModel("y ~ x | firm + year", table)
    let probable = try FittedModel(
      "y ~ x", table, weights: "w", method: LeastSquares(weightKind: .probability))
    let all = cells([clustered, lagged, robust, effects, probable])
    #expect(all["std. errors"] == ["clustered", "HAC, 1 lag", "HC3", "classical", "none"])
    #expect(all["clusters"] == ["firm + year", "", "", "", ""])
    #expect(all["effects of"] == ["", "", "", "firm + year", ""])
    #expect(all["weights"] == ["w", "", "", "", "w"])
    #expect(all["kind of weights"] == ["analytic", "", "", "", "probability"])
  }

  @Test(arguments: ModelComparison.Format.allCases) func starsHaveALegend(format: ModelComparison.Format)
    throws
  {
    let model = try FittedModel("y ~ x", table())
    let comparison = ModelComparison([.init(name: "a", model: model), .init(name: "b", model: model)])
    let legend = comparison.text(format, stars: true).split(separator: "\n").last
    #expect(
      legend
        == [
          .text: "* p < 0.05, ** p < 0.01, *** p < 0.001",
          .markdown: "\\* p < 0.05, \\*\\* p < 0.01, \\*\\*\\* p < 0.001",
          .latex: "$^{*}p < 0.05$, $^{**}p < 0.01$, $^{***}p < 0.001$",
        ][format])
    #expect(!comparison.text(format).contains("p < 0.05"))
  }

  @Test func latexPrintsNamesAndNumbersAsThemselves() throws {
    let table = try table()
    let model = try FittedModel("y ~ I(x > 5) + I(x < 2 | x > 9)", table)
    let text = ModelComparison([.init(name: "a", model: model), .init(name: "b", model: model)]).text(.latex)
    let body = text.split(separator: "\n").filter { !$0.hasPrefix("%") }.joined(separator: "\n")
    #expect(body.contains("I(x \\textgreater{} 5)TRUE & $-"))
    #expect(body.contains("x \\textless{} 2 \\textbar{} x"))
    #expect(!body.contains("<") && !body.contains(">") && !body.contains("|") && !body.contains("& -"))
  }
}
