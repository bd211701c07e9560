import Foundation
import TabularRegression
import TestSupport
import Testing

/// The options of `fit`, `predict` and `selftest`.
@Suite struct FitOptionsTests {
  let folder = TemporaryFolder()
  var location: URL { URL(fileURLWithPath: folder.path("")) }

  func object(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  static let homes = """
    ground,upper,total,price
    50,30,80,160
    60,20,80,171
    70,45,115,228
    40,45,85,165
    90,10,100,217
    55,35,90,183

    """

  @Test func redundantColumnsAreNamed() throws {
    var outcome = try linreg("fit", "price ~ .", "-", input: Self.homes)
    // How often a solution is corrected depends on how the processor rounds.
    outcome.output = outcome.output.replacing(/\d passes/, with: "2 passes")
    #expect(
      outcome
        == Outcome(
          status: 0,
          output: """
            price on 3 features, 6 observations: exact least squares

            term         estimate  std. error       t         p
            (Intercept)  11.6976      7.169     1.632     0.201
            ground        2.11788     0.07845  26.99   0.000112
            upper         1.51778     0.09819  15.46   0.000588
            total         -           -         -             -

            total = ground + upper: left out

            residual standard error 2.348 on 3 degrees of freedom
            R² 0.9959, adjusted 0.9932
            F 367.3 on 2 and 3 degrees of freedom, p 0.000259
            solver qr+extended (the data are small), 2 passes
            condition number 2.14, about 15 digits right

            """, error: ""))
    let json = try object(linreg("fit", "price ~ .", "-", "--json", input: Self.homes).output)
    let certificate = try #require(json["certificate"] as? [String: Any])
    let redundant = try #require(certificate["redundant"] as? [[String: Any]])
    #expect(redundant.count == 1)
    #expect(redundant[0]["term"] as? String == "total")
    #expect(redundant[0]["dependsOn"] as? [String] == ["ground", "upper"])
    #expect(difference(try #require(redundant[0]["factors"] as? [Double]), [1, 1], factor: 32) == nil)
    #expect(redundant[0]["constant"] as? Double == 0)
    let coefficients = try #require(json["coefficients"] as? [[String: Any]])
    #expect(coefficients[3]["estimate"] is NSNull)
    #expect(coefficients[3]["standardError"] is NSNull)
  }

