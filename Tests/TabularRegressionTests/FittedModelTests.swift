import TabularRegression
import TestSupport
import Testing

@Suite struct FittedModelTests {
  /// y = 1 + 2 a − 3 b + noise, with a name in each row.
  static let text = """
    id,a,b,y
    anna,0,0,1.5
    bert,1,0,2.5
    carl,0,1,-2.5
    dora,2,1,2.5
    emil,3,2,0.5
    fred,1,3,-5.5
    """

  let table: Table
  init() throws { table = try Table(csvText: Self.text, source: "homes.csv") }

  @Test func fitsByName() throws {
    let model = try FittedModel(table, target: "y", features: ["b", "a"])
    let reference = try LeastSquares().fit(table.matrix(["b", "a"]), table.column("y"))
    #expect(model.features == ["b", "a"])
    #expect(model.model == reference.model)
    #expect(model.statistics == reference.statistics[0])
    #expect(model.certificate?.rank == 3)
    #expect(model.training == nil)
    let other = try FittedModel(table, target: "y", features: ["a", "b"])
    #expect(difference(other.model.coefficients.reversed(), model.model.coefficients, factor: 32) == nil)
  }

  @Test func columnsAreFoundByNameAtPrediction() throws {
    let model = try FittedModel(table, target: "y", features: ["a", "b"])
    let expected = model.model.predict([5.0, 7.0])
    let reordered = try Table(csvText: "b,note,a\n7,x,5\n", source: "new.csv")
    #expect(difference(try model.predictions(from: reordered), [expected], factor: 4) == nil)
    #expect(throws: TabularError.noColumn("b", file: "new.csv", available: ["a"])) {
      try model.predictions(from: Table(csvText: "a\n1\n", source: "new.csv"))
    }
    let evaluation = try model.evaluation(on: table)
    #expect(evaluation.residualSumOfSquares == model.statistics.residualSumOfSquares)
  }

  @Test func requestsThatCannotBeMet() {
    func message(target: String, features: [String]?, _ text: String = Self.text) -> String? {
      do {
        _ = try FittedModel(Table(csvText: text, source: "homes.csv"), target: target, features: features)
        return nil
      } catch {
        return "\(error)"
      }
    }
    #expect(
      message(target: "z", features: nil)
        == "homes.csv:1: there is no column \"z\"; the columns are id, a, b, y")
    #expect(
      message(target: "y", features: nil)
        == "homes.csv:2:1: column \"id\": \"anna\" is not a number; correct it or leave the column out (6 such fields in the column)"
    )
    #expect(
      message(target: "y", features: ["a", "y"])
        == "homes.csv: the target \"y\" is among the features; leave it out of one of the two")
    #expect(
      message(target: "y", features: ["a", "a"])
        == "homes.csv: the feature \"a\" is named twice; name it once")
    #expect(
      message(target: "y", features: nil, "y\n1\n2\n")
        == "homes.csv: there is no column beside the target \"y\" to predict it from; add a feature")
    #expect(
      message(target: "y", features: nil, "x,y\n1.7e308,1\n-1.7e308,2\n-1.7e308,3\n")
        == "homes.csv: column \"x\" spans more than a Double can hold; use another unit")
  }

  @Test func trainedModelsTellTheirDistance() throws {
    let exact = try FittedModel(table, target: "y", features: ["a", "b"])
    let model = try FittedModel(
      training: table, target: "y", features: ["a", "b"],
      method: SGD(epochs: 2000, batchSize: 6, learningRate: 0.3))
    let training = try #require(model.training)
    #expect(training.exact == exact.model)
    #expect(training.epochs.count == 2000)
    // Whole batches are plain gradient descent, which converges.
    #expect(difference(model.model.coefficients, exact.model.coefficients, factor: 1000) == nil)
    #expect(model.certificate == nil)
    #expect(throws: TabularError.self) {
      try FittedModel(
        training: table, target: "y", features: ["a"], method: SGD(epochs: 50, learningRate: 100))
    }
  }

  @Test func summaries() throws {
    let model = try FittedModel(table, target: "y", features: ["a", "b"])
    #expect(
      model.summary == """
        y on 2 features, 6 observations: exact least squares (qr)

        term         estimate
        (Intercept)     1
        a               1.875
        b              -2.875

        residual standard error 0.677 on 3 degrees of freedom
        R² 0.9732, adjusted 0.9554, F 54.5
        """)
    let twins = try Table(csvText: "a,b,y\n1,1,1\n2,2,3\n3,3,4\n4,4,4\n", source: "twins.csv")
    let summary = try FittedModel(twins, target: "y").summary
    #expect(summary.hasSuffix("rank 2 of 3: columns depend on each other, the coefficients are not unique"))
    let trained = try FittedModel(
      training: table, target: "y", features: ["a", "b"], method: SGD(epochs: 5, seed: 1))
    #expect(
      trained.summary.hasPrefix(
        "y on 2 features, 6 observations: SGD\n5 epochs, batch size 32, learning rate 0.03, seed 1\n\nterm"))
  }
}
