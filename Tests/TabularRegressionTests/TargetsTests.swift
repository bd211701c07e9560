import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// cbind(y1, y2) ~ x: what is done with the models of several targets is what is done with each.
@Suite struct TargetsTests {
  let folder = TemporaryFolder()
  let table: Table
  let formula: Formula
  let models: [FittedModel]

  init() throws {
    var generator = SeededGenerator(seed: 17)
    let lines = (0..<400).map { row in
      let x = generator.nextNormal(), z = generator.nextNormal()
      return
        "\(3 * x + generator.nextNormal()),\(row % 50 == 0 ? "" : "\(x * z + 20)"),\(x),\(z),L\(row * 7 % 13)"
    }
    table = try Table(csvText: (["y1,y2,x,z,g"] + lines).joined(separator: "\n"), source: "t.csv")
    formula = try Formula("cbind(y1, log(y2)) ~ x + z + g")
    models = try FittedModel.perTarget(formula, table, missing: .drop)
  }

  private func isNear(_ a: FittedModel, _ b: FittedModel) -> Bool {
    a.target == b.target && a.features == b.features && a.observations == b.observations
      && difference(a.model.coefficients, b.model.coefficients, factor: 1e4) == nil
  }

  @Test func aFileHasAllModels() throws {
    try FittedModel.write(models, to: folder.path("m"))
    #expect(try FittedModel.perTarget(contentsOf: folder.path("m")) == models)
    #expect(
      throws: TabularError.model(
        path: folder.path("m"),
        message: "the file has models of several targets, y1, log(y2); one is needed here")
    ) { try FittedModel(contentsOf: folder.path("m")) }
    try models[0].write(to: folder.path("one"))
    #expect(try FittedModel.perTarget(contentsOf: folder.path("one")) == [models[0]])
  }

  @Test func aShareIsSolvedForEach() throws {
    var share = try Share(formula, table, missing: .drop)
    try share.write(to: folder.path("s"))
    share = try Share(contentsOf: folder.path("s"))
    #expect(share.targetCount == 2 && share.target == "cbind(y1, log(y2))")
    let solved = try share.solvePerTarget()
    #expect(solved.count == 2 && zip(solved, models).allSatisfy(isNear))
    #expect(solved[0].formula == formula.text)
    let second = try share.solve(target: "log(y2)")
    #expect(
      isNear(second, models[1])
        && second.formula
          == "log(y2) ~ x + z + gL1 + gL10 + gL11 + gL12 + gL2 + gL3 + gL4 + gL5 + gL6 + gL7 + gL8 + gL9"
    )
    let shorter = try share.solvePerTarget(LeastSquares(ridgePenalty: 2), dropping: ["g", "z"])
    let direct = try FittedModel.perTarget(
      Formula("cbind(y1, log(y2)) ~ x"), table, missing: .drop, method: LeastSquares(ridgePenalty: 2))
    #expect(zip(shorter, direct).allSatisfy(isNear))
    #expect(try share.solve(target: "x").features.count == 13)
    #expect(
      throws: TabularError.unusable(
        file: "the share", message: "there are several targets, y1, log(y2); choose one, or solve for each")
    ) { try share.solve() }
    #expect(throws: TabularError.self) { try share.solvePerTarget(dropping: ["y1"]) }
    // Read in blocks, with levels that are taken out of the rows.
    let text = "y1,y2,g\n" + (0..<2000).map { "\($0 % 17),\($0 % 23),L\($0 * 31 % 500)\n" }.joined()
    let wide = try Table(csvText: text, source: "w.csv")
    let many = try Formula("cbind(y1, y2) ~ g")
    let both = try Share(many, wide).solvePerTarget()
    let direct2 = try FittedModel.perTarget(many, wide)
    #expect(both.count == 2 && zip(both, direct2).allSatisfy(isNear))
    #expect(isNear(both[1], try FittedModel("y2 ~ g", wide.selecting(["y2", "g"]))))
  }

  /// Each target has the penalty that is best for it.
  @Test func ridge() throws {
    let choices = try RidgeChoice.perTarget(formula, table, missing: .drop, folds: 5)
    #expect(choices.count == 2 && choices[0].validation.best != choices[1].validation.best)
    let penalties = choices.map(\.validation.best)
    let fits = try FittedModel.perTarget(
      formula, table, missing: .drop, penalties: penalties, plan: { _ in })
    for (index, fit) in fits.enumerated() {
      let alone = try FittedModel.perTarget(
        formula, table, missing: .drop, method: LeastSquares(ridgePenalty: penalties[index]))[index]
      #expect(fit.model == alone.model && fit.method?.ridgePenalty == penalties[index])
    }
  }

  /// A category with many levels needs columns for the target that has a penalty, whichever it is.
  @Test func aPenaltyForOneTargetOfManyLevels() throws {
    let text = "y1,y2,g\n" + (0..<600).map { "\($0 % 17),\($0 % 23),L\($0 * 31 % 250)\n" }.joined()
    let wide = try Table(csvText: text, source: "w.csv"), formula = try Formula("cbind(y1, y2) ~ g")
    let fits = try FittedModel.perTarget(formula, wide, penalties: [0, 2], plan: { _ in })
    let plain = try FittedModel.perTarget(formula, wide)
    let ridge = try FittedModel.perTarget(formula, wide, method: LeastSquares(ridgePenalty: 2))
    #expect(isNear(fits[0], plain[0]) && isNear(fits[1], ridge[1]))
    #expect(fits.map(\.method?.ridgePenalty) == [0, 2])
  }

  @Test func predictionsAndEvaluations() throws {
    let columns = {
      var columns = PredictionColumns(passed: ["g"], interval: .confidence, isGuarded: true)
      columns.targets = models.map(\.target)
      return columns
    }()
    #expect(
      columns.own == [
        "prediction_y1", "lower_y1", "upper_y1", "prediction_log(y2)", "lower_log(y2)", "upper_log(y2)",
        "leverage", "outside",
      ])
    let rows = try FittedModel.predictedRows(models, table, columns).table
    #expect(rows.columnNames == ["g"] + columns.own)
    for model in models {
      let alone = try model.predictions(from: table, interval: .confidence)
      #expect(try rows.numbers("prediction_\(model.target)") == alone.map(\.prediction))
      #expect(try rows.numbers("upper_\(model.target)") == alone.map(\.upper))
    }
    try table.write(csv: folder.path("t.csv"))
    let evaluations = try FittedModel.evaluations(
      models, reading: TableFile([folder.path("t.csv")], options: ReadingOptions()))
    #expect(evaluations.map(\.missing) == [0, 8])
    for (model, evaluation) in zip(models, evaluations) {
      #expect(try model.evaluation(on: table) == evaluation.evaluation)
    }
  }

  private static let homes =
    "ground,upper,total,price,tax\n50,30,80,160,3\n60,20,80,171,2\n70,45,115,228,5\n"
    + "40,45,85,165,4\n90,10,100,217,3\n55,35,90,183,6\n"

  /// Targets have what was left out in common: a row that is not estimable has no prediction of any, and counts once.
  @Test func rowsThatAreNotEstimable() throws {
    let homes = try Table(csvText: Self.homes, source: "t.csv")
    let formula = try Formula("cbind(price, log(price)) ~ ground + upper + total")
    let models = try FittedModel.perTarget(formula, homes)
    let new = try Table(
      csvText: "ground,upper,total\n50,30,81\n1,2,3\n50,30,81\n50,30,80\n", source: "new.csv")
    func predicted(_ models: [FittedModel], _ columns: PredictionColumns) throws -> PredictedRows {
      var columns = columns
      columns.targets = models.map(\.target)
      return try FittedModel.predictedRows(models, new, columns)
    }
    let rows = try predicted(models, PredictionColumns(interval: .confidence, isGuarded: true))
    for name in rows.table.columnNames where name != "outside" {
      #expect(try rows.table.numbers(name).map(\.isNaN) == [true, false, true, false])
    }
    #expect(rows.notes.unestimable.map(\.rowCount) == [2, 2])
    #expect(rows.notes.unestimable.map(\.counts) == Array(repeating: ["total = ground + upper": 2], count: 2))
    try FittedModel.write(models, to: folder.path("both"))
    #expect(try FittedModel.perTarget(contentsOf: folder.path("both")) == models)
    // A penalty for one of them, by which it has a prediction of all rows.
    let mixed = try FittedModel.perTarget(
      formula, homes, penalties: [1, 0], plan: { _ in })
    let some = try predicted(mixed, PredictionColumns(isGuarded: true))
    #expect(some.notes.unestimable.map(\.rowCount) == [0, 2])
    #expect(try some.table.numbers("prediction_price").allSatisfy { !$0.isNaN })
    #expect(try some.table.numbers("leverage").map(\.isNaN) == [true, false, true, false])
    #expect(try some.table.find("outside").values == rows.table.find("outside").values)
  }

  /// What is left out of evaluations, in blocks of a few rows: the second target is missing in two rows.
  @Test func evaluationsOfRowsThatAreNotEstimable() throws {
    let homes = try Table(csvText: Self.homes, source: "t.csv")
    let models = try FittedModel.perTarget(
      Formula("cbind(price, tax) ~ ground + upper + total"), homes, missing: .drop)
    let text = Self.homes + "50,30,81,999,9\n50,30,81,999,\n50,30,80,160,\n"
    let evaluations = try FittedModel.evaluations(
      models,
      reading: TableReader(
        [.memory(Array(text.utf8), name: "n.csv")], options: ReadingOptions(), blockSize: 40))
    #expect(evaluations.map(\.unestimable.rowCount) == [2, 1])
    #expect(evaluations.map(\.missing) == [0, 2])
    #expect(evaluations.map(\.evaluation.observations) == [7, 6])
    for (model, rows) in zip(models, evaluations) {
      let whole = try model.evaluation(on: Table(csvText: text, source: "n.csv"))
      #expect(abs(rows.evaluation.residualSumOfSquares / whole.residualSumOfSquares - 1) < 1e-10)
    }
  }
}
