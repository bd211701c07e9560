import Foundation
import TabularRegression
import TestSupport
import Testing

/// The built command, run as a user would.
@Suite struct CommandTests {
  let folder = TemporaryFolder()
  var location: URL { URL(fileURLWithPath: folder.path("")) }

  func file(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path(name)))
    return name
  }

  func object(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  /// Estimates, or another member of each coefficient, in order.
  func coefficients(_ text: String, _ key: String = "estimate") throws -> [Double] {
    let coefficients = try #require(try object(text)["coefficients"] as? [[String: Any]])
    return try coefficients.map { try #require($0[key] as? Double) }
  }

  /// NumPy 2.4's `lstsq` in Double on [1 X] of the diabetes data.
  static let diabetesByNumPy = [
    -334.56713851878567, -0.036361224223622646, -22.85964809049851, 5.602962091923714, 1.1168079933181887,
    -1.089996334063239, 0.7464504555142204, 0.37200471508914784, 6.533831935990337, 68.48312496478795,
    0.280116989321502,
  ]

  @Test func fitAgreesWithNumPyToTenDigits() throws {
    let outcome = try linreg("fit", "--target", "progression", diabetes, "--json")
    #expect(outcome.status == 0)
    #expect(outcome.error == "")
    for (estimate, reference) in zip(try coefficients(outcome.output), Self.diabetesByNumPy) {
      #expect(abs(estimate - reference) <= 1e-10 * abs(reference))
    }
    #expect(try coefficients(outcome.output).count == 11)
    #expect(try object(outcome.output)["degreesOfFreedom"] as? Int == 431)
  }

  @Test func fitPrintsATable() throws {
    let path = try file("line.csv", "x,y\n0,1\n1,3\n2,5\n3,7.5\n")
    let outcome = try linreg("fit", "--target", "y", path, in: location)
    #expect(
      outcome
        == Outcome(
          status: 0,
          output: """
            y on 1 feature, 4 observations: exact least squares

            term         estimate  std. error       t        p
            (Intercept)      0.9       0.162    5.555   0.0309
            x                2.15      0.0866  24.83   0.00162

            residual standard error 0.1936 on 2 degrees of freedom
            R² 0.9968, adjusted 0.9951
            F 616.3 on 1 and 2 degrees of freedom, p 0.00162
            solver qr+extended (the data are small), 2 passes
            condition number 1, about 15 digits right

            """, error: ""))
    // Standard input gives the same.
    #expect(
      try linreg("fit", "--target", "y", "-", input: "x,y\n0,1\n1,3\n2,5\n3,7.5\n").output == outcome.output)
  }

  @Test func trainEndsNearTheExactFitWithTheSameBytes() throws {
    let arguments = [
      "train", "--target", "progression", diabetes, "--learning-rate", "0.03", "--seed", "3", "--json",
    ]
    let first = try linreg(arguments), second = try linreg(arguments)
    #expect(first.status == 0)
    #expect(first == second)
    let trained = try object(first.output)
    let exact = try object(linreg("fit", "--target", "progression", diabetes, "--json").output)
    let sum = try #require(trained["residualSumOfSquares"] as? Double)
    let exactSum = try #require(exact["residualSumOfSquares"] as? Double)
    #expect(sum >= exactSum)
    #expect(sum <= 1.01 * exactSum)
    // The solution that distances are measured to is that of the first pass.
    let solution = try coefficients(first.output, "exact")
    for (a, b) in zip(
      solution, try coefficients(try linreg("fit", "--target", "progression", diabetes, "--json").output))
    {
      #expect(abs(a - b) <= 1e-12 * abs(b))
    }
    let epochs = try #require(trained["epochs"] as? [[String: Any]])
    #expect(epochs.count == 100)
    #expect(epochs.allSatisfy { $0["loss"] is Double && $0["gapToExact"] is Double })
    // A line for each epoch, on standard error.
    let lines = first.error.split(separator: "\n")
    #expect(lines.count == 100)
    #expect(lines[0].hasPrefix("epoch   1/100  loss "))
    #expect(lines[0].contains("  distance to exact "))
    #expect(try linreg(arguments + ["--quiet"]).error == "")
    #expect(
      try linreg(
        "train", "--target", "progression", diabetes, "--learning-rate", "0.03", "--seed", "4", "--json"
      ).output != first.output
    )
  }

  @Test func trainPrintsBothSolutions() throws {
    let output = try linreg("train", "--target", "progression", diabetes, "--quiet").output
    let lines = output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0] == "progression on 10 features, 442 observations: SGD")
    #expect(lines[3].split(separator: " ") == ["term", "SGD", "exact"])
    #expect(lines[4].hasPrefix("(Intercept)  -"))
    #expect(lines[4].hasSuffix("-334.567"))
    #expect(lines.allSatisfy { $0.count <= 80 })
  }

  @Test func modelsAreSavedShownAndUsed() throws {
    let path = try file("line.csv", "x,z,y\n0,0,1\n1,0,3\n2,1,5\n3,5,7\n")
    let fit = try linreg("fit", "--target", "y", "--features", "x", path, "-m", "model.json", in: location)
    #expect(fit.status == 0)
    #expect(try linreg("summary", "model.json", in: location).output == fit.output)
    let json = try linreg("summary", "model.json", "--json", in: location)
    #expect(json == (try linreg("fit", "--target", "y", "--features", "x", path, "--json", in: location)))
    _ = try file("printed.json", json.output)
    #expect(
      try linreg("summary", "printed.json", in: location).error
        == "printed.json: this is JSON, as --json prints it, not a model file of swift-linear-regression\n")
    // Other columns beside it, in another order, from standard input.
    let predictions = try linreg("predict", "model.json", "-", input: "note,x\na,10\nb,-1\n", in: location)
    #expect(predictions.status == 0)
    let values = predictions.output.split(separator: "\n")
    #expect(values[0] == "prediction")
    #expect(difference(values.dropFirst().map { Double($0)! }, [21, -1], factor: 8) == nil)
    let members = try object(
      linreg("predict", "model.json", "-", "--json", input: "x\n10\n", in: location).output)
    #expect(difference(members["predictions"] as? [Double] ?? [], [21], factor: 8) == nil)
    let evaluation = try linreg("evaluate", "model.json", "-", input: "x,y\n0,2\n1,3\n2,6\n", in: location)
    #expect(
      evaluation.output == """
        observations             3
        root mean squared error  0.816497
        mean absolute error      0.666667
        largest error            1
        residual sum of squares  2
        R² against their mean    0.769231

        """)
    let measures = try object(
      linreg("evaluate", "model.json", "-", "--json", input: "x,y\n0,2\n1,3\n2,6\n", in: location).output)
    #expect(measures["observations"] as? Int == 3)
    #expect(difference([try #require(measures["residualSumOfSquares"] as? Double)], [2], factor: 64) == nil)
  }

  @Test(arguments: [
    ("", "data.csv:1: the file is empty; it should begin with a line of column names"),
    ("x,y\n", "data.csv:1: there are no rows below the header; add data"),
    (
      "x,y\n1,2\n3\n",
      "data.csv:3:1: the row has 1 field, the header has 2; give each row one field per column"
    ),
    (
      "x,y\n1,2\nred,4\n",
      "data.csv:3:1: column \"x\": \"red\" is not a number; correct it, or make the column a category by C(x)"
    ),
    (
      "x,x,y\n1,2,3\n", "data.csv:1:2: the name \"x\" stands over column 1 too; give each column its own name"
    ),
    ("x,z\n1,2\n", "data.csv: there is no column \"y\"; the columns are x, z"),
    ("y\n1\n", "data.csv: there is no column beside the target \"y\" to predict it from; add a feature"),
    (
      "x,y\n1,nan\n",
      "data.csv:2:2: column \"y\": a number is missing; fill it in, or drop or fill such rows"
    ),
    ("x,y\n1,1e999\n", "data.csv:2:2: column \"y\": 1e999 is beyond the largest Double; use another unit"),
  ])
  func badDataIsOneLineAndNothingIsWritten(text: String, expected: String) throws {
    let path = try file("data.csv", text)
    for verb in ["fit", "train"] {
      let outcome = try linreg(verb, "--target", "y", path, "-m", "model.json", in: location)
      #expect(outcome == Outcome(status: 1, output: "", error: expected + "\n"))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("")) == ["data.csv"])
  }

  @Test func filesAtFault() throws {
    #expect(
      try linreg("fit", "--target", "y", "none.csv", in: location)
        == Outcome(
          status: 1, output: "", error: "none.csv: cannot read the file: No such file or directory\n"))
    _ = try file("data.csv", "x,y\n1,2\n2,3\n")
    #expect(
      try linreg("fit", "--target", "y", "data.csv", "-m", "no/model.json", in: location)
        == Outcome(
          status: 1, output: "", error: "no/model.json: cannot write the file: No such file or directory\n"))
    let damaged = try file("model.json", "linreg-model 9 100 01234567\n{\"certificate\":")
    for verb in [
      ["summary", damaged], ["predict", damaged, "data.csv"], ["evaluate", damaged, "data.csv"],
    ] {
      let outcome = try linreg(verb, in: location)
      #expect(outcome.status == 1)
      #expect(outcome.output == "")
      #expect(
        outcome.error
          == "model.json: the model file is damaged: it has 15 bytes where its first line says 100; fit the model again\n"
      )
    }
    let fit = try linreg("fit", "--target", "y", "data.csv", "-m", "good.json", in: location)
    #expect(fit.status == 0)
    #expect(
      try linreg("predict", "good.json", "-", input: "z\n1\n", in: location)
        == Outcome(
          status: 1, output: "", error: "standard input: there is no column \"x\"; the columns are z\n"))
  }

  @Test func divergenceExitsWithThree() throws {
    let outcome = try linreg(
      "train", "--target", "progression", diabetes, "--learning-rate", "10", "--quiet", "-m",
      folder.path("model.json"))
    #expect(outcome.status == 3)
    #expect(outcome.output == "")
    #expect(
      outcome.error.hasPrefix(
        "diverged in epoch 1: a learning rate of 10 is too large for these data; the largest they allow is about 0."
      ))
    #expect(outcome.error.split(separator: "\n").count == 1)
    #expect(!FileManager.default.fileExists(atPath: folder.path("model.json")))
  }

  @Test(arguments: [
    (["fit", "--target", "y", "data.csv", "--very-fast"], "Error: Unknown option '--very-fast'"),
    (
      ["fit", "data.csv"],
      "Error: What is to be predicted? Give a formula such as 'y ~ .' before the file, or --target."
    ),
    (["fit"], "Error: Missing expected arguments '<formula>' and '<file>'"),
    (["fit", "y ~ x"], "Error: Missing expected argument '<file>'"),
    (["fit", "y ~ x", "a.csv", "a.csv"], "Error: a.csv is named twice; its rows would count twice."),
    (
      ["fit", "y ~ x", "a.csv", "--target", "y"],
      "Error: A formula and --target cannot be given together."
    ),
    (
      ["fit", "y ~ x", "a.csv", "--features", "x"],
      "Error: --features and --exclude go with --target; a formula names its own."
    ),
    (
      ["fit", "y ~ x", "a.csv", "--no-intercept"],
      "Error: --no-intercept goes with --target; a formula says \"- 1\"."
    ),
    (
      ["fit", "y ~ x", "a.csv", "--ridge", "-1"],
      "Error: --ridge is -1; it is a number, 0 or more, \"auto\" or \"auto-1se\"."
    ),
    (
      ["fit", "y ~ x", "a.csv", "--ridge", "1", "--solver", "cholesky"],
      "Error: --ridge has a solver of its own, without --solver, --precision extended and --redundant."
    ),
    (
      ["fit", "y ~ x", "a.csv", "--ridge", "inf"],
      "Error: --ridge is inf; it is a number, 0 or more, \"auto\" or \"auto-1se\"."
    ),
    (
      ["fit", "y ~ x", "a.csv", "--solver", "lu"],
      "Error: The value 'lu' is invalid for '--solver <solver>'. Please provide one of 'automatic', 'cholesky', 'cholesky+refinement', 'qr' or 'svd'."
    ),
    (["predict", "m.json", "a.csv", "--threads", "0"], "Error: --threads is 0; it is 1 or more."),
    (["predict", "m.json", "a.csv", "--level", "0.9"], "Error: --level goes with --interval."),
    (
      ["predict", "m.json", "a.csv", "--interval", "prediction", "--level", "1"],
      "Error: --level is 1.0; it is between 0 and 1."
    ),
    (["fit", "--target", "y"], "Error: Missing expected argument '<file>'"),
    (["train", "--target", "y", "data.csv", "--epochs", "0"], "Error: --epochs is 0; it is 1 or more."),
    (
      ["train", "--target", "y", "data.csv", "--batch-size", "0"],
      "Error: --batch-size is 0; it is 1 or more."
    ),
    (
      ["train", "--target", "y", "data.csv", "--learning-rate=-1"],
      "Error: --learning-rate is -1.0; it is a positive number, or automatic."
    ),
    (
      ["train", "--target", "y", "data.csv", "--learning-rate", "nan"],
      "Error: --learning-rate is nan; it is a positive number, or automatic."
    ),
    (
      ["train", "--target", "y", "data.csv", "--epochs", "many"],
      "Error: The value 'many' is invalid for '--epochs <epochs>'"
    ),
    (
      ["fit", "--target", "y", "data.csv", "--features", "a,,b"],
      "Error: --features and --exclude take names separated by single commas; one of them is empty."
    ),
    (
      ["fit", "--target", "y", "data.csv", "--features", "a", "--exclude", "b"],
      "Error: --features and --exclude cannot be given together."
    ),
    (
      ["fit", "--target", "y", "data.csv", "-m", "-"],
      "Error: -m needs the name of a file; --json prints the model on standard output."
    ),
    (["train", "--target", "y", "data.csv", "--epochs", "-1"], "Error: --epochs is -1; it is 1 or more."),
    (["predict", "-", "-"], "Error: Only one of the two files can be standard input."),
    (["fti", "y ~ x", "a.csv"], "Error: \"fti\" is not one of the commands; is \"fit\" meant?"),
    (
      ["guess"],
      "Error: \"guess\" is not one of the commands; they are fit, train, predict, augment, evaluate, summary, vcov, test, compare, report, plot, accumulate, survey, merge, solve, select, check, convert, selftest, help."
    ),
    (["fit", "a.csv", "y ~ x"], "Error: The formula comes first, the files behind it."),
    (
      ["accumulate", "a.csv", "y ~ x", "-o", "a.share"],
      "Error: The formula comes first, the files behind it."
    ),
    (
      ["fit", "y ~ x", "a.csv", "--solver", "svd", "--precision", "extended"],
      "Error: --precision extended has a solver of its own, without --solver."
    ),
  ])
  func usageExitsWithTwo(arguments: [String], expected: String) throws {
    let outcome = try linreg(arguments)
    #expect(outcome.status == 2)
    #expect(outcome.output == "")
    #expect(outcome.error.split(separator: "\n").first.map(String.init) == expected)
    #expect(outcome.error.contains("Usage: linreg"))
  }

  @Test func helpIsData() throws {
    for arguments in [
      ["--help"], ["fit", "--help"], ["train", "--help"], ["evaluate", "--help"], ["summary", "--help"],
      ["accumulate", "--help"], ["merge", "--help"], ["solve", "--help"], ["select", "--help"],
      ["check", "--help"],
      ["convert", "--help"], ["selftest", "--help"], ["help", "predict"], ["help"],
      ["augment", "--help"], ["test", "--help"], ["compare", "--help"],
    ] {
      let outcome = try linreg(arguments)
      #expect(outcome.status == 0)
      #expect(outcome.error == "")
      #expect(outcome.output.contains("USAGE: linreg"))
      #expect(outcome.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }
    #expect(try linreg("--version").output == "0.1.0\n")
  }

  @Test func columnsCanBeLeftOut() throws {
    let path = try file("homes.csv", "name,x,z,y\nAnna,0,5,1\nBert,1,3,3\nCarl,2,4,5\n")
    let excluded = try linreg("fit", "--target", "y", path, "--exclude", "name, z", in: location)
    #expect(excluded.status == 0)
    #expect(
      excluded.output == (try linreg("fit", "--target", "y", path, "--features", "x", in: location).output))
    #expect(
      try linreg("fit", "--target", "y", path, "--exclude", "age", in: location).error
        == "homes.csv: there is no column \"age\"; the columns are name, x, z, y\n")
  }

  @Test func theModelIsNotWrittenOverTheData() throws {
    let text = "x,y\n0,1\n1,3\n"
    let path = try file("line.csv", text)
    let outcome = try linreg("fit", "--target", "y", path, "-m", "./line.csv", in: location)
    #expect(
      outcome
        == Outcome(
          status: 1, output: "", error: "./line.csv: this is the input; write to another file\n"))
    #expect(try String(contentsOfFile: folder.path("line.csv"), encoding: .utf8) == text)
  }

  @Test func aFileThatCannotGrowIsLeftAsItWas() throws {
    _ = try file("line.csv", "x,y\n0,1\n1,3\n2,4\n")
    _ = try file("model.json", "old")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c", "ulimit -f 0; exec \"$0\" fit --target y line.csv -m model.json 2>/dev/null | cat",
      executable.path,
    ]
    process.currentDirectoryURL = location
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(try String(contentsOfFile: folder.path("model.json"), encoding: .utf8) == "old")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path("")).sorted() == [
        "line.csv", "model.json",
      ])
  }
}