  @Test func orRefusedWithThree() throws {
    let outcome = try linreg(
      "fit", "price ~ .", "-", "--redundant", "refuse", "-m", folder.path("m.json"), input: Self.homes)
    #expect(
      outcome
        == Outcome(
          status: 3, output: "",
          error: "standard input: columns depend on others: total = ground + upper; leave them out\n"))
    #expect(!FileManager.default.fileExists(atPath: folder.path("m.json")))
  }

  @Test func orKeptWithLeastNorm() throws {
    let outcome = try linreg("fit", "price ~ .", "-", "--redundant", "minimum-norm", input: Self.homes)
    #expect(outcome.status == 0)
    #expect(
      outcome.output.contains(
        "\n\ntotal = ground + upper\nof all solutions this is the one of least norm in standardised units\n\n"
      ))
    #expect(outcome.output.contains("\nsolver svd (least norm needs a factor of the rows), 1 pass\n"))
  }

  @Test func aFormulaAtFaultIsPointedAt() throws {
    let outcome = try linreg(
      "fit", "price ~ ground ! upper", "-", "-m", folder.path("m.json"), input: Self.homes)
    #expect(
      outcome
        == Outcome(
          status: 2, output: "",
          error: """
            formula: an operator is missing here; a formula has names, ".", functions, 0, 1, parentheses and the operators + - * / : ^ %in%
              price ~ ground ! upper
                             ^

            """))
    #expect(
      try linreg("train", "price ~ ground - 1", "-", input: Self.homes).error
        == "formula: SGD trains an intercept too; leave out \"- 1\" or \"+ 0\"\n  price ~ ground - 1\n  ^\n")
  }

  @Test func theFormulaAndTheTargetSayTheSame() throws {
    func table(_ arguments: String...) throws -> String {
      try linreg(["fit"] + arguments + [diabetes]).output
    }
    #expect(try table("progression ~ .") == table("--target", "progression"))
    #expect(
      try table("progression ~ bmi + bp - 1")
        == table("--target", "progression", "--features", "bmi,bp", "--no-intercept"))
    #expect(
      try table("progression ~ . - age - sex") == table("--target", "progression", "--exclude", "age,sex"))
    #expect(
      try table("progression ~ . - age", "--weights", "tc")
        == table("--target", "progression", "--exclude", "age", "--weights", "tc"))
    #expect(
      try linreg("train", "progression ~ bmi", diabetes, "--epochs", "2").output
        == linreg("train", "--target", "progression", "--features", "bmi", diabetes, "--epochs", "2").output)
  }

  @Test(arguments: [
    ("-1", ":3:2: column \"total\": the weight is negative; weights are zero or more"),
    ("0", ": column \"total\": all weights are zero; give at least one row a weight"),
  ])
  func weightsAtFault(weight: String, message: String) throws {
    let text = "ground,total,price\n1,0,1\n2,\(weight),2\n3,0,4\n"
    #expect(
      try linreg("fit", "price ~ .", "-", "--weights", "total", input: text)
        == Outcome(status: 1, output: "", error: "standard input\(message)\n"))
  }

  @Test func weightsAreNamed() throws {
    let outcome = try linreg("fit", "price ~ .", "-", "--weights", "total", "--json", input: Self.homes)
    let json = try object(outcome.output)
    #expect(json["weights"] as? String == "total")
    #expect(json["formula"] as? String == "price ~ .")
    #expect(
      (json["coefficients"] as? [[String: Any]])?.dropFirst().map { $0["term"] as? String }
        == ["ground", "upper"])
    #expect(
      try linreg("fit", "price ~ .", "-", "--weights", "note", input: Self.homes).error
        == "standard input: there is no column \"note\"; the columns are ground, upper, total, price\n")
  }

  @Test func thePlanIsToldBeforehand() throws {
    let outcome = try linreg(
      "fit", "progression ~ .", diabetes, "--explain", "--threads", "3", "--precision", "double")
    #expect(
      outcome.error == """
        data       442 rows, 10 features
        solver     cholesky first: one pass; the condition number decides what follows
        precision  double
        threads    3
        memory     74.3 kB of columns, and 1.15 kB of sums per thread

        """)
    #expect(
      outcome.output == (try linreg("fit", "progression ~ .", diabetes, "--precision", "double").output))
    // Before a fit that fails too.
    #expect(
      try linreg("fit", "price ~ .", "-", "--redundant", "refuse", "--explain", input: Self.homes).error
        .hasPrefix("data       6 rows, 3 features\nsolver     qr+extended first: the data are small\n"))
  }

  @Test(arguments: [["--precision", "double"], ["--solver", "qr"], ["--precision", "extended"]])
  func anyNumberOfThreadsGivesTheSameBytes(options: [String]) throws {
    var generator = SeededGenerator(seed: 9)
    var text = "a,b,c,w,y\n"
    for _ in 0..<20_000 {
      let values = (0..<3).map { _ in generator.nextNormal() }
      text += values.map(\.description).joined(separator: ",")
      text += ",\(abs(generator.nextNormal())),\(values[0] + generator.nextNormal())\n"
    }
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path("data.csv")))
    let runs = try ["1", "2", "3", "4", "8"].map { threads in
      try linreg(
        ["fit", "y ~ .", "data.csv", "--weights", "w", "--json", "--threads", threads] + options, in: location
      )
    }
    #expect(runs[0].status == 0)
    for run in runs.dropFirst() { #expect(run == runs[0]) }
  }

  @Test func intervalsStandBesideThePredictions() throws {
    let model = folder.path("m.json")
    let fit = try linreg("fit", "progression ~ .", diabetes, "-m", model)
    #expect(fit.status == 0)
    func values(_ arguments: String...) throws -> [[Double]] {
      let output = try linreg(["predict", model, diabetes] + arguments).output
      let lines = output.split(separator: "\n")
      #expect(lines[0] == "prediction,lower,upper")
      return lines.dropFirst().map { $0.split(separator: ",").map { Double($0)! } }
    }
    // R 4.2: predict(lm(progression ~ ., d), d[100, ], interval = …)
    let confidence = try values("--interval", "confidence")
    #expect(confidence.count == 442)
    #expect(
      difference(confidence[99], [139.1643903385182, 122.7436801963961, 155.5851004806403], factor: 4096)
        == nil)
    #expect(
      difference(
        try values("--interval", "prediction", "--level", "0.95")[99],
        [139.1643903385182, 31.46594773021644, 246.8628329468199], factor: 4096) == nil)
    let wider = try values("--interval", "confidence", "--level", "0.99")
    #expect(zip(wider, confidence).allSatisfy { $0[1] < $1[1] && $0[2] > $1[2] && $0[0] == $1[0] })
    let json = try JSONDecoder().decode(
      [String: [Double]].self,
      from: Data(linreg("predict", model, diabetes, "--interval", "confidence", "--json").output.utf8))
    #expect(json["predictions"] == confidence.map { $0[0] })
    #expect(json["lower"] == confidence.map { $0[1] })
    #expect(json["upper"] == confidence.map { $0[2] })
  }

  @Test(arguments: [
    (["fit", "price ~ .", "--ridge", "2"], "it has a ridge penalty"),
    (["train", "price ~ ground", "--quiet"], "it was trained by SGD"),
    (
      ["fit", "price ~ .", "--redundant", "minimum-norm"],
      "it is the solution of least norm of columns that depend on each other"
    ),
  ])
  func modelsWithoutIntervals(arguments: [String], reason: String) throws {
    let path = folder.path("homes.csv"), model = folder.path("m.json")
    try Data(Self.homes.utf8).write(to: URL(fileURLWithPath: path))
    #expect(try linreg(arguments + [path, "-m", model]).status == 0)
    #expect(
      try linreg("predict", model, path, "--interval", "prediction")
        == Outcome(
          status: 1, output: "",
          error: "\(model): the model has no intervals: \(reason); predict without them\n"))
    #expect(try linreg("predict", model, path).status == 0)
  }

  /// R 4.2's lm.ridge(price ~ ground + upper, lambda = 2), MASS.
  @Test func ridgeAsInR() throws {
    let json = try object(
      linreg("fit", "price ~ ground + upper", "-", "--ridge", "2", "--json", input: Self.homes).output)
    let coefficients = try #require(json["coefficients"] as? [[String: Any]])
    let estimates = coefficients.compactMap { $0["estimate"] as? Double }
    #expect(
      difference(estimates, [93.13945647494248, 1.2394313952499, 0.6095719020763882], factor: 256) == nil)
    #expect(coefficients.allSatisfy { $0["standardError"] is NSNull })
    #expect(json["covariance"] is NSNull)
  }

  /// NIST's Filip: a polynomial of degree 10 with a condition number of 10¹⁵ and more.
  @Test func filipByFormula() throws {
    let problem = try #require(ReferenceProblem.nist.first { $0.name == "Filip" })
    let rows = zip(problem.columns[0], problem.y).map { "\($0),\($1)" }
    let outcome = try linreg(
      "fit", "y ~ poly(x, 10)", "-", "--json", input: (["x,y"] + rows).joined(separator: "\n"))
    let coefficients = try #require(try object(outcome.output)["coefficients"] as? [[String: Any]])
    func digits(_ key: String, _ certified: [Double]) -> Double {
      ReferenceProblem.digits(coefficients.map { $0[key] as? Double ?? .nan }, certified: certified)
    }
    #expect(coefficients.count == 11)
    #expect(coefficients.suffix(2).map { $0["term"] as? String } == ["poly(x, 10)9", "poly(x, 10)10"])
    #expect(digits("estimate", problem.estimates) >= 13)
    #expect(digits("standardError", problem.standardErrors) >= 13)
  }

  @Test func theSelfTestReachesItsFloors() throws {
    let outcome = try linreg("selftest")
    #expect(outcome.status == 0)
    #expect(outcome.error == "")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines[0].wholeMatch(of: /NIST StRD on OpenBLAS [\d.]+ \(\w+\): digits right, of 15/) != nil)
    #expect(lines.allSatisfy { $0.count <= 80 })
    #expect(
      lines.dropFirst(3).prefix(11).map { $0.prefix { $0 != " " } }
        == ReferenceProblem.nist.map { $0.name[...] })
    #expect(lines.last == "all 22 reach their floors")
    let json = try object(linreg("selftest", "--json").output)
    #expect(json["passes"] as? Bool == true)
    let problems = try #require(json["problems"] as? [[String: Any]])
    #expect(problems.count == 11)
    let oneWay = try #require(json["oneWay"] as? [[String: Any]])
    #expect(oneWay.map { $0["name"] as? String } == OneWayProblem.nist.map(\.name))
    for problem in oneWay {
      for method in ["extended", "default"] { #expect(problem[method] as! Double >= 13) }
    }
    for problem in problems {
      #expect(problem["passes"] as? Bool == true)
      for method in ["extended", "default"] {
        let digits = try #require(problem[method] as? [String: Double])
        #expect(digits["coefficients"]! >= 13 && digits["standardErrors"]! >= 13)
      }
    }
  }
}

