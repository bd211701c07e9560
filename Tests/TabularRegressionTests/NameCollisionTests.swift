import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// The level "b" of g and a column gb are printed under one name, as in R.
@Suite struct NameCollisionTests {
  static let text = """
    g,gb,y
    a,1,1
    b,2,3
    a,2,2
    b,5,6
    a,1,5
    b,3,7
    """

  let table: Table
  init() throws { table = try Table(csvText: Self.text, source: "t.csv") }

  /// R 4.2: coef(lm(y ~ g + gb)) is 1.916667, 1.541667, 0.5625 under the names (Intercept), gb, gb.
  @Test func bothTermsAreFitted() throws {
    let model = try FittedModel("y ~ g + gb", table)
    #expect(model.termNames == ["(Intercept)", "gb", "gb"])
    let estimates = [23.0 / 12, 37.0 / 24, 9.0 / 16]
    #expect(difference(model.coefficientStatistics.compactMap(\.estimate), estimates, factor: 64) == nil)
    #expect(model.summary.split(separator: "\n").count { $0.hasPrefix("gb ") } == 2)
    let folder = TemporaryFolder()
    try model.write(to: folder.path("m"))
    let read = try FittedModel(contentsOf: folder.path("m"))
    #expect(read == model)
    let new = try Table(csvText: "g,gb\nb,4\n", source: "new.csv")
    #expect(difference(try read.predictions(from: new), [23.0 / 12 + 37.0 / 24 + 9.0 / 4], factor: 64) == nil)
    #expect(try FittedModel(training: Formula("y ~ g + gb"), table).features == ["gb", "gb"])
  }

  @Test func aShareSaysWhatIsAmbiguous() throws {
    let share = try Share("y ~ g + gb", table)
    #expect(try share.solve().features == ["gb", "gb"])
    #expect(try share.solve(dropping: ["g"]).features == ["gb"])
    #expect(try share.solve(dropping: ["g"]).design.variables.map(\.variable.name) == ["gb"])
    let message =
      "\"gb\" is the name of 2 terms, of the columns g, gb; rename a column, and accumulate again"
    #expect(throws: TabularError.unusable(file: "the share", message: message)) {
      try share.solve(dropping: ["gb"])
    }
    // Of the two only one is a number.
    let other = try share.solve(target: "gb")
    #expect(other.target == "gb" && other.features == ["gb"] && other.design.variables.count == 1)
    #expect(
      difference(
        other.model.coefficients, try FittedModel("gb ~ g", table).model.coefficients, factor: 64) == nil)
  }

  @Test func dependenciesTellTheTermsApart() throws {
    let table = try Table(csvText: "g,gb,y\na,0,1\nb,1,3\na,0,2\nb,1,6\na,0,5\n", source: "t.csv")
    let model = try FittedModel("y ~ g + gb", table)
    #expect(model.summary.contains("gb (term 2) = gb (term 1): left out"))
    #expect(model.json.contains("\"gb (term 1)\""))
    #expect(
      throws: TabularError.rankDeficient(file: "t.csv", dependencies: ["gb (term 2) = gb (term 1)"])
    ) { try FittedModel("y ~ g + gb", table, method: LeastSquares(redundancy: .refuse)) }
  }

  @Test func rowsThatAreNotEstimableNameTheTermsApart() throws {
    let table = try Table(csvText: "g,gb,y\na,0,1\nb,1,3\na,0,2\nb,1,6\na,0,5\n", source: "t.csv")
    let model = try FittedModel("y ~ g + gb", table)
    let new = try Table(csvText: "g,gb\nb,1\nb,0\n", source: "new.csv")
    let rows = try FittedModel.predictedRows([model], new, PredictionColumns(isGuarded: true))
    #expect(rows.notes.unestimable.map(\.counts) == [["gb (term 2) = gb (term 1)": 1]])
    #expect(
      try rows.table.find("outside").values
        == .words(TableColumn.Words(codes: [-1, 0], levels: ["gb (term 2)"])))
  }

  /// A column with the intercept's name is told apart; a hypothesis does not choose between the two.
  @Test func aColumnWithTheNameOfTheIntercept() throws {
    let table = try Table(csvText: Self.text.replacing("gb", with: "(Intercept)"), source: "t.csv")
    let model = try FittedModel("y ~ `(Intercept)`", table)
    #expect(
      throws: TabularError.unusable(
        file: "m",
        message:
          "\"(Intercept)\" is the name of the intercept and of a column; rename the column, and fit again")
    ) { try HypothesisTest("(Intercept) = 0", on: model, named: "m") }
    let test = try HypothesisTest("(Intercept) (term 1) = 0", on: model, named: "m")
    #expect(test.restrictions[0].estimate == model.coefficientStatistics[1].estimate)
    // Without an intercept the name is the column's alone.
    let alone = try FittedModel("y ~ 0 + `(Intercept)`", table)
    let own = try HypothesisTest("(Intercept) = 0", on: alone, named: "m")
    #expect(own.restrictions[0].estimate == alone.coefficientStatistics[0].estimate)
  }

  /// Without an intercept R² is 1 − Σ r² / Σ y², as R has it: summary(lm(y ~ 0 + gb)) gives 0.8228, adjusted 0.7873.
  @Test func withoutAnInterceptRSquaredIsUncentred() throws {
    let model = try FittedModel("y ~ 0 + gb", table)
    // Σ x y = 67, Σ x² = 44, Σ y² = 124.
    #expect(difference([model.statistics.rSquared!], [67.0 * 67 / 44 / 124], factor: 64) == nil)
    #expect(model.summary.contains("R² 0.8228, adjusted 0.7873 (uncentred: against zero, not the mean)"))
    #expect(try !FittedModel("y ~ gb", table).summary.contains("uncentred"))
  }
}
