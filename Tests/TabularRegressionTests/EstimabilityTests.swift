import LinearAlgebra
import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// Rows whose prediction a model's fit does not determine.
@Suite struct EstimabilityTests {
  let folder = TemporaryFolder()

  private func table(_ text: String) throws -> Table { try Table(csvText: text, source: "t.csv") }

  /// Whether each row has a prediction, and that it is the same from a file's model.
  private func arePredicted(_ model: FittedModel, _ text: String) throws -> [Bool] {
    let table = try Table(
      csvText: text, source: "new.csv", options: ReadingOptions(categories: model.categories))
    let predictions = try model.predictions(from: table)
    try model.write(to: folder.path("m.model"))
    let saved = try FittedModel(contentsOf: folder.path("m.model"))
    #expect(saved == model)
    #expect(try saved.predictions(from: table).map(\.isNaN) == predictions.map(\.isNaN))
    #expect(try model.predictions(from: table, unestimable: .keep).allSatisfy(\.isFinite))
    if model.covariance != nil && model.statistics.degreesOfFreedom > 0 {
      let intervals = try model.predictions(from: table, interval: .confidence)
      #expect(intervals.map(\.lower.isNaN) == predictions.map(\.isNaN))
    }
    return predictions.map { !$0.isNaN }
  }

  private static let cells = "y,a,b\n1,u,p\n2.1,u,p\n3.2,u,q\n2.9,u,q\n5,v,p\n5.3,v,p\n"

  @Test func aCellWithoutRows() throws {
    let model = try FittedModel("y ~ a*b", table(Self.cells))
    #expect(try arePredicted(model, "a,b\nu,p\nv,p\nv,q\nu,q\n") == [true, true, false, true])
    let rows = try FittedModel.predictedRows(
      [model], table("a,b\nu,p\nv,q\n"), PredictionColumns(interval: .confidence, isGuarded: true))
    #expect(rows.notes.unestimable.map(\.counts) == [["av:bq = 0": 1]])
    #expect(rows.notes.unestimable[0].first?.line == 3)
    for name in ["prediction", "lower", "upper", "leverage"] {
      let numbers = try rows.table.numbers(name)
      #expect(!numbers[0].isNaN && numbers[1].isNaN)
    }
    guard case .words(let words) = try rows.table.find("outside").values else {
      Issue.record("no words")
      return
    }
    #expect(words.codes == [-1, 0] && words.levels == ["av:bq"])
  }

  private static let homes =
    "ground,upper,total,price\n50,30,80,160\n60,20,80,171\n70,45,115,228\n"
    + "40,45,85,165\n90,10,100,217\n55,35,90,183\n"

  @Test func aSumThatIsAnother() throws {
    let new = "ground,upper,total\n1,2,3\n50,30,81\n1000000,1,1000001\n1000000,1,1000000\n"
    let expected = [true, false, true, false]
    #expect(try arePredicted(FittedModel("price ~ .", table(Self.homes)), new) == expected)
    // Where the rows went into a share, and others of several targets.
    let share = try Share(Formula("price ~ ."), table(Self.homes))
    #expect(try arePredicted(share.solve(), new) == expected)
    let several = try FittedModel.perTarget(
      Formula("cbind(price, ground) ~ upper + total + I(2 * upper)"), table(Self.homes))
    #expect(several.allSatisfy { $0.certificate?.redundant.count == 1 })
    #expect(try arePredicted(several[1], new) == [true, true, true, true])
    // A penalty, or the least norm, chooses between coefficients.
    for method in [LeastSquares(ridgePenalty: 1), LeastSquares(redundancy: .minimumNorm)] {
      let model = try FittedModel("price ~ .", table(Self.homes), method: method)
      #expect(try arePredicted(model, new) == [true, true, true, true])
    }
  }

  @Test func aTrainedModel() throws {
    let new = "ground,upper,total\n1,2,3\n50,30,81\n"
    let model = try FittedModel(training: Formula("price ~ ."), table(Self.homes))
    #expect(try arePredicted(model, new) == [true, false])
    let decayed = try FittedModel(
      training: Formula("price ~ ."), table(Self.homes),
      method: SGD(epochs: 1, learningRate: 0.01, weightDecay: 0.1))
    #expect(try arePredicted(decayed, new) == [true, true])
  }

