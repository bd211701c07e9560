import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// offset(x) is added with the coefficient 1. FormulasByRTests hold fits with offsets against R's lm; here are the ways
/// to and from a fit.
@Suite struct OffsetTests {
  static let text = """
    y,x,n,g
    1,1,2,a
    3,2,1,b
    2,3,4,a
    6,4,3,b
    5,5,7,a
    7,7,5,b
    4,6,3,b
    """

  let table: Table
  let model: FittedModel
  init() throws {
    table = try Table(csvText: Self.text, source: "t.csv")
    model = try FittedModel("y ~ x + offset(log(n))", table)
  }

  /// The same from a table in which the offset was taken from the target by hand.
  private func byHand(_ formula: String) throws -> FittedModel { try FittedModel(formula, table) }

  @Test func itIsTakenFromTheTargetAndAddedToPredictions() throws {
    let other = try byHand("I(y - log(n)) ~ x")
    #expect(model.model == other.model && model.statistics == other.statistics)
    #expect(model.target == "y" && model.features == ["x"])
    let n = try table.numbers("n"), without = try other.predictions(from: table)
    let predictions = try model.predictions(from: table)
    #expect(
      difference(predictions, zip(without, n).map { $0 + CLibrary.logarithm($1) }, factor: 8) == nil)
    let interval = try model.predictions(from: table, interval: .prediction)[0]
    #expect(interval.prediction == predictions[0] && interval.lower < interval.prediction)
    #expect(model.summary.hasPrefix("y on 1 feature, 7 observations, offset(log(n)): exact least squares"))
    #expect(model.json.contains("offset(log(n))\""))
  }

  /// R² of an evaluation is against the mean of the target itself.
  @Test func evaluation() throws {
    let evaluation = try model.evaluation(on: table)
    let y = try table.numbers("y"), mean = y.reduce(0, +) / 7
    #expect(
      difference(
        [evaluation.residualSumOfSquares, evaluation.totalSumOfSquares],
        [model.statistics.residualSumOfSquares, y.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }], factor: 64)
        == nil)
  }

  @Test func filesSharesRidgeWeightsAndTraining() throws {
    let folder = TemporaryFolder()
    try model.write(to: folder.path("m"))
    #expect(try FittedModel(contentsOf: folder.path("m")) == model)
    #expect(
      difference(
        try Share("y ~ x + offset(log(n))", table).solve().model.coefficients, model.model.coefficients,
        factor: 64) == nil)
    let share = try Share("y ~ x + g + offset(log(n))", table)
    try share.write(to: folder.path("s"))
    let solved = try Share(contentsOf: folder.path("s")).solve(dropping: ["g"])
    #expect(solved.design.offsets == model.design.offsets)
    #expect(difference(solved.model.coefficients, model.model.coefficients, factor: 64) == nil)
    #expect(solved.formula == "y ~ x + offset(log(n))")
    // Another target has no offset.
    let other = try share.solve(target: "x")
    #expect(other.design.offsets.isEmpty)
    #expect(try other.predictions(from: table.selecting(["g"])).count == 7)
    #expect(throws: TabularError.self) {
      var mine = try Share("y ~ x + offset(n)", table)
      try mine.merge(Share("y ~ x + offset(2 * n)", table))
    }
    let ridge = LeastSquares(ridgePenalty: 2)
    #expect(
      try FittedModel(Formula("y ~ x + offset(n)"), table, weights: "n", method: ridge).model
        == FittedModel(Formula("I(y - n) ~ x"), table, weights: "n", method: ridge).model)
    #expect(
      try RidgeChoice(Formula("y ~ x + offset(n)"), table, folds: 3)
        == RidgeChoice(Formula("I(y - n) ~ x"), table, folds: 3))
    #expect(
      try FittedModel(training: Formula("y ~ x + offset(n)"), table).model
        == FittedModel(training: Formula("I(y - n) ~ x"), table).model)
    let both = try FittedModel.perTarget(Formula("cbind(y, x) ~ g + offset(n)"), table)
    #expect(both[1].model == (try byHand("I(x - n) ~ g")).model)
  }

  @Test func whatIsRefused() throws {
    func message(_ formula: String, _ text: String) -> String? {
      do {
        _ = try FittedModel(formula, Table(csvText: text, source: "t.csv"))
        return nil
      } catch { return "\(error)" }
    }
    #expect(
      message("y ~ x + offset(log(n))", "y,x,n\n1,1,1\n2,2,0\n3,4,1\n")
        == "t.csv:3:3: offset(log(n)) is not a finite number where n is 0; correct the row, leave it out, or change the formula"
    )
    #expect(
      message("y ~ x + offset(y)", "y,x\n1,1\n2,2\n")
        == "t.csv: the target \"y\" is among the features; leave it out of one of the two")
    #expect(message("y ~ offset(x)", "y,x\n1,1\n2,3\n4,1\n") == nil)
    // A prediction needs the offset.
    #expect(throws: TabularError.self) { try model.predictions(from: table.selecting(["x"])) }
  }
}
