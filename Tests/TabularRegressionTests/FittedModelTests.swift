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
    // One from the residuals, the other from the triangular factor.
    #expect(
      difference([evaluation.residualSumOfSquares], [model.statistics.residualSumOfSquares], factor: 32)
        == nil)
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
        == "homes.csv: there is no column \"z\"; the columns are id, a, b, y")
    #expect(
      message(target: "y", features: nil)
        == "homes.csv: column \"id\" holds another word in every row; leave it out, or write C(id) if it is a category"
    )
    #expect(
      message(target: "y", features: ["a", "y"])
        == "homes.csv: the target \"y\" is among the features; leave it out of one of the two")
    #expect(message(target: "y", features: ["a", "a"]) == nil)
    #expect(
      message(target: "y", features: nil, "y\n1\n2\n")
        == "homes.csv: there is no column beside the target \"y\" to predict it from; add a feature")
  }

  @Test func trainedModelsTellTheirDistance() throws {
    let exact = try FittedModel(table, target: "y", features: ["a", "b"])
    let model = try FittedModel(
      training: table, target: "y", features: ["a", "b"],
      method: SGD(epochs: 2000, batchSize: 6, learningRate: 0.3))
    let training = try #require(model.training)
    let solution = try #require(training.exact)
    #expect(difference(solution.coefficients, exact.model.coefficients, factor: 10) == nil)
    #expect(difference(solution.intercepts, exact.model.intercepts, factor: 10) == nil)
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
        y on 2 features, 6 observations: exact least squares

        term         estimate  std. error        t        p
        (Intercept)     1          0.4533    2.206    0.115
        a               1.875      0.2846    6.588  0.00712
        b              -2.875      0.2846  -10.1    0.00207

        residual standard error 0.677 on 3 degrees of freedom
        R² 0.9732, adjusted 0.9554
        F 54.5 on 2 and 3 degrees of freedom, p 0.00438
        solver qr+extended (the data are small), 2 passes
        condition number 1.55, about 15 digits right
        """)
    let twins = try Table(csvText: "a,b,y\n1,1,1\n2,2,3\n3,3,4\n4,4,4\n", source: "twins.csv")
    let summary = try FittedModel(twins, target: "y").summary
    #expect(
      summary.hasSuffix(
        "\n\nb = a: left out\n\nresidual standard error 0.7071 on 2 degrees of freedom\nR² 0.8333, adjusted 0.75\nF 10 on 1 and 2 degrees of freedom, p 0.0871\nsolver qr+extended (the data are small), 2 passes\ncondition number 1, about 15 digits right"
      ))
    let trainedTwins = try FittedModel(training: twins, target: "y", method: SGD(epochs: 5, seed: 1)).summary
    #expect(
      trainedTwins.contains(
        "\n\nb = a\nthe solution of least norm in standardised units; fit leaves the columns out\n\nstopped after 5 epochs: no more were asked for\n"
      ))
    let trained = try FittedModel(
      training: table, target: "y", features: ["a", "b"], method: SGD(epochs: 5, learningRate: 0.03, seed: 1))
    #expect(
      trained.summary.hasPrefix(
        "y on 2 features, 6 observations: SGD\n5 epochs, learning rate 0.03, batch size 6, seed 1\n\nterm"))
  }

  @Test func summariesFitEightyColumns() throws {
    let name = String(repeating: "a long name ", count: 6)
    for scale in [1e-300, 1e-10, 1, 1e100] {
      let rows = [1.0, 2, 4, 5, 7].map { "\($0 * scale),\($0.squareRoot()),\(1 / $0)" }
      let table = try Table(
        csvText: (["\(name)x,\(name)z,y"] + rows).joined(separator: "\n"), source: "t.csv")
      let lines = try FittedModel(table, target: "y").summary.split(separator: "\n")
      #expect(lines.allSatisfy { $0.count <= 80 })
      #expect(lines.contains { $0.hasPrefix("a long name a long") && $0.contains("…") })
    }
  }

  @Test func whatIsBeyondDoubleIsAnErrorNotInfinity() throws {
    func message(_ text: String, train: Bool = false) -> String? {
      do {
        let table = try Table(csvText: text, source: "t.csv")
        _ =
          train
          ? try FittedModel(training: table, target: "y", method: SGD(epochs: 2))
          : try FittedModel(table, target: "y")
        return nil
      } catch {
        return "\(error)"
      }
    }
    let beyond = "has values whose spread, squares or coefficient are beyond a Double; use another unit"
    // The coefficient is 10⁴⁰⁰.
    let coefficient = "x,y\n1e-200,1e200\n2e-200,2e200\n3e-200,4e200\n"
    #expect(message(coefficient) == "t.csv: column \"x\" \(beyond)")
    // Training tells losses, which are squares of y.
    #expect(message(coefficient, train: true) == "t.csv: column \"y\" \(beyond)")
    #expect(
      message(coefficient.replacing("e200", with: "e150"), train: true)
        == "t.csv: column \"x\" \(beyond)")
    // The spread is 3.4 × 10³⁰⁸: the fit is right, but there is no interval.
    let wide = try FittedModel(
      Table(csvText: "x,y\n1.7e308,1\n-1.7e308,2\n-1.7e308,3\n", source: "t.csv"), target: "y")
    #expect(difference([wide.model.intercept], [1.75], factor: 4) == nil)
    #expect(difference([wide.model.coefficients[0] * 1.7e308], [-0.75], factor: 4) == nil)
    #expect(wide.covariance == nil)
    // The sum of squares is 10⁴⁰⁰.
    let squares = "x,y\n1,1e200\n2,2e200\n3,4e200\n"
    #expect(message(squares) == "t.csv: column \"y\" \(beyond)")
    #expect(message(squares, train: true) == "t.csv: column \"y\" \(beyond)")
    let model = try FittedModel(Table(csvText: "x,y\n1,1e9\n2,3e9\n3,4e9\n", source: "t.csv"), target: "y")
    #expect(throws: TabularError.self) {
      try model.predictions(from: Table(csvText: "x\n1\n1e305\n", source: "n.csv"))
    }
    // Squares that underflow leave ratios and coefficients right.
    let tiny = try FittedModel(
      Table(csvText: "x,y\n0,1e-200\n1,3e-200\n2,3e-200\n3,4e-200\n", source: "t.csv"), target: "y")
    #expect(difference([try #require(tiny.statistics.rSquared)], [4.05 / 4.75], factor: 16) == nil)
    #expect(tiny.statistics.residualStandardError! > 0)
  }
}