  @Test func moreColumnsThanRows() throws {
    let model = try FittedModel("y ~ .", table("a,b,c,y\n1,5,2,3\n2,3,9,4\n"))
    #expect(
      try arePredicted(model, "a,b,c\n1,5,2\n2,3,9\n3,1,16\n3,1,15\n0,0,0\n") == [
        true, true, true, false, false,
      ])
  }

  /// A category of so many levels that they have no columns: levels whose rows have no weight, among them the reference;
  /// a number that is constant in each level.
  @Test(arguments: [250, 20])
  func aCategory(levels: Int) throws {
    var lines = ["y,x,zip,area,w"], generator = SeededGenerator(seed: 410)
    for row in 0..<levels * 6 {
      let level = row % levels
      lines.append(
        "\(generator.nextNormal()),\(generator.nextNormal()),L\(1000 + level),\(Double(level % 7) / 10),\(level % 50 == 0 ? 0 : 1)"
      )
    }
    let table = try table(lines.joined(separator: "\n") + "\n")
    for method in [LeastSquares(), LeastSquares(solver: .qr)] {
      let model = try FittedModel("y ~ x + zip + area", table, weights: "w", method: method)
      let predictions = try model.predictions(from: table)
      let weights = try table.numbers("w")
      #expect(zip(predictions, weights).allSatisfy { $0.isNaN == ($1 == 0) })
      #expect(
        try arePredicted(
          model, "x,zip,area\n0,L1000,0\n0,L1001,0.1\n0,L1001,0.2\n0,L1009,0.2\n")
          == [false, true, false, true])
    }
    let share = try Share(Formula("y ~ x + zip + area"), table, weights: "w")
    #expect(
      try arePredicted(share.solve(), "x,zip,area\n0,L1000,0\n0,L1001,0.1\n0,L1001,0.2\n0,L1009,0.2\n")
        == [false, true, false, true])
    // Columns of the levels, and the area before them.
    let other = try FittedModel("y ~ x + area + zip", table, weights: "w")
    #expect(
      try arePredicted(other, "x,area,zip\n0,0,L1000\n0,0.1,L1001\n0,0.2,L1001\n0,0.2,L1009\n")
        == [false, true, false, true])
    let trained = try FittedModel(
      training: Formula("y ~ x + zip + area"), table, weights: "w",
      method: SGD(epochs: 1, learningRate: 0.01))
    #expect(
      try arePredicted(
        trained, "x,zip,area\n0,L1000,0\n0,L1001,0.1\n0,L1001,0.2\n0,L1009,0.2\n")
        == [false, true, false, true])
  }

  @Test func evaluationLeavesThemOut() throws {
    let model = try FittedModel("price ~ .", table(Self.homes))
    let extra = try table(Self.homes + "50,30,81,999\n")
    let (own, all) = try (model.evaluation(on: table(Self.homes)), model.evaluation(on: extra))
    #expect(own == all)
    let kept = try model.evaluation(on: extra, unestimable: .keep)
    #expect(kept.observations == 7 && kept.maximumError > 800)
    let rows = try model.evaluation(
      reading: TableReader(
        [.memory(Array((Self.homes + "50,30,81,999\n").utf8), name: "n.csv")], options: ReadingOptions(),
        blockSize: 40))
    #expect(rows.evaluation.observations == 6 && rows.missing == 0 && rows.unestimable.rowCount == 1)
    #expect(abs(rows.evaluation.residualSumOfSquares / all.residualSumOfSquares - 1) < 1e-10)
    #expect(rows.unestimable.counts == ["total = ground + upper": 1])
  }

  /// The offset of a row stays with it where others are left out.
  @Test func offsets() throws {
    let text =
      "ground,upper,total,price,n\n50,30,80,160,1\n60,20,80,171,2\n70,45,115,228,9\n"
      + "40,45,85,165,4\n90,10,100,217,7\n55,35,90,183,5\n"
    let model = try FittedModel("price ~ ground + upper + total + offset(n)", table(text))
    let new = try table("ground,upper,total,n,price\n50,30,81,100,1\n50,30,80,7,1\n50,30,80,9,1\n")
    let predictions = try model.predictions(from: new)
    #expect(predictions[0].isNaN && abs(predictions[2] - predictions[1] - 2) < 1e-10)
    let kept = try model.predictions(from: new, unestimable: .keep)
    #expect(Array(kept.dropFirst()) == Array(predictions.dropFirst()) && kept[0] > 100)
    let errors = kept.dropFirst().map { $0 - 1 }
    #expect(abs(try model.evaluation(on: new).maximumError - errors.max()!) < 1e-10)
  }

  /// All rows of R's fixtures have a prediction where a fit left columns out.
  @Test(arguments: FitByR.all)
  func rowsOfTheFitArePredicted(fit: FitByR) throws {
    let table =
      try fit.csv.map { try Table(csvText: $0, source: fit.name) } ?? Table(csv: RStatisticsTests.diabetes)
    let first = try FittedModel(fit.formula, table, weights: fit.weights).design.sources
      .first { $0.kind == .numbers }
    let name = try #require(first).name
    let copies =
      "\(fit.formula) + I(3 - 2 * \(name)) + I(\(name) / 1e8) + I(1e8 * \(name) + 1e12) + I(\(name) + 7)"
    let model = try FittedModel(copies, table, weights: fit.weights)
    #expect((model.certificate?.redundant.count ?? 0) >= 3)
    #expect(try model.predictions(from: table).allSatisfy { !$0.isNaN })
  }
}