extension FitOptionsTests {
  @Test func evaluationOfAWeightedModelSaysThatItDoesNotWeigh() throws {
    let data = "x,y,w\n0,1,1\n1,3,2\n2,5,1\n3,8,3\n"
    let path = folder.path("weighted.json")
    #expect(try linreg("fit", "y ~ x", "-", "--weights", "w", "-m", path, input: data).status == 0)
    let outcome = try linreg("evaluate", path, "-", input: data)
    #expect(outcome.status == 0)
    #expect(
      outcome.error
        == "every row counts the same here, though the fit weighed rows by \"w\"; --weights COLUMN weighs them\n"
    )
  }

  @Test func aPenaltyCanBeChosen() throws {
    let best = try linreg("fit", "progression ~ .", diabetes, "--ridge", "auto", "--seed", "3")
    #expect(best.status == 0)
    let note = try #require(
      best.error.wholeMatch(
        of:
          /ridge: 10-fold mean squared error (.*) ± (.*) at penalty (.*), within one standard error up to (.*)\n/
      ))
    #expect(best.output.contains("ridge, penalty \(note.3)\n"))
    let simple = try linreg("fit", "--target", "progression", diabetes, "--ridge", "auto-1se", "--seed", "3")
    #expect(simple.error == best.error)
    #expect(simple.output.contains("ridge, penalty \(note.4)\n"))
    let other = try linreg("fit", "progression ~ .", diabetes, "--ridge", "auto", "--seed", "4")
    #expect(other.error != best.error)
    #expect(try linreg("fit", "y ~ .", "-", "--ridge", "auto", input: "x,y\n1,2\n2,4\n").status == 1)
    #expect(try linreg("fit", "y ~ .", "-", "--ridge", "much", input: "x,y\n1,2\n2,4\n").status == 2)
  }
}
