import ArgumentParser
import LinearAlgebra
import LinearRegression
import TabularRegression

struct Evaluate: RankedCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure a model's errors on a file that has the target too.",
    usage: "linreg evaluate <model> <file> [<options>]",
    discussion: """
      Missing fields are treated as in the fit; rows without a prediction are left
      out, and counted on standard error. So are rows that are not estimable: where
      the fit left columns out, such as total = a + b, and a row does not have their
      dependencies.

      With --weights sums and means are of weighted errors, as of fit --weights: the
      residual sum of squares is Σ w (y - ŷ)². A row of weight 0 is absent.

      --response measures errors of y and not of log(y), with the predictions of
      predict --response.

      Example: linreg evaluate homes.model sold.csv
      """)

  @Argument(help: "A model file, from -m of fit or train.", completion: .file())
  var model: String

  @Argument(
    help: "A CSV file with the model's features and its target; \"-\" is standard input.", completion: .file()
  )
  var file: String

  @Option(
    help: ArgumentHelp(
      "The column that weighs the rows: sums and means of errors are weighted (default: each has weight 1).",
      valueName: "column"))
  var weights: String?

  @Flag(help: "Measure errors of y where the target is log(y), log2, log10, log1p or sqrt of it.")
  var response = false

  @OptionGroup var unusual: PolicyOptions
  @OptionGroup var text: TextOptions
  @OptionGroup var format: FormatOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var ranks: RankOptions

  func validate() throws {
    if model == "-" && file == "-" {
      throw ValidationError("Only one of the two files can be standard input.")
    }
  }

  func run() throws {
    let communicator = try ranks.communicator()
    let (models, evaluations) = try threads.run {
      let models = try communicator.agree(try FittedModel.perTarget(contentsOf: model, beforeRowsOf: file))
      if weights == nil, let name = models[0].weights {
        Terminal.noteUnlessError(
          "every row counts the same here, though the fit weighed rows by \"\(printable(name))\"; --weights COLUMN weighs them"
        )
      }
      let options = text.options(categories: models[0].categories)
      let path = self.file
      let file = try communicator.part([path]) { (part) throws(TabularError) in
        try TableFile([path], options: options, part: part)
      }
      var progress = ReadingProgress()
      defer { progress.end() }
      return (
        models,
        try FittedModel.evaluations(
          models, reading: file, weights: weights, unusual.policies, response: response, on: communicator
        ) {
          progress.show($0)
        }
      )
    }
    if communicator.rank != 0 { return }
    let targets = models.map(\.target)
    Terminal.note(ofEach: Array(zip(targets, evaluations.map(\.missingText))))
    Terminal.note(
      ofEach: Array(
        zip(targets, evaluations.map { unusual.text($0.unestimable, missing: ("left out", "left out")) })))
    let texts = evaluations.map { format.json ? $0.evaluation.json : $0.evaluation.text }
    show(Array(zip(response ? models.map(\.targetOnScaleOfResponse) : targets, texts)), format)
  }
}

extension FittedModel.EvaluatedRows {
  /// "2 rows have no prediction and are left out"; nil for none.
  fileprivate var missingText: String? {
    switch missing {
    case 0: nil
    case 1: "1 row has no prediction and is left out"
    default: "\(missing) rows have no prediction and are left out"
    }
  }
}

extension Evaluation {
  fileprivate var measures: [(key: String, label: String, value: Double?)] {
    [
      ("rootMeanSquaredError", "root mean squared error", rootMeanSquaredError),
      ("meanAbsoluteError", "mean absolute error", meanAbsoluteError),
      ("maximumError", "largest error", maximumError),
      ("residualSumOfSquares", "residual sum of squares", residualSumOfSquares),
      ("rSquared", "R² against their mean", rSquared),
    ]
  }

  fileprivate var json: String {
    let members = measures.map {
      "\"\($0.key)\": \($0.value.flatMap { $0.isFinite ? "\($0)" : nil } ?? "null")"
    }
    return "{\"observations\": \(observations), \(members.joined(separator: ", "))}"
  }

  fileprivate var text: String {
    let rows =
      [("observations", String(observations))]
      + measures.map { ($0.label, $0.value.map { formatted($0, significantDigits: 6) } ?? "undefined") }
    return rows.map { aligned($0.0, .left, width: 25) + $0.1 }.joined(separator: "\n")
  }
}
