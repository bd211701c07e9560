import LinearRegression
import TestSupport
import Testing

@testable import TabularRegression

/// Predictions on the scale of y. BasesByRTests hold them against R.
@Suite struct ResponseTests {
  static let rows = (0..<300).map { row in
    "\(2 + Double(row * row % 97) / 10),\(row % 13),\(row % 4)\(row % 50 == 9 ? "0" : "")"
  }
  static let text = "y,x,w\n" + rows.joined(separator: "\n") + "\n"

  let table: Table
  init() throws { table = try Table(csvText: Self.text, source: "t.csv") }

  /// The mean of exp(ŷ + e) over the rows, by hand, and the interval of the median.
  @Test func logarithm() throws {
    let model = try FittedModel("log(y) ~ x", table)
    let onScaleOfTarget = try model.predictions(from: table, interval: .prediction)
    let y = try table.numbers("y")
    let factor =
      zip(y, onScaleOfTarget).reduce(0) { $0 + $1.0 / CLibrary.exponential($1.1.prediction) } / 300
    let expected = onScaleOfTarget.map { factor * CLibrary.exponential($0.prediction) }
    let found = try model.predictions(from: table, interval: .prediction, response: true)
    #expect(difference(found.map(\.prediction), expected, factor: 64) == nil)
    #expect(
      difference(
        found.map(\.upper), onScaleOfTarget.map { CLibrary.exponential($0.upper) }, factor: 4) == nil)
    #expect(
      try model.predictions(from: table, response: true) == found.map(\.prediction))
    #expect(try model.prediction(of: ["x": 3], response: true) == found[3].prediction)
    let evaluation = try model.evaluation(on: table, response: true)
    let errors = zip(y, expected).map { abs($0 - $1) }
    #expect(difference([evaluation.meanAbsoluteError], [errors.reduce(0, +) / 300], factor: 1e3) == nil)
    #expect(difference([evaluation.maximumError], [errors.max()!], factor: 1e3) == nil)
    #expect(try model.evaluation(on: table).meanAbsoluteError < 1)
    // The mean over the rows of the fit is nearer to that of y than the exponential of predictions is.
    let mean = y.reduce(0, +) / 300
    let means = [expected, onScaleOfTarget.map { CLibrary.exponential($0.prediction) }].map {
      abs($0.reduce(0, +) / 300 - mean)
    }
    #expect(means[0] < means[1] / 5)
  }

  /// To a base below 1 a logarithm falls; a negative prediction of a square root is that of 0.
  @Test func endsAreInOrder() throws {
    let falling = try FittedModel("log(y, 0.5) ~ x", table)
    let rising = try FittedModel("log2(y) ~ x", table)
    let pairs = try zip(
      falling.predictions(from: table, interval: .confidence, response: true),
      rising.predictions(from: table, interval: .confidence, response: true))
    for (a, b) in pairs {
      #expect(a.lower < a.upper && a.lower > 0)
      #expect(
        difference([a.prediction, a.lower, a.upper], [b.prediction, b.lower, b.upper], factor: 256) == nil)
    }
    let steep = try FittedModel(
      "sqrt(y) ~ x", Table(csvText: "y,x\n0,1\n0.1,2\n4,3\n16,4\n", source: "t.csv"))
    let end = try steep.prediction(of: ["x": 1], interval: .prediction, response: true)
    #expect(end.lower == 0 && end.upper > 0)
  }

  /// Where ŷ + e is negative a root counts as 0, in the mean as at the ends of intervals. Only of the class of
  /// residuals around −ŷ, which is less than |ŷ|/4 wide, it is not known which are below.
  @Test func rootsBelowZero() throws {
    let rows = (0..<3000).map { "\(max(0, Double($0 % 17) - 6 + Double($0 * $0 % 1009) / 90)),\($0 % 17)" }
    let table = try Table(csvText: "y,x\n" + rows.joined(separator: "\n"), source: "t.csv")
    let model = try FittedModel("sqrt(y) ~ x", table)
    let residuals = try zip(table.column("y"), model.predictions(from: table)).map { $0.squareRoot() - $1 }
    let numbers = (-60...60).map { "\(Double($0) / 2)" }
    let new = try Table(csvText: "x\n" + numbers.joined(separator: "\n"), source: "n.csv")
    let found = try model.predictions(from: new, interval: .prediction, response: true)
    var kinds: Set<String> = []
    for (prediction, found) in zip(try model.predictions(from: new), found) {
      let roots = residuals.map { prediction + $0 }
      let expected = roots.reduce(0) { $0 + max(0, $1) * max(0, $1) } / 3000
      let border = Double(roots.count { abs($0) < abs(prediction) / 4 }) / 3000
      #expect(
        abs(found.prediction - expected)
          <= border * prediction * prediction / 16 + 1024 * .ulpOfOne * expected, "\(prediction)")
      if roots.allSatisfy({ $0 < 0 }) {
        #expect(found.prediction == 0 && found.lower == 0)
        kinds.insert("below")
      } else {
        kinds.insert(roots.allSatisfy { $0 > 0 } ? "above" : "between")
      }
    }
    #expect(kinds == ["below", "between", "above"])
  }

  /// A row of weight 0 has no interval on any scale.
  @Test func weights() throws {
    let model = try FittedModel("log(y) ~ x", table, weights: "w")
    let found = try model.predictions(
      from: table, interval: .prediction, weights: "w", response: true)
    #expect(found[0].lower == -.infinity && found[0].upper == .infinity && found[0].prediction.isFinite)
    #expect(found[1].lower > 0 && found[1].upper.isFinite)
  }

  /// Rows that are read block by block, by any number of threads, from a pipe too.
  @Test(arguments: ["log(y) ~ x", "sqrt(y) ~ 0 + x", "cbind(log1p(y), y) ~ x"])
  func blocks(formula: String) throws {
    let formula = try Formula(formula)
    let whole = try FittedModel.perTarget(formula, table, weights: "w")
    func reader() throws -> TableReader {
      try TableReader(
        [.memory(Array(Self.text.utf8), name: "t.csv")], options: ReadingOptions().keepingDigits(),
        blockSize: 500)
    }
    let streamed = try [1, 2, 3].map { threads in
      try Parallelism.$threads.withValue(threads) {
        try FittedModel.perTarget(formula, reading: reader(), weights: "w", blocksInMemory: 0)
      }
    }
    #expect(streamed[0] == streamed[1] && streamed[0] == streamed[2])
    let extended = try FittedModel.perTarget(
      formula, reading: reader(), weights: "w", method: LeastSquares(precision: .extended), blocksInMemory: 0)
    for models in [streamed[0], extended] {
      for (model, expected) in zip(models, whole) {
        #expect((model.smearing == nil) == (expected.smearing == nil))
        #expect(
          difference(
            try model.predictions(from: table, response: true),
            try expected.predictions(from: table, response: true), factor: 1e4) == nil)
      }
    }
    #expect(whole[0].smearing != nil && (whole.count == 1 || whole[1].smearing == nil))
  }

  /// With effects behind a bar the residuals are those of the rows that take part in the fit.
  @Test(arguments: ["log(y)", "sqrt(y)", "log1p(y)"])
  func effects(target: String) throws {
    let rows = (0..<60).map {
      "\(1 + Double($0 * 7 % 11) + Double($0 % 4)),\($0 * 5 % 13),\(["a", "b", "c"][$0 % 3]),\(1 + $0 % 2)"
    }
    let text = (["y,x,g,w"] + rows + ["3,4,alone,1"]).joined(separator: "\n")
    let all = try Table(csvText: text, source: "t.csv")
    let kept = try Table(csvText: (["y,x,g,w"] + rows).joined(separator: "\n"), source: "t.csv")
    let dummies = try FittedModel("\(target) ~ x + g", kept, weights: "w")
    let expected = try dummies.predictions(from: kept, response: true)
    let formula = try Formula("\(target) ~ x | g")
    let reader = try TableReader(
      [.memory(Array(text.utf8), name: "t.csv")], options: ReadingOptions().keepingDigits(), blockSize: 200)
    for model in [
      try FittedModel(formula, all, weights: "w"),
      try FittedModel.perTarget(formula, reading: reader, weights: "w", blocksInMemory: 0)[0],
    ] {
      #expect(difference(try model.predictions(from: kept, response: true), expected, factor: 1e4) == nil)
      #expect(try FittedModel(json: model.json) == model)
    }
  }

  @Test func whatCannotBe() throws {
    func message(_ model: FittedModel) -> String? {
      do throws(TabularError) {
        _ = try model.predictions(from: table, response: true)
        return nil
      } catch {
        return error.description
      }
    }
    #expect(
      message(try FittedModel("exp(y) ~ x", table))
        == "t.csv: the target exp(y) has no inverse that predictions could take; there are those of log, log2, log10, log1p and sqrt of a column"
    )
    #expect(
      message(try Share("log(y) ~ x", table).solve())
        == "t.csv: the model does not know the residuals of its fit, from which predictions of y are formed where the target is log(y); fit the rows exactly, not by SGD or from a share"
    )
    // As a model of an early version, which has no residuals of a root.
    var root = try FittedModel("sqrt(y) ~ x", table)
    root.smearing = Smearing(factor: 1)
    root = try FittedModel(json: root.json)
    #expect(message(root)?.contains("does not know the residuals of its fit") == true)
    #expect(message(try FittedModel("y ~ x", table)) == nil)
    let steep = try FittedModel("log(y) ~ x", Table(csvText: "y,x\n1,0\n1e100,1\n1e201,2\n", source: "t.csv"))
    let far = try Table(csvText: "x\n0\n9\n", source: "far.csv")
    #expect(throws: TabularError.self) { try steep.predictions(from: far, response: true) }
    #expect(try steep.predictions(from: far).count == 2)
  }
}
