import ArgumentParser
import LinearAlgebra
import LinearRegression
import TabularRegression

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure a model's errors on a file that has the target too.",
    usage: "linreg evaluate <model> <file> [<options>]",
    discussion: """
      Missing fields are treated as in the fit; rows without a prediction are left
      out, and counted on standard error.

      Example: linreg evaluate homes.model sold.csv
      """)

  @Argument(help: "A model file, from -m of fit or train.")
  var model: String

  @Argument(help: "A CSV file with the model's features and its target; \"-\" is standard input.")
  var file: String

  @Option(
    help:
      "What to do with a level that the fit did not see: it is an error, counts as the reference, or the row is left out."
  )
  var unseen = UnseenPolicy.error

  @OptionGroup var text: TextOptions
  @OptionGroup var format: FormatOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if model == "-" && file == "-" {
      throw ValidationError("Only one of the two files can be standard input.")
    }
  }

  func run() throws {
    let (models, evaluations) = try threads.run {
      let models = try FittedModel.perTarget(contentsOf: model, beforeRowsOf: file)
      if let weights = models[0].weights {
        Terminal.note("every row counts the same here; the fit weighed rows by \"\(weights)\"")
      }
      let file = try TableFile([file], options: text.options(categories: models[0].categories))
      var progress = ReadingProgress()
      defer { progress.end() }
      return (
        models, try FittedModel.evaluations(models, reading: file, unseen: unseen) { progress.show($0) }
      )
    }
    var texts: [(target: String, text: String)] = []
    for (model, (evaluation, left)) in zip(models, evaluations) {
      if left > 0 {
        Terminal.note(
          "\(models.count > 1 ? "\(model.target): " : "")\(left) \(left == 1 ? "row has" : "rows have") no prediction and \(left == 1 ? "is" : "are") left out"
        )
      }
      texts.append((model.target, format.json ? evaluation.json : evaluation.text))
    }
    show(texts, format)
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
